import { KIE_RATE_LIMIT, NEVER, type Simulator, startSimulator } from './';
import { callbackSignature, SIMULATOR_KEY } from './';
import { KNOWN_SIGNATURES } from './knownSignatures';
import { call, type Receiver, startReceiver, until } from './testing';

/* Against Kie's documents: what each endpoint and callback says, not how the simulator does it. */

const HMAC_KEY = 'hmac';
const taskId = 'veo_task_abcdef123456';
const VEO = '/api/v1/veo';
const GENERATE = `${VEO}/generate`;
const GET_4K = `${VEO}/get-4k-video`;
const GET_1080P = `${VEO}/get-1080p-video?taskId=${taskId}&index=0`;
const CREATE = '/api/v1/jobs/createTask';
const order = { prompt: 'A dog', model: 'veo3_fast' };
const generateJob = { model: 'veo-3-1', input: { ...order, image_urls: ['https://a.test/1.png'] } };

let kie: Simulator;
let receiver: Receiver;

beforeAll(async () => {
	receiver = await startReceiver((callback) => (callback === 0 ? 500 : 200));
	kie = await startSimulator({
		accounts: [
			{ key: SIMULATOR_KEY, webhookHmacKey: HMAC_KEY },
			{ key: 'poor', credits: 59.5 },
		],
		timings: { generate: 20, extend: 20, upgrade1080p: 20, upgrade4k: 20 },
		callbacks: { retryDelayMs: 5 },
	});
});
beforeEach(() => {
	kie.reset();
	receiver.received.length = 0;
});
afterAll(async () => {
	await kie.close();
	await receiver.close();
});

interface Answer {
	code: number;
	msg: string;
	data: Record<string, unknown> & { taskId: string };
}

const ask = async (path: string, body?: unknown, key?: string | null) =>
	(await call(kie.apiUrl + path, { body, key })).body as Answer;
const record = async (id: string) => (await ask(`${VEO}/record-info?taskId=${id}`)).data;
const job = async (id: string) => (await ask(`/api/v1/jobs/recordInfo?taskId=${id}`)).data;
const ended = async (read: () => Promise<Answer['data']>) =>
	await until(read, ({ successFlag }) => successFlag !== 0);
const url = (name: string, id = taskId) => `${kie.fileUrl}/v/${id}-0-${name}`;

describe('the Veo endpoints', () => {
	it('generate, and show the task until it is done', async () => {
		kie.nextTask({ timings: { generate: NEVER } });
		const { code, msg, data } = await ask(GENERATE, { ...order, resolution: '1080p' });
		expect({ code, msg }).toStrictEqual({ code: 200, msg: 'success' });
		expect(await record(data.taskId)).toMatchObject({ successFlag: 0, response: null });
		kie.finish(data.taskId);
		expect(await record(data.taskId)).toMatchObject({
			taskId: data.taskId,
			paramJson: expect.stringContaining('"prompt":"A dog"'),
			completeTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
			successFlag: 1,
			errorCode: null,
			errorMessage: '',
			response: { resultUrls: [url('base.mp4', data.taskId)], resolution: '1080p' },
		});
		expect(kie.accounts[0]?.ledger).toMatchObject([{ operation: 'generate', credits: 65 }]);
	});

	it('give a 1080P video by asking again, billed once', async () => {
		kie.addVideo({ taskId });
		const processing = { code: 400, msg: expect.stringContaining('1080P is processing') };
		expect(await ask(GET_1080P)).toMatchObject(processing);
		const { data } = await until(
			async () => await ask(GET_1080P),
			({ code }) => code === 200,
		);
		expect(data).toStrictEqual({ resultUrl: url('1080p.mp4') });
		expect(kie.paid().map(({ creditsCharged }) => creditsCharged)).toStrictEqual([5]);
		expect(kie.submissions()).toHaveLength(1);
	});

	it('accept a 4K upgrade, then answer a repeat with 422, in the end with the URLs', async () => {
		kie.addVideo({ taskId, timings: { upgrade4k: NEVER } });
		const pending = { taskId, resultUrls: null, imageUrls: null };
		expect(await ask(GET_4K, { taskId })).toStrictEqual({
			...{ code: 200, msg: 'success', data: pending },
		});
		expect(await ask(GET_4K, { taskId })).toStrictEqual({
			code: 422,
			msg: '4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
			data: pending,
		});
		expect(await record(taskId)).toMatchObject({ response: { resultUrls: [url('base.mp4')] } });
		kie.finish(taskId, 'get4k');
		expect(await ask(GET_4K, { taskId })).toStrictEqual({
			code: 422,
			msg: 'The video has been generated successfully',
			data: { taskId, resultUrls: [url('4k.mp4')], imageUrls: [url('4k.jpg')] },
		});
		expect(kie.paid().map(({ creditsCharged }) => creditsCharged)).toStrictEqual([120]);
	});

	it.each<[what: string, state: object, code: number, msg: string]>([
		['an unknown task', { taskId: 'another' }, 422, 'record is null'],
		['a running one', { state: 'waiting' }, 422, 'record status is not success'],
		['a refused one', { upgrade4k: { outcome: 'refused' } }, 500, 'The 4K version of this video'],
	])('upgrade nothing of %s', async (_what, state, code, msg) => {
		kie.addVideo({ taskId, timings: { generate: NEVER }, ...state });
		const answer = await ask(GET_4K, { taskId });
		expect(answer).toMatchObject({ code, msg: expect.stringContaining(msg), data: null });
		expect(kie.paid()).toHaveLength(0);
	});
});

