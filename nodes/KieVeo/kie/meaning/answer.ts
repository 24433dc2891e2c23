import { faultOfTask, readTaskFault, readTaskState, topicOfModel } from './fields';
import {
	isAboutOther,
	NO_FILES,
	readResultFiles,
	resultFieldsIn,
	withWholeVideo,
	type ResultFiles,
	type UpgradeResolution,
} from './files';
import { isJsonObject, parseNested, toNumber, toText } from '../../values';
import { readText, type FailureReason, type KnownText } from './texts';

export type { FailureReason };

/** One answer from Kie's API, read but not yet interpreted. */
export interface KieAnswer {
	/**
	 * The effective status: the HTTP status when it is not 2xx, otherwise the `code` of the body.
	 * `null` when there was no usable answer.
	 */
	code: number | null;
	/** The reason within `data` if Kie gives one, otherwise its `msg`; or a description of the fault. */
	message: string;
	data: unknown;
	/** The whole parsed body; `null` when there was none. */
	body: unknown;
	/** The ids of tasks that the body names, whether or not it could be parsed. */
	taskIds: string[];
	/** Set when the answer was not Kie's envelope: connection lost, HTML, cut or empty body, no `code`. */
	fault: boolean;
	/** Set when the request certainly did not reach Kie's API: it had no effect. */
	unreached?: UnreachedReason;
	/** Pause the server asked for, in milliseconds. */
	retryAfterMs: number | null;
}

/**
 * Why a request did not reach Kie's API. `wrongAddress` and `accessDenied` come from a web server in
 * front of it, or from one that has nothing to do with Kie.
 */
export type UnreachedReason =
	| 'noConnection'
	| 'noName'
	| 'blocked'
	| 'invalidKey'
	| 'certificate'
	| 'proxyRefused'
	| 'proxyLogin'
	| 'wrongAddress'
	| 'accessDenied';

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

/** What an answer means for the requested video. */
export type Meaning =
	| { kind: 'success'; files: ResultFiles }
	/** `perhapsReordered`: asking may have started, and billed, another upgrade. */
	| { kind: 'processing'; files: ResultFiles; perhapsReordered?: true }
	/** Nothing that is known: not final, but believed to be progress for a limited time only. */
	| { kind: 'unclear' }
	| Rejection;

/** The APIs through which Kie offers Veo 3.1, as the credential calls them. */
export type ApiName = 'veo' | 'jobs';

/**
 * An answer that is neither a result nor progress. `mayWorkWith`: the reason may be that the API does not
 * offer what was asked, or does not know the video, and this other one does.
 */
export type Rejection = { mayWorkWith?: ApiName } &
	/** Final for what was asked. */
	(| { kind: 'failed'; reason: FailureReason }
		/** Final for this account or key; no retry helps. */
		| { kind: 'refused'; reason: Refusal }
		/** The request did not get through, and would not the next time either. */
		| { kind: 'unreached'; reason: Exclude<UnreachedReason, 'noConnection' | 'noName'> }
		/** Says nothing about what was asked: ask again later. */
		| { kind: 'retry'; reason: RetryReason }
	);

/** Kie's own words. */
export type Said = Pick<KieAnswer, 'code' | 'message'>;

/** What an answer without the requested result says. */
export type Statement = Rejection | { kind: 'progress' } | { kind: 'unclear' };

/** Kie's codes that mean the same on every endpoint, whatever the words beside them. */
const CODES = new Map<number | null, Rejection>([
	[401, { kind: 'refused', reason: 'unauthorized' }],
	[402, { kind: 'refused', reason: 'credits' }],
	[404, { kind: 'failed', reason: 'unknownTask' }],
	[429, { kind: 'retry', reason: 'rateLimit' }],
	// Recorded with the words "Your call frequency is too high".
	[430, { kind: 'retry', reason: 'rateLimit' }],
	[433, { kind: 'refused', reason: 'keyLimit' }],
	[451, { kind: 'failed', reason: 'imageFetch' }],
	[455, { kind: 'retry', reason: 'maintenance' }],
	[501, { kind: 'failed', reason: 'taskFailed' }],
	[505, { kind: 'refused', reason: 'featureDisabled' }],
]);

/** Codes of a failed task that give a reason when its text does not. 524: Kie's own limit of 20 minutes. */
const TASK_CODES = new Map<number | null, FailureReason>([
	[501, 'taskFailed'],
	[524, 'timeout'],
]);

/**
 * What an answer without the requested result says, in one order for every endpoint: whether Kie was reached,
 * the codes with one meaning, the known texts, the state of the task in `data`. Pure; never throws.
 */
export function readStatement(answer: KieAnswer): Statement {
	return readFault(answer) ?? readCode(answer) ?? readTold(answer);
}

