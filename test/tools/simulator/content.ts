import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** Something that can be sent, in whole or in part, without being held in memory. */
export interface Content {
	type: string;
	/** Bytes. */
	length: number;
	/** The bytes from `start` up to, not including, `end`. */
	open(start: number, end: number): Readable;
}

export function textContent(type: string, text: string): Content {
	const bytes = Buffer.from(text);
	return {
		type,
		length: bytes.length,
		open: (start, end) => Readable.from(start < end ? [bytes.subarray(start, end)] : []),
	};
}

/** One of the clips in `media/`. */
export function mediaContent(name: '720p.mp4' | '1080p.mp4' | '4k.mp4' | 'preview.jpg'): Content {
	const path = join(__dirname, 'media', name);
	return {
		type: name.endsWith('.jpg') ? 'image/jpeg' : 'video/mp4',
		length: statSync(path).size,
		open: (start, end) =>
			start < end ? createReadStream(path, { start, end: end - 1 }) : Readable.from([]),
	};
}

const BLOCK = 64 * 1024;

/**
 * A file of any size made while it is read: the same `seed` and position always give the same
 * byte. Each block starts with its own number, so that swapped or repeated parts change the hash.
 */
export function syntheticContent(length: number, seed: string): Content {
	const pattern = Buffer.alloc(BLOCK);
	for (let at = 0; at < BLOCK; at += 32) {
		createHash('sha256').update(`${seed}:${at}`).digest().copy(pattern, at);
	}
	function* blocks(start: number, end: number): Generator<Buffer> {
		for (let at = start; at < end; ) {
			const first = at - (at % BLOCK);
			const block = Buffer.from(pattern);
			block.writeDoubleBE(first / BLOCK, 0);
			const last = Math.min(end, first + BLOCK);
			yield block.subarray(at - first, last - first);
			at = last;
		}
	}
	return {
		type: 'video/mp4',
		length,
		open: (start, end) => Readable.from(blocks(start, end), { objectMode: false }),
	};
}

/** SHA-256 in hex, computed while reading. */
export async function sha256Of({ length, open }: Content): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of open(0, length)) hash.update(chunk as Buffer);
	return hash.digest('hex');
}