describe('the unified jobs API', () => {
	it('makes a video, and repeats the order in its record', async () => {
		const { data } = await ask(CREATE, generateJob);
		expect(data).toMatchObject({ taskId: expect.any(String), recordId: expect.any(String) });
		const done = await ended(async () => await job(data.taskId));
		const result = { resultUrls: [url('base.mp4', data.taskId)] };
		expect(done).toMatchObject({
			...{ model: 'veo-3-1', state: 'success', successFlag: 1, creditsConsumed: 60 },
			...{ failCode: null, failMsg: null, response: result, resultJson: JSON.stringify(result) },
		});
		const param = JSON.parse(String(done.param)) as { input: string };
		expect(JSON.parse(param.input)).toMatchObject({ model: 'veo3_fast' });
		expect(await ask(`${VEO}/record-info?taskId=${data.taskId}`)).toMatchObject({ code: 422 });
	});

	it('bills and makes Fast without a tier, and ignores what it does not know', async () => {
		await ask(CREATE, { model: 'veo-3-1', input: { prompt: 'x', modell: 'veo3' } });
		expect(kie.paid()).toMatchObject([{ creditsCharged: 60 }]);
	});

	it.each([
		['get4k', 'veo/get-4k-video', { task_id: taskId, index: 0 }, 120, '4k.mp4'],
		['get1080p', 'veo/get-1080p-video', { taskId, index: '0' }, 5, '1080p.mp4'],
		['extend', 'veo/extend', { task_id: taskId, prompt: 'On' }, 60, 'base.mp4'],
	])(
		'bills every order of %s, under an id of its own',
		async (_name, model, input, price, file) => {
			kie.addVideo({ taskId });
			const [one, two] = [await ask(CREATE, { model, input }), await ask(CREATE, { model, input })];
			expect(new Set([taskId, one?.data.taskId, two?.data.taskId]).size).toBe(3);
			expect(kie.paid().map(({ creditsCharged }) => creditsCharged)).toStrictEqual([price, price]);
			const done = await ended(async () => await job(String(one?.data.taskId)));
			expect(done.resultJson).toContain(file);
		},
	);

	it.each([
		['an unknown job', '/api/v1/jobs/recordInfo?taskId=x', undefined, 'recordInfo is null'],
		['an unknown model', CREATE, { model: 'veo-3-1-fast', input: {} }, 'The model name'],
		['a wrong input', CREATE, { model: 'veo/extend', input: { task_id: taskId } }, 'prompt'],
	])('refuses %s with 422', async (_what, path, body, msg) => {
		expect(await ask(path, body)).toMatchObject({ code: 422, msg: expect.stringContaining(msg) });
	});

	it('runs any other model at its own price, and refuses what it does not take in the words of 500', async () => {
		const model = 'google/nano-banana';
		await ask(CREATE, { model, input: { prompt: 'a lake' } });
		expect(kie.paid()).toMatchObject([{ operation: 'runModel', creditsCharged: 4 }]);
		const answer = await ask(CREATE, { model, input: {} });
		expect(answer).toMatchObject({ code: 500, msg: 'prompt is required', data: null });
		expect(kie.paid()).toHaveLength(1);
	});
});

