import {
	parseCallback,
	type Callback,
	type CallbackTopic,
} from '../../nodes/KieVeo/kie/callback/parse';
import { toCallbackResult } from '../../nodes/KieVeo/videoResult';
import { CALLBACK_FORMS } from '../simulator';
import { callbackBody, type CallbackFacts } from '../simulator/callbacks/form';

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
		expect(parse(late)).toMatchObject({ code: 422, succeeded: true });
	});

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

	it.each<TopicRow>([
		['an extension', 'extend', callbackBody({ ...generated, msg: 'video extension successful.' })],
		[
			'a failed generation',
			'generate',
			{ code: 400, msg: 'flagged', data: { fallbackFlag: false } },
		],
		['nothing that tells', 'unknown', { code: 500, msg: 'Timeout', data: { taskId: 'a' } }],
		...['promptJson', 'originUrls', 'resolution'].map(onlySign('generate')),
		...['imageUrls', 'image_urls', 'mediaIds', 'media_ids'].map(onlySign('get4k')),
		['fields that are null', 'unknown', { code: 200, data: sign('resolution', null) }],
		['lists that are empty', 'unknown', { code: 200, data: sign('imageUrls', []) }],
		['only a URL', 'unknown', { code: 200, msg: 'success', data: { info: { resultUrls: VIDEO } } }],
		[
			'signs of both',
			'unknown',
			{ code: 200, data: { promptJson: '{}', resultUrls: [VIDEO], imageUrls: [IMAGE] } },
		],
	])('with %s is about "%s"', (_name, topic, body) => {
		expect(parse(body).topic).toBe(topic);
	});

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
		['a code that is no number', { code: 'ok', data: { taskId: 'a' } }, NO_CODE],
		['a code alone', { code: 500 }, "the body has neither 'data' nor a task ID"],
		['data that is a list', { code: 200, data: [VIDEO] }, NO_DATA],
		['data that is text', { code: 200, data: VIDEO }, NO_DATA],
		[
			'success without a URL',
			{ code: 200, msg: 'success', data: { taskId: 'a' } },
			'it reports success without a video URL',
		],
		['an id that is an object', { code: 500, data: { taskId: {} } }, 'the task ID is not text'],
		['an id of blanks', { code: 500, data: { taskId: '  ' } }, 'the task ID is not text'],
	])('is not seen in %s', (_name, body, reason) => {
		expect(parseCallback(body)).toStrictEqual({ reason });
	});
});
