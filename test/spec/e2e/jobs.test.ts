import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { hasEnded, itemsOf, nodeError, type Execution } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { NEVER, SIMULATOR_KEY, type AddVideo, type Delivery } from '../../tools/simulator';
import { shapeOf } from '../package/contract/shape';
import { kieCredential, Stage } from './stage';
import { LOST } from './suspensions';
import { AFTER, chain, KIE, triggerWorkflow } from './workflows';

const HMAC_KEY = 'webhook-hmac-key-of-jobs';
const CREATE = '/api/v1/jobs/createTask';
const RECORD = '/api/v1/jobs/recordInfo';
const OPERATIONS = ['generate', 'extend', 'get4k', 'get1080p'];
const UPGRADES = ['get4k', 'get1080p'];
/** Long enough for an execution that must not be there to appear. */
const SETTLE_MS = 700;

let stage: Stage;

const workflowOf = (operation: string, taskIds: string[], parameters: INodeParameters = {}) =>
	chain(
		stage.credential,
		taskIds.map((taskId, i): IDataObject => ({ taskId, tag: `item ${i}` })),
		{
			operation,
			prompt: 'A dog playing',
			waitMode: 'poll',
			options: { pollInterval: 1 },
			...parameters,
		},
	);
const start = async (operation: string, taskIds: string[], parameters: INodeParameters = {}) => {
	const { id } = await stage.client.createWorkflow(workflowOf(operation, taskIds, parameters));
	return await stage.client.runWorkflow(id);
};
const run = async (operation: string, taskIds: string[], parameters: INodeParameters = {}) =>
	await stage.client.waitForExecution(await start(operation, taskIds, parameters));
const json = (execution: Execution) => itemsOf(execution, KIE).map((item) => item.json);
const videoFor = (operation: string, video: AddVideo = {}) =>
	operation === 'generate' ? '' : stage.simulator.addVideo(video);
const orders = () => stage.simulator.requests({ path: CREATE });
const choose = async (api: ApiName) => {
	const credential = kieCredential(stage.simulator, { api, webhookSecret: HMAC_KEY });
	await stage.client.updateCredential(stage.credential, credential);
};

function testOrders(): void {
	it('passes the test of the credential', async () => {
		const credential = kieCredential(stage.simulator, { api: 'jobs' });
		const result = await stage.client.testCredential(stage.credential, credential);
		expect(result).toMatchObject({ status: 'OK' });
	});

	it.each(OPERATIONS)('gives what %s has made, by polling', async (operation) => {
		const taskId = videoFor(operation);
		const execution = await run(operation, [taskId]);
		expect(json(execution)).toMatchObject([{ operation, status: 'success' }]);
		expect(itemsOf(execution, AFTER)[0]?.json.tag).toBe('item 0');
		expect(new Set(stage.simulator.requests().map(({ path }) => path))).toStrictEqual(
			new Set([CREATE, RECORD]),
		);
		expect(stage.simulator.paid()).toHaveLength(1);
	});

	it.each(OPERATIONS)('gives what %s has made, when Kie.ai calls back', async (operation) => {
		const taskIds = [videoFor(operation), videoFor(operation)];
		const execution = await run(operation, taskIds, { waitMode: 'callback' });
		expect(execution.status).toBe('success');
		expect(json(execution).map(({ status }) => status)).toStrictEqual(['success', 'success']);
		expect(itemsOf(execution, AFTER).map((item) => item.json.tag)).toStrictEqual([
			'item 0',
			'item 1',
		]);
		expect(orders()).toHaveLength(2);
		expect(stage.simulator.deliveries.every(({ state }) => state === 'delivered')).toBe(true);
	});

	it('downloads a finished upgrade, also by the ID of its job', async () => {
		const taskId = videoFor('get4k');
		const execution = await run('get4k', [taskId], { download: true });
		const [item] = itemsOf(execution, KIE);
		expect(item?.binary?.data?.mimeType).toBe('video/mp4');
		const again = await run('get', [String(item?.json.kieTaskId)], { download: true });
		expect(json(again)).toMatchObject([{ videoUrl: item?.json.videoUrl, resolution: '4k' }]);
		expect(itemsOf(again, KIE)[0]?.binary?.data).toBeDefined();
	});
}

