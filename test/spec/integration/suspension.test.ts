import { WebhookContext } from 'n8n-core';

import { NEVER, type AddVideo } from '../../tools/simulator';
import { until as read } from '../../tools/simulator/testing';
import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { runOperation, useFiles } from './runNode';
import { useSuspended, type SuspendOptions } from './suspended';

const RECORD_INFO = '/api/v1/veo/record-info';
const GET_4K = '/api/v1/veo/get-4k-video';
/** No callback ever arrives. */
const LOST = { callback: { lostAttempts: 99 } };
const READY_SOON = { timings: { upgrade4k: 300 } };
const HELD = { timings: { upgrade4k: NEVER } };

useFastTime();
useFiles();
const kie = useAccounts({}, { callbacks: { retries: 3, retryDelayMs: 200 } });
const start = useSuspended();

const suspend = async (taskIds: string[], options: Partial<SuspendOptions> = {}) => {
	const { credentials } = kie;
	const items = taskIds.map((taskId) => ({ taskId }));
	return await start({ credentials, items, timeout: 3, ...options });
};
const add = (video: AddVideo = {}) => kie.simulator.addVideo(video);
const statuses = (items: Array<{ json: object }>) =>
	items.map(({ json }) => (json as { status: string }).status);
const until = async (isSo: () => boolean) => await read(isSo, (so) => so);
const requestsAbout = (taskId: string, path: string) =>
	kie.simulator.requests({ path }).filter((entry) => entry.taskId === taskId).length;

