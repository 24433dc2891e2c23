import {
	failureReasonOf,
	readWords,
	type FailureReason,
} from '../../../nodes/KieVeo/kie/meaning/words';

/** What a text says, on one line. */
function said(text: string): string {
	const words = readWords(text);
	switch (words?.kind) {
		case 'account':
			return `${words.rejection.kind}: ${words.rejection.reason}`;
		case 'final':
			return words.reason;
		case 'progress':
			return words.isSure ? 'progress' : 'patience';
		default:
			return 'nothing';
	}
}

const IMAGE_FETCH = 'Image fetch failed. Check access settings or use our File Upload API instead.';

/** Of each meaning the texts that Kie was seen to send, or prints in its pages in either language. */
const TEXTS: Record<string, string[]> = {
	'refused: credits': [
		"Credits insufficient : Your current balance isn't enough to run this request",
		'Credits insufficient : Your current balance isn’t enough',
		'Credits insufficient',
		'Insufficient credits',
		'insufficient balance',
		'The balance is not enough',
		'积分不足 - 账户没有足够的积分执行操作',
		'账户没有足够积分',
		'余额不足',
		'账户余额不够，请充值',
		'请充值后重试',
	],
	'refused: keyLimit': [
		'The current number of points used by apiKey has exceeded the daily limit',
		'Points used by apiKey has exceeded the hourly limit. Try again in 300 seconds.',
		'sub-key usage limit exceeded',
		'密钥已达到每日限额',
		'已超过总额度',
	],
	'refused: unauthorized': [
		'You do not have access permissions',
		'Unauthorized - Authentication credentials are missing or invalid',
		'Authentication failed: Invalid API Key',
		'Unauthorized',
		'invalid apiKey',
		'API key expired',
		'The apiKey is invalid',
		'IP is not in the whitelist',
		'未授权 - 认证凭据缺失或无效。',
		'没有访问权限',
		'无效的 API Key',
		'无效的密钥',
		'无效密钥',
		'无效的APIKey',
		'APIKey无效',
		'密钥已经过期',
	],
	'refused: featureDisabled': [
		'Feature Disabled - The requested feature is currently disabled',
		'This feature is disabled',
		'功能禁用 - 请求的功能当前已禁用',
		'该功能已停用',
	],
	'retry: rateLimit': [
		'Your call frequency is too high. Please try again later.',
		'Rate limit exceeded',
		'ratelimit',
		'Rate Limited - Request limit has been exceeded for this resource',
		'Too many requests',
		'频率过高',
		'您的调用频率太高，请稍后再试',
		'请求过于频繁',
		'请求限制 - 已超过该资源的请求限制',
	],
	'retry: maintenance': [
		'Service Unavailable - System is currently undergoing maintenance',
		'服务不可用 - 系统正在进行维护。',
	],
	retention: [
		'Temporarily supports records within 14 days',
		'within 14days',
		'暂时支持14天内的记录。',
		'仅支持 14 天',
	],
	baseNotFinished: ['record status is not success', '记录状态不是成功。'],
	englishOnly: ['Only English prompts are supported at this time.', '仅支持英文提示词。'],
	imageFetch: [
		IMAGE_FETCH,
		'Failed to fetch the image. Kindly verify any access limits set by you or your service provider.',
		'Could not download your image',
		'Unable to load reference image',
		'无法获取图片。请验证您或您的服务提供商设置的任何访问限制。',
		'图片下载失败',
		'Your request was rejected by Flow(Failed to fetch the image). You may consider other channels.',
	],
	imageFormat: [
		'File type not supported',
		'image size exceeds the limit',
		'图片格式不支持',
		'图片过大',
	],
	noAudio: [
		'The Google model was unable to generate audio for this request. Please try a different prompt.',
		'Audio generation failed',
		'无法生成音频',
	],
	invalidModel: [
		'Invalid model',
		'The model is not supported',
		'The page does not exist or is not published',
		'模型不存在',
		'无效模型',
		'页面不存在或未发布',
	],
	contentFilter: [
		'Your prompt was flagged by Website as violating content policies.',
		"Rejected by Google's content policy (public error prominent people upload)",
		'public error minor upload',
		'public error unsafe image upload.',
		'Your request was rejected by Flow(<original message>). You may consider using our other fallback channels, which are likely to succeed.',
		'您的提示词被网站标记为违反内容政策',
		'内容违规',
		'包含敏感内容',
		'公共错误：不安全的图片上传',
		'您的请求被 Flow(原始错误信息) 拒绝',
	],
	upgradedBefore: [
		'Videos generated in 1080P cannot be extended',
		'1080P 视频不能扩展',
		'1080p videos cannot be extended. Try 720p.',
	],
	unavailable: [
		'The 4K version of this video is unavailable. Please try a different video.',
		'4K is not available for this video',
		'该视频的 4K 版本不可用，请尝试其他视频',
		'4K 分辨率不可用',
	],
	noFile: [
		'record result data is blank',
		'record result data not exist',
		'record result error',
		'记录结果数据为空。',
		'记录结果数据不存在。',
	],
	unknownTask: [
		'record is null',
		'recordInfo is null',
		'record info is null',
		'Record does not exist',
		'Task not found',
		'记录为空。',
		'记录不存在',
		'任务不存在',
		'找不到该任务',
		'未找到任务',
	],
	callbackRequired: ['Please enter callBackUrl.', 'callBackUrl is required', '请输入callBackUrl'],
	other: ['Please enter prompt', '请输入提示词'],
	taskFailed: [
		'Failed - Video generation task failed',
		'Failed - Video extension task failed',
		'Video generation failed',
		'Extension failed',
		'Task generation failed',
		'Playground task failed.',
		'失败 - 视频生成任务失败',
		'视频生成失败',
	],
	progress: [
		'4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
		'1080P IS PROCESSING',
		'The video is still being processed',
		'The video is currently generating',
		'generation in progress',
		'The video has been generated successfully',
		'4K Video generated successfully.',
		'1080P 正在处理中。预计 1-2 分钟后准备就绪。请稍后再次查看。',
		'4k正在处理中，请稍后再试',
		'任务处理中',
		'视频生成中',
		'Veo3.1 视频生成成功。',
		'处理中，请勿中断',
	],
	patience: [
		'Please check back later',
		'It will be there shortly',
		'not ready',
		'The video is not yet ready',
		'请稍后查看',
		'请稍后',
		'视频尚未准备好',
		'请稍候',
	],
	nothing: [
		'success',
		'',
		'something new',
		'Internal Error, Please try again later.',
		'Internal Error - Timeout',
		'Server Error - An unexpected error occurred while processing the request',
		'Service Unavailable',
		'The video service is unavailable',
		'Video generation is temporarily unavailable',
		'This video. The service is not available',
		'内部错误，请稍后重试',
		'系统繁忙，请稍后再试',
		'请稍后再尝试',
		'视频服务不可用',
		'服务器错误 - 处理请求时发生意外错误。',
		'生成中断',
		'处理中发生错误',
		'未找到 - 请求的资源或端点不存在',
		'please upload image',
		'url is wrong',
		'24k version',
	],
};

