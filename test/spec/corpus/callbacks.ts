import { IMAGE, ORIGIN, TASK, VIDEO, WHOLE, type Urls } from './answers';
import * as from from './sources';

export interface CallbackRow {
	what: string;
	body: unknown;
	source: string;
	outcome: 'success' | 'failed' | 'unknown';
	/** What it is about, by its content. */
	topic: 'get4k' | 'get1080p' | 'generate' | 'extend' | 'unknown';
	/** The outcome at the address of a 4K order: what is about another video says nothing. */
	atGet4k: 'success' | 'failed' | 'unknown';
	taskIds: string[];
	message?: string;
	code?: number | null;
	files?: Urls;
}

const text = (value: unknown) => JSON.stringify(value);
const GENERATED = 'Veo3.1 video generated successfully.';
const UPGRADED = '4K Video generated successfully.';
const UNAVAILABLE = 'The 4K version of this video is unavailable. Please try a different video.';
const FLAGGED = 'Your prompt was flagged by Website as violating content policies';
/** As printed: it cannot be parsed. */
const BROKEN_JSON = '{"prompt":"A dog","imageUrls":["\\https://example.com/image1.jpg"]}';

const generated = (info: object, more: object = {}, msg = GENERATED) => ({
	code: 200,
	msg,
	data: { taskId: TASK, promptJson: BROKEN_JSON, info, fallbackFlag: false, ...more },
});
const BASE = { outcome: 'success', topic: 'generate', atGet4k: 'unknown' } as const;
const IN_4K = { outcome: 'success', topic: 'get4k', atGet4k: 'success' } as const;
const job = (facts: object, code = 200) => ({
	code,
	msg: code === 200 ? 'Playground task completed successfully.' : 'Playground task failed.',
	data: {
		taskId: 'e931f4f24b0f6d5bc4744c719d3f67f3',
		model: 'veo-3-1',
		state: 'success',
		param: text({ model: 'veo-3-1', input: text({ prompt: 'A dog', model: 'veo3_fast' }) }),
		resultJson: text({ resultUrls: [VIDEO] }),
		failCode: null,
		failMsg: null,
		costTime: 148,
		completeTime: 1788941358629,
		createTime: 1788941299171,
		creditsConsumed: 60,
		...facts,
	},
});
const JOB = ['e931f4f24b0f6d5bc4744c719d3f67f3'];

