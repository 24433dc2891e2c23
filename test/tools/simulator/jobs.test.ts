import { type AddVideo, type Simulator, startSimulator } from './';
import { type Receiver, call, startReceiver, until } from './testing';

const CREATE = '/api/v1/jobs/createTask';

let simulator: Simulator;
let receiver: Receiver;

beforeAll(async () => {
	simulator = await startSimulator({
		accounts: [
			{ key: 'kie-simulator-key', credits: 10_000 },
			{ key: 'second-key', credits: 10_000 },
		],
		timings: { generate: 20, extend: 20, upgrade1080p: 20, upgrade4k: 20 },
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

interface Body {
	code?: unknown;
	msg?: string;
	data?: Record<string, unknown> | null;
}

const ask = async (path: string, options: Parameters<typeof call>[1] = {}): Promise<Body> =>
	(await call(simulator.apiUrl + path, options)).body as Body;
const order = async (model: string, input: object, more: object = {}) =>
	await ask(CREATE, { body: { model, input, ...more } });
const record = async (taskId: unknown) =>
	(await ask(`/api/v1/jobs/recordInfo?taskId=${String(taskId)}`)).data ?? {};
const ended = async (taskId: unknown) =>
	await until(
		async () => await record(taskId),
		({ state }) => state === 'success' || state === 'fail',
	);
const parsed = (text: unknown) => JSON.parse(String(text)) as Record<string, unknown>;
const inputOf = (data: Record<string, unknown>) => parsed(parsed(data.param).input);

const prompt = 'A dog';
const video = (more: AddVideo = {}) => simulator.addVideo(more);

describe('createTask', () => {
	it.each<[what: string, model: string, input: object, msg: string]>([
		['an unknown model', 'veo-3-1-fast', { prompt }, 'Invalid model'],
		['a missing prompt', 'veo-3-1', {}, 'Missing required parameter: input.prompt'],
		['a duration as text', 'veo-3-1', { prompt, duration: '8' }, 'input.duration must be one of'],
		['images that are not a list', 'veo-3-1', { prompt, image_urls: 'x' }, 'must be an array'],
		['4K with a camelCase id', 'veo/get-4k-video', { taskId: 't' }, 'input.task_id'],
		[
			'4K with an index as text',
			'veo/get-4k-video',
			{ task_id: 't', index: '0' },
			'input.index must be an integer',
		],
		['1080P with a snake_case id', 'veo/get-1080p-video', { task_id: 't' }, 'input.taskId'],
		[
			'1080P with a number as index',
			'veo/get-1080p-video',
			{ taskId: 't', index: 0 },
			'input.index must be a string',
		],
		[
			'an extension of an unknown task',
			'veo/extend',
			{ task_id: 't', prompt },
			'recordInfo is null',
		],
		['an upgrade of an unknown task', 'veo/get-4k-video', { task_id: 't' }, 'recordInfo is null'],
	])('refuses %s, and bills nothing', async (_what, model, input, msg) => {
		const { code, msg: said } = await order(model, input);
		expect(code).toBe(422);
		expect(said).toContain(msg);
		expect(simulator.account().spent).toBe(0);
	});

	it.each<[what: string, model: string, input: object, tier: string, credits: number]>([
		['the tier of the input', 'veo-3-1', { model: 'veo3_lite' }, 'veo3_lite', 30],
		['Fast without one', 'veo-3-1', {}, 'veo3_fast', 60],
		['Fast for a misspelt one', 'veo-3-1', { model: 'lite' }, 'veo3_fast', 60],
		['Fast for a tier in the wrong place', 'veo3_lite', {}, 'veo3_fast', 60],
	])('bills and repeats %s', async (_what, model, input, tier, credits) => {
		const { data } = await order(model, { prompt, seeds: 12345, nonsense: true, ...input });
		expect(inputOf(await ended(data?.taskId))).toMatchObject({ model: tier });
		expect(simulator.account().spent).toBe(credits);
	});

	it('bills an upgrade each time it is ordered', async () => {
		const taskId = video();
		const first = await order('veo/get-4k-video', { task_id: taskId, index: 0 });
		const second = await order('veo/get-4k-video', { task_id: taskId, index: 0 });
		expect(first.data?.taskId).not.toBe(second.data?.taskId);
		expect(simulator.account().spent).toBe(240);
	});

	it('may want a callback address for 1080P', async () => {
		const taskId = video({ jobs: { callBackUrl1080p: 'required' } });
		const input = { taskId, index: '0' };
		expect((await order('veo/get-1080p-video', input)).msg).toBe('Please enter callBackUrl.');
		const { code } = await order('veo/get-1080p-video', input, { callBackUrl: receiver.url });
		expect(code).toBe(200);
	});
});

describe('recordInfo', () => {
	it.each<[resolution: string, place: (result: Record<string, unknown>) => unknown]>([
		['720p', (result) => result.resultUrls],
		['1080p', (result) => (result.data as Record<string, unknown>).result_urls],
		['4k', (result) => (result.data as Record<string, unknown>).result_urls],
	])('shows a video in %s where Kie has it', async (resolution, place) => {
		const { data } = await order('veo-3-1', { prompt, resolution });
		const shown = await ended(data?.taskId);
		expect(shown).toMatchObject({ state: 'success', successFlag: 1, costTime: 0 });
		expect(place(parsed(shown.resultJson))).toStrictEqual([expect.stringContaining('base.mp4')]);
		expect(shown.response).toStrictEqual(parsed(shown.resultJson));
	});

	it('shows an upgrade under its own id, with the order', async () => {
		const taskId = video();
		const { data } = await order('veo/get-1080p-video', { taskId, index: '0' });
		const shown = await ended(data?.taskId);
		expect(shown).toMatchObject({ model: 'veo/get-1080p-video', creditsConsumed: 5 });
		expect(inputOf(shown)).toStrictEqual({ taskId, index: '0' });
		expect(await record(taskId)).toMatchObject({ model: 'veo-3-1' });
	});

	it('shows a failure in its own words, and pays back', async () => {
		const taskId = video({ upgrade4k: { outcome: 'failure' } });
		const { data } = await order('veo/get-4k-video', { task_id: taskId });
		expect(await ended(data?.taskId)).toMatchObject({
			state: 'fail',
			successFlag: 3,
			failCode: '500',
			failMsg: expect.stringContaining('4K version'),
			creditsConsumed: 0,
		});
		expect(simulator.account().spent).toBe(0);
	});

	it('knows nothing of the other API, of other accounts, or by the record id', async () => {
		const { data } = await order('veo-3-1', { prompt });
		const veo = video({ api: 'veo' });
		const key = 'second-key';
		const path = (taskId: unknown) => `/api/v1/jobs/recordInfo?taskId=${String(taskId)}`;
		const unknown = { code: 422, msg: 'recordInfo is null', data: null };
		expect(await ask(path(veo))).toStrictEqual(unknown);
		expect(await ask(path(data?.recordId))).toStrictEqual(unknown);
		expect(await ask(path(data?.taskId), { key })).toStrictEqual(unknown);
		const { msg } = await ask(`/api/v1/veo/record-info?taskId=${String(data?.taskId)}`);
		expect(msg).toBe('record is null');
	});
});

describe('the callback of a job', () => {
	it.each([
		['job', 'state'],
		['dedicated', 'info'],
	] as const)('in the form "%s" names the id of the job', async (callback, field) => {
		const taskId = video({ jobs: { callback } });
		const input = { task_id: taskId, index: 0 };
		const { data } = await order('veo/get-4k-video', input, { callBackUrl: receiver.url });
		await until(
			() => receiver.received.length,
			(count) => count > 0,
		);
		const body = parsed(receiver.received[0]?.body);
		expect(body.data).toMatchObject({ taskId: data?.taskId, [field]: expect.anything() });
	});
});
