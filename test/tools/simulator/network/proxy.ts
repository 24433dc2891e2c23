import { type Server, STATUS_CODES, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { Connections, leadTo, listen } from './sockets';

export interface ProxyOptions {
	/** The HTTP status in answer to every CONNECT. Default: none is refused. */
	refuse?: number;
	/** Where all tunnels lead, whichever host was asked for. Default: to that host. */
	target?: string;
}

/** A company's HTTP proxy, which tunnels HTTPS and nothing else. */
export class Proxy {
	url = '';
	/** `host:port` of every CONNECT so far. n8n has some of its own. */
	readonly asked: string[] = [];
	/** Those that led to a tunnel. */
	readonly tunnels: string[] = [];
	/** May change at any time. */
	refuse: number | undefined;
	private readonly server: Server;
	private readonly open: Connections;

	private constructor({ refuse, target }: ProxyOptions) {
		this.refuse = refuse;
		this.server = createServer((_request, response) => {
			response.writeHead(this.refuse ?? 501).end();
		});
		this.server.on('connect', ({ url = '' }, socket: Socket) => {
			this.asked.push(url);
			if (this.refuse !== undefined) {
				socket.end(refusal(this.refuse));
				return;
			}
			leadTo(target ?? `http://${url}`, socket, () => {
				this.tunnels.push(url);
				socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			});
		});
		this.open = new Connections(this.server);
	}

	static async start(options: ProxyOptions = {}): Promise<Proxy> {
		const proxy = new Proxy(options);
		proxy.url = `http://127.0.0.1:${await listen(proxy.server)}`;
		return proxy;
	}

	async close(): Promise<void> {
		await this.open.stop();
	}
}

function refusal(status: number): string {
	const page = `<html><h1>${status} ${STATUS_CODES[status] ?? ''}</h1><p>Company proxy</p></html>`;
	return [
		`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
		...(status === 407 ? ['Proxy-Authenticate: Basic realm="company"'] : []),
		'Content-Type: text/html',
		`Content-Length: ${page.length}`,
		'Connection: close',
		'',
		page,
	].join('\r\n');
}
