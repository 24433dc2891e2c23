import * as from from './sources';

/** What a text means as the answer of an endpoint, as a callback, and as the reason of a failed task. */
export interface Meanings {
	/** To an order that is paid for. */
	order: string;
	get4k: string;
	get1080p: string;
	/** The record of a task that this package has created. */
	ownRecord: string;
	/** The record of any task. */
	record: string;
	/** Beside a task id. */
	callback: string;
	/** Credits, a link, an upload. */
	service: string;
	/** Given with a failed task. */
	reason: string;
}

interface TextRow {
	/** Kie's, in the body of an answer with HTTP 200. */
	code: number;
	text: string;
	source: string;
	means: Meanings;
}

const everywhere = (meaning: string, different: Partial<Meanings> = {}): Meanings => ({
	order: meaning,
	get4k: meaning,
	get1080p: meaning,
	ownRecord: meaning,
	record: meaning,
	callback: 'failed',
	service: meaning,
	reason: meaning,
	...different,
});

/** The code decides, and the text gives no reason. */
const byCode = (meaning: string) => everywhere(meaning, { reason: 'other' });

/** A fault of the service; in an order it may hide one that was accepted. */
const server = (reason: string) =>
	everywhere('server', {
		order: 'lost',
		ownRecord: 'taskOrServer',
		record: 'taskOrServer',
		reason,
	});

/** Nobody knows what it says about a video. */
const unclear = everywhere('unclear', { order: 'other', service: 'other', reason: 'other' });

const processing = everywhere('processing', {
	order: 'other',
	callback: 'unknown',
	service: 'other',
	reason: 'other',
});

/** Said about a task that exists, it is not finished. */
const notYet = (meaning: string) => everywhere(meaning, { ownRecord: 'processing' });

/** The text that a successful request, or a finished video, comes with: nothing without the video or the id. */
const success = everywhere('processing', {
	order: 'lost',
	ownRecord: 'unknownTask',
	record: 'unknownTask',
	callback: 'unknown',
	service: 'other',
	reason: 'other',
});

const flow = (original: string) =>
	`Your request was rejected by Flow(${original}). You may consider using our other fallback ` +
	'channels, which are likely to succeed. Please refer to the documentation.';

/** Bare, as the reason of a task, and within Kie's own sentence. */
const googles = (names: string[]): Text[] =>
	names.flatMap((name): Text[] => [
		[422, name, from.GOOGLE_FLOW],
		[422, flow(name), from.GOOGLE_FLOW],
	]);

type Text = [code: number, text: string, source: string];

