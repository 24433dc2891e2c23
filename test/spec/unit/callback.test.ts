import {
	parseCallback,
	type Callback,
	type CallbackOutcome,
	type CallbackTopic,
} from '../../../nodes/KieVeo/kie/callback/parse';
import { toCallbackResult } from '../../../nodes/KieVeo/videoResult';
import { CALLBACK_FORMS } from '../../tools/simulator';
import { callbackBody, type CallbackFacts } from '../../tools/simulator/callbacks/form';

const VIDEO = 'https://file.example/v/one.mp4';
const IMAGE = 'https://file.example/v/one.jpg';

const upgraded: CallbackFacts = {
	operation: 'get4k',
	taskId: 'veo_task_1',
	code: 200,
	msg: '4K Video generated successfully.',
	videoUrls: [VIDEO],
	imageUrls: [IMAGE],
	originUrls: [],
	resolution: '4k',
	creditsConsumed: 120,
	request: { prompt: 'A dog' },
};
const generated: CallbackFacts = {
	...upgraded,
	operation: 'generate',
	msg: 'Veo3.1 video generated successfully.',
	imageUrls: [],
	resolution: '720p',
};

const envelope = (data: object, code = 200) => ({ code, msg: 'Success', data });
const job = {
	taskId: 'T',
	state: 'success',
	resultJson: JSON.stringify({ resultUrls: [VIDEO] }),
	failCode: null,
	failMsg: null,
	creditsConsumed: 60,
};
const hdResult = JSON.stringify({ data: { result_urls: [VIDEO], origin_urls: [IMAGE] } });

/** A success of which only this field tells what it is of. */
const sign = (field: string, value: unknown = ['x']) => ({ resultUrls: [VIDEO], [field]: value });

type TopicRow = [name: string, topic: CallbackTopic, body: unknown];
const onlySign =
	(topic: CallbackTopic) =>
	(field: string): TopicRow => [
		`only "${field}" beside its URL`,
		topic,
		{ code: 200, data: sign(field) },
	];

function parse(body: unknown): Callback {
	const parsed = parseCallback(body);
	if ('reason' in parsed) throw new Error(parsed.reason);
	return parsed.callback;
}

/** The normal output, without what only some forms know. */
function output(body: unknown) {
	const callback = parse(body);
	const about = { taskId: callback.taskIds[0] ?? null, index: null, operation: callback.topic };
	return { ...toCallbackResult(about, callback, callback.files), creditsConsumed: null };
}

