import type { ResultFiles } from '../../../nodes/KieVeo/kie/meaning/files';
import { IMAGE, ORIGIN, TASK, VIDEO, WHOLE } from './answers';
import { gives, JOB, jobOf, reported, rowsOf as rows, text, type Sourced } from './rows';
import * as from from './sources';

interface Facts {
	outcome: 'success' | 'failed' | 'unknown';
	/** What it is about, by its content. */
	topic: 'get4k' | 'get1080p' | 'generate' | 'extend' | 'task' | 'unknown';
	/** The outcome at the address of a 4K order: what is about another video says nothing. */
	atGet4k: 'success' | 'failed' | 'unknown';
	taskIds: string[];
	message?: string;
	code?: number | null;
	files?: Partial<ResultFiles>;
	/** More may follow. */
	mayBeStage?: boolean;
}
export type CallbackRow = Facts & Sourced;

export const rowsOf = rows<Facts>;
const UNAVAILABLE = 'The 4K version of this video is unavailable. Please try a different video.';
const FLAGGED = 'Your prompt was flagged by Website as violating content policies';
/** As printed: it cannot be parsed. */
const BROKEN_JSON = '{"prompt":"A dog","imageUrls":["\\https://example.com/image1.jpg"]}';

const generated = (
	info: object,
	more: object = {},
	msg = 'Veo3.1 video generated successfully.',
) => ({
	code: 200,
	msg,
	data: { taskId: TASK, promptJson: BROKEN_JSON, info, fallbackFlag: false, ...more },
});
const upgraded = (data: object) => ({ code: 200, msg: '4K Video generated successfully.', data });
const refused = (data: object | null, msg: string) => ({ code: 500, msg, data });
const EXTENDED = 'Veo3.1 video extension successful.';
const job = (facts: object = {}, model = 'veo-3-1', input?: object) =>
	reported(jobOf(model, { ...gives({ resultUrls: [VIDEO] }), ...facts }, input));

const files = { videoUrls: [VIDEO] };
const MADE: Facts = {
	outcome: 'success',
	topic: 'generate',
	atGet4k: 'unknown',
	taskIds: [TASK],
	files,
};
const FAILED: Facts = { ...MADE, outcome: 'failed', files: {} };
const IN_4K: Facts = {
	...{ ...MADE, topic: 'get4k', atGet4k: 'success' },
	files: { ...files, imageUrls: [IMAGE] },
};

