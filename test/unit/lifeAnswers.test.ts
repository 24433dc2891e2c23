import { faultAnswer } from '../../nodes/KieVeo/kie/http/envelope';
import { GRACE_MS, RecentTasks } from '../../nodes/KieVeo/kie/http/recentTasks';
import type { KieAnswer } from '../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../nodes/KieVeo/kie/meaning/createAnswer';
import {
	classifyDownloadUrlAnswer,
	classifyUploadAnswer,
} from '../../nodes/KieVeo/kie/meaning/fileAnswer';
import { readRecordAnswer } from '../../nodes/KieVeo/kie/meaning/recordAnswer';
import { fileNameOf, fileNameOfUrl, mimeTypeOf } from '../../nodes/KieVeo/files/names';

const answer = (code: number, message: string, data: unknown = null): KieAnswer => ({
	code,
	message,
	data,
	body: {},
	fault: false,
	retryAfterMs: null,
});
const URL_1 = 'https://tempfile.example.com/v/one.mp4';

describe('the answer to generate or extend', () => {
	const lost = { kind: 'lost' };
	const failed = { kind: 'failed' };
	it.each<[what: string, given: KieAnswer, meaning: object]>([
		['an id', answer(200, 'success', { taskId: 'a' }), { kind: 'created', taskId: 'a' }],
		['snake case', answer(200, 'success', { task_id: 'a' }), { kind: 'created', taskId: 'a' }],
		['JSON text', answer(200, 'ok', '{"taskId":"a"}'), { kind: 'created', taskId: 'a' }],
		['an empty id', answer(200, 'success', { taskId: ' ' }), lost],
		['no data', answer(200, 'success', undefined), lost],
		['no answer', faultAnswer('connection lost'), lost],
		['a gateway page', faultAnswer('a web page', 502), lost],
		['no code', { ...answer(200, 'success'), code: null, fault: true }, lost],
		['a server error', answer(500, 'Server Error'), lost],
		['upstream trouble', answer(408, 'Upstream'), lost],
		['policy', answer(400, 'flagged'), failed],
		['an unknown original', answer(404, 'not found'), failed],
		['Flow', answer(422, 'Your request was rejected by Flow(x)'), failed],
		['an image', answer(451, 'Failed to fetch the image.'), failed],
		['a failed task', answer(501, 'Failed'), failed],
		['a bad key', answer(401, 'x'), { kind: 'refused', reason: 'unauthorized' }],
		['no credits', answer(402, 'x'), { kind: 'refused', reason: 'credits' }],
		['a key limit', answer(433, 'x'), { kind: 'refused', reason: 'keyLimit' }],
		['switched off', answer(505, 'x'), { kind: 'refused', reason: 'featureDisabled' }],
		['rate limit', answer(429, 'x'), { kind: 'retry', reason: 'rateLimit' }],
		[
			'rate limit in words',
			answer(400, 'Your call frequency is too high...'),
			{ kind: 'retry', reason: 'rateLimit' },
		],
		[
			'rate limit of a web server',
			faultAnswer('page', 429),
			{ kind: 'retry', reason: 'rateLimit' },
		],
		['maintenance', answer(455, 'x'), { kind: 'retry', reason: 'maintenance' }],
		['no connection', { ...faultAnswer('refused'), unreached: 'noConnection' }, { kind: 'retry' }],
	])('%s', (_what, given, meaning) => {
		expect(classifyCreateAnswer(given)).toMatchObject(meaning);
	});
});

