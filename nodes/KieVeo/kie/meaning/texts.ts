/*
 * The texts of Kie's that decide something, each from Kie's documentation or from a recorded answer. A text that
 * is not among them says nothing: then the code decides, or nobody does.
 */

/**
 * Why Kie did not make what was ordered, as far as it tells; `other` if nothing is known that a user could act
 * on. `reordered` is our own finding: asking for the state of a 4K upgrade started another one, so the first
 * has failed.
 */
export type FailureReason =
	| 'retention'
	| 'baseNotFinished'
	| 'englishOnly'
	| 'imageFetch'
	| 'contentFilter'
	| 'invalidModel'
	| 'invalidInput'
	| 'callbackRequired'
	| 'upgradedBefore'
	| 'unavailable'
	| 'noFile'
	| 'unknownTask'
	| 'noAudio'
	| 'timeout'
	| 'upstream'
	| 'taskFailed'
	| 'credits'
	| 'reordered'
	| 'other';

/** What a known text says by itself. */
export type KnownText = FailureReason | 'processing';

/**
 * Each text as far as it is the same in all its forms, in lower case. Kie adds sentences, dashes and explanations
 * behind it.
 */
export const KNOWN_TEXTS: ReadonlyArray<readonly [says: KnownText, ...texts: string[]]> = [
	// https://docs.kie.ai/veo3-api/get-veo-3-4k-video, generate-veo-3-video, and their Chinese copies under /cn
	['processing', '4k is processing', '1080p is processing'],
	['processing', '4k正在处理中', '1080p 正在处理中', 'the video has been generated successfully'],
	['unavailable', 'the 4k version of this video is unavailable', '该视频的 4k 版本不可用'],
	// https://docs.kie.ai/veo3-api/get-veo-3-video-details
	['unknownTask', 'record is null', '记录为空'],
	['retention', 'temporarily supports records within 14 days', '暂时支持14天内的记录'],
	['baseNotFinished', 'record status is not success', '记录状态不是成功'],
	['noFile', 'record result data is blank', 'record result data not exist'],
	['noFile', 'record result data is empty', '记录结果数据为空', '记录结果数据不存在'],
	['englishOnly', 'only english prompts are supported at this time', '仅支持英文提示词'],
	['imageFetch', 'failed to fetch the image', '无法获取图片'],
	['contentFilter', 'your prompt was flagged by website as violating content policies'],
	['contentFilter', 'public error unsafe image upload', 'public error minor upload'],
	['contentFilter', 'public error prominent people upload'],
	['contentFilter', '您的提示词被网站标记为违反内容政策', '公共错误：不安全的图片上传'],
	['timeout', 'timeout', 'internal error - timeout', '超时'],
	['upstream', 'internal error, please try again later', '内部错误，请稍后重试'],
	// https://docs.kie.ai/veo3-api/extend-video
	['upgradedBefore', 'videos generated in 1080p cannot be extended'],
	// https://docs.kie.ai/market/common/get-task-detail
	['unknownTask', 'recordinfo is null', 'task not found'],
	// Recorded with 402, 429 and 500.
	['credits', 'credits insufficient', 'insufficient credits', '积分不足'],
	// Recorded, with 422 or as the reason of a failed task.
	['unknownTask', 'record does not exist'],
	['noFile', 'record result error'],
	['invalidModel', 'invalid model', 'page does not exist or is not published'],
	['invalidModel', 'the model name you specified is not supported'],
	['callbackRequired', 'please enter callbackurl'],
	['imageFetch', 'image fetch failed'],
	['noAudio', 'the google model was unable to generate audio for this request'],
	['taskFailed', 'task generation failed'],
	['upstream', 'upstream generation failed'],
	['contentFilter', "sorry, but the image we created may violate openai's content policies"],
	['contentFilter', 'content_policy_blocked'],
	['taskFailed', 'the generation task failed'],
	// Google's names, which Kie passes on as they are; collected by clients of Google Flow.
	['contentFilter', 'public_error_audio_filtered', 'public_error_unsafe_generation'],
	['contentFilter', 'public_error_minor'],
	['upstream', 'public_error_high_traffic', 'public_error_video_generation_timed_out'],
	['upstream', 'public_error_unusual_activity', 'public_error_something_went_wrong'],
	['upstream', 'public_error_user_throttled', 'internal', 'resource_exhausted'],
];

/**
 * What createTask says about a field of the input, with code 500 or 422: no task was created. Recorded with the names
 * of fields, which are one word.
 */
export const REFUSED_FIELD =
	/^(?:(?:this field|\w+) is required|(?:this )?\w+ is not within the range of allowed options)$/i;

/** "Your request was rejected by Flow(<Google's own words>). You may ...", in English and Chinese. */
const REJECTED_BY_FLOW = /^(?:your request was rejected by|您的请求被) flow[(（](.*)[)）]/;

/** The phrase is a whole one: an end or a punctuation mark follows. */
const AFTER_PHRASE = /^\s*(?:$|[^\p{L}\p{N}\s])/u;

/**
 * What a text of Kie's says by itself, whatever the code beside it; `null` if it is not a known one. It must begin
 * with the known text, so nothing that Kie quotes from a user can pass for one. Pure; never throws.
 */
export function readText(message: string): KnownText | null {
	const text = message.toLowerCase().replace(/\s+/g, ' ').trim();
	const original = REJECTED_BY_FLOW.exec(text)?.[1];
	return original === undefined ? lookUp(text) : (lookUp(original) ?? 'other');
}

function lookUp(text: string): KnownText | null {
	const isBegunBy = (known: string) =>
		text.startsWith(known) && AFTER_PHRASE.test(text.slice(known.length));
	return KNOWN_TEXTS.find(([, ...texts]) => texts.some(isBegunBy))?.[0] ?? null;
}
