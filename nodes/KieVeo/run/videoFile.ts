import { Downloads, type FileLimits, type StoredFile } from '../files/download';
import type { CallingContext, Connection } from '../kie/connection';
import type { VideoResult } from '../videoResult';
import { Gate, PARALLEL_TRANSFERS } from './gate';

export type DownloadVideo = (video: VideoResult, limits: FileLimits) => Promise<StoredFile>;

/** Downloads the finished videos of one execution, a few at a time. Throws like {@link Downloads.video}. */
export function videoDownloader(context: CallingContext, connection: Connection): DownloadVideo {
	const downloads = new Downloads(context, connection);
	const gate = new Gate(PARALLEL_TRANSFERS);
	return async (video, limits) => await gate.run(async () => await downloads.video(video, limits));
}
