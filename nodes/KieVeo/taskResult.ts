import { givesResult, isOfAnyModel, traitsOf, type TaskOperation } from './operations';
import type { JsonObject } from './values';
import type { Said } from './kie/meaning/answer';
import { NO_FILES, type ResultFiles } from './kie/meaning/files';

/** The operation a result belongs to. `unknown`: a callback that does not say. */
export type ReportedOperation = TaskOperation | 'unknown';

/**
 * The shapes in which the operations output the result of a task: of a video, or of a task of any model. They are a
 * promise to saved workflows: fields are never renamed. Absent facts are `null`, lists are never `null`.
 */
export type TaskResult = {
	/** `null` only for a foreign callback that names none. */
	taskId: string | null;
	/** Set only when Kie answered with a different id. */
	kieTaskId?: string;
	operation: ReportedOperation;
	status: 'success' | 'processing' | 'failed';
	creditsConsumed: number | null;
	code: number | null;
	message: string;
	/** Set only when the waiting time ran out. */
	timedOut?: true;
} & (
	| {
			index: number | null;
			resolution: string | null;
			videoUrl: string | null;
			videoUrls: string[];
			imageUrls: string[];
			/** The resolution that was fetched instead, when Kie refused the requested one. */
			fallback?: string;
	  }
	| {
			model: string | null;
			fileUrl: string | null;
			fileUrls: string[];
			/** As Kie gives it. */
			result: JsonObject | null;
	  }
);

/** What a finished task can be downloaded from. */
export function urlsOf(result: TaskResult): string[] {
	if ('fileUrls' in result) return result.fileUrls;
	return result.videoUrl === null ? [] : [result.videoUrl];
}

/** What a request or a message is about. */
export interface Subject {
	/** The one the user knows, or that of the task Kie created; `null` for a creation that Kie has not answered yet. */
	taskId: string | null;
	/** The id under which Kie has accepted it, where that is known. */
	kieTaskId?: string | null;
	operation: TaskOperation;
	/** Which video of the task; `null` where it has no meaning. */
	index: number | null;
	/** What the task runs, where that is known. */
	model?: string;
	/** The task whose video an extension continues. */
	extendedTaskId?: string;
	/** Set where an upgrade is a task of its own: Kie's id, `null` while there is none. */
	ownTaskId?: string | null;
}

/**
 * @param files what came with it; only a success shows files
 */
export function toTaskResult(
	{
		taskId,
		kieTaskId = null,
		operation,
		index,
		model,
	}: Pick<Subject, 'taskId' | 'kieTaskId' | 'index'> & {
		operation: ReportedOperation;
		model?: string | null;
	},
	status: TaskResult['status'],
	{ code, message }: Said,
	files: ResultFiles = NO_FILES,
): TaskResult {
	const ids = { taskId, ...(kieTaskId === null || kieTaskId === taskId ? {} : { kieTaskId }) };
	const isMade = status === 'success';
	const said = { code, message };
	const { creditsConsumed } = files;
	// Ordered elsewhere, a job of a model that is none of Veo's.
	const isOther = !givesResult(operation) && files.model !== null;
	if (isOther || isOfAnyModel(operation)) {
		const { fileUrls, result } = isMade ? files : NO_FILES;
		const made = { fileUrl: fileUrls[0] ?? null, fileUrls, result };
		const credits = { creditsConsumed: status === 'processing' ? null : creditsConsumed };
		return { ...ids, operation, model: model ?? files.model, status, ...made, ...credits, ...said };
	}
	const { resolution, videoUrls } = isMade
		? videosOf(operation, files)
		: { resolution: null, videoUrls: [] };
	const { imageUrls } = files;
	const made = { resolution, videoUrl: videoUrls[0] ?? null, videoUrls, imageUrls };
	return { ...ids, index, operation, status, ...made, creditsConsumed, ...said };
}

/** Not every answer repeats the id under which Kie has accepted the task. */
export function asNamedIn<T extends Pick<Subject, 'taskId' | 'kieTaskId'>>(
	{ taskId }: ResultFiles,
	about: T,
): T {
	return { ...about, kieTaskId: taskId ?? about.kieTaskId };
}

/**
 * An upgrade is known to have its resolution, whatever Kie calls it. Of an extended video the whole comes first, then
 * its new part. The state of a task shows it the same way: a record names a whole video only if there is a part.
 */
function videosOf(operation: ReportedOperation, files: ResultFiles) {
	const { upgradesTo, givesWhole } = givesResult(operation) ? traitsOf(operation) : {};
	const whole = givesWhole ? files.fullVideoUrls : [];
	return {
		resolution: upgradesTo ?? files.resolution,
		videoUrls: [...new Set([...whole, ...files.videoUrls])],
	};
}
