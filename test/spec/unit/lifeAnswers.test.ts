import { faultAnswer, readAnswer } from '../../../nodes/KieVeo/kie/http/envelope';
import { GRACE_MS, RecentTasks } from '../../../nodes/KieVeo/kie/http/recentTasks';
import type {
	FailureReason,
	KieAnswer,
	Refusal,
	RetryReason,
} from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../../nodes/KieVeo/kie/meaning/createAnswer';
import {
	classifyDownloadUrlAnswer,
	classifyUploadAnswer,
} from '../../../nodes/KieVeo/kie/meaning/fileAnswer';
import { readRecordAnswer } from '../../../nodes/KieVeo/kie/meaning/recordAnswer';
import { fileNameOf, fileNameOfUrl, mimeTypeOf } from '../../../nodes/KieVeo/files/names';
import { buried } from '../property/kieLike';

const answer = (code: number, message: string, data: unknown = null): KieAnswer => ({
	code,
	message,
	data,
	body: {},
	fault: false,
	retryAfterMs: null,
});
const URL_1 = 'https://tempfile.example.com/v/one.mp4';

const NO_CREDITS =
	"Credits insufficient : Your current balance isn't enough to run this request. Please top up to continue.";
const IMAGE_FETCH = 'Image fetch failed. Check access settings or use our File Upload API instead.';

const lost = { kind: 'lost' };
const created = { kind: 'created', taskId: 'a' };
const failed = (reason: FailureReason) => ({ kind: 'failed', reason });
const refused = (reason: Refusal) => ({ kind: 'refused', reason });
const retry = (reason: RetryReason) => ({ kind: 'retry', reason });
const wrongAddress = { kind: 'unreached', reason: 'wrongAddress' };
const reply = (statusCode: number, body: string) =>
	readAnswer({ statusCode, headers: {}, body }, 0);
const page = (status: number) => reply(status, '<html></html>');
const withoutCode = (message: string, data: unknown) => ({
	...answer(0, message, data),
	code: null,
	fault: true,
});
const HEX = '2f7a1c9e8b4d4f2ab0c1d2e3f4a5b6c7';
const VEO = 'veo_task_1';
const UUID = 'bf3e7adb-fb6c-4257-bbcd-470787386fb0';

