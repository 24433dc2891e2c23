import { isUnknownTask } from '../../../nodes/KieVeo/kie/meaning/recordAnswer';
import type { KieAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import {
	otherTier,
	readJob,
	resolutionOfJob,
	tierOfJob,
	upgradedBy,
	withTierNote,
} from '../../../nodes/KieVeo/kie/meaning/job';

const text = (value: unknown) => JSON.stringify(value);
const paramOf = (model: string | undefined, input: unknown) => text({ model, input: text(input) });

describe('the order that a job repeats', () => {
	it.each<[what: string, data: unknown, job: ReturnType<typeof readJob>]>([
		[
			'as JSON text in JSON text',
			{ model: 'veo-3-1', param: paramOf('veo-3-1', { prompt: 'A dog' }) },
			{ model: 'veo-3-1', input: { prompt: 'A dog' } },
		],
		[
			'as objects',
			{ param: { model: 'veo/extend', input: { task_id: 't' } } },
			{ model: 'veo/extend', input: { task_id: 't' } },
		],
		['without a model', { param: paramOf(undefined, { a: 1 }) }, { model: null, input: { a: 1 } }],
		['with nothing but a model', { model: 'veo-3-1' }, { model: 'veo-3-1', input: {} }],
		['that cannot be read', { model: 'veo-3-1', param: '{' }, { model: 'veo-3-1', input: {} }],
		['that is not there', { successFlag: 1, paramJson: text({ prompt: 'A dog' }) }, null],
		['of no record', null, null],
	])('is read %s', (_what, data, job) => {
		expect(readJob(data)).toStrictEqual(job);
		expect(readJob(text(data))).toStrictEqual(job);
	});

	const job = (model: string | null, input: { [field: string]: unknown } = {}) => ({
		model,
		input,
	});

	it.each([
		[job('veo/get-4k-video', { task_id: 't', index: 2 }), { taskId: 't', index: 2 }],
		[job('veo/get-1080p-video', { taskId: 't', index: '1' }), { taskId: 't', index: 1 }],
		[job('veo/get-4k-video', { task_id: 7 }), { taskId: '7', index: 0 }],
		[job('veo/get-4k-video'), null],
	])('says which video is upgraded: %j', (given, video) => {
		expect(upgradedBy(given)).toStrictEqual(video);
	});

	it.each([
		[job('veo/get-4k-video'), '4k'],
		[job('VEO/GET-4K-VIDEO', { resolution: '720p' }), '4k'],
		[job('veo/get-1080p-video'), '1080p'],
		[job('veo-3-1', { resolution: '1080p' }), '1080p'],
		[job('veo-3-1'), null],
		[job(null), null],
	])('says what is given: %j', (given, resolution) => {
		expect(resolutionOfJob(given)).toBe(resolution);
	});

	it.each([
		[job('veo-3-1', { model: 'veo3_lite' }), 'veo3_lite'],
		[job('veo3_fast', { model: 'veo3' }), 'veo3'],
		[job('veo3_fast'), 'veo3_fast'],
		[job('veo3'), 'veo3'],
		[job('veo-3-1'), null],
		[job('my-veo3'), null],
		[job('veo3x'), null],
		[job(null), null],
	])('says the tier: %j', (given, tier) => {
		expect(tierOfJob(given)).toBe(tier);
	});

	it.each<[asked: string | undefined, data: unknown, made: string | null]>([
		['veo3_lite', { param: paramOf('veo-3-1', { model: 'veo3_fast' }) }, 'veo3_fast'],
		['VEO3_FAST', { param: paramOf('veo-3-1', { model: 'veo3_fast' }) }, null],
		['veo3_lite', { param: paramOf('veo-3-1', {}) }, null],
		['veo3_lite', { successFlag: 1 }, null],
		[undefined, { param: paramOf('veo-3-1', { model: 'veo3_fast' }) }, null],
	])('asked for with %s, %j was made with another tier: %s', (asked, data, made) => {
		expect(otherTier(asked, data)).toBe(made);
	});

	it.each([
		['', 'Kie.ai made this video with b, not with a as asked for.'],
		['Done', 'Done. Kie.ai made this video with b, not with a as asked for.'],
		['Done.', 'Done. Kie.ai made this video with b, not with a as asked for.'],
	])('says so after "%s"', (message, note) => {
		expect(withTierNote(message, 'a', 'b')).toBe(note);
	});
});

describe('an answer to a read of a task', () => {
	const answer = (
		code: number | null,
		message: string,
		more: Partial<KieAnswer> = {},
	): KieAnswer => ({
		code,
		message,
		data: null,
		body: {},
		fault: false,
		retryAfterMs: null,
		...more,
	});

	it.each<[what: string, given: KieAnswer, isUnknown: boolean]>([
		['does not know it', answer(422, 'recordInfo is null'), true],
		['does not know it, in other words', answer(404, 'Task not found'), true],
		['has no data', answer(200, 'success'), true],
		['has no such endpoint', answer(404, 'No message available'), true],
		['does not take the method', answer(405, 'Method Not Allowed'), true],
		['has switched it off', answer(505, 'Feature Disabled'), true],
		['is a web page', answer(404, '', { fault: true, unreached: 'wrongAddress' }), true],
		['came from a proxy', answer(403, '', { fault: true, unreached: 'accessDenied' }), false],
		['did not come', answer(null, '', { fault: true, body: null }), false],
		['is about the key', answer(401, 'You do not have access permissions'), false],
		['is a broken service', answer(500, 'Server exception'), false],
		['has kept it too long', answer(422, 'Temporarily supports records within 14 days'), false],
		['has no file of it', answer(422, 'record result data is blank'), false],
		['shows it', answer(200, 'success', { data: { state: 'success' } }), false],
		['shows it under another code', answer(422, 'x', { data: { successFlag: 0 } }), false],
	])('that %s', (_what, given, isUnknown) => {
		expect(isUnknownTask(given)).toBe(isUnknown);
	});
});
