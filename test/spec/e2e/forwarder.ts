import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one call on its way. */
export type Way =
	| 'through'
	/** Not passed on, answered with 502. */
	| 'lost'
	/** Passed on, but the answer is held back until the caller gives up. */
	| 'slow';

export interface Forwarder {
	url: string;
	close(): Promise<void>;
}

/** A proxy before n8n that fails on purpose: the n-th call, counted from 0, goes the way `wayOf(n)`. */
export async function startForwarder(
	target: string,
	wayOf: (call: number) => Way,
): Promise<Forwarder> {
	let calls = 0;
	const server: Server = createServer((incoming, outgoing) => {
		const way = wayOf(calls++);
		if (way === 'lost') {
			incoming.resume();
			outgoing.writeHead(502).end();
			return;
		}
		const { method, headers } = incoming;
		const onward = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
			if (way === 'slow') return answer.resume();
			outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
			return answer.pipe(outgoing);
		});
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
