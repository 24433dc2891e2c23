import { toBoolean, toNumber } from '../kie/meaning/guards';

/* Values without what sheets, forms, models and copying put into and around them. Not for prose. */

/** What cannot be seen: joiners, marks of direction and byte order, fillers. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const QUOTES = /[\s"'`´‘’“”„«»「」]/u;

/** Whether nothing is given: a blank cell, or text in which nothing can be seen. */
export function isBlank(value: unknown): boolean {
	if (typeof value === 'string') return value.replace(INVISIBLE, '').trim() === '';
	return value === undefined || value === null;
}

/** @returns the text without invisible characters, and without white space and quotes at its ends */
export function cleaned(text: string): string {
	return withoutEnds(text.replace(INVISIBLE, ''), QUOTES, QUOTES);
}

/** A number, also in quotes or full-width digits. Anything else is `null`. */
export function numberIn(value: unknown): number | null {
	return toNumber(halfWidth(value));
}

/** True or false, also as text in any case and width. Anything else is `null`. */
export function booleanIn(value: unknown): boolean | null {
	return toBoolean(halfWidth(value));
}

function halfWidth(value: unknown): unknown {
	return typeof value === 'string' ? cleaned(value).normalize('NFKC') : value;
}

/** Strips characters from both ends. A loop, because a regular expression is slow on long texts. */
export function withoutEnds(text: string, atStart: RegExp, atEnd: RegExp): string {
	let [start, end] = [0, text.length];
	while (start < end && atStart.test(text.charAt(start))) start++;
	while (start < end && atEnd.test(text.charAt(end - 1))) end--;
	return text.slice(start, end);
}
