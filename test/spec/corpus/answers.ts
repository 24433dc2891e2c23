import type { ResultFiles } from '../../../nodes/KieVeo/kie/meaning/files';
import { gives, JOB, jobOf, ok, rowsOf as rows, running, text, type Sourced } from './rows';
import * as from from './sources';
import type { Meanings } from './texts';

interface Facts {
	/** 200 unless said otherwise. */
	httpStatus?: number;
	/** What it means where it can come. */
	means: Partial<Omit<Meanings, 'callback' | 'reason'>>;
	/** Kie's words that a user reads, and the code beside them, where they are not the envelope's. */
	message?: string;
	code?: number | null;
	/** The files it leads to. */
	files?: Partial<ResultFiles>;
}
/** An answer; a body that is text is sent as it is. */
export type AnswerRow = Facts & Sourced;

/** In the shape of Kie's own addresses. */
export const VIDEO = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.mp4';
export const IMAGE = 'https://tempfile.aiquickdraw.com/v/example_task_1234567890.jpg';
export const WHOLE = 'https://tempfile.aiquickdraw.com/v/full_result.mp4';
export const ORIGIN = 'https://tempfile.aiquickdraw.com/v/original_video1.mp4';
export const TASK = 'veo_task_abcdef123456';

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
const job = (facts: object) => ok(jobOf('veo-3-1', facts));
const IMAGE_FETCH = 'Image fetch failed. Check access settings or use our File Upload API instead.';
const NO_AUDIO =
	'The Google model was unable to generate audio for this request. Please try a different prompt.';
const NOT_READY = { taskId: TASK, resultUrls: null, imageUrls: null };

/** Of any task, whether this package has created it or not. */
const recorded = (meaning: string) => ({ ownRecord: meaning, record: meaning });

const rowsOf = rows<Facts>;
const files = { videoUrls: [VIDEO] };

