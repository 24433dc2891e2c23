/** Measures this package against n8n's own nodes in real n8n, and writes `docs/benchmarks.md`. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { version } from '../../../package.json';
import { describeError, runCommand } from '../n8n/command';
import { lineNamed } from '../n8n/versions';
import { measureDownload } from './download';
import type { Section } from './figures';
import { measureHang } from './hang';
import { Lab, LINE } from './lab';
import { measureLimit } from './limit';
import { measureLoad } from './load';
import { measureLost } from './lost';
import { measureRetry } from './retry';
import { measureTrigger } from './trigger';
import { measureVideos } from './videos';
import { measureWake } from './wake';

const PARTS = new Map<string, (lab: Lab) => Promise<Section>>([
	['videos', measureVideos],
	['limit', measureLimit],
	['wake', measureWake],
	['lost', measureLost],
	['hang', measureHang],
	['retry', measureRetry],
	['download', measureDownload],
	['trigger', measureTrigger],
	['load', measureLoad],
]);
const NAMES = [...PARTS.keys()];

const DOCUMENT = join(__dirname, '../../../docs/benchmarks.md');

const HELP = `Measures this package against n8n's own nodes in real n8n, with a simulated Kie.ai.

  npm run bench                      everything, and writes docs/benchmarks.md; about half an hour
  npm run bench -- --only videos,load   some parts: ${NAMES.join(', ')}
  npm run bench -- --quick           few rounds, to try the command; too few for some targets

With --only or --quick the document is printed instead of written. The exit code is 0 when all
targets hold, 1 when one does not or a measurement failed.`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string' },
			quick: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(HELP);
	const names = values.only?.split(',') ?? NAMES;
	const unknown = names.find((name) => !PARTS.has(name));
	if (unknown) throw new Error(`Unknown part "${unknown}". Known: ${NAMES.join(', ')}.`);

	const sections: Section[] = [];
	const times: string[] = [];
	const all = Date.now();
	await Lab.open(values.quick, async (lab) => {
		for (const name of names) {
			const begin = Date.now();
			const section = await PARTS.get(name)?.(lab).catch(failed(name));
			if (section) sections.push(section);
			times.push(`${name} ${((Date.now() - begin) / 1000).toFixed(0)} s`);
		}
	});
	const minutes = ((Date.now() - all) / 60_000).toFixed(1);
	const targets = targetLines(sections);
	const document = await format(
		toDocument(sections, targets, `Measuring took ${minutes} minutes: ${times.join(', ')}.`),
		{ ...(await resolveConfig(DOCUMENT)), parser: 'markdown' },
	);
	if (values.only === undefined && !values.quick) writeFileSync(DOCUMENT, document);
	else console.log(document);
	console.log(targets);
	const isHeld = sections.every((section) =>
		section.targets.every(({ held, outOfReach }) => held || outOfReach),
	);
	if (!isHeld) process.exitCode = 1;
}

/** What stands for a part that could not be measured: the others are worth half an hour. */
function failed(name: string) {
	return (error: unknown): Section => {
		const measured = describeError(error);
		const targets = [{ promise: `The part "${name}" is measured`, measured, held: false }];
		return { title: name, method: measured, tables: [], reading: '', targets };
	};
}

/** The text of `docs/benchmarks.md`, not yet formatted. */
function toDocument(sections: readonly Section[], targets: string, duration: string): string {
	const { n8n, node } = lineNamed(LINE);
	const today = new Date().toISOString().slice(0, 10);
	return [
		'# Benchmarks',
		`Written by \`npm run bench\` on ${today}: n8n-nodes-kie-veo ${version} in n8n ${n8n} on Node.js ${node}, ${availableParallelism()} CPUs, SQLite and one process unless a section says otherwise. Kie.ai is the simulator of this repository on loopback. ${duration}`,
		'What is compared was run in turn in the same n8n, after a warm-up. Figures are medians, with the lowest and the highest of all rounds in brackets. A ratio is the median of the ratios of the rounds. Absolute times depend on the machine; ratios travel better.',
		'## Targets',
		targets,
		...sections.flatMap(({ title, method, tables, reading }) => [
			`## ${title}`,
			method,
			...tables,
			reading,
		]),
	].join('\n\n');
}

/** One line per target: whether it held, who sets it, what was measured. */
function targetLines(sections: readonly Section[]): string {
	return sections
		.flatMap(({ targets }) => targets)
		.map(({ held, promise, measured, setBy, outOfReach }) => {
			const by = setBy === undefined ? '' : ` (set by ${setBy})`;
			const why = held || outOfReach === undefined ? '' : `. Out of reach: ${outOfReach}`;
			return `- ${held ? 'held' : 'NOT HELD'}: ${promise}${by}. ${measured}${why}`;
		})
		.join('\n');
}

runCommand(main);
