import type { IncomingMessage } from 'node:http';

/** A request as the hosts see it. */
export interface Incoming {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: Record<string, string>;
	/** Lower case, without parameters. */
	contentType: string;
	/** The key of the Authorization header; empty when there is none. */
	bearer: string;
	/** Parsed JSON, other text, or null. Not read yet on the upload host. */
	body: unknown;
	/** For bodies that are read while they arrive. */
	message: IncomingMessage;
}

export function incomingOf(message: IncomingMessage): Incoming {
	// The base only completes the address; the path is taken as it was sent.
	const url = new URL(message.url ?? '/', 'http://simulator');
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(message.headers)) {
		headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
	}
	const [, bearer = ''] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
	return {
		method: message.method ?? '',
		path: url.pathname,
		query: url.searchParams,
		headers,
		contentType: (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
		bearer,
		body: null,
		message,
	};
}

/** Reads a body of limited size: parsed when it is JSON, else its text, null when there is none. */
export async function readBody(message: IncomingMessage, limit: number): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of chunksOf(message)) {
		size += chunk.length;
		if (size > limit) throw new BodyTooLarge();
		chunks.push(chunk);
	}
	const text = Buffer.concat(chunks).toString('utf8');
	if (text === '') return null;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

/** The body as it arrives. Stopping early leaves the connection open for an answer. */
export function chunksOf(message: IncomingMessage): AsyncIterable<Buffer> {
	return message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

export class BodyTooLarge extends Error {}
