import { createHmac, timingSafeEqual } from 'crypto';

import { parseIfJson } from '../values';

/*
 * What an address says, with a proof that it was made here: the JSON in base64url, a dot, and the HMAC-SHA256 of
 * that text in base64url. A query holds both as they are.
 */

/** @param content anything that JSON can hold */
export function makeToken(content: object, key: Buffer): string {
	const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
	return `${payload}.${proofOf(payload, key)}`;
}

/**
 * Pure; never throws.
 *
 * @param token the query parameter as the web server parsed it
 * @returns the content, possibly that of another version of this package; `undefined` unless the token was
 * made with this key
 */
export function readToken(token: unknown, key: Buffer): unknown {
	if (typeof token !== 'string') return undefined;
	const dot = token.indexOf('.');
	const payload = token.slice(0, dot);
	if (!equalInConstantTime(token.slice(dot + 1), proofOf(payload, key))) return undefined;
	return parseIfJson(Buffer.from(payload, 'base64url').toString());
}

function proofOf(payload: string, key: Buffer): string {
	return createHmac('sha256', key).update(payload).digest('base64url');
}

/** Compares two texts in a time that depends only on the length of the first. */
export function equalInConstantTime(given: string, expected: string): boolean {
	const a = Buffer.from(given);
	const b = Buffer.from(expected);
	return a.length === b.length && timingSafeEqual(a, b);
}
