import * as from from './sources';
import type { Meanings } from './texts';

/** The files an answer, a record or a callback leads to. */
export interface Urls {
	videoUrls?: string[];
	fullVideoUrls?: string[];
	imageUrls?: string[];
	resolution?: string | null;
	creditsConsumed?: number;
}

export interface AnswerRow {
	what: string;
	/** With HTTP 200 unless `httpStatus` says otherwise. Text is sent as it is. */
	body: unknown;
	httpStatus?: number;
	source: string;
	/** What it means where it can come. */
	means: Partial<Omit<Meanings, 'callback' | 'reason'>>;
	/** Kie's words that a user reads, and the code beside them, where they are not the envelope's. */
	message?: string;
	code?: number | null;
	files?: Urls;
}

/** In the shape of Kie's own addresses. */
export const VIDEO = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.mp4';
export const IMAGE = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.jpg';
export const WHOLE = 'https://tempfile.aiquickdraw.com/v/full_result.mp4';
export const ORIGIN = 'https://tempfile.aiquickdraw.com/v/original_video1.mp4';
export const TASK = 'veo_task_abcdef123456';

const text = (value: unknown) => JSON.stringify(value);
const ok = (data: unknown, code: number | null = 200, msg = 'success') => ({ code, msg, data });
const record = (facts: object) =>
	ok({
		taskId: TASK,
		paramJson: text({ prompt: 'A futuristic city with flying cars at sunset.' }),
		completeTime: null,
		response: null,
		successFlag: 0,
		errorCode: null,
		errorMessage: '',
		createTime: '2025-06-06 10:25:00',
		fallbackFlag: false,
		...facts,
	});
const job = (facts: object, input: object = { prompt: 'A dog', model: 'veo3_fast' }) =>
	ok({
		taskId: 'e931f4f24b0f6d5bc4744c719d3f67f3',
		model: 'veo-3-1',
		state: 'waiting',
		param: text({ model: 'veo-3-1', input: text(input) }),
		resultJson: '',
		failCode: null,
		failMsg: null,
		costTime: null,
		completeTime: null,
		createTime: 1788941299171,
		creditsConsumed: null,
		...facts,
	});
/** A job with Resolution 1080p or 4k: its 720p version is in another list. */
const inHd = text({ data: { result_urls: [VIDEO], origin_urls: [ORIGIN] } });
const IMAGE_FETCH = 'Image fetch failed. Check access settings or use our File Upload API instead.';
const NO_AUDIO =
	'The Google model was unable to generate audio for this request. Please try a different prompt.';
const NOT_READY = { taskId: TASK, resultUrls: null, imageUrls: null };

/** Of any task, whether this package has created it or not. */
const recorded = (meaning: string) => ({ ownRecord: meaning, record: meaning });

const ORDERS: AnswerRow[] = [
	{
		what: 'a new video is accepted',
		body: ok({ taskId: TASK }),
		source: from.GENERATE,
		means: { order: 'created' },
	},
	{
		what: 'an extension is accepted',
		body: ok({ taskId: 'veo_extend_task_xyz789' }),
		source: from.EXTEND,
		means: { order: 'created' },
	},
	{
		what: 'a job is accepted',
		body: ok({
			taskId: 'e931f4f24b0f6d5bc4744c719d3f67f3',
			recordId: 'e931f4f24b0f6d5bc4744c719d3f67f3',
		}),
		source: from.APICITY,
		means: { order: 'created' },
	},
	...[201, 0, null].map(
		(code): AnswerRow => ({
			what: `a new video is accepted with code ${code}`,
			body: ok({ taskId: TASK }, code),
			source: 'what public clients of Veo accept, 2026',
			means: { order: 'created' },
		}),
	),
	{
		what: 'a new video is accepted with code 505',
		body: ok({ taskId: TASK }, 505),
		source: "a sample in Kie's pages, noted by a public client, 2026-09-13",
		means: { order: 'created' },
	},
	{
		what: 'the reason stands within the data',
		body: ok({ errorMessage: IMAGE_FETCH }, 500, 'Task generation failed'),
		source: from.OTHER_MODELS,
		means: { order: 'imageFetch', get4k: 'imageFetch', ...recorded('imageFetch') },
		message: IMAGE_FETCH,
	},
	{
		what: 'the key is missing',
		body: { code: 401, msg: 'You do not have access permissions' },
		source: from.GETTING_STARTED,
		means: { order: 'unauthorized', get1080p: 'unauthorized', service: 'unauthorized' },
	},
	{
		what: 'an error comes with its HTTP status',
		body: ok(null, 500, 'Server Error - An unexpected error occurred while processing the request'),
		httpStatus: 500,
		source: from.GENERATE,
		means: { order: 'lost', get4k: 'server', record: 'taskOrServer', service: 'server' },
	},
	{
		what: 'the limit comes with its HTTP status',
		body: ok(null, 429, 'Rate limit exceeded'),
		httpStatus: 429,
		source: from.TASK_DETAIL,
		means: { order: 'rateLimit', get4k: 'rateLimit', record: 'rateLimit', service: 'rateLimit' },
	},
	{
		what: 'the service behind Kie.ai gives no result',
		body: ok(null, 408, 'upstream'),
		source: from.GENERATE,
		means: { order: 'lost', get4k: 'server', get1080p: 'server', service: 'server' },
	},
];