describe('the answer to record-info', () => {
	const record = (flag: unknown, more: object = {}) =>
		answer(200, 'success', { taskId: 'a', successFlag: flag, response: null, ...more });
	const done = { response: { resultUrls: [URL_1], resolution: '720p' } };
	const processing = { kind: 'processing' };
	const failed = { kind: 'failed' };
	it.each<[what: string, given: KieAnswer, isNew: boolean, meaning: object, message?: string]>([
		['running', record(0), false, processing, 'success'],
		['running, as text', record('0'), false, processing, 'success'],
		['an unknown flag', record(9), false, processing, 'success'],
		['done', record(1, done), false, { kind: 'success', files: { videoUrls: [URL_1] } }, 'success'],
		['done, as text', record('1', done), false, { kind: 'success' }, 'success'],
		['done without URL', record(1), false, processing, 'success'],
		[
			'an extension of which only the whole is named',
			record(1, { response: { resultUrls: null, fullResultUrls: [URL_1] } }),
			false,
			{ kind: 'success', files: { videoUrls: [URL_1], fullVideoUrls: [URL_1] } },
			'success',
		],
		['failed', record(2, { errorMessage: 'why', errorCode: 501 }), false, failed, 'why'],
		['failed upstream', record(3, { errorMessage: '' }), false, failed, 'Kie.ai gives no reason'],
		[
			'failed, the reason in the envelope',
			{ ...record(2), message: 'Timeout' },
			false,
			failed,
			'Timeout',
		],
		[
			'failed without a reason',
			{ ...record(2), message: 'Success' },
			false,
			failed,
			'Kie.ai gives no reason',
		],
		['failed in the envelope', answer(400, 'flagged'), false, failed, 'flagged'],
		['an image', answer(451, 'image'), false, failed, 'image'],
		['a failed task', answer(501, 'Failed'), false, failed, 'Failed'],
		['perhaps failed', answer(500, 'Timeout'), false, { reason: 'taskOrServer' }, 'Timeout'],
		['unknown', answer(422, 'record is null'), false, failed, 'record is null'],
		['unknown, but new', answer(422, 'record is null'), true, processing, 'record is null'],
		['404', answer(404, 'Task not found'), false, failed, 'Task not found'],
		['404, but new', answer(404, 'Task not found'), true, processing, 'Task not found'],
		['null', answer(200, 'success', null), false, failed, 'record is null'],
		['null, but new', answer(200, 'success', null), true, processing, 'success'],
		['failed and new', answer(400, 'flagged'), true, failed, 'flagged'],
		['a bad key and new', answer(401, 'x'), true, { kind: 'refused' }, 'x'],
		['no answer', faultAnswer('lost'), false, { reason: 'unreadable' }, 'lost'],
		['a gateway page', faultAnswer('page', 502), false, { reason: 'unreadable' }, 'page'],
		['a web page with 404', faultAnswer('page', 404), true, { reason: 'unreadable' }, 'page'],
		['a web page with 501', faultAnswer('page', 501), false, { reason: 'unreadable' }, 'page'],
		['maintenance', answer(455, 'x'), false, { reason: 'maintenance' }, 'x'],
	])('%s', (_what, given, isNew, meaning, message) => {
		const told = readRecordAnswer(given, isNew);
		expect(told.meaning).toMatchObject(meaning);
		expect(told.answer.message).toBe(message);
	});

	it('carries the code of the record, not of the envelope', () => {
		const told = readRecordAnswer(record(2, { errorMessage: 'why', errorCode: '501' }), false);
		expect(told.answer.code).toBe(501);
	});
});

describe('answers about files', () => {
	it.each<[given: KieAnswer, meaning: object]>([
		[answer(200, 'success', URL_1), { kind: 'success', url: URL_1 }],
		[answer(200, 'success', 'http://a.example/1'), { kind: 'success', url: 'http://a.example/1' }],
		[answer(200, 'success', 'javascript:alert(1)'), { kind: 'failed' }],
		[answer(200, 'success', `javascript:alert("${URL_1}")`), { kind: 'failed' }],
		[answer(422, 'url is wrong', URL_1), { kind: 'failed' }],
		[answer(422, 'url is wrong'), { kind: 'failed' }],
		[answer(500, 'x'), { kind: 'retry' }],
		[answer(401, 'x'), { kind: 'refused' }],
	])('download-url: %j', (given, meaning) => {
		expect(classifyDownloadUrlAnswer(given)).toMatchObject(meaning);
	});

	it.each<[given: KieAnswer, meaning: object]>([
		[answer(200, 'ok', { downloadUrl: URL_1 }), { kind: 'success', url: URL_1 }],
		[answer(200, 'ok', {}), { kind: 'failed' }],
		[answer(400, 'Missing required parameter: uploadPath'), { kind: 'failed' }],
		[answer(401, 'Authentication failed: Invalid API Key'), { kind: 'refused' }],
	])('upload: %j', (given, meaning) => {
		expect(classifyUploadAnswer(given)).toMatchObject(meaning);
	});
});

describe('names and types of files', () => {
	it.each([
		['video/mp4; charset=x', URL_1, 'video/mp4'],
		['application/octet-stream', URL_1, 'video/mp4'],
		['application/octet-stream', 'https://e.com/a.JPG', 'image/jpeg'],
		[undefined, 'https://e.com/a', 'video/mp4'],
		['image/png', URL_1, 'image/png'],
		['text/html', URL_1, null],
		['application/json', URL_1, null],
	])('%s at %s is %s', (header, url, type) => {
		expect(mimeTypeOf(header, url)).toBe(type);
	});

	it.each([
		[fileNameOf('veo_task_1', 0, '4k'), 'veo_task_1-0-4k'],
		[fileNameOf('../../etc/passwd', null, null), '_.._etc_passwd'],
		[fileNameOfUrl('https://e.com/v/one%20two.mp4?x=1'), 'one_20two'],
		[fileNameOfUrl('https://e.com/'), 'video'],
	])('%s', (name, expected) => {
		expect(name).toBe(expected);
	});
});

describe('tasks created just now', () => {
	it('are known for 90 seconds', () => {
		const tasks = new RecentTasks();
		tasks.add('a', 1000);
		expect(tasks.has('a', 1000 + GRACE_MS - 1)).toBe(true);
		expect(tasks.has('a', 1000 + GRACE_MS)).toBe(false);
		expect(tasks.has('b', 1000)).toBe(false);
	});
});
