import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { n8nEnvironment, webhookAddress } from './environment';
import { ensureN8n, type N8nInstall } from './install';
import { N8n, type N8nOptions } from './n8n';
import { freePorts } from './ports';
import { ProcessGroup } from './processGroup';
import { printProgress } from './progress';
import { startServers, type Servers } from './servers';
import { startCommand } from './startCommand';
import { lineNamed } from './versions';

const READY = { worker: 'worker is now ready', webhook: 'Webhook listener waiting for requests' };
/** For all of them together, which share the processor while they start. */
const START_LIMIT_MS = 240_000;
const STOP_GRACE_MS = 15_000;

export interface QueueSize {
	/** Default 1. */
	workers?: number;
	/** How many executions a worker runs at the same time. Default: n8n's, which is 10. */
	concurrency?: number;
	/** Default 1. With 0, main receives all webhooks. */
	webhookProcesses?: number;
}

/**
 * n8n in queue mode: main, workers and webhook processes, with Redis and PostgreSQL. Webhooks are
 * reached through a balancer that sends them to main and to the webhook processes in turn.
 */
export class QueueN8n {
	private constructor(
		private readonly main: N8n,
		private readonly workers: readonly QueueProcess[],
		private readonly webhooks: readonly QueueProcess[],
		private readonly servers: Servers,
		private readonly balancer: Server,
		private readonly folder: string,
	) {}

	static async start(options: N8nOptions & QueueSize): Promise<QueueN8n> {
		const { line, progress = printProgress } = options;
		const { workers = 1, webhookProcesses = 1, concurrency } = options;
		const install = await ensureN8n(lineNamed(line), progress);
		const folder = mkdtempSync(join(tmpdir(), 'kie-veo-queue-'));
		const servers = await startServers(progress);
		const [mainPort = 0, balancerPort = 0, ...ports] = await freePorts(
			2 + 2 * (workers + webhookProcesses),
		);
		const userFolder = join(folder, 'n8n');
		const env = {
			...options.env,
			...queueEnvironment(servers),
			...webhookAddress(install.line, balancerPort),
		};
		const main = await N8n.start({ ...options, userFolder, port: mainPort, env });

		const processes = (role: Role, count: number, args: string[] = []) =>
			Array.from({ length: count }, (_, at) => {
				const [port = 0, brokerPort = 0] = ports.splice(0, 2);
				const name = `${role}-${at + 1}`;
				const setup = { role, args, install, userFolder, port, brokerPort, extra: env };
				return new QueueProcess({ ...setup, logFile: join(folder, `${name}.log`) });
			});
		const limit = concurrency === undefined ? [] : [`--concurrency=${concurrency}`];
		const webhooks = processes('webhook', webhookProcesses);
		const targets = [mainPort, ...webhooks.map(({ port }) => port)];
		const queue = new QueueN8n(
			main,
			processes('worker', workers, limit),
			webhooks,
			servers,
			await startBalancer(balancerPort, targets),
			folder,
		);
		await queue.launchOthers();
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
		return [this.main, ...this.others].map((one) => one.log()).join('\n');
	}

	/** Ends all processes at once (SIGKILL). `restart()` brings them back. */
	async kill(): Promise<void> {
		await Promise.all([this.main, ...this.others].map(async (one) => await one.kill()));
	}

	/** Ends the first worker (SIGKILL) and starts another one in its place. */
	async replaceWorker(): Promise<void> {
		const [worker] = this.workers;
		await worker?.kill();
		await worker?.launch();
	}

	async restart(): Promise<void> {
		await this.stopOthers();
		await this.main.restart();
		await this.launchOthers();
	}

	async stop(): Promise<void> {
		this.balancer.closeAllConnections();
		this.balancer.close();
		await this.stopOthers();
		await this.main.stop();
		await this.servers.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private get others(): QueueProcess[] {
		return [...this.workers, ...this.webhooks];
	}

	private async stopOthers(): Promise<void> {
		await Promise.all(this.others.map(async (one) => await one.stop()));
	}

	private async launchOthers(): Promise<void> {
		await Promise.all(this.others.map(async (one) => await one.launch()));
	}
}

function queueEnvironment({ redisPort, postgresPort }: Servers): NodeJS.ProcessEnv {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgresPort),
		DB_POSTGRESDB_USER: 'n8n',
		DB_POSTGRESDB_DATABASE: 'postgres',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
	};
}

type Role = keyof typeof READY;

interface QueueProcessSetup {
	role: Role;
	args: readonly string[];
	install: N8nInstall;
	userFolder: string;
	/** Of the webhooks; of a worker only for checks of its health. */
	port: number;
	brokerPort: number;
	extra: NodeJS.ProcessEnv;
	logFile: string;
}

/** A worker or a webhook process. */
class QueueProcess {
	readonly port: number;
	private group: ProcessGroup | undefined;

	constructor(private readonly setup: QueueProcessSetup) {
		this.port = setup.port;
		writeFileSync(setup.logFile, '');
	}

	async launch(): Promise<void> {
		const { role, args, install, userFolder, port, logFile } = this.setup;
		const before = this.log().length;
		const env = { ...n8nEnvironment(this.setup), QUEUE_HEALTH_CHECK_PORT: String(port) };
		const command = startCommand(install, [role, ...args], env);
		const group = ProcessGroup.start(command, { env, cwd: userFolder, logFile });
		this.group = group;
		const deadline = Date.now() + START_LIMIT_MS;
		while (!this.log().slice(before).includes(READY[role])) {
			if (group.outcome !== undefined || Date.now() > deadline) {
				throw new Error(`The ${role} process of n8n did not start:\n${this.log().slice(-3000)}`);
			}
			await pause(100);
		}
	}

	log(): string {
		return readFileSync(this.setup.logFile, 'utf8');
	}

	async stop(): Promise<void> {
		await this.group?.stop(STOP_GRACE_MS);
	}

	async kill(): Promise<void> {
		await this.group?.kill();
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
