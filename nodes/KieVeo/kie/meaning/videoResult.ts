import type { KieAnswer, Upgrade } from './answer';
import type { Callback } from '../callback/parse';
import type { ResultFiles } from './resultFiles';

export type VideoStatus = 'success' | 'processing' | 'failed';

/** The two operations that create a task of their own, each time they are asked. */
export type Creation = 'generate' | 'extend';

/** The operations of the action node that give a video. `get`: the state of any task. */
export type RequestedOperation = Upgrade | Creation | 'get';

/** The operation a result belongs to. `unknown`: a callback that does not tell. */
export type VideoOperationName = RequestedOperation | 'unknown';

/** The video a request or a message is about. */
export interface Subject {
	operation: RequestedOperation;
	/** `null` for a creation that Kie has not answered yet. */
	taskId: string | null;
	/** The task whose video an extension continues. */
	extendedTaskId?: string;
	/** `null` where it has no meaning. */
	index: number | null;
}

/**
 * The one shape in which every operation gives a video to the workflow. It is a promise to saved
 * workflows: fields are never renamed. Absent facts are `null`, lists are never `null`.
 */
export interface VideoResult {
	/** `null` only for a foreign callback that names none. */
	taskId: string | null;
	/** Set only when Kie answered with another id than the one asked for. */
	kieTaskId?: string;
	index: number | null;
	operation: VideoOperationName;
	status: VideoStatus;
	resolution: string | null;
	videoUrl: string | null;
	videoUrls: string[];
	imageUrls: string[];
	creditsConsumed: number | null;
	code: number | null;
	message: string;
	/** Set only when the waiting time ran out. */
	timedOut?: true;
	/** Kie's whole answer, with Simplify off. */
	raw?: unknown;
}

/** What an upgrade is known to give, whatever Kie calls it. */
const RESOLUTION = new Map<VideoOperationName, string>([
	['get4k', '4k'],
	['get1080p', '1080p'],
]);

/**
 * @param asked the video the user asked for, or the task Kie created
 * @param files what the answer held; with at least one video URL the result is a success
 */
export function toVideoResult(
	asked: Subject & { taskId: string },
	answer: KieAnswer,
	files: ResultFiles,
): VideoResult {
	const { taskId, index, operation } = asked;
	const videoUrls = videoUrlsOf(operation, files);
	const videoUrl = videoUrls[0] ?? null;
	return {
		taskId,
		...(files.taskId !== null && files.taskId !== taskId ? { kieTaskId: files.taskId } : {}),
		index,
		operation,
		status: videoUrl === null ? 'processing' : 'success',
		resolution: videoUrl === null ? null : (RESOLUTION.get(operation) ?? files.resolution),
		videoUrl,
		videoUrls,
		imageUrls: files.imageUrls,
		creditsConsumed: files.creditsConsumed,
		code: answer.code,
		message: answer.message,
	};
}

/** A video that Kie reports as failed, with Kie's own text. */
export function toFailedResult(
	{ taskId, index, operation }: Subject,
	code: number | null,
	message: string,
): VideoResult {
	return {
		taskId,
		index,
		operation,
		status: 'failed',
		resolution: null,
		videoUrl: null,
		videoUrls: [],
		imageUrls: [],
		creditsConsumed: null,
		code,
		message,
	};
}

/**
 * @param about the video the callback is about
 * @param files the files to give out: the callback's own, or what Kie confirmed
 */
export function toCallbackResult(
	about: Pick<VideoResult, 'taskId' | 'kieTaskId' | 'index' | 'operation'>,
	callback: Callback,
	files: ResultFiles,
): VideoResult {
	const { taskId, kieTaskId, index, operation } = about;
	const videoUrls = callback.succeeded ? videoUrlsOf(operation, files) : [];
	const resolution = RESOLUTION.get(operation) ?? files.resolution;
	return {
		taskId,
		...(kieTaskId === undefined ? {} : { kieTaskId }),
		index,
		operation,
		status: callback.succeeded ? 'success' : 'failed',
		resolution: callback.succeeded ? resolution : null,
		videoUrl: videoUrls[0] ?? null,
		videoUrls,
		imageUrls: files.imageUrls,
		creditsConsumed: callback.files.creditsConsumed,
		code: callback.code,
		message: callback.message,
	};
}

/**
 * An extended video comes whole first, then its new part. The state of a task shows it like that too: a
 * record names a whole video only where there is a part.
 */
function videoUrlsOf(operation: VideoOperationName, files: ResultFiles): string[] {
	if (operation !== 'extend' && operation !== 'get') return files.videoUrls;
	return [...new Set([...files.fullVideoUrls, ...files.videoUrls])];
}
