import type { KieAnswer } from '../meaning/answer';
import { readTaskFault } from '../meaning/fields';
import {
	isJsonObject,
	parseNested,
	parseJson,
	toNumber,
	toText,
	type JsonObject,
} from '../../values';
import { envelopeFaultText, refusalOf, type EnvelopeFault } from './networkFault';

/** What was received: status, header names in lower case, body as text. */
export interface HttpReply {
	statusCode: number;
	headers: { [name: string]: unknown };
	body: string;
}

/** An answer that never came, or was not from Kie. Users read `description`. */
export function faultAnswer(
	description: string,
	code: number | null = null,
	retryAfterMs: number | null = null,
): KieAnswer {
	return {
		code,
		message: description,
		data: undefined,
		body: null,
		taskIds: [],
		fault: true,
		retryAfterMs,
	};
}

/** One of these is enough. Error pages in JSON have others, such as `status` and `path`. */
const ENVELOPE_FIELDS = ['code', 'msg', 'data', 'taskId', 'task_id'];

/**
 * Reads Kie's envelope `{ code, msg, data }`. The effective status is the HTTP status when it is not
 * 2xx, otherwise `code`: Kie reports nearly every error with HTTP 200. A body without an envelope
 * is a fault, never a success.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export function readAnswer(reply: HttpReply, now: number): KieAnswer {
	const { statusCode } = reply;
	const httpCode = statusCode < 200 || statusCode > 299 ? statusCode : null;
	const retryAfterMs = readRetryAfter(reply.headers['retry-after'], now);
	const text = reply.body.trim();
	const taskIds = taskIdsIn(text);
	const notKies = (reason: EnvelopeFault): KieAnswer => ({
		...faultAnswer(envelopeFaultText(reason, statusCode), httpCode, retryAfterMs),
		taskIds,
	});
	const foreign = (reason: EnvelopeFault): KieAnswer => {
		const unreached = refusalOf(statusCode);
		return { ...notKies(reason), ...(unreached ? { unreached } : {}) };
	};

	if (text === '') return foreign('empty');
	const body = parseJson(text);
	if (body === undefined) {
		// What starts like JSON may be Kie's, cut off in transit.
		if (/^[{[]/.test(text)) return notKies('notJson');
		return foreign(text.startsWith('<') ? 'webPage' : 'notJson');
	}
	const isEnvelope = isJsonObject(body) && ENVELOPE_FIELDS.some((field) => field in body);
	if (!isJsonObject(body) || (httpCode !== null && !isEnvelope)) return foreign('unexpectedJson');

	const code = httpCode ?? toNumber(body.code);
	return {
		code,
		message: messageIn(body),
		data: parseNested(body.data),
		body,
		taskIds,
		fault: code === null,
		retryAfterMs,
	};
}

function messageIn(body: JsonObject): string {
	return readTaskFault(body.data).message ?? toText(body.msg) ?? '';
}

/**
 * The field that names a task, also in what is only a part of an answer. Its quotes are not escaped: what is JSON text
 * within the answer repeats the order, and a prompt can be JSON with a task ID of its own.
 */
const TASK_ID = /(?<!\\)"task_?id"\s*:\s*"([^"\\]+)"/gi;

function taskIdsIn(text: string): string[] {
	return [...text.matchAll(TASK_ID)].map(([, id]) => String(id).trim()).filter((id) => id !== '');
}

/** The longest pause that is respected, in milliseconds: the number is foreign. */
const LONGEST_PAUSE_MS = 60_000;

/** `Retry-After` in seconds or as an HTTP date, as milliseconds from now. */
export function readRetryAfter(header: unknown, now: number): number | null {
	const seconds = toNumber(header);
	const ms = seconds === null ? Date.parse(toText(header) ?? '') - now : seconds * 1000;
	return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), LONGEST_PAUSE_MS);
}
