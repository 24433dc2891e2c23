import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { cacheEntry } from '../n8n/cache';
import { runLogged } from '../n8n/command';
import { describeError } from '../n8n/errors';
import { ensureEntry, npmInstall } from '../n8n/install';
import { printProgress } from '../n8n/progress';
import { EXPLAINED } from './explained';
import { isDetected, isPossible, judge, readMutants, type Mutant } from './report';

const ROOT = join(__dirname, '../../..');
const CONFIG = 'test/tools/mutation/stryker.config.json';
const REPORT = join(ROOT, 'coverage/mutation/report.json');

/** The last version for Node.js 20. In the cache, because it would double the lock file for one command. */
const VERSION = '9.6.1';
const RECIPE = {
	private: true,
	dependencies: {
		'@stryker-mutator/core': VERSION,
		'@stryker-mutator/jest-runner': VERSION,
		'@stryker-mutator/typescript-checker': VERSION,
		typescript: '5.9.3',
	},
};

/** Makes sure Stryker is in the cache. @returns the path of its command line script */
async function ensureStryker(): Promise<string> {
	const entry = cacheEntry(`stryker-${VERSION}`, RECIPE);
	await ensureEntry(entry, printProgress, async (logFile) => {
		const label = `Installing Stryker ${VERSION}`;
		const step = { cwd: entry.folder, env: process.env, logFile, progress: printProgress };
		await runLogged({ ...step, ...npmInstall, label });
	});
	return join(entry.folder, 'node_modules/@stryker-mutator/core/bin/stryker.js');
}

/** @throws Error when it does not finish; surviving mutants are not an error here */
function runStryker(script: string, args: readonly string[]): void {
	rmSync(REPORT, { force: true });
	const command = [script, 'run', CONFIG, ...args];
	const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
	if (status !== 0) throw new Error(`Stryker ended with exit code ${status}`);
}

function printScores(mutants: readonly Mutant[], explained: readonly Mutant[]): void {
	const row = (name: string, among: (mutant: Mutant) => boolean) => {
		const all = mutants.filter(among);
		const possible = all.filter(isPossible);
		const killed = possible.filter(isDetected).length;
		return {
			file: name,
			mutants: possible.length,
			killed,
			explained: explained.filter(among).length,
			'score %': Number(((100 * killed) / possible.length).toFixed(1)),
			'do not compile': all.length - possible.length,
		};
	};
	const files = [...new Set(mutants.map(({ file }) => file))];
	console.table([
		...files.map((name) => row(name, ({ file }) => file === name)),
		row('all', () => true),
	]);
}

/**
 * Changes the code of the meaning room and of callbacks in every small way Stryker knows, and asks of each change that a unit test
 * fails. Ends with an error when one goes unnoticed that is not explained in `explained.ts`, or when an
 * explanation has become needless.
 *
 * @param args handed on to Stryker, such as `--mutate nodes/KieVeo/kie/meaning/answer.ts`
 */
async function main(args: readonly string[]): Promise<void> {
	runStryker(await ensureStryker(), args);
	const mutants = readMutants(JSON.parse(readFileSync(REPORT, 'utf8')));
	const { explained, unexplained, needless } = judge(mutants, EXPLAINED);
	printScores(mutants, explained);

	for (const { file, lineNumber, original, replacement, status } of unexplained) {
		console.error(`${status}: ${file}:${lineNumber}\n  - ${original}\n  + ${replacement}`);
	}
	for (const { file, line, replacement } of needless) {
		console.error(`Explained, but killed or gone: ${file}\n  ${line}\n  + ${replacement}`);
	}
	console.error(`${unexplained.length} unexplained, ${needless.length} needlessly explained`);
	if (unexplained.length + needless.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(describeError(error));
	process.exitCode = 1;
});
