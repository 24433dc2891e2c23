import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { closeServer, listen } from './network';

/** Asks until `accept` is satisfied: every 5 ms and for 15 s at most, unless something else is said. */
export async function until<T>(
	ask: () => T | Promise<T>,
	accept: (value: T) => boolean,
	withinMs = 15_000,
	everyMs = 5,
): Promise<T> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const value = await ask();
		if (accept(value)) return value;
		if (Date.now() > deadline)
			throw new Error(`Still ${JSON.stringify(value)} after ${withinMs} ms`);
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}

export interface ReceivedCallback {
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

export async function startReceiver(): Promise<Receiver> {
	const received: ReceivedCallback[] = [];
	const server = createServer((request, response) => {
		void text(request).then((body) => {
			const { headers, url: path = '/' } = request;
			// The node's own call before it orders: answered as n8n does, which has not stored the execution.
			const wakeUp = new URL(path, 'http://localhost').searchParams.get('kieVeoWakeUp') ?? '';
			const isEarly = Buffer.from(wakeUp, 'base64url').includes('"ping"');
			if (!isEarly) received.push({ path, headers, body });
			response.writeHead(isEarly ? 404 : 200, { 'content-type': 'application/json' });
			response.end(isEarly ? '{"code":0,"message":"not stored"}' : '{"code":200,"msg":"success"}');
		});
	});
	const url = `http://127.0.0.1:${await listen(server)}`;
	return { url, received, close: async () => await closeServer(server) };
}
