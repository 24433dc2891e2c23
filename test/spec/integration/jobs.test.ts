import type { INodeParameters } from 'n8n-workflow';

import { KieVeoTrigger } from '../../../nodes/KieVeo/KieVeoTrigger.node';
import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { startSimulator, type AddVideo, type Simulator } from '../../tools/simulator';
import { startReceiver, until, type Receiver } from '../../tools/simulator/testing';
import { useFastTime } from './fastTime';
import { caught, jsonOf, runVideos, runWebhook, type VideoRun } from './runNode';
import { Suspended, type SuspendOptions } from './suspended';

useFastTime();

const CREATE = '/api/v1/jobs/createTask';
const RECORD = '/api/v1/jobs/recordInfo';
const VEO_RECORD = '/api/v1/veo/record-info';
const HMAC_KEY = 'webhook-key';
const KEY = 'kie-simulator-key';

let simulator: Simulator;
let receiver: Receiver;

beforeAll(async () => {
	simulator = await startSimulator({
		accounts: [{ key: KEY, credits: 100_000, webhookHmacKey: HMAC_KEY }],
		rateLimit: { limit: 1000 },
		callbacks: { retries: 0 },
	});
	receiver = await startReceiver();
});
beforeEach(() => {
	simulator.reset();
	receiver.received.length = 0;
});
afterAll(async () => {
	await receiver.close();
	await simulator.close();
});

interface Run extends VideoRun {
	api?: ApiName;
}

const run = async ({ api = 'jobs', taskIds, ...given }: Run) => {
	const { apiUrl: baseUrl, uploadUrl: uploadBaseUrl } = simulator;
	const ids = taskIds ?? (given.operation === 'generate' ? [''] : [simulator.addVideo()]);
	const credentials = { apiKey: KEY, api, webhookSecret: HMAC_KEY, baseUrl, uploadBaseUrl };
	return await runVideos(credentials, { ...given, taskIds: ids });
};
const paths = () => [...new Set(simulator.requests().map(({ path }) => path))];
const OPERATIONS = ['generate', 'extend', 'get4k', 'get1080p'];

describe('an order through the jobs API', () => {
	it.each(OPERATIONS)('of %s is made once, and polled by free reads', async (operation) => {
		const [item] = jsonOf(await run({ operation }));
		expect(item).toMatchObject({ operation, status: 'success' });
		expect(paths()).toStrictEqual([CREATE, RECORD]);
		expect(simulator.submissions()).toHaveLength(1);
		expect(simulator.paid()).toHaveLength(1);
	});

	it.each(['get4k', 'get1080p'])(
		'of %s keeps the ID of the video beside its own',
		async (operation) => {
			for (const upgradeResult of ['urls', 'data'] as const) {
				const taskId = simulator.addVideo({ jobs: { upgradeResult } });
				const [item] = jsonOf(await run({ operation, taskIds: [taskId] }));
				expect(item).toMatchObject({ taskId, kieTaskId: expect.stringMatching(/^veo_upgrade_/) });
				expect(String(item?.videoUrl)).toContain(operation === 'get4k' ? '4k.mp4' : '1080p.mp4');
				const [again] = jsonOf(await run({ operation: 'get', taskIds: [String(item?.kieTaskId)] }));
				expect(again).toMatchObject({
					taskId: item?.kieTaskId,
					videoUrl: item?.videoUrl,
					resolution: item?.resolution,
				});
			}
		},
	);

	it('names the ID to fetch it by where the waiting time runs out', async () => {
		const taskId = simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const error = await caught(
			run({ operation: 'get4k', taskIds: [taskId], options: { timeout: 1 } }),
		);
		expect(error.message).toContain(taskId);
		expect(error.description).toMatch(/Run Get with task ID veo_upgrade_\w+: it is free/);
		for (const [onError, onTimeout] of [
			['continueRegularOutput', 'error'],
			['stopWorkflow', 'continue'],
		] as const) {
			const options = { timeout: 1, onTimeout };
			const result = await run({ operation: 'get4k', taskIds: [taskId], options, onError });
			const kieTaskId = expect.stringMatching(/^veo_upgrade_/);
			expect(jsonOf(result)).toMatchObject([{ taskId, kieTaskId, timedOut: true }]);
		}
	});

	it('says by which ID to fetch what was not waited for', async () => {
		const result = await run({ operation: 'get4k', parameters: { waitMode: 'none' } });
		expect(result.hints[0]?.message).toContain("'kieTaskId'");
	});

	it.each<[what: string, run: Run, text: string]>([
		['a seed', { operation: 'generate', options: { seed: 12345 } }, "'Seed'"],
	])('is refused before any request where it cannot be: %s', async (_what, options, text) => {
		const error = await caught(run(options));
		expect(error.message).toContain(text);
		expect(simulator.requests()).toHaveLength(0);
	});
});

