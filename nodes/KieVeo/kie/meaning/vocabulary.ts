import type { AccountRejection, FailureReason } from './words';

/*
 * What Kie's texts say, by the words in them. Kie changes their wording, punctuation and codes between
 * versions of its documentation, and writes both Chinese and English, so what counts is which words stand
 * near each other within a sentence, not the sentence itself.
 */

/** In each list the first matching pattern decides. */
export type Vocabulary<T> = ReadonlyArray<readonly [pattern: RegExp, meaning: T]>;

/** Any of these, in any case. */
export function says(...parts: string[]): RegExp {
	return new RegExp(parts.join('|'), 'i');
}

/** One of the first words and one of the others, in either order, in the same sentence. */
function near(some: string, others: string, distance = 30): string {
	const gap = `[^.。！？]{0,${distance}}?`;
	return `(?:${some})${gap}(?:${others})|(?:${others})${gap}(?:${some})`;
}

const CANNOT_ZH = '无法|未能|不能|失败|超时';
const CANNOT = '(?:failed|unable|could not|could ?n.t|cannot|can.t)';
const IMAGE = '\\b(?:images?|pictures?|photos?)(?:_?urls?)?\\b';
const IMAGE_ZH = '图片|图像|参考图|首帧|尾帧';
const UPGRADED = '\\b(?:4k|1080p)\\b';
const UPGRADED_ZH = '4k|1080p';
/** What is so now may be otherwise soon. */
const FOR_NOW =
	'temporar|currently|right now|at (?:the|this) moment|\\byet\\b|\\bstill\\b|again later|check back|shortly|minutes?\\b';
const FOR_NOW_ZH = '暂|目前|当前|[尚还]|稍后|分钟后';
const LOAD_ZH = '获取|下载|访问|读取|加载|打开';

/** Said of an image even if what it quotes is the answer of the server that has it. */
export const IMAGE_NOT_LOADED = says(
	`${IMAGE}(?: url| link)? (?:fetch|download|load|retriev)`,
	`\\b(?:fetch|download|load|access)(?:ing)?(?: [\\w-]+){0,3} ${IMAGE}`,
	`${CANNOT} (?:to )?(?:get|open|read|retrieve)(?: [\\w-]+){0,3} ${IMAGE}`,
	near(IMAGE, 'not (?:be )?(?:accessib|reachab|download|fetch|load|retriev|publicly)', 20),
	near(IMAGE, '(?:in|un)(?:accessible|reachable)|returned (?:http )?[45]\\d\\d', 20),
	near(IMAGE, '(?:access|permission) (?:is |was )?denied|forbidden', 20),
	'invalid image (?:url|link|address)',
	`(?:${CANNOT_ZH})(?:${LOAD_ZH}).{0,8}(?:${IMAGE_ZH})`,
	`(?:${IMAGE_ZH}).{0,8}(?:${CANNOT_ZH}).{0,2}(?:${LOAD_ZH})`,
	`(?:${IMAGE_ZH}).{0,4}(?:${LOAD_ZH}).{0,2}(?:${CANNOT_ZH})`,
	`(?:${LOAD_ZH}).{0,6}(?:${IMAGE_ZH}).{0,4}(?:${CANNOT_ZH})`,
	`(?:${IMAGE_ZH}).{0,3}(?:链接|地址).{0,3}(?:无效|失效|错误)`,
	`(?:没有|无).{0,2}权.{0,2}(?:${LOAD_ZH}).{0,4}(?:${IMAGE_ZH})`,
);

