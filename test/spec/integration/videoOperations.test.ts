import { ExpressionError, type OnError } from 'n8n-workflow';

import { addressKey, readSubmission } from '../../../nodes/KieVeo/addresses/submission';
import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { caught, jsonOf, runOperation, type OperationRun, type RunOptions } from './runNode';

useFastTime();
const kie = useAccounts();

const run = async (given: OperationRun) => await runOperation(kie.credentials, given);
it.each([
	['an object by expression', '={{ ({ id: $json.taskId }) }}', { id: expect.any(String) }],
	['an empty object', '{}', undefined],
	['nothing', '', undefined],
])('Get 4K Video passes through %s', async (_name, passThrough, expected) => {
	const callBackUrl = 'http://127.0.0.1:9/webhook/veo?room=a%20b';
	const parameters = { waitMode: 'none', callBackUrl };
	await run({ taskIds: [kie.simulator.addVideo()], parameters, options: { passThrough } });
	const [request] = kie.simulator.requests();
	const sent = (request?.body as { callBackUrl: string }).callBackUrl;
	expect(sent.startsWith(`${callBackUrl}&kieVeo=`)).toBe(true);
	const part = new URL(sent).searchParams.get('kieVeo');
	const submission = readSubmission(part, addressKey(kie.credentials.apiKey));
	expect(submission?.passThrough).toStrictEqual(expected);
});

describe('Asking for a 4K video', () => {
	it('stops asking when the question for the state has started another upgrade', async () => {
		const taskId = kie.simulator.addVideo({
			timings: { upgrade4k: 1500 },
			upgrade4k: { outcome: 'failure', afterFailure: 'restart' },
		});
		const error = await caught(run({ taskIds: [taskId] }));
		expect(error.message).toContain(taskId);
		expect(error.message).toContain('as a new order');
		expect(error.description).toContain('may be billed');
		expect(error.description).toContain(`Run Get 4K Video again with task ID ${taskId}`);
		expect(kie.simulator.paid()).toHaveLength(2);
	});

	describe('of the same video on several items', () => {
		const submit = async (callbacks: string[], onError?: OnError) => {
			const result = await run({
				parameters: {
					taskId: kie.simulator.addVideo(),
					waitMode: 'none',
					callBackUrl: '={{ $json.callBackUrl }}',
				},
				items: callbacks.map((callBackUrl) => ({ json: { callBackUrl } })),
				onError,
			});
			return jsonOf(result);
		};
		const [A, B] = ['http://127.0.0.1:9/a', 'http://127.0.0.1:9/b'];
		const called = () =>
			kie.simulator.requests().map(({ body }) => (body as { callBackUrl?: string }).callBackUrl);

		it.each([
			['the address of a later item', ['', A]],
			['the address they share', [A, '', A]],
		])('gives Kie %s', async (_name, callbacks) => {
			await submit(callbacks);
			expect(called()).toStrictEqual([expect.stringContaining(`${A}?`)]);
		});

		it('refuses a second address: Kie calls only one', async () => {
			const error = await caught(submit([A, B]));
			expect(error.message).toContain("'Callback URL'");
			expect(error.context).toMatchObject({ itemIndex: 1 });
			expect(kie.simulator.requests()).toHaveLength(0);

			const items = await submit([A, B], 'continueRegularOutput');
			expect(items.map(({ status }) => status)).toStrictEqual(['processing', 'failed']);
			expect(called()).toStrictEqual([expect.stringContaining(`${A}?`)]);
		});
	});

	it('never follows a redirect with the API key', async () => {
		const taskId = kie.simulator.addVideo();
		const location = `${kie.simulator.fileUrl}/elsewhere`;
		kie.simulator.fault({ kind: 'redirect', location, times: 9 });
		const items = await run({ taskIds: [taskId], onError: 'continueRegularOutput' });
		expect(jsonOf(items)[0]?.error).toContain(taskId);
		expect(kie.simulator.requests({ host: 'file' })).toHaveLength(0);
	});
});

describe('The wait for a 4K video', () => {
	it.each([
		['warns of a shorter limit of the workflow', 90, 1],
		['is silent about a longer one', 30, 0],
	])('before n8n ends the execution: %s', async (_what, timeout, hints) => {
		const taskIds = [kie.simulator.addVideo()];
		const settings = { executionTimeout: 60 };
		const result = await run({ taskIds, options: { timeout }, settings });
		expect(jsonOf(result)[0]).toMatchObject({ status: 'success' });
		expect(result.hints).toHaveLength(hints);
		const warning = `'Timeout' is ${timeout} s, but n8n ends this execution in`;
		for (const { message } of result.hints) expect(message).toContain(warning);
	});

	it('ends soon after the user stops the execution, naming what was submitted', async () => {
		const taskId = kie.simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const stop = new AbortController();
		const running = caught(
			run({ taskIds: [taskId], options: { pollInterval: 30 }, signal: stop.signal }),
		);
		setTimeout(() => stop.abort(), 300);
		const started = Date.now();
		const error = await running;
		expect(Date.now() - started).toBeLessThan(2_000);
		expect(error.description).toContain(taskId);
	});
});