export const CALLBACKS: readonly CallbackRow[] = [
	{
		what: 'a new video',
		body: generated({ resultUrls: [VIDEO], originUrls: [ORIGIN], resolution: '1080p' }),
		source: from.GENERATE_CALLBACKS,
		...BASE,
		taskIds: [TASK],
		files: { videoUrls: [VIDEO], resolution: '1080p' },
	},
	{
		what: 'a new video, its order as an object',
		body: generated({ resultUrls: [VIDEO] }, { promptJson: { prompt: 'A dog' } }),
		source: from.GENERATE_CALLBACKS,
		...BASE,
		taskIds: [TASK],
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a new video, with a list without quotes',
		body: generated({ resultUrls: `[${VIDEO}]`, originUrls: `[${ORIGIN}]`, resolution: '1080p' }),
		source: from.GENERATE_CALLBACKS,
		...BASE,
		taskIds: [TASK],
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a new video, its list as JSON text',
		body: generated({ resultUrls: text([VIDEO]) }),
		source: from.VEO_QUICKSTART,
		...BASE,
		taskIds: [TASK],
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a new video, as one address',
		body: generated({ resultUrls: VIDEO }),
		source: 'recorded in a public workflow, 2026',
		...BASE,
		taskIds: [TASK],
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a new video of the fallback model',
		body: generated(
			{ resultUrls: [VIDEO] },
			{ fallbackFlag: true },
			'Veo3.1 video generated successfully (using fallback model).',
		),
		source: from.GENERATE_CALLBACKS,
		...BASE,
		taskIds: [TASK],
	},
	{
		what: 'a new video in Chinese words',
		body: generated({ resultUrls: [VIDEO] }, {}, 'Veo3.1 视频生成成功。'),
		source: from.CN_GENERATE_CALLBACKS,
		...BASE,
		taskIds: [TASK],
	},
	{
		what: 'a new video of Veo 3, without its order',
		body: {
			code: 200,
			msg: 'Veo3 video generated successfully.',
			data: { taskId: TASK, info: { resultUrls: [VIDEO], resolution: '1080p' } },
		},
		source: from.GENERATE_CALLBACKS,
		...BASE,
		taskIds: [TASK],
	},
	{
		what: 'an extension',
		body: generated({ resultUrls: [VIDEO] }, {}, 'Veo3.1 video extension successful.'),
		source: from.EXTEND,
		...BASE,
		topic: 'extend',
		taskIds: [TASK],
	},
	{
		what: 'an extension with the whole video',
		body: generated(
			{ resultUrls: [VIDEO], fullResultUrls: [WHOLE] },
			{},
			'Veo3.1 video extension successful.',
		),
		source: from.RECORD_INFO,
		...BASE,
		topic: 'extend',
		taskIds: [TASK],
		files: { videoUrls: [VIDEO], fullVideoUrls: [WHOLE] },
	},
	{
		what: 'a refused prompt',
		body: { code: 400, msg: `${FLAGGED}.`, data: { taskId: TASK, fallbackFlag: false } },
		source: from.GENERATE_CALLBACKS,
		outcome: 'failed',
		topic: 'generate',
		atGet4k: 'unknown',
		taskIds: [TASK],
	},
	{
		what: 'a refusal by Flow',
		body: {
			code: 422,
			msg: `Your request was rejected by Flow(${FLAGGED}). You may consider using our other fallback channels, which are likely to succeed. Please refer to the documentation.`,
			data: { taskId: TASK, fallbackFlag: false },
		},
		source: from.GENERATE_CALLBACKS,
		outcome: 'failed',
		topic: 'generate',
		atGet4k: 'unknown',
		taskIds: [TASK],
	},
	{
		what: 'a 4K upgrade',
		body: {
			code: 200,
			msg: UPGRADED,
			data: { taskId: TASK, info: { resultUrls: [VIDEO], imageUrls: [IMAGE] } },
		},
		source: from.GET_4K_CALLBACKS,
		...IN_4K,
		taskIds: [TASK],
		files: { videoUrls: [VIDEO], imageUrls: [IMAGE] },
	},
	{
		what: 'a 4K upgrade with credits',
		body: {
			code: 200,
			msg: UPGRADED,
			data: {
				creditsConsumed: 120,
				info: { imageUrls: [IMAGE], resultUrls: [VIDEO] },
				taskId: '2b1b13eca3e8b8bbd5a88610d29dfd51',
			},
		},
		source: from.GET_4K_CALLBACKS,
		...IN_4K,
		taskIds: ['2b1b13eca3e8b8bbd5a88610d29dfd51'],
		files: { videoUrls: [VIDEO], imageUrls: [IMAGE], creditsConsumed: 120 },
	},
	{
		what: 'a 4K upgrade in snake case',
		body: {
			code: 200,
			msg: UPGRADED,
			data: {
				task_id: 'bf3e7adb-fb6c-4257-bbcd-470787386fb0',
				result_urls: [VIDEO],
				media_ids: ['CAUaJDQ5NGYwY2Nh'],
				image_urls: [IMAGE],
			},
		},
		source: from.GET_4K_CALLBACKS,
		...IN_4K,
		taskIds: ['bf3e7adb-fb6c-4257-bbcd-470787386fb0'],
		files: { videoUrls: [VIDEO], imageUrls: [IMAGE] },
	},
	...[{ taskId: TASK }, null].map(
		(data): CallbackRow => ({
			what: `a 4K upgrade that is refused, data ${data === null ? 'null' : 'an object'}`,
			body: { code: 500, msg: UNAVAILABLE, data },
			source: from.GET_4K_CALLBACKS,
			outcome: 'failed',
			topic: 'get4k',
			atGet4k: 'failed',
			taskIds: data === null ? [] : [TASK],
		}),
	),
	{
		what: 'a 4K upgrade that is refused, in Chinese',
		body: { code: 500, msg: '该视频的 4K 版本不可用，请尝试其他视频', data: { taskId: TASK } },
		source: from.CN_GET_4K_CALLBACKS,
		outcome: 'failed',
		topic: 'get4k',
		atGet4k: 'failed',
		taskIds: [TASK],
	},
	{
		what: 'an end without the result',
		body: {
			taskId: 'ee9c2715375b7837f8bb51d641ff5863',
			code: 200,
			msg: 'Success',
			data: { task_id: 'ee9c2715375b7837f8bb51d641ff5863', callbackType: 'task_completed' },
		},
		source: from.WEBHOOKS,
		outcome: 'unknown',
		topic: 'unknown',
		atGet4k: 'unknown',
		taskIds: ['ee9c2715375b7837f8bb51d641ff5863'],
	},
	{
		what: 'a failed task in the shape of its record',
		body: {
			code: 200,
			msg: 'success',
			data: { taskId: TASK, successFlag: 3, errorCode: 501, errorMessage: 'Timeout' },
		},
		source: 'what a handler of callbacks of a public client reads, 2026',
		outcome: 'failed',
		topic: 'unknown',
		atGet4k: 'failed',
		taskIds: [TASK],
		message: 'Timeout',
		code: 501,
	},
	{
		what: 'a job',
		body: job({}),
		source: from.ESCENARA,
		...BASE,
		taskIds: JOB,
		files: { videoUrls: [VIDEO], creditsConsumed: 60 },
	},
	{
		what: 'a job in 1080p',
		body: job({
			resultJson: text({ data: { result_urls: [VIDEO], origin_urls: [ORIGIN] } }),
			param: text({ model: 'veo-3-1', input: text({ resolution: '1080p' }) }),
		}),
		source: from.ESCENARA,
		...BASE,
		taskIds: JOB,
		files: { videoUrls: [VIDEO], resolution: '1080p' },
	},
	{
		what: 'a 4K upgrade as a job',
		body: job({ model: 'veo/get-4k-video' }),
		source: from.TASK_DETAIL,
		...IN_4K,
		taskIds: JOB,
		files: { videoUrls: [VIDEO], resolution: '4k' },
	},
	{
		what: 'a 1080P upgrade as a job',
		body: job({ model: 'veo/get-1080p-video' }),
		source: from.TASK_DETAIL,
		outcome: 'success',
		topic: 'get1080p',
		atGet4k: 'unknown',
		taskIds: JOB,
		files: { videoUrls: [VIDEO], resolution: '1080p' },
	},
	{
		what: 'an extension as a job',
		body: job({ model: 'veo/extend' }),
		source: from.TASK_DETAIL,
		...BASE,
		topic: 'extend',
		taskIds: JOB,
	},
	{
		what: 'a failed job',
		body: job(
			{
				state: 'fail',
				resultJson: '',
				failCode: '500',
				failMsg: 'Internal server error',
				creditsConsumed: 0,
			},
			501,
		),
		source: from.TASK_DETAIL,
		outcome: 'failed',
		topic: 'generate',
		atGet4k: 'unknown',
		taskIds: JOB,
		message: 'Internal server error',
		code: 500,
	},
];
