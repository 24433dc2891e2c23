import { createHash } from 'node:crypto';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { itemsOf, nodeError, type Execution } from '../../tools/n8n/execution';
import { QueueN8n } from '../../tools/n8n/queue';
import { LINES, type LineName } from '../../tools/n8n/versions';
import { NEVER, type AddVideo, type VideoScenario } from '../../tools/simulator';
import { Stage } from './stage';
import { AFTER, chain, connect, ITEMS, KIE, node } from './workflows';

const RECORD_INFO = '/api/v1/veo/record-info';
const HMAC_KEY = 'wait-for-callback-hmac-key';

const STAGES: Array<[name: string, line: LineName, queue: boolean]> = [
	...LINES.map(({ name }): [string, LineName, boolean] => [name, name, false]),
	// Main, worker and webhook process; callbacks come to main and webhook process in turn.
	...LINES.filter(({ name }) => name === '2.x').map(({ name }): [string, LineName, boolean] => [
		`${name} in queue mode`,
		name,
		true,
	]),
];

let stage: Stage;
/** Whether callbacks go to several processes. */
let isQueue = false;
/** Videos whose upgrade ends only when told. */
const videos = (count: number, video: AddVideo = {}) =>
	Array.from({ length: count }, () =>
		stage.simulator.addVideo({ timings: { upgrade4k: NEVER }, ...video }),
	);
const finish = (taskId: string) => stage.simulator.finish(taskId, 'get4k');
const toItems = (taskIds: string[]) => taskIds.map((taskId, i) => ({ taskId, tag: `item ${i}` }));
const start = async (
	items: IDataObject[],
	options: INodeParameters = {},
	own: INodeParameters = {},
): Promise<string> => {
	const parameters = { operation: 'get4k', waitMode: 'callback', options, ...own };
	const { client, credential } = stage;
	const { id } = await client.createWorkflow(chain(credential, items, parameters));
	return await client.runWorkflow(id);
};
const waiting = async (id: string) => await stage.client.waitForExecution(id, { until: 'waiting' });
const ended = async (id: string) => await stage.client.waitForExecution(id);
const statuses = (execution: Execution) => itemsOf(execution, KIE).map(({ json }) => json.status);
const expectPairing = (execution: Execution, taskIds: string[]) => {
	expect(itemsOf(execution, KIE).map(({ json }) => json.taskId)).toStrictEqual(taskIds);
	const after = itemsOf(execution, AFTER).map(({ json }) => json.tag);
	expect(after).toStrictEqual(taskIds.map((_, i) => `item ${i}`));
	expect(execution.runs.get(AFTER)).toHaveLength(1);
};
/**
 * One paid submission per video; Kie is asked again only where callbacks go to several processes, and
 * then at most once per video: about its record and, if that does not say, by the 4K request.
 */
const expectOnePaymentEach = (taskIds: string[]) => {
	const { simulator } = stage;
	expect(simulator.paid()).toHaveLength(taskIds.length);
	const all = simulator.requests({ host: 'api' }).length - taskIds.length;
	const records = simulator.requests({ path: RECORD_INFO }).length;
	if (isQueue) console.log(`${taskIds.length} videos: ${records} reads, ${all} further requests`);
	expect(records).toBeLessThanOrEqual(isQueue ? taskIds.length : 0);
	expect(all).toBeLessThanOrEqual(2 * records);
};

