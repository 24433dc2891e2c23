/** A promise that is checked by the run. */
export interface Target {
	/** What is promised, with the bound. */
	promise: string;
	/** What was measured. */
	measured: string;
	held: boolean;
	/** Who sets the bound, when it is not this package: another node, n8n itself, Kie.ai's limit. */
	setBy?: string;
	/** Why no change of this package can hold it. Such a target is shown, but fails no run. */
	outOfReach?: string;
}

/** What one part of the benchmarks found. All texts are Markdown. */
export interface Section {
	title: string;
	/** What was done, so that the tables can be read. */
	method: string;
	tables: readonly string[];
	/** What the figures mean, and where they do not reach. */
	reading: string;
	targets: readonly Target[];
}

/** @throws Error without a value, or with one that is not a number: a measurement has failed then */
export function median(values: readonly number[]): number {
	if (values.length === 0 || !values.every(Number.isFinite)) {
		throw new Error(`Not measured: ${values.join(', ') || 'nothing'}`);
	}
	const sorted = values.toSorted((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** `3.06 (3.05 to 3.10)`: the median of repeated measurements, and their range in brackets. */
export function shown(values: readonly number[], digits: number): string {
	// A small negative number is rounded to "-0".
	const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)].map(
		(value) => value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, ''),
	);
	return low === high ? `${middle}` : `${middle} (${low} to ${high})`;
}

/**
 * Ratios of two things that were measured in turn, round by round: what slows the machine down for a
 * while slows both. Rounds that only one of them has are left out.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
	const rounds = Math.min(ours.length, theirs.length);
	return Array.from({ length: rounds }, (_, at) => (ours[at] ?? NaN) / (theirs[at] ?? NaN));
}

/** A Markdown table of the header and the rows. */
export function table(...rows: ReadonlyArray<readonly string[]>): string {
	const [header = [], ...body] = rows;
	const rule = header.map(() => '---');
	return [header, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
