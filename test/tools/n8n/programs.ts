import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { runStep } from './cache';

/* Programs of the system. What is missing is installed where this is root on Debian or Ubuntu. */

/** Path of a Chromium: `$CHROMIUM_PATH`, or one on `PATH`. */
export function ensureChromium(): string {
	const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
	return ensure(
		() => process.env.CHROMIUM_PATH || onPath(names),
		['chromium'],
		'No Chromium found. Install one (Debian: apt-get install chromium) ' +
			'or set CHROMIUM_PATH to the path of a Chromium or Chrome program.',
	);
}

/** Paths of Redis and of the folder with PostgreSQL's programs. */
export function ensureServers(): { redis: string; postgres: string } {
	return ensure(
		() => {
			const redis = onPath(['redis-server']);
			const versions = '/usr/lib/postgresql';
			const postgres = (existsSync(versions) ? readdirSync(versions) : [])
				.map((version) => join(versions, version, 'bin'))
				.find((folder) => existsSync(join(folder, 'initdb')));
			return redis && postgres ? { redis, postgres } : undefined;
		},
		['redis-server', 'postgresql'],
		'Redis and PostgreSQL are needed for n8n in queue mode ' +
			'(Debian: apt-get install redis-server postgresql).',
	);
}

/** @throws Error with the help when nothing is found and nothing can be installed */
function ensure<T>(find: () => T | undefined, packages: readonly string[], help: string): T {
	const found = find();
	if (found) return found;
	if (process.getuid?.() !== 0 || !onPath(['apt-get'])) throw new Error(help);
	const options = { cwd: tmpdir(), env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
	runStep('Updating the list of system packages', 'apt-get', ['update', '-qq'], options);
	const args = ['install', '-y', '-qq', ...packages];
	runStep(`Installing ${packages.join(', ')}`, 'apt-get', args, options);
	const installed = find();
	if (installed) return installed;
	throw new Error(help);
}

function onPath(programs: readonly string[]): string | undefined {
	const folders = (process.env.PATH ?? '').split(delimiter);
	return programs
		.flatMap((program) => folders.map((folder) => join(folder, program)))
		.find((path) => existsSync(path));
}
