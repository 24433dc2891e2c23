import {
	SUBMISSION_PARAMETER,
	readSubmission,
	withSubmission,
} from '../../../nodes/KieVeo/addresses/submission';
import type {
	ApiName,
	CreationOrder,
	Order,
	StateOrder,
	SubmittedTask,
	UpgradeOrder,
	VideoOrder,
} from '../../../nodes/KieVeo/kie/api';
import { KieVeoError } from '../../../nodes/KieVeo/messages/error';
import type { TaskOperation } from '../../../nodes/KieVeo/operations';
import { ADDRESS_KEY, fakeKie, GENERATE, GET_4K } from './fakeKie';

const BASE = 'https://file.example/base.mp4';
const IN_4K = 'https://file.example/4k.mp4';
const IMAGE = 'https://file.example/image.jpg';

const APIS: ApiName[] = ['veo', 'jobs'];

const answer = (data: unknown, code = 200, msg = 'success') => ({ code, msg, data });
const asText = (value: unknown) => JSON.stringify(value);

/** The same facts about a task, as each API writes them. */
const WIRE = {
	veo: {
		created: (taskId: string) => answer({ taskId }),
		running: answer({ successFlag: 0, response: null }),
		done: (urls: object, resolution = '720p') =>
			answer({ successFlag: 1, response: { ...urls, resolution } }),
		failed: answer({ successFlag: 3, errorCode: 500, errorMessage: 'upstream failed' }),
		unknown: answer(null, 422, 'record is null'),
		recordPath: '/api/v1/veo/record-info',
	},
	jobs: {
		created: (taskId: string) => answer({ taskId, recordId: 'r1' }),
		running: answer({ state: 'generating', successFlag: 0, resultJson: '', response: null }),
		done: (urls: object, resolution = '720p') =>
			answer({
				model: 'veo-3-1',
				state: 'success',
				successFlag: 1,
				param: asText({ model: 'veo-3-1', input: asText({ resolution, model: 'veo3_fast' }) }),
				resultJson: asText(urls),
				response: urls,
			}),
		unknown: answer(null, 422, 'recordInfo is null'),
		recordPath: '/api/v1/jobs/recordInfo',
	},
} satisfies Record<ApiName, object>;

const generate = (changes: Partial<CreationOrder['parameters']> = {}): CreationOrder => ({
	...GENERATE,
	parameters: { ...GENERATE.parameters, ...changes },
});
const extend = (changes: Partial<CreationOrder['parameters']> = {}): CreationOrder => ({
	kind: 'creation',
	operation: 'extend',
	parameters: { taskId: 'base', prompt: 'On it goes', model: 'fast', ...changes },
});
const upgrade = (
	operation: UpgradeOrder['operation'],
	changes: Partial<UpgradeOrder> = {},
): UpgradeOrder => ({ ...GET_4K, operation, index: 1, ...changes });
/** A 4K upgrade that was ordered, under an ID of its own with jobs. */
const upgraded = (kieTaskId: string | null): SubmittedTask => ({
	...{ operation: 'get4k', taskId: 'base', kieTaskId, index: 0, codes: [200] },
});
const get = (taskId: string): StateOrder => ({ kind: 'state', operation: 'get', taskId });

