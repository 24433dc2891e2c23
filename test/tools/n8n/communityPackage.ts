import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { n8n, name, version } from '../../../package.json';
import { ensureNode, type N8nInstall } from './install';
import type { Progress } from './progress';
import { NODE_WITH_SQLITE } from './versions';

const run = promisify(execFile);

const PROJECT_ROOT = resolve(__dirname, '..', '..', '..');
const REGISTER_SCRIPT = join(__dirname, 'registerPackage.mjs');

/**
 * n8n asks npm for updates whenever it lists community packages. Where the registry cannot be
 * reached, npm's own patience would hold that page back for more than a minute.
 */
const IMPATIENT_NPM = 'fetch-retries=0\nfetch-timeout=5000\n';

/** Where n8n loads this package from, once it is placed. */
export function packageFolder(userFolder: string): string {
	return join(userFolder, '.n8n', 'nodes', 'node_modules', name);
}

/**
 * Packs the built package as it would be published.
 *
 * @param destination existing folder that receives the tarball
 * @returns path of the tarball
 * @throws Error when the package is not built
 */
export async function packTarball(destination: string): Promise<string> {
	const missing = [...n8n.nodes, ...n8n.credentials].filter(
		(file) => !existsSync(join(PROJECT_ROOT, file)),
	);
	if (missing.length > 0) {
		throw new Error(`Not built: ${missing.join(', ')} missing. Run \`npm run build\` first.`);
	}
	const args = ['--ignore-scripts', '--loglevel=error', '--pack-destination', destination];
	await run('npm', ['pack', ...args], { cwd: PROJECT_ROOT });
	return join(destination, `${name}-${version}.tgz`);
}

/**
 * Puts this package's files into an n8n user folder as n8n's own installer leaves them. n8n loads
 * them when it starts next; an older version is replaced.
 */
export async function placePackage(tarball: string, userFolder: string): Promise<void> {
	const folder = packageFolder(userFolder);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await run('tar', ['-xzf', resolve(tarball), '-C', folder, '--strip-components=1']);

	// n8n installs without them.
	const manifestFile = join(folder, 'package.json');
	const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as object;
	const unused = { devDependencies: undefined, peerDependencies: undefined };
	await writeJson(manifestFile, { ...manifest, ...unused });

	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	const ledger = { name: 'installed-nodes', private: true, dependencies: { [name]: version } };
	await writeJson(join(nodesFolder, 'package.json'), ledger);
	await writeFile(join(nodesFolder, '.npmrc'), IMPATIENT_NPM);
}

/**
 * Writes the rows that make n8n list the package under Settings > Community nodes. SQLite only.
 *
 * The tables come into being when n8n starts for the first time, and n8n reads them again whenever
 * it is asked, so the moment for this is right after the start, while n8n runs.
 */
export async function registerPackage(
	userFolder: string,
	install: N8nInstall,
	progress: Progress,
): Promise<void> {
	const node = await ensureNode(NODE_WITH_SQLITE, progress);
	const database = join(userFolder, '.n8n', 'database.sqlite');
	const script = ['--disable-warning=ExperimentalWarning', REGISTER_SCRIPT];
	await run(node.program, [...script, database, packageFolder(userFolder)], {
		// The package finds n8n-workflow in n8n, as it does when n8n loads it.
		env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: install.modules },
	});
}

async function writeJson(file: string, value: object): Promise<void> {
	await writeFile(file, JSON.stringify(value, null, 2));
}
