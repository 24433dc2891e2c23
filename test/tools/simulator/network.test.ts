import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { type TLSSocket, connect as connectTls } from 'node:tls';
import { type Simulator, startSimulator } from './';
import { Proxy } from './network/proxy';
import { Relay } from './network/relay';
import { TlsFront } from './network/tls';
import { call, until } from './testing';

const CREDIT = '/api/v1/chat/credit';

let simulator: Simulator;
const opened: Array<{ close(): Promise<void> }> = [];

beforeAll(async () => {
	simulator = await startSimulator();
});
afterEach(async () => {
	for (const one of opened.splice(0)) await one.close();
	simulator.reset();
});
afterAll(async () => await simulator.close());

function opens<T extends { close(): Promise<void> }>(one: T): T {
	opened.push(one);
	return one;
}

const codeOf = async (asking: Promise<unknown>): Promise<unknown> =>
	await asking.then(
		() => undefined,
		(error: unknown) => {
			const { cause = error } = error as { cause?: unknown };
			return (cause as { code?: unknown }).code;
		},
	);

/** The status of a GET over HTTPS. */
async function secure(url: string, options: RequestOptions = {}): Promise<number | undefined> {
	return await new Promise((resolve, reject) => {
		const headers = { authorization: 'Bearer kie-simulator-key' };
		const asking = request(url, { headers, agent: false, ...options }, (answer) => {
			answer.resume();
			answer.on('end', () => resolve(answer.statusCode));
		});
		asking.on('error', reject);
		asking.end();
	});
}

describe('a relay', () => {
	it('passes requests on', async () => {
		const relay = opens(await Relay.start(simulator.apiUrl));
		expect((await call(relay.url + CREDIT)).body).toMatchObject({ code: 200 });
		expect(relay.connections).toBeGreaterThan(0);
	});

	it('refuses connections for a while, at first or later, then passes on', async () => {
		const relay = opens(await Relay.start(simulator.apiUrl, 500));
		const ask = async () => await codeOf(call(relay.url + CREDIT));
		await expect(ask()).resolves.toBe('ECONNREFUSED');
		await until(ask, (code) => code === undefined);
		await relay.refuse(500);
		await expect(ask()).resolves.toMatch(/ECONNREFUSED|UND_ERR_SOCKET/);
		await until(ask, (code) => code === undefined);
		expect(simulator.requests()).toHaveLength(2);
	});

	it('passes on a reset by the host', async () => {
		const relay = opens(await Relay.start(simulator.apiUrl));
		simulator.fault({ kind: 'reset-after' });
		await expect(codeOf(call(relay.url + CREDIT))).resolves.toBe('ECONNRESET');
	});
});

describe('a TLS front', () => {
	it('is trusted by those who know its authority only', async () => {
		const front = opens(await TlsFront.start(simulator.apiUrl));
		await expect(codeOf(secure(front.url + CREDIT))).resolves.toBe(
			'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		);
		expect([front.connections, simulator.requests()]).toEqual([0, []]);
		const ca = readFileSync(front.authority);
		await expect(secure(front.url + CREDIT, { ca })).resolves.toBe(200);
		expect(front.connections).toBe(1);
	});

	it('is not the host of another name', async () => {
		const front = opens(await TlsFront.start(simulator.apiUrl));
		const url = front.url.replace('127.0.0.1', 'localhost') + CREDIT;
		const ca = readFileSync(front.authority);
		await expect(codeOf(secure(url, { ca }))).resolves.toBe('ERR_TLS_CERT_ALTNAME_INVALID');
	});
});

describe('a proxy', () => {
	/** The answer to CONNECT, and the connection it left. */
	const tunnel = async ({ url }: Proxy, path: string) =>
		await new Promise<{ status?: number; socket: Socket }>((resolve, reject) => {
			const asking = httpRequest(url, { method: 'CONNECT', path, agent: false });
			asking.on('connect', ({ statusCode }, socket) => resolve({ status: statusCode, socket }));
			asking.on('error', reject);
			asking.end();
		});

	it.each([407, 403, 503])('refuses every tunnel with %d', async (refuse) => {
		const proxy = opens(await Proxy.start({ refuse }));
		const { status, socket } = await tunnel(proxy, 'api.kie.ai:443');
		socket.destroy();
		expect([status, proxy.asked, proxy.tunnels]).toEqual([refuse, ['api.kie.ai:443'], []]);
	});

	it('leads to a host of another name, and counts the tunnels', async () => {
		const servername = 'api.kie.test';
		const front = opens(await TlsFront.start(simulator.apiUrl, [servername]));
		const proxy = opens(await Proxy.start({ target: front.url }));
		const { socket } = await tunnel(proxy, `${servername}:443`);
		const ca = readFileSync(front.authority);
		const secured: TLSSocket = connectTls({ socket, servername, ca });
		const agent = new Agent();
		agent.createConnection = () => secured;
		await expect(secure(`https://${servername}${CREDIT}`, { agent })).resolves.toBe(200);
		secured.destroy();
		expect(proxy.tunnels).toEqual([`${servername}:443`]);
		expect([front.connections, simulator.requests().length]).toEqual([1, 1]);
	});
});