describe.each(APIS)('the API "%s"', (name) => {
	const wire = WIRE[name];

	it('takes the video that an order builds on for no new task', async () => {
		const upgrades = name === 'jobs' ? [upgrade('get4k'), upgrade('get1080p')] : [];
		for (const order of [extend(), ...upgrades]) {
			const { meaning } = await fakeKie([wire.created('base')], {}, name).api.submit(order);
			expect(meaning.kind).toBe('lost');
		}
	});

	it('says what to switch where it does not offer what was ordered', async () => {
		const other = name === 'veo' ? 'jobs' : 'veo';
		const replies: Array<[reply: object, order: VideoOrder]> = [
			[answer(null, 404, 'No endpoint'), generate()],
			[answer(null, 405, 'Method not allowed'), generate()],
			[answer(null, 505, 'The feature is disabled'), generate()],
			[answer(null, 422, 'Invalid model'), generate()],
			[wire.unknown, extend()],
			[wire.unknown, upgrade('get4k')],
		];
		for (const [reply, order] of replies) {
			const kie = fakeKie([reply], {}, name);
			const { meaning } = await kie.chosen.submit(order);
			expect(meaning).toMatchObject({ mayWorkWith: other });
			expect(kie.calls).toHaveLength(1);
		}
		const flagged = fakeKie([answer(null, 400, 'flagged')], {}, name);
		const { meaning } = await flagged.chosen.submit(generate());
		expect(meaning).not.toHaveProperty('mayWorkWith');
	});

	it('asks the other API about a task it does not know, and only then', async () => {
		const otherName = name === 'veo' ? 'jobs' : 'veo';
		const other = WIRE[otherName];
		const kie = fakeKie([wire.unknown, other.done({ resultUrls: [BASE] })], {}, name);
		expect(await kie.chosen.submit(get('t'))).toMatchObject({
			meaning: { kind: 'success', files: { videoUrls: [BASE] } },
		});
		expect(kie.calls.map(({ path }) => path)).toStrictEqual([wire.recordPath, other.recordPath]);

		const known = fakeKie([wire.running], {}, name);
		await known.chosen.submit(get('t'));
		expect(known.calls).toHaveLength(1);
	});
});

const veoBase = WIRE.veo.done({ resultUrls: [BASE] });

describe('the outcome of a submitted video', () => {
	const { done, failed } = WIRE.veo;
	const in4k = done({ resultUrls: [IN_4K] }, '4k');
	const said4k = answer({ resultUrls: [IN_4K] }, 422, 'done');
	const runs4k = answer(null, 422, '4k is processing.');
	const no4k = answer(null, 500, 'The 4K version of this video is unavailable.');
	const trouble = answer(null, 500, 'Server Error');

	it.each<[what: string, operation: TaskOperation, answers: object[], kind: string, sent: string]>([
		['a failure on record: never a second upgrade', 'get4k', [failed], 'failed', 'GET'],
		['the 4K video on record', 'get4k', [in4k], 'success', 'GET'],
		['no record', 'get4k', [trouble], 'retry', 'GET'],
		['the base video, then 4K by its order', 'get4k', [veoBase, said4k], 'success', 'GET POST'],
		['the base video, then 4K that runs', 'get4k', [veoBase, runs4k], 'processing', 'GET POST'],
		['the base video, then a refusal of 4K', 'get4k', [veoBase, no4k], 'failed', 'GET POST'],
		['a generated video', 'generate', [veoBase], 'success', 'GET'],
	])('at the Veo endpoints: %s (%s)', async (_what, operation, answers, kind, sent) => {
		const { api, calls } = fakeKie(answers);
		const video = { operation, taskId: 't', kieTaskId: 'kie-t', index: 1, codes: [200] };
		const { meaning } = await api.fetchTask(video, 'check');
		expect(meaning.kind).toBe(kind);
		if (operation === 'get4k') expect(JSON.stringify(meaning)).not.toContain(BASE);
		expect(calls.map(({ method }) => method).join(' ')).toBe(sent);
		expect(calls[0]?.query).toStrictEqual({ taskId: 'kie-t' });
		if (calls[1]) expect(calls[1].body).toStrictEqual({ taskId: 't', index: 1 });
	});

	it.each<[what: string, reply: object, kind: string]>([
		['that runs', WIRE.jobs.running, 'processing'],
		['that is done', WIRE.jobs.done({ resultUrls: [IN_4K] }), 'success'],
		['that is not found yet', WIRE.jobs.unknown, 'retry'],
	])('of an upgrade %s is read from the record of the job alone', async (_what, reply, kind) => {
		for (const how of ['check', 'free'] as const) {
			const kie = fakeKie([reply], {}, 'jobs');
			expect((await kie.api.fetchTask(upgraded('job'), how)).meaning.kind).toBe(kind);
			for (const call of kie.calls) {
				expect(call).toMatchObject({ method: 'GET', query: { taskId: 'job' } });
			}
		}
	});

	it.each(APIS)('of an upgrade is a free read, also where "%s" is chosen by now', async (name) => {
		const kie = fakeKie([WIRE.jobs.done({ resultUrls: [IN_4K] })], {}, name);
		const { meaning } = await kie.chosen.fetchTask(upgraded('job'), 'check');
		expect(meaning.kind).toBe('success');
		expect(kie.calls).toStrictEqual([expect.objectContaining({ path: WIRE.jobs.recordPath })]);
	});

	it.each(['poll', 'check'] as const)(
		'never orders an upgrade of the Veo endpoints again once jobs are chosen: %s',
		async (how) => {
			const kie = fakeKie([veoBase], {}, 'jobs');
			const { meaning } = await kie.chosen.fetchTask(upgraded(null), how);
			expect(meaning.kind).toBe('processing');
			expect(kie.calls).toStrictEqual([expect.objectContaining({ path: WIRE.veo.recordPath })]);
		},
	);
});

