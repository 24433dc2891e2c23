import type { FailureReason, Said } from '../kie/meaning/answer';

/* Quoted values. A user's value can be a whole file, so quotes are limited in length. */

/** Maximum characters of a value. */
const MOST_OF_A_VALUE = 200;
/** Maximum characters of a task ID, which an error can name in several places. Kie's have 36 or fewer. */
const MOST_OF_AN_ID = 40;
/** Maximum characters of Kie's words, which can repeat a value. */
const MOST_OF_KIES_WORDS = 250;

/** A value of any type, as a message shows it. */
export function show(value: unknown): string {
	return shorten(asJson(value));
}

/** The user's text, as a message shows it. A shortened one is followed by its length. */
export function shorten(text: string, most = MOST_OF_A_VALUE): string {
	if (text.length <= most) return text;
	// Never half a surrogate pair.
	const start = text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
	return `${start}… (${text.length} characters)`;
}

/** A task ID, as a message shows it. */
export function shortenId(taskId: string): string {
	return shorten(taskId, MOST_OF_AN_ID);
}

/** What Kie said, or what was wrong with its answer. */
export function wordsOf({ message, code }: Said): string {
	if (message !== '') return shorten(message, MOST_OF_KIES_WORDS);
	return code === null ? 'an answer without a code' : `code ${code}`;
}

function asJson(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		// A circular object.
		return String(value);
	}
}

/** Added to Kie's words about an upgrade. */
export const PERHAPS_REORDERED =
	'(A status request may have started, and billed, another upgrade of this video.)';

/** Kie's own words, or ours for a failure Kie has no words for. */
export function failureText(reason: FailureReason, said: string): string {
	return reason === 'reordered'
		? 'the upgrade has failed, and Kie.ai treated the status request as a new order'
		: said;
}
