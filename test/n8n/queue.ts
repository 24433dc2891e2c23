import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { n8nEnvironment } from './environment';
import { ensureN8n } from './install';
import { N8n, type N8nOptions } from './n8n';
import { freePorts } from './ports';
import { ProcessGroup } from './processGroup';
import { printProgress } from './progress';
import { startServers, type Servers } from './servers';
import { lineNamed } from './versions';

const READY = { worker: 'worker is now ready', webhook: 'Webhook listener waiting for requests' };
const START_LIMIT_MS = 120_000;
const STOP_GRACE_MS = 15_000;

type Role = keyof typeof READY;

/**
 * n8n in queue mode: main, one worker and one webhook process, with Redis and PostgreSQL. Webhooks are
 * reached through a balancer that sends them to main and to the webhook process in turn.
 */
export class QueueN8n {
	private readonly groups = new Map<Role, ProcessGroup>();

	private constructor(
		private readonly main: N8n,
		private readonly servers: Servers,
		private readonly balancer: Server,
		private readonly folder: string,
		private readonly launch: (role: Role) => Promise<ProcessGroup>,
	) {}

	static async start(options: N8nOptions): Promise<QueueN8n> {
		const { line, progress = printProgress } = options;
		const install = await ensureN8n(lineNamed(line), progress);
		const folder = mkdtempSync(join(tmpdir(), 'kie-veo-queue-'));
		const servers = await startServers(progress);
		const [mainPort = 0, webhookPort = 0, balancerPort = 0, ...brokers] = await freePorts(5);
		const userFolder = join(folder, 'n8n');
		const extra = {
			...options.env,
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(servers.redisPort),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(servers.postgresPort),
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_DATABASE: 'postgres',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			N8N_WEBHOOK_URL: `http://127.0.0.1:${balancerPort}/`,
		};
		const main = await N8n.start({ ...options, userFolder, port: mainPort, env: extra });

		const launch = async (role: Role) => {
			const [brokerPort = 0] = brokers.slice(role === 'worker' ? 0 : 1);
			const port = webhookPort;
			const env = n8nEnvironment({ install, userFolder, port, brokerPort, extra });
			const logFile = join(folder, `${role}.log`);
			const group = ProcessGroup.start(install.node.program, [install.script, role], {
				env,
				cwd: userFolder,
				logFile,
			});
			await ready(role, group, logFile);
			return group;
		};
		const balancer = await startBalancer(balancerPort, [mainPort, webhookPort]);
		const queue = new QueueN8n(main, servers, balancer, folder, launch);
		await queue.launchAll();
		return queue;
	}

	/** Address of the editor and the API. */
	get url(): string {
		return this.main.url;
	}

	/** Process id of main. */
	get pid(): number | undefined {
		return this.main.pid;
	}

	/** Shared by all processes. */
	get userFolder(): string {
		return this.main.userFolder;
	}

	/** What all processes have printed. */
	log(): string {
		const others = (['worker', 'webhook'] as const).map((role) =>
			readFileSync(join(this.folder, `${role}.log`), 'utf8'),
		);
		return [this.main.log(), ...others].join('\n');
	}

	/** Ends all three processes at once (SIGKILL). `restart()` brings them back. */
	async kill(): Promise<void> {
		await Promise.all([...this.groups.values()].map(async (group) => await group.kill()));
		await this.main.kill();
	}

	/** Ends the worker (SIGKILL) and starts another one. */
	async replaceWorker(): Promise<void> {
		await this.groups.get('worker')?.kill();
		this.groups.set('worker', await this.launch('worker'));
	}

	async restart(): Promise<void> {
		await this.stopOthers();
		await this.main.restart();
		await this.launchAll();
	}

	async stop(): Promise<void> {
		this.balancer.closeAllConnections();
		this.balancer.close();
		await this.stopOthers();
		await this.main.stop();
		await this.servers.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async stopOthers(): Promise<void> {
		await Promise.all(
			[...this.groups.values()].map(async (group) => await group.stop(STOP_GRACE_MS)),
		);
	}

	private async launchAll(): Promise<void> {
		for (const role of ['worker', 'webhook'] as const) {
			this.groups.set(role, await this.launch(role));
		}
	}
}

async function ready(role: Role, group: ProcessGroup, logFile: string): Promise<void> {
	const deadline = Date.now() + START_LIMIT_MS;
	const before = readFileSync(logFile, 'utf8').length;
	while (!readFileSync(logFile, 'utf8').slice(before).includes(READY[role])) {
		if (group.outcome !== undefined || Date.now() > deadline) {
			const log = readFileSync(logFile, 'utf8').slice(-3000);
			throw new Error(`The ${role} process of n8n did not start:\n${log}`);
		}
		await pause(100);
	}
}

/** Passes each request on to the next of the ports, in turn. */
async function startBalancer(port: number, targets: number[]): Promise<Server> {
	let turn = 0;
	const server = createServer((incoming, outgoing) => {
		const { method, url, headers } = incoming;
		const target = targets[turn++ % targets.length];
		const passed = request({ host: '127.0.0.1', port: target, method, path: url, headers });
		passed.on('response', (response) => {
			outgoing.writeHead(response.statusCode ?? 502, response.headers);
			response.pipe(outgoing);
		});
		passed.on('error', () => outgoing.writeHead(502).end());
		incoming.pipe(passed);
	});
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	return server;
}
