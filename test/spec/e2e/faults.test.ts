import { itemsOf, nodeError, type Execution } from '../../tools/n8n/execution';
import { freePorts } from '../../tools/n8n/ports';
import { LINES } from '../../tools/n8n/versions';
import type { Fault } from '../../tools/simulator';
import {
	type Proxy,
	startProxy,
	startTlsFront,
	type TlsFront,
} from '../../tools/simulator/network';
import { kieCredential, Stage } from './stage';
import { chain, KIE } from './workflows';

/** A name that only the proxy knows. */
const HOST = 'kie.test';
const PAID_FOR = 'may have been started and paid for';

interface Case {
	fault: string;
	/** Where the credential says that Kie is. Default: the simulator. */
	baseUrl?: (place: Place) => string;
	/** What the proxy answers CONNECT with. */
	refuse?: number;
	/** What the simulator does. */
	simulated?: Fault;
	words: string;
	/** In the advice. */
	advice: string;
	/** Whether something may have been paid for. */
	lost?: true;
}

/** Around one n8n: a proxy, and a host with TLS behind it that n8n trusts. */
interface Place {
	proxy: Proxy;
	trusted: TlsFront;
	untrusted: TlsFront;
	closedPort: number;
}

const proxied = () => `https://${HOST}`;
const atSimulator = { lost: true, words: PAID_FOR, advice: 'https://kie.ai/logs' } as const;

const CASES: Case[] = [
	{
		fault: 'a refused connection',
		baseUrl: ({ closedPort }) => `http://127.0.0.1:${closedPort}`,
		words: 'connection refused (127.0.0.1:',
		advice: "Check this n8n's network",
	},
	{
		fault: 'a certificate of an unknown authority',
		baseUrl: ({ untrusted }) => untrusted.url,
		words: 'does not trust the issuer of the certificate',
		advice: 'NODE_EXTRA_CA_CERTS',
	},
	{
		fault: 'a proxy that wants a login',
		baseUrl: proxied,
		refuse: 407,
		words: 'Kie.ai was not reached',
		advice: 'http://user:password@host:port',
	},
	{ fault: 'a reset after the request', simulated: { kind: 'reset-after' }, ...atSimulator },
	{ fault: 'an answer cut in its body', simulated: { kind: 'cut-transfer' }, ...atSimulator },
];

async function close(all: Array<{ close(): Promise<void> } | undefined>): Promise<void> {
	for (const one of all) await one?.close();
}

async function generateAt(stage: Stage, baseUrl: string): Promise<Execution> {
	const credential = await stage.client.createCredential(
		kieCredential(stage.simulator, { baseUrl }),
	);
	const { id } = await stage.client.createWorkflow(
		chain(credential, [{}], {
			operation: 'generate',
			prompt: 'A dog',
			waitMode: 'poll',
			options: { pollInterval: 1, timeout: 10 },
		}),
	);
	return await stage.client.runToEnd(id, { timeoutMs: 120_000 });
}

function textsOf(execution: Execution): { message: string; description: string } {
	const { message = '', description } = nodeError(execution, KIE) ?? {};
	return { message, description: description ?? '' };
}

describe.each(LINES.map(({ name }) => name))('a fault between n8n %s and Kie.ai', (line) => {
	let stage: Stage;
	let place: Place;

	beforeAll(async () => {
		const [apiPort = 0, closedPort = 0] = await freePorts(2);
		const target = `http://127.0.0.1:${apiPort}`;
		const trusted = await startTlsFront(target, HOST);
		const untrusted = await startTlsFront(target);
		const proxy = await startProxy(trusted.url);
		stage = await Stage.open(line, {
			simulator: { ports: { api: apiPort } },
			env: { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: trusted.authority },
		});
		place = { proxy, trusted, untrusted, closedPort };
	}, 600_000);
	beforeEach(() => {
		stage.simulator.reset();
		place.proxy.refuse = undefined;
	});
	afterAll(async () => {
		await stage?.close();
		await close([place?.proxy, place?.trusted, place?.untrusted]);
	});

	const received = () => stage.simulator.requests().length;

	it('is none: through a proxy, to a host of a company that n8n trusts', async () => {
		const execution = await generateAt(stage, `https://${HOST}`);
		expect(itemsOf(execution, KIE)[0]?.json).toMatchObject({ status: 'success' });
		expect(place.proxy.tunnels).toContain(`${HOST}:443`);
	});

	it.each(CASES)('is told with its cause and next step: $fault', async (one) => {
		place.proxy.refuse = one.refuse;
		if (one.simulated) stage.simulator.fault({ ...one.simulated, times: 99 });
		const execution = await generateAt(stage, one.baseUrl?.(place) ?? stage.simulator.apiUrl);
		const { message, description } = textsOf(execution);
		expect(message).toContain(one.words);
		expect(description).toContain(one.advice);
		expect(message.includes(PAID_FOR)).toBe(one.lost === true);
		expect(description.includes('Nothing was started')).toBe(one.lost !== true);
		expect(received()).toBe(one.simulated ? 1 : 0);
	});

	it('is told with its cause and next step: a proxy that is not there', async () => {
		await place.proxy.close();
		const { message, description } = textsOf(await generateAt(stage, `https://${HOST}`));
		expect(message).toContain(`connection refused (${new URL(place.proxy.url).host})`);
		expect(description).toContain('HTTPS_PROXY');
		expect(received()).toBe(0);
	});
});

describe("n8n 2.x's SSRF protection", () => {
	let stage: Stage;

	beforeAll(async () => {
		const env = { N8N_SSRF_PROTECTION_ENABLED: 'true', N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.1/32' };
		stage = await Stage.open('2.x', { env });
	}, 600_000);
	afterAll(async () => await stage.close());

	it('is named, with the settings of the administrator', async () => {
		const blocked = stage.simulator.apiUrl.replace('127.0.0.1', '127.0.0.2');
		const { message, description } = textsOf(await generateAt(stage, blocked));
		expect(message).toContain('n8n blocked the request because it resolves to a restricted IP');
		expect(description).toContain('N8N_SSRF_ALLOWED_IP_RANGES');
		expect(description).toContain('Nothing was started');
	});

	it('lets an allowed address through', async () => {
		const execution = await generateAt(stage, stage.simulator.apiUrl);
		expect(itemsOf(execution, KIE)[0]?.json).toMatchObject({ status: 'success' });
	});
});
