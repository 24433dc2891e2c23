import type { KieAnswer } from '../../nodes/KieVeo/kie/meaning/answer';
import { classifyTaskRecord } from '../../nodes/KieVeo/kie/meaning/taskRecord';

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
		['without a flag', 'running', 200, { response }],
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
		['under an unknown code', 'none', 422, { successFlag: 1, response }],
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
		expect(classifyTaskRecord(failed)).toStrictEqual({ kind: 'failed', ...reason });
	});

	it('is not told by a web page, whatever its HTTP status', () => {
		expect(classifyTaskRecord({ ...answer(501, undefined), fault: true }).kind).toBe('none');
	});
});
