/*
 * What Kie's texts say. Kie changes their wording, punctuation and codes between versions of
 * its documentation, and writes both Chinese and English, so texts are recognized by fragments.
 */

/**
 * Why Kie did not make what was requested, as far as its own words say; `other` if they say nothing
 * that a user could act on. `reordered` is our own finding: asking for the state of a 4K upgrade started
 * another one, so the first has failed.
 */
export type FailureReason =
	| 'retention'
	| 'baseNotFinished'
	| 'englishOnly'
	| 'imageFetch'
	| 'imageFormat'
	| 'contentFilter'
	| 'invalidModel'
	| 'callbackRequired'
	| 'upgradedBefore'
	| 'unavailable'
	| 'noFile'
	| 'unknownTask'
	| 'noAudio'
	| 'timeout'
	| 'upstream'
	| 'taskFailed'
	| 'reordered'
	| 'other';

export type Refusal = 'unauthorized' | 'credits' | 'keyLimit' | 'featureDisabled';

/**
 * `noConnection`, `noName`: the request certainly did not reach anyone. `taskOrServer`: record-info's server
 * error, which can also mean that the task failed.
 */
export type RetryReason =
	| 'rateLimit'
	| 'maintenance'
	| 'server'
	| 'taskOrServer'
	| 'noConnection'
	| 'noName'
	| 'unreadable';

/** About the account or the service, never about a video. */
export type AccountRejection =
	/** Final for this account or key; no retry helps. */
	| { kind: 'refused'; reason: Refusal }
	/** Not accepted now; the same request may be sent again. */
	| { kind: 'retry'; reason: 'rateLimit' | 'maintenance' };

export type Wording =
	| { kind: 'account'; rejection: AccountRejection }
	/** Final for what was asked. */
	| { kind: 'final'; reason: FailureReason }
	/** `isSure`: says it of the video itself. Otherwise it only asks for patience. */
	| { kind: 'progress'; isSure: boolean };

/** In each list the first matching pattern decides. */
type Table<T> = ReadonlyArray<readonly [pattern: RegExp, meaning: T]>;

const ACCOUNT_WORDS: Table<AccountRejection> = [
	[
		/(hourly|daily|total|usage) limit|apikey has exceeded|(每日|每天|每小时|使用|总).{0,4}(限额|额度|上限)/i,
		{ kind: 'refused', reason: 'keyLimit' },
	],
	[
		/insufficient (credit|balance|fund|point)|(credit|balance|point)s? (is |are )?(insufficient|not enough)|not enough (credit|balance|point)|balance isn.t enough|(积分|余额|点数).{0,4}(不足|不够)|足够的?(积分|余额|点数)|充值/i,
		{ kind: 'refused', reason: 'credits' },
	],
	[
		/access permission|unauthori[sz]ed|(invalid|incorrect|expired) api.?key|api.?key (is )?(invalid|incorrect|expired)|authentication (failed|credentials)|white.?list|没有访问权限|无权访问|未授权|认证(失败|凭据)|(密钥|api ?key).{0,4}(无效|错误|过期)|无效的? ?(密钥|api ?key)|白名单/i,
		{ kind: 'refused', reason: 'unauthorized' },
	],
	[
		/(feature|function).{0,20}disabled|功能.{0,6}(禁用|停用|关闭)/i,
		{ kind: 'refused', reason: 'featureDisabled' },
	],
	[
		/rate.?limit|call frequency|too many requests|request limit|频率.{0,4}(过高|太高|超限)|过于频繁|请求过多|请求限制|限流/i,
		{ kind: 'retry', reason: 'rateLimit' },
	],
	[/maintenance|维护/i, { kind: 'retry', reason: 'maintenance' }],
];

