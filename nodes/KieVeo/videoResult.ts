import { givesVideo, traitsOf, type VideoOperationName } from './operations';
import type { Callback } from './kie/callback/parse';
import type { Said } from './kie/meaning/answer';
import { NO_FILES, type ResultFiles } from './kie/meaning/files';
import type { JsonObject } from './values';

export type VideoStatus = 'success' | 'processing' | 'failed';

/** The operation a result belongs to. `unknown`: a callback that does not say. */
export type ReportedOperation = VideoOperationName | 'unknown';

/** The video a request or a message is about. */
export interface Subject {
	operation: VideoOperationName;
	/** `null` for a creation that Kie has not answered yet. */
	taskId: string | null;
	/** The task whose video an extension continues. */
	extendedTaskId?: string;
	/** Set where an upgrade is a task of its own: Kie's id, `null` while there is none. */
	ownTaskId?: string | null;
	/** `null` where it has no meaning. */
	index: number | null;
}

/**
 * The one shape in which every operation outputs a video. It is a promise to saved
 * workflows: fields are never renamed. Absent facts are `null`, lists are never `null`.
 */
export interface VideoResult {
	/** `null` only for a foreign callback that names none. */
	taskId: string | null;
	/** Set only when Kie answered with a different id. */
	kieTaskId?: string;
	index: number | null;
	operation: ReportedOperation;
	status: VideoStatus;
	resolution: string | null;
	videoUrl: string | null;
	videoUrls: string[];
	imageUrls: string[];
	creditsConsumed: number | null;
	code: number | null;
	message: string;
	/** The resolution that was fetched instead, when Kie refused the requested one. */
	fallback?: string;
	/** Set only when the waiting time ran out. */
	timedOut?: true;
	/** Kie's whole answer, with Simplify off. */
	raw?: unknown;
}

/** What an upgrade is known to return, whatever Kie calls it. */
function resolutionOf(operation: ReportedOperation, files: ResultFiles): string | null {
	const given = givesVideo(operation) ? traitsOf(operation).upgradesTo : undefined;
	return given ?? files.resolution;
}

/**
 * @param asked the video the user asked for, or the task Kie created
 * @param files what the answer held; with at least one video URL the result is a success
 */
export function toVideoResult(
	asked: Subject & { taskId: string; kieTaskId?: string | null },
	answer: Said,
	files: ResultFiles,
): VideoResult {
	const { taskId, index, operation } = asked;
	// Not every answer repeats the id under which Kie has accepted it.
	const kieTaskId = files.taskId ?? asked.kieTaskId ?? taskId;
	const videoUrls = videoUrlsOf(operation, files);
	const videoUrl = videoUrls[0] ?? null;
	return {
		taskId,
		...(kieTaskId === taskId ? {} : { kieTaskId }),
		index,
		operation,
		status: videoUrl === null ? 'processing' : 'success',
		resolution: videoUrl === null ? null : resolutionOf(operation, files),
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
	{ taskId, kieTaskId = null, index, operation }: Subject & { kieTaskId?: string | null },
	code: number | null,
	message: string,
): VideoResult {
	return {
		taskId,
		...(kieTaskId !== null && kieTaskId !== taskId ? { kieTaskId } : {}),
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
 * @param files the files to output: the callback's own, or what Kie confirmed
 */
export function toCallbackResult(
	about: Pick<VideoResult, 'taskId' | 'kieTaskId' | 'index' | 'operation'>,
	callback: Callback,
	files: ResultFiles,
): VideoResult {
	const { taskId, kieTaskId, index, operation } = about;
	const videoUrls = callback.succeeded ? videoUrlsOf(operation, files) : [];
	const resolution = resolutionOf(operation, files);
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
 * The whole of an extended video first, then its new part. The state of a task shows it the same way: a
 * record names a whole video only if there is a part.
 */
function videoUrlsOf(operation: ReportedOperation, files: ResultFiles): string[] {
	if (!givesVideo(operation) || !traitsOf(operation).givesWhole) return files.videoUrls;
	return [...new Set([...files.fullVideoUrls, ...files.videoUrls])];
}

/**
 * The shape in which a task of any model leaves either node. Like {@link VideoResult} a promise to saved workflows.
 */
export interface TaskResult {
	/** `null` only for a foreign callback that names none. */
	taskId: string | null;
	/** `unknown`: ordered elsewhere. */
	operation: 'runModel' | 'getTask' | 'unknown';
	/** `null` if neither the order nor Kie's answer names it. */
	model: string | null;
	status: VideoStatus;
	fileUrl: string | null;
	fileUrls: string[];
	/** Kie's own, parsed: also texts, lists and verdicts. */
	result: JsonObject | null;
	/** `null` until the end: before, Kie only reserves. */
	creditsConsumed: number | null;
	code: number | null;
	message: string;
	/** Set only when the waiting time ran out. */
	timedOut?: true;
	/** Kie's whole answer, with Simplify off. */
	raw?: unknown;
}

/**
 * @param about the task, and its model where the order names it
 * @param status a task can succeed without a file
 * @param said Kie's words in an answer or a callback
 * @param files what came with them
 */
export function toTaskResult(
	about: Pick<TaskResult, 'taskId' | 'operation' | 'model'>,
	status: VideoStatus,
	{ code, message }: Said,
	files: ResultFiles,
): TaskResult {
	const { taskId, operation, model } = about;
	const { fileUrls, result } = status === 'success' ? files : NO_FILES;
	return {
		taskId,
		operation,
		model: model ?? files.model,
		status,
		fileUrl: fileUrls[0] ?? null,
		fileUrls,
		result,
		creditsConsumed: status === 'processing' ? null : files.creditsConsumed,
		code,
		message,
	};
}