describe.each(STAGES)('Wait for Callback on n8n %s', (_name, line, queue) => {
	beforeAll(async () => {
		isQueue = queue;
		stage = await Stage.open(line, {
			queue,
			simulator: {
				accounts: [{ key: 'kie-simulator-key', credits: 100_000, webhookHmacKey: HMAC_KEY }],
				callbacks: { retryDelayMs: 1000, retries: 3 },
			},
			webhookSecret: HMAC_KEY,
		});
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage?.close());

	gathers(queue);
	survives(queue);
	acceptsCalls();
	timesOut();
	makesVideos();
	downloads();
});

function gathers(queue: boolean): void {
	it('gathers 8 videos whose callbacks come out of order', async () => {
		const taskIds = videos(8);
		const id = await start(toItems(taskIds));
		await waiting(id);
		for (const i of [5, 0, 7, 2, 6, 1, 4]) {
			finish(String(taskIds[i]));
			await stage.simulator.callbacksSettled();
			expect((await stage.client.getExecution(id)).status).toBe('waiting');
		}
		finish(String(taskIds[3]));
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(taskIds.map(() => 'success'));
		expectPairing(execution, taskIds);
		expectOnePaymentEach(taskIds);
	});

	it('emits the one that fails among three as "failed", and adds the callback with Simplify off', async () => {
		// With several processes Kie may have to be asked. record-info is asked first, so that a failure it
		// knows of is not answered with a second upgrade.
		const recordAfter = queue ? 'upgrade' : 'base';
		const failing = videos(1, { upgrade4k: { outcome: 'failure', recordAfter } });
		const taskIds = [...videos(1), ...failing, ...videos(1)];
		const id = await start(toItems(taskIds), { simplify: false });
		await waiting(id);
		taskIds.forEach(finish);
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(['success', 'failed', 'success']);
		expect(itemsOf(execution, KIE)[1]?.json).toMatchObject({
			taskId: failing[0],
			code: 500,
			message: expect.stringContaining('unavailable'),
			// With several processes it may come from record-info instead of the callback.
			raw: queue ? expect.anything() : { code: 500 },
		});
		expectPairing(execution, taskIds);
		expectOnePaymentEach(taskIds);
	});

	it('mixes videos that are finished or refused at once with slow ones', async () => {
		const done = videos(1, { upgrade4k: { first: 'done' } });
		const refused = videos(1, { upgrade4k: { outcome: 'refused' } });
		const slow = videos(1);
		const taskIds = [...done, ...slow, ...refused];
		const id = await start(toItems(taskIds));
		await waiting(id);
		slow.forEach(finish);
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(['success', 'success', 'failed']);
		expectPairing(execution, taskIds);
		expect(stage.simulator.paid()).toHaveLength(1);
	});

	it('suspends nothing when all are finished at once, and raises an error when all are refused', async () => {
		const done = videos(2, { upgrade4k: { first: 'done' } });
		const execution = await ended(await start(toItems(done)));
		expect(statuses(execution)).toStrictEqual(['success', 'success']);
		expect(stage.simulator.deliveries).toHaveLength(0);

		const refused = videos(1, { upgrade4k: { outcome: 'refused' } });
		const failed = await ended(await start(toItems(refused)));
		expect(nodeError(failed, KIE)?.message).toContain(refused[0]);
	});

	it('resumes a node with an error output, and puts all videos on the first one', async () => {
		const taskIds = videos(2);
		const settings = { onError: 'continueErrorOutput' };
		const id = await start(toItems(taskIds), {}, settings);
		await waiting(id);
		taskIds.forEach(finish);
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(['success', 'success']);
		expectPairing(execution, taskIds);
		expectOnePaymentEach(taskIds);
	});
}

function survives(queue: boolean): void {
	/** Runs the node for one item after the other. Gives all that came out of it. */
	const runInLoop = async (taskIds: string[]) => {
		const { client, credential } = stage;
		const base = chain(credential, toItems(taskIds), { operation: 'get4k', waitMode: 'callback' });
		const loop = node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1 });
		const { id } = await client.createWorkflow({
			...base,
			nodes: [...base.nodes, loop],
			connections: {
				...connect(ITEMS, 'Loop'),
				...connect(KIE, 'Loop'),
				Loop: {
					main: [
						[{ node: AFTER, type: 'main', index: 0 }],
						[{ node: KIE, type: 'main', index: 0 }],
					],
				},
			},
		});
		const execution = await client.runToEnd(id);
		expect(execution.runs.get(KIE)).toHaveLength(taskIds.length);
		expect(itemsOf(execution, AFTER).map(({ json }) => json.tag)).toStrictEqual(
			taskIds.map((_, i) => `item ${i}`),
		);
		return taskIds.flatMap((_, round) => itemsOf(execution, KIE, 0, round)).map(({ json }) => json);
	};

	it('works again and again in a loop', async () => {
		const taskIds = videos(3, { timings: { upgrade4k: 1000 } });
		const rounds = await runInLoop(taskIds);
		expect(rounds).toMatchObject(taskIds.map((taskId) => ({ taskId, status: 'success' })));
		expectOnePaymentEach(taskIds);
	});

	it('waits again for a video that failed in an earlier round of a loop', async () => {
		const [taskId] = videos(1, { timings: { upgrade4k: 1000 }, upgrade4k: { outcome: 'failure' } });
		// Callbacks come to two processes in turn: with three rounds one of them sees two.
		const rounds = await runInLoop(Array.from({ length: 3 }, () => String(taskId)));
		expect(rounds.map(({ status }) => status)).toStrictEqual(['failed', 'failed', 'failed']);
		expect(stage.simulator.paid()).toHaveLength(3);
	});

	it.each(['stop', 'kill'] as const)('survives a %s of n8n between two callbacks', async (how) => {
		const { n8n, simulator } = stage;
		const taskIds = videos(3);
		const id = await start(toItems(taskIds));
		await waiting(id);
		finish(String(taskIds[0]));
		await simulator.callbacksSettled();
		if (how === 'kill') await n8n.kill();
		await n8n.restart();
		await stage.client.login();
		finish(String(taskIds[2]));
		await simulator.callbacksSettled();
		expect((await stage.client.getExecution(id)).status).toBe('waiting');
		finish(String(taskIds[1]));
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(['success', 'success', 'success']);
		expectPairing(execution, taskIds);
		expect(simulator.paid()).toHaveLength(3);
	});

	it('learns of a failure from before a restart without starting a second upgrade', async () => {
		const { n8n, simulator } = stage;
		const failing = videos(1, { upgrade4k: { outcome: 'failure', recordAfter: 'upgrade' } });
		const taskIds = [...failing, ...videos(1)];
		const id = await start(toItems(taskIds));
		await waiting(id);
		finish(String(failing[0]));
		await simulator.callbacksSettled();
		await n8n.kill();
		await n8n.restart();
		await stage.client.login();
		finish(String(taskIds[1]));
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(['failed', 'success']);
		expect(simulator.paid()).toHaveLength(2);
	});

	if (queue) {
		it('continues when the worker that suspended it was killed', async () => {
			const { n8n } = stage;
			const taskIds = videos(2);
			const id = await start(toItems(taskIds));
			await waiting(id);
			if (n8n instanceof QueueN8n) await n8n.replaceWorker();
			taskIds.forEach(finish);
			const execution = await ended(id);
			expect(statuses(execution)).toStrictEqual(['success', 'success']);
			expectPairing(execution, taskIds);
			expectOnePaymentEach(taskIds);
		});
	}
}

