import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { ensureNode, type N8nInstall } from './install';
import type { Progress } from './progress';
import { NODE_WITH_SQLITE } from './versions';
import { asArray, asRecord, isRecord, textOf, type UnknownRecord } from './wire';

const run = promisify(execFile);

const PROJECT_ROOT = resolve(__dirname, '..', '..', '..');

/** The flags of n8n's own `npm install` for a community package. */
const N8N_INSTALL_FLAGS = [
	'--audit=false',
	'--fund=false',
	'--bin-links=false',
	'--install-strategy=shallow',
	'--ignore-scripts=true',
	'--package-lock=false',
];

/**
 * n8n asks npm for updates whenever it lists community packages. Where the registry cannot be
 * reached, npm's own patience would hold that page back for more than a minute.
 */
const IMPATIENT_NPM = 'fetch-retries=0\nfetch-timeout=5000\n';

/** A community package whose files are in an n8n user folder. */
export interface CommunityPackage {
	name: string;
	version: string;
	folder: string;
}

/** Where n8n loads this package from, once it is placed. */
export function packageFolder(userFolder: string): string {
	return join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-kie-veo');
}

/**
 * Packs the built package as it would be published.
 *
 * @param destination existing folder that receives the tarball
 * @returns path of the tarball
 * @throws Error when the package is not built
 */
export async function packTarball(destination: string, root = PROJECT_ROOT): Promise<string> {
	const manifest = await readJson(join(root, 'package.json'));
	const missing = shippedFiles(manifest).filter((file) => !existsSync(join(root, file)));
	if (missing.length > 0) {
		throw new Error(`Not built: ${missing.join(', ')} missing. Run \`npm run build\` first.`);
	}
	const { stdout } = await run(
		'npm',
		['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', destination],
		{ cwd: root },
	);
	const answer: unknown = JSON.parse(stdout);
	const [packed] = asArray(answer, 'npm pack');
	return join(destination, textOf(asRecord(packed, 'npm pack'), 'filename', 'npm pack'));
}

/**
 * Puts a tarball's files into an n8n user folder by the steps of n8n's own installer. n8n loads
 * them when it starts next; an older version of the package is replaced.
 */
export async function placePackage(
	tarball: string,
	userFolder: string,
	install: N8nInstall,
): Promise<CommunityPackage> {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	await mkdir(join(nodesFolder, 'node_modules'), { recursive: true });
	// Unpacked beside its place: the name is only known from the package.json inside.
	const unpacked = await mkdtemp(join(nodesFolder, 'unpacked-'));
	try {
		await run('tar', ['-xzf', resolve(tarball), '-C', unpacked, '--strip-components=1']);
		const manifestFile = join(unpacked, 'package.json');
		const manifest = await readJson(manifestFile);
		const name = textOf(manifest, 'name', tarball);
		const version = textOf(manifest, 'version', tarball);
		await writeJson(manifestFile, withoutUnusedDependencies(manifest));
		await installDependencies(unpacked, manifest, install);

		const folder = join(nodesFolder, 'node_modules', name);
		await rm(folder, { recursive: true, force: true });
		await mkdir(dirname(folder), { recursive: true });
		await rename(unpacked, folder);
		await addToLedger(join(nodesFolder, 'package.json'), name, version);
		await writeFile(join(nodesFolder, '.npmrc'), IMPATIENT_NPM);
		return { name, version, folder };
	} finally {
		await rm(unpacked, { recursive: true, force: true });
	}
}

/**
 * Writes the rows that make n8n list the package under Settings > Community nodes. SQLite only.
 *
 * The tables come into being when n8n starts for the first time, and n8n reads them again whenever
 * it is asked, so the moment for this is right after the start, while n8n runs.
 */
export async function registerPackage(
	{ name, folder }: CommunityPackage,
	userFolder: string,
	install: N8nInstall,
	progress: Progress,
): Promise<void> {
	const node = await ensureNode(NODE_WITH_SQLITE, progress);
	const database = join(userFolder, '.n8n', 'database.sqlite');
	await run(
		node.program,
		['--disable-warning=ExperimentalWarning', REGISTER_SCRIPT, database, folder],
		// The package finds n8n-workflow in n8n, as it does when n8n loads it.
		{ env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: install.modules } },
	).catch((error: unknown) => {
		throw new Error(`Could not register ${name} in ${database}`, { cause: error });
	});
}

const REGISTER_SCRIPT = join(__dirname, 'registerPackage.mjs');

function withoutUnusedDependencies(manifest: UnknownRecord): UnknownRecord {
	const unused = new Set(['devDependencies', 'peerDependencies', 'optionalDependencies']);
	return Object.fromEntries(Object.entries(manifest).filter(([field]) => !unused.has(field)));
}

/** n8n calls npm for every package; without dependencies that does nothing but take a second. */
async function installDependencies(
	folder: string,
	manifest: UnknownRecord,
	install: N8nInstall,
): Promise<void> {
	if (!isRecord(manifest.dependencies) || Object.keys(manifest.dependencies).length === 0) return;
	const env = { ...process.env, PATH: install.node.path };
	await run('npm', ['install', ...N8N_INSTALL_FLAGS], { cwd: folder, env });
}

async function addToLedger(file: string, name: string, version: string): Promise<void> {
	const ledger = existsSync(file) ? await readJson(file) : {};
	const dependencies = isRecord(ledger.dependencies) ? ledger.dependencies : {};
	await writeJson(file, {
		name: 'installed-nodes',
		private: true,
		dependencies: { ...dependencies, [name]: version },
	});
}

/** The node and credential files that package.json promises to n8n. */
function shippedFiles(manifest: UnknownRecord): string[] {
	const n8n = isRecord(manifest.n8n) ? manifest.n8n : {};
	return [n8n.nodes, n8n.credentials]
		.flatMap((files): unknown[] => (Array.isArray(files) ? files : []))
		.filter((file) => typeof file === 'string');
}

async function readJson(file: string): Promise<UnknownRecord> {
	return asRecord(JSON.parse(await readFile(file, 'utf8')), file);
}

async function writeJson(file: string, value: UnknownRecord): Promise<void> {
	await writeFile(file, JSON.stringify(value, null, 2));
}
