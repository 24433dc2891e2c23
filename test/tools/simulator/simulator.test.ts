import { type Simulator, NEVER, startSimulator } from './';
import { type Answer, type CallOptions, call, until } from './testing';

const FOUR_K = '/api/v1/veo/get-4k-video';
const HD = '/api/v1/veo/get-1080p-video';
const GENERATE = '/api/v1/veo/generate';
const EXTEND = '/api/v1/veo/extend';
const RECORD = '/api/v1/veo/record-info';
const CREDIT = '/api/v1/chat/credit';

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({
		accounts: [{ key: 'kie-simulator-key' }, { key: 'second-key', credits: 10 }],
		timings: { generate: 150, extend: 150, upgrade1080p: 50, upgrade4k: 150 },
	});
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

async function api(path: string, options?: CallOptions): Promise<Answer> {
	return await call(simulator.apiUrl + path, options);
}

interface Body {
	code?: unknown;
	msg?: string;
	data?: Record<string, unknown> | null;
}

async function ask(path: string, options?: CallOptions): Promise<Body> {
	return (await api(path, options)).body as Body;
}

const record = async (taskId: string) => await ask(`${RECORD}?taskId=${taskId}`);
const post4k = async (taskId: string, more: object = {}) =>
	await ask(FOUR_K, { body: { taskId, ...more } });
const get1080p = async (taskId: string, index = 0) =>
	await ask(`${HD}?taskId=${taskId}&index=${index}`);

const prompt = 'A dog playing in a park';
const images = ['https://example.com/one.png', 'https://example.com/two.png'];
const image3 = [...images, 'https://example.com/three.png'];
const good = { prompt, model: 'veo3_fast' };