describe('the answer to generate or extend', () => {
	it.each<[what: string, given: KieAnswer, meaning: object]>([
		['no data', answer(200, 'success', undefined), lost],
		['an empty id', answer(200, 'success', { taskId: ' ' }), lost],
		['an id that no number can hold', answer(200, 'success', { taskId: 2 ** 60 }), lost],
		['another code of success without an id', answer(201, 'success'), lost],
		['an unknown code without an id', answer(0, 'success'), lost],
		['progress without an id', answer(400, '1080P is processing.'), lost],
		[
			'a previous task that is processed',
			answer(429, 'Your previous task is still being processed.'),
			retry('rateLimit'),
		],
		[
			'want of credits beside a general failure',
			answer(500, 'Credits insufficient', { errorMessage: 'create task failed' }),
			refused('credits'),
		],
		['no answer', faultAnswer('connection lost'), lost],
		['a gateway page', faultAnswer('a web page', 502), lost],
		['a page that says it is busy', page(503), lost],
		['no code', withoutCode('success', null), lost],
		['a server error', answer(500, 'Server Error'), lost],
		['upstream trouble', answer(408, 'Upstream'), lost],
		['upstream trouble in words of its own', answer(408, 'x', { errorMessage: 'new' }), lost],
		['a failed task under a server error', answer(500, 'Task generation failed'), lost],
		['a reason nobody knows', answer(500, 'x', { errorMessage: 'new' }), lost],
		['the end of the codes', answer(399, 'x'), lost],
		['the beginning of the codes', answer(400, 'x'), failed('other')],
		['the last of the codes', answer(499, 'x'), failed('other')],
		['a code above them', answer(600, 'x'), lost],
		['policy', answer(400, 'flagged'), failed('contentFilter')],
		['policy under a server error', answer(500, 'flagged'), failed('contentFilter')],
		['policy under success', answer(200, 'flagged'), failed('contentFilter')],
		[
			'policy in Chinese',
			answer(500, '您的提示词被网站标记为违反内容政策'),
			failed('contentFilter'),
		],
		['an unknown original', answer(404, 'not found'), failed('unknownTask')],
		['Flow', answer(422, 'Your request was rejected by Flow(x)'), failed('contentFilter')],
		['an image', answer(451, 'Failed to fetch the image.'), failed('imageFetch')],
		[
			'an image, told within',
			answer(500, 'x', { errorMessage: IMAGE_FETCH }),
			failed('imageFetch'),
		],
		['an unknown model', answer(422, 'Invalid model'), failed('invalidModel')],
		['a failed task', answer(501, 'Failed'), failed('taskFailed')],
		['a bad key', answer(401, 'x'), refused('unauthorized')],
		['no credits', answer(402, 'x'), refused('credits')],
		['no credits under a server error', answer(500, NO_CREDITS), refused('credits')],
		['no credits under 429', answer(429, 'Insufficient credits'), refused('credits')],
		['no credits without a code', withoutCode(NO_CREDITS, null), refused('credits')],
		['a key limit', answer(433, 'x'), refused('keyLimit')],
		['switched off', answer(505, 'x'), refused('featureDisabled')],
		['rate limit', answer(429, 'x'), retry('rateLimit')],
		['rate limit in words', answer(400, 'Your call frequency is too high...'), retry('rateLimit')],
		['rate limit of a web server', faultAnswer('page', 429), retry('rateLimit')],
		['maintenance', answer(455, 'x'), retry('maintenance')],
		['no connection', { ...faultAnswer('x'), unreached: 'noConnection' }, retry('noConnection')],
		['no host', { ...faultAnswer('x'), unreached: 'noName' }, retry('noName')],
		[
			'a certificate',
			{ ...faultAnswer('x'), unreached: 'certificate' },
			{ kind: 'unreached', reason: 'certificate' },
		],
		['a wrong address', page(404), { kind: 'unreached', reason: 'wrongAddress' }],
		['a proxy', page(407), { kind: 'unreached', reason: 'proxyLogin' }],
		['a firewall', page(403), { kind: 'unreached', reason: 'accessDenied' }],
		...[402, 406, 410, 411, 413, 414, 415, 417, 421, 422, 426, 431, 451].flatMap(
			(status): Array<[string, KieAnswer, object]> => [
				[`a page with ${status}`, page(status), wrongAddress],
				[
					`the JSON of a web server with ${status}`,
					reply(status, `{"timestamp":"2026-01-01","status":${status},"path":"/x"}`),
					wrongAddress,
				],
			],
		),
		...[408, 409, 425, 499, 500].map((status): [string, KieAnswer, object] => [
			`a page with ${status}`,
			page(status),
			lost,
		]),
		['a text in JSON, with 404', reply(404, '"Not Found"'), wrongAddress],
		['a list, with 405', reply(405, '[]'), wrongAddress],
		['null, with 410', reply(410, 'null'), wrongAddress],
		['a list, with 200', reply(200, '[]'), lost],
		...[402, 413, 429, 500, 503].flatMap(
			(status): Array<[string, KieAnswer, object]> => [
				[
					`only a message, with ${status}`,
					reply(status, '{"message":"Insufficient credits"}'),
					refused('credits'),
				],
				[
					`only an error, with ${status}`,
					reply(status, '{"error":{"message":"Prompt flagged"}}'),
					failed('contentFilter'),
				],
			],
		),
		['only a message, with 404', reply(404, '{"message":"Insufficient credits"}'), wrongAddress],
		['a message nobody knows, with 500', reply(500, '{"message":"new"}'), lost],
		['only a plea, with 500', reply(500, '{"message":"please wait"}'), lost],
	])('without a task id: %s', (_what, given, meaning) => {
		expect(classifyCreateAnswer(given)).toStrictEqual(meaning);
	});
});

