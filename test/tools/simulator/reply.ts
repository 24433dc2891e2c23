import { type Content, textContent } from './content';
import { isObject, type Scenario } from './scenario';

/** How an envelope is written. */
type Form = Partial<Scenario['envelope']>;

/** What is noted in the journal about an answer. */
export interface Notes {
	/** The request asked for new work: accepted, refused, or turned away by the rate limit. */
	submission?: boolean;
	creditsCharged?: number;
	/** The task the request turned out to be about, where the request itself does not say. */
	taskId?: string;
	/** Of an upgrade that was ordered through the jobs API: the id it was given. */
	jobId?: string;
}

/** An answer, and how much of it is sent. */
export interface Reply extends Notes {
	status: number;
	headers: Record<string, string>;
	content: Content;
	/** The answer as the journal keeps it: parsed JSON, text, or null for files. */
	answer: unknown;
	/** Bytes that are sent, if not all. */
	sent?: number;
	/** Bytes that are announced, if others than are sent. The connection is cut, or just ended. */
	announced?: number;
	isCut?: boolean;
}

/** The media type as the API host writes it. */
const API_JSON = 'application/json;charset=UTF-8';

export function jsonReply(value: unknown, status = 200, type = API_JSON): Reply {
	return { status, headers: {}, content: textContent(type, JSON.stringify(value)), answer: value };
}

export function textReply(text: string, status = 200, type = 'text/plain;charset=UTF-8'): Reply {
	return { status, headers: {}, content: textContent(type, text), answer: text };
}

/** `{ code, msg, data }`; a real HTTP status other than 200 is not how the API host reports errors. */
export interface Envelope {
	code: number;
	msg: string;
	data?: unknown;
}

export function success(data: unknown): Envelope {
	return { code: 200, msg: 'success', data };
}

/** Writes an envelope in one of the forms seen on the wire. */
export function shapeEnvelope(value: unknown, form: Form): unknown {
	if (!isObject(value)) return value;
	const { code, ...rest } = value;
	const data = form.data === 'null' ? { data: null } : {};
	if (form.code === 'absent') return { ...rest, ...data };
	return { code: form.code === 'text' ? String(code) : code, ...rest, ...data };
}

export function envelopeReply(envelope: Envelope, form: Form = {}, notes: Notes = {}): Reply {
	return { ...jsonReply(shapeEnvelope(envelope, form)), ...notes };
}

/** The upload host's errors: real HTTP statuses, `success: false`, no `data`. */
export function uploadError(code: number, msg: string): Reply {
	return jsonReply({ success: false, code, msg }, code, 'application/json');
}

/** An answer that ends the work on a request where it is thrown. */
export class Refusal extends Error {
	constructor(readonly reply: Reply) {
		super('refused');
	}
}

/** Refuses a request to the API host. */
export function refuse(code: number, msg: string, notes?: Notes, form?: Form): never {
	throw new Refusal(envelopeReply({ code, msg, data: null }, form, notes));
}