describe('a callback', () => {
	it.each(Object.entries(CALLBACK_FORMS))('of a 4K upgrade in the form %s', (_name, form) => {
		expect(output(callbackBody(upgraded, form))).toStrictEqual({
			taskId: 'veo_task_1',
			index: null,
			operation: 'get4k',
			status: 'success',
			resolution: '4k',
			videoUrl: VIDEO,
			videoUrls: [VIDEO],
			imageUrls: [IMAGE],
			creditsConsumed: null,
			code: 200,
			message: '4K Video generated successfully.',
		});
	});

	const generationForms = Object.entries(CALLBACK_FORMS).filter(([name]) => name !== 'flat');
	it.each(generationForms)('of a generation in the form %s', (_name, form) => {
		expect(output(callbackBody(generated, form))).toMatchObject({
			taskId: 'veo_task_1',
			operation: 'generate',
			status: 'success',
			resolution: '720p',
			videoUrls: [VIDEO],
		});
	});

	it('is read from text as from parsed JSON', () => {
		const body = callbackBody(upgraded);
		expect(parse(JSON.stringify(body))).toStrictEqual(parse(body));
	});

	it('has an outcome by its URLs, not by its code', () => {
		expect(parse(callbackBody({ ...upgraded, code: 200 })).succeeded).toBe(true);
		const late = { ...(callbackBody(upgraded) as object), code: '422' };
		expect(parse(late)).toMatchObject({ code: 422, outcome: 'success', succeeded: true });
	});

	it.each<[name: string, outcome: CallbackOutcome, body: object]>([
		["Kie's own sample", 'unknown', { ...envelope({ task_id: 'T' }), taskId: 'T' }],
		['no data', 'unknown', { code: 200, msg: 'Success', data: null }],
		[
			'success in words',
			'unknown',
			{ code: 500, msg: 'Video generated successfully.', data: null },
		],
		['progress in words', 'unknown', { code: 422, msg: '4k is processing.', data: {} }],
		['a code of success that is not 200', 'unknown', { code: 201, msg: 'ok', data: {} }],
		['the last code that is not an error', 'unknown', { code: 399, msg: 'ok', data: {} }],
		['the first code that is one', 'failed', { code: 400, msg: 'ok', data: {} }],
		['a code as text', 'failed', { code: '501', msg: 'Failed', data: {} }],
		['final words', 'failed', { code: 200, msg: 'Your prompt was flagged', data: {} }],
		['want of credits', 'failed', { code: 200, msg: '积分不足', data: {} }],
		['a reason within', 'failed', envelope({ errorMessage: 'new' })],
		['a reason under response', 'failed', envelope({ response: { failMsg: 'new' } })],
		['a record that succeeded', 'unknown', envelope({ successFlag: 1, response: null })],
		[
			'a record with its video',
			'success',
			envelope({ successFlag: 1, response: { resultUrls: [VIDEO] } }),
		],
		[
			'a record with the whole video only',
			'success',
			envelope({ response: { fullResultUrls: [VIDEO] } }),
		],
		[
			'a record at the top',
			'success',
			{ code: 200, taskId: 'T', successFlag: 1, response: { resultUrls: [VIDEO] } },
		],
		['a running record', 'unknown', envelope({ successFlag: 0 })],
		[
			'a running record, but final words',
			'failed',
			{ code: 400, msg: 'Your prompt was flagged', data: { successFlag: 0 } },
		],
		[
			'a record that succeeded, and words of refusal',
			'unknown',
			{ code: 500, msg: 'Insufficient credits', data: { successFlag: 1 } },
		],
		[
			'a plea for patience within',
			'unknown',
			envelope({ errorMessage: 'Please check back later' }),
		],
		['a plea for patience', 'unknown', { code: 200, msg: 'Please check back later', data: {} }],
		[
			'a plea for patience and a code of failure',
			'failed',
			{ code: 500, msg: 'Please check back later', data: {} },
		],
		[
			'a failure and a plea for patience',
			'failed',
			{ code: 200, msg: '4K processing failed. Please check back later.', data: {} },
		],
		['a failed record', 'failed', envelope({ successFlag: '2', response: null })],
		['a job with its video', 'success', envelope(job)],
		['a job in 4k', 'success', envelope({ ...job, resultJson: hdResult })],
		[
			'a job with a list for its result',
			'success',
			envelope({ ...job, resultJson: `["${VIDEO}"]` }),
		],
		['a job with a URL for its result', 'success', envelope({ ...job, resultJson: VIDEO })],
		['a job without a result', 'unknown', envelope({ ...job, resultJson: '' })],
		[
			'a job that shows the original only',
			'unknown',
			envelope({ ...job, resultJson: '{"data":{"origin_urls":["https://file.example/o.mp4"]}}' }),
		],
		['a running job', 'unknown', envelope({ state: 'generating' })],
		['a running job, whatever the code', 'unknown', envelope({ state: 'generating' }, 500)],
		['a failed job, whatever the code', 'failed', envelope({ state: 'fail', resultJson: '' })],
		['a failed job that names a video', 'failed', envelope({ ...job, state: 'fail' })],
	])('with %s has the outcome "%s"', (_name, outcome, body) => {
		expect(parse(body)).toMatchObject({ outcome, succeeded: outcome === 'success' });
	});
});