describe('the answer to a paid request that names a task', () => {
	it.each<[what: string, given: KieAnswer, meaning: object]>([
		['camel case', answer(200, 'success', { taskId: 'a' }), created],
		['snake case', answer(200, 'success', { task_id: 'a' }), created],
		['capitals', answer(200, 'success', { taskID: 'a' }), created],
		['an empty one before it', answer(200, 'success', { taskId: '', task_id: 'a' }), created],
		['JSON text', answer(200, 'ok', '{"taskId":"a"}'), created],
		['a number', answer(200, 'ok', { taskId: 7 }), { ...created, taskId: '7' }],
		['a list', answer(200, 'ok', [{ taskId: 'a' }]), created],
		['a list with a gap', answer(200, 'ok', [null, { taskId: 'a' }]), created],
		['one level below', answer(200, 'ok', { data: { taskId: 'a' } }), created],
		['a response as text', answer(200, 'ok', { response: '{"task_id":"a"}' }), created],
		['an info', answer(200, 'ok', { info: { taskId: 'a' } }), created],
		['a result', answer(200, 'ok', { result: { taskId: 'a' } }), created],
		['the body', { ...answer(200, 'ok'), body: { taskId: 'a', data: null } }, created],
		['the body as a number', { ...answer(200, 'ok'), body: { task_id: 8 } }, { taskId: '8' }],
		['capitals and a dash', answer(200, 'ok', { 'Task-Id': 'a' }), created],
		['a job', answer(200, 'ok', { jobId: 'a' }), created],
		['a list of ids', answer(200, 'ok', { taskIds: ['a', 'b'] }), created],
		['an object of another name', answer(200, 'ok', { task: { taskId: 'a' } }), created],
		['a list within', answer(200, 'ok', { records: [{ task_id: 'a' }] }), created],
		['JSON text within', answer(200, 'ok', { param: '{"taskId":"a"}' }), created],
		['three levels below', answer(200, 'ok', { a: { b: { c: { taskId: 'a' } } } }), created],
		['two at different levels', answer(200, 'ok', { x: { taskId: 'b' }, taskId: 'a' }), created],
		['another field', answer(200, 'ok', { taskIdent: 'b', request_id: HEX }), lost],
		['a longer name', answer(200, 'ok', { videoTaskId: 'a' }), created],
		['a longer name in snake case', answer(200, 'ok', { veo_task_id: 'a' }), created],
		['an object of that name', answer(200, 'ok', { taskId: { id: 'a' } }), created],
		['lists in lists', answer(200, 'ok', [[[[{ taskId: 'a' }]]]]), created],
		['twelve levels below', answer(200, 'ok', buried({ taskId: 'a' }, 12)), created],
		['only an id', answer(200, 'ok', { id: VEO }), { ...created, taskId: VEO }],
		['only a task', answer(200, 'ok', { task: VEO }), { ...created, taskId: VEO }],
		[
			'only the id of a task',
			answer(200, 'ok', { task: { id: VEO } }),
			{ ...created, taskId: VEO },
		],
		['a name nobody knows', answer(200, 'ok', { generation: VEO }), { ...created, taskId: VEO }],
		['an id of digits', answer(200, 'ok', { id: HEX }), { ...created, taskId: HEX }],
		['the id of a record', answer(200, 'ok', { recordId: UUID }), { ...created, taskId: UUID }],
		[
			'the id of a request beside it',
			answer(200, 'ok', { id: VEO, requestId: 'veo_r' }),
			{ taskId: VEO },
		],
		['a named one after a bare one', answer(200, 'ok', { id: VEO, taskId: 'a' }), created],
		...[
			{ requestId: UUID },
			{ traceId: HEX },
			{ trace_id: 'veo_trace_1' },
			{ requestId: 'veo_abc' },
			{ error: { id: UUID } },
			{ user: { id: HEX } },
			{ error: 'veo_quota' },
			{ model: 'veo_fast' },
			{ used: 'veo3_fast' },
			{ used: 'veo3' },
			{ used: 'veo3_lite' },
			{ used: 'veo_3_1_fast' },
			{ used: 'veo_3' },
			{ id: '7' },
			{ prompt: 'veo_abc' },
		].map((data): [string, KieAnswer, object] => [
			`none, but ${JSON.stringify(data)}`,
			answer(200, 'ok', data),
			lost,
		]),
		['the id of the answer itself', { ...answer(200, 'ok'), body: { id: UUID } }, lost],
		['a bare id in a list', answer(200, 'ok', [HEX]), { ...created, taskId: HEX }],
		['a bare id', answer(200, 'ok', HEX), { ...created, taskId: HEX }],
		['a bare UUID', answer(200, 'ok', ` ${UUID} `), { ...created, taskId: UUID }],
		['a bare Veo id', answer(200, 'ok', 'veo_task_1'), { ...created, taskId: 'veo_task_1' }],
		['a bare text', answer(200, 'ok', 'accepted'), lost],
		['a bare text that holds an id', answer(200, 'ok', `${HEX} or so`), lost],
		['a bare text that ends in an id', answer(200, 'ok', `x ${HEX}`), lost],
		['code 201', answer(201, 'success', { taskId: 'a' }), created],
		['code 0', answer(0, 'success', { taskId: 'a' }), created],
		['code 505', answer(505, 'success', { taskId: 'a' }), created],
		['code 401', answer(401, 'success', { taskId: 'a' }), created],
		['code 422', answer(422, 'accepted', { taskId: 'a' }), created],
		['no code', withoutCode('success', { taskId: 'a' }), created],
		['a server error', answer(500, 'Server Error', { taskId: 'a' }), created],
		['progress', answer(400, '处理中', { taskId: 'a' }), created],
		['too many calls: not again', answer(429, 'rate limit', { taskId: 'a' }), created],
		['too many calls, told deeper', answer(429, 'x', { task: { taskId: 'a' } }), created],
		[
			'a refusal in words',
			answer(422, 'Your request was rejected by Flow(...)', { taskId: 'a' }),
			{ kind: 'failed', reason: 'contentFilter', taskId: 'a' },
		],
		[
			'no credits in words',
			answer(500, NO_CREDITS, { taskId: 'a' }),
			{ kind: 'refused', reason: 'credits', taskId: 'a' },
		],
		[
			'a failed task',
			answer(500, 'Task generation failed', { taskId: 'a' }),
			{ kind: 'failed', reason: 'taskFailed', taskId: 'a' },
		],
	])('keeps its id: %s', (_what, given, meaning) => {
		expect(classifyCreateAnswer(given)).toMatchObject(meaning);
	});
});