describe('the safety net', () => {
	it.each(['1.x', '2.x'] as const)(
		'brings in what was never reported, with two requests each (%s)',
		async (line) => {
			const lost = [add({ ...READY_SOON, ...LOST }), add({ ...READY_SOON, ...LOST })];
			const taskIds = [add(READY_SOON), ...lost];
			const execution = await suspend(taskIds, { line });
			const items = await execution.output();
			expect(statuses(items)).toStrictEqual(['success', 'success', 'success']);
			expect(JSON.stringify(items)).not.toContain('timedOut');
			expect(execution.wakeUps).toHaveLength(1);
			expect(execution.wakeUps[0]?.body).toMatchObject({ code: 200, waiting: true });
			for (const taskId of lost) {
				expect(requestsAbout(taskId, RECORD_INFO)).toBe(1);
				// One of them is the submission.
				expect(requestsAbout(taskId, GET_4K)).toBe(2);
			}
			expect(requestsAbout(String(taskIds[0]), RECORD_INFO)).toBe(0);
			expect(kie.simulator.paid()).toHaveLength(3);
		},
	);

	it('asks nothing where every callback comes', async () => {
		const execution = await suspend([add(READY_SOON), add(READY_SOON)], { timeout: 30 });
		expect(statuses(await execution.output())).toStrictEqual(['success', 'success']);
		expect(kie.simulator.requests({ host: 'api' })).toHaveLength(2);
		expect(execution.wakeUps).toHaveLength(0);
		expect(execution.preflights).toBe(1);
	});

	it('gives what is ready as ready at the timeout, and marks only the rest', async () => {
		const taskIds = [add({ ...READY_SOON, ...LOST }), add(HELD), add(READY_SOON)];
		const execution = await suspend(taskIds, { timeout: 2 });
		const items = await execution.output();
		expect(items.map(({ json }) => json)).toMatchObject([
			{ taskId: taskIds[0], status: 'success' },
			{ taskId: taskIds[1], status: 'processing', timedOut: true, videoUrl: null },
			{ taskId: taskIds[2], status: 'success' },
		]);
		expect(items[0]?.json).not.toHaveProperty('timedOut');
		expect(items).toMatchObject([0, 1, 2].map((item) => ({ pairedItem: { item } })));
		// At the timeout, not before, and not up to a minute later.
		expect(execution.wakeUps.at(-1)?.after).toBeGreaterThanOrEqual(2_000);
		expect(execution.wakeUps.at(-1)?.after).toBeLessThan(5_000);
	});

	it("n8n's own limit is five minutes later, and stores no timeout", async () => {
		const execution = await suspend([add(HELD)], { timeout: 100 });
		const late = (execution.waitTill?.getTime() ?? 0) - Date.now();
		expect(late).toBeGreaterThan(395_000);
		expect(late).toBeLessThanOrEqual(400_000);
		expect(execution.stored).toMatchObject([{ json: { status: 'processing' } }]);
		expect(JSON.stringify(execution.stored)).not.toContain('timedOut');
	});

	it('asks about an upgrade that ran before, which is reported to nobody', async () => {
		const before = add({
			timings: { upgrade4k: 1_500 },
			upgrade4k: { first: 'processing' },
			...LOST,
		});
		const failing = add({
			...READY_SOON,
			...LOST,
			upgrade4k: { outcome: 'failure', recordAfter: 'upgrade' },
		});
		const execution = await suspend([before, failing, add(READY_SOON)], { timeout: 8 });
		const items = await execution.output();
		expect(statuses(items)).toStrictEqual(['success', 'failed', 'success']);
		expect(Date.now()).toBeLessThan((execution.waitTill?.getTime() ?? 0) - 300_000);
		expect(kie.simulator.paid()).toHaveLength(3);
	});

	const restarting = { outcome: 'failure', afterFailure: 'restart' } as const;

	it.each<[what: string, paid: number, video: AddVideo, answer: object | null]>([
		['a second order', 2, { timings: { upgrade4k: 100 }, upgrade4k: restarting }, null],
		[
			'an order answered with unknown words, after the upgrade was seen running',
			1,
			HELD,
			{ code: 422, msg: 'Validation Error - The request parameters failed validation checks' },
		],
	])('reports %s, and never waits for its report', async (_what, paid, video, answer) => {
		const taskId = add({ ...video, ...LOST });
		if (answer) kie.simulator.fault({ kind: 'answer', body: answer, path: GET_4K });
		const execution = await suspend([taskId], { timeout: 4 });
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({
			status: 'processing',
			timedOut: true,
			message: expect.stringContaining('may have started, and billed, another upgrade'),
		});
		// Ordered again once, however often it was looked at.
		expect(execution.wakeUps.length).toBeGreaterThan(1);
		expect(kie.simulator.paid()).toHaveLength(paid);
	});

	it('orders no third one after a retry that may have ordered a second one', async () => {
		const taskId = add({ ...HELD, upgrade4k: { outcome: 'failure' }, callback: { copies: 0 } });
		const contextData = {};
		const run = { operation: 'get4k', taskIds: [taskId], contextData };
		await runOperation(kie.credentials, { ...run, parameters: { waitMode: 'none' } });
		kie.simulator.finish(taskId, 'get4k');
		const execution = await suspend([taskId], { timeout: 20, contextData });
		expect(kie.simulator.paid()).toHaveLength(2);
		kie.simulator.finish(taskId, 'get4k');
		const [item] = await execution.output(60_000);
		const note = '(A status request may have started, and billed, another upgrade of this video.)';
		expect(String(item?.json.message).split(note)).toHaveLength(2);
		expect(kie.simulator.paid()).toHaveLength(2);
	});

	it('knows an order for certain when the upgrade was seen running before', async () => {
		const taskId = add({ ...HELD, upgrade4k: restarting, ...LOST });
		const execution = await suspend([taskId], { timeout: 4 });
		await until(() => execution.wakeUps.length > 0);
		kie.simulator.finish(taskId, 'get4k');
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({
			status: 'failed',
			message: expect.stringContaining('treated the status request as a new order'),
		});
	});
});

