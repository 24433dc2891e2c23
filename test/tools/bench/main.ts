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
import { measureLoad } from './load';
import { allHeld, targetLines, toDocument, type Section } from './report';
import { measureTrigger } from './trigger';
import { measureVideos } from './videos';
import { measureWake } from './wake';

const PARTS = new Map<string, (lab: Lab) => Promise<Section>>([
	['videos', measureVideos],
	['wake', measureWake],
	['download', measureDownload],
	['trigger', measureTrigger],
	['load', measureLoad],
]);

const ROOT = join(__dirname, '../../..');
const DOCUMENT = join(ROOT, 'docs/benchmarks.md');

const HELP = `Measures this package against its neighbours in real n8n, with a simulated Kie.ai.

  npm run bench                      everything, and writes docs/benchmarks.md
  npm run bench -- --only videos,load   some parts: ${[...PARTS.keys()].join(', ')}
  npm run bench -- --quick           few rounds, to try the command

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
	try {
		for (const part of parts) sections.push(await part(lab));
	} finally {
		await lab.close();
	}

	const document = await format(toDocument(sections, circumstances()), {
		...(await resolveConfig(DOCUMENT)),
		parser: 'markdown',
	});
	if (values.only === undefined && !values.quick) writeFileSync(DOCUMENT, document);
	else console.log(document);
	console.log(targetLines(sections));
	if (!allHeld(sections)) process.exitCode = 1;
}

/** @throws Error for an unknown part */
function selected(only: string | undefined): Array<(lab: Lab) => Promise<Section>> {
	if (only === undefined) return [...PARTS.values()];
	return only.split(',').map((name) => {
		const part = PARTS.get(name);
		if (!part) throw new Error(`Unknown part "${name}". Known: ${[...PARTS.keys()].join(', ')}.`);
		return part;
	});
}

function circumstances() {
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
	};
}

main().catch((error: unknown) => {
	console.error(describeError(error));
	process.exitCode = 1;
});
