import { randomUUID } from 'node:crypto';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { NEVER } from '../../tools/simulator';
import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { caught, jsonOf, runOperation, type OperationRun } from './runNode';

/* A node that runs again in the same execution: Retry On Fail, or a retry of the execution. */

/** Where no n8n answers: the node orders nevertheless. */
const NOBODY = 'http://127.0.0.1:9/webhook-waiting';
useFastTime();
const kie = useAccounts();

interface Run extends OperationRun {
	prompts?: string[];
	waitMode?: string;
	api?: ApiName;
}

/** An execution whose node can be run several times. Forgetful: as if n8n had begun it for the first time. */
function execution(first: Run = {}, isForgetful = false) {
	let contextData = {};
	const executionId = randomUUID();
	return async (again: Run = {}) => {
		if (isForgetful) contextData = {};
		const { prompts = ['A dog'], waitMode = 'poll', api = 'veo', ...run } = { ...first, ...again };
		return await runOperation(
			{ ...kie.credentials, api },
			{
				operation: 'generate',
				...(run.taskIds ? {} : { items: prompts.map((prompt) => ({ json: { prompt } })) }),
				...run,
				executionId,
				contextData,
				parameters: { prompt: '={{ $json.prompt }}', waitMode, ...run.parameters },
			},
		);
	};
}
const paid = () => kie.simulator.paid().length;
const GENERATE = '/api/v1/veo/generate';
const CREATE = '/api/v1/jobs/createTask';
const SLOW = { timings: { generate: 5_000 } };

describe.each(['veo', 'jobs'] as const)('an order that is run again, with "%s"', (api) => {
	it('is picked up when the waiting time had run out', async () => {
		kie.simulator.nextTask(SLOW);
		const run = execution({ api, options: { timeout: 1 } });
		const error = await caught(run());
		const { items, hints } = await run({ options: { timeout: 60 } });
		const [item] = items;
		expect(error.message).toContain(String(item?.json.taskId));
		expect(item?.json).toMatchObject({ status: 'success', operation: 'generate' });
		expect(hints.map(({ message }) => message)).toContainEqual(
			expect.stringContaining('Picked up from the run before: 1 of 1'),
		);
		expect(paid()).toBe(1);
	});

	it('is new where Kie says that the task has failed', async () => {
		kie.simulator.nextTask({ prompt: 'second', generation: { outcome: 'failure' } });
		const run = execution({ api, prompts: ['first', 'second', 'third'] });
		await caught(run());
		const items = jsonOf(await run());
		expect(items.map(({ status }) => status)).toStrictEqual(['success', 'success', 'success']);
		expect(paid()).toBe(4);
	});

	it('fails as before where its answer was lost', async () => {
		const path = api === 'veo' ? GENERATE : CREATE;
		kie.simulator.fault({ kind: 'reset-after', path });
		const run = execution({ api });
		const first = await caught(run());
		const second = await caught(run());
		expect(first.message).toContain("Kie.ai's answer was lost");
		expect(second.message).toBe(first.message);
		expect(kie.simulator.requests({ path })).toHaveLength(1);
	});

	it('is new with another prompt, and each of two equal items has its own', async () => {
		const run = execution({ api, prompts: ['A dog', 'A dog'], waitMode: 'none' });
		await run();
		await run();
		expect(paid()).toBe(2);
		await run({ prompts: ['A dog', 'A cat'] });
		expect(paid()).toBe(3);
	});
});

