import { readAnswer } from '../../nodes/KieVeo/kie/http/envelope';
import {
	classifyCreditsAnswer,
	classifyUpgradeAnswer,
	type Upgrade,
} from '../../nodes/KieVeo/kie/meaning/answer';

const VIDEO = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.mp4';
const IMAGE = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.jpg';
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
	['501', { code: 501, msg: 'Failed - Video generation task failed', data: null }, 'failed'],
	['451', { code: 451, msg: 'Failed to fetch the image.', data: null }, 'failed'],
	['404', { code: 404, msg: 'Task not found', data: null }, 'failed'],
	['record is null', { code: 422, msg: 'record is null', data: null }, 'failed'],
	['recordInfo is null in a 200', { code: 200, msg: 'recordInfo is null', data: null }, 'failed'],
	['unknown record', { code: 422, msg: 'Record does not exist', data: null }, 'failed'],
	[
		'older than 14 days',
		{ code: 422, msg: 'Temporarily supports records within 14 days', data: null },
		'failed',
	],
	['blank result data', { code: 422, msg: 'record result data is blank', data: null }, 'failed'],
	['no result data', { code: 422, msg: 'record result data not exist', data: null }, 'failed'],
	['empty result data', { code: 422, msg: 'record result data is empty', data: null }, 'failed'],
	['a foreign task', { code: 422, msg: 'record result error', data: null }, 'failed'],
	[
		'base video not finished',
		{ code: 422, msg: 'record status is not success', data: null },
		'failed',
	],
	[
		'Flow rejection',
		{ code: 422, msg: 'Your request was rejected by Flow(unsafe). You may consider ...' },
		'failed',
	],
	['an HTML page', '<!DOCTYPE html><html><body>Maintenance</body></html>', 'unreadable'],
	['an HTML page with HTTP 502', '<html>Bad Gateway</html>', 'unreadable', 502],
	['an empty body', '', 'unreadable'],
	['a cut body', '{"code":200,"msg":"success","data":{"taskId":"veo_', 'unreadable'],
	['JSON that is no object', '[]', 'unreadable'],
	['JSON null', 'null', 'unreadable'],
	['a missing code', { msg: 'success', data: NOTHING_YET }, 'unreadable'],
	['a code that is no number', { code: 'ok', msg: 'success', data: null }, 'unreadable'],
	['an empty code', { code: '', msg: 'success', data: null }, 'unreadable'],
	['a blank code', { code: ' ', msg: 'success', data: null }, 'unreadable'],
	['a redirect', '', 'unreadable', 302],
];

const UPGRADE_ROWS: Record<Upgrade, Row[]> = {
	get4k: [
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
			'failed',
		],
		['an unknown 422', { code: 422, msg: 'something new', data: null }, 'failed'],
		['an unknown 400', { code: 400, msg: 'something new', data: null }, 'failed'],
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
	get1080p: [
		['ready', { code: 200, msg: 'success', data: { resultUrl: VIDEO } }, 'success'],
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
		['not ready, as 422 with another text', { code: 422, msg: 'wait', data: null }, 'processing'],
		['not ready, as 400 with another text', { code: 400, msg: 'wait', data: null }, 'processing'],
		[
			'a content-policy 400',
			{ code: 400, msg: 'Your prompt was flagged by Website as violating content policies.' },
			'failed',
		],
		['HTTP 403', { code: 403, msg: 'Forbidden' }, 'failed', 403],
	],
};

const CASES = (['get4k', 'get1080p'] as const).flatMap((upgrade) =>
	[...COMMON_ROWS, ...UPGRADE_ROWS[upgrade]].map(
		([situation, body, meaning, status]) => [upgrade, situation, meaning, body, status] as const,
	),
);

describe('the meaning of an answer', () => {
	it.each(CASES)('%s: %s is "%s"', (upgrade, _situation, meaning, body, status) => {
		const found = classifyUpgradeAnswer(upgrade, answer(body, status));
		expect('reason' in found ? found.reason : found.kind).toBe(meaning);
	});

	it('a lost connection is "unreadable"', () => {
		const lost = { code: null, message: 'connection lost', data: undefined, body: null };
		expect(
			classifyUpgradeAnswer('get4k', { ...lost, fault: true, retryAfterMs: null }),
		).toStrictEqual({ kind: 'retry', reason: 'unreadable' });
	});
});

describe('the meaning of a credits answer', () => {
	const rows: Row[] = [
		['a decimal balance', { code: 200, msg: 'success', data: 5916.25 }, '5916.25'],
		['a balance of zero', { code: 200, msg: 'success', data: 0 }, '0'],
		['a balance as text', { code: 200, msg: 'success', data: '100' }, '100'],
		['a number under another code', { code: 422, msg: 'x', data: 7 }, 'failed'],
		['no balance', { code: 200, msg: 'success', data: null }, 'failed'],
		['a bad key', { code: 401, msg: 'You do not have access permissions' }, 'unauthorized'],
		['an unknown endpoint', { code: 404, msg: 'Not Found' }, 'failed'],
		['maintenance', { code: 455, msg: 'maintenance' }, 'maintenance'],
		['a server fault', { code: 500, msg: 'Server Error' }, 'server'],
		['a web page', '<html></html>', 'unreadable'],
	];
	it.each(rows)('%s', (_situation, body, meaning) => {
		const found = classifyCreditsAnswer(answer(body));
		const shown =
			found.kind === 'success' ? String(found.credits) : 'reason' in found && found.reason;
		expect(shown || found.kind).toBe(meaning);
	});
});
