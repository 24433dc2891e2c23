import { withoutEnds } from './cleaned';
import { isJsonObject, parseIfJson } from '../kie/meaning/guards';

/* Lists as spreadsheets, forms, models and expressions write them. Anything but text is left as it is. */

/**
 * The entries of a list of addresses. Commas, semicolons and line breaks can also be part of an address:
 * they separate only where another address starts.
 */
export function addressesIn(value: unknown): unknown[] {
	return entriesOf(value, /(?<=[\s,;|，；、])(?=["'<“「]?(?:[a-z][a-z\d+.-]{0,20}:\/\/|data:))/i);
}

/** The entries of a list of names, which contain no commas, semicolons or line breaks. */
export function namesIn(value: unknown): unknown[] {
	return entriesOf(value, /[,;|，；、\n]/);
}

function entriesOf(value: unknown, separator: RegExp): unknown[] {
	const parsed = parseIfJson(value);
	return asArray(Array.isArray(parsed) || isJsonObject(parsed) ? parsed : (value ?? ''), separator)
		.map((entry) => (typeof entry === 'string' ? withoutMarks(entry) : entry))
		.filter((entry) => entry !== '');
}

function asArray(value: unknown, separator: RegExp): unknown[] {
	if (Array.isArray(value)) return value.flat(2);
	if (typeof value !== 'string') return [value];
	// A line break that was escaped once too often: addresses and names contain no backslashes.
	const text = value.trim().replace(/\\[nr]/g, '\n');
	return withoutBrackets(text).replace(BULLETS, '').split(separator);
}

/** "- ", "1. " and the like, at the start of a line. */
const BULLETS = /^[ \t]{0,8}(?:[-*•]|\d{1,2}[.)])[ \t]{1,8}/gm;

function withoutBrackets(text: string): string {
	return /^(?:\[[^]*\]|\([^]*\))$/.test(text) ? text.slice(1, -1) : text;
}

/** Strips what surrounds an entry. */
function withoutMarks(text: string): string {
	return withoutEnds(text, /[\s"'<,;“‘「`|，；、\p{Cf}]/u, /[\s"'>,;”’」`|，；、\p{Cf}]/u);
}
