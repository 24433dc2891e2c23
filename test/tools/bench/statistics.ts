/** The middle and the range of repeated measurements. */
export interface Spread {
	median: number;
	min: number;
	max: number;
}

/** @throws Error without a value, or with one that is not a number: a measurement has failed then */
export function spreadOf(values: readonly number[]): Spread {
	const sorted = [...values].sort((a, b) => a - b);
	const [min] = sorted;
	const max = sorted.at(-1);
	if (min === undefined || max === undefined) throw new Error('Nothing was measured');
	if (!sorted.every(Number.isFinite)) throw new Error(`Not a measurement: ${values.join(', ')}`);
	const upper = Math.floor(sorted.length / 2);
	const lower = Math.ceil(sorted.length / 2) - 1;
	return { median: ((sorted[lower] ?? NaN) + (sorted[upper] ?? NaN)) / 2, min, max };
}

/**
 * Ratios of two things that were measured in turn, round by round: what slows the machine down for a
 * while slows both. Rounds that only one of them has are left out.
 */
export function roundRatios(ours: readonly number[], theirs: readonly number[]): Spread {
	const rounds = Math.min(ours.length, theirs.length);
	return spreadOf(
		Array.from({ length: rounds }, (_, round) => (ours[round] ?? NaN) / (theirs[round] ?? NaN)),
	);
}