describe('a text of Kie', () => {
	const rows = Object.entries(TEXTS).flatMap(([meaning, texts]) =>
		texts.map((text) => [text, meaning] as const),
	);
	it.each(rows)('"%s" says %s', (text, meaning) => {
		expect(said(text)).toBe(meaning);
	});

	it('says the same in any case', () => {
		for (const [text, meaning] of rows) {
			expect([text, said(text.toLowerCase())]).toStrictEqual([text, meaning]);
			expect([text, said(text.toUpperCase())]).toStrictEqual([text, meaning]);
		}
	});
});

describe('a text that is not a sentence from Kie', () => {
	it('takes no time', () => {
		const long = 'video 1080p flow 视频 '.repeat(50_000);
		const since = Date.now();
		expect(said(long)).toBe('nothing');
		expect(failureReasonOf(long)).toBe('other');
		expect(Date.now() - since).toBeLessThan(1_000);
	});

	it('is read at its beginning', () => {
		expect(said(`${'x'.repeat(900)} is processing`)).toBe('progress');
		expect(failureReasonOf(`${'x'.repeat(900)} flagged`)).toBe('contentFilter');
	});
});

describe('the reason of a failure', () => {
	it.each<[text: string, code: number | null, reason: FailureReason]>([
		['Internal Error - Timeout', 500, 'timeout'],
		['request timed out', 500, 'timeout'],
		['超时', 500, 'timeout'],
		['Internal Error, Please try again later.', 500, 'upstream'],
		['Internal server error', 500, 'upstream'],
		['内部错误，请稍后重试', 500, 'upstream'],
		['Service Unavailable', 503, 'unavailable'],
		['privacy policy', 400, 'contentFilter'],
		['Not Found', 404, 'unknownTask'],
		['请求的资源或端点不存在', 404, 'unknownTask'],
		['record is null', 422, 'unknownTask'],
		[IMAGE_FETCH, 501, 'imageFetch'],
		['something new', 408, 'timeout'],
		['something new', 451, 'imageFetch'],
		['something new', 501, 'taskFailed'],
		['something new', 524, 'timeout'],
		['something new', 422, 'other'],
		['something new', null, 'other'],
		['', null, 'other'],
	])('"%s" with %s is %s', (text, code, reason) => {
		expect(failureReasonOf(text, code)).toBe(reason);
	});

	it('takes no code', () => {
		expect(failureReasonOf('something new')).toBe('other');
	});
});
