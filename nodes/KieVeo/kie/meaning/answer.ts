import { toNumber } from './guards';
import { is4k, readResultFiles, type ResultFiles } from './resultFiles';

/** One answer of Kie's API, read but not yet understood. */
export interface KieAnswer {
	/**
	 * The effective status: the HTTP status when it is not 2xx, otherwise the `code` of the body.
	 * `null` when there was no usable answer at all.
	 */
	code: number | null;
	/** Kie's `msg`, or a description of the fault. */
	message: string;
	data: unknown;
	/** The whole parsed body; `null` when there was none. */
	body: unknown;
	/** Set when the answer was not Kie's envelope: connection lost, HTML, cut or empty body, no `code`. */
	fault: boolean;
	/** Set when the request certainly did not get to Kie's API: it had no effect. */
	unreached?: UnreachedReason;
	/** Pause the server asked for, in milliseconds. */
	retryAfterMs: number | null;
}

/**
 * Why a request did not get to Kie's API. `wrongAddress` and `accessDenied` are said by a web server in
 * front of it, or by one that has nothing to do with Kie.
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

/** What an answer means for the video it was asked for. */
export type Meaning =
	| { kind: 'success'; files: ResultFiles }
	/** `perhapsReordered`: asking may have started, and billed, another upgrade. */
	| { kind: 'processing'; files: ResultFiles; perhapsReordered?: true }
	| Rejection;

/** An answer that is neither a result nor progress. */
export type Rejection =
	/** Final for what was asked. */
	| { kind: 'failed'; reason: FailureReason }
	/** Final for this account or key; no retry helps. */
	| { kind: 'refused'; reason: Refusal }
	/** The request got nowhere, and would not the next time either. */
	| { kind: 'unreached'; reason: Exclude<UnreachedReason, 'noConnection' | 'noName'> }
	/** Says nothing about what was asked: ask again later. */
	| { kind: 'retry'; reason: RetryReason };

export type Refusal = 'unauthorized' | 'credits' | 'keyLimit' | 'featureDisabled';
/** `taskOrServer`: record-info's server error, which can also mean that the task failed. */
export type RetryReason =
	| 'rateLimit'
	| 'maintenance'
	| 'server'
	| 'taskOrServer'
	| 'noConnection'
	| 'noName'
	| 'unreadable';

/**
 * Why Kie did not make what was asked for, as far as its own words tell; `other` where they tell nothing
 * that a user could act on. `reordered` is our own finding: asking for the state of a 4K upgrade started
 * another one, so the first has failed.
 */
export type FailureReason =
	| 'retention'
	| 'baseNotFinished'
	| 'englishOnly'
	| 'imageFetch'
	| 'contentFilter'
	| 'invalidModel'
	| 'upgradedBefore'
	| 'unavailable'
	| 'noFile'
	| 'unknownTask'
	| 'noAudio'
	| 'reordered'
	| 'other';

/** Kie's own words. */
export type Said = Pick<KieAnswer, 'code' | 'message'>;

/** The first fragment of Kie's words that matches decides. */
const FAILURE_TEXTS: ReadonlyArray<[RegExp, FailureReason]> = [
	[/14 days/i, 'retention'],
	[/status is not success/i, 'baseNotFinished'],
	[/only english/i, 'englishOnly'],
	[/fetch the image/i, 'imageFetch'],
	[/polic|flagged|rejected by flow|public error/i, 'contentFilter'],
	[/invalid model/i, 'invalidModel'],
	[/1080p[^.]*extend/i, 'upgradedBefore'],
	[/unavailable|not available/i, 'unavailable'],
	[/record result/i, 'noFile'],
	[/null|not exist|not found/i, 'unknownTask'],
];

/** Why something failed, from Kie's own words. Pure; never throws. */
export function failureReasonOf(message: string): FailureReason {
	return FAILURE_TEXTS.find(([pattern]) => pattern.test(message))?.[1] ?? 'other';
}

/** The two upgrades of a finished Veo video. */
export type Upgrade = 'get4k' | 'get1080p';

/*
 * Texts are matched as lower-case fragments: Kie changes wording and punctuation between versions
 * of its documentation.
 */
const RATE_LIMIT_TEXTS = ['rate limit', 'call frequency is too high'];

/** What Kie says about an id it does not know. */
export const RECORD_MISSING = 'record is null';

const FINAL_TEXTS = [
	'14 days',
	RECORD_MISSING,
	'recordinfo is null',
	'record does not exist',
	'record status is not success',
	'record result',
	'task not found',
	'rejected by flow',
	'content polic',
	'only english prompts',
	'failed to fetch the image',
	'public error',
	'invalid model',
];