/** No answer of Kie's API. */
function readFault({ unreached, fault, code }: KieAnswer): Rejection | null {
	if (unreached === 'noConnection' || unreached === 'noName') {
		return { kind: 'retry', reason: unreached };
	}
	if (unreached !== undefined) return { kind: 'unreached', reason: unreached };
	// 429 means "not queued", even from a web server in front of Kie.
	return fault ? { kind: 'retry', reason: code === 429 ? 'rateLimit' : 'unreadable' } : null;
}

function readCode({ code, message }: KieAnswer): Rejection | null {
	const text = readText(message);
	const byCode = CODES.get(code);
	// An empty account was also answered with 429.
	if (byCode?.kind === 'retry' && text === 'credits') return { kind: 'refused', reason: 'credits' };
	if (byCode?.kind === 'failed') return { ...byCode, reason: reasonIn(text) ?? byCode.reason };
	if (byCode) return byCode;
	return isServerError(code) && code !== 500 ? { kind: 'retry', reason: 'server' } : null;
}

/** A known text, else the state of the task in `data`. */
function readTold({ code, message, data }: KieAnswer): Statement {
	const text = readText(message);
	if (text !== null) return meaningOfText(text, code);
	// A reason within `data` is about the task, whatever the envelope says.
	const state = readTaskState(data);
	if (state === 'failed' || readTaskFault(data).message !== null) {
		return { kind: 'failed', reason: failureReasonOf(message, readTaskFault(data).code) };
	}
	if (state === 'running') return { kind: 'progress' };
	return isServerError(code) ? { kind: 'retry', reason: 'server' } : { kind: 'unclear' };
}

function isServerError(code: number | null): boolean {
	return code === 408 || (code !== null && code >= 500);
}

function meaningOfText(text: KnownText, code: number | null): Statement {
	if (text === 'credits') return { kind: 'refused', reason: 'credits' };
	if (text === 'processing') return { kind: 'progress' };
	// Kie's own failure to answer has the same words as that of a task.
	const isServers = code === 500 && (text === 'timeout' || text === 'upstream');
	return isServers ? { kind: 'retry', reason: 'server' } : { kind: 'failed', reason: text };
}

/** A known text as the reason for a failure; `null` if it is none. */
function reasonIn(text: KnownText | null): FailureReason | null {
	return text === 'processing' ? null : text;
}

/** Why something failed that is known to have failed, from Kie's own text and code. Pure; never throws. */
export function failureReasonOf(message: string, code: number | null): FailureReason {
	return reasonIn(readText(message)) ?? TASK_CODES.get(code) ?? 'other';
}

/**
 * The meaning of an answer to get-4k-video (POST) or get-1080p-video (GET).
 *
 * A result of the wanted kind decides first, whatever the code: a finished 4K arrives as code 422. Then
 * {@link readStatement}. Kie never says which "non-200 code" a video that is not ready has, so any other 4xx is
 * unclear. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video
 * @see https://docs.kie.ai/veo3-api/get-veo-3-1080-p-video
 */
export function classifyUpgradeAnswer(wanted: UpgradeResolution, answer: KieAnswer): Meaning {
	const { data, message, code } = answer;
	const record = parseNested(data);
	const isOther = isJsonObject(record) && isAboutOther(wanted, record, message);
	const files = isOther ? NO_FILES : readResultFiles(record, wanted);
	if (files.videoUrls.length > 0) return { kind: 'success', files };
	const said = readStatement(answer);
	if (said.kind === 'progress' || (said.kind === 'unclear' && code === 200)) {
		return { kind: 'processing', files };
	}
	return said;
}

/**
 * The meaning of an answer without the requested result where nothing can be in progress: about the account,
 * a link or an upload.
 */
export function classifyServiceAnswer(answer: KieAnswer): Rejection {
	const said = readStatement(answer);
	return said.kind === 'progress' || said.kind === 'unclear'
		? { kind: 'failed', reason: 'other' }
		: said;
}

/** The meaning of an answer to chat/credit: the balance is a decimal number. Pure; never throws. */
export function classifyCreditsAnswer(
	answer: KieAnswer,
): { kind: 'success'; credits: number } | Rejection {
	const credits = answer.fault ? null : toNumber(answer.data);
	if (answer.code === 200 && credits !== null) return { kind: 'success', credits };
	return classifyServiceAnswer(answer);
}

/**
 * The meaning of an answer to download-url, whose `data` is the link itself, or to file-stream-upload. Pure.
 *
 * @see https://docs.kie.ai/common-api/download-url
 * @see https://docs.kie.ai/file-upload-api/quickstart
 */
