import { mediaContent, syntheticContent } from '../http/content';
import type { Files } from './files';
import { type Job, type Task, isTooOld } from './tasks';

/** The files one piece of work made. All URLs of a task differ from each other. */
export interface ResultUrls {
	videos: string[];
	images: string[];
	/** The uncropped videos, where the ratio is not 16:9. */
	origins: string[];
	/** The whole extended video. */
	full: string[];
	resolution: '720p' | '1080p' | '4k';
}

/** Paths on the file host of what `job` makes. */
function resultPaths(task: Task, job: Job): ResultUrls {
	const path = (index: number, name: string) =>
		`/v/${encodeURIComponent(task.id)}-${index}-${name}`;
	switch (job.operation) {
		case 'get1080p':
			return { ...NOTHING, videos: [path(job.index, '1080p.mp4')], resolution: '1080p' };
		case 'get4k':
			return {
				...NOTHING,
				videos: [path(job.index, '4k.mp4')],
				images: [path(job.index, '4k.jpg')],
				resolution: '4k',
			};
		default: {
			const { videos, aspectRatio } = task.scenario;
			const indexes = Array.from({ length: videos }, (_, index) => index);
			return {
				videos: indexes.map((index) => path(index, 'base.mp4')),
				images: [],
				origins: aspectRatio === '16:9' ? [] : indexes.map((index) => path(index, 'origin.mp4')),
				full: job.operation === 'extend' ? [path(0, 'full.mp4')] : [],
				resolution: resolutionOf(task.request.resolution),
			};
		}
	}
}

/** The same, as URLs. */
export function resultUrls(fileUrl: string, task: Task, job: Job): ResultUrls {
	const paths = resultPaths(task, job);
	const urls = (list: string[]) => list.map((path) => fileUrl + path);
	return {
		videos: urls(paths.videos),
		images: urls(paths.images),
		origins: urls(paths.origins),
		full: urls(paths.full),
		resolution: paths.resolution,
	};
}

/** Puts the files of finished work on the file host. */
export function publishResults(files: Files, task: Task, job: Job): void {
	const { bytes, bare } = task.scenario.files;
	const paths = resultPaths(task, job);
	const stored = { taskId: task.id, bare: isTooOld(task) ? ('gone' as const) : bare };
	for (const path of [...paths.videos, ...paths.origins, ...paths.full]) {
		const content =
			bytes === null ? mediaContent(`${paths.resolution}.mp4`) : syntheticContent(bytes, path);
		files.publish(path, { ...stored, content });
	}
	for (const path of paths.images) {
		files.publish(path, { ...stored, content: mediaContent('preview.jpg') });
	}
}

const NOTHING = { videos: [], images: [], origins: [], full: [] };

function resolutionOf(requested: unknown): ResultUrls['resolution'] {
	return requested === '1080p' || requested === '4k' ? requested : '720p';
}
