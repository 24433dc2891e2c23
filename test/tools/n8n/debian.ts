import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { runLogged } from './command';
import type { Progress } from './progress';

/** Path of a program on `PATH`. */
export function onPath(program: string): string | undefined {
	return (process.env.PATH ?? '')
		.split(delimiter)
		.filter((folder) => folder !== '')
		.map((folder) => join(folder, program))
		.find(isExecutable);
}

export function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Whether this process may install packages of Debian or Ubuntu. */
export function canInstall(): boolean {
	return process.getuid?.() === 0 && onPath('apt-get') !== undefined;
}

/** Installs packages with apt-get. Only where {@link canInstall}. */
export async function installWithApt(packages: string[], progress: Progress): Promise<void> {
	const step = {
		command: 'apt-get',
		cwd: tmpdir(),
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		logFile: join(tmpdir(), `install-${packages[0]}.log`),
		progress,
	};
	await runLogged({ ...step, args: ['update'], label: 'Updating the list of system packages' });
	const label = `Installing ${packages.join(', ')}`;
	await runLogged({ ...step, args: ['install', '-y', ...packages], label });
}