describe('the task id in the answer to generate or extend', () => {
	it.each([400, 422])(
		'is not to be had while the video to extend is being made, told with %d',
		(code) => {
			const given = answer(code, 'The video is still being generated');
			expect(classifyCreateAnswer(given, 'a')).toStrictEqual(failed('baseNotFinished'));
			expect(classifyCreateAnswer(answer(500, given.message), 'a')).toStrictEqual(lost);
		},
	);

	it('that names only the task to extend names no new one', () => {
		const echo = answer(422, 'x', { taskId: 'old' });
		expect(classifyCreateAnswer(echo, 'old')).toStrictEqual(failed('other'));
		expect(classifyCreateAnswer(answer(422, 'x', { id: VEO }), VEO)).toStrictEqual(failed('other'));
		const both = { ...answer(200, 'ok', { taskId: 'old' }), body: { taskId: 'new' } };
		expect(classifyCreateAnswer(both, 'old')).toStrictEqual({ ...created, taskId: 'new' });
	});

	it.each([{ data: { taskId: 'a' } }, { taskId: 'a' }, { task_id: 'a' }])(
		'is not taken for the page of another server when it names a task: %j',
		(sent) => {
			const reply = { statusCode: 404, headers: {}, body: JSON.stringify(sent) };
			expect(classifyCreateAnswer(readAnswer(reply, 0))).toStrictEqual(created);
		},
	);

	/** Beyond what a number holds exactly. */
	const LONG = '1947123456789012345';
	const BODY = '{"code":200,"msg":"success","data":{"taskId" : "a"';
	it.each<[what: string, body: string, meaning: object, status?: number]>([
		['cut off after the id', BODY, created],
		['cut off after it, in snake case', '{"data":{"task_id":"a"', created],
		['cut off within it', '{"code":200,"data":{"taskId":"a', lost],
		['cut off after a number', '{"data":{"taskId":7,"x', { ...created, taskId: '7' }],
		['cut off perhaps within a number', '{"data":{"taskId":7', lost],
		['cut off in JSON text', '{"data":"{\\"taskId\\":\\"a\\",', created],
		['followed by something else', `${BODY}}}<!-- cached -->`, created],
		['preceded by something else', `data: ${BODY}}}`, created],
		['a list', `[${BODY}}}]`, created],
		['JSON text in JSON text', JSON.stringify(`${BODY}}}`), created],
		['a bare id', HEX, { ...created, taskId: HEX }],
		['a bare id in quotes', `"${HEX}"`, { ...created, taskId: HEX }],
		['a bare word', '"accepted"', lost],
		['a page', '<html>{"taskId":"a"}</html>', created, 502],
		['a page of an unknown address', '<html>{"taskId":"a"}</html>', created, 404],
		[
			'a number that JSON rounds',
			`{"code":200,"data":{"taskId":${LONG}}}`,
			{ ...created, taskId: LONG },
		],
		[
			'the same in JSON text',
			`{"code":200,"data":"{\\"taskId\\":${LONG}}"}`,
			{ ...created, taskId: LONG },
		],
		['the same in another body', `{"taskId":${LONG}}`, { ...created, taskId: LONG }, 500],
		['no envelope', '{"id":"veo_task_1"}', { ...created, taskId: VEO }],
		['no envelope, under an error', '{"id":"veo_task_1"}', { ...created, taskId: VEO }, 500],
		['an error with an id of its own', `{"id":"${UUID}","error":"x"}`, lost, 500],
		['XML', '<r><taskId>veo_abc</taskId></r>', { ...created, taskId: 'veo_abc' }],
		['XML with another word', '<r><taskId>none</taskId></r>', lost],
		[
			'a page with the id in a link',
			'<a href="?taskId=veo_abc">',
			{ ...created, taskId: 'veo_abc' },
		],
		['a page with a model in a link', '<a href="?taskId=veo_3_fast">', lost],
		['cut off after an id alone', '{"data":{"id":"veo_task_1","x', { ...created, taskId: VEO }],
		['JSON other than an envelope', '{"result":{"taskId":"a"}}', created, 404],
	])('that names a task without a whole envelope: %s', (_what, body, meaning, statusCode = 200) => {
		const given = readAnswer({ statusCode, headers: {}, body }, 0);
		expect(classifyCreateAnswer(given)).toStrictEqual(meaning);
	});

	const nested = (levels: number, value: unknown): unknown =>
		levels === 0 ? value : { x: nested(levels - 1, value) };
	it.each<[taskId: string | null, data: unknown]>([
		// As wide as it is deep: the answer, its data, and what is in it.
		['a', nested(37, { taskId: 'a' })],
		[null, nested(38, { taskId: 'a' })],
		['007', { taskId: '007' }],
		[VEO, JSON.stringify(VEO)],
		[null, { x: `my_${VEO}` }],
		['veo_3_fast_abc9', { x: 'veo_3_fast_abc9' }],
		[null, { x: 'veo_31_fast' }],
		[null, { x: 'veo_3_10_fast' }],
		...['request', 'requestId', 'request_id', 'error_message'].map((name): [null, object] => [
			null,
			{ [name]: VEO },
		]),
		[null, { task: { requestId: VEO } }],
		[VEO, { clientTask: VEO }],
		[VEO, { statement: VEO }],
		...['task', 'job', 'result', 'item', 'tasks', 'jobs', 'id'].map((name): [string, object] => [
			HEX,
			{ [name]: HEX },
		]),
		[null, { taskHash: HEX }],
	])('is %s in data %j', (taskId, data) => {
		const meaning = taskId === null ? lost : { ...created, taskId };
		expect(classifyCreateAnswer(answer(200, 'success', data))).toStrictEqual(meaning);
	});

	it('is not known from an answer that was cut off, although it was refused', () => {
		expect(classifyCreateAnswer(faultAnswer('cut', 422), 'a')).toStrictEqual(lost);
	});

	it('that was cut off and names the task to extend first is not lost', () => {
		const body = '{"request":{"taskId":"old"},"data":{"taskId":"a"';
		const given = readAnswer({ statusCode: 200, headers: {}, body }, 0);
		expect(classifyCreateAnswer(given, 'old')).toStrictEqual(created);
	});
});

