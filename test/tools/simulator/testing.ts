import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import { listen } from './network';

/** Asks until `accept` is satisfied, every 5 ms and for 15 s at most, or as long as is said. */
export async function until<T>(
	ask: () => T | Promise<T>,
	accept: (value: T) => boolean,
	withinMs = 15_000,
): Promise<T> {
	const deadline = Date.now() + withinMs;
	for (;;) {
		const value = await ask();
		if (accept(value)) return value;
		if (Date.now() > deadline)
			throw new Error(`Still ${JSON.stringify(value)} after ${withinMs} ms`);
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

/** Answers the n-th callback with `statusOf(n)`, counted from 0. */
export async function startReceiver(
	statusOf: (callback: number) => number = () => 200,
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
			response.writeHead(statusOf(received.length - 1), { 'content-type': 'application/json' });
			response.end('{"code":200,"msg":"success"}');
		});
	});
	return {
		url: `http://127.0.0.1:${await listen(server)}`,
		received,
		close: async () => {
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		},
	};
}
