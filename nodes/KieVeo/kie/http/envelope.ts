import { faultText } from '../../messages/errors';
import type { KieAnswer } from '../meaning/answer';
import type { EnvelopeFault } from '../meaning/fault';
import { isJsonObject, toNumber, toText } from '../meaning/guards';

/** What came over the wire: status, header names in lower case, body as text. */
export interface HttpReply {
	statusCode: number;
	headers: { [name: string]: unknown };
	body: string;
}

/** An answer that never came, or was not Kie's. `description` is read by users. */
export function faultAnswer(
	description: string,
	code: number | null = null,
	retryAfterMs: number | null = null,
): KieAnswer {
	return { code, message: description, data: undefined, body: null, fault: true, retryAfterMs };
}

/**
 * Reads Kie's envelope `{ code, msg, data }`. The effective status is the HTTP status when it is not
 * 2xx, otherwise `code`: Kie reports nearly every error with HTTP 200. A body that is no envelope
 * is a fault, never a success.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export function readAnswer(reply: HttpReply, now: number): KieAnswer {
	const httpFailed = reply.statusCode < 200 || reply.statusCode > 299;
	const httpCode = httpFailed ? reply.statusCode : null;
	const retryAfterMs = readRetryAfter(reply.headers['retry-after'], now);
	const notKies = (reason: EnvelopeFault['reason']) =>
		faultAnswer(faultText({ reason, status: reply.statusCode }), httpCode, retryAfterMs);

	const text = reply.body.trim();
	if (text === '') return notKies('empty');
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		return notKies(text.startsWith('<') ? 'webPage' : 'notJson');
	}
	if (!isJsonObject(body)) return notKies('unexpectedJson');

	const code = httpCode ?? toNumber(body.code);
	return {
		code,
		message: toText(body.msg) ?? toText(body.message) ?? '',
		data: body.data,
		body,
		fault: code === null,
		retryAfterMs,
	};
}

/** `Retry-After` in seconds or as an HTTP date, as milliseconds from now. */
function readRetryAfter(header: unknown, now: number): number | null {
	const seconds = toNumber(header);
	if (seconds !== null) return Math.max(0, seconds * 1000);
	const date = Date.parse(toText(header) ?? '');
	return Number.isNaN(date) ? null : Math.max(0, date - now);
}