/** Texts that mean the same, together. A new recorded text is one row. */
const GROUPS: Array<[means: Meanings, ...texts: Text[]]> = [
	[
		success,
		[200, 'success', from.GENERATE],
		[200, 'Veo3.1 video generated successfully.', from.GENERATE_CALLBACKS],
		[200, 'Video generated successfully.', from.GENERATE_CALLBACKS],
		[200, 'Veo3 video generated successfully.', from.GENERATE_CALLBACKS],
		[200, 'Veo3.1 video generated successfully (using fallback model).', from.GENERATE_CALLBACKS],
		[200, 'Veo3.1 video extension successful.', from.EXTEND],
		[200, 'Veo3.1 视频生成成功。', from.CN_GENERATE_CALLBACKS],
		[200, '4K Video generated successfully.', from.GET_4K_CALLBACKS],
		[200, 'Playground task completed successfully.', from.APICITY],
		[200, 'File uploaded successfully', from.UPLOAD],
		[200, '文件上传成功', from.APICITY],
	],
	[
		processing,
		[
			400,
			'1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.',
			from.GENERATE,
		],
		[400, '1080P 正在处理中。预计 1-2 分钟后准备就绪。请稍后再次查看。', from.CN_GENERATE],
		[
			422,
			'4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
			from.GET_4K,
		],
		[422, '4k正在处理中。预计5-10分钟后准备就绪。请稍后再次查看。', from.CN_GET_4K],
		[422, 'The video has been generated successfully', from.GET_4K],
	],
	[
		byCode('unauthorized'),
		[401, 'You do not have access permissions', from.GETTING_STARTED],
		[401, 'Unauthorized', from.TASK_DETAIL],
		[401, 'Unauthorized - Authentication credentials are missing or invalid', from.GENERATE],
		[401, '未授权 - 认证凭据缺失或无效', from.CN_GENERATE],
		[401, 'Authentication failed: Invalid API Key', from.UPLOAD],
		[
			401,
			'Unauthorized – Authentication failed. Please check that your Authorization and Content-Type headers are correctly set.',
			from.APICITY,
		],
	],
	[
		everywhere('credits'),
		[402, 'Credits insufficient', from.LIVE_PROBES],
		[
			402,
			'Insufficient Credits - Account does not have enough credits to perform the operation',
			from.GENERATE,
		],
		[402, '积分不足 - 账户没有足够的积分执行操作', from.CN_GENERATE],
		[
			500,
			"Credits insufficient : Your current balance isn't enough to run this request. Please top up to continue.",
			from.NO_CREDITS,
		],
		[
			402,
			'Credits insufficient : Your current balance isn’t enough to run this request. Please top up to continue.',
			from.OTHER_MODELS,
		],
		[429, 'Insufficient credits', from.OTHER_MODELS],
	],
	[
		byCode('keyLimit'),
		[
			433,
			'The current number of points used by apiKey has exceeded the daily limit',
			from.OTHER_MODELS,
		],
	],
	[
		byCode('featureDisabled'),
		[505, 'Feature Disabled - The requested feature is currently disabled', from.GENERATE],
		[505, '功能禁用 - 请求的功能当前已禁用', from.CN_GENERATE],
		[505, '功能已禁用 - 请求的功能当前已禁用', from.CN_GENERATE],
	],
	[
		byCode('rateLimit'),
		[429, 'Rate limit exceeded', from.TASK_DETAIL],
		[429, 'Rate Limited - Request limit has been exceeded for this resource', from.GENERATE],
		[429, '请求限制 - 已超过该资源的请求限制', from.CN_GENERATE],
		[429, '速率限制 - 已超过此资源的请求限制', from.CN_GENERATE],
		[429, 'Your call frequency is too high. Please try again later.', from.OTHER_MODELS],
		[430, 'Your call frequency is too high. Please try again later.', from.OTHER_MODELS],
	],
	[
		byCode('maintenance'),
		[455, 'Service Unavailable - System is currently undergoing maintenance', from.GENERATE],
		[455, '服务不可用 - 系统正在进行维护', from.CN_GENERATE],
		[455, '服务不可用 - 系统正在维护中。', from.CN_GENERATE],
	],
	[
		server('other'),
		[
			500,
			'Server Error - An unexpected error occurred while processing the request',
			from.GENERATE,
		],
		[500, '服务器错误 - 处理请求时发生意外错误', from.CN_GENERATE],
		[500, 'Internal server error', from.UPLOAD],
		[500, 'Server exception, please try again later', from.APICITY],
	],
	[
		// Of createTask. Nobody has seen them elsewhere.
		{ ...server('other'), order: 'invalidInput' },
		[500, 'aspect_ratio is required', from.OTHER_MODELS],
		[500, 'resolution is not within the range of allowed options', from.OTHER_MODELS],
		[500, 'This language_code is not within the range of allowed options', from.OTHER_MODELS],
	],
	[{ ...unclear, order: 'invalidInput' }, [422, 'This field is required', from.OTHER_MODELS]],
	[
		server('upstream'),
		[500, 'Internal Error, Please try again later.', from.RECORD_INFO],
		[500, '内部错误，请稍后重试。', from.CN_RECORD_INFO],
	],
	[
		server('timeout'),
		[500, 'Internal Error - Timeout', from.RECORD_INFO],
		[500, 'Timeout', from.RECORD_INFO],
		[500, '超时。', from.CN_RECORD_INFO],
	],
	[
		byCode('unknownTask'),
		[404, 'Not Found - The requested resource or endpoint does not exist', from.GENERATE],
		[404, '未找到 - 请求的资源或端点不存在', from.CN_GENERATE],
	],
	[
		everywhere('unknownTask'),
		[422, 'record is null', from.RECORD_INFO],
		[404, 'Task not found', from.TASK_DETAIL],
		[422, '记录为空。', from.CN_RECORD_INFO],
		[422, 'recordInfo is null', from.TASK_DETAIL],
		[200, 'recordInfo is null', 'three public clients of the jobs API, 2026'],
		[422, 'Record does not exist', from.APICITY],
	],
	[
		everywhere('retention'),
		[422, 'Temporarily supports records within 14 days', from.RECORD_INFO],
		[422, '暂时支持14天内的记录。', from.CN_RECORD_INFO],
	],
	[
		notYet('baseNotFinished'),
		[422, 'record status is not success', from.RECORD_INFO],
		[422, '记录状态不是成功。', from.CN_RECORD_INFO],
	],
	[
		notYet('noFile'),
		[422, 'record result data is blank', from.RECORD_INFO],
		[422, 'record result data not exist', from.RECORD_INFO],
		[422, 'record result data is empty', from.RECORD_INFO],
		[422, '记录结果数据为空。', from.CN_RECORD_INFO],
		[422, '记录结果数据不存在。', from.CN_RECORD_INFO],
		[422, 'record result error', from.OTHER_MODELS],
	],
	[
		everywhere('unavailable'),
		[
			500,
			'The 4K version of this video is unavailable. Please try a different video.',
			from.GET_4K_CALLBACKS,
		],
		[500, '该视频的 4K 版本不可用，请尝试其他视频', from.CN_GET_4K_CALLBACKS],
	],
	[
		everywhere('englishOnly'),
		[400, 'Only English prompts are supported at this time.', from.GENERATE],
		[400, '仅支持英文提示词。', from.CN_GENERATE],
	],
	[
		everywhere('imageFetch'),
		...[400, 451].map(
			(code): Text => [
				code,
				'Failed to fetch the image. Kindly verify any access limits set by you or your service provider.',
				from.RECORD_INFO,
			],
		),
		[451, '无法获取图片。请验证您或您的服务提供商设置的任何访问限制。', from.CN_RECORD_INFO],
		[
			400,
			'Image fetch failed. Check access settings or use our File Upload API instead.',
			from.OTHER_MODELS,
		],
	],
	[
		everywhere('contentFilter'),
		[400, 'Your prompt was flagged by Website as violating content policies.', from.GENERATE],
		[400, '您的提示词被网站标记为违反内容政策。', from.CN_GENERATE],
		[400, 'public error unsafe image upload.', from.GENERATE],
		[400, '公共错误：不安全的图片上传。', from.CN_GENERATE],
		[400, 'public error minor upload', from.GENERATE],
		[400, 'public error prominent people upload', from.GENERATE],
		[
			422,
			flow('Your prompt was flagged by Website as violating content policies'),
			from.GENERATE_CALLBACKS,
		],
		...googles(['PUBLIC_ERROR_AUDIO_FILTERED', 'PUBLIC_ERROR_UNSAFE_GENERATION']),
		...googles(['PUBLIC_ERROR_MINOR']),
		[
			400,
			"Sorry, but the image we created may violate OpenAI's content policies",
			from.OTHER_MODELS,
		],
		[
			422,
			'CONTENT_POLICY_BLOCKED: The input or output was flagged as sensitive',
			from.OTHER_MODELS,
		],
	],
	[
		everywhere('upstream'),
		...googles(['PUBLIC_ERROR_HIGH_TRAFFIC', 'PUBLIC_ERROR_VIDEO_GENERATION_TIMED_OUT']),
		...googles(['PUBLIC_ERROR_UNUSUAL_ACTIVITY', 'PUBLIC_ERROR_SOMETHING_WENT_WRONG']),
		...googles(['PUBLIC_ERROR_USER_THROTTLED', 'INTERNAL', 'RESOURCE_EXHAUSTED']),
	],
	[
		everywhere('other'),
		[422, flow('<original message>'), from.GENERATE],
		[422, '您的请求被 Flow(原始错误信息) 拒绝', from.CN_GENERATE],
	],
	[
		everywhere('noAudio'),
		...[400, 500].map(
			(code): Text => [
				code,
				'The Google model was unable to generate audio for this request. Please try a different prompt.',
				from.NO_AUDIO,
			],
		),
	],
	[
		everywhere('taskFailed'),
		[501, 'Failed - Video generation task failed', from.GENERATE],
		[501, 'Failed - Video extension task failed', from.EXTEND],
		[501, '生成失败 - 视频生成任务失败', from.CN_GENERATE],
		[501, '失败 - 视频生成任务失败', from.CN_GENERATE_CALLBACKS],
		[501, 'failed', from.OTHER_MODELS],
		[501, 'The generation task failed.', from.MODEL_SCHEMA],
	],
	[everywhere('taskFailed', { order: 'lost' }), [500, 'Task generation failed', from.OTHER_MODELS]],
	[
		everywhere('upgradedBefore'),
		[422, 'Videos generated in 1080P cannot be extended', from.EXTEND],
	],
	[
		everywhere('invalidModel'),
		[422, 'Invalid model', 'a live probe of a public client, 2026-08-05'],
		[422, 'Page does not exist or is not published', from.OTHER_MODELS],
		...[422, 404].map(
			(code): Text => [
				code,
				'The model name you specified is not supported. Please verify your input and use one of the supported models provided by KIE.',
				from.APICITY,
			],
		),
	],
	[everywhere('callbackRequired'), [422, 'Please enter callBackUrl.', from.APICITY]],
	[
		unclear,
		[422, 'Please enter prompt', from.LIVE_PROBES],
		[422, 'Please fill in the text prompt or image, video, or audio', from.OTHER_MODELS],
		[400, 'The current content could not be processed', from.OTHER_MODELS],
		[422, 'Validation Error - The request parameters failed validation checks', from.GENERATE],
		[422, '验证错误 - 请求参数验证失败', from.CN_GENERATE],
		[422, 'url is wrong', from.APICITY],
		[400, 'Missing required parameter: uploadPath', from.UPLOAD],
		[400, 'Base64 decoding failed: Invalid Base64 format', from.UPLOAD],
	],
];

/** Every text of Kie's that is documented or was recorded, with each code it was seen with. */
export const TEXTS: readonly TextRow[] = GROUPS.flatMap(([means, ...texts]) =>
	texts.map(([code, text, source]) => ({ code, text, source, means })),
);
