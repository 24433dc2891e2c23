import {
	type CallbackForm,
	type Simulator,
	type SimulatorOptions,
	CALLBACK_FORMS,
	OTHER_CALLBACK_FORMS,
	NEVER,
	callbackSignature,
	startSimulator,
} from './';
import { type Receiver, call, startReceiver, until } from './testing';
import { KNOWN_SIGNATURES } from './knownSignatures';

const taskId = 'veo_task_example123';
const fast = { timeoutMs: 1000, retryDelayMs: 5 };

let simulator: Simulator;
let receiver: Receiver;

async function start(
	options: SimulatorOptions = {},
	statusOf?: (callback: number) => number | null,
): Promise<void> {
	receiver = await startReceiver(statusOf);
	simulator = await startSimulator({
		timings: { generate: 10, extend: 10, upgrade4k: 10 },
		callbacks: fast,
		...options,
	});
}

afterEach(async () => {
	await simulator.close();
	await receiver.close();
});

async function post4k(): Promise<void> {
	await call(`${simulator.apiUrl}/api/v1/veo/get-4k-video`, {
		body: { taskId, callBackUrl: `${receiver.url}/done?item=1` },
	});
}

const signed = { accounts: [{ key: 'kie-simulator-key', webhookHmacKey: 'hmac' }] };

describe('the signature', () => {
	it.each(KNOWN_SIGNATURES)(
		'of key %s over %s is the known one',
		async (key, id, timestamp, expected) => {
			await start();
			expect(callbackSignature(key, id, timestamp)).toBe(expected);
		},
	);

	it('goes with each callback of an account that has an HMAC key', async () => {
		await start({ ...signed, videos: [{ taskId }] });
		await post4k();
		await until(
			() => receiver.received.length,
			(count) => count === 1,
		);
		const headers = receiver.received[0]?.headers ?? {};
		const timestamp = String(headers['x-webhook-timestamp']);
		expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(2);
		expect(headers['x-webhook-signature']).toBe(callbackSignature('hmac', taskId, timestamp));
		expect(headers['content-type']).toBe('application/json');
	});

	it('is absent without an HMAC key', async () => {
		await start();
		await simulator.sendCallback(receiver.url);
		expect(receiver.received[0]?.headers).not.toHaveProperty('x-webhook-signature');
	});

	it('can be left out, forged, stale, or another task by hand', async () => {
		await start(signed);
		await simulator.sendCallback(receiver.url, { taskId, hmacKey: null });
		await simulator.sendCallback(receiver.url, { taskId, signature: 'forged' });
		await simulator.sendCallback(receiver.url, { taskId, timestamp: 1760000000, hmacKey: 'k' });
		await simulator.sendCallback(receiver.url, { taskId, timestamp: 5, signedTaskId: 'other' });
		const signatures = receiver.received.map(({ headers }) => headers['x-webhook-signature']);
		expect(signatures).toEqual([
			undefined,
			'forged',
			'AkYTwBXuYj3G37FH1hJyiyJ5WNrX7kpbfTyFPI99ab0=',
			callbackSignature('hmac', 'other', '5'),
		]);
	});
});

