import type { ResultFiles } from '../../../nodes/KieVeo/kie/meaning/files';
import type { JsonObject } from '../../../nodes/KieVeo/values';
import { rowsOf, type CallbackRow } from './callbacks';
import { gives, JOB, jobOf, ok, reported, running, text, type Sourced } from './rows';
import * as from from './sources';

/* Jobs of other models than Veo's: their records and callbacks, and what they mean. */

interface Facts {
	means: string;
	/** Kie's words and the code that a user reads, where they are not the envelope's. */
	message?: string;
	code?: number;
	files?: Partial<ResultFiles>;
}
type TaskRow = Facts & Sourced;

const HOST = 'https://tempfile.aiquickdraw.com';
const INPUT = 'https://tempfile.redpandaai.co/kieai/100001/images/a.jpg';
export const PICTURE = `${HOST}/r/a.png`;

const job = (model: string, facts: object, input: object = { prompt: 'a white cat' }) =>
	jobOf(model, facts, input);

const track = (id: string) => ({
	id,
	audio_url: `${HOST}/r/${id}.mp3`,
	stream_audio_url: `https://audiostream.kie.ai/stream/${id}.mp3`,
	image_url: `https://cdn2.suno.ai/image_${id}.jpeg`,
	title: 'waves',
	prompt: '',
	tags: 'waves',
	model_name: 'chirp-hawk',
	duration: 14.2,
	createTime: 1790546580394,
});
const MUSIC = { code: 200, msg: 'success', task_id: JOB, data: [track('1'), track('2')] };
const LYRICS = { resultObject: { lyricsData: [{ text: '[Verse]', title: 't' }] } };

/** What a model gave, and which of its addresses are files. */
const RESULTS: Array<[what: string, result: JsonObject, fileUrls: string[], source: string]> = [
	[
		'three pictures of one prompt',
		{ resultUrls: [`${HOST}/r/a.jpg`, `${HOST}/r/b.jpg`, `${HOST}/r/c.jpg`] },
		[`${HOST}/r/a.jpg`, `${HOST}/r/b.jpg`, `${HOST}/r/c.jpg`],
		from.APICITY_TASKS,
	],
	[
		'a video in 1080p or 4K',
		{ data: { result_urls: [`${HOST}/hd.mp4`], origin_urls: [`${HOST}/base.mp4`] } },
		[`${HOST}/hd.mp4`],
		from.ESCENARA,
	],
	['two takes of music', MUSIC, [`${HOST}/r/1.mp3`, `${HOST}/r/2.mp3`], from.SUNO],
	['lyrics, and no file', LYRICS, [], from.SUNO],
	[
		'masks of the persons in a picture',
		{ resultObject: { mask_urls: [`${HOST}/mask.png`] } },
		[`${HOST}/mask.png`],
		from.RESULT_SHAPES,
	],
	['a verdict, and no file', { resultObject: { subject_status: 1 } }, [], from.RESULT_SHAPES],
	[
		'a video with its first and last frame',
		{
			resultUrls: [`${HOST}/v.mp4`],
			firstFrameUrl: [`${HOST}/f.png`],
			lastFrameUrl: [`${HOST}/l.png`],
		},
		[`${HOST}/v.mp4`, `${HOST}/f.png`, `${HOST}/l.png`],
		from.RESULT_SHAPES,
	],
];

const SPEECH = [`${HOST}/as/a.wav`];
const speech = {
	operationType: 'google/gemini-3-8-flash-tts',
	paramJson: text({ model: 'google/gemini-3-8-flash-tts' }),
};

