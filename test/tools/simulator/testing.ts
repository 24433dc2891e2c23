import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SIMULATOR_KEY } from './world';

/** Small aids for tests that talk to the simulator directly. */

export interface CallOptions {
	/** Default GET, with a body POST. */
	method?: string;
	/** Sent as JSON. */
	body?: unknown;
	/** Default: the key the simulator accepts. Null sends no Authorization header. */
	key?: string | null;
	headers?: Record<string, string>;
}

/** An answer whose body was read, parsed when it is JSON. */
export interface Answer {
	status: number;
	headers: Headers;
	body: unknown;
}

/** One request as an API client sends it. */
export async function call(url: string, options: CallOptions = {}): Promise<Answer> {
	const { body, key = SIMULATOR_KEY, method = body === undefined ? 'GET' : 'POST' } = options;
	const response = await fetch(url, {
		method,
		redirect: 'manual',
		headers: {
			...(key === null ? {} : { authorization: `Bearer ${key}` }),
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
			...options.headers,
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const text = await response.text();
	let parsed: unknown = text;
	try {
		parsed = JSON.parse(text);
	} catch {
		// Anything but JSON stays text.
	}
	return { status: response.status, headers: response.headers, body: parsed };
}

/** Asks until `accept` is satisfied, every 5 ms and for at most 3 s. */
export async function until<T>(
	ask: () => T | Promise<T>,
	accept: (value: T) => boolean,
): Promise<T> {
	const deadline = Date.now() + 3000;
	for (;;) {
		const value = await ask();
		if (accept(value)) return value;
		if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(value)} after 3 s`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

export interface ReceivedCallback {
	at: number;
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

/** A place callbacks can be sent to. */
export interface Receiver {
	url: string;
	received: ReceivedCallback[];
	close(): Promise<void>;
}

/** Answers the n-th callback with `statusOf(n)`, counted from 0; null leaves it unanswered. */
export async function startReceiver(
	statusOf: (callback: number) => number | null = () => 200,
): Promise<Receiver> {
	const received: ReceivedCallback[] = [];
	const server: Server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (chunk: string) => (body += chunk));
		request.on('end', () => {
			const { headers, url: path = '/' } = request;
			// The node's own call before it orders: answered as n8n does, which has not stored the execution.
			const wakeUp = new URL(path, 'http://localhost').searchParams.get('kieVeoWakeUp') ?? '';
			if (Buffer.from(wakeUp, 'base64url').includes('"ping"')) {
				response.writeHead(404, { 'content-type': 'application/json' });
				response.end('{"code":0,"message":"not stored"}');
				return;
			}
			received.push({ at: Date.now(), path, headers, body });
			const status = statusOf(received.length - 1);
			if (status === null) return;
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end('{"code":200,"msg":"success"}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		close: async () => {
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
}
