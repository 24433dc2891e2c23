import { callbackSignature, NEVER, SIMULATOR_KEY, type Simulator, startSimulator } from './';
import { type Receiver, startReceiver, until } from './testing';

/*
 * Against Kie's documents, and only what no test of the node would notice: where Kie is stricter or poorer than the
 * node needs it to be, and what it bills.
 */

const HMAC_KEY = 'hmac';
const taskId = 'veo_task_abcdef123456';
const VEO = '/api/v1/veo';
const GENERATE = `${VEO}/generate`;
const GET_4K = `${VEO}/get-4k-video`;
const CREATE = '/api/v1/jobs/createTask';
const order = { prompt: 'A dog', model: 'veo3_fast' };

let kie: Simulator;
let receiver: Receiver;

beforeAll(async () => {
	receiver = await startReceiver();
	kie = await startSimulator({
		accounts: [
			{ key: SIMULATOR_KEY, webhookHmacKey: HMAC_KEY },
			{ key: 'poor', credits: 59.5 },
		],
		timings: { generate: 20, extend: 20, upgrade1080p: 20, upgrade4k: 20 },
		callbacks: { retryDelayMs: 5 },
	});
});
beforeEach(() => kie.reset());
afterAll(async () => {
	await kie.close();
	await receiver.close();
});

interface Answer {
	code: number;
	data: Record<string, unknown> & { taskId: string };
}

const send = async (path: string, body?: unknown, key = SIMULATOR_KEY) =>
	await fetch(kie.apiUrl + path, {
		method: body === undefined ? 'GET' : 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
const ask = async (...request: Parameters<typeof send>) =>
	(await (await send(...request)).json()) as Answer;
const url = (name: string) => `${kie.fileUrl}/v/${taskId}-0-${name}`;
const charges = () => kie.paid().map(({ creditsCharged }) => creditsCharged);

it('shows the base video in the record of a 4K upgrade, and the upgrade only to a repeat', async () => {
	kie.addVideo({ taskId, timings: { upgrade4k: NEVER } });
	const pending = { taskId, resultUrls: null, imageUrls: null };
	expect(await ask(GET_4K, { taskId })).toStrictEqual({ code: 200, msg: 'success', data: pending });
	expect(await ask(GET_4K, { taskId })).toStrictEqual({
		code: 422,
		msg: '4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
		data: pending,
	});
	kie.finish(taskId, 'get4k');
	const { data } = await ask(`${VEO}/record-info?taskId=${taskId}`);
	expect(data).toMatchObject({ response: { resultUrls: [url('base.mp4')] } });
	expect(await ask(GET_4K, { taskId })).toStrictEqual({
		code: 422,
		msg: 'The video has been generated successfully',
		data: { taskId, resultUrls: [url('4k.mp4')], imageUrls: [url('4k.jpg')] },
	});
	expect(charges()).toStrictEqual([120]);
});

it.each([
	['get-4k-video', { task_id: taskId, index: 0 }, 120],
	['get-1080p-video', { taskId, index: '0' }, 5],
])('bills every job %s, under an id of its own', async (model, input, price) => {
	kie.addVideo({ taskId });
	const job = { model: `veo/${model}`, input };
	const ids = [await ask(CREATE, job), await ask(CREATE, job)].map(({ data }) => data.taskId);
	expect(new Set([taskId, ...ids]).size).toBe(3);
	expect(charges()).toStrictEqual([price, price]);
});

it('bills and makes Fast for a job without a tier, and ignores what it does not know', async () => {
	await ask(CREATE, { model: 'veo-3-1', input: { prompt: 'x', modell: 'veo3' } });
	expect(charges()).toStrictEqual([60]);
});

it('takes no request without a key that is known', async () => {
	const answer = await send(GENERATE, order, 'another');
	expect(answer.status).toBe(200);
	expect(await answer.json()).toStrictEqual({
		code: 401,
		msg: 'You do not have access permissions',
	});
});

it('accepts 20 new requests of an account in 10 s, and queues none', async () => {
	const all = Array.from({ length: 22 }, async () => await ask(GENERATE, order));
	const codes = (await Promise.all(all)).map(({ code }) => code);
	expect(codes.filter((code) => code === 429)).toHaveLength(2);
	expect(charges()).toHaveLength(20);
	expect((await ask(GENERATE, order, 'poor')).code).toBe(402);
});

it.each([
	['a missing prompt', GENERATE, { model: 'veo3_fast' }, 422],
	['a wrong value', GENERATE, { ...order, duration: 5 }, 422],
	['an unknown field', GENERATE, { ...order, ratio: 1 }, 422],
	['an unknown task', GET_4K, { taskId: 'another' }, 422],
	['an unknown model', CREATE, { model: 'veo-3-1-fast', input: {} }, 422],
	['an input of Veo that is incomplete', CREATE, { model: 'veo-3-1', input: {} }, 422],
	['an input that is incomplete', CREATE, { model: 'google/nano-banana', input: {} }, 500],
])('refuses %s, unbilled', async (_what, path, body, code) => {
	expect(await ask(path, body)).toMatchObject({ code, data: null });
	expect(charges()).toStrictEqual([]);
});

it('sends a callback until it is received, signed at the time of sending', async () => {
	kie.addVideo({ taskId, callback: { lostAttempts: 1 } });
	await ask(GET_4K, { taskId, callBackUrl: receiver.url });
	await until(
		() => receiver.received.length,
		(length) => length > 0,
	);
	await kie.callbacksSettled();
	expect(receiver.received).toHaveLength(1);
	for (const { body, headers } of receiver.received) {
		expect(JSON.parse(body)).toStrictEqual({
			code: 200,
			msg: '4K Video generated successfully.',
			data: { taskId, info: { resultUrls: [url('4k.mp4')], imageUrls: [url('4k.jpg')] } },
		});
		const time = String(headers['x-webhook-timestamp']);
		expect(headers['x-webhook-signature']).toBe(callbackSignature(HMAC_KEY, taskId, time));
	}
	const attempts = [{ status: null }, { status: 200 }];
	expect(kie.deliveries).toMatchObject([{ state: 'delivered', attempts }]);
});
