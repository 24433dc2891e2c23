import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheEntry } from '../n8n/cache';
import { runLogged } from '../n8n/command';
import { placePackage } from '../n8n/communityPackage';
import { ensureEntry, type N8nInstall } from '../n8n/install';
import type { Progress } from '../n8n/progress';
import { asRecord } from '../n8n/wire';

const run = promisify(execFile);
const PROBE = join(__dirname, 'loadProbe.mjs');

/** Community packages that call an API for media or content, as this one does. */
const NEIGHBOURS: ReadonlyArray<[name: string, version: string]> = [
	['@heygenofficial/n8n-nodes-heygen-official', '0.1.9'],
	['@mendable/n8n-nodes-firecrawl', '2.1.2'],
	['n8n-nodes-upload-post', '0.1.32'],
	['@blotato/n8n-nodes-blotato', '1.0.10'],
	['@picsart/n8n-nodes-picsart-creative-apis', '5.4.8'],
	['n8n-nodes-transcribe-com', '1.0.8'],
	['n8n-nodes-transcript-lol', '0.3.3'],
];

/** A community package as n8n's installer leaves it. */
export interface InstalledPackage {
	/** Name and version. */
	label: string;
	folder: string;
	/** Bytes. */
	tarball: number;
	/** Bytes of all files, its own dependencies among them. */
	unpacked: number;
}

/** Makes sure the other packages are in the cache, installed without scripts and peers. */
export async function ensureNeighbours(
	install: N8nInstall,
	progress: Progress,
): Promise<InstalledPackage[]> {
	const found: InstalledPackage[] = [];
	for (const [name, version] of NEIGHBOURS) {
		const entryName = `neighbour-${name.replaceAll(/[@/]/g, '-')}-${version}`;
		const recipe = { private: true, dependencies: { [name]: version } };
		const entry = cacheEntry(entryName, recipe);
		await ensureEntry(entry, progress, async (logFile) => {
			await runLogged({
				command: 'npm',
				args: ['pack', `${name}@${version}`, '--ignore-scripts', '--loglevel=error'],
				cwd: entry.folder,
				env: process.env,
				label: `Downloading ${name} ${version}`,
				logFile,
				progress,
			});
			await placePackage(tarballIn(entry.folder), entry.folder, install);
		});
		const folder = join(entry.folder, '.n8n', 'nodes', 'node_modules', name);
		found.push(describePackage(`${name} ${version}`, folder, tarballIn(entry.folder)));
	}
	return found;
}

/** Installs a tarball below a folder as n8n does. */
export async function installTarball(
	tarball: string,
	userFolder: string,
	install: N8nInstall,
): Promise<InstalledPackage> {
	const { name, version, folder } = await placePackage(tarball, userFolder, install);
	return describePackage(`${name} ${version}`, folder, tarball);
}

export interface LoadCost {
	/** To load all node and credential files and make their classes. */
	milliseconds: number;
	/** Growth of resident memory, in MB. */
	megabytes: number;
	/** Nodes and credentials. */
	classes: number;
}

/** Loads a package in a fresh process on n8n's Node.js, with n8n's own modules available. */
export async function loadCost(
	{ folder }: InstalledPackage,
	install: N8nInstall,
): Promise<LoadCost> {
	const env = { ...process.env, NODE_OPTIONS: '', NODE_PATH: install.modules };
	const { stdout } = await run(install.node.program, ['--expose-gc', PROBE, folder], { env });
	const { milliseconds, megabytes, classes } = asRecord(JSON.parse(stdout), 'load probe');
	return {
		milliseconds: Number(milliseconds),
		megabytes: Number(megabytes),
		classes: Number(classes),
	};
}

function describePackage(label: string, folder: string, tarball: string): InstalledPackage {
	return { label, folder, tarball: statSync(tarball).size, unpacked: sizeOf(folder) };
}

function tarballIn(folder: string): string {
	const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (name === undefined) throw new Error(`No tarball in ${folder}`);
	return join(folder, name);
}

function sizeOf(folder: string): number {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
