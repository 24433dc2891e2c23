import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { listen } from '../simulator/network';

/** Written last, so that an install that was cut off is noticed and redone. */
const MARKER = '.complete.json';
/** Taken while something is installed. The system frees it, in whatever way its holder ends. */
const LOCK_PORT = 29_417;

/** What npm installs into a folder of the cache. */
interface Installation {
	/** Name of the folder, such as `n8n-2.41.1`. */
	name: string;
	/** Its package.json. Once it has changed, all is installed again. */
	manifest: Readonly<Record<string, unknown>>;
	/** Path in the folder of the file it is for. Without that file, all is installed again. */
	program: string;
	env?: NodeJS.ProcessEnv;
	/** What is left to do, since npm runs no scripts. */
	finish?: (folder: string) => void;
}

/** Folder outside the work tree that holds Node.js, n8n and Stryker, one folder per version. */
export function cacheFolder(): string {
	const { KIE_VEO_CACHE, XDG_CACHE_HOME } = process.env;
	if (KIE_VEO_CACHE) return KIE_VEO_CACHE;
	return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-kie-veo');
}

/**
 * Installs what is not in the cache yet, or not to the end, or for another kind of machine.
 *
 * @returns its folder
 */
export async function ensureInstalled(installation: Installation): Promise<string> {
	const { name, manifest, program, env, finish } = installation;
	const folder = join(cacheFolder(), name);
	const marker = join(folder, MARKER);
	const platform = `${process.platform}-${process.arch}`;
	const mark = `${JSON.stringify({ platform, recipe: manifest }, null, '\t')}\n`;
	const isComplete = () =>
		existsSync(join(folder, program)) &&
		existsSync(marker) &&
		readFileSync(marker, 'utf8') === mark;

	if (isComplete()) return folder;
	const release = await lock();
	try {
		// The process that held the lock before may have done the work.
		if (isComplete()) return folder;
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
		// Without scripts: the native build of one of n8n's dependencies cannot work everywhere.
		const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
		runStep(`Installing ${name} (up to 5 minutes)`, 'npm', args, { cwd: folder, env });
		finish?.(folder);
		writeFileSync(marker, mark);
	} catch (cause) {
		throw new Error(
			`Could not install ${name} into ${folder}.\n` +
				'Check that the npm registry is reachable, that the disk has 4 GB left, and that python3, make ' +
				'and a C++ compiler are there (Debian: apt-get install python3 make g++). Then run it again.',
			{ cause },
		);
	} finally {
		release();
	}
	return folder;
}

/**
 * Runs a command to its end. Its complaints go to standard error.
 *
 * @param label what it does, in words
 * @throws Error when it fails
 */
export function runStep(
	label: string,
	program: string,
	args: readonly string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv },
): void {
	console.error(`${label} ...`);
	execFileSync(program, args, { ...options, stdio: ['ignore', 'ignore', 2] });
}

/** Waits until no other process of this machine installs. @returns what lets the next one begin */
async function lock(): Promise<() => void> {
	for (let told = false; ; told = true) {
		const server = createServer();
		try {
			await listen(server, LOCK_PORT);
			return () => server.close();
		} catch {
			if (!told) console.error('Another process is installing; waiting for it ...');
			await pause(500);
		}
	}
}
