import type { N8nInstall } from './install';
import type { N8nLine } from './versions';

export interface EnvironmentOptions {
	install: N8nInstall;
	userFolder: string;
	port: number;
	/** Port of the task runner broker. The default one would clash between two n8n. */
	brokerPort: number;
	/** Laid over everything else. `undefined` removes a variable. */
	extra: NodeJS.ProcessEnv;
}

/**
 * Variables of the calling process that would change what n8n does. Others of Node.js stay, such
 * as NODE_EXTRA_CA_CERTS.
 */
const FOREIGN =
	/^((n8n|db|queue|executions|webhook|npm|jest|credentials|generic)_|node_(options|path|channel|v8))/i;

/** The variable that tells n8n under which address its webhooks are called. */
export function webhookAddress({ name }: N8nLine, port: number): NodeJS.ProcessEnv {
	const variable = name === '1.x' ? 'WEBHOOK_URL' : 'N8N_WEBHOOK_URL';
	return { [variable]: `http://127.0.0.1:${port}/` };
}

/**
 * The environment n8n is started with: as a user's, but on the loopback only, without telemetry
 * and without anything the calling process (jest, tsx, npm) left in its own environment.
 */
export function n8nEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
	const { install, userFolder, port, brokerPort, extra } = options;
	const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
	return {
		...Object.fromEntries(inherited),
		PATH: install.node.path,
		// jest sets "test", and n8n behaves differently then.
		NODE_ENV: 'production',
		NO_COLOR: '1',
		// A proxy must not see calls that stay on this machine.
		NO_PROXY: [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		...webhookAddress(install.line, port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
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

/** Which variables of `n8nEnvironment` a container needs: all but those of this machine. */
export function containerVariables(env: NodeJS.ProcessEnv): string[] {
	const isOwn = (name: string) => FOREIGN.test(name) || env[name] !== process.env[name];
	return Object.keys(env).filter((name) => name !== 'PATH' && isOwn(name));
}