describe('a job', () => {
	const { created } = WIRE.jobs;
	const CALLBACK = { callBackUrl: 'https://a.example/x' };

	it.each<[what: string, order: VideoOrder, body: object]>([
		[
			'of Generate names the tier within the input',
			generate({
				generationType: 'REFERENCE_2_VIDEO',
				imageUrls: [IMAGE],
				aspectRatio: '9:16',
				resolution: '4k',
				duration: 8,
				enableTranslation: true,
				watermark: 'Mine',
			}),
			{
				model: 'veo-3-1',
				input: {
					prompt: 'A dog',
					model: 'veo3_lite',
					generation_type: 'REFERENCE_2_VIDEO',
					image_urls: [IMAGE],
					aspect_ratio: '9:16',
					resolution: '4k',
					duration: 8,
					enable_translation: true,
					watermark: 'Mine',
				},
			},
		],
		[
			'of Extend has a snake_case id and a seed, but no tier',
			extend({ seed: 12345, watermark: 'Mine' }),
			{
				model: 'veo/extend',
				input: { task_id: 'base', prompt: 'On it goes', seeds: 12345, watermark: 'Mine' },
			},
		],
		[
			'of Get 4K has a snake_case id and a number',
			upgrade('get4k', CALLBACK),
			{ ...CALLBACK, model: 'veo/get-4k-video', input: { task_id: 'base', index: 1 } },
		],
		[
			'of Get 1080P has a camelCase id and text',
			upgrade('get1080p', CALLBACK),
			{ ...CALLBACK, model: 'veo/get-1080p-video', input: { taskId: 'base', index: '1' } },
		],
	])('%s', async (_what, order, body) => {
		const kie = fakeKie([created('job')], {}, 'jobs');
		const { meaning } = await kie.api.submit(order);
		expect(meaning).toMatchObject({ kind: 'processing', files: { taskId: 'job' } });
		expect(kie.calls).toHaveLength(1);
		expect(kie.calls[0]).toMatchObject({ method: 'POST', path: '/api/v1/jobs/createTask' });
		expect(kie.calls[0]?.body).toStrictEqual(body);
	});

	it('carries the tier in a callback address of ours, and leaves any other as it is', async () => {
		const submission = { operation: 'generate' as const, taskId: null, index: null };
		const ours = withSubmission('https://a.example/x', submission, ADDRESS_KEY);
		for (const url of [ours, 'https://a.example/x?kieVeo=1']) {
			const kie = fakeKie([created('job')], {}, 'jobs');
			await kie.api.submit({ ...generate(), callBackUrl: url });
			const { callBackUrl } = kie.calls[0]?.body as { callBackUrl: string };
			const value = new URL(callBackUrl).searchParams.get(SUBMISSION_PARAMETER);
			const read = readSubmission(value, ADDRESS_KEY);
			if (url === ours) expect(read).toStrictEqual({ ...submission, model: 'veo3_lite' });
			else expect(callBackUrl).toBe(url);
		}
	});

	const NOTE = 'Kie.ai made this video with veo3_fast, not with veo3_lite as asked for.';
	it.each<[asked: string, message: string, lines: number]>([
		['veo3_fast', 'success', 0],
		['veo3_lite', `success. ${NOTE}`, 1],
	])('asked for with %s and made with veo3_fast says "%s"', async (model, message, lines) => {
		const kie = fakeKie([WIRE.jobs.done({ resultUrls: [BASE] })], {}, 'jobs');
		const video: SubmittedTask = { ...upgraded(null), operation: 'generate', model };
		expect((await kie.chosen.fetchTask(video, 'poll')).message).toBe(message);
		expect(kie.lines).toHaveLength(lines);
	});

	it.each<[what: string, api: ApiName, order: Order, isRefused: boolean]>([
		['a seed for a new job', 'jobs', generate({ seed: 12345 }), true],
		['a seed for an extension', 'jobs', extend({ seed: 12345 }), false],
		['an extension in another tier', 'jobs', extend({ model: 'lite' }), true],
		['a callback of 1080P', 'veo', upgrade('get1080p', CALLBACK), true],
		['1080P without one', 'veo', upgrade('get1080p'), false],
		['a callback of a 1080P job', 'jobs', upgrade('get1080p', CALLBACK), false],
		['a callback of 4K', 'veo', upgrade('get4k', CALLBACK), false],
	])(
		'is refused before anything is sent where the API cannot do it: %s (%s)',
		(_what, name, order, isRefused) => {
			const kie = fakeKie([{}], {}, name);
			const check = () => kie.chosen.assertOffered(order);
			if (isRefused) expect(check).toThrow(KieVeoError);
			else expect(check).not.toThrow();
			expect(kie.calls).toHaveLength(0);
		},
	);
});

