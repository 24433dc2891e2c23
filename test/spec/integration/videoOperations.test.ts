import { ExpressionError, type INodeParameters, type OnError } from 'n8n-workflow';

import { addressKey, readSubmission } from '../../../nodes/KieVeo/addresses/submission';
import { SIMULATOR_KEY, startSimulator, type Simulator } from '../../tools/simulator';
import { useFastTime } from './fastTime';
import { caught, jsonOf, runNode, runVideos, type VideoRun } from './runNode';

useFastTime();

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

const credentials = () => ({ apiKey: SIMULATOR_KEY, baseUrl: simulator.apiUrl });
const run = async (given: VideoRun) => await runVideos(credentials(), given);

describe('Get 4K Video', () => {
	it('submits, polls with POST, and gives the 4K URL of a video that arrives as 422', async () => {
		const taskId = simulator.addVideo();
		const [item] = jsonOf(await run({ taskIds: [taskId] }));
		expect(item).toMatchObject({
			taskId,
			index: 0,
			operation: 'get4k',
			status: 'success',
			resolution: '4k',
			code: 422,
			message: 'The video has been generated successfully',
		});
		expect(item?.videoUrl).toMatch(/^http:.*4k.*\.mp4$/i);
		expect(item).not.toHaveProperty('raw');
		expect(simulator.requests().map(({ method, path }) => `${method} ${path}`)).toStrictEqual([
			'POST /api/v1/veo/get-4k-video',
			'POST /api/v1/veo/get-4k-video',
		]);
		expect(simulator.paid()).toHaveLength(1);
	});

	it('returns immediately as "processing", with a hint, and passes the callback URL on', async () => {
		const taskId = simulator.addVideo();
		const callBackUrl = 'http://127.0.0.1:9/webhook/veo?room=a%20b';
		const result = await run({
			taskIds: [taskId],
			parameters: { waitMode: 'none', callBackUrl },
			options: { passThrough: '{"order": {"id": 42, "name": "Größe 視頻"}}' },
		});
		expect(jsonOf(result)[0]).toStrictEqual({
			taskId,
			index: 0,
			operation: 'get4k',
			status: 'processing',
			resolution: null,
			videoUrl: null,
			videoUrls: [],
			imageUrls: [],
			creditsConsumed: null,
			code: 200,
			message: 'success',
		});
		expect(result.hints[0]?.message).toContain('still working on 1 of 1');
		const sent = simulator.requests()[0]?.body as { callBackUrl: string };
		expect(sent).toStrictEqual({ taskId, index: 0, callBackUrl: expect.any(String) });
		expect(sent.callBackUrl.startsWith(`${callBackUrl}&kieVeo=`)).toBe(true);
		const part = new URL(sent.callBackUrl).searchParams.get('kieVeo');
		expect(readSubmission(part, addressKey(SIMULATOR_KEY))).toStrictEqual({
			operation: 'get4k',
			taskId,
			index: 0,
			passThrough: { order: { id: 42, name: 'Größe 視頻' } },
		});
	});

	it.each([
		['an object by expression', '={{ ({ id: $json.taskId }) }}', { id: expect.any(String) }],
		['an empty object', '{}', undefined],
		['nothing', '', undefined],
	])('passes through %s', async (_name, passThrough, expected) => {
		const taskId = simulator.addVideo();
		const callBackUrl = 'http://127.0.0.1:9/webhook/veo';
		const parameters = { waitMode: 'none', callBackUrl };
		await run({ taskIds: [taskId], parameters, options: { passThrough } });
		const sent = simulator.requests()[0]?.body as { callBackUrl: string };
		const part = new URL(sent.callBackUrl).searchParams.get('kieVeo');
		const submission = readSubmission(part, addressKey(SIMULATOR_KEY));
		expect(submission?.passThrough).toStrictEqual(expected);
	});

	it.each([
		['is not JSON', '{"a": ', 'is not a JSON object'],
		['is a list', '[1]', 'is not a JSON object'],
		['is too large', JSON.stringify({ text: 'ä'.repeat(600) }), 'is too large: 1211 bytes'],
	])('sends nothing when Pass Through %s', async (_name, passThrough, fault) => {
		const parameters = { waitMode: 'none', callBackUrl: 'http://127.0.0.1:9/x' };
		const running = run({ taskIds: ['a'], parameters, options: { passThrough } });
		await expect(running).rejects.toThrow(`'Pass Through' ${fault}`);
		expect(simulator.requests()).toHaveLength(0);
	});
});