describe('the body', () => {
	const video = (base: string) => `${base}/v/${taskId}-0-4k.mp4`;
	const image = (base: string) => `${base}/v/${taskId}-0-4k.jpg`;
	const send = async (form: CallbackForm, more: object = {}) => {
		await simulator.sendCallback(receiver.url, { taskId, form, ...more });
		return JSON.parse(receiver.received.at(-1)?.body ?? '') as unknown;
	};

	beforeEach(async () => await start({ videos: [{ taskId }] }));

	it('of a 4K success is nested by default', async () => {
		const base = simulator.fileUrl;
		expect(await send(CALLBACK_FORMS.nested)).toEqual({
			code: 200,
			msg: 'success',
			data: { taskId, info: { resultUrls: [video(base)], imageUrls: [image(base)] } },
		});
	});

	it('can name the credits', async () => {
		expect(await send(CALLBACK_FORMS.nestedWithCredits)).toMatchObject({
			data: { creditsConsumed: 120 },
		});
	});

	it('can be flat and in snake case', async () => {
		const base = simulator.fileUrl;
		expect(await send(CALLBACK_FORMS.flat)).toEqual({
			code: 200,
			msg: 'success',
			data: {
				task_id: taskId,
				result_urls: [video(base)],
				media_ids: [expect.any(String)],
				image_urls: [image(base)],
			},
		});
	});

	it.each([
		['urlsAsJsonText', (urls: string[]) => JSON.stringify(urls)],
		['bareUrl', (urls: string[]) => urls[0]],
		['bracketedList', (urls: string[]) => `[${urls.join(',')}]`],
	] as const)('can have its URLs in the form %s', async (form, written) => {
		const videoUrls = ['https://a.example/1.mp4', 'https://a.example/2.mp4'];
		expect(await send(CALLBACK_FORMS[form], { videoUrls })).toMatchObject({
			data: { info: { resultUrls: written(videoUrls) } },
		});
	});

	it.each([
		['topLevelTaskId', { taskId }],
		['topLevelSnakeTaskId', { task_id: taskId }],
		['bothIds', { taskId, data: { task_id: taskId } }],
	] as const)('can have its id in the form %s', async (form, expected) => {
		const body = await send(CALLBACK_FORMS[form]);
		expect(body).toMatchObject(expected);
		expect(body).not.toHaveProperty('data.taskId');
	});

	it('of a failure has the id in data, or data null', async () => {
		const failure = { code: 500, msg: 'Timeout' };
		expect(await send({}, failure)).toEqual({ code: 500, msg: 'Timeout', data: { taskId } });
		expect(await send(CALLBACK_FORMS.failureDataNull, failure)).toEqual({
			code: 500,
			msg: 'Timeout',
			data: null,
		});
	});

	it('of a generation carries the prompt, also broken or as an object', async () => {
		const generation = { operation: 'generate' };
		expect(await send({}, generation)).toMatchObject({
			data: { promptJson: expect.any(String), info: { resolution: '720p' }, fallbackFlag: false },
		});
		const broken = await send(CALLBACK_FORMS.brokenPromptJson, generation);
		const { promptJson } = (broken as { data: { promptJson: string } }).data;
		expect(() => JSON.parse(promptJson) as unknown).toThrow();
		expect(await send(CALLBACK_FORMS.promptJsonAsObject, generation)).toMatchObject({
			data: { promptJson: { prompt: expect.any(String) } },
		});
		expect(await send({ promptJson: 'absent' }, generation)).not.toHaveProperty('data.promptJson');
	});

	it('can name the task only, as in the sample of the webhook page', async () => {
		const body = { taskId, data: { task_id: taskId, callbackType: 'task_completed' } };
		expect(await send(OTHER_CALLBACK_FORMS.taskOnly)).toEqual({
			code: 200,
			msg: 'success',
			...body,
		});
	});

	it('can be a record, whose code is 200 when the task failed', async () => {
		expect(await send(OTHER_CALLBACK_FORMS.record)).toMatchObject({
			code: 200,
			data: { taskId, successFlag: 1, response: { resultUrls: [video(simulator.fileUrl)] } },
		});
		expect(await send(OTHER_CALLBACK_FORMS.record, { code: 400, msg: 'unsafe' })).toMatchObject({
			code: 200,
			data: { successFlag: 3, errorCode: 400, errorMessage: 'unsafe', response: null },
		});
	});

	it('can be a job, with its result as JSON text', async () => {
		const done = (await send(OTHER_CALLBACK_FORMS.job)) as { data: { resultJson: string } };
		expect(done).toMatchObject({ code: 200, data: { taskId, state: 'success', failMsg: null } });
		expect(JSON.parse(done.data.resultJson)).toEqual({ resultUrls: [video(simulator.fileUrl)] });
		expect(await send(OTHER_CALLBACK_FORMS.job, { code: 500, msg: 'Timeout' })).toMatchObject({
			code: 501,
			data: { state: 'fail', failCode: '500', failMsg: 'Timeout', resultJson: '' },
		});
	});

	it('of a base video can carry media ids', async () => {
		expect(await send({ mediaIds: true }, { operation: 'generate' })).toMatchObject({
			data: { info: { resolution: '720p', mediaIds: [expect.any(String)] } },
		});
		expect(await send(CALLBACK_FORMS.flat, { operation: 'generate' })).toMatchObject({
			data: { media_ids: [expect.any(String)], image_urls: [] },
		});
	});

	it('of a failure can have the reason inside', async () => {
		await simulator.close();
		const failure = { code: 500, msg: 'Failed', errorMessage: 'Image fetch failed.' };
		const generation = { outcome: 'failure' as const, failure };
		simulator = await startSimulator();
		const video = { taskId, state: 'waiting' as const, generation, callBackUrl: receiver.url };
		simulator.addVideo(video);
		simulator.finish(taskId);
		await simulator.callbacksSettled();
		expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
			code: 500,
			data: { taskId, errorMessage: 'Image fetch failed.' },
		});
	});

	it('can be anything by hand', async () => {
		await simulator.sendCallback(receiver.url, { body: 'no JSON', contentType: 'text/plain' });
		expect(receiver.received[0]).toMatchObject({
			body: 'no JSON',
			headers: { 'content-type': 'text/plain' },
		});
	});
});

