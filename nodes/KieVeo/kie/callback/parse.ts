import { isJsonObject, parseIfJson, toNumber, toText, type JsonObject } from '../meaning/guards';
import { readResultFiles, type ResultFiles } from '../meaning/resultFiles';

/** What the content of a callback says it is about; `unknown` where that would be a guess. */
export type CallbackTopic = 'get4k' | 'generate' | 'extend' | 'unknown';

/** The end of a task or an upgrade, as Kie reports it. */
export interface Callback {
	/** Kie's `code`. Not the outcome: that is `succeeded`. */
	code: number;
	message: string;
	/** Whether at least one video URL came with it. */
	succeeded: boolean;
	/** The different ids found in the four places Kie is known to use; empty or one when all is well. */
	taskIds: string[];
	files: ResultFiles;
	topic: CallbackTopic;
	/** The parsed body. */
	body: JsonObject;
}

export type ParsedCallback = { callback: Callback } | { reason: string };

/**
 * Reads a callback in any form Kie documents or was seen to send: nested or flat, camelCase or
 * snake_case, lists as arrays, JSON text, a bare URL or a bracketed list; a failure with `data` an object
 * or null; `promptJson` readable or not. Pure; never throws.
 *
 * @param body the parsed JSON, or its text
 * @returns the callback, or the reason why the body is none
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video-callbacks
 * @see https://docs.kie.ai/veo3-api/generate-veo-3-video-callbacks
 */
export function parseCallback(body: unknown): ParsedCallback {
	const parsed = parseIfJson(body);
	if (!isJsonObject(parsed)) return { reason: 'the body is not a JSON object' };
	const code = toNumber(parsed.code);
	if (code === null) return { reason: "the body has no numeric 'code'" };
	const data = parseIfJson(parsed.data) ?? null;
	if (data !== null && !isJsonObject(data)) return { reason: "'data' is not an object" };

	const taskIds = taskIdsIn(parsed, data);
	if (taskIds === null) return { reason: 'the task ID is not text' };
	if (parsed.data === undefined && taskIds.length === 0) {
		return { reason: "the body has neither 'data' nor a task ID" };
	}
	const files = readResultFiles(data);
	const succeeded = files.videoUrls.length > 0;
	if (code === 200 && !succeeded) return { reason: 'it reports success without a video URL' };

	const message = toText(parsed.msg) ?? toText(parsed.message) ?? '';
	const topic = topicOf(data ?? {}, message);
	return { callback: { code, message, succeeded, taskIds, files, topic, body: parsed } };
}

/** `null` when one of them can be no id. */
function taskIdsIn(body: JsonObject, data: JsonObject | null): string[] | null {
	const found = [data?.taskId, data?.task_id, body.taskId, body.task_id]
		.map((id) => (typeof id === 'number' ? String(id) : id))
		.filter((id) => id !== undefined && id !== null && id !== '');
	const ids = found.map(toText);
	return ids.every((id) => id !== null) ? [...new Set(ids)] : null;
}

/**
 * Base video and 4K upgrade report under the same task id, and success texts change between versions of
 * Kie's documentation. Only fields that belong to one of the two count, and the word "4K" in the text,
 * which is all a failed upgrade has. Signs of both, or of neither, are no knowledge.
 */
function topicOf(data: JsonObject, message: string): CallbackTopic {
	const info = parseIfJson(data.info);
	const places = isJsonObject(info) ? [info, data] : [data];
	const has = (field: string) => places.some((place) => isFilled(place[field]));

	const ofGeneration = ['promptJson', 'fallbackFlag', 'originUrls', 'resolution'].some(has);
	const of4k =
		/\b4k\b/i.test(message) || ['imageUrls', 'image_urls', 'mediaIds', 'media_ids'].some(has);
	if (ofGeneration === of4k) return 'unknown';
	if (of4k) return 'get4k';
	return /\bexten(d|sion)/i.test(message) ? 'extend' : 'generate';
}

function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