export const ACCOUNT_WORDS: Vocabulary<AccountRejection> = [
	[
		says(
			'(?:hourly|daily|weekly|monthly|total|usage)(?: credits?| points?| usage)? (?:limit|quota|cap)',
			'exceeded (?:the |its |your )?(?:hourly|daily|weekly|monthly)',
			'apikey has exceeded|\\b(?:api|sub).?key (?:usage )?(?:limit|quota|cap)\\b',
			'(?:每[日天月]|每小时|[今当][日天]|[本当]月|使用|总).{0,4}(?:限额|额度|上限|超限|超出)',
		),
		{ kind: 'refused', reason: 'keyLimit' },
	],
	[
		says(
			near(
				'(?:\\b|_)(?:credits?|balance|points|funds|quota)\\b',
				'insufficient|(?:not|n.t) (?:have )?(?:enough|sufficient)|too low|\\bis low|exhausted|deplet|used (?:up|all)|\\br[au]n out|only have|\\bno available|(?:not|n.t) cover',
			),
			'insufficient[ _](?:credit|balance|fund|point)',
			'out of (?:\\w+ )?(?:credit|point|balance|fund)s?\\b',
			'\\b(?:no|0|zero) (?:more )?(?:credit|point)s? (?:left|remaining|available)',
			'\\b(?:you have|account has) (?:no|0|zero) (?:credit|point)s?\\b',
			'\\b(?:need|buy|add|purchase) more (?:credit|point)s',
			'please (?:buy|add|purchase) (?:credit|point|fund)s',
			'exceeded your (?:current )?quota|your plan and billing',
			'low balance|balance is (?:0|zero)\\b',
			'\\btop.?up\\b',
			'\\brecharge\\b',
			'payment required',
			'in arrears',
			'(?:积分|余额|点数|额度|配额|资金).{0,6}(?:不足|不够|用完|用尽|耗尽|为 ?[0零])',
			'(?:剩余|当前|可用|账[户号])(?:积分|余额|点数|额度)[:：] ?0(?![.\\d])|(?:积分|余额|点数) ?\\d+[^。]{0,6}需要 ?\\d',
			'足够的?(?:积分|余额|点数|额度)|没有(?:可用|剩余)?的?(?:积分|余额|点数|额度)(?!扣|消|被)',
			'充值',
			'欠费',
		),
		{ kind: 'refused', reason: 'credits' },
	],
	[
		says(
			'access permission',
			// But not the unauthorized use of a person's likeness.
			'unauthori[sz]ed(?! (?:use|\\w+ of)\\b)|unauthenticated',
			'\\b(?:you|key|account|token|user)\\b.{0,20}(?:not|n.t) authori[sz]ed',
			'(?:missing|no|invalid|incorrect|wrong|expired) (?:access )?(?:api.?key|token|credentials|authori[sz]ation)\\b',
			'(?:api.?key|\\btoken)\\b.{0,15}(?:invalid|incorrect|expired|missing|not (?:found|valid|correct|active|exist)|disabled|revoked|deleted)',
			'(?:authentication|authori[sz]ation) (?:failed|credentials)',
			'(?:access|permission) (?:is |was )?denied',
			'\\baccount\\b.{0,20}(?:suspended|banned|disabled|blocked|deactivated|frozen)',
			'(?:white|allow).?list',
			'\\b(?:your|client|source|request|server) ip\\b.{0,20}not allowed|\\bip address\\b.{0,20}not allowed',
			'(?:没有|无).{0,2}权限|权限不足|无权|未授权|白名单',
			'(?:认证|鉴权|身份验证)(?:失败|凭据)',
			'(?:密钥|api ?key|令牌).{0,4}(?:无效|错误|过期|失效|不存在|缺失|不正确|禁用|停用|验证失败)',
			'账[号户].{0,4}(?:封禁|停用|禁用|冻结)',
			'无效的? ?(?:密钥|api ?key|令牌)',
		),
		{ kind: 'refused', reason: 'unauthorized' },
	],
	[
		says('(?:feature|function).{0,20}disabled', '功能.{0,6}(?:禁用|停用|关闭)'),
		{ kind: 'refused', reason: 'featureDisabled' },
	],
	[
		says(
			'rate.?limit',
			'(?:call|request) frequency',
			'too many (?:\\w+ )?(?:request|call|task)s',
			'(?:request|call)s?.{0,10}too (?:frequent|fast|quick)',
			'request (?:limit|rate\\b)',
			'throttl|please slow down|\\bqps\\b|queue is full',
			'\\bcalls? exceed|\\b(?:tasks|jobs)\\b.{0,20}\\b(?:limit|maximum)\\b|\\b(?:task|job) limit\\b|maximum (?:number of )?(?:\\w+ )?(?:tasks|jobs)\\b',
			near('\\bconcurren', 'limit|maximum|exceed|too many', 20),
			'频率.{0,4}(?:过高|太高|超限|超过|限制)',
			'[过太]于?频繁|操作频繁',
			'并发.{0,4}(?:超|过多|上限|限制|已满)',
			'(?:请求|调用)(?:次数|频次)?(?:过多|太多|过快|太快|限制|超限|超出|超过)',
			'任务(?:数量?)?.{0,4}(?:过多|太多|上限|已满)|队列已满|同时进行',
			'限流',
		),
		{ kind: 'retry', reason: 'rateLimit' },
	],
	[
		says(
			'maintenance|维护',
			near('\\b(?:system|service|platform) ', '(?:is|being) (?:being )?(?:upgrad|updat)', 10),
			'\\b(?:system|service|platform) (?:upgrade|update)\\b',
			'(?:系统|服务器?|平台).{0,4}(?:升级|更新)',
		),
		{ kind: 'retry', reason: 'maintenance' },
	],
];

