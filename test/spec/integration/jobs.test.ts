import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import type { AddVideo } from '../../tools/simulator';
import {
	startReceiver,
	until,
	type ReceivedCallback,
	type Receiver,
} from '../../tools/simulator/testing';
import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { caught, jsonOf, runOperation, runTrigger, type OperationRun } from './runNode';
import { useSuspended, type SuspendOptions } from './suspended';

useFastTime();

const CREATE = '/api/v1/jobs/createTask';
const RECORD = '/api/v1/jobs/recordInfo';
const VEO_RECORD = '/api/v1/veo/record-info';
const HMAC_KEY = 'webhook-key';

const kie = useAccounts({ webhookHmacKey: HMAC_KEY }, { callbacks: { retries: 0 } });
const start = useSuspended();
let receiver: Receiver;
beforeAll(async () => void (receiver = await startReceiver()));
beforeEach(() => void (receiver.received.length = 0));
afterAll(async () => await receiver.close());

const credentialsFor = (api: ApiName) => ({ ...kie.credentials, api, webhookSecret: HMAC_KEY });

interface Run extends OperationRun {
	api?: ApiName;
}

const run = async ({ api = 'jobs', ...given }: Run) => {
	const taskIds = given.operation === 'generate' ? [''] : [kie.simulator.addVideo()];
	return await runOperation(credentialsFor(api), { taskIds, ...given });
};
const paths = () => [...new Set(kie.simulator.requests().map(({ path }) => path))];
const OPERATIONS = ['generate', 'extend', 'get4k', 'get1080p'];
/** Upgrades with that end. */
const endingAs = (status: string) => {
	const outcome = status === 'failed' ? 'failure' : 'success';
	return { upgrade4k: { outcome }, upgrade1080p: { outcome } } as const;
};

