import { says } from './vocabulary';

/* How Kie's texts say that a video is being made, or not yet there. Told from a failure clause by clause. */

const MAKING =
	'(?:process|generat|render|upscal|upgrad|queu|wait|pending|prepar|produc|encod|transcod|running(?! out)|(?:creat|mak|convert|finaliz|execut|work|start)ing)';
const MADE = `(?:${MAKING}|created|made|converted|finalized|executed)`;
const MAKING_ZH =
	'处理|處理|生成|排队|排隊|队列|渲染|升级|制作|进行|等待|转码|转换|合成|创建|执行|运行|超分|放大|上传|准备';

/**
 * Clauses: the last one that says how it goes decides. "Failed to get the video: it is being processed", but
 * "Processing ... failed".
 */
export const CLAUSE_ENDS = /[.…。!！?？;；:：,，\n]/;

/** Something went wrong, or is not happening: whatever else the clause says, it is not progress. */
export const FAULT_WORDS = says(
	'\\b(?:fail(?:ed|ure)|errors?|went wrong|interrupted|abort(?:ed)?|crash(?:ed)?|timed? ?out|cancell?ed|stopped|terminated)\\b',
	'(?:could not|cannot|can.t|unable to) (?:be )?(?:\\w+ly )?(?:generat|creat|process|render|upscal|upgrad|produc|mak|made)',
	'(?:\\bnot|n.t|\\bnever) (?:currently|now|in (?:the |a )?(?:queue|progress)|under|\\w+ing)\\b|\\bno longer\\b',
	'\\bno (?:[\\w-]+ ){1,3}(?:is |are )?(?:in (?:the )?(?:progress|queue)|running|being|processing|queued|pending)\\b',
	'失败|错误|异常|[中终]止|(?<!勿|不要)中断|超时|崩溃|出错|故障|(?<!勿|不要)取消|报错|出现.{0,2}问题',
	'没有(?:正在|任何)|[不未没]在|(?:未能|没能|没有?|未)生成成功',
);

/** A fault that has not happened. */
export const CONDITIONAL_WORDS = says('\\b(?:if|in case|unless)\\b', '如果|若');

/** The video is being made, or is already made and its file is about to appear. */
export const PROGRESS_WORDS = says(
	`\\b(?:is|are) (?:still |currently |being |now |under )*${MAKING}`,
	`\\b(?:still|being|currently) ${MADE}`,
	'\\b(?:has|have) (?:already |now )?been (?:queued|submitted|accepted|generated|created)\\b',
	'\\bwaiting (?:in line|to be)\\b',
	`^\\W*(?:(?:the|your|this|4k|1080p|hd|video|task|job|upgrade|version) )*${MAKING}(?:ing|ed)?\\b\\W*(?:$|please)`,
	`${MAKING}(?:ing)? (?:has |is )?(?:started|begun|under ?way)\\b`,
	'in (?:the |a )?(?:progress|queue|process)\\b|under processing',
	'\\bready (?:in|within) (?:about |around |approximately )?\\d',
	'(?<!not )(?<!n.t )(?<!not been )(?<!n.t been )(?:generated successfully|successfully (?:generated|created))',
	`正在[^。，,]{0,8}(?:${MAKING_ZH})`,
	`[仍还尚]在[^。，,]{0,4}(?:${MAKING_ZH})`,
	`(?:${MAKING_ZH})中(?!心)`,
	'[加进]入.{0,3}队列|排队等[待候]|等待(?:处理|生成|执行)',
	'(?<!未能?|没能?|没有|不)生成成功|已经?生成|任务已(?:提交|创建)',
);

/** It is not there yet. */
export const UNREADY_WORDS = says(
	'(?:not|n.t) (?:yet |fully )*(?:ready|finished|done|completed?)\\b',
	'(?:not|n.t) (?:been )?(?:generated|created|rendered|available) yet|not yet (?:been )?(?:generated|created|rendered|available)',
	'(?:还没有?|[还尚暂]未|未)(?:准备|就绪|完成)|(?:还没有?|[还尚]未)生成|[还尚暂]不可用|准备中',
);

/** "Please try again later" is also said about faults, so it is not among them. */
export const PATIENCE_WORDS = says(
	'check back|shortly|please wait|wait a (?:moment|minute|while)|be patient|ready soon',
	'稍后(?!再?[重尝]?试)|稍候|稍等|请.{0,2}等[待候]|\\d ?分钟后',
);