describe('delivery', () => {
	it('reports the end of each kind of work at the address of its request', async () => {
		await start({ videos: [{ taskId, upgrade4k: { outcome: 'failure' } }] });
		await post4k();
		for (const path of ['generate', 'extend']) {
			await call(`${simulator.apiUrl}/api/v1/veo/${path}`, {
				body: {
					prompt: 'A dog',
					callBackUrl: `${receiver.url}/${path}`,
					...(path === 'extend' ? { taskId } : { model: 'veo3' }),
				},
			});
		}
		await until(
			() => receiver.received.length,
			(count) => count === 3,
		);
		const bodies = new Map(
			receiver.received.map(({ path, body }) => [path, JSON.parse(body) as unknown]),
		);
		expect(bodies.get('/done?item=1')).toMatchObject({ code: 500, data: { taskId } });
		expect(bodies.get('/generate')).toMatchObject({
			code: 200,
			msg: 'Veo3.1 video generated successfully.',
		});
		expect(bodies.get('/extend')).toMatchObject({
			code: 200,
			msg: 'Veo3.1 video extension successful.',
		});
	});

	it('uses the form of the task, and its own id where it has one', async () => {
		await start({
			videos: [
				{
					taskId,
					upgrade4k: { ownTaskId: true },
					callback: { form: CALLBACK_FORMS.flat, copies: 3, delayMs: 5 },
				},
			],
		});
		await post4k();
		await until(
			() => receiver.received.length,
			(count) => count === 3,
		);
		expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
			data: { task_id: `${taskId}_4k_0` },
		});
	});

	it('can be lost', async () => {
		await start({ videos: [{ taskId, callback: { copies: 0 } }] });
		await post4k();
		simulator.finish(taskId, 'get4k');
		await simulator.callbacksSettled();
		expect(simulator.deliveries).toEqual([]);
	});

	it('can lose its first requests, and the first answers, on the way', async () => {
		const callback = { lostAttempts: 1, lostAnswers: 2 };
		await start({ videos: [{ taskId, callback }] });
		await post4k();
		simulator.finish(taskId, 'get4k');
		await simulator.callbacksSettled();
		expect(receiver.received).toHaveLength(3);
		expect(simulator.deliveries).toMatchObject([
			{
				state: 'delivered',
				attempts: [
					{ status: null, error: 'the request was lost' },
					{ status: null, error: 'the answer was lost' },
					{ status: null, error: 'the answer was lost' },
					{ status: 200, error: null },
				],
			},
		]);
	});

	it('is given up when all of its requests are lost', async () => {
		await start({ videos: [{ taskId, callback: { lostAttempts: 99 } }] });
		await post4k();
		simulator.finish(taskId, 'get4k');
		await simulator.callbacksSettled();
		expect(receiver.received).toEqual([]);
		expect(simulator.deliveries).toMatchObject([{ state: 'given-up' }]);
	});

	it('can be lost for good with all its repeats, by rate', async () => {
		let draws = 0;
		const random = () => [0.1, 0.9][draws++ % 2] ?? 0;
		await start({ random, defaults: { callback: { lossRate: 0.5 } } });
		for (const id of ['one', 'two', 'three', 'four']) {
			simulator.addVideo({ taskId: id, callBackUrl: receiver.url });
		}
		await simulator.callbacksSettled();
		expect(receiver.received).toHaveLength(2);
		expect(simulator.deliveries.map(({ state, attempts }) => [state, attempts.length])).toEqual([
			['given-up', 4],
			['delivered', 1],
			['given-up', 4],
			['delivered', 1],
		]);
	});
});