const UPGRADES: AnswerRow[] = [
	{
		what: 'a 4K upgrade is accepted',
		body: ok(NOT_READY),
		source: from.GET_4K,
		means: { get4k: 'processing' },
	},
	{
		what: 'a 4K upgrade runs',
		body: ok(
			NOT_READY,
			422,
			'4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
		),
		source: from.GET_4K,
		means: { get4k: 'processing' },
	},
	{
		what: 'a 4K upgrade is done',
		body: ok(
			{ taskId: TASK, resultUrls: [VIDEO], imageUrls: [IMAGE] },
			422,
			'The video has been generated successfully',
		),
		source: from.GET_4K,
		means: { get4k: 'success' },
		files: { videoUrls: [VIDEO], imageUrls: [IMAGE] },
	},
	{
		what: 'a 4K upgrade is done, with code 200',
		body: ok({ taskId: TASK, resultUrls: [VIDEO], imageUrls: [IMAGE] }),
		source: from.GET_4K,
		means: { get4k: 'success' },
		files: { videoUrls: [VIDEO], imageUrls: [IMAGE] },
	},
	{
		what: 'a 1080P upgrade is done',
		body: ok({ resultUrl: VIDEO }),
		source: from.GET_1080P,
		means: { get1080p: 'success' },
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a 1080P upgrade is done, as a list',
		body: ok({ resultUrls: [VIDEO] }),
		source: 'what a public client of 1080P reads, 2026',
		means: { get1080p: 'success' },
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a 1080P upgrade is done, as a record',
		body: ok({ response: { resultUrls: [VIDEO] } }),
		source: 'what a public client of 1080P reads, 2026',
		means: { get1080p: 'success', get4k: 'processing' },
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a 1080P upgrade runs: no address yet',
		body: ok({}),
		source: 'what three public clients of 1080P wait on, 2026',
		means: { get1080p: 'processing' },
	},
];

