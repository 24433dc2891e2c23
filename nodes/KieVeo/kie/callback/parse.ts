import { faultOfTask, readTaskFault, readTaskState, topicOf, type Topic } from '../meaning/fields';
import { readResultFiles, withWholeVideo, type ResultFiles } from '../meaning/files';
import { isJsonObject, parseNested, toId, toNumber, toText, type JsonObject } from '../../values';
import { readText } from '../meaning/texts';

/** The end of a task or an upgrade, as Kie reports it. */
export interface Callback {
	/** Kie's `code`; for a failure the task's own, or `null` where only the request has one. Not the outcome. */
	code: number | null;
	/** Kie's `msg`; for a failure the task's own reason, if it has one. */
	message: string;
	/**
	 * `success`: at least one video URL came with it, or it is a job of another model. `unknown`: it says that the task
	 * is finished, or nearly, but shows no video. Kie must be asked.
	 */
	outcome: 'success' | 'failed' | 'unknown';
	/** Whether it may report a stage, not the end: music is reported up to three times. */
	mayBeStage: boolean;
	/** The distinct ids found in the four places Kie is known to use; at most one when all is well. */
	taskIds: string[];
	files: ResultFiles;
	topic: Topic;
	/** The parsed body. */
	body: JsonObject;
}

/**
 * Reads a callback in any form Kie documents or has been seen to send: nested or flat, camelCase or
 * snake_case, lists as arrays, JSON text, a bare URL or a list without quotes; a failure with `data` an object
 * or null; `promptJson` readable or not; the record of a task as record-info or the jobs API shows it.
 *
 * In two steps, because anyone can send one: its form and the ids, which its signature is checked with, at a cost
 * that does not grow with the body; then, once it is known to be Kie's, `read` gives the rest. Pure; never throws.
 *
 * @param body the parsed JSON
 * @returns the reason why the body is not a callback, if it is none
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video-callbacks
 * @see https://docs.kie.ai/veo3-api/generate-veo-3-video-callbacks
 * @see https://docs.kie.ai/common-api/webhook-verification
 */
export function parseCallback(
	body: unknown,
): { taskIds: string[]; read: () => Callback } | { reason: string } {
	if (!isJsonObject(body)) return { reason: 'the body is not a JSON object' };
	const code = toNumber(body.code);
	if (code === null) return { reason: "the body has no numeric 'code'" };
	const data = withoutEmpty(parseNested(body.data));
	if (data !== null && !isJsonObject(data)) return { reason: "'data' is not an object" };

	const taskIds = taskIdsIn(body, data);
	if (taskIds === null) return { reason: 'the task ID is not text' };
	if (body.data === undefined && taskIds.length === 0) {
		return { reason: "the body has neither 'data' nor a task ID" };
	}
	return { taskIds, read: () => readContent(body, { data, code, taskIds }) };
}

function readContent(
	body: JsonObject,
	{ data, code, taskIds }: { data: JsonObject | null; code: number; taskIds: string[] },
): Callback {
	const record = data ?? body;
	const files = withWholeVideo(readResultFiles(record));
	const message = toText(body.msg) ?? '';
	const topic = topicOf(record, readTaskFault(record).message ?? message);
	const isTask = topic === 'task';
	const outcome = outcomeOf(record, isTask, files, { code, message });
	const told =
		outcome === 'failed' ? faultOfTask(record, { code, message }, isTask) : { code, message };
	const { callbackType = null } = record;
	const mayBeStage = outcome === 'unknown' && STAGES.includes(callbackType);
	return { ...told, outcome, mayBeStage, taskIds, files, topic, body };
}

/** @see https://docs.kie.ai/suno-api/generate-music-callbacks */
const STAGES: readonly unknown[] = [null, 'text', 'first'];

/** A failure can have no `data`: `null`, or an empty text or list. */
function withoutEmpty(data: unknown): unknown {
	const isEmpty = data === '' || (Array.isArray(data) && data.length === 0);
	return isEmpty ? null : (data ?? null);
}

/** The task's own state first, then URLs, then a known text, then the code. A task of any model may give no file. */
function outcomeOf(
	record: JsonObject,
	isTask: boolean,
	{ videoUrls }: ResultFiles,
	{ code, message }: { code: number; message: string },
): Callback['outcome'] {
	const state = readTaskState(record);
	if (state === 'failed') return 'failed';
	if (isTask ? state === 'success' : videoUrls.length > 0) return 'success';
	const reason = readTaskFault(record).message;
	const text = readText(reason ?? message);
	if (text === 'processing') return 'unknown';
	// Kie reports ends only: what shows no video has failed, unless it says otherwise.
	if (text !== null) return 'failed';
	return state === null && (code >= 400 || reason !== null) ? 'failed' : 'unknown';
}

/** `null` when one of them cannot be an id. */
function taskIdsIn(body: JsonObject, data: JsonObject | null): string[] | null {
	const found = [data?.taskId, data?.task_id, body.taskId, body.task_id].filter(
		(id) => id !== undefined && id !== null && id !== '',
	);
	const ids = found.map(toId);
	return ids.every((id) => id !== null) ? [...new Set(ids)] : null;
}
