/** Sets a target that is a comparison with what n8n brings along. */
export const N8N = "n8n's own nodes";

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

/** What one part of the benchmarks found. */
export interface Section {
	title: string;
	/** What was done, so that the tables can be read. */
	method: string;
	/** Markdown. */
	tables: readonly string[];
	/** What the figures mean, and where they do not reach. Markdown. */
	reading: string;
	targets: readonly Target[];
}

/** What was measured, and on what. */
export interface Circumstances {
	/** ISO 8601 day. */
	date: string;
	packageVersion: string;
	n8n: string;
	node: string;
	cpus: number;
	command: string;
	/** In the order in which they were measured. */
	parts: readonly PartTime[];
}

/** How long one part of the benchmarks took, its preparations included. */
export interface PartTime {
	name: string;
	seconds: number;
}

/** The text of `docs/benchmarks.md`, not yet formatted. */
export function toDocument(sections: readonly Section[], about: Circumstances): string {
	return [
		'# Benchmarks',
		`Written by \`${about.command}\` on ${about.date}: n8n-nodes-kie-veo ${about.packageVersion} in n8n ${about.n8n} on Node.js ${about.node}, ${about.cpus} CPUs, SQLite and one process unless a section says otherwise. Kie.ai is the simulator of this repository on loopback. ${durationLine(about.parts)}`,
		'What is compared was run in turn in the same n8n, after a warm-up. Figures are medians, with the lowest and the highest of all rounds in brackets. A ratio is the median of the ratios of the rounds. Absolute times depend on the machine; ratios travel better.',
		'## Targets',
		targetLines(sections),
		...sections.flatMap(({ title, method, tables, reading }) => [
			`## ${title}`,
			method,
			...tables,
			reading,
		]),
	].join('\n\n');
}

/** How long measuring took, as a sentence. */
export function durationLine(parts: readonly PartTime[]): string {
	const minutes = parts.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
	const each = parts.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`);
	return `Measuring took ${minutes.toFixed(1)} minutes: ${each.join(', ')}.`;
}

/** One line per target: whether it held, who sets it, what was measured. */
export function targetLines(sections: readonly Section[]): string {
	return sections
		.flatMap(({ targets }) => targets)
		.map(({ held, promise, measured, setBy, outOfReach }) => {
			const by = setBy === undefined ? '' : ` (set by ${setBy})`;
			const why = held || outOfReach === undefined ? '' : `. Out of reach: ${outOfReach}`;
			return `- ${held ? 'held' : 'NOT HELD'}: ${promise}${by}. ${measured}${why}`;
		})
		.join('\n');
}

/** Whether every target holds that is within this package's reach. */
export function allHeld(sections: readonly Section[]): boolean {
	return sections.every(({ targets }) =>
		targets.every(({ held, outOfReach }) => held || outOfReach !== undefined),
	);
}