describe('Asking for a 4K video', () => {
	it('stops asking when the question for the state has started another upgrade', async () => {
		const taskId = simulator.addVideo({
			timings: { upgrade4k: 1500 },
			upgrade4k: { outcome: 'failure', afterFailure: 'restart' },
		});
		const error = await caught(run({ taskIds: [taskId] }));
		expect(error.message).toContain(taskId);
		expect(error.message).toContain('as a new order');
		expect(error.description).toContain('may be billed');
		expect(error.description).toContain(`Run Get 4K Video again with task ID ${taskId}`);
		expect(simulator.paid()).toHaveLength(2);
	});

	it('takes the same video on several items as one, and gives each item the result', async () => {
		const [first, second] = [simulator.addVideo(), simulator.addVideo()];
		const result = await run({ taskIds: [first, second, first] });
		expect(jsonOf(result).map(({ taskId }) => taskId)).toStrictEqual([first, second, first]);
		expect(result.items.map(({ pairedItem }) => pairedItem)).toStrictEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(simulator.submissions()).toHaveLength(2);
	});

	describe('of the same video on several items', () => {
		const submit = async (callbacks: string[], { onError }: { onError?: OnError } = {}) => {
			const taskId = simulator.addVideo();
			const result = await runNode({
				parameters: {
					resource: 'video',
					operation: 'get4k',
					taskId,
					waitMode: 'none',
					callBackUrl: '={{ $json.callBackUrl }}',
				},
				items: callbacks.map((callBackUrl) => ({ json: { callBackUrl } })),
				credentials: { apiKey: SIMULATOR_KEY, baseUrl: simulator.apiUrl },
				onError,
			});
			return jsonOf(result);
		};
		const [A, B] = ['http://127.0.0.1:9/a', 'http://127.0.0.1:9/b'];
		const called = () =>
			simulator.requests().map(({ body }) => (body as { callBackUrl?: string }).callBackUrl);

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
			expect(simulator.requests()).toHaveLength(0);

			const items = await submit([A, B], { onError: 'continueRegularOutput' });
			expect(items.map(({ status }) => status)).toStrictEqual(['processing', 'failed']);
			expect(called()).toStrictEqual([expect.stringContaining(`${A}?`)]);
		});
	});

	it('never follows a redirect with the API key', async () => {
		const taskId = simulator.addVideo();
		const location = `${simulator.fileUrl}/elsewhere`;
		simulator.fault({ kind: 'redirect', location, times: 9 });
		const items = await run({ taskIds: [taskId], onError: 'continueRegularOutput' });
		expect(jsonOf(items)[0]?.error).toContain(taskId);
		expect(simulator.requests({ host: 'file' })).toHaveLength(0);
	}, 30_000);
});