function testUnreported(): void {
	it('brings in what was not reported by free reads, and orders nothing again', async () => {
		const taskIds = [videoFor('get4k', LOST), videoFor('get4k'), videoFor('get4k', LOST)];
		const waiting: INodeParameters = { waitMode: 'callback', options: { timeout: 40 } };
		const execution = await run('get4k', taskIds, waiting);
		expect(json(execution)).toMatchObject(
			taskIds.map((taskId) => ({ taskId, status: 'success', resolution: '4k' })),
		);
		const reads = taskIds.map(
			(taskId) => stage.simulator.requests({ path: RECORD, taskId }).length,
		);
		for (const lost of [reads[0], reads[2]]) {
			expect(lost).toBeGreaterThanOrEqual(1);
			expect(lost).toBeLessThanOrEqual(2);
		}
		expect(orders()).toHaveLength(3);
	});

	it('names the job at the timeout, by which Get brings the video later', async () => {
		const taskId = videoFor('get4k', { timings: { upgrade4k: NEVER } });
		const error = nodeError(await run('get4k', [taskId], { options: { timeout: 3 } }), KIE);
		expect(error?.message).toContain(taskId);
		const job = /task ID (\w+):/.exec(error?.description ?? '')?.[1];
		stage.simulator.finish(taskId, 'get4k');
		const later = await run('get', [String(job)]);
		expect(json(later)).toMatchObject([{ status: 'success', resolution: '4k' }]);
		expect(orders()).toHaveLength(1);
	});
}

function testSwitch(): void {
	it('changes no field and no kind of value when the credential is switched', async () => {
		const shapes: Array<Record<ApiName, unknown>> = [];
		for (const operation of [...OPERATIONS, 'get']) {
			const taskId = videoFor(operation);
			const { id } = await stage.client.createWorkflow(workflowOf(operation, [taskId]));
			const shape = async (api: ApiName) => {
				await choose(api);
				const [item] = itemsOf(await stage.client.runToEnd(id), KIE);
				if (!item) throw new Error('No item came out');
				const { kieTaskId, creditsConsumed, resolution, ...fields } = item.json;
				// The one new field; and what only one of the APIs tells.
				expect(typeof kieTaskId).toBe(
					api === 'jobs' && UPGRADES.includes(operation) ? 'string' : 'undefined',
				);
				expect([creditsConsumed, resolution].includes(undefined)).toBe(false);
				return shapeOf({ json: fields });
			};
			// A video upgraded to 1080P can no longer be extended, so each operation has its own.
			shapes.push({ veo: await shape('veo'), jobs: await shape('jobs') });
		}
		await choose('jobs');
		for (const { veo, jobs } of shapes) expect(jobs).toStrictEqual(veo);
	});

	it('reads videos of the other API, and says what to switch for an upgrade', async () => {
		const taskId = stage.simulator.addVideo({ api: 'veo' });
		const execution = await run('get', [taskId], { download: true });
		expect(json(execution)).toMatchObject([{ taskId, status: 'success' }]);
		expect(itemsOf(execution, KIE)[0]?.binary?.data).toBeDefined();
		const refused = nodeError(await run('get4k', [taskId]), KIE);
		expect(refused?.message).toContain(taskId);
		expect(refused?.description).toContain("choose 'Veo Endpoints' under 'Order Through'");
		expect(stage.simulator.paid()).toHaveLength(0);
	});
}

function testFaults(): void {
	it('refuses a seed before any request', async () => {
		const execution = await run('generate', [''], { options: { seed: 12345 } });
		expect(nodeError(execution, KIE)?.message).toContain("'Seed' cannot be 12345");
		expect(stage.simulator.requests()).toHaveLength(0);
	});

	it.each(['reset-after', 'cut-json'] as const)(
		'orders once where the answer is lost by %s, and says so',
		async (kind) => {
			for (const operation of OPERATIONS) {
				stage.simulator.reset();
				const taskId = videoFor(operation);
				stage.simulator.fault({ kind, path: CREATE });
				const error = nodeError(await run(operation, [taskId]), KIE);
				// What was cut may still name the task.
				const isTold = /was sent once|was not ready/.test(error?.message ?? '');
				expect(isTold || error === undefined).toBe(true);
				if (kind === 'reset-after') expect(error?.message).toContain('was sent once');
				expect(orders()).toHaveLength(1);
			}
		},
	);

	it('tells in the item and the log that Kie.ai has made another tier', async () => {
		stage.simulator.setDefaults({ jobs: { tier: 'fast' } });
		const [item] = json(await run('generate', [''], { model: 'veo3_lite' }));
		expect(item?.message).toContain('with veo3_fast, not with veo3_lite as asked for');
		// Through a pipe.
		await pause(SETTLE_MS);
		expect(stage.n8n.log()).toMatch(/Kie\.ai made task veo_job_\w+ with veo3_fast/);
		const waited = await run('generate', [''], { model: 'veo3_lite', waitMode: 'callback' });
		expect(json(waited)[0]?.message).toContain('with veo3_fast, not with veo3_lite as asked for');
	});

	it('keeps waiting when forged, foreign and repeated reports come', async () => {
		const taskId = videoFor('get4k', { timings: { upgrade4k: NEVER } });
		const id = await start('get4k', [taskId], { waitMode: 'callback', options: { timeout: 60 } });
		await stage.client.waitForExecution(id, { until: 'waiting' });
		const address = (orders()[0]?.body as { callBackUrl: string }).callBackUrl;
		const [other] = json(await run('get4k', [videoFor('get4k')]));
		const forged = {
			code: 200,
			msg: 'done',
			data: { taskId: other?.kieTaskId, resultUrls: ['https://forged.example/v.mp4'] },
		};
		const hmacKey = HMAC_KEY;
		const attempts = [
			// Signed for the job that it names, but not the one that is waited for.
			{ body: forged, hmacKey, signedTaskId: String(other?.kieTaskId) },
			{
				body: { ...forged, data: { ...forged.data, taskId: 'made_up' } },
				hmacKey,
				signedTaskId: 'made_up',
			},
		];
		for (const callback of attempts) {
			const delivery = await stage.simulator.sendCallback(address, callback);
			expect(delivery.attempts[0]?.status).toBe(401);
		}
		stage.simulator.finish(taskId, 'get4k');
		const execution = await stage.client.waitForExecution(id);
		expect(json(execution)).toMatchObject([{ taskId, status: 'success', resolution: '4k' }]);
		expect(JSON.stringify(execution.data)).not.toContain('forged.example');
	});
}