describe('two sources', () => {
	const done = answer({ resultUrls: [IN_4K] }, 422, 'The video has been generated successfully');
	const trouble = answer(null, 500, 'Server Error');

	it.each(['poll', 'check'] as const)(
		'are not asked in a way that orders while one of them may know the upgrade: %s',
		async (how) => {
			const kie = fakeKie([trouble], {}, 'veo');
			const { meaning } = await kie.chosen.fetchTask(upgraded('own'), how);
			expect(meaning.kind).toBe('retry');
			expect(kie.calls).toStrictEqual([expect.objectContaining({ path: WIRE.jobs.recordPath })]);
		},
	);

	it('of which none knows an id of the upgrade are followed by the 4K request', async () => {
		const kie = fakeKie([WIRE.jobs.unknown, WIRE.veo.unknown, done], {}, 'veo');
		const { meaning } = await kie.chosen.fetchTask(upgraded('own'), 'check');
		expect(meaning.kind).toBe('success');
		expect(kie.calls.map(({ method }) => method)).toStrictEqual(['GET', 'GET', 'POST']);
	});

	it('answer as the chosen one where the other one is in trouble', async () => {
		const kie = fakeKie([WIRE.veo.unknown, trouble], {}, 'veo');
		const { meaning } = await kie.chosen.fetchRecord('t');
		expect(meaning).toStrictEqual({ kind: 'failed', reason: 'unknownTask' });
	});
});

describe('the state of a task of any model', () => {
	const task: StateOrder = { kind: 'state', operation: 'getTask', taskId: 'a' };
	const { unknown, running } = WIRE.jobs;

	it('is final for an unknown ID after three reads: Kie.ai does not know a new task at once', async () => {
		const kie = fakeKie([unknown]);
		const { meaning } = await kie.chosen.submit(task);
		expect(meaning).toMatchObject({ kind: 'failed', reason: 'unknownTask' });
		expect(kie.calls).toHaveLength(3);
		const later = fakeKie([unknown, unknown, running]);
		expect((await later.chosen.submit(task)).meaning.kind).toBe('processing');
	});
});
