import type { KieAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyTaskRecord } from '../../../nodes/KieVeo/kie/meaning/taskRecord';

const URL_A = 'https://file.example/v/a.mp4';
const answer = (code: number | null, data: unknown): KieAnswer => ({
	code,
	message: '',
	data,
	body: {},
	fault: code === null,
	retryAfterMs: null,
});
const response = { resultUrls: [URL_A] };

describe('a task on record', () => {
	it.each<[name: string, kind: string, code: number | null, data: unknown]>([
		['finished', 'success', 200, { successFlag: 1, response }],
		['finished, the flag as text', 'success', 200, { successFlag: '1', response }],
		['finished, data as text', 'success', 200, JSON.stringify({ successFlag: 1, response })],
		['finished, but without a URL yet', 'running', 200, { successFlag: 1, response: null }],
		['generating', 'running', 200, { successFlag: 0, response: null }],
		['in a state nobody knows', 'running', 200, { successFlag: 9, response }],
		['without a flag or a URL', 'running', 200, { response: null }],
		['without a flag, but with its video', 'success', 200, { response }],
		['finished, without a code', 'success', null, { successFlag: 1, response }],
		['generating, under any code', 'running', 500, { successFlag: 0 }],
		['finished, with no list yet', 'running', 500, { successFlag: 1 }],
		['failed, although a video is named', 'failed', 200, { successFlag: 3, response }],
		['failed before completion', 'failed', 200, { successFlag: 2 }],
		['failed upstream', 'failed', 200, { successFlag: 3 }],
		['failed, told by the envelope', 'failed', 400, null],
		['failed on an image', 'failed', 451, null],
		['failed as a task', 'failed', 501, null],
		['not found', 'none', 422, null],
		['not found, with code 200', 'none', 200, null],
		['not told to this key', 'none', 401, undefined],
		['out of reach', 'none', null, undefined],
		['of a service in trouble', 'none', 500, null],
		['finished, under another code', 'success', 422, { successFlag: 1, response }],
		['a job that runs', 'running', 200, { state: 'generating', resultJson: '' }],
		['a job that waits', 'running', 200, { state: 'waiting' }],
		['a finished job', 'success', 200, { state: 'success', resultJson: JSON.stringify(response) }],
		['a failed job', 'failed', 200, { state: 'fail' }],
		['of two states that disagree', 'failed', 200, { state: 'success', successFlag: 3, response }],
		['without data under another code', 'none', 201, { taskId: 'a' }],
	])('%s is "%s"', (_name, kind, code, data) => {
		expect(classifyTaskRecord(answer(code, data)).kind).toBe(kind);
	});

	it.each<[name: string, code: number, data: object | null, reason: object]>([
		[
			'in its own words',
			200,
			{ successFlag: 2, errorCode: '501', errorMessage: 'why' },
			{ code: 501, message: 'why' },
		],
		['in the envelope', 400, null, { code: 400, message: 'envelope' }],
		[
			'only in the envelope, as its own words are empty',
			200,
			{ successFlag: 3, errorCode: null, errorMessage: '' },
			{ code: 200, message: 'envelope' },
		],
	])('tells why it failed %s', (_name, code, data, reason) => {
		const failed = { ...answer(code, data), message: 'envelope' };
		expect(classifyTaskRecord(failed)).toMatchObject({ kind: 'failed', ...reason });
	});

	it.each<[name: string, code: number, message: string, data: object | null, meaning: object]>([
		['words', 400, 'Only English prompts', null, { kind: 'failed', reason: 'englishOnly' }],
		['a code', 200, 'success', { successFlag: 3, errorCode: 524 }, { reason: 'timeout' }],
		['nothing', 200, 'success', { successFlag: 3 }, { kind: 'failed', reason: 'other' }],
		['want of credits', 500, 'x', { state: 'fail', failMsg: '余额不足' }, { kind: 'refused' }],
		['a busy service', 500, '维护', { state: 'fail' }, { kind: 'failed', reason: 'upstream' }],
		[
			"a key that is not this account's",
			200,
			'success',
			{ state: 'fail', failMsg: 'Unauthorized' },
			{ kind: 'failed', reason: 'upstream' },
		],
		[
			'the envelope, where its own is general',
			500,
			'Your prompt was flagged',
			{ state: 'fail', failMsg: 'Video generation failed' },
			{ kind: 'failed', reason: 'contentFilter' },
		],
		['a timeout', 200, 'success', { state: 'timeout' }, { kind: 'failed' }],
		['its age', 200, 'success', { state: 'expired' }, { kind: 'failed' }],
	])('has its reason from %s', (_name, code, message, data, meaning) => {
		const failed = { ...answer(code, data), message };
		expect(classifyTaskRecord(failed)).toMatchObject({ kind: 'failed', meaning });
	});

	it.each<[name: string, code: number, message: string, kind: string]>([
		['is processing', 400, '1080P is processing', 'running'],
		['will be ready', 400, 'Please check back shortly', 'running'],
		['was refused', 500, 'flagged', 'failed'],
		['has failed', 500, 'Failed - Video generation task failed', 'failed'],
		['is not known', 400, 'record is null', 'none'],
		['has no credits', 400, 'Insufficient credits', 'none'],
		['is not there yet', 400, '1080P is not available yet. Please check back shortly.', 'running'],
		['was ended', 501, '视频生成中止', 'failed'],
	])('tells by its text that it %s', (_name, code, message, kind) => {
		expect(classifyTaskRecord({ ...answer(code, null), message }).kind).toBe(kind);
	});

	it.each<[code: number, message: string, kind: string]>([
		[400, 'Your prompt was flagged', 'failed'],
		[501, 'Failed - Video generation task failed', 'failed'],
		[401, 'Unauthorized', 'none'],
		[402, 'Credits insufficient', 'none'],
		[200, 'success', 'running'],
		[400, '1080P is processing', 'running'],
		[422, 'record is null', 'running'],
	])('that runs by its fields is by the words "%d %s" %s', (code, message, kind) => {
		const running = answer(code, { taskId: 'a', successFlag: 0, response: null });
		expect(classifyTaskRecord({ ...running, message }).kind).toBe(kind);
	});

	it('that runs shows no video yet, whatever it names', () => {
		const running = answer(400, { taskId: 'a', successFlag: 0, response });
		const told = { ...running, message: '1080P is processing' };
		expect(classifyTaskRecord(told).kind).toBe('running');
	});

	it.each(['no success', 'ok then'])(
		'that failed with "%s" gives that as its reason',
		(message) => {
			const failed = { ...answer(200, { successFlag: 3 }), message };
			expect(classifyTaskRecord(failed)).toMatchObject({ message });
		},
	);

	it.each(['success', 'ok', 'OK.', '成功'])('that failed with "%s" gives no reason', (message) => {
		const failed = { ...answer(200, { successFlag: 3 }), message };
		expect(classifyTaskRecord(failed)).toMatchObject({ message: 'Kie.ai gives no reason' });
	});

	it('is not told by a web page, whatever its HTTP status', () => {
		expect(classifyTaskRecord({ ...answer(501, undefined), fault: true }).kind).toBe('none');
	});
});