describe('the words of a callback', () => {
	it.each<[name: string, body: object, told: object]>([
		[
			'a failed job',
			envelope(
				{ state: 'fail', failCode: '500', failMsg: 'Internal server error', creditsConsumed: 0 },
				501,
			),
			{ code: 500, message: 'Internal server error', files: { creditsConsumed: 0 } },
		],
		[
			'a failed record',
			envelope({
				successFlag: 3,
				errorCode: 400,
				errorMessage: 'public error unsafe image upload.',
			}),
			{ code: 400, message: 'public error unsafe image upload.' },
		],
		[
			'a failure without words',
			envelope({ successFlag: 3 }),
			{ code: 200, message: 'Kie.ai gives no reason' },
		],
		[
			'a failure with the words of the envelope',
			{ ...envelope({ state: 'fail' }, 501), msg: 'Playground task failed.' },
			{ code: 501, message: 'Playground task failed.' },
		],
		[
			'a successful job',
			envelope(job),
			{ code: 200, message: 'Success', files: { creditsConsumed: 60, videoUrls: [VIDEO] } },
		],
		[
			'a job in 4k',
			envelope({ ...job, resultJson: hdResult }),
			{ files: { videoUrls: [VIDEO], imageUrls: [] } },
		],
	])('of %s tells its own words, code and credits', (_name, body, told) => {
		expect(parse(body)).toMatchObject(told);
	});
});

describe('the task ids of a callback', () => {
	it.each([
		['object', { failureData: 'object' } as const, ['veo_task_1']],
		['null', { failureData: 'null' } as const, []],
	])('of a failure with data %s', (_name, form, taskIds) => {
		const msg = 'The 4K version of this video is unavailable. Please try a different video.';
		const callback = parse(callbackBody({ ...upgraded, code: 500, msg, videoUrls: [] }, form));
		expect(callback).toMatchObject({ succeeded: false, topic: 'get4k', message: msg, taskIds });
	});

	it('gives every different id it names', () => {
		const data = { taskId: 'a', task_id: 'b', resultUrls: [VIDEO] };
		const body = { code: 200, taskId: 'a', task_id: 'c', data };
		expect(parse(body).taskIds).toStrictEqual(['a', 'b', 'c']);
		expect(parse({ code: 500, data: { taskId: 'a', task_id: '' }, taskId: 'a' }).taskIds).toEqual([
			'a',
		]);
	});

	it.each<[name: string, body: object, taskIds: string[]]>([
		['in the body alone', { code: 500, msg: 'x', taskId: 'a' }, ['a']],
		['as a number', { code: 500, data: { taskId: 7 }, taskId: '7' }, ['7']],
		['beside an empty text', { code: 500, data: '', taskId: 'a' }, ['a']],
		['beside an empty list', { code: 500, data: [], taskId: 'a' }, ['a']],
		['beside a null', { code: 500, data: { taskId: null, task_id: 'a' } }, ['a']],
	])('is understood with an id %s', (_name, body, taskIds) => {
		expect(parse(body).taskIds).toStrictEqual(taskIds);
	});

	it.each([
		['msg', { code: 500, data: null, msg: 'why', message: 'other' }, 'why'],
		['message', { code: 500, data: null, message: 'why' }, 'why'],
		['nowhere', { code: 500, data: null }, ''],
	])('has its text in %s', (_name, body, message) => {
		expect(parse(body).message).toBe(message);
	});
});