describe('The wait for a 4K video', () => {
	describe('when the time is up', () => {
		it.each<[what: string, limit: Partial<VideoRun>, timeout: number, hints: number]>([
			['warns of a shorter limit of the workflow', { settings: { executionTimeout: 60 } }, 90, 1],
			['is silent about a longer one', { settings: { executionTimeout: 60 } }, 30, 0],
		])('before n8n ends the execution: %s', async (_what, limit, timeout, hints) => {
			const taskIds = [simulator.addVideo()];
			const result = await run({ taskIds, options: { timeout }, ...limit });
			expect(jsonOf(result)[0]).toMatchObject({ status: 'success' });
			expect(result.hints).toHaveLength(hints);
			const warning = `'Timeout' is ${timeout} s, but n8n ends this execution in`;
			for (const { message } of result.hints) expect(message).toContain(warning);
		});
	});

	it('ends soon after the user stops the execution, naming what was submitted', async () => {
		const taskId = simulator.addVideo({ timings: { upgrade4k: 60_000 } });
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
		const good = [simulator.addVideo(), simulator.addVideo(), simulator.addVideo()];
		const no4k = simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const taskIds = [good[0], no4k, good[1], '', good[2]].map((id) => id ?? '');
		const result = await run({ taskIds, onError: 'continueRegularOutput' });
		expect(jsonOf(result).map(({ status }) => status)).toStrictEqual([
			'success',
			'failed',
			'success',
			'failed',
			'success',
		]);
		expect(jsonOf(result)[1]).toStrictEqual({
			error: expect.stringContaining('unavailable'),
			taskId: no4k,
			index: 0,
			operation: 'get4k',
			status: 'failed',
		});
		expect(jsonOf(result)[3]).toMatchObject({ error: "'Task ID' is empty", operation: 'get4k' });
		expect(result.items.map(({ pairedItem }) => pairedItem)).toStrictEqual(
			taskIds.map((_, item) => ({ item })),
		);
	});

	it('marks the item of a video that failed for the error output, and older n8n can take the mark off', async () => {
		const no4k = simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const { items } = await run({ taskIds: [no4k], onError: 'continueErrorOutput' });
		const [item] = items;
		expect(item?.error?.message).toContain('unavailable');
		expect(Object.keys(item ?? {})).not.toContain('error');
		Object.assign(item ?? {}, { error: undefined });
		expect(item).toMatchObject({ error: undefined, json: { taskId: no4k, status: 'failed' } });
	});

	it('without it, the error names the other videos that were already submitted', async () => {
		const good = simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const failing = simulator.addVideo({
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
	it.each<[parameter: string, fault: string, parameters: INodeParameters]>([
		['Task ID', 'empty', { taskId: '  ' }],
		['Index', 'negative', { index: -1 }],
		['Index', 'fractional', { index: 1.5 }],
		['Poll Interval', 'below 1', { options: { pollInterval: 0.5 } }],
		['Timeout', 'negative', { options: { timeout: -5 } }],
	])('%s that is %s is refused by name', async (parameter, _fault, parameters) => {
		const taskId = simulator.addVideo();
		const error = await caught(run({ taskIds: [taskId, taskId], parameters }));
		expect(error.message).toContain(`'${parameter}'`);
		expect(error.description).toBeTruthy();
		expect(simulator.requests()).toHaveLength(0);
	});

	it('a private callback address is refused while the API is public', async () => {
		const running = runNode({
			parameters: {
				resource: 'video',
				operation: 'get4k',
				taskId: 'veo_task_1',
				waitMode: 'none',
				callBackUrl: 'http://localhost:5678/webhook/x',
			},
			credentials: { apiKey: 'k', baseUrl: 'https://api.kie.ai' },
		});
		const error = await caught(running);
		expect(error.message).toContain("'Callback URL'");
		expect(error.description).toContain('WEBHOOK_URL');
	});

	it("an expression that fails is raised with n8n's own explanation", async () => {
		const parameters = { taskId: "={{ $('Nowhere').item.json.taskId }}" };
		const error = await caught(run({ taskIds: ['a'], parameters }));
		expect(error).toBeInstanceOf(ExpressionError);
		expect(simulator.requests()).toHaveLength(0);
	});

	it('one bad item among good ones keeps all of them from being submitted', async () => {
		const taskId = simulator.addVideo();
		const error = await caught(run({ taskIds: [taskId, ''] }));
		expect(error.context).toMatchObject({ itemIndex: 1 });
		expect(simulator.requests()).toHaveLength(0);
	});

	it('a wait mode left from another operation is refused by Get', async () => {
		const parameters = { waitMode: 'callback' };
		const error = await caught(run({ taskIds: ['t'], operation: 'get', parameters }));
		expect(error.message).toContain("'Wait Mode'");
		expect(simulator.requests()).toHaveLength(0);
	});

	it.each(['toString', '__proto__', 'nonsense'])('operation %s is not known', async (operation) => {
		const error = await caught(run({ taskIds: ['t'], operation }));
		expect(error.message).toContain('is not known');
	});
});

describe('Wait for Callback, where it cannot work,', () => {
	const refused = async (options: Partial<Parameters<typeof runNode>[0]>, baseUrl: string) =>
		await caught(
			runNode({
				parameters: {
					resource: 'video',
					operation: 'get4k',
					taskId: 'veo_task_1',
					waitMode: 'callback',
				},
				credentials: { apiKey: SIMULATOR_KEY, baseUrl },
				...options,
			}),
		);

	it('is refused as a tool of an AI agent', async () => {
		const type = 'n8n-nodes-kie-veo.kieVeoTool';
		const error = await refused({ type }, simulator.apiUrl);
		expect(error.message).toContain('as a tool of an AI agent');
		expect(simulator.requests()).toHaveLength(0);
	});

	it("is refused on n8n's engine 2.0", async () => {
		const executionId = '01932c5e-7a4b-7c3d-8e9f-0123456789ab';
		const error = await refused({ executionId }, simulator.apiUrl);
		expect(error.message).toContain('engine 2.0');
		expect(error.description).toContain('Wait by Polling');
		expect(simulator.requests()).toHaveLength(0);
	});

	it('is refused at a local address, with the setting to change', async () => {
		const error = await refused({}, 'https://api.kie.ai');
		expect(error.message).toContain('Kie.ai could not call');
		expect(error.description).toContain('WEBHOOK_URL');
	});
});

describe('Wait for Callback', () => {
	it('keeps what it is suspended with when n8n takes its output apart for an error output', async () => {
		const taskIds = [simulator.addVideo(), simulator.addVideo()];
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
		const result = await runNode({
			parameters: { resource: 'account', operation: 'getCredits' },
			items: [{ json: {} }, { json: {} }],
			credentials: { apiKey: SIMULATOR_KEY, baseUrl: simulator.apiUrl },
		});
		expect(jsonOf(result)).toStrictEqual([{ credits: 5916.25 }, { credits: 5916.25 }]);
		expect(simulator.requests()).toHaveLength(1);
	});
});
