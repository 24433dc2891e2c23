import { createHash } from 'node:crypto';

import type { INodeParameters } from 'n8n-workflow';

import { itemsOf } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { NEVER, type AddVideo } from '../../tools/simulator';
import { inBothModes, Stage } from './stage';
import { statusesIn, Suspensions } from './suspensions';
import { AFTER, KIE, looped, RUN_MODEL } from './workflows';

const RECORD_INFO = '/api/v1/veo/record-info';
const HMAC_KEY = 'wait-for-callback-hmac-key';

// Main, worker and webhook process; callbacks come to main and webhook process in turn.
const STAGES = inBothModes(
	{},
	LINES.filter(({ name }) => name === '2.x'),
);

let stage: Stage;
let executions: Suspensions;
/** Whether callbacks go to several processes. */
let isQueue = false;
/** Videos whose upgrade ends only when told. */
const videos = (count: number, video?: AddVideo) => executions.add(count, video);
const finish = (taskId: string) => executions.finish([taskId]);
const start = async (taskIds: string[], timeout = 1_800, parameters: INodeParameters = {}) =>
	await executions.start(taskIds, timeout, parameters);
const ended = async (id: string) => await stage.client.waitForExecution(id);
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
		isQueue = queue !== undefined;
		stage = await Stage.open(line, {
			queue,
			simulator: { callbacks: { retryDelayMs: 1000, retries: 3 } },
			webhookSecret: HMAC_KEY,
		});
		executions = new Suspensions(stage);
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage?.close());

	gathers();
	survives();
	acceptsCalls();
	downloads();
});

function gathers(): void {
	it('gathers 8 videos whose callbacks come out of order, and often', async () => {
		const { simulator, client } = stage;
		const taskIds = videos(8);
		const id = await start(taskIds);
		for (const i of [5, 0, 7, 2, 6, 1, 4]) {
			finish(String(taskIds[i]));
			await simulator.callbacksSettled();
			expect((await client.getExecution(id)).status).toBe('waiting');
		}
		const [delivery] = simulator.deliveries;
		if (delivery) await simulator.repeatCallback(delivery, 20);
		expect((await client.getExecution(id)).status).toBe('waiting');
		finish(String(taskIds[3]));
		const execution = await ended(id);
		expect(statusesIn(execution)).toStrictEqual(taskIds.map(() => 'success'));
		executions.expectWhole(execution, taskIds);
		expectOnePaymentEach(taskIds);
	});

	it('resumes a node with an error output, and puts all videos on the first one', async () => {
		const taskIds = videos(2);
		const id = await executions.start(taskIds, 1_800, {}, { onError: 'continueErrorOutput' });
		taskIds.forEach(finish);
		executions.expectWhole(await ended(id), taskIds);
		expectOnePaymentEach(taskIds);
	});
}

function survives(): void {
	it('waits in each round of a loop, also for a video that failed in an earlier one', async () => {
		const { client, simulator } = stage;
		const timings = { upgrade4k: 1000 };
		const good = videos(2, { timings });
		const [bad = ''] = videos(1, { timings, upgrade4k: { outcome: 'failure' } });
		// Callbacks come to two processes in turn: with three rounds one of them sees two.
		const taskIds = [...good, bad, bad, bad];
		const workflow = looped(executions.workflowFor(taskIds, 1_800), 1);
		const { id } = await client.createWorkflow(workflow);
		const execution = await client.runToEnd(id);
		expect(taskIds.flatMap((_, round) => itemsOf(execution, KIE, 0, round))).toMatchObject(
			taskIds.map((taskId) => ({
				json: { taskId, status: taskId === bad ? 'failed' : 'success' },
			})),
		);
		expect(itemsOf(execution, AFTER).map(({ json }) => json.tag)).toStrictEqual(
			taskIds.map((_, i) => `item ${i}`),
		);
		expect(simulator.paid()).toHaveLength(taskIds.length);
	});

	it.each(['stop', 'kill'] as const)('survives a %s of n8n between two callbacks', async (how) => {
		const { n8n, simulator } = stage;
		const taskIds = videos(3);
		const id = await start(taskIds);
		simulator.nextTask({ taskId: 'task_picture', timings: { runModel: NEVER } });
		const picture = await start([''], 1_800, RUN_MODEL);
		finish(String(taskIds[0]));
		await simulator.callbacksSettled();
		if (how === 'kill') await n8n.kill();
		await n8n.restart();
		await stage.client.login();
		finish(String(taskIds[2]));
		await simulator.callbacksSettled();
		expect((await stage.client.getExecution(id)).status).toBe('waiting');
		finish(String(taskIds[1]));
		simulator.finish('task_picture', 'runModel');
		const execution = await ended(id);
		expect(statusesIn(execution)).toStrictEqual(['success', 'success', 'success']);
		executions.expectWhole(execution, taskIds);
		executions.expectWhole(await ended(picture), ['task_picture']);
		expect(simulator.paid()).toHaveLength(4);
	});
}

function acceptsCalls(): void {
	it('gets a callback that came before the suspension was stored when Kie delivers it again', async () => {
		const { simulator } = stage;
		const quick = videos(1, { timings: { upgrade4k: 0 } });
		const slow = videos(1, { timings: { upgrade4k: 0 } });
		// The second submission is answered late: until then the execution is still running.
		simulator.fault({ kind: 'slow', ms: 700, taskId: slow[0] });
		const taskIds = [...quick, ...slow];
		const execution = await ended(await executions.run(taskIds, 1_800));
		expect(statusesIn(execution)).toStrictEqual(['success', 'success']);
		for (const { attempts } of simulator.deliveries) {
			// 409 on n8n 1.x; 500 on 2.x while nothing of the execution is stored yet.
			expect(attempts[0]?.status).toBeGreaterThanOrEqual(400);
			expect(attempts.length).toBeGreaterThan(1);
		}
		expect(simulator.paid()).toHaveLength(2);
	});
}

function downloads(): void {
	it('downloads the files once all videos are finished', async () => {
		const { client, simulator } = stage;
		const taskIds = videos(2);
		const [taskId = '', last = ''] = taskIds;
		const id = await start(taskIds, 1_800, { download: true, binaryPropertyName: 'video' });
		finish(taskId);
		await simulator.callbacksSettled();
		expect(simulator.requests({ host: 'file' })).toHaveLength(0);
		finish(last);
		const execution = await ended(id);
		for (const { json, binary } of itemsOf(execution, KIE)) {
			if (!binary?.video) throw new Error('There is no file');
			const bytes = await client.downloadBinary(binary.video);
			const sum = await simulator.fileSha256(String(json.videoUrl));
			expect(createHash('sha256').update(bytes).digest('hex')).toBe(sum);
		}
		executions.expectWhole(execution, taskIds);
		expect(simulator.paid()).toHaveLength(2);
	});
}
