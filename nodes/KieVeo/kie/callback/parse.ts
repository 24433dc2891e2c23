import { faultOfTask, readTaskFault, readTaskState, topicOf, type Topic } from '../meaning/fields';
import { readResultFiles, withWholeVideo, type ResultFiles } from '../meaning/files';
import {
	isJsonObject,
	parseIfJson,
	parseNested,
	toId,
	toNumber,
	toText,
	type JsonObject,
} from '../../values';
import { readText } from '../meaning/texts';

/** `unknown`: it says that the task is finished, or nearly, but shows no video. Kie must be asked. */
export type CallbackOutcome = 'success' | 'failed' | 'unknown';

/** The end of a task or an upgrade, as Kie reports it. */
export interface Callback {
	/** Kie's `code`; for a failure the task's own, or `null` where only the request has one. Not the outcome. */
	code: number | null;
	/** Kie's `msg`; for a failure the task's own reason, if it has one. */
	message: string;
	outcome: CallbackOutcome;
	/** Whether the outcome is a success: at least one video URL came with it. */
	succeeded: boolean;
	/** The distinct ids found in the four places Kie is known to use; at most one when all is well. */
	taskIds: string[];
	files: ResultFiles;
	topic: Topic;
	/** The parsed body. */
	body: JsonObject;
}

export type ParsedCallback = { callback: Callback } | { reason: string };

/**
 * Reads a callback in any form Kie documents or has been seen to send: nested or flat, camelCase or
 * snake_case, lists as arrays, JSON text, a bare URL or a list without quotes; a failure with `data` an object
 * or null; `promptJson` readable or not; the record of a task as record-info or the jobs API shows it.
 * Pure; never throws.
 *
 * @param body the parsed JSON, or its text
 * @returns the callback, or the reason why the body is not one
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video-callbacks
 * @see https://docs.kie.ai/veo3-api/generate-veo-3-video-callbacks
 * @see https://docs.kie.ai/common-api/webhook-verification
 */
export function parseCallback(body: unknown): ParsedCallback {
	const parsed = parseIfJson(body);
	if (!isJsonObject(parsed)) return { reason: 'the body is not a JSON object' };
	const code = toNumber(parsed.code);
	if (code === null) return { reason: "the body has no numeric 'code'" };
	const data = withoutEmpty(parseNested(parsed.data));
	if (data !== null && !isJsonObject(data)) return { reason: "'data' is not an object" };

	const taskIds = taskIdsIn(parsed, data);
	if (taskIds === null) return { reason: 'the task ID is not text' };
	if (parsed.data === undefined && taskIds.length === 0) {
		return { reason: "the body has neither 'data' nor a task ID" };
	}
	const record = data ?? parsed;
	const files = withWholeVideo(readResultFiles(record));
	const message = toText(parsed.msg) ?? '';
	const outcome = outcomeOf(record, files, { code, message });
	const topic = topicOf(record, readTaskFault(record).message ?? message);
	const told = outcome === 'failed' ? faultOfTask(record, { code, message }) : { code, message };
	const succeeded = outcome === 'success';
	return { callback: { ...told, outcome, succeeded, taskIds, files, topic, body: parsed } };
}

/** A failure can have no `data`: `null`, or an empty text or list. */
function withoutEmpty(data: unknown): unknown {
	const isEmpty = data === '' || (Array.isArray(data) && data.length === 0);
	return isEmpty ? null : (data ?? null);
}

/** The task's own state first, then URLs, then a known text, then the code. */
function outcomeOf(
	record: JsonObject,
	{ videoUrls }: ResultFiles,
	{ code, message }: { code: number; message: string },
): CallbackOutcome {
	const state = readTaskState(record);
	if (state === 'failed') return 'failed';
	if (videoUrls.length > 0) return 'success';
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
