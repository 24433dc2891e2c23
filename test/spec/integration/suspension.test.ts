import { WebhookContext } from 'n8n-core';
import type { IWorkflowSettings } from 'n8n-workflow';

import { addressKey, readSubmission } from '../../../nodes/KieVeo/addresses/submission';
import {
	SIMULATOR_KEY,
	NEVER,
	startSimulator,
	type AddVideo,
	type Simulator,
} from '../../tools/simulator';
import { until as read } from '../../tools/simulator/testing';
import { useFastTime } from './fastTime';
import { useFiles } from './runNode';
import { Suspended, type SuspendOptions } from './suspended';

const RECORD_INFO = '/api/v1/veo/record-info';
const GET_4K = '/api/v1/veo/get-4k-video';
/** No callback ever arrives. */
const LOST = { callback: { lostAttempts: 99 } };
const READY_SOON = { timings: { upgrade4k: 300 } };

useFastTime();
useFiles();

let simulator: Simulator;
let suspended: Suspended | undefined;

beforeAll(async () => {
	simulator = await startSimulator({
		accounts: [{ key: SIMULATOR_KEY, credits: 1_000_000 }],
		callbacks: { retries: 3, retryDelayMs: 200 },
	});
});
beforeEach(() => simulator.reset());
afterEach(async () => {
	await suspended?.close();
	suspended = undefined;
});
afterAll(async () => await simulator.close());

type Options = Partial<Omit<SuspendOptions, 'simulator' | 'items'>>;

const suspend = async (taskIds: string[], options: Options = {}) => {
	const items = taskIds.map((taskId) => ({ taskId }));
	suspended = await Suspended.start({ simulator, items, timeout: 3, ...options });
	return suspended;
};
const add = (video: AddVideo = {}) => simulator.addVideo(video);
const statuses = (items: Array<{ json: object }>) =>
	items.map(({ json }) => (json as { status: string }).status);