describe('an order that is settled at once', () => {
	const done = { upgrade4k: { first: 'done' } } as const;
	const refused = { upgrade4k: { outcome: 'refused' } } as const;

	it('keeps its place beside those that are waited for', async () => {
		const execution = await suspend([add(done), add(READY_SOON), add(refused)], { timeout: 30 });
		expect(statuses(await execution.output())).toStrictEqual(['success', 'success', 'failed']);
		expect(kie.simulator.paid()).toHaveLength(1);
	});

	it('suspends nothing where all are', async () => {
		expect((await suspend([add(done)])).waitTill).toBeUndefined();
		const taskId = add(refused);
		await expect(suspend([taskId])).rejects.toThrow(taskId);
	});

	const generate = async (prompts: string[], timeout: number) => {
		const { credentials } = kie;
		const items = prompts.map((prompt) => ({ prompt }));
		return await start({ credentials, operation: 'generate', items, timeout });
	};

	it('and was lost is failed: its report is that of a task nobody waits for', async () => {
		kie.simulator.fault({ kind: 'reset-after', path: '/api/v1/veo/generate' });
		const execution = await generate(['one', 'two'], 30);
		expect(statuses(await execution.output()).sort()).toStrictEqual(['failed', 'success']);
		await kie.simulator.callbacksSettled();
		expect(execution.calls.map(({ status }) => status)).toContain(409);
		expect(kie.simulator.paid()).toHaveLength(2);
	});

	it('and was reported too early, but not again, is asked about', async () => {
		// More than Kie takes within 10 s: the first ones are reported before the execution is suspended.
		const prompts = Array.from({ length: 22 }, (_, i) => `prompt ${i + 10}`);
		prompts.forEach((prompt, i) => {
			const early = { timings: { generate: 0 }, callback: { copies: 0 } };
			kie.simulator.nextTask({ prompt, ...(i < 2 ? early : { timings: { generate: 30_000 } }) });
		});
		const execution = await generate(prompts, 600);
		expect(statuses(await execution.output(90_000))).toStrictEqual(prompts.map(() => 'success'));
		expect(kie.simulator.paid()).toHaveLength(prompts.length);
	}, 40_000);
});

describe('a resumption', () => {
	// As in n8n 1.x.
	beforeEach(() => void (process.env.N8N_BLOCK_ENV_ACCESS_IN_NODE = 'false'));
	afterEach(() => {
		delete process.env.N8N_BLOCK_ENV_ACCESS_IN_NODE;
		delete process.env.N8N_CONCURRENCY_PRODUCTION_LIMIT;
	});

	it.each(['1.x', '2.x'] as const)(
		'that n8n could not store is made again, with what was reported (%s)',
		async (line) => {
			const taskIds = [add(READY_SOON), add(READY_SOON)];
			const execution = await suspend(taskIds, { line, timeout: 600, lostResumptions: 1 });
			await until(() => execution.lost === 1);
			await kie.simulator.callbacksSettled();
			const { length } = kie.simulator.requests({ host: 'api' });
			expect(statuses(await execution.output(70_000))).toStrictEqual(['success', 'success']);
			// Nothing was asked, and nothing ordered.
			expect(kie.simulator.requests({ host: 'api' })).toHaveLength(length);
			expect(kie.simulator.paid()).toHaveLength(2);
		},
		70_000,
	);

	it('that n8n 1.x keeps waiting for a free slot is not made again until its own limit is near', async () => {
		process.env.N8N_CONCURRENCY_PRODUCTION_LIMIT = '1';
		const options = { line: '1.x', timeout: 600, lostResumptions: 99 } as const;
		const execution = await suspend([add(READY_SOON)], options);
		await until(() => execution.lost === 1);
		const since = Date.now();
		await read(
			() => Date.now() - since,
			(passed) => passed > 300_000,
			400_000,
		);
		expect(execution.lost).toBe(1);
		jest.setSystemTime((execution.waitTill?.getTime() ?? 0) - 75_000 - 60_000);
		await until(() => execution.lost === 2);
	}, 70_000);

	it('is made again with what was reported in the meantime', async () => {
		const taskId = add(HELD);
		const execution = await suspend([taskId], { timeout: 2, lostResumptions: 1 });
		await until(() => execution.lost === 1);
		kie.simulator.finish(taskId, 'get4k');
		expect(statuses(await execution.output(100_000))).toStrictEqual(['success']);
	}, 60_000);

	it('waits until Kie can be asked again, long after the timeout', async () => {
		const taskId = add({ ...READY_SOON, ...LOST });
		// The first check and two final ones, with three attempts each.
		kie.simulator.fault({ kind: 'status', code: 455, path: RECORD_INFO, times: 9 });
		const execution = await suspend([taskId], { timeout: 4 });
		expect(statuses(await execution.output(200_000))).toStrictEqual(['success']);
	}, 120_000);

	it('comes before n8n continues by itself, though Kie could never be asked', async () => {
		const taskId = add({ ...READY_SOON, ...LOST });
		kie.simulator.fault({ kind: 'status', code: 455, path: RECORD_INFO, times: 999 });
		const execution = await suspend([taskId], { timeout: 2 });
		const [item] = await execution.output(280_000);
		expect(item?.json).toMatchObject({ taskId, status: 'processing', timedOut: true });
		expect(Date.now()).toBeLessThan((execution.waitTill?.getTime() ?? 0) - 75_000);
	}, 120_000);

	it.each([
		['an API key that is another one', { apiKey: 'another-key' }, 401],
		// A Base URL that cannot be used stands for any fault while credentials are read.
		['a credential that is gone', { baseUrl: 'gone' }, 500],
	])('is not prevented by %s for a while', async (_what, fault, status) => {
		const execution = await suspend([add({ ...READY_SOON, ...LOST })], { timeout: 4 });
		const before = { ...execution.credentials };
		Object.assign(execution.credentials, fault);
		await until(() => execution.wakeUps.length > 0);
		expect(execution.wakeUps[0]).toMatchObject({ status, body: { waiting: true } });
		Object.assign(execution.credentials, before);
		expect(statuses(await execution.output())).toStrictEqual(['success']);
	});

	it('does not depend on what an expression sees of the items', async () => {
		const read = jest.spyOn(WebhookContext.prototype, 'evaluateExpression');
		const taskIds = Array.from({ length: 4 }, () => add(READY_SOON));
		const execution = await suspend(taskIds, { timeout: 30 });
		expect(statuses(await execution.output(40_000))).toStrictEqual(taskIds.map(() => 'success'));
		const expressions = read.mock.calls.map(([expression]) => expression);
		read.mockRestore();
		// The process that suspended them knows what they wait for.
		expect(expressions.filter((one) => one.includes('kieVeoItems'))).toHaveLength(1);
		expect(expressions.join()).not.toContain('$input');
	});
});