describe('the answer to record-info', () => {
	const record = (flag: unknown, more: object = {}) =>
		answer(200, 'success', { taskId: 'a', successFlag: flag, response: null, ...more });
	const done = { response: { resultUrls: [URL_1], resolution: '720p' } };
	const IN_WORK = '1080P is processing. It should be ready in 1-2 minutes.';
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
		// 400 is said of both: that it is being made, and that it was refused.
		['in progress, as 400', answer(400, IN_WORK), false, processing, IN_WORK],
		[
			'in progress, in Chinese',
			answer(400, '1080P 正在处理中。请稍后再次查看。'),
			false,
			processing,
		],
		['in progress, as 422', answer(422, IN_WORK), false, processing, IN_WORK],
		['a 400 nobody knows', answer(400, 'new'), false, { kind: 'failed', reason: 'other' }, 'new'],
		[
			'an image that was not fetched',
			record(3, { errorCode: 400, errorMessage: IMAGE_FETCH }),
			false,
			{ kind: 'failed', reason: 'imageFetch' },
			IMAGE_FETCH,
		],
		[
			'the reason within, under a server error',
			answer(500, 'Task generation failed', { errorMessage: IMAGE_FETCH }),
			false,
			{ kind: 'failed', reason: 'imageFetch' },
			IMAGE_FETCH,
		],
		[
			'the reason within, under success',
			answer(200, 'success', { response: { errorMessage: 'new' } }),
			false,
			{ kind: 'failed', reason: 'other' },
			'new',
		],
		[
			'no audio',
			record(3, {
				errorMessage: 'The Google model was unable to generate audio for this request.',
			}),
			false,
			{ kind: 'failed', reason: 'noAudio' },
		],
		[
			'a failed task, as 500',
			answer(500, 'Task generation failed'),
			false,
			{ kind: 'failed', reason: 'taskFailed' },
			'Task generation failed',
		],
		['no credits', answer(500, NO_CREDITS), false, { kind: 'refused', reason: 'credits' }],
		['no credits, and new', answer(422, NO_CREDITS), true, { kind: 'refused', reason: 'credits' }],
		[
			'no credits, told by the record',
			record(2, { errorMessage: NO_CREDITS }),
			false,
			{ kind: 'refused', reason: 'credits' },
			NO_CREDITS,
		],
		[
			'too many calls, told by the record',
			record(2, { errorMessage: 'Too many requests' }),
			false,
			{ kind: 'failed', reason: 'upstream' },
		],
		['too many calls', answer(500, '频率过高'), true, { kind: 'retry', reason: 'rateLimit' }],
		['refused by its text and new', answer(422, 'flagged'), true, failed, 'flagged'],
		['a text nobody knows', answer(422, 'new'), false, { kind: 'failed', reason: 'other' }, 'new'],
		['a 404 nobody knows, but new', answer(404, 'new'), true, processing, 'new'],
		['a text nobody knows, but new', answer(422, 'new'), true, processing, 'new'],
		['no result yet, but new', answer(500, 'record result data is blank'), true, processing],
		['no result', answer(422, 'record result data is blank'), false, { reason: 'noFile' }],
		['not finished, but new', answer(422, 'record status is not success'), true, processing],
		['not finished', answer(422, '记录状态不是成功'), false, { reason: 'baseNotFinished' }],
		['too old', answer(422, '暂时支持14天内的记录'), false, { reason: 'retention' }],
		['missing in words of its own', answer(200, '任务不存在', null), false, failed, '任务不存在'],
		['403', answer(403, 'x'), true, { kind: 'failed', reason: 'other' }, 'x'],
		[
			'a wrong address',
			{ ...faultAnswer('page', 404), unreached: 'wrongAddress' },
			true,
			{ kind: 'unreached', reason: 'wrongAddress' },
		],
		[
			'nobody there',
			{ ...faultAnswer('x'), unreached: 'noConnection' },
			false,
			{ kind: 'retry', reason: 'noConnection' },
		],
	])('%s', (...[, given, isNew, meaning, message]) => {
		const told = readRecordAnswer(given, isNew);
		expect(told.meaning).toMatchObject(meaning);
		if (message !== undefined) expect(told.answer.message).toBe(message);
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
		[answer(422, 'no reason', URL_1), { kind: 'success', url: URL_1 }],
		[answer(500, '积分不足'), { kind: 'refused', reason: 'credits' }],
		[answer(422, 'url is wrong'), { kind: 'failed' }],
		[answer(500, 'x'), { kind: 'retry' }],
		[answer(401, 'x'), { kind: 'refused' }],
	])('download-url: %j', (given, meaning) => {
		expect(classifyDownloadUrlAnswer(given)).toMatchObject(meaning);
	});

	it.each<[given: KieAnswer, meaning: object]>([
		[answer(200, 'ok', { downloadUrl: URL_1 }), { kind: 'success', url: URL_1 }],
		[answer(200, 'ok', {}), { kind: 'failed' }],
		[answer(200, 'success', { fileUrl: URL_1 }), { kind: 'success', url: URL_1 }],
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
