import { bufferContent, type Content } from './content';

/** What a route answers, before faults touch it. */
export interface Reply {
	status: number;
	headers: Record<string, string>;
	content: Content;
	/** The answer as the journal keeps it: parsed JSON, text, or null for files. */
	answer: unknown;
	/** The request asked for new work: accepted, refused, or turned away by the rate limit. */
	submission?: boolean;
	creditsCharged?: number;
	/** The task the request turned out to be about, where the request itself does not say. */
	taskId?: string;
	/** Of an upgrade that was ordered through the jobs API: the id it was given. */
	jobId?: string;
}

/** Media types as the two Kie hosts write them. */
const API_JSON = 'application/json;charset=UTF-8';
export const UPLOAD_JSON = 'application/json';

export function jsonReply(value: unknown, status = 200, type = API_JSON): Reply {
	return {
		status,
		headers: {},
		content: bufferContent(type, Buffer.from(JSON.stringify(value))),
		answer: value,
	};
}

export function textReply(text: string, status = 200, type = 'text/plain;charset=UTF-8'): Reply {
	return {
		status,
		headers: {},
		content: bufferContent(type, Buffer.from(text)),
		answer: text,
	};
}

export function fileReply(content: Content): Reply {
	return { status: 200, headers: { 'accept-ranges': 'bytes' }, content, answer: null };
}
