import { faultAnswer, readAnswer } from '../../../nodes/KieVeo/kie/http/envelope';
import {
	classifyCreditsAnswer,
	classifyServiceAnswer,
	classifyUpgradeAnswer,
	type UnreachedReason,
	type UpgradeResolution,
} from '../../../nodes/KieVeo/kie/meaning/answer';

const VIDEO = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.mp4';
const IMAGE = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.jpg';
const NO_CREDITS =
	"Credits insufficient : Your current balance isn't enough to run this request. Please top up to continue.";
const IMAGE_FETCH = 'Image fetch failed. Check access settings or use our File Upload API instead.';
const NOTHING_YET = { taskId: 'veo_task_example123', resultUrls: null, imageUrls: null };

/** An answer as it comes over the wire: an object is sent as JSON, text as it is. */
function answer(body: unknown, statusCode = 200) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return readAnswer({ statusCode, headers: {}, body: text }, 0);
}

type Row = [situation: string, body: unknown, meaning: string, statusCode?: number];

const COMMON_ROWS: Row[] = [
	['401 without data', { code: 401, msg: 'You do not have access permissions' }, 'unauthorized'],
	['401 as HTTP status', { code: 401, msg: 'Unauthorized' }, 'unauthorized', 401],
	['402', { code: 402, msg: 'Insufficient credits', data: null }, 'credits'],
	['433', { code: 433, msg: 'sub-key usage limit exceeded', data: null }, 'keyLimit'],
	['505', { code: 505, msg: 'feature disabled', data: null }, 'featureDisabled'],
	['429', { code: 429, msg: 'Rate limit exceeded', data: null }, 'rateLimit'],
	['429 as HTTP status', { code: 429, msg: 'Rate limit exceeded' }, 'rateLimit', 429],
	[
		'429 whose text sounds like progress',
		{ code: 429, msg: 'Please check back shortly', data: null },
		'rateLimit',
	],
	[
		'a rate-limit text under another code',
		{ code: 500, msg: 'Your call frequency is too high. Please try again later.' },
		'rateLimit',
	],
	['455', { code: 455, msg: 'Service is not available: maintenance', data: null }, 'maintenance'],
	['408', { code: 408, msg: 'upstream timeout', data: null }, 'server'],
	['500', { code: 500, msg: 'Internal Error, Please try again later.', data: null }, 'server'],
	['500 timeout', { code: 500, msg: 'Internal Error - Timeout', data: null }, 'server'],
	[
		'HTTP 500 as documented',
		{ code: 500, msg: 'Server Error - An unexpected error occurred', data: null },
		'server',
		500,
	],
	['HTTP 503 "unavailable"', { code: 503, msg: 'Service Unavailable' }, 'server', 503],
	[
		'HTTP error with code 200 in the body',
		{ code: 200, msg: 'success', data: null },
		'server',
		502,
	],
	['501', { code: 501, msg: 'Failed - Video generation task failed', data: null }, 'taskFailed'],
	['451', { code: 451, msg: 'Failed to fetch the image.', data: null }, 'imageFetch'],
	['404', { code: 404, msg: 'Task not found', data: null }, 'unknownTask'],
	['record is null', { code: 422, msg: 'record is null', data: null }, 'unknownTask'],
	[
		'recordInfo is null in a 200',
		{ code: 200, msg: 'recordInfo is null', data: null },
		'unknownTask',
	],
	['unknown record', { code: 422, msg: 'Record does not exist', data: null }, 'unknownTask'],
	[
		'older than 14 days',
		{ code: 422, msg: 'Temporarily supports records within 14 days', data: null },
		'retention',
	],
	['blank result data', { code: 422, msg: 'record result data is blank', data: null }, 'noFile'],
	['no result data', { code: 422, msg: 'record result data not exist', data: null }, 'noFile'],
	['empty result data', { code: 422, msg: 'record result data is empty', data: null }, 'noFile'],
	['a foreign task', { code: 422, msg: 'record result error', data: null }, 'noFile'],
	[
		'base video not finished',
		{ code: 422, msg: 'record status is not success', data: null },
		'baseNotFinished',
	],
	[
		'Flow rejection',
		{ code: 422, msg: 'Your request was rejected by Flow(unsafe). You may consider ...' },
		'contentFilter',
	],
	['an HTML page', '<!DOCTYPE html><html><body>Maintenance</body></html>', 'unreadable'],
	['an HTML page with HTTP 502', '<html>Bad Gateway</html>', 'unreadable', 502],
	['an empty body', '', 'unreadable'],
	['a cut body', '{"code":200,"msg":"success","data":{"taskId":"veo_', 'unreadable'],
	['JSON that is not an object', '[]', 'unreadable'],
	['JSON null', 'null', 'unreadable'],
	['a missing code', { msg: 'success', data: NOTHING_YET }, 'unreadable'],
	['a code that is not a number', { code: 'ok', msg: 'success', data: null }, 'unreadable'],
	['an empty code', { code: '', msg: 'success', data: null }, 'unreadable'],
	['a blank code', { code: ' ', msg: 'success', data: null }, 'unreadable'],
	// What Kie's words say holds whatever the code beside them.
	['no credits, told with 500', { code: 500, msg: NO_CREDITS, data: null }, 'credits'],
	['no credits, told with 429', { code: 429, msg: 'Insufficient credits', data: null }, 'credits'],
	[
		'no credits, with unfinished data',
		{ code: 422, msg: '积分不足', data: NOTHING_YET },
		'credits',
	],
	[
		'no credits, beside a general error',
		{ code: 500, error: 'Internal Server Error', msg: NO_CREDITS, data: null },
		'credits',
	],
	['no credits, without a code', { msg: NO_CREDITS, data: null }, 'credits'],
	[
		'credits and progress in one text',
		{ code: 500, msg: 'Insufficient credits. Please check back shortly.' },
		'credits',
	],
	['too many calls, in Chinese', { code: 400, msg: '请求过于频繁，请稍后再试' }, 'rateLimit'],
	['progress under any code', { code: 500, msg: '1080P 正在处理中', data: null }, 'processing'],
	['progress with 429', { code: 429, msg: '4k is processing.', data: null }, 'processing'],
	['patience with 500', { code: 500, msg: 'Please check back later', data: null }, 'processing'],
	['"try again", in Chinese', { code: 500, msg: '内部错误，请稍后重试', data: null }, 'server'],
	['a final text and progress', { code: 422, msg: 'record is null. 正在处理' }, 'unknownTask'],
	['a final text with 500', { code: 500, msg: 'image fetch failed', data: null }, 'imageFetch'],
	['a final text without a code', { msg: 'record is null' }, 'unknownTask'],
	// Told within the data.
	['a running record under 400', { code: 400, msg: 'x', data: { state: 'queuing' } }, 'processing'],
	['a running record under 429', { code: 429, msg: 'x', data: { state: 'queuing' } }, 'rateLimit'],
	[
		'the reason in a deeper object',
		{ code: 500, msg: 'x', data: { data: { error: { message: IMAGE_FETCH } } } },
		'imageFetch',
	],
	[
		'the reason beside the data',
		{ code: 500, msg: 'Task generation failed', errorMessage: IMAGE_FETCH, data: null },
		'imageFetch',
	],
	[
		'the reason beside the envelope',
		{ code: 500, msg: 'Task generation failed', data: { errorMessage: IMAGE_FETCH } },
		'imageFetch',
	],
	['a reason nobody knows', { code: 500, msg: 'x', data: { errorMessage: 'new' } }, 'other'],
	['its code, which tells more', { code: 500, data: { failMsg: 'x', failCode: '524' } }, 'timeout'],
	['the envelope when it tells more', { code: 451, data: { errorMessage: 'x' } }, 'imageFetch'],
	['credits within the data', { code: 500, data: { errorMessage: NO_CREDITS } }, 'credits'],
	['a record that failed', { code: 200, msg: 'success', data: { successFlag: '3' } }, 'other'],
	[
		'a failed job',
		{ code: 200, msg: 'success', data: { state: 'fail', failMsg: '超时' } },
		'timeout',
	],
	// Not Kie's API: a redirect, a page of a web server, of a firewall, of a proxy.
	['a redirect', '', 'wrongAddress', 302],
	...[301, 303, 307, 308, 400, 404, 405].map(
		(status): Row => [`a page with ${status}`, '<html></html>', 'wrongAddress', status],
	),
	...[401, 403].map(
		(status): Row => [`a page with ${status}`, '<html></html>', 'accessDenied', status],
	),
	['a text with 404', '404 page not found', 'wrongAddress', 404],
	['a proxy that wants a login', '<html>407</html>', 'proxyLogin', 407],
	['a proxy without a page', '', 'proxyLogin', 407],
	['a page with 429', '<html></html>', 'rateLimit', 429],
	[
		"another server's JSON",
		{ status: 404, error: 'Not Found', path: '/api/v1/api/v1/veo/generate' },
		'wrongAddress',
		404,
	],
	['JSON without a code, with 401', { message: 'Invalid token' }, 'unauthorized', 401],
	['JSON without a code, with 500', { status: 500, error: 'Server Error' }, 'unreadable', 500],
	['JSON that was cut off, with 404', '{"code":404,"msg":"Ta', 'unreadable', 404],
	['JSON that was cut off, with 403', ' ["', 'unreadable', 403],
	["Kie's own 404", { code: 404, msg: 'Not Found' }, 'unknownTask', 404],
	["Kie's own words with 404", { msg: 'Task not found' }, 'unknownTask', 404],
	['a page with 505', '<html></html>', 'unreadable', 505],
];

