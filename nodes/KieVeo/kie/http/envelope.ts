import { faultText } from '../../messages/errors';
import type { KieAnswer } from '../meaning/answer';
import type { EnvelopeFault } from '../meaning/fault';
import { isBareId } from '../meaning/createAnswer';
import { isJsonObject, toNumber, toText, type JsonObject } from '../meaning/guards';
import { readTaskFault } from '../meaning/taskFields';
import { tellingOf } from '../meaning/words';
import { UNREACHED_STATUSES } from './statuses';

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
	return { code, message: description, data: undefined, body: null, fault: true, retryAfterMs };
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
	const httpFailed = reply.statusCode < 200 || reply.statusCode > 299;
	const httpCode = httpFailed ? reply.statusCode : null;
	const retryAfterMs = readRetryAfter(reply.headers['retry-after'], now);
	const text = reply.body.trim();
	const notKies = (reason: EnvelopeFault['reason']) => ({
		...faultAnswer(faultText({ reason, status: reply.statusCode }), httpCode, retryAfterMs),
		data: tasksNamedIn(text),
	});

	const foreign = (reason: EnvelopeFault['reason']): KieAnswer => {
		const unreached = UNREACHED_STATUSES.get(reply.statusCode);
		return { ...notKies(reason), ...(unreached ? { unreached } : {}) };
	};

	if (text === '') return foreign('empty');
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		// What starts like JSON may be Kie's, cut off in transit.
		if (/^[{[]/.test(text)) return notKies('notJson');
		return foreign(text.startsWith('<') ? 'webPage' : 'notJson');
	}
	if (!isJsonObject(body)) return notKies('unexpectedJson');
	// About the key, which only Kie knows, even if its words are missing.
	const isKies = reply.statusCode === 401 || ENVELOPE_FIELDS.some((field) => field in body);
	if (httpFailed && !isKies) return foreign('unexpectedJson');

	const code = httpCode ?? toNumber(body.code);
	return {
		code,
		message: messageIn(body),
		data: body.data,
		body,
		fault: code === null,
		retryAfterMs,
	};
}

function messageIn(body: JsonObject): string {
	const others = [readTaskFault({ ...body, data: null }).message, body.msg, body.message].map(
		toText,
	);
	return tellingOf(
		readTaskFault(body.data).message,
		others.filter((text) => text !== null),
	);
}

/** What is not an envelope, or only a part of one, can still name a paid task. */
function tasksNamedIn(text: string): Array<{ taskId: string }> | undefined {
	const bare = text.slice(0, 100).replace(/^"(.*)"$/, '$1');
	if (isBareId(bare)) return [{ taskId: bare }];
	const found = [...text.matchAll(NAMED_TASK)].flatMap(([, quoted, number]) => {
		const taskId = quoted ?? number;
		return taskId === undefined ? [] : [{ taskId }];
	});
	return found.length > 0 ? found : undefined;
}

/** Quotes are escaped within JSON text. A number at the end may be cut. */
const NAMED_TASK = /task[_-]?id\\*"\s*:\s*(?:\\*"([^"\\]+)\\*"|(\d+)(?=[\s,}\]]))/gi;

/** `Retry-After` in seconds or as an HTTP date, as milliseconds from now. */
function readRetryAfter(header: unknown, now: number): number | null {
	const seconds = toNumber(header);
	if (seconds !== null) return Math.max(0, seconds * 1000);
	const date = Date.parse(toText(header) ?? '');
	return Number.isNaN(date) ? null : Math.max(0, date - now);
}
