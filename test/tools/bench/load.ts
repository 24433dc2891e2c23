import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { packageFolder, packTarball, placePackage } from '../n8n/communityPackage';
import { ensureN8n } from '../n8n/install';
import { lineNamed } from '../n8n/versions';
import { Contender, table, type Section } from './figures';
import { LINE, type Lab } from './lab';

const run = promisify(execFile);
const PROBE = join(__dirname, 'loadProbe.mjs');

/** What loading the package costs n8n. */
export async function measureLoad(lab: Lab): Promise<Section> {
	const install = await ensureN8n(lineNamed(LINE));
	const env = { ...process.env, NODE_OPTIONS: '', NODE_PATH: install.modules };
	const rounds = lab.quick ? 2 : 5;
	const user = mkdtempSync(join(tmpdir(), 'kie-veo-load-'));
	try {
		const tarball = await packTarball(user);
		await placePackage(tarball, user);
		const folder = packageFolder(user);
		const loading = new Contender('this package', async () => {
			const program = join(install.node, 'bin', 'node');
			const { stdout } = await run(program, ['--expose-gc', PROBE, folder], { env });
			return JSON.parse(stdout) as Record<'milliseconds' | 'megabytes' | 'classes', number>;
		});
		// The warm-up only brings the files into memory.
		await Contender.inTurn('load', rounds, [loading], 'warm-up');
		return {
			title: 'Cost of loading',
			method: `All node and credential files are loaded and their classes made, in a fresh process on n8n's Node.js, with n8n's own modules to resolve from and n8n-workflow loaded before. ${rounds} rounds, files already in the system's cache.`,
			tables: [
				table(
					[loading],
					[
						['Nodes and credentials', (one) => one.shown('classes', 0)],
						['Milliseconds', (one) => one.shown('milliseconds', 1)],
						['Memory, MB', (one) => one.shown('megabytes', 1)],
						['Tarball, kB', () => kilobytes(statSync(tarball).size)],
						['Unpacked, kB', () => kilobytes(sizeOf(folder))],
					],
				),
			],
			reading:
				"The package is built into four files: one for each node and credential, one for what they share. As 120 files, one for each of its sources, it took more than twice as long, most of it for finding and compiling them one by one. Memory is the growth of the process's resident memory after a garbage collection; a difference of a megabyte means little.",
			targets: [],
		};
	} finally {
		rmSync(user, { recursive: true, force: true });
	}
}

function kilobytes(bytes: number): string {
	return (bytes / 1000).toFixed(0);
}

function sizeOf(folder: string): number {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