export function classifyFileUrlAnswer(
	answer: KieAnswer,
): { kind: 'success'; url: string } | Rejection {
	const data = parseNested(answer.data);
	// The upload pages show both names.
	const url = toText(isJsonObject(data) ? (data.downloadUrl ?? data.fileUrl) : data);
	const isUrl = url !== null && /^https?:\/\//i.test(url) && URL.canParse(url);
	return isUrl ? { kind: 'success', url } : classifyServiceAnswer(answer);
}

/**
 * The meaning of an answer to file-stream-upload: what was stored, as far as Kie tells, with its size in bytes. Pure.
 *
 * @see https://docs.kie.ai/file-upload-api/quickstart
 */
export function classifyUploadAnswer(answer: KieAnswer) {
	const meaning = classifyFileUrlAnswer(answer);
	if (meaning.kind !== 'success') return meaning;
	const data = parseNested(answer.data);
	const { fileName, mimeType, fileSize, expiresAt } = isJsonObject(data) ? data : {};
	return {
		...meaning,
		fileName: toText(fileName),
		mimeType: toText(mimeType),
		fileSize: toNumber(fileSize),
		expiresAt: toText(expiresAt),
	};
}

/** An answer and what it means for the requested video. */
export interface Told {
	answer: KieAnswer;
	meaning: Meaning;
}

/** Said about a task that exists, these mean "not yet". */
const NOT_YET: readonly FailureReason[] = ['baseNotFinished', 'noFile'];

/**
 * What record-info or recordInfo says about a task: its own fields first, then {@link readStatement}.
 * A failure can be told by the envelope, or in the record while the envelope says 200; in the second case `answer`
 * carries the record's own code and text, so that every reader sees the reason. A video's success without any known
 * address is unclear, and its text names the fields that came; a task of any model need not give a file. Pure; never
 * throws.
 *
 * @param known.isOurs whether Kie has certainly created the task: then it exists, whatever the record says
 * @param known.isNew whether that was seconds ago: Kie does not know it at once
 * @param known.as whether it is read as a video, or as a task of any model; by default its model decides
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readRecordAnswer(
	answer: KieAnswer,
	{ isOurs, isNew, as }: { isOurs: boolean; isNew: boolean; as?: 'video' | 'task' },
): Told {
	const record = parseNested(answer.data);
	const files = withWholeVideo(readResultFiles(record));
	const isTask = (as ?? topicOfModel(files.model)) === 'task';
	const state = readTaskState(record);
	if (state === 'failed') {
		const { code, message } = faultOfTask(record, answer, isTask);
		const reason = failureReasonOf(message, code);
		return { answer: { ...answer, code, message }, meaning: { kind: 'failed', reason } };
	}
	const isMade = isTask ? state === 'success' : files.videoUrls.length > 0;
	if (isMade) return { answer, meaning: { kind: 'success', files } };
	const running = { ...NO_FILES, model: files.model };
	const processing: Told = { answer, meaning: { kind: 'processing', files: running } };
	if (state === 'running') return processing;
	if (state === 'success') return { answer: withoutAddress(answer), meaning: { kind: 'unclear' } };

	const said = readStatement(answer);
	if (isMissing(answer, said)) return isNew ? processing : missing(answer);
	if (said.kind === 'progress') return processing;
	if (isOurs && said.kind === 'failed' && NOT_YET.includes(said.reason)) return processing;
	// The documented texts of a failed task come with the code of a broken service.
	const mayBeTask = said.kind === 'retry' && said.reason === 'server';
	return { answer, meaning: mayBeTask ? { kind: 'retry', reason: 'taskOrServer' } : said };
}

/** Whether an answer says that there is no such task. */
function isMissing({ code, data }: KieAnswer, said: Statement): boolean {
	if (said.kind === 'failed') return said.reason === 'unknownTask';
	return said.kind === 'unclear' && code === 200 && !isJsonObject(parseNested(data));
}

function missing(answer: KieAnswer): Told {
	// Kie also answers a read about an unknown id with success and no data.
	const message = answer.code === 200 ? 'record is null' : answer.message;
	return { answer: { ...answer, message }, meaning: { kind: 'failed', reason: 'unknownTask' } };
}

function withoutAddress(answer: KieAnswer): KieAnswer {
	const fields = resultFieldsIn(answer.data).join(', ');
	const message = `Kie.ai calls it finished, but none of its fields has an address: ${fields}`;
	return { ...answer, message };
}

/**
 * Whether an answer to a read says that this API has no such task, or that the API itself is gone.
 * What is known elsewhere can be asked there. Pure; never throws.
 */
export function isUnknownTask(answer: KieAnswer): boolean {
	if (answer.unreached !== undefined) return answer.unreached === 'wrongAddress';
	if (readTaskState(answer.data) !== null) return false;
	const said = readStatement(answer);
	if (said.kind === 'refused') return said.reason === 'featureDisabled';
	return isMissing(answer, said) || answer.code === 405;
}