/** Texts that are final, whatever their code. */
export const FINAL_WORDS: Vocabulary<FailureReason> = [
	[says('14[ -]?days?', '14 ?天'), 'retention'],
	[says('status is not success', '状态不是成功|状态未成功'), 'baseNotFinished'],
	[says('only english', 'must be (?:written )?in english', '[仅只]支持英[文语]'), 'englishOnly'],
	[IMAGE_NOT_LOADED, 'imageFetch'],
	[
		says(
			'(?:image|file)(?: type)?(?: is)? not supported|unsupported (?:file|image)',
			'\\bonly (?:supports? )?\\.?(?:jpe?g|png|webp)\\b',
			'(?:image|file|png|jpe?g|webp)\\b.{0,20}(?:too (?:large|big)|format|exceed)',
			'(?:图片|图像|文件).{0,6}(?:格式|过大|太大|超[过出])',
			'不支持的?(?:图片|图像|文件)',
		),
		'imageFormat',
	],
	[
		says(
			near(
				'\\b(?:audio|sound)\\b',
				`${CANNOT}|error|not (?:be |been )?(?:generated|created|produced)`,
			),
			'\\bno (?:audio|sound)\\b',
			`(?:音频|声音|音轨).{0,8}(?:${CANNOT_ZH})`,
			`(?:${CANNOT_ZH}).{0,12}(?:音频|声音|音轨)`,
		),
		'noAudio',
	],
	[
		says(
			near(
				'\\bmodel\\b',
				'not supported|unsupported|not found|not exist|n.t exist|unknown(?! (?:model )?error)|invalid(?! (?:response|output|result))|not valid',
				30,
			),
			near('\\bpage\\b', 'not exist|n.t exist|not found|not published', 25),
			'not published|未发布',
			'模型.{0,6}(?:不存在|无效|不支持|未找到)|(?<!未知的?)模型(?:名称)?错误',
			'(?:无效|未知|不支持)的?该?模型(?!错误|异常|响应)',
			'页面.{0,4}不存在',
		),
		'invalidModel',
	],
	[
		says(
			'content polic|policy violation|violat|flagged|public[ _]error|prohibited',
			'sensitive (?:content|word|info)|nsfw|unsafe|safety|inappropriate|harmful',
			'content (?:moderation|filter)|copyright|responsible ai',
			'prominent (?:people|person)|celebrit|public figure|likeness|\\bminors\\b|\\bsexual|nudity',
			'third.party (?:ip|content|rights)\\b|intellectual property|trademark',
			near('\\b(?:prompt|image|content)(?!-)', 'not (?:permitted|allowed)'),
			'(?:rejected|blocked) by (?:flow|google)',
			'内容政策|违反|违规|违禁|敏感|不安全|不合规|侵权|名人|公共错误',
			'审核(?:未|不|失败|没)',
			'(?:flow|google)[^。]*拒绝',
		),
		'contentFilter',
	],
	[says('1080p[^.]*extend', '1080p[^。]*(?:扩展|延长|续写)'), 'upgradedBefore'],
	// "The 4K version of this video is unavailable", but not "The video service is unavailable", and not
	// "4K is currently unavailable" or "4K is not available yet".
	[
		says(
			`^(?!.*(?:${FOR_NOW}))[^]*?\\b(?:4k|1080p|version|video)\\b(?:(?!service)[^.])*\\b(?:unavailable|not available)\\b`,
			`${UPGRADED}[^.]{0,40}(?:not supported|unsupported|not possible|(?:cannot|can.t|could not) be (?:upgraded|generated|made|created|produced))`,
			`(?:not|n.t|cannot) (?:support|be upgraded)[^.]{0,20}${UPGRADED}`,
			`^(?!.*(?:${FOR_NOW_ZH}))[^]*?(?:4k|1080p|版本|视频)(?:(?!服务)[^。])*不可用`,
			`(?:${UPGRADED_ZH}).{0,6}不支持`,
			`(?:不支持|(?<!暂|暂时)(?:无法|不能)(?:升级|生成|制作|提供|转))[^。]{0,8}(?:${UPGRADED_ZH})`,
		),
		'unavailable',
	],
	[says('record result', '记录结果'), 'noFile'],
	[
		says(
			'record ?(?:info)? is null',
			'\\b(?:record|task)(?: ?id)? (?:does not exist|doesn.t exist|not found|is invalid)',
			'no such (?:record|task)|no (?:record|task)s? (?:was )?found|invalid task ?id',
			'记录(?:信息)?(?:为空|不存在|未找到)',
			'任务 ?(?:id)? ?(?:不存在|未找到|无效)',
			'(?:未|没有|找不|查不)(?:查询|找|查)?到.{0,4}任务',
			'(?:没有|无)[该此]任务',
		),
		'unknownTask',
	],
	[
		says(near('please enter|required|missing|cannot be empty|请输入|缺少', 'callbackurl')),
		'callbackRequired',
	],
	[says('please enter|missing required|请输入|缺少'), 'other'],
	// A task has failed, without a reason.
	[
		says(
			'(?:generation|extension|upgrade|task|rendering|upscaling|conversion|(?:en|trans)coding|(?<!(?:request|system|server) )processing)(?: task| generation)? (?:has |was |is )?(?:failed|unsuccessful|aborted)',
			'(?:failed|unable) to (?:generate|extend|upgrade|upscale|render|process (?:the |your |this )?(?:video|task|upgrade|4k|1080p))',
			'任务.{0,4}(?:失败|[中终]止)',
			'(?:生成|升级|渲染|超分|转换|合成|制作|(?<!请求|系统|服务)处理)中?已?(?:失败|[中终]止)',
		),
		'taskFailed',
	],
];

/** Texts that only give the reason for a failure known by other signs. */
export const HINTS: Vocabulary<FailureReason> = [
	[says('polic|政策'), 'contentFilter'],
	[says('unavailable|not available|不可用'), 'unavailable'],
	[says('null|not exist|not found|不存在|未找到'), 'unknownTask'],
	[says('time.?out|timed out|超时'), 'timeout'],
	[says('internal|server error|内部错误|服务器'), 'upstream'],
];
