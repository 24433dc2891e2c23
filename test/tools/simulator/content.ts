import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** Something that can be sent without being held in memory. */
export interface Content {
	type: string;
	/** Bytes. */
	length: number;
	/** All bytes, or only the first ones. */
	open(bytes?: number): Readable;
}

export function textContent(type: string, text: string): Content {
	const bytes = Buffer.from(text);
	const { length } = bytes;
	return { type, length, open: (end = length) => Readable.from([bytes.subarray(0, end)]) };
}

const TYPES = {
	jpg: 'image/jpeg',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	png: 'image/png',
	wav: 'audio/wav',
} as const;

/** One of the files in `media/`. */
export function mediaContent(name: `${string}.${keyof typeof TYPES}`): Content {
	const path = join(__dirname, 'media', name);
	const type = Object.entries(TYPES).find(([extension]) => name.endsWith(extension))?.[1];
	return {
		type: type ?? TYPES.mp4,
		length: statSync(path).size,
		open: (end = Infinity) => createReadStream(path, { end: end - 1 }),
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
	function* blocks(end: number): Generator<Buffer> {
		for (let at = 0; at < end; at += BLOCK) {
			const block = Buffer.from(pattern);
			block.writeDoubleBE(at / BLOCK, 0);
			yield block.subarray(0, Math.min(BLOCK, end - at));
		}
	}
	const open = (end = length) => Readable.from(blocks(end), { objectMode: false });
	return { type: 'video/mp4', length, open };
}

/** SHA-256 in hex, computed while reading. */
export async function sha256Of({ open }: Content): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of open()) hash.update(chunk as Buffer);
	return hash.digest('hex');
}