/** 422 is how Kie answers a repeated order: a state, if it comes with data. */
function unfinished4k(): Row[] {
	const row = (name: string, data: unknown, meaning = 'processing'): Row => [
		`422 with words nobody knows and ${name}`,
		{ code: 422, msg: '视频升级', data },
		meaning,
	];
	return [
		row('unfinished data', NOTHING_YET),
		row('data as text', JSON.stringify(NOTHING_YET)),
		row('an id', { taskId: 7 }),
		row('an id in snake case', { task_id: 't' }),
		row('a list without URLs', { resultUrls: null }),
		row('data without id', { hint: 'x' }, 'other'),
		row('text for data', 'x', 'other'),
		['422 as text', { code: '422', msg: 'x', data: NOTHING_YET }, 'processing'],
		[
			'422 with data and final words',
			{ code: 422, msg: '内容违规', data: NOTHING_YET },
			'contentFilter',
		],
	];
}

const UPGRADE_ROWS: Record<UpgradeResolution, Row[]> = {
	'4k': [
		[
			'a URL that nobody says is the 4K',
			{ code: 422, msg: '4k is processing', data: { ...NOTHING_YET, url: VIDEO } },
			'processing',
		],
		['first submission accepted', { code: 200, msg: 'success', data: NOTHING_YET }, 'processing'],
		[
			'processing, also on the very first POST',
			{
				code: 422,
				msg: '4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
				data: NOTHING_YET,
			},
			'processing',
		],
		[
			'finished, as 422',
			{
				code: 422,
				msg: 'The video has been generated successfully',
				data: { taskId: 't', resultUrls: [VIDEO], imageUrls: [IMAGE] },
			},
			'success',
		],
		[
			'finished, as HTTP 422',
			{
				code: 422,
				msg: 'The video has been generated successfully',
				data: { resultUrls: [VIDEO] },
			},
			'success',
			422,
		],
		['finished, as 200', { code: 200, msg: 'success', data: { resultUrls: [VIDEO] } }, 'success'],
		['finished, without a code', { msg: 'success', data: { resultUrls: [VIDEO] } }, 'success'],
		[
			'finished by its text, but no URL yet',
			{ code: 422, msg: 'The video has been generated successfully', data: NOTHING_YET },
			'processing',
		],
		['200 with data null', { code: 200, msg: 'success', data: null }, 'processing'],
		['200 without data', { code: 200, msg: 'success' }, 'processing'],
		['code as numeric string', { code: '200', msg: 'success', data: NOTHING_YET }, 'processing'],
		[
			'422 as numeric string',
			{ code: '422', msg: '4K IS PROCESSING', data: NOTHING_YET },
			'processing',
		],
		[
			'refused',
			{
				code: 500,
				msg: 'The 4K version of this video is unavailable. Please try a different video.',
				data: { taskId: 't' },
			},
			'unavailable',
		],
		['an unknown 422', { code: 422, msg: 'something new', data: null }, 'other'],
		['an unknown 400', { code: 400, msg: 'something new', data: NOTHING_YET }, 'other'],
		...unfinished4k(),
		[
			'the base video in the shape of record-info',
			{
				code: 200,
				msg: 'success',
				data: {
					taskId: 't',
					successFlag: 1,
					response: { resultUrls: [VIDEO], resolution: '1080p' },
				},
			},
			'processing',
		],
		[
			'a 4K result in the shape of record-info',
			{ code: 200, msg: 'success', data: { response: { resultUrls: [VIDEO], resolution: '4K' } } },
			'success',
		],
		[
			'original URLs only',
			{ code: 200, msg: 'success', data: { taskId: 't', originUrls: [VIDEO] } },
			'processing',
		],
	],
	'1080p': [
		['ready', { code: 200, msg: 'success', data: { resultUrl: VIDEO } }, 'success'],
		['ready, as a URL in data', { code: 200, msg: 'success', data: { url: VIDEO } }, 'success'],
		['ready, as data itself', { code: 200, msg: 'success', data: VIDEO }, 'success'],
		['failed in other words', { code: 400, msg: '1080P upscaling failed' }, 'taskFailed'],
		[
			'not ready, beside a general error',
			{ code: 400, error: 'Bad Request', msg: '1080P is processing', data: null },
			'processing',
		],
		['ready, as an array', { code: 200, msg: 'success', data: { resultUrls: [VIDEO] } }, 'success'],
		[
			'ready, in the shape of record-info',
			{ code: 200, msg: 'success', data: { response: { resultUrls: [VIDEO] } } },
			'success',
		],
		...(['1080p', '720p'] as const).map(
			(resolution): Row => [
				`the shape of record-info with ${resolution}`,
				{ code: 200, msg: 'success', data: { response: { resultUrls: [VIDEO], resolution } } },
				resolution === '1080p' ? 'success' : 'processing',
			],
		),
		[
			'not ready, as 400',
			{
				code: 400,
				msg: '1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.',
				data: null,
			},
			'processing',
		],
		['not ready, as 422', { code: 422, msg: '1080P is processing', data: null }, 'processing'],
		['not ready, as 200 without URL', { code: 200, msg: 'success', data: {} }, 'processing'],
		['not ready, as 200 with an empty URL', { code: 200, data: { resultUrl: '' } }, 'processing'],
		['not ready, as 200 with data null', { code: 200, msg: 'success', data: null }, 'processing'],
		['not ready, as HTTP 400', { code: 400, msg: 'is processing' }, 'processing', 400],
		...[400, 422].flatMap((code): Row[] => [
			[`not ready, as ${code} with a plea`, { code, msg: 'wait', data: null }, 'processing'],
			[`${code} with words nobody knows`, { code, msg: 'something new', data: null }, 'processing'],
		]),
		[
			'a content-policy 400',
			{ code: 400, msg: 'Your prompt was flagged by Website as violating content policies.' },
			'contentFilter',
		],
		['HTTP 403', { code: 403, msg: 'Forbidden' }, 'other', 403],
		['a code nobody knows', { code: 410, msg: 'gone', data: NOTHING_YET }, 'other'],
	],
};

