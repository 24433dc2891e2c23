import type {
	IBinaryKeyData,
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import { downloadOutOfTimeError } from '../messages/errors';
import { checkDownloadSettings, Downloads, type StoredFile } from '../files/download';
import { CancelledError } from '../kie/http/clock';
import { connect } from '../kie/connection';
import { toBoolean } from '../kie/meaning/guards';
import type { VideoResult } from '../videoResult';
import { Gate, PARALLEL_TRANSFERS } from '../run/gate';
import { videoKey } from './suspension';
import { parameterOf } from './resumeParameters';

/**
 * Downloads the finished videos of an execution that is about to be resumed, where 'Download' is on. The
 * toggle and its fields are read once for all items: their input is no longer available.
 *
 * Never throws: the engine raises no error in such an execution. An item whose file could not be downloaded
 * keeps its URL, and says why in `error`.
 *
 * @param until milliseconds since the epoch at which downloads are abandoned
 */
export async function addFiles(
	context: IWebhookFunctions,
	items: INodeExecutionData[],
	until: number,
): Promise<INodeExecutionData[]> {
	if (toBoolean(parameterOf(context, 'download', false)) !== true) return items;
	const left = Math.max(0, Math.floor(until - Date.now()));
	let open: Promise<FileStore> | undefined;
	return await Promise.all(
		items.map(async (item) => {
			const video = item.json as unknown as VideoResult;
			if (video.status !== 'success') return item;
			try {
				open ??= openStore(context, left);
				return { ...item, binary: await (await open).binaryOf(video) };
			} catch (error) {
				return { ...item, json: { ...item.json, ...faultOf(error, video) } };
			}
		}),
	);
}

interface FileStore {
	/** Items that share a video share its file. */
	binaryOf(video: VideoResult): Promise<IBinaryKeyData>;
}

/** @param left milliseconds until downloads are abandoned */
async function openStore(context: IWebhookFunctions, left: number): Promise<FileStore> {
	const { binaryPropertyName, maxBytes } = checkDownloadSettings(
		parameterOf(context, 'binaryPropertyName', 'data'),
		parameterOf(context, 'options.maxSize', 0),
	);
	const signal = AbortSignal.timeout(left);
	const connection = await connect(context, signal, { abortInFlight: true });
	const downloads = new Downloads(context, connection);
	const gate = new Gate(PARALLEL_TRANSFERS);
	const files = new Map<string, Promise<StoredFile>>();
	return {
		async binaryOf(video) {
			const key = videoKey(video);
			const download = async () => await downloads.video(video, { maxBytes });
			const file = files.get(key) ?? gate.run(download);
			files.set(key, file);
			return { [binaryPropertyName]: (await file).binary };
		},
	};
}

function faultOf(error: unknown, { taskId, videoUrl }: VideoResult): IDataObject {
	const shown =
		error instanceof CancelledError
			? downloadOutOfTimeError({ taskId, url: videoUrl ?? '' })
			: error;
	return { error: shown instanceof Error ? shown.message : String(shown) };
}
