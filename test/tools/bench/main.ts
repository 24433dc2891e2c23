import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { format, resolveConfig } from 'prettier';

import { describeError } from '../n8n/errors';
import { lineNamed } from '../n8n/versions';
import { asRecord, textOf } from '../n8n/wire';
import { measureDownload } from './download';
import { Lab, LINE } from './lab';
import { measureLimit } from './limit';
import { measureLoad } from './load';
import { measureLost } from './lost';
import {
	allHeld,
	durationLine,
	targetLines,
	toDocument,
	type Circumstances,
	type PartTime,
	type Section,
} from './report';
import { measureTrigger } from './trigger';
import { measureVideos } from './videos';
import { measureWake } from './wake';

type Measure = (lab: Lab) => Promise<Section>;

const PARTS = new Map<string, Measure>([
	['videos', measureVideos],
	['limit', measureLimit],
	['wake', measureWake],
	['lost', measureLost],
	['download', measureDownload],
	['trigger', measureTrigger],
	['load', measureLoad],
]);

const ROOT = join(__dirname, '../../..');
const DOCUMENT = join(ROOT, 'docs/benchmarks.md');

const HELP = `Measures this package against its neighbours in real n8n, with a simulated Kie.ai.

  npm run bench                      everything, and writes docs/benchmarks.md; about half an hour
  npm run bench -- --only videos,load   some parts: ${[...PARTS.keys()].join(', ')}
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
	const parts = selected(values.only);

	const lab = new Lab(values.quick);
	const sections: Section[] = [];
	const times: PartTime[] = [];
	try {
		for (const [name, measure] of parts) {
			const begin = Date.now();
			sections.push(await measure(lab));
			times.push({ name, seconds: (Date.now() - begin) / 1000 });
		}
	} finally {
		await lab.close();
	}

	const document = await format(toDocument(sections, circumstances(times)), {
		...(await resolveConfig(DOCUMENT)),
		parser: 'markdown',
	});
	if (values.only === undefined && !values.quick) writeFileSync(DOCUMENT, document);
	else console.log(document);
	console.log(targetLines(sections));
	console.log(durationLine(times));
	if (!allHeld(sections)) process.exitCode = 1;
}

/** @throws Error for an unknown part */
function selected(only: string | undefined): Array<[name: string, measure: Measure]> {
	if (only === undefined) return [...PARTS];
	return only.split(',').map((name) => {
		const measure = PARTS.get(name);
		if (!measure) {
			throw new Error(`Unknown part "${name}". Known: ${[...PARTS.keys()].join(', ')}.`);
		}
		return [name, measure];
	});
}

function circumstances(parts: readonly PartTime[]): Circumstances {
	const { n8n, node } = lineNamed(LINE);
	const manifest = asRecord(
		JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')),
		'package',
	);
	return {
		date: new Date().toISOString().slice(0, 10),
		packageVersion: textOf(manifest, 'version', 'package'),
		n8n,
		node,
		cpus: availableParallelism(),
		command: 'npm run bench',
		parts,
	};
}

main().catch((error: unknown) => {
	console.error(describeError(error));
	process.exitCode = 1;
});
