import { Readable } from 'node:stream';

/** Something that can be sent without being held in memory. */
export interface Content {
	type: string;
	/** Bytes. */
	length: number;
	/** All bytes, or only the first ones. */
	open(bytes?: number): Readable;
}

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

/** With the media type as the API host writes it. */
export function jsonReply(value: unknown, status = 200, type = 'application/json;charset=UTF-8') {
	return { ...textReply(JSON.stringify(value), status, type), answer: value };
}

export function textReply(text: string, status = 200, type = 'text/plain;charset=UTF-8'): Reply {
	const bytes = Buffer.from(text);
	const { length } = bytes;
	const open = (end = length) => Readable.from([bytes.subarray(0, end)]);
	return { status, headers: {}, content: { type, length, open }, answer: text };
}

/** Every answer of the API host, also an error, is HTTP 200 with its code in the body. */
export function envelope(code: number, msg: string, data: unknown = null, notes?: Notes): Reply {
	return { ...jsonReply({ code, msg, data }), ...notes };
}

export function success(data: unknown, notes?: Notes): Reply {
	return envelope(200, 'success', data, notes);
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
export function refuse(code: number, msg: string, notes?: Notes): never {
	throw new Refusal(envelope(code, msg, null, notes));
}