function testTrigger(): void {
	let id: string;
	let url: string;
	beforeAll(async () => {
		const { definition, path } = triggerWorkflow(stage.credential);
		({ id } = await stage.client.createWorkflow(definition));
		await stage.client.activateWorkflow(id);
		url = `${stage.n8n.url}/webhook/${path}`;
	});

	const report = async (operation: string, video: AddVideo = {}): Promise<Delivery> => {
		const before = stage.simulator.deliveries.length;
		await run(operation, [videoFor(operation, video)], {
			waitMode: 'none',
			callBackUrl: url,
			options: { passThrough: '{"order": 7}' },
		});
		while (stage.simulator.deliveries.length === before) await pause(50);
		await stage.simulator.callbacksSettled();
		const delivery = stage.simulator.deliveries.at(-1);
		if (!delivery) throw new Error('Nothing was reported');
		return delivery;
	};
	const outputs = async (): Promise<IDataObject[]> => {
		for (;;) {
			await pause(SETTLE_MS);
			const executions = await stage.client.listExecutions(id);
			if (!executions.every(hasEnded)) continue;
			const all: IDataObject[] = [];
			for (const one of executions) {
				const [item] = itemsOf(await stage.client.getExecution(one.id), AFTER);
				if (item) all.push(item.json);
			}
			return all;
		}
	};

	it.each([
		['get4k', 'get4k.success', {}],
		['get4k', 'get4k.failed', { upgrade4k: { outcome: 'failure' } }],
		['get1080p', 'get1080p.success', {}],
		['get1080p', 'get1080p.failed', { upgrade1080p: { outcome: 'failure' } }],
		['get4k', 'get4k.success', { jobs: { callback: 'dedicated' } }],
		['generate', 'generate.success', {}],
		['extend', 'generate.success', {}],
	] as const)('starts when %s is reported as %s %j', async (operation, event, video) => {
		const { taskId } = await report(operation, video);
		const about = (await outputs()).filter((one) => one.taskId === taskId);
		expect(about).toMatchObject([{ event, passThrough: { order: 7 } }]);
	});

	it('starts for nothing that is forged, foreign or unsigned', async () => {
		const mine = await report('get4k');
		const other = await report('get4k');
		const before = (await outputs()).length;
		const body = JSON.parse(other.body) as { data: { taskId: string } };
		const refused = [
			// The true report of another video at this address.
			{ body, hmacKey: HMAC_KEY, signedTaskId: body.data.taskId },
			{ body, hmacKey: null },
			{ body, hmacKey: 'another key', signedTaskId: body.data.taskId },
		];
		for (const callback of refused) {
			const { attempts } = await stage.simulator.sendCallback(mine.url, callback);
			expect(attempts[0]?.status).toBe(401);
		}
		const swapped = mine.body.replaceAll('4k.mp4', `${randomUUID()}.mp4`);
		const replayed = await stage.simulator.replayCallback(mine, swapped);
		expect(replayed.attempts[0]?.status).toBe(401);
		expect(await outputs()).toHaveLength(before);
	});
}

describe.each(LINES.map(({ name }) => name))('the unified jobs API on n8n %s', (line) => {
	beforeAll(async () => {
		stage = await Stage.open(line, {
			api: 'jobs',
			webhookSecret: HMAC_KEY,
			simulator: {
				accounts: [
					{ key: SIMULATOR_KEY, credits: 100_000, webhookHmacKey: HMAC_KEY },
					{ key: 'another-key', credits: 100_000, webhookHmacKey: HMAC_KEY },
				],
				rateLimit: { limit: 1000 },
				callbacks: { retries: 3, retryDelayMs: 500 },
			},
		});
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage.close());

	describe('an order', testOrders);
	describe('an order without a report', testUnreported);
	describe('a switch', testSwitch);
	describe('a fault', testFaults);
	describe('the trigger', testTrigger);
});
