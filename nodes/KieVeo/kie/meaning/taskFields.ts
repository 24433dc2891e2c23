import {
	isJsonObject,
	objectsWithin,
	parseIfJson,
	toNumber,
	toText,
	type JsonObject,
} from './guards';

/*
 * The fields in which Kie reports the state of a task. record-info of the Veo endpoints has `successFlag` and
 * `errorMessage`, the jobs API `state` and `failMsg`; answers and callbacks show either.
 */

export type TaskState = 'running' | 'success' | 'failed';

/** Used for a failed task when Kie gives no reason. */
const NO_REASON = 'Kie.ai gives no reason';

/** The envelope's text about a failed task; its "success" is about the request. */
export function withoutSuccess(said: string): string {
	return /^(?:success(?:ful)?|ok|成功)\W*$/i.test(said) ? NO_REASON : said;
}

/** 1 success, 2 failed before completion, 3 created but failed upstream. Anything unknown is running. */
function stateOfFlag(value: unknown): TaskState | null {
	const flag = toNumber(value);
	if (flag === null) return null;
	if (flag === 2 || flag === 3) return 'failed';
	return flag === 1 ? 'success' : 'running';
}

/** `waiting`, `queuing`, `generating`, `success`, `fail`, or other words for the same. */
function stateOfText(value: unknown): TaskState | null {
	const state = toText(value)?.toLowerCase();
	if (state === undefined) return null;
	if (/fail|error|cancel|abort|reject|time.?d?.?out|expire/.test(state)) return 'failed';
	return /^(succe|complete|finished|done)/.test(state) ? 'success' : 'running';
}

/**
 * The state of the task, by its own fields; `null` if it has none of them. A failure wins if the two
 * disagree. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readTaskState(data: unknown): TaskState | null {
	const record = parseIfJson(data);
	if (!isJsonObject(record)) return null;
	const states = [stateOfFlag(record.successFlag), stateOfText(record.state)];
	return states.includes('failed') ? 'failed' : (states.find((state) => state !== null) ?? null);
}

/** Names of fields, without case and separators. */
const MESSAGE_FIELDS = ['errormessage', 'errormsg', 'errmsg', 'failmsg', 'failreason', 'error'];
const CODE_FIELDS = ['errorcode', 'errcode', 'failcode'];

/** The reason given with the task, not in the envelope. */
export interface TaskFault {
	code: number | null;
	/** `null` if none is given. */
	message: string | null;
}

/**
 * The reason for a failure reported within `data`, at any depth; none if the task is running or has
 * succeeded. Pure; never throws.
 */
export function readTaskFault(data: unknown): TaskFault {
	if (isFine(data)) return { code: null, message: null };
	const places = objectsWithin(data).filter((place) => !isFine(place));
	return {
		code: first(places, CODE_FIELDS, toNumber),
		message: first(places, MESSAGE_FIELDS, toReason),
	};
}

function isFine(data: unknown): boolean {
	const state = readTaskState(data);
	return state === 'running' || state === 'success';
}

/** Also of an error that is an object with a message. */
function toReason(value: unknown): string | null {
	const given = isJsonObject(value) ? (value.message ?? value.msg) : value;
	const text = toText(given);
	return text === null || /^(success|null|none)$/i.test(text) ? null : text;
}

function first<T>(
	places: JsonObject[],
	fields: string[],
	read: (value: unknown) => T | null,
): T | null {
	for (const place of places) {
		const given = Object.entries(place).map(([name, value]) => [plain(name), read(value)] as const);
		for (const field of fields) {
			const found = given.find(([name, value]) => name === field && value !== null)?.[1] ?? null;
			if (found !== null) return found;
		}
	}
	return null;
}

function plain(name: string): string {
	return name.replace(/[_-]/g, '').toLowerCase();
}