describe('both APIs', () => {
	it('take no request without a key that is known', async () => {
		for (const key of [null, 'another']) {
			const { status, body } = await call(kie.apiUrl + GENERATE, { body: order, key });
			const refusal = { code: 401, msg: 'You do not have access permissions' };
			expect([status, body]).toStrictEqual([200, refusal]);
		}
	});

	it('accept 20 new requests of an account in 10 s, and queue none', async () => {
		const all = Array.from({ length: 22 }, async () => await ask(GENERATE, order));
		const codes = (await Promise.all(all)).map(({ code }) => code);
		expect(codes.filter((code) => code === 429)).toHaveLength(2);
		expect(kie.paid()).toHaveLength(KIE_RATE_LIMIT.limit);
		expect((await ask(GENERATE, order, 'poor')).code).toBe(402);
	});

	it('tell a decimal balance, and bill nothing beyond it', async () => {
		expect(await ask('/api/v1/chat/credit', undefined, 'poor')).toMatchObject({ data: 59.5 });
		expect((await ask(CREATE, generateJob, 'poor')).code).toBe(402);
		expect(kie.accounts[1]?.credits).toBe(59.5);
	});

	it('refuse a value that is missing, wrong or unknown', async () => {
		for (const body of [
			{ model: 'veo3_fast' },
			{ ...order, duration: 5 },
			{ ...order, ratio: 1 },
		]) {
			expect((await ask(GENERATE, body)).code).toBe(422);
		}
		expect(kie.paid()).toHaveLength(0);
	});
});

describe('a callback', () => {
	it.each(KNOWN_SIGNATURES)('of key %s over %s is signed as known', (key, id, time, signature) => {
		expect(callbackSignature(key, id, time)).toBe(signature);
	});

	it('comes signed, and again until it is received', async () => {
		kie.addVideo({ taskId });
		await ask(GET_4K, { taskId, callBackUrl: receiver.url });
		const [failed, received] = await until(
			() => receiver.received,
			({ length }) => length === 2,
		);
		await kie.callbacksSettled();
		expect(JSON.parse(String(received?.body))).toStrictEqual({
			code: 200,
			msg: '4K Video generated successfully.',
			data: { taskId, info: { resultUrls: [url('4k.mp4')], imageUrls: [url('4k.jpg')] } },
		});
		for (const { headers } of [failed, received].flatMap((one) => one ?? [])) {
			const time = String(headers['x-webhook-timestamp']);
			expect(headers['x-webhook-signature']).toBe(callbackSignature(HMAC_KEY, taskId, time));
		}
		const attempts = [{ status: 500 }, { status: 200 }];
		expect(kie.deliveries).toMatchObject([{ state: 'delivered', attempts }]);
	});

	it('of a job is its record', async () => {
		const { data } = await ask(CREATE, { ...generateJob, callBackUrl: receiver.url });
		await until(
			() => receiver.received,
			({ length }) => length === 2,
		);
		expect(JSON.parse(String(receiver.received[1]?.body))).toStrictEqual({
			code: 200,
			msg: 'Playground task completed successfully.',
			data: await job(data.taskId),
		});
	});
});
