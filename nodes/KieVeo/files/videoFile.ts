import type { VideoResult } from '../videoResult';
import { downloadFile, type DownloadPorts, type StoredFile } from './download';
import { fileNameOf } from './names';

/** Downloads a finished video, named after its task. Throws like {@link downloadFile}. */
export async function downloadVideo(
	{ taskId, index, resolution, videoUrl }: VideoResult,
	maxBytes: number | null,
	ports: DownloadPorts,
): Promise<StoredFile> {
	const name = fileNameOf(taskId, index, resolution);
	return await downloadFile({ taskId, url: videoUrl ?? '', name, maxBytes }, ports);
}