const ORDERS: AnswerRow[] = [
	...rowsOf(
		{ means: { order: 'created' } },
		['a new video is accepted', from.GENERATE, ok({ taskId: TASK })],
		['an extension is accepted', from.EXTEND, ok({ taskId: 'veo_extend_task_xyz789' })],
		['a job is accepted', from.APICITY, ok({ taskId: JOB, recordId: JOB })],
		...[201, 0, null].map((code): [string, string, object] => [
			`a new video is accepted with code ${code}`,
			'what public clients of Veo accept, 2026',
			ok({ taskId: TASK }, code),
		]),
		[
			'a new video is accepted with code 505',
			"a sample in Kie's pages, noted by a public client, 2026-09-13",
			ok({ taskId: TASK }, 505),
		],
	),
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

const IN_4K = { taskId: TASK, resultUrls: [VIDEO], imageUrls: [IMAGE] };
const PROCESSING =
	'4k is processing. It should be ready in 5-10 minutes. Please check back shortly.';

const UPGRADES: AnswerRow[] = [
	...rowsOf(
		{ means: { get4k: 'processing' } },
		['a 4K upgrade is accepted', from.GET_4K, ok(NOT_READY)],
		['a 4K upgrade runs', from.GET_4K, ok(NOT_READY, 422, PROCESSING)],
	),
	...rowsOf(
		{ means: { get4k: 'success' }, files: { ...files, imageUrls: [IMAGE] } },
		[
			'a 4K upgrade is done',
			from.GET_4K,
			ok(IN_4K, 422, 'The video has been generated successfully'),
		],
		['a 4K upgrade is done, with code 200', from.GET_4K, ok(IN_4K)],
	),
	...rowsOf(
		{ means: { get1080p: 'success' }, files },
		['a 1080P upgrade is done', from.GET_1080P, ok({ resultUrl: VIDEO })],
		['a 1080P upgrade is done, as a list', from.CLIENT_OF_1080P, ok({ resultUrls: [VIDEO] })],
		[
			'a 1080P upgrade is done, as a record',
			from.CLIENT_OF_1080P,
			ok({ response: { resultUrls: [VIDEO] } }),
			{ means: { get1080p: 'success', get4k: 'processing' } },
		],
	),
	{
		what: 'a 1080P upgrade runs: no address yet',
		body: ok({}),
		source: 'what three public clients of 1080P wait on, 2026',
		means: { get1080p: 'processing' },
	},
];

const finished = (response: unknown, facts: object = {}) =>
	record({ response, successFlag: 1, ...facts });
/** It shows the base video, whatever its resolution is. */
const ofBase = { ...recorded('success'), get4k: 'processing' };
const UNSAFE = 'public error unsafe image upload.';

const RECORDS: AnswerRow[] = [
	...rowsOf(
		{ means: recorded('success'), files },
		[
			'a finished video',
			from.RECORD_INFO,
			finished(
				{
					taskId: TASK,
					resultUrls: [VIDEO],
					originUrls: [ORIGIN],
					fullResultUrls: [WHOLE],
					resolution: '1080p',
				},
				{ completeTime: '2025-06-06 10:30:00' },
			),
			{ means: ofBase, files: { ...files, fullVideoUrls: [WHOLE], resolution: '1080p' } },
		],
		[
			'a finished video of Veo 3.1, with more fields',
			'recorded by a public client, 2026',
			finished({ resultUrls: [VIDEO], resolution: '720p', hasAudioList: [true], seeds: [12345] }),
			{ means: { ...ofBase, get1080p: 'processing' }, files: { ...files, resolution: '720p' } },
		],
		[
			'a finished video, its response as JSON text',
			'what a public client of record-info reads, 2026',
			finished(text({ resultUrls: [VIDEO], resolution: '720p' }), { successFlag: '1' }),
			{ files: { ...files, resolution: '720p' } },
		],
		[
			'a finished video, its list as JSON text',
			from.VEO_QUICKSTART,
			ok({ taskId: TASK, successFlag: 1, resultUrls: text([VIDEO]) }),
		],
	),
	{
		what: 'a running video',
		body: record({}),
		source: from.RECORD_INFO,
		means: { ...recorded('processing'), get4k: 'processing' },
	},
	...rowsOf(
		{ means: recorded('contentFilter'), message: UNSAFE, code: 400 },
		...[2, 3].map((successFlag): [string, string, object] => [
			`a video that failed with flag ${successFlag}`,
			from.RECORD_INFO,
			record({ successFlag, errorCode: 400, errorMessage: UNSAFE }),
		]),
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
];

const JOBS: AnswerRow[] = [
	...rowsOf(
		{ means: recorded('processing') },
		...['waiting', 'queuing', 'generating'].map((state): [string, string, object] => [
			`a job that is ${state}`,
			from.TASK_DETAIL,
			job(running(state, { creditsConsumed: null, successFlag: 0 })),
		]),
	),
	...rowsOf(
		{ means: recorded('success'), files },
		[
			'a finished job',
			from.ESCENARA,
			job(gives({ resultUrls: [VIDEO] })),
			{ files: { ...files, creditsConsumed: 60 } },
		],
		[
			'a finished job, its result parsed as well',
			from.KIE_MODELS,
			job({ ...gives({ resultUrls: [VIDEO] }), successFlag: 1, response: { resultUrls: [VIDEO] } }),
		],
		[
			'a finished job in 1080p',
			from.ESCENARA,
			// Its 720p version is in another list.
			ok(
				jobOf('veo-3-1', gives({ data: { result_urls: [VIDEO], origin_urls: [ORIGIN] } }), {
					resolution: '1080p',
					model: 'veo3_fast',
				}),
			),
			{ files: { ...files, resolution: '1080p' } },
		],
		[
			'a finished 4K upgrade',
			from.TASK_DETAIL,
			ok(jobOf('veo/get-4k-video', gives({ resultUrls: [VIDEO] }), { task_id: TASK, index: 0 })),
			{ files: { ...files, resolution: '4k' } },
		],
	),
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
export const ANSWERS: readonly AnswerRow[] = [
	...ORDERS,
	...UPGRADES,
	...RECORDS,
	...JOBS,
	...SERVICES,
];
