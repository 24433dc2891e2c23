import { randomUUID } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { HttpCall } from './client';

/** n8n's own stream type: the package imports no Node.js module for it. */
export type FileStream = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

/** A file of an item, not read yet. */
export interface UploadFile {
	/** Its name at Kie; unique by default. */
	name?: string;
	mimeType: string;
	/** Without a dot; can be empty. */
	extension: string;
	/** The same for the same file, whenever it is read; its content is not part of it. */
	identity: string;
	/** Gives the content from its beginning, each time; `size` in bytes. */
	open(): Promise<{ content: Buffer | FileStream; size: number }>;
}

/**
 * A request to file-stream-upload, to be sent once. A stream is passed on chunk by chunk, never held as a whole.
 *
 * @returns `close` closes the file. Call it once the answer is there: it may come before everything was read.
 * @see https://docs.kie.ai/file-upload-api/quickstart
 */
export async function multipartUpload(
	file: UploadFile,
): Promise<{ request: HttpCall; close(): void }> {
	const boundary = `n8n-nodes-kie-veo-${randomUUID()}`;
	// A unique name for each upload: Kie replaces a file of the same name, with a delay.
	const {
		mimeType,
		extension,
		name: fileName = randomUUID() + (extension && `.${extension}`),
	} = file;
	// No slash at either end.
	const folder = mimeType.startsWith('image/') ? 'images/n8n' : 'files/n8n';
	const field = (name: string, value: string) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
	const head = Buffer.from(
		`${field('uploadPath', folder)}${field('fileName', fileName)}--${boundary}\r\n` +
			`Content-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
			`Content-Type: ${mimeType}\r\n\r\n`,
	);
	const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
	const { content, size } = await file.open();
	// `compose` makes a stream of n8n's stream: the way to a stream without importing `stream`.
	const body = Buffer.isBuffer(content)
		? Buffer.concat([head, content, tail])
		: content.compose<FileStream>(async function* (source: AsyncIterable<Buffer>) {
				yield head;
				yield* source;
				yield tail;
			});
	return {
		request: {
			method: 'POST',
			host: 'upload',
			path: '/api/file-stream-upload',
			body,
			headers: {
				'Content-Type': `multipart/form-data; boundary=${boundary}`,
				'Content-Length': String(head.length + size + tail.length),
			},
		},
		close() {
			if (Buffer.isBuffer(content) || Buffer.isBuffer(body)) return;
			// Nobody listens any longer for an error of a file that was not read to its end.
			body.on('error', () => undefined);
			content.destroy();
			body.destroy();
		},
	};
}
