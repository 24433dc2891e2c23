import { timingSafeEqual } from 'crypto';

/** Compares two texts in a time that depends only on the length of the first. */
export function equalInConstantTime(given: string, expected: string): boolean {
	const a = Buffer.from(given);
	const b = Buffer.from(expected);
	return a.length === b.length && timingSafeEqual(a, b);
}