describe('what was made before a switch', () => {
	const other = { veo: 'jobs', jobs: 'veo' } as const;

	it.each<ApiName>(['veo', 'jobs'])('with "%s" can still be read and downloaded', async (api) => {
		const [made] = jsonOf(await run({ operation: 'generate', api }));
		const taskId = String(made?.taskId);
		const [read] = jsonOf(await run({ operation: 'get', taskIds: [taskId], api: other[api] }));
		expect(read).toStrictEqual({ ...made, operation: 'get' });
	});

	it.each<ApiName>(['veo', 'jobs'])(
		'with "%s" is not upgraded through the other API',
		async (api) => {
			const taskId = simulator.addVideo({ api });
			for (const operation of ['get4k', 'get1080p', 'extend']) {
				const error = await caught(run({ operation, taskIds: [taskId], api: other[api] }));
				const label = api === 'veo' ? 'Veo Endpoints' : 'Unified Jobs API';
				expect(error.message).toContain(taskId);
				expect(error.description).toContain(`choose '${label}' under 'Order Through'`);
			}
			expect(simulator.paid()).toHaveLength(0);
		},
	);
});

describe('Wait for Callback with jobs', () => {
	const open: Suspended[] = [];
	afterEach(async () => {
		await Promise.all(open.splice(0).map(async (one) => await one.close()));
	});
	const suspend = async (options: Partial<SuspendOptions>) => {
		const suspended = await Suspended.start({
			simulator,
			api: 'jobs',
			items: [{ taskId: simulator.addVideo(), prompt: 'A dog' }],
			timeout: 30,
			webhookSecret: HMAC_KEY,
			...options,
		});
		open.push(suspended);
		return suspended;
	};

	describe.each(['job', 'dedicated'] as const)('reported in the form "%s"', (callback) => {
		it.each(OPERATIONS)('gives what %s has made, without asking for another', async (operation) => {
			simulator.setDefaults({ jobs: { callback } });
			const suspended = await suspend({ operation });
			const [item] = await suspended.output();
			expect(item?.json).toMatchObject({ operation, status: 'success' });
			expect(simulator.paid()).toHaveLength(1);
			expect(simulator.submissions()).toHaveLength(1);
		});

		it.each(['get4k', 'get1080p'])(
			'reports a failed %s, and keeps the ID of the job',
			async (operation) => {
				const outcome = { outcome: 'failure' } as const;
				const video: AddVideo = { jobs: { callback }, upgrade4k: outcome, upgrade1080p: outcome };
				const taskId = simulator.addVideo(video);
				const suspended = await suspend({ operation, items: [{ taskId }] });
				const [item] = await suspended.output();
				expect(item?.json).toMatchObject({
					taskId,
					kieTaskId: expect.stringMatching(/^veo_upgrade_/),
					status: 'failed',
				});
				expect(simulator.requests({ path: CREATE })).toHaveLength(1);
			},
		);
	});

	it.each(['get4k', 'get1080p'])(
		'finds out about a lost report of %s by free reads',
		async (operation) => {
			const taskId = simulator.addVideo({ callback: { copies: 0 } });
			const suspended = await suspend({ operation, items: [{ taskId }], timeout: 4 });
			const [item] = await suspended.output();
			expect(item?.json).toMatchObject({ taskId, status: 'success' });
			expect(simulator.requests({ path: CREATE })).toHaveLength(1);
		},
	);

	it('finds out about a failed upgrade whose report was lost, and orders none', async () => {
		const upgrade4k = { outcome: 'failure', afterFailure: 'restart' } as const;
		const taskId = simulator.addVideo({ callback: { copies: 0 }, upgrade4k });
		const suspended = await suspend({ operation: 'get4k', items: [{ taskId }], timeout: 4 });
		const [item] = await suspended.output();
		expect(item?.json).toMatchObject({ taskId, status: 'failed' });
		expect(simulator.requests({ path: CREATE })).toHaveLength(1);
	});

	it('continues after a restart and a switch to the Veo endpoints', async () => {
		const taskId = simulator.addVideo({ callback: { copies: 0 }, timings: { upgrade4k: 1_000 } });
		const suspended = await suspend({
			operation: 'get4k',
			items: [{ taskId }],
			timeout: 6,
			apiLater: 'veo',
		});
		const [item] = await suspended.output(15_000);
		expect(item?.json).toMatchObject({ taskId, status: 'success' });
		expect(simulator.submissions()).toHaveLength(1);
		expect(paths()).toStrictEqual([CREATE, RECORD]);
	});

	it('takes the report of the Veo endpoints after a switch to jobs', async () => {
		const suspended = await suspend({ operation: 'get4k', api: 'veo', apiLater: 'jobs' });
		const [item] = await suspended.output();
		expect(item?.json).toMatchObject({ status: 'success', resolution: '4k' });
		expect(simulator.submissions()).toHaveLength(1);
	});

	it('does not take the report of another job', async () => {
		const taskId = simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const suspended = await suspend({ operation: 'get4k', items: [{ taskId }], timeout: 3 });
		const { callBackUrl } = simulator.requests({ path: CREATE })[0]?.body as {
			callBackUrl: string;
		};
		const { url } = receiver;
		await run({
			operation: 'get4k',
			parameters: { waitMode: 'none', callBackUrl: `${url}/webhook/veo` },
		});
		await simulator.callbacksSettled();
		await until(
			() => receiver.received.length,
			(count) => count > 0,
		);
		const sent = JSON.parse(receiver.received[0]?.body ?? '') as object;
		expect(await suspended.call(callBackUrl, sent)).toBe(401);
		const [item] = await suspended.output();
		expect(item?.json).toMatchObject({ taskId, status: 'processing', timedOut: true });
	});
});