describe("an order placed before 'Order Through' was switched", () => {
	const slowUpgrade = () => kie.simulator.addVideo({ timings: { upgrade4k: 4_000 } });

	it.each(['get4k', 'get1080p'])('is waited for as the job it is: %s', async (operation) => {
		const taskId = kie.simulator.addVideo({ timings: { upgrade4k: 4_000, upgrade1080p: 4_000 } });
		const run = execution({ api: 'jobs', operation, taskIds: [taskId], options: { timeout: 1 } });
		await caught(run());
		const [item] = jsonOf(await run({ api: 'veo', options: { timeout: 60 } }));
		expect(item).toMatchObject({ taskId, status: 'success' });
		expect(paid()).toBe(1);
	});

	it.each([
		[500, 'Server Error'],
		[505, 'This feature is currently disabled'],
		[422, 'recordInfo is null'],
	])('is not ordered again when asking for the job gives %i', async (code, msg) => {
		const run = execution({
			api: 'jobs',
			operation: 'get4k',
			taskIds: [slowUpgrade()],
			waitMode: 'none',
		});
		await run();
		const path = '/api/v1/jobs/recordInfo';
		kie.simulator.fault({ kind: 'status', code, msg, path, times: Infinity });
		await run({ api: 'veo' }).catch(() => undefined);
		expect(paid()).toBe(1);
	});

	it('is picked up for each of two equal items', async () => {
		const taskId = kie.simulator.addVideo();
		const callBackUrl = 'http://127.0.0.1:9/webhook/veo';
		const run = execution({
			operation: 'get1080p',
			taskIds: [taskId, taskId],
			waitMode: 'none',
			parameters: { callBackUrl },
		});
		await run({ api: 'jobs' });
		expect(jsonOf(await run({ api: 'veo' }))).toHaveLength(2);
		expect(paid()).toBe(1);
	});

	it('is not ordered as a job as well, and the error says where it is', async () => {
		const taskId = slowUpgrade();
		const run = execution({ operation: 'get4k', taskIds: [taskId], options: { timeout: 1 } });
		await caught(run());
		const { description } = await caught(run({ api: 'jobs' }));
		expect(description).toContain(`task ID ${taskId} and index 0, through the Veo Endpoints`);
		expect(paid()).toBe(1);
	});

	it('is picked up whatever the other API offers, but a new order keeps within it', async () => {
		kie.simulator.nextTask({ prompt: 'bad', generation: { outcome: 'failure' } });
		const run = execution({ waitMode: 'none', options: { seed: 12_345 }, prompts: ['good'] });
		const bad = execution({ waitMode: 'none', options: { seed: 12_345 }, prompts: ['bad'] });
		const [first] = jsonOf(await run());
		const [failed] = jsonOf(await bad());
		kie.simulator.finish(String(failed?.taskId));
		const [second] = jsonOf(await run({ api: 'jobs' }));
		expect(second?.taskId).toBe(first?.taskId);
		expect((await caught(bad({ api: 'jobs' }))).message).toContain("'Seed'");
		expect(paid()).toBe(2);
	});
});