describe('what a callback is about', () => {
	it.each<TopicRow>([
		['an extension', 'extend', callbackBody({ ...generated, msg: 'video extension successful.' })],
		[
			'a failed generation',
			'generate',
			{ code: 400, msg: 'flagged', data: { fallbackFlag: false } },
		],
		['nothing that tells', 'unknown', { code: 500, msg: 'Timeout', data: { taskId: 'a' } }],
		...['promptJson', 'originUrls', 'resolution'].map(onlySign('generate')),
		...['fullResultUrls'].map(onlySign('extend')),
		[
			'a base video with preview images',
			'generate',
			{ code: 200, msg: 'Veo3.1 video generated successfully.', data: sign('imageUrls') },
		],
		[
			'a base video of Veo 3 with preview images',
			'generate',
			{ code: 200, msg: 'Veo3 video generated successfully.', data: sign('imageUrls') },
		],
		[
			'an extension by its text alone',
			'extend',
			{ code: 200, msg: 'Veo3.1 video extension successful.', data: { resultUrls: [VIDEO] } },
		],
		[
			'an extension in other Chinese words',
			'extend',
			{ code: 200, msg: 'Veo3.1 视频续写成功', data: sign('resolution', '720p') },
		],
		...['imageUrls', 'image_urls'].map(onlySign('get4k')),
		// Base videos come with these as well.
		...['mediaIds', 'media_ids'].map(onlySign('unknown')),
		['a field of the record', 'generate', envelope({ response: { resolution: '720p' } })],
		['a record as text', 'generate', envelope({ response: '{"originUrls":["x"]}' })],
		[
			'an extension in Chinese',
			'extend',
			{ code: 200, msg: '视频扩展成功', data: sign('promptJson') },
		],
		[
			'4K in its text and the fields of a generation',
			'get4k',
			callbackBody({ ...generated, msg: upgraded.msg }),
		],
		[
			'4K in Chinese text',
			'get4k',
			{ code: 200, msg: '4K视频生成成功', data: sign('fallbackFlag', false) },
		],
		['4K within the reason', 'get4k', envelope({ failMsg: '4K is not available for this video' })],
		['4K within a word', 'unknown', { code: 500, msg: '14K', data: null }],
		...(
			[
				['veo/get-4k-video', 'get4k'],
				['veo/get-1080p-video', 'get1080p'],
				['veo/extend', 'extend'],
				['veo-3-1', 'generate'],
				['veo3_fast', 'generate'],
				['VEO3', 'generate'],
			] as const
		).map(
			([model, topic]): TopicRow => [
				`model ${model}`,
				topic,
				{ ...envelope({ model, state: 'fail' }), msg: '4K' },
			],
		),
		['a model nobody knows', 'get4k', { ...envelope({ model: 'my-veo' }), msg: '4K' }],
		['no model', 'unknown', envelope({ model: null })],
		['fields that are null', 'unknown', { code: 200, data: sign('resolution', null) }],
		['lists that are empty', 'unknown', { code: 200, data: sign('originUrls', []) }],
		['only a URL', 'unknown', { code: 200, msg: 'success', data: { info: { resultUrls: VIDEO } } }],
		[
			'preview images and the fields of a generation',
			'generate',
			{ code: 200, data: { promptJson: '{}', resultUrls: [VIDEO], imageUrls: [IMAGE] } },
		],
	])('with %s is about "%s"', (_name, topic, body) => {
		expect(parse(body).topic).toBe(topic);
	});
});

describe('the body of a callback', () => {
	it('of an extension gives the whole video first', () => {
		const full = 'https://file.example/v/full.mp4';
		const data = { taskId: 'a', resultUrls: [VIDEO], fullResultUrls: [full] };
		const callback = parse({ code: 200, data });
		const about = { taskId: 'a', index: null, operation: 'extend' as const };
		const result = toCallbackResult(about, callback, callback.files);
		expect(result).toMatchObject({ videoUrl: full, videoUrls: [full, VIDEO] });
	});

	const NO_OBJECT = 'the body is not a JSON object';
	const NO_CODE = "the body has no numeric 'code'";
	const NO_DATA = "'data' is not an object";
	it.each<[name: string, body: unknown, reason: string]>([
		['nothing', undefined, NO_OBJECT],
		['an empty text', '', NO_OBJECT],
		['text', 'hello', NO_OBJECT],
		['a number', 5, NO_OBJECT],
		['null', null, NO_OBJECT],
		['a list', [callbackBody(upgraded)], NO_OBJECT],
		['an empty object', {}, NO_CODE],
		['another object', { hello: 'world' }, NO_CODE],
		['no code', { msg: 'success', data: { taskId: 'a', resultUrls: [VIDEO] } }, NO_CODE],
		['a code that is not a number', { code: 'ok', data: { taskId: 'a' } }, NO_CODE],
		['a code alone', { code: 500 }, "the body has neither 'data' nor a task ID"],
		['data that is a list', { code: 200, data: [VIDEO] }, NO_DATA],
		['data that is text', { code: 200, data: VIDEO }, NO_DATA],
		['success alone', { code: 200, msg: 'success' }, "the body has neither 'data' nor a task ID"],
		['an id that is an object', { code: 500, data: { taskId: {} } }, 'the task ID is not text'],
		['an id of blanks', { code: 500, data: { taskId: '  ' } }, 'the task ID is not text'],
	])('is not seen in %s', (_name, body, reason) => {
		expect(parseCallback(body)).toStrictEqual({ reason });
	});
});
