import { type AddressInfo, type Server, type Socket, connect } from 'node:net';

/** Connects to the host and port of an address, and lets both sides talk until one ends. */
export function leadTo(target: string, near: Socket, onConnected?: () => void): void {
	const { hostname, port } = new URL(target);
	const far = connect(Number(port), hostname, onConnected);
	near.pipe(far);
	far.pipe(near);
	for (const [one, other] of [
		[near, far],
		[far, near],
	] as const) {
		one.on('error', () => reset(other));
		one.on('close', () => other.destroy());
	}
}

/** Node.js 20 hangs at its own end when a connection was reset that was already ending. */
function reset(socket: Socket): void {
	if (socket.writableEnded) socket.destroy();
	else socket.resetAndDestroy();
}

/** Listens on 127.0.0.1. Returns the port; 0 takes any free one. */
export async function listen(server: Server, port = 0): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return (server.address() as AddressInfo).port;
}

/** The open connections of a server, so that it can be stopped at once. */
export class Connections {
	private readonly open = new Set<Socket>();

	constructor(private readonly server: Server) {
		server.on('connection', (socket: Socket) => {
			this.open.add(socket);
			socket.once('close', () => this.open.delete(socket));
		});
	}

	/** Cuts all connections and stops listening. */
	async stop(): Promise<void> {
		for (const socket of this.open) socket.destroy();
		if (!this.server.listening) return;
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}
}