describe('an order through the jobs API', () => {
	it.each(['get4k', 'get1080p'])(
		'of %s keeps the ID of the video beside its own',
		async (operation) => {
			for (const upgradeResult of ['urls', 'data'] as const) {
				const taskId = kie.simulator.addVideo({ jobs: { upgradeResult } });
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
		const taskId = kie.simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const error = await caught(run({ taskIds: [taskId], options: { timeout: 1 } }));
		expect(error.message).toContain(taskId);
		expect(error.description).toMatch(/Run Get with task ID veo_upgrade_\w+: it is free/);
		for (const [onError, onTimeout] of [
			['continueRegularOutput', 'error'],
			['stopWorkflow', 'continue'],
		] as const) {
			const options = { timeout: 1, onTimeout };
			const result = await run({ taskIds: [taskId], options, onError });
			const kieTaskId = expect.stringMatching(/^veo_upgrade_/);
			expect(jsonOf(result)).toMatchObject([{ taskId, kieTaskId, timedOut: true }]);
		}
	});

	it('says by which ID to fetch what was not waited for', async () => {
		const result = await run({ parameters: { waitMode: 'none' } });
		expect(result.hints[0]?.message).toContain("'kieTaskId'");
	});
});

describe('what was made before a switch', () => {
	const other = { veo: 'jobs', jobs: 'veo' } as const;

	it.each<ApiName>(['veo', 'jobs'])(
		'with "%s" is not upgraded through the other API',
		async (api) => {
			const taskId = kie.simulator.addVideo({ api });
			for (const operation of ['get4k', 'get1080p', 'extend']) {
				const error = await caught(run({ operation, taskIds: [taskId], api: other[api] }));
				const label = api === 'veo' ? 'Veo Endpoints' : 'Unified Jobs API';
				expect(error.message).toContain(taskId);
				expect(error.description).toContain(`choose '${label}' under 'Order Through'`);
			}
			expect(kie.simulator.paid()).toHaveLength(0);
		},
	);
});

describe('Wait for Callback with jobs', () => {
	const suspend = async ({
		api = 'jobs',
		...options
	}: Partial<SuspendOptions> & { api?: ApiName }) =>
		await start({
			credentials: credentialsFor(api),
			items: [{ taskId: kie.simulator.addVideo(), prompt: 'A dog' }],
			timeout: 30,
			...options,
		});

	describe.each(['job', 'dedicated'] as const)('reported in the form "%s"', (callback) => {
		it.each([
			...OPERATIONS.map((operation) => [operation, 'success']),
			['get4k', 'failed'],
			['get1080p', 'failed'],
		])('gives what became of %s, a %s, and orders none', async (operation, status) => {
			kie.simulator.setDefaults({ jobs: { callback }, ...endingAs(status) });
			const suspended = await suspend({ operation });
			const [item] = await suspended.output();
			expect(item?.json).toMatchObject({ operation, status });
			if (operation.startsWith('get')) expect(item?.json.kieTaskId).toMatch(/^veo_upgrade_/);
			expect(kie.simulator.submissions()).toHaveLength(1);
		});
	});

	it.each<[operation: string, status: string, video: AddVideo]>([
		['get4k', 'success', {}],
		['get1080p', 'success', {}],
		['get4k', 'failed', { upgrade4k: { outcome: 'failure', afterFailure: 'restart' } }],
	])(
		'finds out by free reads that %s is a %s whose report was lost, and orders none',
		async (operation, status, video) => {
			const taskId = kie.simulator.addVideo({ callback: { copies: 0 }, ...video });
			const suspended = await suspend({ operation, items: [{ taskId }], timeout: 4 });
			const [item] = await suspended.output();
			expect(item?.json).toMatchObject({ taskId, status });
			expect(kie.simulator.requests({ path: CREATE })).toHaveLength(1);
		},
	);

	it('continues after a restart and a switch to the Veo endpoints', async () => {
		const taskId = kie.simulator.addVideo({
			callback: { copies: 0 },
			timings: { upgrade4k: 1_000 },
		});
		const suspended = await suspend({ items: [{ taskId }], timeout: 6 });
		suspended.credentials.api = 'veo';
		const [item] = await suspended.output(15_000);
		expect(item?.json).toMatchObject({ taskId, status: 'success' });
		expect(kie.simulator.submissions()).toHaveLength(1);
		expect(paths()).toStrictEqual([CREATE, RECORD]);
	});

	it('takes the report of the Veo endpoints after a switch to jobs', async () => {
		const suspended = await suspend({ api: 'veo' });
		suspended.credentials.api = 'jobs';
		const [item] = await suspended.output();
		expect(item?.json).toMatchObject({ status: 'success', resolution: '4k' });
		expect(kie.simulator.submissions()).toHaveLength(1);
	});

	it('does not take the report of another job', async () => {
		const taskId = kie.simulator.addVideo({ timings: { upgrade4k: 60_000 } });
		const suspended = await suspend({ items: [{ taskId }], timeout: 3 });
		const { callBackUrl } = kie.simulator.submissions()[0]?.body as { callBackUrl: string };
		const { callback } = await order('get4k');
		expect(await suspended.call(callBackUrl, JSON.parse(callback.body))).toBe(401);
		const [item] = await suspended.output();
		expect(item?.json).toMatchObject({ taskId, status: 'processing', timedOut: true });
	});
});

/** An upgrade, of a new video or of one that is there, which reports to the receiver. */
async function order(operation: string, { taskId, ...video }: AddVideo = {}) {
	const taskIds = [taskId ?? kie.simulator.addVideo(video)];
	const count = receiver.received.length;
	await run({
		operation,
		taskIds,
		parameters: { waitMode: 'none', callBackUrl: `${receiver.url}/webhook/veo` },
		options: { passThrough: '{"order": 7}' },
	});
	const callback = await until(
		() => receiver.received[count],
		(received) => received !== undefined,
	);
	await kie.simulator.callbacksSettled();
	if (!callback) throw new Error('nothing was reported');
	return { taskId: taskIds[0], callback };
}

const receive = async (callback: ReceivedCallback, api: ApiName = 'jobs', options = {}) =>
	await runTrigger(callback, credentialsFor(api), options);

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
			const video = { jobs: { callback: form }, ...endingAs(end) };
			const { taskId, callback } = await order(operation, video);
			const { status, items } = await receive(callback, api);
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
			const before = kie.simulator.requests().length;
			const { items } = await receive(callback, api, { confirm: true });
			expect(items?.[0]?.json).toMatchObject({ event: 'get4k.success', resolution: '4k' });
			const asked = kie.simulator.requests().slice(before);
			expect(new Set(asked.map(({ method, path }) => `${method} ${path}`))).toStrictEqual(
				new Set(api === 'jobs' ? [`GET ${RECORD}`] : [`GET ${VEO_RECORD}`, `GET ${RECORD}`]),
			);
		});
	});
});

describe('a report of an upgrade job that is not to be trusted', () => {
	it.each([
		['another video', 'get4k', false],
		['another kind of upgrade of the same video', 'get1080p', true],
	])('refuses the report of %s at this address', async (_what, operation, isSame) => {
		const mine = await order('get4k');
		const other = await order(operation, isSame ? { taskId: mine.taskId } : {});
		const forged = { ...other.callback, path: mine.callback.path };
		expect(await receive(forged)).toMatchObject({ status: 401, items: null });
	});

	it('asks to be called again where Kie.ai cannot be asked', async () => {
		const { callback } = await order('get4k');
		kie.simulator.fault({ kind: 'status', code: 500, path: RECORD, times: 9 });
		expect(await receive(callback)).toMatchObject({ status: 503, items: null });
	});
});