function acceptsCalls(): void {
	it('takes 20 duplicates as one', async () => {
		const { simulator } = stage;
		const taskIds = videos(2);
		const id = await start(toItems(taskIds));
		await waiting(id);
		finish(String(taskIds[0]));
		await simulator.callbacksSettled();
		const [delivery] = simulator.deliveries;
		if (delivery) await simulator.repeatCallback(delivery, 20);
		expect((await stage.client.getExecution(id)).status).toBe('waiting');
		finish(String(taskIds[1]));
		expectPairing(await ended(id), taskIds);
		expectOnePaymentEach(taskIds);
	});

	it('continues exactly once when the last 8 callbacks come at the same instant', async () => {
		const taskIds = videos(8);
		const id = await start(toItems(taskIds));
		await waiting(id);
		taskIds.forEach(finish);
		await stage.simulator.callbacksSettled();
		const execution = await ended(id);
		expectPairing(execution, taskIds);
		expect(statuses(execution)).toStrictEqual(taskIds.map(() => 'success'));
		expectOnePaymentEach(taskIds);
	});

	it('gets a callback that came before the suspension was stored when Kie delivers it again', async () => {
		const { simulator } = stage;
		const quick = videos(1, { timings: { upgrade4k: 0 } });
		const slow = videos(1, { timings: { upgrade4k: 0 } });
		// The second submission is answered late: until then the execution is still running.
		simulator.fault({ kind: 'slow', ms: 700, taskId: slow[0] });
		const taskIds = [...quick, ...slow];
		const execution = await ended(await start(toItems(taskIds)));
		expect(statuses(execution)).toStrictEqual(['success', 'success']);
		for (const { attempts } of simulator.deliveries) {
			// 409 on n8n 1.x; 500 on 2.x while nothing of the execution is stored yet.
			expect(attempts[0]?.status).toBeGreaterThanOrEqual(400);
			expect(attempts.length).toBeGreaterThan(1);
		}
		expect(simulator.paid()).toHaveLength(2);
	});
}

function timesOut(): void {
	it('emits unfinished videos when the time is up, and polling fetches them without paying again', async () => {
		const { simulator } = stage;
		const taskIds = videos(2);
		const since = Date.now();
		const id = await start(toItems(taskIds), { timeout: 6 });
		await waiting(id);
		finish(String(taskIds[0]));
		const execution = await stage.client.waitForExecution(id, { timeoutMs: 90_000 });
		const late = Date.now() - since - 6000;
		console.log(`timeout ${late} ms after the limit`);
		expect(late).toBeLessThan(20_000);
		expect(itemsOf(execution, KIE).map(({ json }) => json)).toMatchObject([
			{ taskId: taskIds[0], status: 'success' },
			{ taskId: taskIds[1], status: 'processing', timedOut: true, videoUrl: null },
		]);
		expectPairing(execution, taskIds);

		finish(String(taskIds[1]));
		const { client, credential } = stage;
		const parameters = { operation: 'get4k', waitMode: 'poll', options: { pollInterval: 1 } };
		const { id: polling } = await client.createWorkflow(
			chain(credential, toItems(taskIds), parameters),
		);
		expect(statuses(await client.runToEnd(polling))).toStrictEqual(['success', 'success']);
		expect(simulator.paid()).toHaveLength(2);
	});
}