describe('a call of the suspended address', () => {
	const downloading = { timeout: 60, parameters: { download: true } };

	it('with the new part of an extension waits for the whole, up to the third delivery', async () => {
		const ok = (data: object) => ({ code: 200, msg: 'success', data });
		const [path, taskId] = ['/api/v1/veo/extend', 'veo_extend_task_1'];
		const shown = { resultUrls: ['https://tempfile.aiquickdraw.com/v/part.mp4'] };
		const record = ok({ successFlag: 1, response: shown });
		kie.simulator.fault({ kind: 'answer', path, body: ok({ taskId }) });
		kie.simulator.fault({ kind: 'answer', path: RECORD_INFO, body: record, times: 99 });
		const items = [{ taskId: 'veo_task_base', prompt: 'It runs on' }];
		const { credentials } = kie;
		const execution = await start({ credentials, operation: 'extend', items, timeout: 600 });
		const [order] = kie.simulator.requests({ path });
		const { callBackUrl } = order?.body as { callBackUrl: string };
		const deliver = async () => await execution.call(callBackUrl, ok({ taskId, info: shown }));
		expect([await deliver(), await deliver(), await deliver()]).toStrictEqual([503, 503, 200]);
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({ status: 'success', videoUrls: shown.resultUrls });
	});

	it('that is the wake-up of another execution is refused, and it keeps waiting', async () => {
		const other = await suspend([add(HELD)]);
		await until(() => other.wakeUps.length > 0);
		const url = new URL(other.wakeUps[0]?.url ?? '', addressOf(0));
		const execution = await suspend([add(HELD)], { timeout: 60 });
		url.port = new URL(addressOf(1)).port;
		expect(await execution.call(url.href)).toBe(401);
		expect(execution.resumed).toHaveLength(0);
	});

	it('is answered while the execution is being resumed', async () => {
		const execution = await suspend([add(READY_SOON)], downloading);
		kie.simulator.fault({ kind: 'slow', ms: 1_000, host: 'file' });
		await until(() => kie.simulator.requests({ host: 'file' }).length > 0);
		const [delivery] = kie.simulator.deliveries;
		if (delivery) await kie.simulator.repeatCallback(delivery);
		expect(execution.calls).toMatchObject([{ status: 200 }]);
		await kie.simulator.callbacksSettled();
		const [item] = await execution.output();
		expect(item).toMatchObject({ json: { status: 'success' }, binary: { data: {} } });
		expect(item?.json).not.toHaveProperty('error');
		expect(execution.calls.at(-1)).toMatchObject({ status: 200 });
	});

	it('comes again while large files are fetched, so that a crash loses nothing', async () => {
		const execution = await suspend([add(READY_SOON)], downloading);
		kie.simulator.fault({ kind: 'slow', ms: 9_500, host: 'file' });
		await until(() => execution.calls.length > 0);
		expect(execution.calls[0]).toMatchObject({ status: 503 });
		await execution.output(20_000);
	}, 40_000);

	it('resumes once, whatever comes at the same time', async () => {
		const taskIds = Array.from({ length: 6 }, () => add(HELD));
		const execution = await suspend(taskIds, { timeout: 2 });
		await until(() => execution.wakeUps.length > 0);
		const again = new URL(execution.wakeUps[0]?.url ?? '', addressOf(0)).href;
		for (const taskId of taskIds) kie.simulator.finish(taskId, 'get4k');
		await Promise.all(Array.from({ length: 10 }, async () => await execution.call(again)));
		await kie.simulator.callbacksSettled();
		expect(statuses(await execution.output())).toStrictEqual(taskIds.map(() => 'success'));
	});
});