/** "The 4K version of this video is unavailable", but not "Service Unavailable". */
const UNAVAILABLE = /\b(4k|1080p|version|video)\b[^.]*\b(unavailable|not available)\b/;

const PROCESSING_TEXTS = [
	'is processing',
	'check back',
	'shortly',
	'not ready',
	// "already done" without a URL: the file is about to appear.
	'generated successfully',
];

/** Codes that speak of the account or the service, never of the video: their text is not looked at. */
const ACCOUNT_CODES = new Map<number, Rejection>([
	[401, { kind: 'refused', reason: 'unauthorized' }],
	[402, { kind: 'refused', reason: 'credits' }],
	[429, { kind: 'retry', reason: 'rateLimit' }],
	[433, { kind: 'refused', reason: 'keyLimit' }],
	[455, { kind: 'retry', reason: 'maintenance' }],
	[505, { kind: 'refused', reason: 'featureDisabled' }],
]);

/**
 * The meaning of an answer to get-4k-video (POST) or get-1080p-video (GET).
 *
 * URLs decide first, whatever the code: a finished 4K arrives as code 422. Then codes that are only
 * about the account, then the text, then the remaining codes. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video
 * @see https://docs.kie.ai/veo3-api/get-veo-3-1080-p-video
 */
export function classifyUpgradeAnswer(upgrade: Upgrade, answer: KieAnswer): Meaning {
	const files = readResultFiles(answer.data, {
		// In record-info's shape the answer may show the base video: for 4K only an explicit 4K counts, for
		// 1080P anything but another resolution.
		trustResponse: (resolution) =>
			upgrade === 'get4k' ? is4k(resolution) : resolution === null || resolution.includes('1080'),
	});
	if (files.videoUrls.length > 0) return { kind: 'success', files };
	if (answer.fault) return meaningOfFault(answer);

	const aboutAccount = ACCOUNT_CODES.get(answer.code ?? 0);
	if (aboutAccount) return aboutAccount;

	const text = answer.message.toLowerCase();
	const says = (fragment: string) => text.includes(fragment);
	if (RATE_LIMIT_TEXTS.some(says)) return { kind: 'retry', reason: 'rateLimit' };
	if (FINAL_TEXTS.some(says) || UNAVAILABLE.test(text)) return failedBecause(answer);
	if (PROCESSING_TEXTS.some(says)) return { kind: 'processing', files };

	if (answer.code === 200) return { kind: 'processing', files };
	if (answer.code === 501) return failedBecause(answer);
	if (answer.code === 408 || (answer.code ?? 0) >= 500) return { kind: 'retry', reason: 'server' };
	// Kie never says which "non-200 code" a 1080P video that is not ready has; 400 and 422 are both
	// seen. Without a final text it is taken as such: the time-out bounds the wait.
	if (upgrade === 'get1080p' && (answer.code === 400 || answer.code === 422)) {
		return { kind: 'processing', files };
	}
	return failedBecause(answer);
}

/** The balance is a decimal number. */
export type CreditsMeaning = { kind: 'success'; credits: number } | Rejection;

/** The meaning of an answer to chat/credit. Pure; never throws. */
export function classifyCreditsAnswer(answer: KieAnswer): CreditsMeaning {
	const credits = answer.fault ? null : toNumber(answer.data);
	if (answer.code === 200 && credits !== null) return { kind: 'success', credits };
	return classifyServiceAnswer(answer);
}

/** The meaning of an answer without the result it was asked for, where no text is special. */
export function classifyServiceAnswer(answer: KieAnswer): Rejection {
	if (answer.fault) return meaningOfFault(answer);
	const aboutAccount = ACCOUNT_CODES.get(answer.code ?? 0);
	if (aboutAccount) return aboutAccount;
	const text = answer.message.toLowerCase();
	if (RATE_LIMIT_TEXTS.some((fragment) => text.includes(fragment))) {
		return { kind: 'retry', reason: 'rateLimit' };
	}
	if (answer.code === 501) return failedBecause(answer);
	if (answer.code === 408 || (answer.code ?? 0) >= 500) return { kind: 'retry', reason: 'server' };
	return failedBecause(answer);
}

function failedBecause({ message }: Said): Rejection {
	return { kind: 'failed', reason: failureReasonOf(message) };
}

function meaningOfFault({ unreached }: KieAnswer): Rejection {
	if (unreached === undefined) return { kind: 'retry', reason: 'unreadable' };
	return unreached === 'noConnection' || unreached === 'noName'
		? { kind: 'retry', reason: unreached }
		: { kind: 'unreached', reason: unreached };
}
