import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import { pathWith, type N8nInstall } from './install';
import type { ServiceSetup } from './service';

/**
 * Variables of the calling process that would change what n8n does. Others of Node.js stay, such
 * as NODE_EXTRA_CA_CERTS.
 */
const FOREIGN =
	/^((n8n|db|queue|executions|webhook|npm|jest|credentials|generic)_|node_(options|path|channel|v8))/i;

/** The variables that tell n8n under which address its webhooks are called: 1.x reads one, 2.x the other. */
export function webhookAddress(url: string): NodeJS.ProcessEnv {
	return { WEBHOOK_URL: url, N8N_WEBHOOK_URL: url };
}

/**
 * The environment n8n is started with: as a user's, but on the loopback only, without telemetry
 * and without anything the calling process (jest, tsx, npm) left in its own environment.
 *
 * @param brokerPort port of the task runner broker; the default one would clash between two n8n
 * @param extra laid over everything else; `undefined` removes a variable
 */
export function n8nEnvironment(
	install: N8nInstall,
	userFolder: string,
	[port, brokerPort]: readonly number[],
	extra: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
	return {
		...Object.fromEntries(inherited),
		PATH: pathWith(install.node),
		// jest sets "test", and n8n behaves differently then.
		NODE_ENV: 'production',
		NO_COLOR: '1',
		// A proxy must not see calls that stay on this machine.
		NO_PROXY: [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		...webhookAddress(`http://127.0.0.1:${port}/`),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// Of a worker, which has no other.
		QUEUE_HEALTH_CHECK_PORT: String(port),
		// The default, spelt out: tests read in the log what nodes say about paid tasks.
		N8N_LOG_LEVEL: 'info',
		N8N_SECURE_COOKIE: 'false',
		N8N_ENCRYPTION_KEY: 'only-for-tests-and-the-demo',
		DB_TYPE: 'sqlite',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		// From n8n 3.0 on, packages that n8n has not verified are not loaded without it.
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		...extra,
	};
}

/**
 * Starts n8n from the cache, or as a container that shares network, temporary files and user with
 * this process, so that the rest of the tools need not know.
 *
 * @param n8nArgs what n8n is asked to do, such as `start`
 * @param env as from `n8nEnvironment`; Docker takes the values from its own environment
 */
export function startCommand(
	{ line, node, modules }: N8nInstall,
	n8nArgs: readonly string[],
	env: NodeJS.ProcessEnv,
): Pick<ServiceSetup, 'program' | 'args' | 'container'> {
	if (!line.image) {
		const program = join(node, 'bin', 'node');
		return { program, args: [join(modules, 'n8n', 'bin', 'n8n'), ...n8nArgs] };
	}
	const container = `kie-veo-n8n-${env.N8N_PORT}`;
	const { uid, gid } = userInfo();
	// All variables but those of this machine.
	const names = Object.keys(env).filter(
		(name) => name !== 'PATH' && (FOREIGN.test(name) || env[name] !== process.env[name]),
	);
	const args = [
		...['run', '--rm', '--name', container, '--network', 'host', '--user', `${uid}:${gid}`],
		...['--volume', `${tmpdir()}:${tmpdir()}`, '--env', `HOME=${env.N8N_USER_FOLDER}`],
		...names.flatMap((name) => ['--env', name]),
		...[line.image, ...n8nArgs],
	];
	return { program: 'docker', args, container };
}