function makesVideos(): void {
	/** New tasks that end only when told; each belongs to a prompt. */
	const creations = (count: number, scenario: (i: number) => VideoScenario = () => ({})) =>
		Array.from({ length: count }, (_, i) => {
			const taskId = `veo_generate_${i}`;
			const timings = { generate: NEVER };
			stage.simulator.nextTask({ taskId, prompt: promptOf(i), timings, ...scenario(i) });
			return taskId;
		});
	/** None is part of another: the simulator finds a task's behaviour by a piece of its prompt. */
	const promptOf = (i: number) => `prompt ${String(i).padStart(2, '0')}`;
	const startCreations = async (count: number) => {
		const items = Array.from({ length: count }, (_, i) => ({
			prompt: promptOf(i),
			tag: `item ${i}`,
		}));
		return await start(items, {}, { operation: 'generate', prompt: '={{ $json.prompt }}' });
	};
	const end = (taskId: string) => stage.simulator.finish(taskId, 'generate');

	it('asks about those whose reports came too early and were not repeated', async () => {
		// More than Kie takes within 10 s: the first ones are reported before the execution is suspended.
		const count = 22;
		const tooEarly = { timings: { generate: 0 }, callback: { copies: 0 } };
		const taskIds = creations(count, (i) => (i < 2 ? tooEarly : {}));
		const id = await startCreations(count);
		await waiting(id);
		taskIds.slice(2).forEach(end);
		const execution = await ended(id);
		expect(statuses(execution)).toStrictEqual(taskIds.map(() => 'success'));
		expectPairing(execution, taskIds);
		expect(stage.simulator.paid()).toHaveLength(count);
	});

	it('tells in the log of a video whose paid answer was lost', async () => {
		const { simulator, n8n } = stage;
		const taskIds = creations(2);
		// Another process may still be asking about the videos of the test before.
		simulator.fault({ kind: 'reset-after', path: '/api/v1/veo/generate' });
		const id = await startCreations(2);
		await waiting(id);
		const lost = simulator.submissions().find(({ fault }) => fault === 'reset-after')?.taskId;
		end(String(lost));
		await simulator.callbacksSettled();
		expect(n8n.log()).toContain(`does not wait for task "${lost}"`);
		taskIds.filter((taskId) => taskId !== lost).forEach(end);
		const execution = await ended(id);
		expect(statuses(execution).sort()).toStrictEqual(['failed', 'success']);
		expect(simulator.paid()).toHaveLength(2);
	});
}

function downloads(): void {
	it('downloads the files once all videos are finished', async () => {
		const { client, simulator } = stage;
		const [taskId = ''] = videos(1);
		const [gone = ''] = videos(1, { files: { bare: 'gone' } });
		const taskIds = [taskId, gone, taskId];
		const id = await start(toItems(taskIds), {}, { download: true, binaryPropertyName: 'video' });
		await waiting(id);
		finish(taskId);
		await simulator.callbacksSettled();
		expect(simulator.requests({ host: 'file' })).toHaveLength(0);
		finish(gone);
		const execution = await ended(id);
		const [first, second, third] = itemsOf(execution, KIE);
		const sum = await simulator.fileSha256(String(first?.json.videoUrl));
		for (const item of [first, third]) {
			expect(item?.json).not.toHaveProperty('error');
			if (!item?.binary?.video) throw new Error('There is no file');
			const bytes = await client.downloadBinary(item.binary.video);
			expect(createHash('sha256').update(bytes).digest('hex')).toBe(sum);
		}
		expect(second?.binary).toBeUndefined();
		expect(second?.json).toMatchObject({
			status: 'success',
			videoUrl: expect.stringContaining('4k.mp4'),
			error: expect.stringContaining(gone),
		});
		for (const { headers } of simulator.requests({ host: 'file' })) {
			expect(headers).not.toHaveProperty('authorization');
		}
		expectPairing(execution, taskIds);
		expect(simulator.paid()).toHaveLength(2);
	});
}
