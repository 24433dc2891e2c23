import { setTimeout as pause } from 'node:timers/promises';

import { itemsOf } from '../../tools/n8n/execution';
import type { QueueSize } from '../../tools/n8n/queue';
import type { LineName } from '../../tools/n8n/versions';
import { inBothModes, kieCredential, Stage } from './stage';
import { LOST, post, statusesIn, Suspensions } from './suspensions';
import { AFTER, chain, connect, ITEMS, KIE, node } from './workflows';

/** Seconds. The first look comes halfway. */
const TIMEOUT = 40;

// The worker suspends and watches; main and two webhook processes are called in turn.
const STAGES = inBothModes({ webhookProcesses: 2 });

let stage: Stage;
/** What is being tested, for notes. */
let stageName = '';
let executions: Suspensions;
const ended = async (id: string, timeoutMs = 90_000) =>
	await stage.client.waitForExecution(id, { timeoutMs });
const note = (text: string) => console.log(`n8n ${stageName}: ${text}`);
/** Suspended before a crash after which nothing is reported. */
let forgotten: { id: string; taskIds: string[] } | undefined;

describe.each(STAGES)('The watch over suspended executions on n8n %s', (name, line, queue) => {
	beforeAll(async () => {
		stageName = name;
		stage = await Stage.open(line, {
			queue,
			simulator: { callbacks: { retryDelayMs: 1000, retries: 3 } },
			webhookSecret: 'safety-net-hmac-key',
		});
		executions = new Suspensions(stage);
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage?.close());

	if (!queue) {
		it('cannot be kept when n8n crashed and nothing is reported afterwards', async () => {
			const taskIds = executions.add(2, LOST);
			const id = await executions.start(taskIds, 5);
			// n8n stores the status first. Killed in between, it keeps an execution without data.
			await pause(1_000);
			await stage.n8n.kill();
			executions.finish(taskIds);
			await stage.n8n.restart();
			await stage.client.login();
			expect((await stage.client.getExecution(id)).status).toBe('waiting');
			forgotten = { id, taskIds };
		});
	}

	bringsInLostReports(queue);
	isCalled();
	givesResults(line, queue);
	endsTheWait(queue);
});

function bringsInLostReports(queue?: QueueSize): void {
	/** Questions about each of three lost videos among eight. */
	const resumeWithLostReports = async (): Promise<number[]> => {
		const { simulator } = stage;
		const lost = executions.add(3, LOST);
		const [a = '', b = '', c = ''] = lost;
		const [d = '', e = '', ...others] = executions.add(5);
		const taskIds = [a, d, b, ...others, e, c];
		const since = Date.now();
		const id = await executions.start(taskIds, TIMEOUT);
		executions.finish(taskIds);
		const execution = await ended(id);
		const took = Date.now() - since;
		expect(statusesIn(execution)).toStrictEqual(taskIds.map(() => 'success'));
		executions.expectWhole(execution, taskIds);
		expect(took).toBeLessThan(TIMEOUT * 1000);
		const asked = lost.map((taskId) => executions.questionsAbout(taskId).length);
		note(`resumed after ${took} ms; questions about each lost one: ${asked.join(', ')}`);
		expect(simulator.paid()).toHaveLength(8);
		return asked;
	};

	it('resumes 8 videos complete though the callbacks of 3 are lost for good', async () => {
		let most = Math.max(...(await resumeWithLostReports()));
		if (queue && most > 2) {
			// Two processes can choose the same moment to check; hardly twice in a row.
			stage.simulator.reset();
			most = Math.max(...(await resumeWithLostReports()));
		}
		expect(most).toBeLessThanOrEqual(2);
	});
}

function isCalled(): void {
	it('continues once when wake-ups and callbacks come at the same time', async () => {
		const taskIds = executions.add(6);
		const id = await executions.start(taskIds, 600);
		const wakeUps = Array.from({ length: 5 }, () => executions.wakeUp(id, String(taskIds[0])));
		const looking = wakeUps.map(async (url) => await fetch(url, { method: 'POST' }));
		executions.finish(taskIds);
		await Promise.all(looking);
		await stage.simulator.callbacksSettled();
		const execution = await ended(id);
		expect(statusesIn(execution)).toStrictEqual(taskIds.map(() => 'success'));
		executions.expectWhole(execution, taskIds);
		expect(stage.simulator.paid()).toHaveLength(6);
	});

	it('keeps waiting when the credential is deleted meanwhile', async () => {
		const { client, simulator } = stage;
		const credential = await client.createCredential({
			...kieCredential(simulator),
			name: 'Deleted soon',
		});
		const [taskId = ''] = executions.add(1);
		const credentials = { kieVeoApi: credential };
		const id = await executions.start([taskId], 600, {}, { credentials });
		await client.deleteCredential(credential.id);
		expect(await post(executions.wakeUp(id, taskId))).toStrictEqual([500, true]);
		expect(await post(executions.addressOf(taskId))).toStrictEqual([500, true]);
		expect((await client.getExecution(id)).status).toBe('waiting');
		await client.stopExecution(id);
	});
}

function givesResults(line: LineName, queue?: QueueSize): void {
	it(`gives a parent workflow ${line === '1.x' ? 'its own input back' : 'the videos'}`, async () => {
		const taskIds = executions.add(2);
		const id = await executions.startCalled(line, taskIds, 'once');
		executions.finish(taskIds);
		const execution = await ended(id, 120_000);
		const got = itemsOf(execution, AFTER).map(({ json }) => json.got as { status?: string });
		expect(got.map(({ status }) => status)).toStrictEqual(
			taskIds.map(() => (line === '1.x' ? undefined : 'success')),
		);
		expect(got).toMatchObject(taskIds.map((taskId) => ({ taskId })));
	});

	if (queue) return;

	it.each(['', 'my-suffix'])(
		"gives a Wait node the callback at the execution's resume URL (suffix '%s')",
		async (suffix) => {
			const { client, simulator, credential } = stage;
			const [taskId = ''] = executions.add(1);
			const submitting = chain(credential, [{ taskId }], {
				operation: 'get4k',
				waitMode: 'none',
				callBackUrl: `={{ $execution.resumeUrl }}${suffix ? `/${suffix}` : ''}`,
			});
			const wait = {
				...node('Wait', 'n8n-nodes-base.wait', 1.1, {
					resume: 'webhook',
					httpMethod: 'POST',
					options: { webhookSuffix: suffix },
				}),
				webhookId: taskId,
			};
			const { id: workflowId } = await client.createWorkflow({
				...submitting,
				nodes: [...submitting.nodes, wait],
				connections: { ...connect(ITEMS, KIE), ...connect(KIE, 'Wait'), ...connect('Wait', AFTER) },
			});
			const id = await client.runWorkflow(workflowId);
			await client.waitForExecution(id, { until: 'waiting' });
			executions.finish([taskId]);
			await simulator.callbacksSettled();
			expect(itemsOf(await ended(id), 'Wait').map(({ json }) => json.body)).toMatchObject([
				{ code: 200, data: { taskId } },
			]);
		},
	);

	if (line === '1.x') return;

	it('gives a workflow that calls this one once for each item the first video only', async () => {
		const taskIds = executions.add(3);
		const id = await executions.startCalled(line, taskIds, 'each');
		const [first = '', ...others] = taskIds;
		executions.finish([first]);
		const execution = await ended(id);
		executions.finish(others);
		const got = itemsOf(execution, AFTER).map(({ json }) => json.got);
		expect(got).toMatchObject([{ taskId: first, status: 'success' }]);
		expect(execution.runs[AFTER]).toHaveLength(1);
		for (const taskId of taskIds) expect(stage.simulator.submissions({ taskId })).toHaveLength(1);
	});
}

function endsTheWait(queue?: QueueSize): void {
	if (queue) {
		it('any process resumes it when the worker that watched it is gone', async () => {
			const taskIds = executions.add(1, LOST);
			const id = await executions.start(taskIds, 600);
			await stage.n8n.replaceWorker();
			executions.finish(taskIds);
			expect((await stage.client.getExecution(id)).status).toBe('waiting');
			await post(executions.wakeUp(id, String(taskIds[0])));
			expect(statusesIn(await ended(id))).toStrictEqual(['success']);
		});
		return;
	}

	it("then n8n's own limit gives what was stored, five minutes after the timeout", async () => {
		if (!forgotten) throw new Error('The first test has failed');
		const { id, taskIds } = forgotten;
		const execution = await ended(id, 400_000);
		expect(statusesIn(execution)).toStrictEqual(['processing', 'processing']);
		expect(JSON.stringify(itemsOf(execution, KIE))).not.toContain('timedOut');
		executions.expectWhole(execution, taskIds);
	}, 450_000);
}
