import { type Server, createServer } from 'node:net';
import { Connections, leadTo, listen } from './sockets';

/** An address that leads to another one, or where nobody is for a while. */
export class Relay {
	/** Connections passed on so far. */
	connections = 0;
	url = '';
	private readonly server: Server;
	private readonly open: Connections;
	private port = 0;
	private waiting: NodeJS.Timeout | undefined;

	private constructor(target: string) {
		this.server = createServer((socket) => {
			this.connections += 1;
			leadTo(target, socket);
		});
		this.open = new Connections(this.server);
	}

	/** @param refuseMs how long it refuses connections first, in milliseconds */
	static async start(target: string, refuseMs = 0): Promise<Relay> {
		const relay = new Relay(target);
		relay.port = await listen(relay.server);
		relay.url = `http://127.0.0.1:${relay.port}`;
		if (refuseMs > 0) await relay.refuse(refuseMs);
		return relay;
	}

	/** Cuts what is open and refuses connections for this long. */
	async refuse(ms: number): Promise<void> {
		await this.close();
		this.waiting = setTimeout(() => void listen(this.server, this.port), ms);
	}

	async close(): Promise<void> {
		clearTimeout(this.waiting);
		await this.open.stop();
	}
}
