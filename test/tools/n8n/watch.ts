import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import type { N8nLine } from './versions';

const PROJECT_ROOT = resolve(__dirname, '..', '..', '..');
const BUNDLER = join(PROJECT_ROOT, 'node_modules', 'rolldown', 'bin', 'cli.mjs');
const COMPILER = require.resolve('typescript/bin/tsc');
/** What n8n reads besides code. */
const ASSET = /\.(svg|node\.json)$/;

/** Makes n8n load a package again when its files change. n8n 1.x does so in development only. */
export function reloadingEnvironment({ name }: N8nLine): NodeJS.ProcessEnv {
	return { N8N_DEV_RELOAD: 'true', ...(name === '1.x' ? { NODE_ENV: 'development' } : {}) };
}

/**
 * Bundles the sources into the package of a running n8n whenever they change, and checks their types.
 *
 * @param packageFolder where n8n loads the package from
 * @returns ends it
 */
export function watchSources(packageFolder: string): () => void {
	const target = join(packageFolder, 'dist');
	const processes = [
		[BUNDLER, '-c', '--watch', '--dir', target],
		[COMPILER, '--watch', '--preserveWatchOutput'],
	].map((args) =>
		spawn(process.execPath, args, { cwd: PROJECT_ROOT, stdio: ['ignore', 'inherit', 'inherit'] }),
	);
	const assets = watch(join(PROJECT_ROOT, 'nodes'), { recursive: true }, (_event, name) => {
		if (name !== null && ASSET.test(name)) copyAsset(join('nodes', name), target);
	});
	return () => {
		for (const each of processes) each.kill();
		assets.close();
	};
}

function copyAsset(path: string, target: string): void {
	mkdirSync(dirname(join(target, path)), { recursive: true });
	try {
		copyFileSync(join(PROJECT_ROOT, path), join(target, path));
	} catch (error) {
		console.error(`${path} was not copied:`, error);
	}
}