/** Texts that are final, whatever their code. */
const FINAL_WORDS: Table<FailureReason> = [
	[/14 ?days|14 ?天/i, 'retention'],
	[/status is not success|状态不是成功|状态未成功/i, 'baseNotFinished'],
	[/only english|(仅|只)支持英文/i, 'englishOnly'],
	[
		/image fetch|\b(fetch|download|load|access) (the |your |an |any )?(input |reference )?image|无法(获取|下载|访问|读取|加载).{0,6}(图片|图像)|(图片|图像)(获取|下载|读取|加载)失败/i,
		'imageFetch',
	],
	[
		/file type not supported|unsupported (file|image)|image.{0,20}(too large|format|exceed)|(图片|图像).{0,4}(格式|过大|太大)/i,
		'imageFormat',
	],
	[/generate audio|audio generation|audio synthesis|(生成音频|音频生成)/i, 'noAudio'],
	[
		/invalid model|model.{0,20}(not supported|not found|not exist)|page does not exist|not published|模型.{0,6}(不存在|无效|不支持)|无效的?模型|页面不存在|未发布/i,
		'invalidModel',
	],
	[
		/content polic|violat|flagged|public error|prohibited|sensitive (content|word|info)|nsfw|rejected by (flow|google)|内容政策|违反|违规|敏感|不安全|公共错误|flow[^。]*拒绝/i,
		'contentFilter',
	],
	[/1080p[^.]*extend|1080p[^。]*(扩展|延长|续写)/i, 'upgradedBefore'],
	// "The 4K version of this video is unavailable", but not "The video service is unavailable".
	[
		/\b(4k|1080p|version|video)\b((?!service|temporar)[^.])*\b(unavailable|not available)\b|(4k|1080p|版本|视频)((?!服务|暂)[^。])*不可用/i,
		'unavailable',
	],
	[/record result|记录结果/i, 'noFile'],
	[
		/record ?(info)? is null|(record|task) does not exist|task not found|记录(信息)?(为空|不存在)|任务(不存在|未找到)|(未|没有|找不)找?到.{0,4}任务/i,
		'unknownTask',
	],
	[
		/enter callbackurl|callbackurl.{0,20}(required|cannot be empty)|请输入 ?callbackurl/i,
		'callbackRequired',
	],
	[/please enter|missing required|请输入|缺少/i, 'other'],
	// A task has failed, without a reason.
	[
		/generation (task )?failed|extension (task )?failed|task (generation )?failed|任务.{0,4}失败|生成失败/i,
		'taskFailed',
	],
];

/** Texts that only give the reason for a failure known by other signs. */
const HINTS: Table<FailureReason> = [
	[/polic|政策/i, 'contentFilter'],
	[/unavailable|not available|不可用/i, 'unavailable'],
	[/null|not exist|not found|不存在|未找到/i, 'unknownTask'],
	[/time.?out|timed out|超时/i, 'timeout'],
	[/internal|server error|内部错误|服务器/i, 'upstream'],
];

/** The video is being made, or is already made and its file is about to appear. */
const PROGRESS_WORDS =
	/is (still |currently |being )*(process|generat|render|upscal)|in progress|generated successfully|正在(处理|生成|排队|渲染|升级|制作)|(处理|生成|排队|渲染|升级|制作|进行)中(?!断|发生|出)|生成成功/i;

/** "Please try again later" is also said about faults, so it is not among them. */
const PATIENCE_WORDS =
	/check back|shortly|not (yet )?ready|稍后(?!再?[重尝]?试)|稍候|尚未(准备|就绪|完成|生成)|未准备好|准备中/i;

/**
 * Kie's texts are a sentence or two. Foreign ones, which anyone can send to a callback address, could be
 * crafted to make the patterns slow.
 */
const MAX_LENGTH = 1_000;

/** What Kie's text says by itself; `null` if its code is needed to tell. Pure; never throws. */
export function readWords(message: string): Wording | null {
	const text = message.slice(0, MAX_LENGTH);
	const rejection = find(ACCOUNT_WORDS, text);
	if (rejection) return { kind: 'account', rejection };
	const reason = find(FINAL_WORDS, text);
	if (reason) return { kind: 'final', reason };
	const isSure = PROGRESS_WORDS.test(text);
	return isSure || PATIENCE_WORDS.test(text) ? { kind: 'progress', isSure } : null;
}

/** Codes that give a reason when the text does not. */
const CODE_REASONS = new Map<number | null, FailureReason>([
	[408, 'timeout'],
	[451, 'imageFetch'],
	[501, 'taskFailed'],
	// Kie's own limit of 20 minutes for a task.
	[524, 'timeout'],
]);

/** Why something failed, from Kie's own text and code. Pure; never throws. */
export function failureReasonOf(message: string, code: number | null = null): FailureReason {
	const text = message.slice(0, MAX_LENGTH);
	return find(FINAL_WORDS, text) ?? find(HINTS, text) ?? CODE_REASONS.get(code) ?? 'other';
}

function find<T>(table: Table<T>, text: string): T | undefined {
	return table.find(([pattern]) => pattern.test(text))?.[1];
}
