import {
	CLAUSE_ENDS,
	CONDITIONAL_WORDS,
	FAULT_WORDS,
	PATIENCE_WORDS,
	PROGRESS_WORDS,
	UNREADY_WORDS,
} from './progressVocabulary';
import { ACCOUNT_WORDS, FINAL_WORDS, HINTS, IMAGE_NOT_LOADED, type Vocabulary } from './vocabulary';

/* What Kie's texts say by themselves, whatever the code beside them. */

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

const NOT_ACCEPTED: ReadonlySet<string> = new Set<RetryReason>([
	'rateLimit',
	'maintenance',
	'noConnection',
	'noName',
]);

/**
 * Whether Kie has certainly not accepted the request: nothing was started, and nothing can be billed. Pure.
 */
export function isNotAccepted(reason: string): boolean {
	return NOT_ACCEPTED.has(reason);
}

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

/**
 * Kie's texts are a sentence or two. Foreign ones, which anyone can send to a callback address, could be
 * crafted to make the patterns slow.
 */
const MAX_LENGTH = 1_000;

/** What Kie's text says by itself; `null` if its code is needed to tell. Pure; never throws. */
export function readWords(message: string): Wording | null {
	const text = message.slice(0, MAX_LENGTH);
	// "Image fetch failed: 401 Unauthorized": said by the server that has the image, not about Kie's account.
	const rejection = IMAGE_NOT_LOADED.test(text) ? undefined : find(ACCOUNT_WORDS, text);
	if (rejection) return { kind: 'account', rejection };
	const reason = find(FINAL_WORDS, text);
	if (reason) return { kind: 'final', reason };
	return readProgress(text);
}

function readProgress(text: string): Wording | null {
	const clauses = text.split(CLAUSE_ENDS);
	const fault = clauses.findLastIndex(
		(clause) => FAULT_WORDS.test(clause) && !CONDITIONAL_WORDS.test(clause),
	);
	const says = (words: RegExp) => clauses.slice(fault + 1).some((clause) => words.test(clause));
	if (says(PROGRESS_WORDS)) return { kind: 'progress', isSure: true };
	// "Please check back later" is also said after a failure.
	const asksForPatience = fault === -1 && PATIENCE_WORDS.test(text);
	return asksForPatience || says(UNREADY_WORDS) ? { kind: 'progress', isSure: false } : null;
}

/**
 * Of the texts in one answer the one that tells most: about the account, then one with
 * a final reason. Otherwise the reason given with the task, even one that is not known. Pure; never throws.
 *
 * @param reason the one given with the task; `null` if there is none
 * @param others what else the answer says, the more telling fields first
 */
export function tellingOf(reason: string | null, others: readonly string[]): string {
	const rankOf = (text: string): number => {
		const words = readWords(text);
		if (words?.kind === 'account') return 0;
		if (words?.kind === 'final' && !GENERAL.includes(words.reason)) return 1;
		if (text === reason) return 2;
		if (words?.kind === 'final') return 3;
		return words === null ? 5 : 4;
	};
	const texts = reason === null ? others : [reason, ...others];
	const ranks = texts.map(rankOf);
	return texts[ranks.indexOf(Math.min(...ranks))] ?? '';
}

/** Final, but without a reason. */
const GENERAL: readonly FailureReason[] = ['taskFailed', 'other'];

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

function find<T>(table: Vocabulary<T>, text: string): T | undefined {
	return table.find(([pattern]) => pattern.test(text))?.[1];
}