const until = async (isSo: () => boolean) => await read(isSo, (so) => so);
const requestsAbout = (taskId: string, path: string) =>
	simulator.requests({ path }).filter((entry) => entry.taskId === taskId).length;

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
			expect(simulator.paid()).toHaveLength(3);
		},
	);

	it('asks nothing where every callback comes', async () => {
		const execution = await suspend([add(READY_SOON), add(READY_SOON)], { timeout: 30 });
		expect(statuses(await execution.output())).toStrictEqual(['success', 'success']);
		expect(simulator.requests({ host: 'api' })).toHaveLength(2);
		expect(execution.wakeUps).toHaveLength(0);
		expect(execution.preflights).toBe(1);
	});

	it('gives what is ready as ready at the timeout, and marks only the rest', async () => {
		const never = { timings: { upgrade4k: NEVER } };
		const taskIds = [add({ ...READY_SOON, ...LOST }), add(never), add(READY_SOON)];
		const execution = await suspend(taskIds, { timeout: 2 });
		const items = await execution.output();
		expect(items.map(({ json }) => json)).toMatchObject([
			{ taskId: taskIds[0], status: 'success' },
			{ taskId: taskIds[1], status: 'processing', timedOut: true, videoUrl: null },
			{ taskId: taskIds[2], status: 'success' },
		]);
		expect(items[0]?.json).not.toHaveProperty('timedOut');
		expect(items.map(({ pairedItem }) => pairedItem)).toStrictEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		// At the timeout, not before, and not up to a minute later.
		expect(execution.wakeUps.at(-1)?.after).toBeGreaterThanOrEqual(2_000);
		expect(execution.wakeUps.at(-1)?.after).toBeLessThan(5_000);
	});

	it("n8n's own limit is five minutes later, and stores no timeout", async () => {
		const execution = await suspend([add({ timings: { upgrade4k: NEVER } })], { timeout: 100 });
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
		expect(simulator.paid()).toHaveLength(3);
	});

	it('asks once more at the end when Kie gives no answer', async () => {
		const taskId = add({ ...READY_SOON, ...LOST });
		simulator.fault({ kind: 'status', code: 455, path: RECORD_INFO, times: 2 });
		const execution = await suspend([taskId], { timeout: 1 });
		expect(statuses(await execution.output(30_000))).toStrictEqual(['success']);
		expect(requestsAbout(taskId, RECORD_INFO)).toBe(3);
	}, 40_000);

	it('reports a second order, and never waits for its report', async () => {
		const upgrade4k = { outcome: 'failure', afterFailure: 'restart' } as const;
		const taskId = add({ timings: { upgrade4k: 100 }, upgrade4k, ...LOST });
		const execution = await suspend([taskId], { timeout: 4 });
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({
			status: 'processing',
			timedOut: true,
			message: expect.stringContaining('may have started, and billed, another upgrade'),
		});
		// Ordered again once, however often it was looked at.
		expect(execution.wakeUps.length).toBeGreaterThan(1);
		expect(simulator.paid()).toHaveLength(2);
	});

	it('knows an order for certain when the upgrade was seen running before', async () => {
		const upgrade4k = { outcome: 'failure', afterFailure: 'restart' } as const;
		const taskId = add({ timings: { upgrade4k: NEVER }, upgrade4k, ...LOST });
		const execution = await suspend([taskId], { timeout: 4 });
		await until(() => execution.wakeUps.length > 0);
		simulator.finish(taskId, 'get4k');
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({
			status: 'failed',
			message: expect.stringContaining('treated the status request as a new order'),
		});
	});

	it('does not take an order answered with unknown words for an upgrade that was seen running', async () => {
		const taskId = add({ timings: { upgrade4k: NEVER }, ...LOST });
		const msg = 'Validation Error - The request parameters failed validation checks';
		const body = { code: 422, msg, data: null };
		simulator.fault({ kind: 'answer', body, path: GET_4K });
		const execution = await suspend([taskId], { timeout: 4 });
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({
			status: 'processing',
			timedOut: true,
			message: expect.stringContaining('may have started, and billed, another upgrade'),
		});
		expect(simulator.paid()).toHaveLength(1);
	});

	it('never takes the base video, though in 4K, for the upgrade', async () => {
		const taskId = add({
			videos: 2,
			resolution: '4k',
			timings: { upgrade4k: NEVER },
			...LOST,
		} as AddVideo);
		const execution = await suspend([taskId], { timeout: 1.5, parameters: { index: 1 } });
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({ index: 1, status: 'processing', videoUrl: null });
	});
});

describe('an order that is settled at once', () => {
	const done = { upgrade4k: { first: 'done' } } as const;
	const refused = { upgrade4k: { outcome: 'refused' } } as const;

	it('keeps its place beside those that are waited for', async () => {
		const execution = await suspend([add(done), add(READY_SOON), add(refused)], { timeout: 30 });
		expect(statuses(await execution.output())).toStrictEqual(['success', 'success', 'failed']);
		expect(simulator.paid()).toHaveLength(1);
	});

	it('suspends nothing where all are', async () => {
		expect((await suspend([add(done)])).waitTill).toBeUndefined();
		const taskId = add(refused);
		await expect(suspend([taskId])).rejects.toThrow(taskId);
	});

	it('and was lost is failed: its report is that of a task nobody waits for', async () => {
		simulator.fault({ kind: 'reset-after', path: '/api/v1/veo/generate' });
		const items = [{ prompt: 'one' }, { prompt: 'two' }];
		suspended = await Suspended.start({ simulator, operation: 'generate', items, timeout: 30 });
		expect(statuses(await suspended.output()).sort()).toStrictEqual(['failed', 'success']);
		await simulator.callbacksSettled();
		expect(suspended.calls.map(({ status }) => status)).toContain(409);
		expect(simulator.paid()).toHaveLength(2);
	});

	it('and was reported too early, but not again, is asked about', async () => {
		// More than Kie takes within 10 s: the first ones are reported before the execution is suspended.
		const prompts = Array.from({ length: 22 }, (_, i) => `prompt ${i + 10}`);
		const early = { timings: { generate: 0 }, callback: { copies: 0 } };
		for (const prompt of prompts.slice(0, 2)) simulator.nextTask({ prompt, ...early });
		for (const prompt of prompts.slice(2))
			simulator.nextTask({ prompt, timings: { generate: 30_000 } });
		const items = prompts.map((prompt) => ({ prompt }));
		suspended = await Suspended.start({ simulator, operation: 'generate', items, timeout: 600 });
		expect(statuses(await suspended.output(90_000))).toStrictEqual(prompts.map(() => 'success'));
		expect(simulator.paid()).toHaveLength(prompts.length);
	}, 40_000);
});

