import { tmpdir, userInfo } from 'node:os';

import { containerVariables } from './environment';
import type { N8nInstall } from './install';

/** A command line that starts a process of n8n. */
export interface StartCommand {
	program: string;
	args: readonly string[];
	/** Name of the container it runs in, which does not end when the program is killed. */
	container?: string;
}

/**
 * Starts n8n from the cache, or as a container that shares network, temporary files and user with
 * this process, so that the rest of the tools need not know.
 *
 * @param n8nArgs what n8n is asked to do, such as `start`
 * @param env as from `n8nEnvironment`; Docker takes the values from its own environment
 */
export function startCommand(
	{ line, node, script }: N8nInstall,
	n8nArgs: readonly string[],
	env: NodeJS.ProcessEnv,
): StartCommand {
	if (!line.image) return { program: node.program, args: [script, ...n8nArgs] };
	const container = `kie-veo-n8n-${env.N8N_PORT}`;
	const { uid, gid } = userInfo();
	const args = [
		...['run', '--rm', '--name', container, '--network', 'host', '--user', `${uid}:${gid}`],
		...['--volume', `${tmpdir()}:${tmpdir()}`, '--env', `HOME=${env.N8N_USER_FOLDER}`],
		...containerVariables(env).flatMap((name) => ['--env', name]),
		...[line.image, ...n8nArgs],
	];
	return { program: 'docker', args, container };
}
