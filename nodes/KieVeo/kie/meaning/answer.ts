import { isJsonObject, parseIfJson, toId, toNumber } from './guards';
import { is4k, readResultFiles, withBareUrl, type ResultFiles } from './resultFiles';
import { readTaskFault, readTaskState } from './taskFields';
import {
	failureReasonOf,
	readWords,
	tellingOf,
	type AccountRejection,
	type FailureReason,
	type Refusal,
	type RetryReason,
	type Wording,
} from './words';

export type { FailureReason, Refusal, RetryReason };

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

/** What an answer means for the requested video. */
export type Meaning =
	| { kind: 'success'; files: ResultFiles }
	/** `perhapsReordered`: asking may have started, and billed, another upgrade. */
	| { kind: 'processing'; files: ResultFiles; perhapsReordered?: true }
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
export type Statement = Rejection | { kind: 'progress' };

/** The resolutions a finished Veo video can be upgraded to. */
export type UpgradeResolution = '4k' | '1080p';

/** Codes about the account or the service, never about the video. */
const ACCOUNT_CODES = new Map<number | null, AccountRejection>([
	[401, { kind: 'refused', reason: 'unauthorized' }],
	[402, { kind: 'refused', reason: 'credits' }],
	[429, { kind: 'retry', reason: 'rateLimit' }],
	[433, { kind: 'refused', reason: 'keyLimit' }],
	[455, { kind: 'retry', reason: 'maintenance' }],
	[505, { kind: 'refused', reason: 'featureDisabled' }],
]);

/**
 * What an answer says in Kie's own words, whatever its code: an account text first, then a
 * final one, then progress. `null` if the code is needed to tell. Pure; never throws.
 */
export function readWordsOf(answer: KieAnswer): Statement | null {
	return toStatement(wordingOf(answer));
}

/**
 * What an answer without the requested result says, in the one order used for every endpoint: words
 * about the account, final words, words of progress, then the codes that mean the same everywhere.
 * `null` if the code means something only to the endpoint. Pure; never throws.
 */
export function readStatement(answer: KieAnswer): Statement | null {
	const { unreached, code, fault } = answer;
	if (unreached === 'noConnection' || unreached === 'noName') {
		return { kind: 'retry', reason: unreached };
	}
	if (unreached !== undefined) return { kind: 'unreached', reason: unreached };
	const wording = wordingOf(answer);
	const said = toStatement(wording);
	if (said) return said;
	// 429 means "not queued", even from a web server in front of Kie.
	if (fault) return { kind: 'retry', reason: code === 429 ? 'rateLimit' : 'unreadable' };
	const aboutAccount = ACCOUNT_CODES.get(code);
	if (aboutAccount) return aboutAccount;
	if (wording) return { kind: 'progress' };
	if (isToldAsFailed(answer.data)) return failedBecause(answer);
	return readTaskState(answer.data) === 'running' ? { kind: 'progress' } : null;
}

/**
 * The meaning of an answer without the requested result, if no code is special. What was requested cannot
 * be in progress, so words of progress are about something else: "Your previous task is being processed".
 */
export function classifyServiceAnswer(answer: KieAnswer): Rejection {
	const said = readStatement(answer) ?? meaningOfCode(answer);
	if (said.kind !== 'progress') return said;
	return ACCOUNT_CODES.get(answer.code) ?? { kind: 'retry', reason: 'server' };
}

/**
 * The meaning of an answer to get-4k-video (POST) or get-1080p-video (GET).
 *
 * URLs decide first, whatever the code: a finished 4K arrives as code 422. Then {@link readStatement}, then
 * the remaining codes. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video
 * @see https://docs.kie.ai/veo3-api/get-veo-3-1080-p-video
 */
export function classifyUpgradeAnswer(wanted: UpgradeResolution, answer: KieAnswer): Meaning {
	const files = readResultFiles(wanted === '1080p' ? withBareUrl(answer.data) : answer.data, {
		// In record-info's shape the answer may show the base video: for 4K only an explicit 4K is accepted, for
		// 1080P anything but another resolution.
		trustResponse: (resolution) =>
			wanted === '4k' ? is4k(resolution) : resolution === null || resolution.includes('1080'),
	});
	if (files.videoUrls.length > 0) return { kind: 'success', files };
	const said = readStatement(answer);
	if (said && said.kind !== 'progress') return said;
	return said || isAccepted(wanted, answer) ? { kind: 'processing', files } : meaningOfCode(answer);
}

/** Whether an answer without URL and without known words shows a running upgrade. */
function isAccepted(wanted: UpgradeResolution, { code, data }: KieAnswer): boolean {
	if (code === 200) return true;
	// A repeated request is answered with 422; a refusal has no `data`.
	if (wanted === '4k') return code === 422 && isUnfinished(data);
	// Kie never says which "non-200 code" a 1080P video that is not ready has; 400 and 422 are both seen.
	// The timeout limits the wait.
	return code === 400 || code === 422;
}

function isUnfinished(value: unknown): boolean {
	const data = parseIfJson(value);
	if (!isJsonObject(data)) return false;
	return toId(data.taskId) !== null || toId(data.task_id) !== null || 'resultUrls' in data;
}

/** The balance is a decimal number. */
export type CreditsMeaning = { kind: 'success'; credits: number } | Rejection;

/** The meaning of an answer to chat/credit. Pure; never throws. */
export function classifyCreditsAnswer(answer: KieAnswer): CreditsMeaning {
	const credits = answer.fault ? null : toNumber(answer.data);
	if (answer.code === 200 && credits !== null) return { kind: 'success', credits };
	return classifyServiceAnswer(answer);
}

function wordingOf({ fault, body, message, data }: KieAnswer): Wording | null {
	// Without a body the message is our own description of the fault.
	if (fault && body === null) return null;
	return readWords(tellingOf(readTaskFault(data).message, [message]));
}

function toStatement(wording: Wording | null): Statement | null {
	switch (wording?.kind) {
		case 'account':
			return wording.rejection;
		case 'final':
			return { kind: 'failed', reason: wording.reason };
		case 'progress':
			return wording.isSure ? { kind: 'progress' } : null;
		default:
			return null;
	}
}

/** A reason within `data` is about the task, whatever the envelope says. */
function isToldAsFailed(data: unknown): boolean {
	return readTaskState(data) === 'failed' || readTaskFault(data).message !== null;
}

function meaningOfCode(answer: KieAnswer): Rejection {
	const code = answer.code ?? 0;
	const isServerError = code === 408 || (code >= 500 && code !== 501);
	return isServerError ? { kind: 'retry', reason: 'server' } : failedBecause(answer);
}

function failedBecause({ message, code, data }: KieAnswer): Rejection {
	const inner = readTaskFault(data);
	const reason = failureReasonOf(tellingOf(inner.message, [message]), inner.code ?? code);
	return { kind: 'failed', reason };
}
