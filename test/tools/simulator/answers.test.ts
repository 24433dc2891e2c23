import {
	type Failure,
	type NextTask,
	type Simulator,
	IN_CHINESE,
	KIE_FAILURES,
	startSimulator,
} from './';
import { call } from './testing';

const GENERATE = '/api/v1/veo/generate';
const FOUR_K = '/api/v1/veo/get-4k-video';
const taskId = 'veo_task_odd';

const { noCreditsAs500, imageFetchInside, codeAsText } = KIE_FAILURES;
const failures = Object.entries<Failure>({ noCreditsAs500, imageFetchInside, codeAsText });

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({
		accounts: [
			{ key: 'kie-simulator-key' },
			...failures.map(([key, noCredits]) => ({ key, credits: 0, noCredits })),
		],
	});
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

const ask = async (path: string, fields?: object, key?: string) =>
	(await call(simulator.apiUrl + path, { body: fields, key })).body;
const generate = async (next: NextTask = {}, key?: string) => {
	simulator.nextTask(next);
	return await ask(GENERATE, { prompt: 'A dog', model: 'veo3_fast' }, key);
};
const record = async (id = taskId) => await ask(`/api/v1/veo/record-info?taskId=${id}`);
const post4k = async () => await ask(FOUR_K, { taskId });
const get1080p = async () => await ask(`/api/v1/veo/get-1080p-video?taskId=${taskId}`);

const envelopeOf = ({ code, msg, errorMessage }: Failure) => ({
	code,
	msg,
	data: errorMessage === undefined ? null : { errorMessage },
});

describe.each(failures)('the words of %s', (name, failure) => {
	it('can refuse an account without credits', async () => {
		expect(await generate({}, name)).toEqual(envelopeOf(failure));
		expect(simulator.account(name).ledger).toEqual([]);
	});

	it('can refuse a generation and both upgrades, unbilled', async () => {
		const refused = { outcome: 'refused' as const, failure };
		expect(await generate({ generation: refused })).toEqual(envelopeOf(failure));
		simulator.addVideo({ taskId, upgrade1080p: refused, upgrade4k: refused });
		expect(await post4k()).toEqual(envelopeOf(failure));
		expect(await get1080p()).toEqual(envelopeOf(failure));
		expect(simulator.submissions()).toHaveLength(3);
		expect(simulator.paid()).toEqual([]);
	});

	it('can report a failed task, in its record or instead of it', async () => {
		const { code, msg, errorMessage = msg } = failure;
		simulator.addVideo({ taskId, state: 'failed', generation: { failure } });
		expect(await record()).toMatchObject({
			code: 200,
			data: { successFlag: 2, errorCode: code, errorMessage },
		});
		const other = simulator.addVideo({
			state: 'failed',
			generation: { failure, failureIn: 'envelope' },
		});
		expect(await record(other)).toEqual(envelopeOf(failure));
	});
});

describe('an accepted request', () => {
	it.each([
		[{ code: 201, msg: 'success' }, { code: 201 }],
		[{ code: 0, msg: 'success' }, { code: 0 }],
		[{ code: null, msg: 'success' }, {}],
		[{ code: 505, msg: 'success' }, { code: 505 }],
		[{ code: 422, msg: 'Your request was rejected by Flow(...)' }, { code: 422 }],
		[{ code: '200', msg: 'success' }, { code: '200' }],
	])('can be answered with %j, and is billed', async (accepted, shown) => {
		const { msg } = accepted;
		expect(await generate({ taskId, generation: { accepted } })).toStrictEqual({
			...shown,
			msg,
			data: { taskId },
		});
		simulator.finish(taskId);
		simulator.setDefaults({ upgrade4k: { accepted } });
		simulator.addVideo({ taskId: 'another' });
		expect(await ask(FOUR_K, { taskId: 'another' })).toStrictEqual({
			...shown,
			msg,
			data: { taskId: 'another', resultUrls: null, imageUrls: null },
		});
		expect(simulator.paid()).toHaveLength(2);
	});

	it('can have a number as the id of its task, everywhere', async () => {
		simulator.setDefaults({ taskIds: 'number' });
		const callBackUrl = 'http://127.0.0.1:1/';
		const body = { prompt: 'A dog', model: 'veo3_fast', callBackUrl };
		const { data } = (await ask(GENERATE, body)) as { data: { taskId: number } };
		expect(Number.isSafeInteger(data.taskId)).toBe(true);
		simulator.finish(String(data.taskId));
		expect(await record(String(data.taskId))).toMatchObject({
			data: { taskId: data.taskId, response: { taskId: data.taskId } },
		});
		expect(JSON.parse(simulator.deliveries[0]?.body ?? '')).toMatchObject({ data });
		expect(await ask(FOUR_K, { taskId: String(data.taskId) })).toMatchObject({
			data: { taskId: data.taskId },
		});
	});
});

describe('work in progress', () => {
	it('can be code 400 of record-info, until it has ended', async () => {
		simulator.addVideo({ taskId, state: 'waiting', record: { running: '400' } });
		expect(await record()).toEqual({
			code: 400,
			msg: expect.stringContaining('is processing'),
			data: null,
		});
		simulator.finish(taskId);
		expect(await record()).toMatchObject({ code: 200, data: { successFlag: 1 } });
	});

	it('can end as code 400 of a policy', async () => {
		const outcome = { outcome: 'failure' as const, failureIn: 'envelope' as const };
		const video = { record: { running: '400' as const }, generation: outcome };
		simulator.addVideo({ taskId, state: 'waiting', ...video });
		simulator.finish(taskId);
		expect(await record()).toMatchObject({ code: 400, msg: expect.stringContaining('flagged') });
	});

	it('can be a 4K answer in words and with data that nobody knows', async () => {
		const upgrade4k = { runningText: 'Upscaling (3/5)', pendingData: 'empty' as const };
		simulator.addVideo({ taskId, upgrade4k });
		await post4k();
		const data = { taskId, resultUrls: [], imageUrls: [] };
		expect(await post4k()).toEqual({ code: 422, msg: 'Upscaling (3/5)', data });
		const other = { ...upgrade4k, first: 'processing' as const, runningCode: 400 as const };
		simulator.addVideo({ taskId: 'other', upgrade4k: other });
		expect(await ask(FOUR_K, { taskId: 'other' })).toMatchObject({ code: 400 });
	});

	it('can be told in Chinese, the end as well', async () => {
		const running = expect.stringContaining('正在处理中');
		simulator.setDefaults(IN_CHINESE);
		simulator.addVideo({ taskId });
		await post4k();
		expect(await post4k()).toMatchObject({ code: 422, msg: running });
		expect(await get1080p()).toMatchObject({ code: 400, msg: running });
		simulator.finish(taskId, 'get4k');
		expect(await post4k()).toMatchObject({ code: 422, msg: '视频已成功生成' });
		const failed = simulator.addVideo({ state: 'failed' });
		expect(await record(failed)).toMatchObject({
			data: { errorMessage: KIE_FAILURES.failedInChinese.msg },
		});
	});

	it('can be refused for the pace of requests, in other words', async () => {
		const refusal = KIE_FAILURES.callFrequency;
		const strict = await startSimulator({ rateLimit: { limit: 0, refusal } });
		const body = { prompt: 'A dog', model: 'veo3_fast' };
		expect((await call(strict.apiUrl + GENERATE, { body })).body).toEqual(envelopeOf(refusal));
		await strict.close();
	});
});
