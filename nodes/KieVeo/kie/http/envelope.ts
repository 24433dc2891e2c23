import { faultText } from '../../messages/errors';
import type { KieAnswer } from '../meaning/answer';
import type { EnvelopeFault } from '../meaning/fault';
import { isBareId, taskIdsIn } from '../meaning/createAnswer';
import { isJsonObject, parseJson, toNumber, toText, type JsonObject } from '../meaning/guards';
import { readTaskFault } from '../meaning/taskFields';
import { readWords, tellingOf } from '../meaning/words';
import { refusalOf, UNREACHED_STATUSES } from './statuses';

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
	const { statusCode } = reply;
	const httpCode = statusCode < 200 || statusCode > 299 ? statusCode : null;
	const retryAfterMs = readRetryAfter(reply.headers['retry-after'], now);
	const text = reply.body.trim();
	const notKies = (reason: EnvelopeFault['reason']): KieAnswer => ({
		...faultAnswer(faultText({ reason, status: statusCode }), httpCode, retryAfterMs),
		data: tasksNamedIn(text),
	});
	const foreign = (reason: EnvelopeFault['reason']): KieAnswer => {
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
	if (!isJsonObject(body)) return foreign('unexpectedJson');
	if (httpCode !== null && !isKies(body, httpCode)) return foreign('unexpectedJson');

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

/** Whether an object that came with an HTTP error is Kie's answer, which may lack everything but words. */
function isKies(body: JsonObject, status: number): boolean {
	// About the key, which only Kie knows, even if its words are missing.
	if (status === 401 || ENVELOPE_FIELDS.some((field) => field in body)) return true;
	// Any web server says such things as "Not Found".
	if (UNREACHED_STATUSES.has(status)) return false;
	const words = readWords(messageIn(body));
	return words?.kind === 'account' || words?.kind === 'final';
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
	const parsed = parseJson(text) ?? text;
	const whole = taskIdsIn(typeof parsed === 'string' ? { data: parsed } : parsed);
	const parts = [
		...matchesOf(QUOTED_ID, text),
		...matchesOf(UNQUOTED_ID, text).filter(isBareId),
		...matchesOf(VEO_TASK, text),
	];
	const found = [...whole, ...parts];
	return found.length > 0 ? found.map((taskId) => ({ taskId })) : undefined;
}

function matchesOf(pattern: RegExp, text: string): string[] {
	return [...text.matchAll(pattern)].map((match) => match.slice(1).join(''));
}

/** Quotes are escaped within JSON text. A number at the end may be cut. */
const QUOTED_ID = /(?:task|job)[_-]?id\\*"\s*:\s*(?:\\*"([^"\\]+)\\*"|(\d+)(?=[\s,}\]]))/gi;
/** `<taskId>veo_a</taskId>`, `taskId=veo_a` */
const UNQUOTED_ID = /(?:task|job)[_-]?id\s*[=:>]\s*["']?([\w-]+)/gi;
/** Whatever the name of its field. */
const VEO_TASK = /"(veo_task_\w+)\\*"/gi;

/** `Retry-After` in seconds or as an HTTP date, as milliseconds from now. */
function readRetryAfter(header: unknown, now: number): number | null {
	const seconds = toNumber(header);
	if (seconds !== null) return Math.max(0, seconds * 1000);
	const date = Date.parse(toText(header) ?? '');
	return Number.isNaN(date) ? null : Math.max(0, date - now);
}