const EVENTS = ['get4k.success', 'get4k.failed', 'get1080p.success', 'get1080p.failed'];
/** Each test has a trigger of its own, which remembers nothing. */
let node = 0;
beforeEach(() => {
	node += 1;
});

/** An upgrade that reports to the receiver. */
const order = async (operation: string, video: AddVideo = {}) => {
	const taskId = simulator.addVideo(video);
	const count = receiver.received.length;
	await run({
		operation,
		taskIds: [taskId],
		parameters: { waitMode: 'none', callBackUrl: `${receiver.url}/webhook/veo` },
		options: { passThrough: '{"order": 7}' },
	});
	await until(
		() => receiver.received.length,
		(now) => now > count,
	);
	await simulator.callbacksSettled();
	const callback = receiver.received.at(-1);
	if (!callback) throw new Error('nothing was reported');
	return { taskId, callback };
};

const receive = async (
	callback: Awaited<ReturnType<typeof order>>['callback'],
	{ api = 'jobs', options = {}, signature = 'required' } = {} as {
		api?: ApiName;
		options?: INodeParameters;
		signature?: string;
	},
) =>
	await runWebhook({
		nodeType: new KieVeoTrigger(),
		nodeId: `trigger-${node}`,
		parameters: { events: EVENTS, signatureVerification: signature, options },
		credentials: { apiKey: KEY, api, webhookSecret: HMAC_KEY, baseUrl: simulator.apiUrl },
		callback,
	});

describe('the trigger and the report of an upgrade job', () => {
	describe.each<ApiName>(['veo', 'jobs'])('with "%s" in the credential', (api) => {
		it.each([
			['get4k', 'job', 'success'],
			['get4k', 'dedicated', 'success'],
			['get4k', 'job', 'failed'],
			['get1080p', 'job', 'success'],
			['get1080p', 'dedicated', 'success'],
			['get1080p', 'job', 'failed'],
		] as const)('starts with %s in the form "%s" that is a %s', async (operation, form, end) => {
			const outcome = { outcome: end === 'failed' ? 'failure' : 'success' } as const;
			const video: AddVideo = {
				jobs: { callback: form },
				upgrade4k: outcome,
				upgrade1080p: outcome,
			};
			const { taskId, callback } = await order(operation, video);
			const { status, items } = await receive(callback, { api });
			expect(status).toBe(200);
			expect(items?.[0]?.json).toMatchObject({
				event: `${operation}.${end}`,
				taskId,
				kieTaskId: expect.stringMatching(/^veo_upgrade_/),
				index: 0,
				passThrough: { order: 7 },
			});
		});

		it('confirms for free, and orders nothing', async () => {
			const { callback } = await order('get4k');
			const before = simulator.requests().length;
			const { items } = await receive(callback, { api, options: { confirm: true } });
			expect(items?.[0]?.json).toMatchObject({ event: 'get4k.success', resolution: '4k' });
			const asked = simulator.requests().slice(before);
			expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toStrictEqual(
				new Set(api === 'jobs' ? [`GET ${RECORD}`] : [`GET ${VEO_RECORD}`, `GET ${RECORD}`]),
			);
		});
	});
});

describe('a report of an upgrade job that is not to be trusted', () => {
	it('refuses the report of another video at this address', async () => {
		const mine = await order('get4k');
		const other = await order('get4k');
		const forged = { ...other.callback, path: mine.callback.path };
		expect(await receive(forged)).toMatchObject({ status: 401, items: null });
	});

	it('refuses the report of another kind or index of upgrade of the same video', async () => {
		const mine = await order('get4k');
		const callBackUrl = `${receiver.url}/webhook/veo`;
		await run({
			operation: 'get1080p',
			taskIds: [mine.taskId],
			parameters: { waitMode: 'none', callBackUrl },
		});
		await until(
			() => receiver.received.length,
			(count) => count > 1,
		);
		const other = receiver.received.at(-1);
		if (!other) throw new Error('nothing was reported');
		const { status } = await receive({ ...other, path: mine.callback.path });
		expect(status).toBe(401);
	});

	it('asks to be called again where Kie.ai cannot be asked', async () => {
		const { callback } = await order('get4k');
		simulator.fault({ kind: 'status', code: 500, path: RECORD, times: 9 });
		expect(await receive(callback)).toMatchObject({ status: 503, items: null });
	});
});