describe('several items', () => {
	it('with Continue on fail, one bad item never costs the others theirs', async () => {
		const no4k = kie.simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const taskIds = [kie.simulator.addVideo(), no4k, '', kie.simulator.addVideo()];
		const result = await run({ taskIds, onError: 'continueRegularOutput' });
		const statuses = jsonOf(result).map(({ status }) => status);
		expect(statuses).toStrictEqual(['success', 'failed', 'failed', 'success']);
		expect(jsonOf(result)[1]).toStrictEqual({
			error: expect.stringContaining('unavailable'),
			taskId: no4k,
			index: 0,
			operation: 'get4k',
			status: 'failed',
		});
		expect(jsonOf(result)[2]).toMatchObject({ error: "'Task ID' is empty", operation: 'get4k' });
		expect(result.items).toMatchObject(taskIds.map((_, item) => ({ pairedItem: { item } })));
	});

	it('marks the item of a video that failed for the error output, and older n8n can take the mark off', async () => {
		const no4k = kie.simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const { items } = await run({ taskIds: [no4k], onError: 'continueErrorOutput' });
		const [item] = items;
		expect(item?.error?.message).toContain('unavailable');
		expect(Object.keys(item ?? {})).not.toContain('error');
		Object.assign(item ?? {}, { error: undefined });
		expect(item).toMatchObject({ error: undefined, json: { taskId: no4k, status: 'failed' } });
	});

	it('without it, the error names the other videos that were already submitted', async () => {
		const good = kie.simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const failing = kie.simulator.addVideo({
			timings: { upgrade4k: 800 },
			upgrade4k: { outcome: 'failure', afterFailure: 'answer' },
		});
		const error = await caught(run({ taskIds: [good, failing] }));
		expect(error.message).toContain(failing);
		expect(error.description).toContain(good);
		expect(error.context).toMatchObject({ itemIndex: 1 });
	});
});

describe('before any request', () => {
	it("an expression that fails is raised with n8n's own explanation", async () => {
		const parameters = { taskId: "={{ $('Nowhere').item.json.taskId }}" };
		const error = await caught(run({ taskIds: ['a'], parameters }));
		expect(error).toBeInstanceOf(ExpressionError);
		expect(kie.simulator.requests()).toHaveLength(0);
	});

	it('one bad item among good ones keeps all of them from being submitted', async () => {
		const taskId = kie.simulator.addVideo();
		const error = await caught(run({ taskIds: [taskId, ''] }));
		expect(error.context).toMatchObject({ itemIndex: 1 });
		expect(kie.simulator.requests()).toHaveLength(0);
	});

	it.each(['toString', '__proto__', 'nonsense'])('operation %s is not known', async (operation) => {
		const error = await caught(run({ taskIds: ['t'], operation }));
		expect(error.message).toContain('is not known');
	});
});

describe('Wait for Callback', () => {
	it.each<[words: string, where: Partial<RunOptions>]>([
		['as a tool of an AI agent', { type: 'n8n-nodes-kie-veo.kieVeoTool' }],
		['engine 2.0', { executionId: '01932c5e-7a4b-7c3d-8e9f-0123456789ab' }],
		['binaryMode: combined', { settings: { binaryMode: 'combined' } }],
		['WEBHOOK_URL', { credentials: { apiKey: 'k', baseUrl: 'https://api.kie.ai' } }],
	])('is refused where it cannot work: %s', async (words, where) => {
		const { credentials, ...given } = { credentials: kie.credentials, ...where };
		const parameters = { waitMode: 'callback' };
		const error = await caught(runOperation(credentials, { taskIds: ['a'], parameters, ...given }));
		expect(`${error.message} ${error.description}`).toContain(words);
		expect(kie.simulator.requests()).toHaveLength(0);
	});

	it('keeps what it is suspended with when n8n takes its output apart for an error output', async () => {
		const taskIds = [kie.simulator.addVideo(), kie.simulator.addVideo()];
		const { items, stored } = await run({
			taskIds,
			parameters: { waitMode: 'callback' },
			onError: 'continueErrorOutput',
		});
		items.splice(0);
		expect(stored?.map((item) => item.json)).toMatchObject(
			taskIds.map((taskId) => ({ taskId, status: 'processing' })),
		);
		// Anyone who reads the items early does not learn of a timeout that has not happened.
		expect(JSON.stringify(stored)).not.toContain('timedOut');
	});
});

describe('the account', () => {
	it('gives its credits to every item with one request', async () => {
		const result = await run({
			operation: 'getCredits',
			parameters: { resource: 'account' },
			items: [{ json: {} }, { json: {} }],
		});
		expect(jsonOf(result)).toStrictEqual([{ credits: 5916.25 }, { credits: 5916.25 }]);
		expect(kie.simulator.requests()).toHaveLength(1);
	});
});
