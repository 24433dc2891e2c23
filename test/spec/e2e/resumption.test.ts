import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import type { INodeParameters } from 'n8n-workflow';

import { WAKE_UP_PARAMETER } from '../../../nodes/KieVeo/suspension/watch';
import { inDatabase, whileNothingResumes } from '../../tools/n8n/database';
import { nodeError } from '../../tools/n8n/execution';
import { passOn } from '../../tools/n8n/queue';
import { webhookAddress } from '../../tools/n8n/startCommand';
import { LINES } from '../../tools/n8n/versions';
import { listen } from '../../tools/simulator/network';
import { until } from '../../tools/simulator/testing';
import { Stage } from './stage';
import { statusesIn, Suspensions } from './suspensions';
import { AFTER, connect, KIE, kieNode, node } from './workflows';

/** What the proxy does, which is at the address that n8n takes for its own. */
type Way = 'through' | 'redirect' | 'password' | 'page' | 'unreachable';

let stage: Stage;
let executions: Suspensions;
let way: Way;

const proxy = createServer((incoming, outgoing) => {
	const isOwnCall = incoming.url?.includes(WAKE_UP_PARAMETER);
	if (way === 'through' || (way === 'unreachable' && !isOwnCall)) {
		passOn(incoming, outgoing, stage.n8n.url);
		return;
	}
	// For n8n itself, as behind many routers; Kie's calls arrive.
	if (way === 'unreachable') incoming.socket.destroy();
	if (way === 'redirect') outgoing.writeHead(301, { location: 'https://127.0.0.1/' });
	if (way === 'password') outgoing.writeHead(401, { 'www-authenticate': 'Basic' });
	incoming.resume();
	outgoing.end('<html>Welcome</html>');
});
let proxyUrl: string;

beforeAll(async () => {
	proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
});
afterAll(() => proxy.close());

describe.each(LINES.map(({ name }) => name))('n8n %s behind a proxy', (line) => {
	beforeAll(async () => {
		stage = await Stage.open(line, {
			simulator: { callbacks: { retryDelayMs: 1000, retries: 3 } },
			env: webhookAddress(proxyUrl),
		});
		executions = new Suspensions(stage);
	}, 600_000);
	beforeEach(() => {
		stage.simulator.reset();
		way = 'through';
	});
	afterAll(async () => await stage?.close());

	it.each<[Way, cause: string]>([
		['redirect', 'it is redirected (301)'],
		['password', 'it asks for a password (401)'],
		['page', 'what answers there is not n8n (200)'],
	])('that answers with a %s: the node refuses to order, and says why', async (how, cause) => {
		way = how;
		const { client, simulator } = stage;
		const { id } = await client.createWorkflow(executions.workflowFor(executions.add(2), 60));
		const error = nodeError(await client.runToEnd(id, { timeoutMs: 60_000 }), KIE);
		console.log(`n8n ${line}, ${how}: ${error?.message} | ${error?.description}`);
		expect(error?.message).toContain(cause);
		expect(simulator.requests()).toHaveLength(0);
	});

	it('that n8n cannot reach: the log says so, and the node orders', async () => {
		way = 'unreachable';
		const taskIds = executions.add(2);
		const id = await executions.start(taskIds, 600);
		executions.finish(taskIds);
		const execution = await stage.client.waitForExecution(id);
		expect(statusesIn(execution)).toStrictEqual(['success', 'success']);
		expect(stage.n8n.log()).toContain('n8n did not answer when it was called at its own address');
	});

	it('resumes again when its database has failed to store that', async () => {
		const taskIds = executions.add(3);
		const id = await executions.start(taskIds, 600);
		await whileNothingResumes(stage.n8n.userFolder, async () => {
			executions.finish(taskIds);
			await stage.simulator.callbacksSettled();
			await pause(3_000);
			expect((await stage.client.getExecution(id)).status).toBe('waiting');
		});
		const { length } = stage.simulator.requests({ host: 'api' });
		const execution = await stage.client.waitForExecution(id, { timeoutMs: 90_000 });
		expect(statusesIn(execution)).toStrictEqual(['success', 'success', 'success']);
		executions.expectWhole(execution, taskIds);
		expect(stage.simulator.requests({ host: 'api' })).toHaveLength(length);
		expect(stage.simulator.paid()).toHaveLength(3);
	}, 150_000);

	it('warns of an execution that was deleted while it waited, with its tasks', async () => {
		const taskIds = executions.add(1);
		const id = await executions.start(taskIds, 10);
		await inDatabase(stage.n8n.userFolder, `DELETE FROM execution_entity WHERE id = ${Number(id)}`);
		await stage.logged('n8n no longer has this execution', ...taskIds);
	});
});

it('n8n 1.x with room for one execution continues a suspended one once, after its turn', async () => {
	stage = await Stage.open('1.x', { env: { N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' } });
	try {
		const { client, credential, simulator, n8n } = stage;
		const [ready = '', slow = ''] = new Suspensions(stage).add(2);
		/** Starts an execution that counts against the limit, and reads the balance in the end. */
		const start = async (path: string, parameters: INodeParameters) => {
			const hook = node('Hook', 'n8n-nodes-base.webhook', 2, { path, httpMethod: 'POST' });
			const own = { operation: 'get4k', ...parameters };
			const credits = { resource: 'account', operation: 'getCredits' };
			const { id } = await client.createWorkflow({
				name: path,
				nodes: [
					{ ...hook, webhookId: path },
					kieNode(KIE, credential, own),
					kieNode(AFTER, credential, credits),
				],
				connections: { ...connect('Hook', KIE), ...connect(KIE, AFTER) },
			});
			await client.activateWorkflow(id);
			await until(
				async () => (await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST' })).status,
				(status) => status === 200,
				15_000,
				500,
			);
		};
		await start('ready', { taskId: ready, waitMode: 'callback', options: { timeout: 1800 } });
		await until(
			() => simulator.submissions({ taskId: ready }).length,
			(orders) => orders === 1,
		);
		await pause(2_000);
		const options = { timeout: 75, pollInterval: 10, onTimeout: 'continue' };
		await start('busy', { taskId: slow, options });
		simulator.finish(ready, 'get4k');
		await simulator.callbacksSettled();
		const counted = () => simulator.requests({ path: '/api/v1/chat/credit' }).length;
		await until(counted, (count) => count >= 2, 120_000);
		await pause(10_000);
		// One is that of the execution before it.
		expect(counted()).toBe(2);
	} finally {
		await stage.close();
	}
}, 400_000);