describe('the fallback of a 4K upgrade that Kie refuses', () => {
	const FALLBACK = { on4kUnavailable: 'get1080p' };
	const UNAVAILABLE = 'The 4K version of this video is unavailable. Please try a different video.';
	const only1080p = ({ body }: { body: unknown }) =>
		(body as { model: string }).model.includes('1080p');
	const failing = { outcome: 'failure', afterFailure: 'answer' } as const;

	it.each(['veo', 'jobs'] as const)(
		'is picked up by a retry, with "%s"',
		async (api) => {
			const timings = { upgrade4k: 300, upgrade1080p: 6_000 };
			const taskId = kie.simulator.addVideo({ api, timings, upgrade4k: failing });
			const run = execution({ api, operation: 'get4k', taskIds: [taskId] });
			await caught(run({ options: { timeout: 3, ...FALLBACK } }));
			const [item] = jsonOf(await run({ options: { timeout: 60, ...FALLBACK } }));
			expect(item).toMatchObject({ operation: 'get4k', status: 'success', fallback: '1080p' });
			expect(paid()).toBe(2);
		},
		30_000,
	);

	it('is ordered where a retry finds that the upgrade has failed', async () => {
		const timings = { upgrade4k: 3_000 };
		const taskId = kie.simulator.addVideo({ api: 'jobs', timings, upgrade4k: failing });
		const run = execution({ api: 'jobs', operation: 'get4k', taskIds: [taskId] });
		await caught(run({ options: { timeout: 1, ...FALLBACK } }));
		kie.simulator.finish(taskId, 'get4k');
		const [item] = jsonOf(await run({ options: { timeout: 60, ...FALLBACK } }));
		expect(item).toMatchObject({ status: 'success', fallback: '1080p' });
		expect(paid()).toBe(2);
	});

	it('is picked up although Kie named a job while it refused the upgrade', async () => {
		const taskId = kie.simulator.addVideo({ api: 'jobs', timings: { upgrade1080p: 5_000 } });
		const body = { code: 500, msg: UNAVAILABLE, data: { taskId: 'job-123' } };
		kie.simulator.fault({ kind: 'answer', body, path: CREATE, processed: false });
		const run = execution({ api: 'jobs', operation: 'get4k', taskIds: [taskId] });
		const error = await caught(run({ options: { timeout: 2, ...FALLBACK } }));
		expect(error.message).toContain('The 1080P video');
		const [item] = jsonOf(await run({ options: { timeout: 300, ...FALLBACK } }));
		expect(item).toMatchObject({ status: 'success', fallback: '1080p' });
	}, 30_000);

	it('is not ordered below the credits to keep, also after the upgrade was picked up', async () => {
		const timings = { upgrade4k: 3_000 };
		const taskId = kie.simulator.addVideo({ timings, upgrade4k: failing });
		const run = execution({ operation: 'get4k', taskIds: [taskId] });
		await caught(run({ options: { timeout: 1 } }));
		const again = run({ options: { timeout: 60, minimumCredits: 1e9, ...FALLBACK } });
		expect((await caught(again)).message).toContain('fewer than the 1000000000');
		expect(paid()).toBe(1);
	});

	it('is not ordered when the waiting time is over', async () => {
		const timings = { upgrade4k: 1_700, upgrade1080p: 6_000 };
		const taskId = kie.simulator.addVideo({ timings, upgrade4k: failing });
		const run = execution({ operation: 'get4k', taskIds: [taskId] });
		await caught(run({ options: { timeout: 2, ...FALLBACK } }));
		expect(paid()).toBe(1);
	});

	it('costs the job of the upgrade no ID: the error names it', async () => {
		const taskId = kie.simulator.addVideo({
			...{ api: 'jobs', timings: { upgrade4k: 1_500 }, upgrade4k: failing },
		});
		const refused = { kind: 'status', code: 402, msg: 'Credits insufficient' } as const;
		kie.simulator.fault({ ...refused, path: CREATE, when: only1080p });
		const run = execution({ api: 'jobs', operation: 'get4k', taskIds: [taskId] });
		const error = await caught(run({ options: { timeout: 30, ...FALLBACK } }));
		expect(error.message).toMatch(/, job [\w-]{10,}: .* The fallback failed too: /);
	});

	it('is lost again in a retry if its answer was lost', async () => {
		const taskId = kie.simulator.addVideo({ api: 'jobs', upgrade4k: { outcome: 'refused' } });
		kie.simulator.fault({ kind: 'reset-after', path: CREATE, when: only1080p });
		const options = { timeout: 30, ...FALLBACK };
		const run = execution({ api: 'jobs', operation: 'get4k', taskIds: [taskId], options });
		await caught(run());
		const { message } = await caught(run());
		expect(message).toContain('Kie.ai refused the 4K video');
		expect(message).toContain('The fallback failed too: Get 1080P Video');
		expect(paid()).toBe(1);
	});
});

