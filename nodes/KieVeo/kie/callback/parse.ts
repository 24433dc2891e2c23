import {
	isJsonObject,
	parseIfJson,
	toId,
	toNumber,
	toText,
	type JsonObject,
} from '../meaning/guards';
import { readResultFiles, withWholeVideo, type ResultFiles } from '../meaning/resultFiles';
import { readTaskFault, readTaskState, withoutSuccess } from '../meaning/taskFields';
import { readWords, tellingOf } from '../meaning/words';

/** What the content of a callback says it is about; `unknown` if that would be a guess. */
export type CallbackTopic = 'get4k' | 'get1080p' | 'generate' | 'extend' | 'unknown';

/** `unknown`: it says that the task is finished, or nearly, but shows no video. Kie must be asked. */
export type CallbackOutcome = 'success' | 'failed' | 'unknown';

/** The end of a task or an upgrade, as Kie reports it. */
export interface Callback {
	/** Kie's `code`; for a failure the task's own, if it has one. Not the outcome. */
	code: number;
	/** Kie's `msg`; for a failure the task's own reason, if it has one. */
	message: string;
	outcome: CallbackOutcome;
	/** Whether the outcome is a success: at least one video URL came with it. */
	succeeded: boolean;
	/** The distinct ids found in the four places Kie is known to use; at most one when all is well. */
	taskIds: string[];
	files: ResultFiles;
	topic: CallbackTopic;
	/** The parsed body. */
	body: JsonObject;
}

export type ParsedCallback = { callback: Callback } | { reason: string };

/**
 * Reads a callback in any form Kie documents or has been seen to send: nested or flat, camelCase or
 * snake_case, lists as arrays, JSON text, a bare URL or a bracketed list; a failure with `data` an object
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
	const data = withoutEmpty(parseIfJson(parsed.data));
	if (data !== null && !isJsonObject(data)) return { reason: "'data' is not an object" };

	const taskIds = taskIdsIn(parsed, data);
	if (taskIds === null) return { reason: 'the task ID is not text' };
	if (parsed.data === undefined && taskIds.length === 0) {
		return { reason: "the body has neither 'data' nor a task ID" };
	}
	const record = data ?? parsed;
	const files = withWholeVideo(readResultFiles(record));
	const said = toText(parsed.msg) ?? toText(parsed.message) ?? '';
	const outcome = outcomeOf(record, files, { code, said });
	const topic = topicOf(record, said);
	const told = outcome === 'failed' ? faultOf(record, { code, said }) : { code, message: said };
	const succeeded = outcome === 'success';
	return { callback: { ...told, outcome, succeeded, taskIds, files, topic, body: parsed } };
}

/** What the envelope says. */
interface Envelope {
	code: number;
	said: string;
}

/** A failure can have no `data`: `null`, or an empty text or list. */
function withoutEmpty(data: unknown): unknown {
	const isEmpty = data === '' || (Array.isArray(data) && data.length === 0);
	return isEmpty ? null : (data ?? null);
}

/** The task's own state first, then URLs, then words, then the code. */
function outcomeOf(
	record: JsonObject,
	{ videoUrls }: ResultFiles,
	{ code, said }: Envelope,
): CallbackOutcome {
	const state = readTaskState(record);
	if (state === 'failed') return 'failed';
	if (videoUrls.length > 0) return 'success';
	const reason = readTaskFault(record).message;
	const words = readWords(tellingOf(reason, [said]));
	const isRefused = words?.kind === 'account' || words?.kind === 'final';
	if (state !== null) return isRefused && state === 'running' ? 'failed' : 'unknown';
	if (isRefused) return 'failed';
	if (words?.isSure) return 'unknown';
	// Kie reports ends only: "please wait" is not said of a video that is being made.
	const isError = code >= 400;
	return isError || (reason !== null && words === null) ? 'failed' : 'unknown';
}

function faultOf(record: JsonObject, { code, said }: Envelope): { code: number; message: string } {
	const inner = readTaskFault(record);
	const message = tellingOf(inner.message, [withoutSuccess(said)]);
	return { code: inner.code ?? code, message };
}

/** `null` when one of them cannot be an id. */
function taskIdsIn(body: JsonObject, data: JsonObject | null): string[] | null {
	const found = [data?.taskId, data?.task_id, body.taskId, body.task_id].filter(
		(id) => id !== undefined && id !== null && id !== '',
	);
	const ids = found.map(toId);
	return ids.every((id) => id !== null) ? [...new Set(ids)] : null;
}

/** The models of the jobs API. */
const MODEL_TOPICS: ReadonlyArray<[model: RegExp, topic: CallbackTopic]> = [
	[/get-4k/i, 'get4k'],
	[/get-1080p/i, 'get1080p'],
	[/extend/i, 'extend'],
	[/^veo/i, 'generate'],
];

/** Only a base video or an extension has these. */
const GENERATION_FIELDS = [
	'promptJson',
	'fallbackFlag',
	'originUrls',
	'resolution',
	'fullResultUrls',
];

/** "Veo3.1 video generated successfully." */
const GENERATION_TEXT = /\bveo ?3(?:\.1)? video\b/i;

/** Kie documents them for a 4K upgrade only. */
const PREVIEW_FIELDS = ['imageUrls', 'image_urls'];

/**
 * Base video and 4K upgrade can report under the same task id, and success texts change between versions of
 * Kie's documentation. A job names its model. Otherwise "4K" in the text means a 4K upgrade, whatever fields
 * come with it, and the text or the fields of a generation mean one. Preview images alone mean a 4K upgrade; media ids
 * come with both.
 */
function topicOf(record: JsonObject, said: string): CallbackTopic {
	const model = toText(record.model);
	const named = MODEL_TOPICS.find(([pattern]) => model !== null && pattern.test(model));
	if (named) return named[1];

	const text = [said, readTaskFault(record).message].join(' ');
	if (/\b4k\b/i.test(text)) return 'get4k';
	const places = [record.info, record.response].map(parseIfJson).filter(isJsonObject);
	const has = (field: string) => [...places, record].some((place) => isFilled(place[field]));
	if (!GENERATION_TEXT.test(text) && !GENERATION_FIELDS.some(has)) {
		return PREVIEW_FIELDS.some(has) ? 'get4k' : 'unknown';
	}
	const isExtension = /\bexten(d|sion)|扩展|延长|续写/i.test(text);
	return has('fullResultUrls') || isExtension ? 'extend' : 'generate';
}

function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