export const CALLBACKS: readonly CallbackRow[] = [
	...rowsOf(
		MADE,
		[
			'a new video',
			from.GENERATE_CALLBACKS,
			generated({ resultUrls: [VIDEO], originUrls: [ORIGIN], resolution: '1080p' }),
			{ files: { ...files, resolution: '1080p' } },
		],
		[
			'a new video, its order as an object',
			from.GENERATE_CALLBACKS,
			generated({ resultUrls: [VIDEO] }, { promptJson: { prompt: 'A dog' } }),
		],
		[
			'a new video, with a list without quotes',
			from.GENERATE_CALLBACKS,
			generated({ resultUrls: `[${VIDEO}]`, originUrls: `[${ORIGIN}]`, resolution: '1080p' }),
		],
		[
			'a new video, its list as JSON text',
			from.VEO_QUICKSTART,
			generated({ resultUrls: text([VIDEO]) }),
		],
		[
			'a new video, as one address',
			'recorded in a public workflow, 2026',
			generated({ resultUrls: VIDEO }),
		],
		[
			'a new video of the fallback model',
			from.GENERATE_CALLBACKS,
			generated(
				{ resultUrls: [VIDEO] },
				{ fallbackFlag: true },
				'Veo3.1 video generated successfully (using fallback model).',
			),
		],
		[
			'a new video in Chinese words',
			from.CN_GENERATE_CALLBACKS,
			generated({ resultUrls: [VIDEO] }, {}, 'Veo3.1 视频生成成功。'),
		],
		[
			'a new video of Veo 3, without its order',
			from.GENERATE_CALLBACKS,
			{
				code: 200,
				msg: 'Veo3 video generated successfully.',
				data: { taskId: TASK, info: { resultUrls: [VIDEO], resolution: '1080p' } },
			},
		],
		[
			'an extension',
			from.EXTEND,
			generated({ resultUrls: [VIDEO] }, {}, EXTENDED),
			{ topic: 'extend' },
		],
		[
			'an extension with the whole video',
			from.RECORD_INFO,
			generated({ resultUrls: [VIDEO], fullResultUrls: [WHOLE] }, {}, EXTENDED),
			{ topic: 'extend', files: { ...files, fullVideoUrls: [WHOLE] } },
		],
	),
	...rowsOf(
		FAILED,
		[
			'a refused prompt',
			from.GENERATE_CALLBACKS,
			{ code: 400, msg: `${FLAGGED}.`, data: { taskId: TASK, fallbackFlag: false } },
		],
		[
			'a refusal by Flow',
			from.GENERATE_CALLBACKS,
			{
				code: 422,
				msg: `Your request was rejected by Flow(${FLAGGED}). You may consider using our other fallback channels, which are likely to succeed. Please refer to the documentation.`,
				data: { taskId: TASK, fallbackFlag: false },
			},
		],
	),
	...rowsOf(
		IN_4K,
		[
			'a 4K upgrade',
			from.GET_4K_CALLBACKS,
			upgraded({ taskId: TASK, info: { resultUrls: [VIDEO], imageUrls: [IMAGE] } }),
		],
		[
			'a 4K upgrade with credits',
			from.GET_4K_CALLBACKS,
			upgraded({
				creditsConsumed: 120,
				info: { imageUrls: [IMAGE], resultUrls: [VIDEO] },
				taskId: '2b1b13eca3e8b8bbd5a88610d29dfd51',
			}),
			{
				taskIds: ['2b1b13eca3e8b8bbd5a88610d29dfd51'],
				files: { ...files, imageUrls: [IMAGE], creditsConsumed: 120 },
			},
		],
		[
			'a 4K upgrade in snake case',
			from.GET_4K_CALLBACKS,
			upgraded({
				task_id: 'bf3e7adb-fb6c-4257-bbcd-470787386fb0',
				result_urls: [VIDEO],
				media_ids: ['CAUaJDQ5NGYwY2Nh'],
				image_urls: [IMAGE],
			}),
			{ taskIds: ['bf3e7adb-fb6c-4257-bbcd-470787386fb0'] },
		],
	),
	...rowsOf(
		{ ...FAILED, topic: 'get4k', atGet4k: 'failed' },
		[
			'a 4K upgrade that is refused, data an object',
			from.GET_4K_CALLBACKS,
			refused({ taskId: TASK }, UNAVAILABLE),
		],
		[
			'a 4K upgrade that is refused, data null',
			from.GET_4K_CALLBACKS,
			refused(null, UNAVAILABLE),
			{ taskIds: [] },
		],
		[
			'a 4K upgrade that is refused, in Chinese',
			from.CN_GET_4K_CALLBACKS,
			refused({ taskId: TASK }, '该视频的 4K 版本不可用，请尝试其他视频'),
		],
	),
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
	...rowsOf(
		{ ...MADE, taskIds: [JOB] },
		['a job', from.ESCENARA, job(), { files: { ...files, creditsConsumed: 60 } }],
		[
			'a job in 1080p',
			from.ESCENARA,
			job(gives({ data: { result_urls: [VIDEO], origin_urls: [ORIGIN] } }), 'veo-3-1', {
				resolution: '1080p',
			}),
			{ files: { ...files, resolution: '1080p' } },
		],
		[
			'a 4K upgrade as a job',
			from.TASK_DETAIL,
			job({}, 'veo/get-4k-video'),
			{ topic: 'get4k', atGet4k: 'success', files: { ...files, resolution: '4k' } },
		],
		[
			'a 1080P upgrade as a job',
			from.TASK_DETAIL,
			job({}, 'veo/get-1080p-video'),
			{ topic: 'get1080p', files: { ...files, resolution: '1080p' } },
		],
		['an extension as a job', from.TASK_DETAIL, job({}, 'veo/extend'), { topic: 'extend' }],
	),
	{
		what: 'a failed job',
		body: reported(
			jobOf('veo-3-1', {
				state: 'fail',
				failCode: '500',
				failMsg: 'Internal server error',
				creditsConsumed: 0,
			}),
			501,
		),
		source: from.TASK_DETAIL,
		...FAILED,
		taskIds: [JOB],
		message: 'Internal server error',
		code: 500,
	},
];
