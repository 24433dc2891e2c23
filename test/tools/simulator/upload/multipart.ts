/** What a multipart body consists of, told while it arrives. */
export interface PartHandler {
	/** A part begins. `fileName` is undefined for an ordinary field. */
	begin(name: string, fileName: string | undefined, mimeType: string): void;
	data(chunk: Buffer): void;
}

/** Headers of one part may not be longer than this. */
const MAX_HEADERS = 16 * 1024;

/** Reads multipart/form-data piece by piece; a file's bytes are passed on, never collected. */
export class MultipartReader {
	private readonly delimiter: Buffer;
	private state: 'preamble' | 'delimiter' | 'headers' | 'data' | 'end' = 'preamble';
	// The first delimiter may stand at the very start, without the line break before it.
	private pending: Buffer = Buffer.from('\r\n');

	constructor(
		boundary: string,
		private readonly handler: PartHandler,
	) {
		this.delimiter = Buffer.from(`\r\n--${boundary}`);
	}

	/** Whether the closing delimiter was seen. */
	get complete(): boolean {
		return this.state === 'end';
	}

	/** Takes the next piece. Throws when the body is not multipart/form-data. */
	push(chunk: Buffer): void {
		if (this.state === 'end') return;
		this.pending = Buffer.concat([this.pending, chunk]);
		while (this.step());
	}

	/** Works off one element; false when more bytes are needed. */
	private step(): boolean {
		switch (this.state) {
			case 'preamble':
			case 'data':
				return this.readToDelimiter();
			case 'delimiter':
				return this.readDelimiterEnd();
			case 'headers':
				return this.readHeaders();
			case 'end':
				return false;
		}
	}

	private readToDelimiter(): boolean {
		const at = this.pending.indexOf(this.delimiter);
		// Without a delimiter, the last bytes may be its beginning.
		const safe = at >= 0 ? at : Math.max(0, this.pending.length - this.delimiter.length + 1);
		if (safe > 0 && this.state === 'data') this.handler.data(this.pending.subarray(0, safe));
		this.pending = this.pending.subarray(at >= 0 ? at + this.delimiter.length : safe);
		if (at >= 0) this.state = 'delimiter';
		return at >= 0;
	}

	private readDelimiterEnd(): boolean {
		if (this.pending.length < 2) return false;
		const end = this.pending.toString('latin1', 0, 2);
		if (end !== '--' && end !== '\r\n') throw new Error('Malformed multipart boundary');
		this.pending = this.pending.subarray(2);
		this.state = end === '--' ? 'end' : 'headers';
		return true;
	}

	private readHeaders(): boolean {
		const at = this.pending.indexOf('\r\n\r\n');
		if (at < 0) {
			if (this.pending.length > MAX_HEADERS) throw new Error('Multipart headers too long');
			return false;
		}
		const headers = this.pending.toString('utf8', 0, at);
		const name = /\bname="([^"]*)"/i.exec(headers)?.[1];
		if (name === undefined) throw new Error('A multipart part has no name');
		const fileName = /\bfilename="([^"]*)"/i.exec(headers)?.[1];
		const type = /^content-type: *([^;\r\n]+)/im.exec(headers)?.[1];
		this.handler.begin(name, fileName, type?.trim() ?? 'application/octet-stream');
		this.pending = this.pending.subarray(at + 4);
		this.state = 'data';
		return true;
	}
}
