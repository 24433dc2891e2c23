import type { FailureReason, Said } from '../kie/meaning/answer';

/* What a message quotes. A user's value can be a whole file, so nothing is quoted at any length. */

/** Most characters of a value. */
const MOST_OF_A_VALUE = 200;
/** Most characters of Kie's words, which can repeat a value. */
const MOST_OF_KIES_WORDS = 300;

/** A value of any type, as a message shows it. */
export function show(value: unknown): string {
	return shorten(asJson(value));
}

/** A text of the user's, as a message shows it. Of one that is cut, its length is given. */
export function shorten(text: string, most = MOST_OF_A_VALUE): string {
	if (text.length <= most) return text;
	// Not half of a character that takes two units.
	const start = text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
	return `${start}… (${text.length} characters)`;
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
		// An object that contains itself.
		return String(value);
	}
}

/** Added to Kie's words about an upgrade. */
export const PERHAPS_REORDERED =
	'(A status request may have started, and billed, another upgrade of this video.)';

/** Kie's own words, but for a failure that Kie does not put into words. */
export function failureText(reason: FailureReason, said: string): string {
	return reason === 'reordered'
		? 'the upgrade has failed, and Kie.ai treated the status request as a new order'
		: said;
}
