import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { kindOf } from './models';
import { type Content, type Reply, textReply } from './reply';
import type { Work } from './work';

interface StoredFile {
	taskId: string;
	content: Content;
	bare: 'open' | 'refused' | 'gone';
}

/** The one file of each kind that models other than Veo's make. */
const MODEL_FILES = {
	picture: 'picture.png',
	video: '720p.mp4',
	speech: 'speech.wav',
	music: 'music.mp3',
	text: null,
} as const;

/** The files one piece of work makes. All URLs of a video differ from each other. */
export interface ResultUrls {
	/** Also what a model other than Veo's makes. */
	videos: string[];
	images: string[];
	/** The uncropped videos, where the ratio is not 16:9. */
	origins: string[];
	/** The whole extended video. */
	full: string[];
	resolution: '720p' | '1080p' | '4k';
}

/** The result files, served without credentials, and their renewed links. */
export class Files {
	/** Address of the file host; known once it listens. */
	url = '';
	private readonly stored = new Map<string, StoredFile>();
	private readonly renewed = new Map<string, StoredFile>();

	/** Where the results of a work are, or will be. */
	urlsOf({ operation, index, video, job }: Work): ResultUrls {
		const url = (at: number, name: string) =>
			`${this.url}/v/${encodeURIComponent(video.id)}-${at}-${name}`;
		const none = { images: [], origins: [], full: [] };
		if (operation === 'get1080p') {
			return { ...none, videos: [url(index, '1080p.mp4')], resolution: '1080p' };
		}
		if (operation === 'get4k') {
			const images = [url(index, '4k.jpg')];
			return { ...none, videos: [url(index, '4k.mp4')], images, resolution: '4k' };
		}
		const { videos } = video.scenario;
		const urls = (name: string, length = videos) =>
			Array.from({ length }, (_, at) => url(at, name));
		if (operation === 'runModel') {
			const kind = kindOf(String(job?.model));
			const name = MODEL_FILES[kind];
			const made = name === null ? [] : urls(name, kind === 'music' ? 2 : videos);
			return { ...none, videos: made, resolution: '720p' };
		}
		const { resolution, aspect_ratio: ratio } = video.request;
		return {
			videos: urls('base.mp4'),
			images: [],
			origins: ratio === '9:16' ? urls('origin.mp4') : [],
			full: operation === 'extend' ? [url(0, 'full.mp4')] : [],
			resolution: resolution === '1080p' || resolution === '4k' ? resolution : '720p',
		};
	}

	/** Puts the files of finished work on the file host. */
	publish(work: Work): void {
		const { videos, images, origins, full, resolution } = this.urlsOf(work);
		const { bytes, bare } = work.video.scenario.files;
		const store = (url: string, contentOf: (path: string) => Content) => {
			const { pathname } = new URL(url);
			this.stored.set(pathname, { taskId: work.video.id, bare, content: contentOf(pathname) });
		};
		const made = work.operation === 'runModel' && MODEL_FILES[kindOf(String(work.job?.model))];
		const clip = made || `${resolution}.mp4`;
		for (const url of [...videos, ...origins, ...full]) {
			store(url, (path) => (bytes === null ? media(clip) : syntheticContent(bytes, path)));
		}
		for (const url of images) store(url, () => media('preview.jpg'));
	}

	/** The task a path on the file host belongs to. */
	taskOf(path: string): string | null {
		return this.at(path)?.taskId ?? null;
	}

	/** A new, unsigned address of a stored file; undefined for any other URL. */
	renew({ origin, pathname }: URL): string | undefined {
		const file = origin === this.url ? this.stored.get(pathname) : undefined;
		if (!file) return undefined;
		const link = `/renewed/${randomBytes(16).toString('hex')}`;
		this.renewed.set(link, file);
		return this.url + link;
	}

	/** In hex, computed while reading. */
	async sha256(path: string): Promise<string> {
		const file = this.at(path);
		if (!file) throw new Error(`The simulator has no file ${path}`);
		const hash = createHash('sha256');
		for await (const chunk of file.content.open()) hash.update(chunk as Buffer);
		return hash.digest('hex');
	}

	answer(method: string, path: string): Reply {
		if (method !== 'GET') return textReply('Method not allowed', 405);
		const file = this.at(path);
		if (!file || file.bare === 'gone') return textReply('Not found', 404);
		const isClosed = file.bare === 'refused' && !this.renewed.has(path);
		if (isClosed) return textReply('Access denied', 403);
		return { status: 200, headers: {}, content: file.content, answer: null };
	}

	clear(): void {
		this.stored.clear();
		this.renewed.clear();
	}

	private at(path: string): StoredFile | undefined {
		return this.stored.get(path) ?? this.renewed.get(path);
	}
}

const TYPES = new Map([
	['.jpg', 'image/jpeg'],
	['.mp3', 'audio/mpeg'],
	['.mp4', 'video/mp4'],
	['.png', 'image/png'],
	['.wav', 'audio/wav'],
]);

/** One of the files in `media/`. */
function media(name: string): Content {
	const path = join(__dirname, 'media', name);
	return {
		type: TYPES.get(extname(name)) ?? '',
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
