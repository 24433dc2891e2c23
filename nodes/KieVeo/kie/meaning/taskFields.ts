import { isJsonObject, parseIfJson, toNumber, toText, type JsonObject } from './guards';

/*
 * The fields in which Kie reports the state of a task. record-info of the Veo endpoints has `successFlag` and
 * `errorMessage`, the jobs API `state` and `failMsg`; answers and callbacks show either.
 */

export type TaskState = 'running' | 'success' | 'failed';

/** Used for a failed task when Kie gives no reason. */
export const NO_REASON = 'Kie.ai gives no reason';

/** 1 success, 2 failed before completion, 3 created but failed upstream. Anything unknown is running. */
function stateOfFlag(value: unknown): TaskState | null {
	const flag = toNumber(value);
	if (flag === null) return null;
	if (flag === 2 || flag === 3) return 'failed';
	return flag === 1 ? 'success' : 'running';
}

/** `waiting`, `queuing`, `generating`, `success`, `fail`. */
function stateOfText(value: unknown): TaskState | null {
	const state = toText(value)?.toLowerCase();
	if (state === undefined) return null;
	if (state.includes('fail')) return 'failed';
	return state === 'success' ? 'success' : 'running';
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

const MESSAGE_FIELDS = ['errorMessage', 'error_message', 'failMsg', 'fail_msg'];
const CODE_FIELDS = ['errorCode', 'error_code', 'failCode', 'fail_code'];

/** The reason given with the task, not in the envelope. */
export interface TaskFault {
	code: number | null;
	/** `null` if none is given. */
	message: string | null;
}

/**
 * The reason for a failure reported within `data`; none if the task is running or has succeeded.
 * Pure; never throws.
 */
export function readTaskFault(data: unknown): TaskFault {
	const state = readTaskState(data);
	if (state === 'running' || state === 'success') return { code: null, message: null };
	const places = placesIn(data);
	return {
		code: first(places, CODE_FIELDS, toNumber),
		message: first(places, MESSAGE_FIELDS, toReason),
	};
}

function toReason(value: unknown): string | null {
	const text = toText(value);
	return text === null || /^(success|null|none)$/i.test(text) ? null : text;
}

function placesIn(data: unknown): JsonObject[] {
	const record = parseIfJson(data);
	if (!isJsonObject(record)) return [];
	return [record, parseIfJson(record.response), parseIfJson(record.info)].filter(isJsonObject);
}

function first<T>(
	places: JsonObject[],
	fields: string[],
	read: (value: unknown) => T | null,
): T | null {
	for (const place of places) {
		for (const field of fields) {
			const found = read(place[field]);
			if (found !== null) return found;
		}
	}
	return null;
}