describe('delivery after a failure', () => {
	it('is repeated three times after failures, then given up', async () => {
		await start({}, () => 500);
		const delivery = await simulator.sendCallback(receiver.url, { retries: 3 });
		expect(delivery.state).toBe('given-up');
		expect(delivery.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
		expect(delivery.attempts[0]?.answer).toBe('{"code":200,"msg":"success"}');
	});

	it('ends with the first HTTP 200', async () => {
		await start({ videos: [{ taskId }] }, (callback) => [204, 503, 200][callback] ?? 500);
		await post4k();
		simulator.finish(taskId, 'get4k');
		await simulator.callbacksSettled();
		expect(simulator.deliveries).toMatchObject([
			{ state: 'delivered', attempts: [{ status: 204 }, { status: 503 }, { status: 200 }] },
		]);
	});

	it('counts a receiver that does not answer in time, or is not there, as failed', async () => {
		const callbacks = { timeoutMs: 150, retryDelayMs: 5 };
		await start({ callbacks }, (callback) => (callback === 0 ? null : 200));
		const slow = await simulator.sendCallback(receiver.url, { retries: 1 });
		expect(slow.attempts).toMatchObject([
			{ status: null, error: 'no answer within 150 ms' },
			{ status: 200, error: null },
		]);
		const nobody = await simulator.sendCallback('http://127.0.0.1:1/');
		expect(nobody).toMatchObject({ state: 'given-up', attempts: [{ status: null }] });
	});

	it('signs each attempt with its own time, or all with the first', async () => {
		await start();
		const timesOf = async (retrySignature: 'fresh' | 'same') => {
			const failing = await startReceiver(() => 500);
			// A second apart, as the time of a signature is in seconds.
			const callbacks = { ...fast, retryDelayMs: 1000, retrySignature };
			const other = await startSimulator({ ...signed, callbacks });
			await other.sendCallback(failing.url, { retries: 1 });
			await other.close();
			await failing.close();
			return failing.received.map(({ headers }) => headers['x-webhook-timestamp']);
		};
		const [fresh, same] = await Promise.all([timesOf('fresh'), timesOf('same')]);
		expect(new Set(fresh).size).toBe(2);
		expect(same).toHaveLength(2);
		expect(new Set(same).size).toBe(1);
	});

	it('can be repeated on demand, many at once', async () => {
		await start(signed);
		const delivery = await simulator.sendCallback(receiver.url, { taskId });
		await simulator.repeatCallback(delivery, 20);
		expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
		expect(receiver.received).toHaveLength(21);
		expect(simulator.deliveries).toHaveLength(21);
	});

	it('can be replayed with the signature that was caught, and another body', async () => {
		await start(signed);
		const delivery = await simulator.sendCallback(receiver.url, { taskId, timestamp: 1760000000 });
		await simulator.replayCallback(delivery);
		await simulator.replayCallback(delivery, { code: 500, data: { taskId } });
		const [first, same, other] = receiver.received;
		expect(same?.body).toBe(first?.body);
		expect(other?.body).toBe(JSON.stringify({ code: 500, data: { taskId } }));
		for (const name of ['x-webhook-signature', 'x-webhook-timestamp', 'content-type']) {
			expect([same, other].map((one) => one?.headers[name])).toEqual([
				first?.headers[name],
				first?.headers[name],
			]);
		}
	});

	it.each([
		['ignore', '/done?item=1'],
		['replace', '/second'],
	] as const)('of a repeated POST can %s the first address', async (repeatCallBackUrl, path) => {
		const timings = { upgrade4k: NEVER };
		await start({ videos: [{ taskId, timings, upgrade4k: { repeatCallBackUrl } }] });
		await post4k();
		await call(`${simulator.apiUrl}/api/v1/veo/get-4k-video`, {
			body: { taskId, callBackUrl: `${receiver.url}/second` },
		});
		simulator.finish(taskId, 'get4k');
		await simulator.callbacksSettled();
		expect(receiver.received.map((callback) => callback.path)).toEqual([path]);
	});

	it('ends for good when the simulator is closed', async () => {
		await start({ callbacks: { timeoutMs: 500, retryDelayMs: 20 } }, () => 500);
		const sending = simulator.sendCallback(receiver.url, { retries: 3 });
		await until(
			() => receiver.received.length,
			(count) => count === 1,
		);
		await simulator.close();
		expect((await sending).state).toBe('pending');
		await new Promise((resolve) => setTimeout(resolve, 40));
		expect(receiver.received).toHaveLength(1);
	});
});