export const TASKS: readonly TaskRow[] = [
	...RESULTS.map(
		([what, result, fileUrls, source]): TaskRow => ({
			what,
			body: ok(job('some/model', gives(result))),
			source,
			means: 'success',
			files: { fileUrls, result, creditsConsumed: 60 },
		}),
	),
	{
		what: 'a job that waits, its credits reserved and its input rewritten',
		body: ok(
			job('kling-3.0-omni/reference-to-video', running('waiting', { creditsConsumed: 70 }), {
				elements: [],
				image_urls: [INPUT],
				video_urls: [],
				prompt: 'a cat',
			}),
		),
		source: from.APICITY_TASKS,
		means: 'processing',
		files: {
			fileUrls: [],
			result: null,
			model: 'kling-3.0-omni/reference-to-video',
			creditsConsumed: null,
		},
	},
	{
		what: 'a job that runs, in the form of October',
		body: ok(
			job(
				'google/gemini-3-8-flash-tts',
				running('generating', { ...speech, creditsConsumed: 0, successFlag: 0 }),
			),
		),
		source: from.APICITY_TASKS,
		means: 'processing',
		files: { fileUrls: [], creditsConsumed: null },
	},
	{
		what: 'speech, in the form of October',
		body: ok(
			job('google/gemini-3-8-flash-tts', {
				...speech,
				...gives({ resultUrls: SPEECH }),
				response: { resultUrls: SPEECH },
				successFlag: 1,
				creditsConsumed: 0.19,
			}),
		),
		source: from.APICITY_TASKS,
		means: 'success',
		files: { fileUrls: SPEECH, result: { resultUrls: SPEECH }, creditsConsumed: 0.19 },
	},
	{
		what: 'music, in the form of October',
		body: ok(
			job('ai-music-api/sounds', {
				...gives(MUSIC),
				response: MUSIC,
				status: 'SUCCESS',
				type: 'chirp-hawk',
				parentMusicId: '',
				successFlag: 1,
				creditsConsumed: 2.5,
			}),
		),
		source: from.SUNO,
		means: 'success',
		files: {
			fileUrls: [`${HOST}/r/1.mp3`, `${HOST}/r/2.mp3`],
			result: MUSIC,
			creditsConsumed: 2.5,
		},
	},
	{
		what: 'a video, in the shorter form of April',
		body: ok({
			...job('bytedance/seedance-2', gives({ resultUrls: [`${HOST}/seedance/a.mp4`] })),
			creditsConsumed: undefined,
		}),
		source: from.APICITY_TASKS,
		means: 'success',
		files: { fileUrls: [`${HOST}/seedance/a.mp4`], creditsConsumed: null },
	},
	{
		what: 'no such task, or one of the last seconds',
		body: { code: 422, msg: 'recordInfo is null', data: null },
		source: from.APICITY_TASKS,
		means: 'unknownTask',
	},
	{
		what: 'a failed job',
		body: ok(
			job('gpt-image-2-image-to-image', {
				state: 'fail',
				failCode: '400',
				failMsg: 'Image fetch failed. Check access settings or use our File Upload API instead.',
				creditsConsumed: 0,
				successFlag: 3,
			}),
		),
		source: from.OTHER_MODELS,
		means: 'imageFetch',
		message: 'Image fetch failed. Check access settings or use our File Upload API instead.',
		code: 400,
	},
	{
		what: 'a failed job, its code a name',
		body: ok(
			job('kling/v2-1-master-text-to-video', {
				state: 'fail',
				failCode: 'GENERATION_FAILED',
				failMsg: 'The generation task failed.',
			}),
		),
		source: from.MODEL_SCHEMA,
		means: 'taskFailed',
		message: 'The generation task failed.',
		code: 200,
	},
];

const stage = (facts: object, msg = 'success') => ({
	code: 200,
	msg,
	data: { task_id: JOB, ...facts },
});

const OF_TASK: Pick<CallbackRow, 'topic' | 'atGet4k' | 'taskIds' | 'files'> = {
	topic: 'task',
	atGet4k: 'unknown',
	taskIds: [JOB],
	files: { fileUrls: [] },
};

export const TASK_CALLBACKS: readonly CallbackRow[] = [
	...rowsOf(
		{ ...OF_TASK, outcome: 'success' },
		[
			'a picture',
			from.NANO_BANANA,
			reported(
				job('google/nano-banana', {
					...gives({ resultUrls: [PICTURE] }),
					updateTime: 1786428635000,
				}),
			),
			{ files: { fileUrls: [PICTURE] } },
		],
		['lyrics', from.SUNO, reported(job('ai-music-api/lyrics', gives(LYRICS)))],
	),
	...rowsOf(
		{ ...OF_TASK, outcome: 'failed' },
		[
			'a failure, as the schema of a model shows it',
			from.MODEL_SCHEMA,
			reported(
				{
					taskId: JOB,
					model: 'kling/v2-1-master-text-to-video',
					state: 'fail',
					param: text({ input: text({ prompt: 'p' }), model: 'kling/v2-1-master-text-to-video' }),
					failCode: 'GENERATION_FAILED',
					failMsg: 'The generation task failed.',
				},
				501,
			),
			{ message: 'The generation task failed.', code: 501 },
		],
		[
			'a failure, as the older pages show it',
			from.TASK_DETAIL,
			reported(
				{
					...job('kling/v2-5-turbo-image-to-video-pro', { state: 'fail', resultJson: undefined }),
					failCode: '500',
					failMsg: 'Internal server error',
					consumeCredits: 0,
					remainedCredits: 100,
				},
				501,
			),
			{ message: 'Internal server error', code: 500 },
		],
	),
	...rowsOf(
		{ ...OF_TASK, outcome: 'unknown', topic: 'unknown', mayBeStage: true },
		['a stage of music, text', from.SUNO_CALLBACKS, stage({ callbackType: 'text', data: [] })],
		[
			'a stage of music, first',
			from.SUNO_CALLBACKS,
			stage({ callbackType: 'first', data: [track('1')] }),
		],
		['a stage of music, with an ID only', from.SUNO_CALLBACKS, stage({})],
		[
			'the last stage of music',
			from.SUNO_CALLBACKS,
			stage(
				{ callbackType: 'complete', data: [track('1'), track('2')] },
				'All generated successfully.',
			),
			{ mayBeStage: false },
		],
	),
];
