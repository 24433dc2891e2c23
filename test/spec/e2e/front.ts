import { createServer, request, type ServerResponse } from 'node:http';

import { WAKE_UP_PARAMETER } from '../../../nodes/KieVeo/suspension/watch';

/** A proxy before n8n, at the address that n8n takes for its own. */
export interface Front {
	url: string;
	/** Where n8n is. */
	target: string;
	/** `unreachable`: for n8n itself, as behind many routers; Kie's calls arrive. */
	way: 'through' | 'redirect' | 'password' | 'page' | 'unreachable';
	close(): Promise<void>;
}

export async function startFront(port: number): Promise<Front> {
	const url = `http://127.0.0.1:${port}`;
	const answers = {
		redirect: (outgoing: ServerResponse) =>
			outgoing.writeHead(301, { location: `${url.replace('http:', 'https:')}/` }).end(),
		password: (outgoing: ServerResponse) =>
			outgoing.writeHead(401, { 'www-authenticate': 'Basic' }).end('<html>password</html>'),
		page: (outgoing: ServerResponse) => outgoing.writeHead(200).end('<html>Welcome</html>'),
	};
	const server = createServer((incoming, outgoing) => {
		const { way, target } = front;
		if (way === 'unreachable' && incoming.url?.includes(WAKE_UP_PARAMETER)) {
			incoming.socket.destroy();
			return;
		}
		if (way !== 'through' && way !== 'unreachable') {
			incoming.resume();
			answers[way](outgoing);
			return;
		}
		const { method, headers } = incoming;
		const onward = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(outgoing);
		});
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	const front: Front = {
		url,
		target: '',
		way: 'through',
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	return front;
}
