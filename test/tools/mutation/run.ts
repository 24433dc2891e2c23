/**
 * Changes the code in every small way Stryker knows, and asks of each change that a unit test fails. Ends with
 * an error when one goes unnoticed that is not explained here, or when an explanation is needless.
 *
 *   npm run mutation [-- --mutate nodes/KieVeo/kie/meaning/answer.ts]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

import { ensureInstalled } from '../n8n/cache';
import { runCommand } from '../n8n/command';

/** Changes that no test can notice, and why. */
const EXPLAINED = new Map([
	[
		'request.ts: age > 0 -> age >= 0',
		'An age of 0 is never out of tolerance, so it does not get here.',
	],
	[
		'publicUrl.ts: /^\\d+\\.\\d+\\.\\d+\\.\\d+$/ -> /\\d+\\.\\d+\\.\\d+\\.\\d+$/',
		'A host that ends in a number is an IPv4 address or no URL at all, by the URL standard.',
	],
	[
		'publicUrl.ts: \'\' -> "Stryker was here!"',
		'It is only for the compiler, or stands behind the 32 digits that are compared.',
	],
	['files.ts: \'\' -> "Stryker was here!"', 'What is not an address is left out, whatever it is.'],
]);

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

async function main(): Promise<void> {
	rmSync(REPORT, { force: true });
	const name = `stryker-${VERSION}`;
	const folder = await ensureInstalled({ name, manifest: MANIFEST, program: PROGRAM });
	const command = [join(folder, PROGRAM), 'run', CONFIG, ...process.argv.slice(2)];
	const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
	if (status !== 0) throw new Error(`Stryker ended with exit code ${status}`);

	const { files } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
	const unnoticed = Object.entries(files).flatMap(([path, { source, mutants }]) =>
		mutants
			.filter((mutant) => ['Survived', 'NoCoverage'].includes(mutant.status))
			.map((mutant) => ({
				change: `${basename(path)}: ${originalOf(source, mutant)} -> ${mutant.replacement}`,
				place: `${path}:${mutant.location.start.line}`,
			})),
	);
	const unexplained = unnoticed.filter(({ change }) => !EXPLAINED.has(change));
	const examined = Object.keys(files).map((path) => basename(path));
	const needless = [...EXPLAINED.keys()].filter(
		(explained) =>
			examined.some((file) => explained.startsWith(`${file}: `)) &&
			!unnoticed.some(({ change }) => change === explained),
	);
	for (const { place, change } of unexplained) console.error(`Unexplained, ${place}: ${change}`);
	for (const change of needless) console.error(`Explained, but killed or gone: ${change}`);
	console.error(`${unexplained.length} unexplained, ${needless.length} needlessly explained`);
	if (unexplained.length + needless.length > 0) process.exitCode = 1;
}

runCommand(main);
