/** Runs many videos through real n8n while everything goes wrong, and checks that nothing was lost. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runCommand } from '../n8n/command';
import { lineNamed } from '../n8n/versions';
import { judge } from './invariants';
import { report } from './report';
import { runChaos, type ChaosOptions } from './run';

const FOLDER = join(__dirname, '../../../coverage/chaos');

const HELP = `Runs this package in real n8n against a simulated Kie.ai that fails in every way:
lost, slow and broken answers, lost, repeated and forged callbacks, restarts of n8n.

  npm run chaos [-- options]

  --line <2.x|1.x>  line of n8n (default 2.x)
  --api <veo|jobs>  where orders go (default veo)
  --seed <n>        the same seed gives the same plan (default: at random)
  --videos <n>      how many videos at least (default 500)
  --lost <percent>  of all callbacks that never arrive, besides those that get lost anyway (default 0)
  --minutes <n>     given up, and failed, after this (default 15)`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			line: { type: 'string', default: '2.x' },
			api: { type: 'string', default: 'veo' },
			seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
			videos: { type: 'string', default: '500' },
			lost: { type: 'string', default: '0' },
			minutes: { type: 'string', default: '15' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(HELP);
	const { api } = values;
	if (api !== 'veo' && api !== 'jobs') throw new Error('--api must be veo or jobs');
	const whole = (name: 'seed' | 'videos' | 'lost' | 'minutes') => {
		if (/^\d{1,15}$/.test(values[name])) return Number(values[name]);
		throw new Error(`--${name} must be a whole number`);
	};
	const options: ChaosOptions = {
		api,
		line: lineNamed(values.line).name,
		seed: whole('seed'),
		videos: whole('videos'),
		lost: whole('lost') / 100,
		minutes: whole('minutes'),
	};
	console.error(`Chaos with seed ${options.seed}`);
	const result = await runChaos(options);
	const verdicts = judge(result.evidence);
	console.log(report(options, result, verdicts));
	if (verdicts.every(({ offenders }) => offenders.length === 0)) return;
	process.exitCode = 1;
	// What a broken promise can be explained by: the same seed need not break it again.
	const folder = join(FOLDER, `${api}-${options.seed}`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'evidence.json'), JSON.stringify(result.evidence, null, '\t'));
	writeFileSync(join(folder, 'n8n.log'), result.log);
	console.error(`Evidence and n8n's log are in ${folder}`);
}

runCommand(main);
