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

/** A Markdown table with a row for each of them. */
export function table<Row>(
	rows: readonly Row[],
	columns: ReadonlyArray<readonly [title: string, cell: (row: Row) => string]>,
): string {
	const header = columns.map(([title]) => title);
	const rule = columns.map(() => '---');
	const body = rows.map((row) => columns.map(([, cell]) => cell(row)));
	return [header, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One thing that is measured in turn with others, and the figures of its rounds. */
export class Contender<Figure extends string> {
	private readonly runs: Array<Record<Figure, number | readonly number[]>> = [];

	constructor(
		readonly name: string,
		/** Measures it once. A figure can have many values, one for each video for instance. */
		readonly measure: () => Promise<Record<Figure, number | readonly number[]>>,
	) {}

	/** All values of a figure, round by round. */
	of(figure: Figure): number[] {
		return this.runs.flatMap((run) => run[figure]);
	}

	/**
	 * Ratios to another that was measured in turn, round by round: what slows the machine down for a while
	 * slows both.
	 */
	against(other: Contender<Figure>, figure: Figure): number[] {
		const theirs = other.of(figure);
		return this.of(figure).map((value, round) => value / (theirs[round] ?? NaN));
	}

	/** A figure as text, with this many digits after the point. */
	shown(figure: Figure, digits: number): string {
		return shown(this.of(figure), digits);
	}

	/** Measures all of them round by round, and has them keep the figures. */
	static async inTurn<Figure extends string>(
		part: string,
		rounds: number,
		all: ReadonlyArray<Contender<Figure>>,
		warmUp: 'warm-up' | 'no warm-up',
	): Promise<void> {
		for (let round = warmUp === 'warm-up' ? 0 : 1; round <= rounds; round++) {
			// Who begins changes: what the one before left behind must not always burden the same.
			for (const one of round % 2 === 0 ? all.toReversed() : all) {
				console.error(`${part}: round ${round} of ${rounds}, ${one.name}`);
				const run = await one.measure();
				if (round > 0) one.runs.push(run);
			}
		}
	}
}