describe('what this execution has ordered', () => {
	it('is asked about by the record alone once asking may have ordered again', async () => {
		const taskId = kie.simulator.addVideo({
			timings: { upgrade4k: NEVER },
			upgrade4k: { outcome: 'failure' },
		});
		const run = execution({ operation: 'get4k', taskIds: [taskId], waitMode: 'none' });
		for (let retry = 0; retry < 4; retry++) {
			const [item] = jsonOf(await run());
			expect(item?.status).toBe('processing');
			kie.simulator.finish(taskId, 'get4k');
		}
		expect(paid()).toBe(2);
	});

	it('is not said to be picked up alone when asking for it may have ordered again', async () => {
		const taskId = kie.simulator.addVideo({ upgrade4k: { outcome: 'failure' } });
		const run = execution({ operation: 'get4k', taskIds: [taskId], waitMode: 'none' });
		await run();
		kie.simulator.finish(taskId, 'get4k');
		const { items, hints } = await run();
		expect(items[0]?.json.message).toContain('may have started, and billed, another upgrade');
		expect(JSON.stringify(hints)).not.toContain('Nothing new was ordered');
	});

	it('is not ordered again when Kie has it no longer on record', async () => {
		const run = execution({ waitMode: 'none' });
		const [first] = jsonOf(await run());
		const msg = 'Temporarily supports records within 14 days';
		kie.simulator.fault({ kind: 'status', code: 422, msg, path: '/api/v1/veo/record-info' });
		const { message } = await caught(run());
		expect(message).toContain(String(first?.taskId));
		expect(message).toContain(msg);
		expect(paid()).toBe(1);
	});

	it('is a job that Kie named although it refused the upgrade', async () => {
		const data = { taskId: 'job-123' };
		const body = { code: 402, msg: 'Credits insufficient', data };
		kie.simulator.fault({ kind: 'answer', body, path: CREATE, processed: false });
		const taskId = kie.simulator.addVideo();
		const run = execution({ api: 'jobs', operation: 'get4k', taskIds: [taskId], waitMode: 'none' });
		expect((await caught(run())).description).toContain(
			'Run Get with task ID job-123: it is free.',
		);
		await run();
		expect(kie.simulator.requests({ path: CREATE })).toHaveLength(1);
	});

	it('is not ordered again after the failure of another item ended the run', async () => {
		kie.simulator.nextTask({ prompt: 'bad', generation: { outcome: 'failure' } });
		kie.simulator.nextTask({ ...SLOW, prompt: 'slow' });
		const run = execution({ prompts: ['slow', 'bad', 'good'] });
		await caught(run());
		await run({ prompts: ['slow', 'good again', 'good'] });
		expect(paid()).toBe(4);
	});

	it('is not ordered again if its answer came after the failure that ended the run', async () => {
		const about = (prompt: string) => (request: { body: unknown }) =>
			(request.body as { prompt?: string }).prompt === prompt;
		kie.simulator.fault({ kind: 'status', code: 400, when: about('refused') });
		kie.simulator.fault({ kind: 'slow', ms: 300, when: about('slow') });
		const run = execution({ prompts: ['refused', 'slow'], waitMode: 'none' });
		await caught(run());
		await run();
		expect(kie.simulator.requests({ path: GENERATE })).toHaveLength(3);
		expect(paid()).toBe(2);
	});

	it('is suspended without an error in what is returned, with which n8n would run the node again', async () => {
		kie.simulator.fault({ kind: 'status', code: 400, msg: 'No such model' });
		const { items, stored } = await execution({
			prompts: ['refused', 'good'],
			waitMode: 'callback',
			onError: 'continueRegularOutput',
			webhookWaitingBaseUrl: NOBODY,
		})();
		expect(stored?.[0]?.json).toMatchObject({
			status: 'failed',
			error: expect.stringContaining('No such model'),
		});
		expect(items[0]?.json).not.toHaveProperty('error');
		expect(items[0]?.json).toMatchObject({ message: expect.stringContaining('No such model') });
	});

	it('is not ordered again by an old n8n that starts a waiting execution over', async () => {
		const run = execution({ waitMode: 'callback', webhookWaitingBaseUrl: NOBODY }, true);
		expect((await run()).stored).toHaveLength(1);
		expect((await caught(run())).description).toContain('started this execution over');
		expect(paid()).toBe(1);
	});

	it.each(['veo', 'jobs'] as const)('can be an upgrade, with "%s"', async (api) => {
		const taskId = kie.simulator.addVideo({ api, timings: { upgrade4k: 4_000 } });
		const run = execution({ api, operation: 'get4k', taskIds: [taskId], options: { timeout: 1 } });
		await caught(run());
		const [item] = jsonOf(await run({ options: { timeout: 60 } }));
		expect(item).toMatchObject({ taskId, status: 'success', resolution: '4k' });
		expect(paid()).toBe(1);
	});

	it('is asked about, not waited for by callback, when it is picked up', async () => {
		kie.simulator.nextTask(SLOW);
		const run = execution({ waitMode: 'none' });
		const [first] = jsonOf(await run());
		const { stored } = await run({ waitMode: 'callback' });
		expect(stored?.[0]?.json).toMatchObject({
			taskId: first?.taskId,
			status: 'processing',
			code: null,
		});
		expect(paid()).toBe(1);
	});

	it('is kept as digests and ids: all of the newest round, 1,000 of earlier ones', async () => {
		const contextData: { [node: string]: { kieVeoOrders?: object } } = {};
		const ofRound = (round: number, length: number) =>
			Array.from({ length }, (_, item) => [`${round}.${item}.old`, [`veo_task_${item}`]] as const);
		const orders = Object.fromEntries([...ofRound(-1, 1_500), ...ofRound(0, 1_001)]);
		contextData['node:Kie.ai'] = { kieVeoOrders: orders };
		await runOperation(kie.credentials, {
			operation: 'generate',
			parameters: { prompt: 'secret', waitMode: 'none' },
			contextData,
		});
		const kept = Object.entries(contextData['node:Kie.ai']?.kieVeoOrders ?? {});
		expect(kept).toHaveLength(1_500 + 1_000 + 1);
		expect(kept.map(([key]) => key)).not.toContain('0.0.old');
		expect(JSON.stringify(kept.at(-1))).toMatch(/^\["-1\.0\.[\w-]{16}",\["[\w-]+"\]\]$/);
		expect(JSON.stringify(kept)).not.toContain('secret');
	});
});
