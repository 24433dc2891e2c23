import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { n8n, name, version } from '../../../package.json';

const run = promisify(execFile);

const PROJECT_ROOT = resolve(__dirname, '..', '..', '..');

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

/** Unpacks the package where n8n's own installer puts it, as docs/self-hosting.md says. n8n loads it at its start. */
export async function placePackage(tarball: string, userFolder: string): Promise<void> {
	const folder = packageFolder(userFolder);
	await mkdir(folder, { recursive: true });
	await run('tar', ['-xzf', resolve(tarball), '-C', folder, '--strip-components=1']);
}