describe('a resumption', () => {
	it.each(['1.x', '2.x'] as const)(
		'that n8n could not store is made again, with what was reported (%s)',
		async (line) => {
			const taskIds = [add(READY_SOON), add(READY_SOON)];
			const execution = await suspend(taskIds, { line, timeout: 600, lostResumptions: 1 });
			await until(() => execution.lost === 1);
			await simulator.callbacksSettled();
			const { length } = simulator.requests({ host: 'api' });
			expect(statuses(await execution.output(70_000))).toStrictEqual(['success', 'success']);
			// Nothing was asked, and nothing ordered.
			expect(simulator.requests({ host: 'api' })).toHaveLength(length);
			expect(simulator.paid()).toHaveLength(2);
		},
		70_000,
	);

	it('at the timeout that n8n could not store is made again as well', async () => {
		const taskIds = [add(READY_SOON), add({ timings: { upgrade4k: NEVER } })];
		const execution = await suspend(taskIds, { timeout: 2, lostResumptions: 1 });
		await until(() => execution.lost === 1);
		const items = await execution.output(70_000);
		expect(items).toMatchObject([
			{ json: { status: 'success' } },
			{ json: { status: 'processing', timedOut: true } },
		]);
	}, 70_000);

	it('waits until Kie can be asked again, long after the timeout', async () => {
		const taskId = add({ ...READY_SOON, ...LOST });
		// The first check and two final ones, with three attempts each.
		simulator.fault({ kind: 'status', code: 455, path: RECORD_INFO, times: 9 });
		const execution = await suspend([taskId], { timeout: 4 });
		expect(statuses(await execution.output(200_000))).toStrictEqual(['success']);
	}, 120_000);

	it('comes before n8n continues by itself, though Kie could never be asked', async () => {
		const taskId = add({ ...READY_SOON, ...LOST });
		simulator.fault({ kind: 'status', code: 455, path: RECORD_INFO, times: 999 });
		const execution = await suspend([taskId], { timeout: 2 });
		const [item] = await execution.output(280_000);
		expect(item?.json).toMatchObject({ taskId, status: 'processing', timedOut: true });
		expect(Date.now()).toBeLessThan((execution.waitTill?.getTime() ?? 0) - 75_000);
	}, 120_000);

	it('is not prevented by an API key that is another one for a while', async () => {
		const execution = await suspend([add({ ...READY_SOON, ...LOST })], { timeout: 4 });
		execution.apiKey = 'another-key';
		await until(() => execution.wakeUps.length > 0);
		expect(execution.wakeUps[0]).toMatchObject({ status: 401, body: { waiting: true } });
		execution.apiKey = SIMULATOR_KEY;
		expect(statuses(await execution.output())).toStrictEqual(['success']);
	});

	/** Every value of a workflow setting that n8n knows; a new setting is a type error here. */
	const SETTINGS: { [Name in keyof IWorkflowSettings]-?: Array<IWorkflowSettings[Name]> } = {
		timezone: ['America/New_York'],
		errorWorkflow: ['1'],
		callerIds: ['1'],
		callerPolicy: ['any', 'none', 'workflowsFromAList', 'workflowsFromSameOwner'],
		saveDataErrorExecution: ['all', 'none', 'DEFAULT'],
		saveDataSuccessExecution: ['all', 'none', 'DEFAULT'],
		saveManualExecutions: [true, false],
		saveExecutionProgress: [true, false],
		executionTimeout: [3600],
		executionOrder: ['v0', 'v1'],
		engineType: ['v1', 'v2'],
		binaryMode: ['separate', 'combined'],
		timeSavedPerExecution: [1],
		timeSavedMode: ['fixed', 'dynamic'],
		availableInMCP: [true],
		credentialResolverId: ['1'],
		redactionPolicy: ['all', 'none', 'non-manual'],
		customTelemetryTags: [[{ key: 'a', value: 'b' }]],
	};

	it('comes with any setting of the workflow, or nothing is sent', async () => {
		const refused: unknown[] = [];
		for (const [name, values] of Object.entries(SETTINGS)) {
			for (const value of values) {
				simulator.reset();
				const started = suspend([add(READY_SOON)], { settings: { [name]: value } });
				const execution = await started.catch(() => refused.push([name, value]));
				if (!(execution instanceof Suspended)) {
					expect(simulator.requests()).toHaveLength(0);
					continue;
				}
				expect(statuses(await execution.output())).toStrictEqual(['success']);
				await execution.close();
			}
		}
		expect(refused).toStrictEqual([['binaryMode', 'combined']]);
	}, 60_000);

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
	it('with the base video makes the node ask for the 4K video', async () => {
		const taskId = add({ timings: { upgrade4k: NEVER }, ...LOST });
		const execution = await suspend([taskId], { timeout: 30 });
		const [order] = simulator.requests({ path: GET_4K });
		const { callBackUrl } = order?.body as { callBackUrl: string };
		simulator.finish(taskId, 'get4k');
		const base = 'https://tempfile.aiquickdraw.com/v/base.mp4';
		const info = { resultUrls: [base], resolution: '720p' };
		const data = { taskId, promptJson: '{}', info, fallbackFlag: false };
		const body = { code: 200, msg: 'Veo3.1 video generated successfully.', data };
		expect(await execution.call(callBackUrl, body)).toBe(200);
		const [item] = await execution.output();
		expect(item?.json).toMatchObject({ taskId, status: 'success', resolution: '4k' });
		expect(JSON.stringify(item)).not.toContain(base);
		expect(requestsAbout(taskId, GET_4K)).toBe(2);
	});

	const held = { timings: { upgrade4k: NEVER } };

	it('that is not a wake-up of this suspension is refused, and the execution keeps waiting', async () => {
		const first = await suspend([add(held)], { timeout: 3 });
		await until(() => first.wakeUps.length > 0);
		const origin = `http://${new URL(addressOf(0)).host}`;
		const caught = `${origin}${first.wakeUps[0]?.url}`;
		const value = new URL(caught).searchParams.get('kieVeoWakeUp') ?? '';
		const proof = readSubmission(
			new URL(addressOf(0)).searchParams.get('kieVeo'),
			addressKey(SIMULATOR_KEY),
		);
		expect(proof).not.toBeNull();
		const withValue = (wakeUp: string) => {
			const url = new URL(caught);
			url.searchParams.set('kieVeoWakeUp', wakeUp);
			return url.href;
		};
		const [payload = ''] = value.split('.');
		const final = Buffer.from(JSON.stringify({ kind: 'final', at: Date.now() }));
		for (const forged of [
			'',
			'x',
			`${value}x`,
			`${payload}.`,
			`${final.toString('base64url')}.${value.split('.')[1]}`,
			new URL(addressOf(0)).searchParams.get('kieVeo') ?? '',
		]) {
			expect(await first.call(withValue(forged))).toBe(401);
		}
		expect(first.resumed).toHaveLength(0);

		const second = await Suspended.start({
			simulator,
			items: [{ taskId: add(held) }],
			timeout: 60,
		});
		const foreign = new URL(addressOf(1));
		foreign.searchParams.delete('kieVeo');
		foreign.searchParams.set('kieVeoWakeUp', value);
		expect(await second.call(foreign.href)).toBe(401);
		expect(second.resumed).toHaveLength(0);
		await second.close();
	});

	it('is answered while the execution is being resumed', async () => {
		const execution = await suspend([add(READY_SOON)], {
			timeout: 60,
			parameters: { download: true },
		});
		simulator.fault({ kind: 'slow', ms: 1_000, host: 'file' });
		await until(() => simulator.requests({ host: 'file' }).length > 0);
		const [delivery] = simulator.deliveries;
		if (delivery) await simulator.repeatCallback(delivery);
		expect(execution.calls).toMatchObject([{ status: 200 }]);
		await simulator.callbacksSettled();
		const [item] = await execution.output();
		expect(item).toMatchObject({ json: { status: 'success' }, binary: { data: {} } });
		expect(item?.json).not.toHaveProperty('error');
		expect(execution.calls.at(-1)).toMatchObject({ status: 200 });
	});

	it('comes again while large files are fetched, so that a crash loses nothing', async () => {
		const execution = await suspend([add(READY_SOON)], {
			timeout: 60,
			parameters: { download: true },
		});
		simulator.fault({ kind: 'slow', ms: 9_500, host: 'file' });
		await until(() => execution.calls.length > 0);
		expect(execution.calls[0]).toMatchObject({ status: 503 });
		await execution.output(20_000);
	}, 40_000);

	it('with a credential that is gone is answered 500, and the execution keeps waiting', async () => {
		const execution = await suspend([add({ ...READY_SOON, ...LOST })], { timeout: 2 });
		execution.breakCredentials = true;
		await until(() => execution.wakeUps.length > 0);
		expect(execution.wakeUps[0]).toMatchObject({ status: 500, body: { waiting: true } });
		execution.breakCredentials = false;
		expect(statuses(await execution.output())).toStrictEqual(['success']);
	});

	it('resumes once, whatever comes at the same time', async () => {
		const taskIds = Array.from({ length: 6 }, () => add(held));
		const execution = await suspend(taskIds, { timeout: 2 });
		await until(() => execution.wakeUps.length > 0);
		const again = `http://${new URL(addressOf(0)).host}${execution.wakeUps[0]?.url}`;
		for (const taskId of taskIds) simulator.finish(taskId, 'get4k');
		await Promise.all(Array.from({ length: 10 }, async () => await execution.call(again)));
		await simulator.callbacksSettled();
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
			expect(simulator.paid()).toHaveLength(4);
		},
		20_000,
	);

	it('after a restart wait until the deadline that was set, and watch it again', async () => {
		const taskIds = [add(READY_SOON), add({ ...LOST, timings: { upgrade4k: NEVER } })];
		const execution = await suspend(taskIds, { timeout: 8 });
		execution.restart();
		await until(() => execution.calls.length > 0);
		await simulator.callbacksSettled();
		simulator.finish(String(taskIds[1]), 'get4k');
		expect(statuses(await execution.output(15_000))).toStrictEqual(['success', 'success']);
	}, 20_000);

	it('ask n8n 1.x, which resumes for each of them, whether the execution still waits', async () => {
		const resume = async (line: '1.x' | '2.x') => {
			const taskId = add({ timings: { upgrade4k: NEVER } });
			const execution = await suspend([taskId], { timeout: 60, line });
			execution.restart();
			simulator.finish(taskId, 'get4k');
			expect(statuses(await execution.output())).toStrictEqual(['success']);
			await execution.close();
			return execution.wakeUps;
		};
		expect(await resume('1.x')).toMatchObject([{ status: 200, body: { waiting: true } }]);
		expect(await resume('2.x')).toHaveLength(0);
	});
});

/** The address of the n-th submission. */
function addressOf(submission: number): string {
	const body = simulator.submissions()[submission]?.body as { callBackUrl: string };
	return body.callBackUrl;
}
