/**
 * Changes the code in every small way Stryker knows, and asks of each change that a unit test fails. Ends with
 * an error when one goes unnoticed that `explained.ts` does not explain, or when an explanation is needless.
 *
 *   npm run mutation [-- --mutate nodes/KieVeo/kie/meaning/answer.ts]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ensureInstalled } from '../n8n/cache';
import { describeError } from '../n8n/errors';
import { EXPLAINED } from './explained';

const ROOT = join(__dirname, '../../..');
const CONFIG = 'test/tools/mutation/stryker.config.json';
const REPORT = join(ROOT, 'coverage/mutation/report.json');

/** The last version for Node.js 20. In the cache, because it would double the lock file for one command. */
const VERSION = '9.6.1';
const MANIFEST = {
	private: true,
	dependencies: {
		'@stryker-mutator/core': VERSION,
		'@stryker-mutator/jest-runner': VERSION,
		'@stryker-mutator/typescript-checker': VERSION,
		typescript: '5.9.3',
	},
};

const PROGRAM = 'node_modules/@stryker-mutator/core/bin/stryker.js';

/** What is read of Stryker's report. Lines and columns count from 1. */
interface Report {
	files: Record<string, { source: string; mutants: Mutant[] }>;
}
interface Mutant {
	status: string;
	replacement: string;
	location: Record<'start' | 'end', { line: number; column: number }>;
}

/** What is changed, where it is on one line, as all that is explained. */
function originalOf(source: string, { location: { start, end } }: Mutant): string {
	const line = source.split('\n')[start.line - 1] ?? '';
	return start.line === end.line ? line.slice(start.column - 1, end.column - 1) : '';
}

async function main(args: readonly string[]): Promise<void> {
	rmSync(REPORT, { force: true });
	const name = `stryker-${VERSION}`;
	const folder = await ensureInstalled({ name, manifest: MANIFEST, program: PROGRAM });
	const command = [join(folder, PROGRAM), 'run', CONFIG, ...args];
	const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
	if (status !== 0) throw new Error(`Stryker ended with exit code ${status}`);

	const { files } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
	const survivors = Object.entries(files).flatMap(([path, { source, mutants }]) =>
		mutants
			.filter((mutant) => ['Survived', 'NoCoverage'].includes(mutant.status))
			.map((mutant) => ({ ...mutant, path, original: originalOf(source, mutant) })),
	);
	const explanationOf = ({ path, original, replacement }: (typeof survivors)[number]) =>
		EXPLAINED.find(
			(one) =>
				one.file === basename(path) && one.original === original && one.replacement === replacement,
		);
	const used = new Set(survivors.map(explanationOf));
	const examined = new Set(Object.keys(files).map((path) => basename(path)));
	const needless = EXPLAINED.filter((one) => examined.has(one.file) && !used.has(one));
	const unexplained = survivors.filter((survivor) => !explanationOf(survivor));
	for (const { path, location, original, replacement } of unexplained) {
		console.error(
			`Unexplained: ${path}:${location.start.line}\n  - ${original}\n  + ${replacement}`,
		);
	}
	for (const { file, original, replacement } of needless) {
		console.error(`Explained, but killed or gone: ${file}\n  - ${original}\n  + ${replacement}`);
	}
	console.error(`${unexplained.length} unexplained, ${needless.length} needlessly explained`);
	if (unexplained.length + needless.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(describeError(error));
	process.exitCode = 1;
});