const taskId = 'veo_task_strict';
const body = (fields: object): CallOptions => ({ body: fields });
const refused: Array<[string, string, CallOptions, number, string]> = [
	['an unknown path', '/api/v1/veo/nothing', {}, 404, 'No endpoint GET /api/v1/veo/nothing'],
	['a 4K request by GET', `${FOUR_K}?taskId=${taskId}`, {}, 404, `No endpoint GET ${FOUR_K}`],
	['a 1080P request by POST', HD, body({ taskId }), 404, `No endpoint POST ${HD}`],
	['a missing task id', FOUR_K, body({}), 422, 'Missing required parameter: taskId'],
	['an empty task id', FOUR_K, body({ taskId: ' ' }), 422, 'taskId must not be empty'],
	['a task id that is not text', FOUR_K, body({ taskId: 5 }), 422, 'taskId must not be empty'],
	['an unknown field', FOUR_K, body({ taskId, id: 1 }), 422, 'Unknown parameter: id'],
	['a negative index', FOUR_K, body({ taskId, index: -1 }), 422, 'index must be an integer'],
	['a fractional index', FOUR_K, body({ taskId, index: 0.5 }), 422, 'index must be an integer'],
	['an index as text', FOUR_K, body({ taskId, index: '0' }), 422, 'index must be an integer'],
	['a null index', FOUR_K, body({ taskId, index: null }), 422, 'index must be an integer'],
	[
		'a callback address that is not a web address',
		FOUR_K,
		body({ taskId, callBackUrl: 'ftp://example.com' }),
		422,
		'callBackUrl must be an http or https URL',
	],
	['a list as body', FOUR_K, body([1]), 422, 'The request body must be a JSON object'],
	[
		'a body of another type',
		FOUR_K,
		{ body: { taskId }, headers: { 'content-type': 'text/plain' } },
		422,
		'Content-Type must be application/json',
	],
	['a negative index in a query', `${HD}?taskId=a&index=-1`, {}, 422, 'index must be an integer'],
	['a fractional index in a query', `${HD}?taskId=a&index=1.5`, {}, 422, 'index must be'],
	['an index in words', `${HD}?taskId=a&index=one`, {}, 422, 'index must be an integer'],
	['a repeated query field', `${HD}?taskId=a&taskId=b`, {}, 422, 'taskId is given more than once'],
	['a lookup without id', RECORD, {}, 422, 'Missing required parameter: taskId'],
	['a field on the balance', `${CREDIT}?key=1`, {}, 422, 'Unknown parameter: key'],
	['no prompt', GENERATE, body({ model: 'veo3' }), 422, 'Missing required parameter: prompt'],
	['a missing model', GENERATE, body({ prompt }), 422, 'Invalid model'],
	['an unknown model', GENERATE, body({ prompt, model: 'fast' }), 422, 'Invalid model'],
	['a seed out of range', GENERATE, body({ ...good, seeds: 1 }), 422, 'seeds must be an integer'],
	['another ratio', GENERATE, body({ ...good, aspect_ratio: '4:3' }), 422, 'aspect_ratio must be'],
	['another duration', GENERATE, body({ ...good, duration: 5 }), 422, 'duration must be one of'],
	[
		'a translation flag as text',
		GENERATE,
		body({ ...good, enableTranslation: 'yes' }),
		422,
		'enableTranslation must be a boolean',
	],
	[
		'images for a text video',
		GENERATE,
		body({ ...good, generationType: 'TEXT_2_VIDEO', imageUrls: images }),
		422,
		'TEXT_2_VIDEO takes no imageUrls',
	],
	[
		'frames without images',
		GENERATE,
		body({ ...good, generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO' }),
		422,
		'imageUrls is required',
	],
	['three frames', GENERATE, body({ ...good, imageUrls: image3 }), 422, 'takes 1 or 2 imageUrls'],
	[
		'references in Quality',
		GENERATE,
		body({ prompt, model: 'veo3', generationType: 'REFERENCE_2_VIDEO', imageUrls: images }),
		422,
		'only the Fast and Lite models',
	],
	[
		'short references',
		GENERATE,
		body({ ...good, generationType: 'REFERENCE_2_VIDEO', imageUrls: images, duration: 4 }),
		422,
		'only a duration of 8',
	],
	[
		'an image that is not a URL',
		GENERATE,
		body({ ...good, imageUrls: ['a.png'] }),
		422,
		'imageUrls[0]',
	],
	[
		"a model of generate's in extend",
		EXTEND,
		body({ taskId, prompt, model: 'veo3_fast' }),
		422,
		'model must be one of fast, quality, lite',
	],
	['extending an unknown video', EXTEND, body({ taskId: 'no', prompt }), 404, 'was not found'],
	['upgrading an unknown video', FOUR_K, body({ taskId: 'no' }), 422, 'record is null'],
	['an index the task does not have', FOUR_K, body({ taskId, index: 1 }), 422, 'not exist'],
	[
		'a foreign link',
		'/api/v1/common/download-url',
		body({ url: 'https://a.b/c' }),
		422,
		'url is wrong',
	],
];

describe('strict requests', () => {
	it.each(refused)('%s is refused in the body of HTTP 200', async (_, path, options, code, msg) => {
		simulator.addVideo({ taskId });
		const { status, headers, body: answer } = await api(path, options);
		expect(status).toBe(200);
		expect(headers.get('content-type')).toBe('application/json;charset=UTF-8');
		expect(answer).toEqual({ code, msg: expect.stringContaining(msg), data: null });
		expect(simulator.submissions()).toEqual([]);
		expect(simulator.account().spent).toBe(0);
	});
});

describe('requests of any kind', () => {
	it.each([
		['no key', { key: null }],
		['a wrong key', { key: 'wrong' }],
		['a key without Bearer', { key: null, headers: { authorization: 'kie-simulator-key' } }],
	])('%s gets code 401 without data, before anything else is looked at', async (_, options) => {
		for (const path of [CREDIT, '/api/v1/nothing']) {
			const { status, body: answer } = await api(path, options);
			expect(status).toBe(200);
			expect(answer).toStrictEqual({ code: 401, msg: 'You do not have access permissions' });
		}
	});

	it('text that is not JSON is refused', async () => {
		const response = await fetch(simulator.apiUrl + FOUR_K, {
			method: 'POST',
			headers: {
				authorization: 'Bearer kie-simulator-key',
				'content-type': 'application/json; charset=utf-8',
			},
			body: '{"taskId":',
		});
		expect(await response.json()).toMatchObject({ code: 422 });
	});

	it('a task of one account is unknown to another', async () => {
		simulator.addVideo({ taskId, key: 'second-key' });
		expect(await record(taskId)).toMatchObject({ code: 422, msg: 'record is null' });
		const own = await ask(`${RECORD}?taskId=${taskId}`, { key: 'second-key' });
		expect(own.code).toBe(200);
	});

	it.each([
		['older than 14 days', { ageDays: 15 }, 'Temporarily supports records within 14 days'],
		['still in the making', { state: 'waiting' as const }, 'record status is not success'],
		['that failed', { state: 'failed' as const }, 'record status is not success'],
		['without URLs yet', { record: { urlsAfterMs: NEVER } }, 'record result data is blank'],
	])('a video %s cannot be upgraded', async (_, video, msg) => {
		simulator.addVideo({ taskId, ...video });
		expect(await post4k(taskId)).toEqual({ code: 422, msg, data: null });
		expect(await get1080p(taskId)).toEqual({ code: 422, msg, data: null });
		expect(simulator.account().spent).toBe(0);
	});
});

describe('the balance', () => {
	const spentBy = async (path: string, options: CallOptions, code = 200) => {
		const before = simulator.account().credits;
		expect(await ask(path, options)).toMatchObject({ code });
		return before - simulator.account().credits;
	};

	it('is a decimal number', async () => {
		expect(await ask(CREDIT)).toEqual({ code: 200, msg: 'success', data: 5916.25 });
	});

	it.each([
		[60, { model: 'veo3_fast' }],
		[65, { model: 'veo3_fast', resolution: '1080p' }],
		[30, { model: 'veo3_lite' }],
		[150, { model: 'veo3_lite', resolution: '4k' }],
		[250, { model: 'veo3' }],
		[380, { model: 'veo3', resolution: '4k' }],
		[370, { model: 'veo3', resolution: '4k', imageUrls: images }],
		[60, { model: 'veo3.1-fast' }],
	])('sinks by %d for generate with %j', async (credits, fields) => {
		expect(await spentBy(GENERATE, { body: { prompt, ...fields } })).toBe(credits);
	});

	it.each([
		[60, {}],
		[30, { model: 'lite' }],
		[250, { model: 'quality' }],
	])('sinks by %d for extend with %j', async (credits, fields) => {
		const taskId = simulator.addVideo();
		expect(await spentBy(EXTEND, { body: { taskId, prompt, ...fields } })).toBe(credits);
	});

	it('sinks once per upgraded video, however often it is asked for', async () => {
		const taskId = simulator.addVideo({ videos: 2 });
		for (const index of [0, 0, 1, 0]) await post4k(taskId, { index });
		await until(
			async () => await post4k(taskId),
			({ data }) => data?.resultUrls !== null,
		);
		for (const index of [0, 0, 1]) await get1080p(taskId, index);
		expect(simulator.account().spent).toBe(2 * 120 + 2 * 5);
		expect(simulator.paid().map(({ creditsCharged }) => creditsCharged)).toEqual([120, 120, 5, 5]);
		expect((await ask(CREDIT)).data).toBe(5916.25 - 250);
	});

	it('that is too small is answered with 402, and nothing starts', async () => {
		const taskId = simulator.addVideo();
		const answer = await ask(FOUR_K, { body: { taskId }, key: 'second-key' });
		expect(answer).toMatchObject({ code: 402, data: null });
		expect(simulator.account('second-key').credits).toBe(10);
		simulator.account('second-key').credits = 120;
		expect(await ask(FOUR_K, { body: { taskId }, key: 'second-key' })).toMatchObject({ code: 200 });
		expect(simulator.account('second-key').credits).toBe(0);
	});

	it('gets the credits of failed work back', async () => {
		const taskId = simulator.addVideo({
			upgrade4k: { outcome: 'failure', afterFailure: 'answer' },
		});
		await post4k(taskId);
		expect(simulator.account().spent).toBe(120);
		simulator.finish(taskId, 'get4k');
		expect(simulator.account().credits).toBe(5916.25);
		expect(simulator.account().ledger.map(({ credits }) => credits)).toEqual([120, -120]);
	});

	it('keeps the loss where failures are not paid back', async () => {
		const strict = await startSimulator({ refundFailures: false });
		const taskId = strict.addVideo({ upgrade1080p: { outcome: 'failure' } });
		await call(`${strict.apiUrl}${HD}?taskId=${taskId}`);
		strict.finish(taskId, 'get1080p');
		expect(strict.account().spent).toBe(5);
		await strict.close();
	});
});

describe('the rate limit', () => {
	it('turns away the 21st new submission in the window, and polls do not count', async () => {
		const taskId = simulator.addVideo({ videos: 21, timings: { upgrade4k: NEVER } });
		for (let index = 0; index < 20; index += 1) {
			expect(await post4k(taskId, { index })).toMatchObject({ code: 200 });
			expect(await post4k(taskId, { index })).toMatchObject({ code: 422 });
			await record(taskId);
		}
		const turnedAway = await api(FOUR_K, { body: { taskId, index: 20 } });
		expect(turnedAway.status).toBe(200);
		expect(turnedAway.headers.get('retry-after')).toBeNull();
		expect(turnedAway.body).toEqual({ code: 429, msg: 'Rate limit exceeded', data: null });
		expect(await get1080p(taskId)).toMatchObject({ code: 429 });
		expect(await ask(GENERATE, { body: good })).toMatchObject({ code: 429 });
		expect(await ask(EXTEND, { body: { taskId, prompt } })).toMatchObject({ code: 429 });
		expect(simulator.account().spent).toBe(20 * 120);
		expect(simulator.submissions()).toHaveLength(24);
		expect(simulator.paid()).toHaveLength(20);
		expect(await ask(GENERATE, { body: good, key: 'second-key' })).toMatchObject({ code: 402 });
	});

	it('frees a place when the window has passed, and can say when', async () => {
		const strict = await startSimulator({
			rateLimit: { limit: 1, windowMs: 200, retryAfter: true, httpStatus: 429 },
		});
		const submit = async () => await call(strict.apiUrl + GENERATE, { body: good });
		expect((await submit()).body).toMatchObject({ code: 200 });
		const second = await submit();
		expect(second.status).toBe(429);
		expect(second.headers.get('retry-after')).toBe('1');
		await until(submit, ({ status }) => status === 200);
		await strict.close();
	});
});

describe('generate and extend', () => {
	it('make a task that is waiting, then has a result', async () => {
		const { data } = await ask(GENERATE, {
			body: { ...good, watermark: 'Me', aspect_ratio: '9:16' },
		});
		const taskId = String(data?.taskId);
		expect(taskId).toMatch(/^veo_task_/);
		expect((await record(taskId)).data).toMatchObject({
			taskId,
			successFlag: 0,
			response: null,
			completeTime: null,
			errorMessage: '',
		});
		const done = await until(
			async () => await record(taskId),
			(answer) => answer.data?.successFlag === 1,
		);
		expect(JSON.parse(String(done.data?.paramJson))).toMatchObject({ prompt, waterMark: 'Me' });
		expect(done.data?.response).toMatchObject({
			taskId,
			resultUrls: [`${simulator.fileUrl}/v/${taskId}-0-base.mp4`],
			originUrls: [`${simulator.fileUrl}/v/${taskId}-0-origin.mp4`],
			resolution: '720p',
		});
	});

	it('an extension is a task of its own, with the whole video in fullResultUrls', async () => {
		const base = simulator.addVideo();
		const { data } = await ask(EXTEND, { body: { taskId: base, prompt } });
		const taskId = String(data?.taskId);
		expect(taskId).not.toBe(base);
		simulator.finish(taskId, 'extend');
		expect((await record(taskId)).data?.response).toMatchObject({
			resultUrls: [expect.stringContaining('base.mp4')],
			fullResultUrls: [expect.stringContaining('full.mp4')],
		});
	});

	it('a video that went through 1080P cannot be extended', async () => {
		const taskId = simulator.addVideo();
		await get1080p(taskId);
		expect(await ask(EXTEND, { body: { taskId, prompt } })).toMatchObject({ code: 400 });
	});

	it('a scripted task behaves as told, and only for its prompt', async () => {
		simulator.nextTask({
			taskId: 'veo_special',
			prompt: 'cat',
			generation: { outcome: 'failure' },
		});
		expect((await ask(GENERATE, { body: good })).data?.taskId).not.toBe('veo_special');
		const cat = await ask(GENERATE, { body: { ...good, prompt: 'A cat' } });
		expect(cat.data?.taskId).toBe('veo_special');
		simulator.finish('veo_special');
		expect((await record('veo_special')).data).toMatchObject({ successFlag: 2 });
	});

	it('an image that was never uploaded here cannot be fetched', async () => {
		const answer = await ask(GENERATE, {
			body: { ...good, imageUrls: [`${simulator.fileUrl}/uploads/none.png`] },
		});
		expect(answer).toMatchObject({ code: 400, msg: expect.stringContaining('fetch the image') });
	});
});

describe('record-info', () => {
	it.each([
		['as 422', '422', { code: 422, msg: 'record is null', data: null }],
		['as 200 with null', 'null', { code: 200, msg: 'success', data: null }],
	] as const)('answers an unknown id %s', async (_, unknownId, expected) => {
		simulator.setDefaults({ record: { unknownId } });
		expect(await record('veo_task_nobody')).toEqual(expected);
	});

	it.each([
		['404', { code: 404, msg: 'Task not found' }],
		['422', { code: 422, msg: 'record is null' }],
		['null', { code: 200, data: null }],
	] as const)('does not know a new task at first (%s)', async (graceAnswer, expected) => {
		const taskId = simulator.addVideo({ record: { graceMs: 100, graceAnswer } });
		expect(await record(taskId)).toMatchObject(expected);
		await until(
			async () => await record(taskId),
			({ data }) => data?.successFlag === 1,
		);
	});

	it('knows nothing of tasks older than 14 days', async () => {
		expect(await record(simulator.addVideo({ ageDays: 15 }))).toMatchObject({
			code: 422,
			msg: 'Temporarily supports records within 14 days',
		});
	});

	it.each([
		['flag 2', {}, { code: 200, data: { successFlag: 2, errorCode: 400, response: null } }],
		['flag 3', { failureFlag: 3 as const }, { code: 200, data: { successFlag: 3 } }],
		[
			"the error's text in the record",
			{ failure: { code: 501, msg: 'Timeout' } },
			{ code: 200, data: { errorCode: 501, errorMessage: 'Timeout' } },
		],
		[
			'the code of the envelope',
			{ failure: { code: 451, msg: 'Failed to fetch the image.' }, failureIn: 'envelope' as const },
			{ code: 451, msg: 'Failed to fetch the image.', data: null },
		],
	])('reports a failure by %s', async (_, generation, expected) => {
		const taskId = simulator.addVideo({ state: 'failed', generation });
		expect(await record(taskId)).toMatchObject(expected);
	});

	it('can write the response as JSON text', async () => {
		const taskId = simulator.addVideo({ record: { response: 'json-text' } });
		const response = (await record(taskId)).data?.response;
		expect(JSON.parse(String(response))).toMatchObject({ resultUrls: [expect.any(String)] });
	});

	it('can write the URLs as JSON text, also beside the response', async () => {
		const inside = await record(simulator.addVideo({ record: { urls: 'json-text' } }));
		const response = inside.data?.response as { resultUrls: string };
		expect(JSON.parse(response.resultUrls)).toEqual([expect.stringContaining('base.mp4')]);
		const beside = await record(simulator.addVideo({ record: { urls: 'data-json-text' } }));
		expect(JSON.parse(String(beside.data?.resultUrls))).toHaveLength(1);
		expect(beside.data?.response).not.toHaveProperty('resultUrls');
	});

	it('can write the flag as text, and one that nobody knows while running', async () => {
		expect((await record(simulator.addVideo({ record: { flag: 'text' } }))).data).toMatchObject({
			successFlag: '1',
		});
		const running = simulator.addVideo({ state: 'waiting', record: { runningFlag: 7 } });
		expect((await record(running)).data).toMatchObject({ successFlag: 7 });
	});

	it('can be a success without URLs for a while', async () => {
		const taskId = simulator.addVideo({ record: { urlsAfterMs: 100 } });
		expect((await record(taskId)).data).toMatchObject({
			successFlag: 1,
			response: { resultUrls: null },
		});
		await until(
			async () => (await record(taskId)).data?.response as { resultUrls: unknown },
			({ resultUrls }) => resultUrls !== null,
		);
	});
});

describe('1080P', () => {
	const processing = expect.stringContaining('1080P is processing');

	it.each([
		['400', { code: 400, msg: processing, data: null }],
		['422', { code: 422, msg: processing, data: null }],
		['no-url', { code: 200, msg: 'success', data: {} }],
		['null-data', { code: 200, msg: 'success', data: null }],
		['absent-data', { code: 200, msg: 'success' }],
	] as const)('is not ready in the form "%s", then is', async (notReady, expected) => {
		const taskId = simulator.addVideo({ upgrade1080p: { notReady } });
		expect(await get1080p(taskId)).toStrictEqual(expected);
		const done = await until(
			async () => await get1080p(taskId),
			({ data }) => typeof data?.resultUrl === 'string',
		);
		expect(done).toEqual({
			code: 200,
			msg: 'success',
			data: { resultUrl: `${simulator.fileUrl}/v/${taskId}-0-1080p.mp4` },
		});
		expect(simulator.submissions().map(({ method, path }) => `${method} ${path}`)).toEqual([
			`GET ${HD}`,
		]);
	});

	it.each([
		['array', { resultUrl: [expect.any(String)] }],
		['urls', { resultUrls: [expect.any(String)] }],
	] as const)('can have its result in the form "%s"', async (result, data) => {
		const taskId = simulator.addVideo({ upgrade1080p: { result }, timings: { upgrade1080p: 0 } });
		expect((await get1080p(taskId)).data).toEqual(data);
	});

	it('is refused at once without a charge, or fails in the end', async () => {
		const refused = simulator.addVideo({ upgrade1080p: { outcome: 'refused' } });
		expect(await get1080p(refused)).toMatchObject({ code: 500 });
		expect(simulator.paid()).toEqual([]);
		const failing = simulator.addVideo({ upgrade1080p: { outcome: 'failure' } });
		expect(await get1080p(failing)).toMatchObject({ code: 400 });
		simulator.finish(failing, 'get1080p');
		expect(await get1080p(failing)).toMatchObject({ code: 500 });
		expect(await get1080p(failing)).toMatchObject({ code: 500 });
		expect(simulator.account().spent).toBe(0);
	});
});

describe('4K', () => {
	const nulls = (taskId: string) => ({ taskId, resultUrls: null, imageUrls: null });
	const processing = expect.stringContaining('4k is processing');
	const urls = (taskId: string, id = taskId) => ({
		taskId: id,
		resultUrls: [`${simulator.fileUrl}/v/${taskId}-0-4k.mp4`],
		imageUrls: [`${simulator.fileUrl}/v/${taskId}-0-4k.jpg`],
	});

	it('is accepted, then processing, then done, the last two as 422', async () => {
		const taskId = simulator.addVideo();
		expect(await post4k(taskId)).toEqual({ code: 200, msg: 'success', data: nulls(taskId) });
		expect(await post4k(taskId)).toEqual({ code: 422, msg: processing, data: nulls(taskId) });
		expect(
			await until(
				async () => await post4k(taskId),
				({ data }) => data?.resultUrls !== null,
			),
		).toEqual({
			code: 422,
			msg: 'The video has been generated successfully',
			data: urls(taskId),
		});
	});

	it('can be processing on the first POST, and done as 200', async () => {
		const taskId = simulator.addVideo({ upgrade4k: { first: 'processing', finished: '200' } });
		expect(await post4k(taskId)).toEqual({ code: 422, msg: processing, data: nulls(taskId) });
		expect(simulator.account().spent).toBe(120);
		simulator.finish(taskId, 'get4k');
		expect(await post4k(taskId)).toEqual({ code: 200, msg: 'success', data: urls(taskId) });
	});

	it('can be there already on the first POST, which then costs nothing', async () => {
		const taskId = simulator.addVideo({ upgrade4k: { first: 'done' } });
		expect(await post4k(taskId)).toMatchObject({ code: 422, data: urls(taskId) });
		expect(simulator.account().spent).toBe(0);
	});

	it.each([
		['null', { code: 200, msg: 'success', data: null }],
		['absent', { code: 200, msg: 'success' }],
	] as const)('can be pending with data %s', async (pendingData, expected) => {
		const taskId = simulator.addVideo({ upgrade4k: { pendingData } });
		expect(await post4k(taskId)).toStrictEqual(expected);
	});

	it('is refused with the text about another video, unbilled', async () => {
		const taskId = simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		expect(await post4k(taskId)).toEqual({
			code: 500,
			msg: 'The 4K version of this video is unavailable. Please try a different video.',
			data: null,
		});
		expect(simulator.submissions()).toHaveLength(1);
		expect(simulator.paid()).toEqual([]);
	});

	it('starts and bills again after a failure', async () => {
		const taskId = simulator.addVideo({ upgrade4k: { outcome: 'failure' } });
		await post4k(taskId);
		simulator.finish(taskId, 'get4k');
		expect(await post4k(taskId)).toMatchObject({ code: 200, data: nulls(taskId) });
		expect(simulator.paid()).toHaveLength(2);
	});

	it('can tell its failure again instead', async () => {
		const taskId = simulator.addVideo({
			upgrade4k: { outcome: 'failure', afterFailure: 'answer' },
		});
		await post4k(taskId);
		simulator.finish(taskId, 'get4k');
		expect(await post4k(taskId)).toMatchObject({ code: 500, data: null });
		expect(simulator.paid()).toHaveLength(1);
	});

	it('leaves record-info on the base URL while it runs and after', async () => {
		const taskId = simulator.addVideo();
		await post4k(taskId);
		const base = {
			data: { successFlag: 1, response: { resultUrls: [expect.stringContaining('base.mp4')] } },
		};
		expect(await record(taskId)).toMatchObject(base);
		simulator.finish(taskId, 'get4k');
		expect(await record(taskId)).toMatchObject(base);
	});

	it.each([
		['success', { successFlag: 1, response: { resolution: '4k' } }],
		['failure', { successFlag: 3, errorCode: 500, response: null }],
	] as const)('can show its %s in record-info afterwards', async (outcome, data) => {
		const taskId = simulator.addVideo({ upgrade4k: { recordAfter: 'upgrade', outcome } });
		await post4k(taskId);
		expect((await record(taskId)).data).toMatchObject({ response: { resolution: '720p' } });
		simulator.finish(taskId, 'get4k');
		expect((await record(taskId)).data).toMatchObject(data);
	});

	it('can answer under an id of its own, which record-info knows', async () => {
		const taskId = simulator.addVideo({ upgrade4k: { ownTaskId: true } });
		const own = `${taskId}_4k_0`;
		expect(await record(own)).toMatchObject({ code: 422 });
		expect(await post4k(taskId)).toMatchObject({ data: { taskId: own } });
		expect((await record(own)).data).toMatchObject({ taskId: own, successFlag: 0, response: null });
		simulator.finish(taskId, 'get4k');
		expect((await record(own)).data).toMatchObject({
			successFlag: 1,
			response: { resultUrls: urls(taskId).resultUrls, resolution: '4k' },
		});
		expect(await post4k(taskId)).toMatchObject({ data: urls(taskId, own) });
	});
});

describe('envelopes', () => {
	it('can have the code as text, no code, and data null or absent', async () => {
		const text = simulator.addVideo({ envelope: { code: 'text' } });
		expect(await post4k(text)).toMatchObject({ code: '200' });
		expect(await record(text)).toMatchObject({ code: '200', data: { successFlag: 1 } });
		const without = simulator.addVideo({ envelope: { code: 'absent', data: 'absent' } });
		expect(await post4k(without)).toStrictEqual({ msg: 'success' });
		const nothing = simulator.addVideo({ envelope: { data: 'null' } });
		expect(await record(nothing)).toStrictEqual({ code: 200, msg: 'success', data: null });
	});
});

describe('the journal', () => {
	it('holds each request with its answer, and what it cost', async () => {
		const taskId = simulator.addVideo();
		const before = Date.now();
		await post4k(taskId, { index: 0 });
		await record(taskId);
		expect(simulator.journal).toHaveLength(2);
		expect(simulator.journal[0]).toMatchObject({
			host: 'api',
			method: 'POST',
			path: FOUR_K,
			query: {},
			headers: { authorization: 'Bearer kie-simulator-key', 'content-type': 'application/json' },
			body: { taskId, index: 0 },
			taskId,
			httpStatus: 200,
			answer: { code: 200 },
			submission: true,
			creditsCharged: 120,
			fault: null,
		});
		expect(simulator.journal[0]?.at).toBeGreaterThanOrEqual(before);
		expect(simulator.journal[1]).toMatchObject({ query: { taskId }, taskId, submission: false });
		expect(simulator.requests({ method: 'GET', path: /record/ })).toHaveLength(1);
		expect(simulator.requests({ taskId: 'other' })).toEqual([]);
	});

	it('a reset forgets requests, tasks, payments and defaults', async () => {
		const taskId = simulator.addVideo();
		await post4k(taskId);
		simulator.setDefaults({ videos: 3 });
		simulator.fault({ kind: 'status', code: 500 });
		simulator.reset();
		expect(simulator.journal).toEqual([]);
		expect(simulator.taskIds).toEqual([]);
		expect(simulator.account()).toMatchObject({ credits: 5916.25, ledger: [] });
		expect(await record(taskId)).toMatchObject({ code: 422, msg: 'record is null' });
	});
});