const CASES = (['4k', '1080p'] as const).flatMap((upgrade) =>
	[...COMMON_ROWS, ...UPGRADE_ROWS[upgrade]].map(
		([situation, body, meaning, status]) => [upgrade, situation, meaning, body, status] as const,
	),
);

describe('the meaning of an answer', () => {
	it.each(CASES)('%s: %s is "%s"', (upgrade, _situation, meaning, body, status) => {
		const found = classifyUpgradeAnswer(upgrade, answer(body, status));
		expect('reason' in found ? found.reason : found.kind).toBe(meaning);
	});

	it.each<[UnreachedReason, kind: string]>([
		['noConnection', 'retry'],
		['noName', 'retry'],
		['blocked', 'unreached'],
		['invalidKey', 'unreached'],
		['certificate', 'unreached'],
		['proxyRefused', 'unreached'],
	])('a request that reached nobody (%s) is "%s"', (unreached, kind) => {
		const given = { ...faultAnswer('x'), unreached };
		const meaning = { kind, reason: unreached };
		expect(classifyUpgradeAnswer('4k', given)).toStrictEqual(meaning);
		expect(classifyCreditsAnswer(given)).toStrictEqual(meaning);
	});

	it('is never read from our own description of a fault', () => {
		const ours = faultAnswer('is processing: insufficient credits');
		expect(classifyServiceAnswer(ours)).toStrictEqual({ kind: 'retry', reason: 'unreadable' });
	});

	it('an answer carries the reason within its data as its message', () => {
		const told = answer({ code: 500, msg: 'failed', data: { errorMessage: IMAGE_FETCH } });
		expect(told).toMatchObject({ code: 500, message: IMAGE_FETCH });
	});

	it('a lost connection is "unreadable"', () => {
		const lost = { code: null, message: 'connection lost', data: undefined, body: null };
		expect(classifyUpgradeAnswer('4k', { ...lost, fault: true, retryAfterMs: null })).toStrictEqual(
			{ kind: 'retry', reason: 'unreadable' },
		);
	});
});