describe('several processes', () => {
	it.each(['1.x', '2.x'] as const)(
		'together give everything once, though each knows a part (%s)',
		async (line) => {
			const taskIds = [300, 700, 1100].map((upgrade4k) => add({ timings: { upgrade4k } }));
			taskIds.push(add({ ...READY_SOON, ...LOST }));
			const execution = await suspend(taskIds, { processes: 3, timeout: 6, line });
			expect(statuses(await execution.output())).toStrictEqual(taskIds.map(() => 'success'));
			expect(kie.simulator.paid()).toHaveLength(4);
		},
	);

	it('after a restart wait until the deadline that was set, and watch it again', async () => {
		const taskIds = [add(READY_SOON), add({ ...HELD, ...LOST })];
		const execution = await suspend(taskIds, { timeout: 8 });
		execution.restart();
		await until(() => execution.calls.length > 0);
		await kie.simulator.callbacksSettled();
		kie.simulator.finish(String(taskIds[1]), 'get4k');
		expect(statuses(await execution.output(15_000))).toStrictEqual(['success', 'success']);
	});

	it('after a restart ask about everything at the last callback, seconds before it is too late', async () => {
		const taskIds = [add(HELD), add({ ...READY_SOON, ...LOST })];
		const execution = await suspend(taskIds, { timeout: 600 });
		execution.restart();
		const { apiKey } = execution.credentials;
		// The last wake-up of the process before, which fails.
		execution.credentials.apiKey = 'another-key';
		jest.setSystemTime((execution.waitTill?.getTime() ?? 0) - 75_000 - 4_000);
		await until(() => execution.wakeUps.length > 0);
		Object.assign(execution.credentials, { apiKey });
		kie.simulator.finish(String(taskIds[0]), 'get4k');
		expect(statuses(await execution.output())).toStrictEqual(['success', 'success']);
	});

	it('ask n8n 1.x, which resumes for each of them, whether the execution still waits', async () => {
		const resume = async (line: '1.x' | '2.x') => {
			const taskId = add(HELD);
			const execution = await suspend([taskId], { timeout: 60, line });
			execution.restart();
			kie.simulator.finish(taskId, 'get4k');
			expect(statuses(await execution.output())).toStrictEqual(['success']);
			return execution.wakeUps;
		};
		expect(await resume('1.x')).toMatchObject([{ status: 200, body: { waiting: true } }]);
		expect(await resume('2.x')).toHaveLength(0);
	});
});

/** The address of the n-th submission. */
function addressOf(submission: number): string {
	const body = kie.simulator.submissions()[submission]?.body as { callBackUrl: string };
	return body.callBackUrl;
}
