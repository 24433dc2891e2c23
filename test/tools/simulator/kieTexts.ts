import type { Failure } from './state/failure';
import type { VideoScenario } from './state/scenario';

/** Failures in Kie's own words, with the codes they were seen with. */
export const KIE_FAILURES = {
	noCreditsAs500: {
		code: 500,
		msg:
			"Credits insufficient : Your current balance isn't enough to run this request. " +
			'Please top up to continue.',
	},
	noCreditsAs429: { code: 429, msg: 'Insufficient credits' },
	callFrequency: { code: 429, msg: 'Your call frequency is too high. Please try again later.' },
	noAudio: {
		code: 400,
		msg:
			'The Google model was unable to generate audio for this request. ' +
			'Please try a different prompt.',
	},
	imageFetch: {
		code: 400,
		msg: 'Image fetch failed. Check access settings or use our File Upload API instead.',
	},
	imageFetchInside: {
		code: 500,
		msg: 'Task generation failed',
		errorMessage: 'Image fetch failed. Check access settings or use our File Upload API instead.',
	},
	unsafeImage: { code: 400, msg: 'public error unsafe image upload.' },
	flow: {
		code: 422,
		msg:
			'Your request was rejected by Flow(Your prompt was flagged by Website as violating content ' +
			'policies). You may consider using our other fallback channels, which are likely to succeed. ' +
			'Please refer to the documentation.',
	},
	codeAsText: { code: '500', msg: 'Internal server error' },
	noCreditsInChinese: { code: 402, msg: '积分不足 - 账户没有足够的积分执行操作' },
	failedInChinese: { code: 501, msg: '生成失败 - 视频生成任务失败' },
	limitInChinese: { code: 429, msg: '请求限制 - 已超过该资源的请求限制' },
	maintenanceInChinese: { code: 455, msg: '服务不可用 - 系统正在进行维护' },
} satisfies Record<string, Failure>;

/** Kie's Chinese pages have these texts. */
export const IN_CHINESE: VideoScenario = {
	generation: { failure: KIE_FAILURES.failedInChinese },
	record: { runningText: '1080P 正在处理中。预计 1-2 分钟后准备就绪。请稍后再次查看。' },
	upgrade1080p: { runningText: '1080P 正在处理中。预计 1-2 分钟后准备就绪。请稍后再次查看。' },
	upgrade4k: { runningText: '4k正在处理中。预计5-10分钟后准备就绪。请稍后再次查看。' },
};