describe('the meaning of a credits answer', () => {
	const rows: Row[] = [
		['a decimal balance', { code: 200, msg: 'success', data: 5916.25 }, '5916.25'],
		['a balance of zero', { code: 200, msg: 'success', data: 0 }, '0'],
		['a balance as text', { code: 200, msg: 'success', data: '100' }, '100'],
		['a number under another code', { code: 422, msg: 'x', data: 7 }, 'other'],
		['a number without a code', { msg: 'success', data: 7 }, 'unreadable'],
		['no balance', { code: 200, msg: 'success', data: null }, 'other'],
		['a bad key', { code: 401, msg: 'You do not have access permissions' }, 'unauthorized'],
		['an unknown endpoint', { code: 404, msg: 'Not Found' }, 'unknownTask'],
		['progress', { code: 422, msg: 'is processing' }, 'server'],
		['no credits', { code: 500, msg: '余额不足' }, 'credits'],
		['a failed service', { code: 501, msg: 'x' }, 'taskFailed'],
		['upstream trouble', { code: 408, msg: 'x' }, 'server'],
		['a page of another server', '<html></html>', 'wrongAddress', 404],
		['maintenance', { code: 455, msg: 'maintenance' }, 'maintenance'],
		['a server fault', { code: 500, msg: 'Server Error' }, 'server'],
		['a web page', '<html></html>', 'unreadable'],
	];
	it.each(rows)('%s', (...[, body, meaning, status]) => {
		const found = classifyCreditsAnswer(answer(body, status));
		const shown =
			found.kind === 'success' ? String(found.credits) : 'reason' in found && found.reason;
		expect(shown || found.kind).toBe(meaning);
	});
});
