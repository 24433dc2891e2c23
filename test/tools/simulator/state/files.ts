import { randomBytes } from 'node:crypto';
import { type Content, partOf, sha256Of } from '../http/content';
import { type Reply, fileReply, textReply } from '../http/reply';
import type { Scenario } from './scenario';

interface StoredFile {
	taskId: string;
	content: Content;
	bare: Scenario['files']['bare'];
}

interface RenewedLink {
	file: StoredFile;
	until: number;
}

/** The result files, served without credentials, and their renewed links. */
export class Files {
	private readonly stored = new Map<string, StoredFile>();
	private readonly renewed = new Map<string, RenewedLink>();

	constructor(private readonly renewedLinkMs: number) {}

	publish(path: string, file: StoredFile): void {
		this.stored.set(path, file);
	}

	/** The task a path on the file host belongs to. */
	taskOf(path: string): string | null {
		return (this.stored.get(path) ?? this.renewed.get(path)?.file)?.taskId ?? null;
	}

	/** A new, unsigned path to a stored file; undefined for a path without a stored file. */
	renew(path: string): string | undefined {
		const file = this.stored.get(path);
		if (!file) return undefined;
		const link = `/renewed/${randomBytes(16).toString('hex')}`;
		this.renewed.set(link, { file, until: Date.now() + this.renewedLinkMs });
		return link;
	}

	async sha256(path: string): Promise<string> {
		const file = this.stored.get(path) ?? this.renewed.get(path)?.file;
		if (!file) throw new Error(`The simulator has no file ${path}`);
		return await sha256Of(file.content);
	}

	/** Answers GET and HEAD, with one byte range where it is asked for. */
	answer(method: string, path: string, range: string | undefined): Reply {
		if (method !== 'GET' && method !== 'HEAD') return textReply('Method not allowed', 405);
		const link = this.renewed.get(path);
		const file = link?.file ?? this.stored.get(path);
		if (!file || file.bare === 'gone') return textReply('Not found', 404);
		const closed = link ? link.until < Date.now() : file.bare === 'refused';
		if (closed) return textReply('Access denied', 403);
		return ranged(file.content, range);
	}

	clear(): void {
		this.stored.clear();
		this.renewed.clear();
	}
}

function ranged(content: Content, range: string | undefined): Reply {
	const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
	// Anything but a single byte range is ignored, as HTTP requires.
	if (from === '' && to === '') return fileReply(content);
	const start = from === '' ? Math.max(0, content.length - Number(to)) : Number(from);
	const end = from === '' || to === '' ? content.length : Math.min(content.length, Number(to) + 1);
	if (start >= end) {
		const reply = textReply('Range not satisfiable', 416);
		reply.headers['content-range'] = `bytes */${content.length}`;
		return reply;
	}
	const reply = fileReply(partOf(content, start, end));
	reply.status = 206;
	reply.headers['content-range'] = `bytes ${start}-${end - 1}/${content.length}`;
	return reply;
}