const RECORDS: AnswerRow[] = [
	{
		what: 'a finished video',
		body: record({
			completeTime: '2025-06-06 10:30:00',
			response: {
				taskId: TASK,
				resultUrls: [VIDEO],
				originUrls: [ORIGIN],
				fullResultUrls: [WHOLE],
				resolution: '1080p',
			},
			successFlag: 1,
		}),
		source: from.RECORD_INFO,
		// It shows the base video, whatever its resolution is.
		means: { ...recorded('success'), get4k: 'processing' },
		files: { videoUrls: [VIDEO], fullVideoUrls: [WHOLE], resolution: '1080p' },
	},
	{
		what: 'a finished video of Veo 3.1, with more fields',
		body: record({
			response: { resultUrls: [VIDEO], resolution: '720p', hasAudioList: [true], seeds: [12345] },
			successFlag: 1,
		}),
		source: 'recorded by a public client, 2026',
		means: { ...recorded('success'), get4k: 'processing', get1080p: 'processing' },
		files: { videoUrls: [VIDEO], resolution: '720p' },
	},
	{
		what: 'a finished video, its response as JSON text',
		body: record({
			response: text({ resultUrls: [VIDEO], resolution: '720p' }),
			successFlag: '1',
		}),
		source: 'what a public client of record-info reads, 2026',
		means: recorded('success'),
		files: { videoUrls: [VIDEO], resolution: '720p' },
	},
	{
		what: 'a finished video, its list as JSON text',
		body: ok({ taskId: TASK, successFlag: 1, resultUrls: text([VIDEO]) }),
		source: from.VEO_QUICKSTART,
		means: recorded('success'),
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a running video',
		body: record({}),
		source: from.RECORD_INFO,
		means: { ...recorded('processing'), get4k: 'processing' },
	},
	...[2, 3].map(
		(successFlag): AnswerRow => ({
			what: `a video that failed with flag ${successFlag}`,
			body: record({
				successFlag,
				errorCode: 400,
				errorMessage: 'public error unsafe image upload.',
			}),
			source: from.RECORD_INFO,
			means: recorded('contentFilter'),
			message: 'public error unsafe image upload.',
			code: 400,
		}),
	),
	{
		what: 'a video that failed without a reason',
		body: record({ successFlag: 3 }),
		source: from.RECORD_INFO,
		means: recorded('other'),
		message: 'Kie.ai gives no reason',
		code: null,
	},
	{
		what: 'a video that failed, its reason in the envelope',
		body: { ...record({ successFlag: 2 }), msg: 'Timeout' },
		source: from.VEO_QUICKSTART,
		means: recorded('timeout'),
		message: 'Timeout',
		code: null,
	},
	{
		what: 'a video without sound',
		body: record({ successFlag: 3, errorCode: 400, errorMessage: NO_AUDIO }),
		source: from.NO_AUDIO,
		means: recorded('noAudio'),
		message: NO_AUDIO,
		code: 400,
	},
	{
		what: "a task that met Kie.ai's own limit of 20 minutes",
		body: record({ successFlag: 3, errorCode: 524, errorMessage: '' }),
		source: 'live notes of a public client, 2026-10-02',
		means: recorded('timeout'),
		message: 'Kie.ai gives no reason',
		code: 524,
	},
	{
		what: 'no such task',
		body: ok(null),
		source: from.APICITY,
		means: recorded('unknownTask'),
		message: 'record is null',
	},
	...['waiting', 'queuing', 'generating'].map(
		(state): AnswerRow => ({
			what: `a job that is ${state}`,
			body: job({ state, successFlag: 0 }),
			source: from.TASK_DETAIL,
			means: recorded('processing'),
		}),
	),
	{
		what: 'a finished job',
		body: job({
			state: 'success',
			resultJson: text({ resultUrls: [VIDEO] }),
			costTime: 148,
			creditsConsumed: 60,
		}),
		source: from.ESCENARA,
		means: recorded('success'),
		files: { videoUrls: [VIDEO], creditsConsumed: 60 },
	},
	{
		what: 'a finished job, its result parsed as well',
		body: job({
			state: 'success',
			successFlag: 1,
			resultJson: text({ resultUrls: [VIDEO] }),
			response: { resultUrls: [VIDEO] },
		}),
		source: from.KIE_MODELS,
		means: recorded('success'),
		files: { videoUrls: [VIDEO] },
	},
	{
		what: 'a finished job in 1080p',
		body: job({ state: 'success', resultJson: inHd }, { resolution: '1080p', model: 'veo3_fast' }),
		source: from.ESCENARA,
		means: recorded('success'),
		files: { videoUrls: [VIDEO], resolution: '1080p' },
	},
	{
		what: 'a finished 4K upgrade',
		body: job({
			model: 'veo/get-4k-video',
			param: text({
				model: 'veo/get-4k-video',
				input: text({ task_id: TASK, index: 0 }),
			}),
			state: 'success',
			resultJson: text({ resultUrls: [VIDEO] }),
		}),
		source: from.TASK_DETAIL,
		means: recorded('success'),
		files: { videoUrls: [VIDEO], resolution: '4k' },
	},
	{
		what: 'a failed job',
		body: job({ state: 'fail', failCode: '500', failMsg: 'Internal Error - Timeout' }),
		source: from.TASK_DETAIL,
		means: recorded('timeout'),
		message: 'Internal Error - Timeout',
		code: 500,
	},
	{
		what: 'a job that failed without a code',
		body: job({ state: 'fail', failMsg: 'Upstream generation failed' }),
		source: from.OTHER_MODELS,
		means: recorded('upstream'),
		message: 'Upstream generation failed',
		code: null,
	},
];

const SERVICES: AnswerRow[] = [
	{
		what: 'a page of a web server',
		body: '<html><head><title>502 Bad Gateway</title></head></html>',
		httpStatus: 502,
		source: 'what a public client guards against, 2026',
		means: { order: 'lost', get4k: 'unreadable', ...recorded('unreadable'), service: 'unreadable' },
		message: 'a web page instead of JSON (HTTP 502)',
		code: 502,
	},
	{
		what: 'a link',
		body: ok('https://tempfile.1f6cxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxbd98'),
		source: from.DOWNLOAD_URL,
		means: {},
	},
	{ what: 'a balance', body: ok(5916.25), source: from.APICITY, means: {} },
	{
		what: 'an uploaded file',
		body: {
			success: true,
			...ok(
				{
					success: true,
					fileName: 'uploaded-image.png',
					filePath: 'kieai/100001/images/user-uploads/uploaded-image.png',
					downloadUrl: 'https://tempfile.redpandaai.co/xxx/uploaded-image.png',
					fileSize: 154832,
					mimeType: 'image/png',
					uploadedAt: '2025-01-01T12:00:00.000Z',
				},
				200,
				'File uploaded successfully',
			),
		},
		source: from.APICITY,
		means: {},
	},
];

/** Every answer with more than a code and a text. */
export const ANSWERS: readonly AnswerRow[] = [...ORDERS, ...UPGRADES, ...RECORDS, ...SERVICES];
