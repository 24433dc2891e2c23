import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, isIP, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';

const connections = new WeakMap<Server, Set<Socket>>();

/** Listens on 127.0.0.1. Returns the port; 0 takes any free one. */
export async function listen(server: Server, port = 0): Promise<number> {
	const open = new Set<Socket>();
	connections.set(server, open);
	server.on('connection', (socket: Socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return (server.address() as AddressInfo).port;
}

/** Cuts all connections and stops listening. */
export async function closeServer(server: Server): Promise<void> {
	for (const socket of connections.get(server) ?? []) socket.destroy();
	if (!server.listening) return;
	await new Promise<void>((resolve) => server.close(() => resolve()));
}

/* What may be between n8n and the simulator. */

/** Connects to the host and port of an address, and lets both sides talk until one ends. */
function leadTo(target: string, near: Socket, onConnected?: () => void): void {
	const { hostname, port } = new URL(target);
	const far = connect(Number(port), hostname, onConnected);
	near.pipe(far);
	far.pipe(near);
	for (const [one, other] of [
		[near, far],
		[far, near],
	] as const) {
		// Node.js 20 hangs at its own end when a connection is reset that is already ending.
		one.on('error', () => (other.writableEnded ? other.destroy() : other.resetAndDestroy()));
		one.on('close', () => other.destroy());
	}
}

/** A company's HTTP proxy, which tunnels HTTPS and nothing else. */
export interface Proxy {
	url: string;
	/** `host:port` of every CONNECT that led to a tunnel. n8n has some of its own. */
	tunnels: string[];
	/** The HTTP status in answer to every CONNECT, if they are refused. May change at any time. */
	refuse: number | undefined;
	close(): Promise<void>;
}

/** @param target where all tunnels lead, whichever host was asked for */
export async function startProxy(target: string): Promise<Proxy> {
	const server = createHttpServer((_request, response) => response.writeHead(501).end());
	const url = `http://127.0.0.1:${await listen(server)}`;
	const close = async () => await closeServer(server);
	const proxy: Proxy = { url, tunnels: [], refuse: undefined, close };
	server.on('connect', ({ url: asked = '' }, socket: Socket) => {
		if (proxy.refuse !== undefined) return void socket.end(refusal(proxy.refuse));
		leadTo(target, socket, () => {
			proxy.tunnels.push(asked);
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
		});
	});
	return proxy;
}

function refusal(status: number): string {
	const page = `<html><h1>${status}</h1><p>Company proxy</p></html>`;
	const login = status === 407 ? 'Proxy-Authenticate: Basic realm="company"\r\n' : '';
	const type = `Content-Type: text/html\r\nContent-Length: ${page.length}\r\n`;
	return `HTTP/1.1 ${status} No\r\n${login}${type}Connection: close\r\n\r\n${page}`;
}

/** A host with HTTPS in front of one without. Its certificate is of an authority of its own. */
export interface TlsFront {
	url: string;
	/** The authority's certificate, as NODE_EXTRA_CA_CERTS takes it: a file, gone after `close()`. */
	authority: string;
	close(): Promise<void>;
}

/** @param name host name or IP address the certificate is for */
export async function startTlsFront(target: string, name = '127.0.0.1'): Promise<TlsFront> {
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-tls-'));
	await makeCertificates(folder, name);
	const [key, cert] = ['host.key', 'host.pem'].map((file) => readFileSync(join(folder, file)));
	const server = createTlsServer({ key, cert }, (socket) => leadTo(target, socket));
	// Clients that do not trust it leave in the middle of the handshake.
	server.on('tlsClientError', () => undefined);
	return {
		url: `https://127.0.0.1:${await listen(server)}`,
		authority: join(folder, 'authority.pem'),
		close: async () => {
			await closeServer(server);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Node.js makes keys but no certificates, so this asks OpenSSL 3. */
async function makeCertificates(folder: string, name: string): Promise<void> {
	const certificate = async (of: string, ...more: string[]) => {
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		const files = ['-keyout', `${of}.key`, '-out', `${of}.pem`];
		const args = ['req', '-x509', ...key, '-days', '2', '-subj', `/CN=${of}`, ...files, ...more];
		await promisify(execFile)('openssl', args, { cwd: folder });
	};
	await certificate('authority');
	await certificate(
		'host',
		...['-CA', 'authority.pem', '-CAkey', 'authority.key'],
		...['-addext', `subjectAltName=${isIP(name) > 0 ? 'IP' : 'DNS'}:${name}`],
		...['-addext', 'basicConstraints=critical,CA:FALSE'],
	);
}
