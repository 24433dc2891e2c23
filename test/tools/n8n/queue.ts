import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listen } from '../simulator/network';
import { freePorts } from './ports';
import { ensureServers } from './programs';
import { Service } from './service';
import { webhookAddress } from './startCommand';

export interface QueueSize {
	/** Default 1. */
	workers?: number;
	/** How many executions a worker runs at the same time. Default: n8n's, which is 10. */
	concurrency?: number;
	/** Default 1. With 0, main receives all webhooks. */
	webhookProcesses?: number;
}

/** A process of n8n besides main. */
interface QueueProcess {
	name: string;
	role: 'worker' | 'webhook';
	args: string[];
	/** Of its server, and of its task runner broker. */
	ports: number[];
}

/**
 * Starts Redis and PostgreSQL with empty data, and a balancer under which webhooks are reached: it sends them
 * to main and to the webhook processes in turn.
 *
 * @returns the environment of all processes; workers, then webhook processes, which are still to be started; and what
 * stops the servers
 */
export async function startQueue(folder: string, mainPort: number, size: QueueSize) {
	const { workers = 1, webhookProcesses = 1, concurrency } = size;
	const [redisPort = 0, postgresPort = 0, ...ports] = await freePorts(
		2 + 2 * (workers + webhookProcesses),
	);
	const limit = concurrency === undefined ? [] : [`--concurrency=${concurrency}`];
	const processes = (role: QueueProcess['role'], count: number, args: string[]) =>
		Array.from({ length: count }, (_, at): QueueProcess => {
			return { name: `${role}-${at + 1}`, role, args, ports: ports.splice(0, 2) };
		});
	const webhooks = processes('webhook', webhookProcesses, []);

	// Not inside the other one, which PostgreSQL's own user could not enter.
	const data = mkdtempSync(join(tmpdir(), 'kie-veo-postgres-'));
	const servers = serversOf(folder, data, redisPort, postgresPort);
	await Promise.all(servers.map(async (one) => await one.start()));
	let turn = 0;
	const targets = [mainPort, ...webhooks.map(({ ports: [port] }) => port)];
	const balancer = createServer((incoming, outgoing) =>
		passOn(incoming, outgoing, `http://127.0.0.1:${targets[turn++ % targets.length]}`),
	);
	return {
		env: {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redisPort),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgresPort),
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_DATABASE: 'postgres',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			...webhookAddress(`http://127.0.0.1:${await listen(balancer)}/`),
		},
		processes: [...processes('worker', workers, limit), ...webhooks],
		stop: async () => {
			balancer.closeAllConnections();
			balancer.close();
			await Promise.all(servers.map(async (one) => await one.stop()));
			rmSync(data, { recursive: true, force: true });
		},
	};
}

function serversOf(
	folder: string,
	data: string,
	redisPort: number,
	postgresPort: number,
): Service[] {
	const { redis, postgres } = ensureServers();
	const shared = { env: { ...process.env, LC_ALL: 'C.UTF-8' }, cwd: '/' };
	const user = postgresUser();
	if (user) chownSync(data, user.uid, user.gid);
	const initdb = ['-D', data, '-U', 'n8n', '-A', 'trust'];
	execFileSync(join(postgres, 'initdb'), initdb, { ...shared, ...user });
	return [
		new Service({
			...shared,
			program: redis,
			args: [
				...['--port', String(redisPort), '--bind', '127.0.0.1'],
				...['--save', '', '--appendonly', 'no', '--dir', folder],
			],
			logFile: join(folder, 'redis.log'),
			ready: 'Ready to accept connections',
		}),
		new Service({
			...shared,
			...user,
			program: join(postgres, 'postgres'),
			args: [
				...['-D', data, '-p', String(postgresPort), '-c', 'listen_addresses=127.0.0.1'],
				...['-c', `unix_socket_directories=${data}`, '-c', 'fsync=off'],
			],
			logFile: join(folder, 'postgres.log'),
			ready: 'ready to accept connections',
		}),
	];
}

/** PostgreSQL refuses to run as root: the user that its package made takes over then. */
function postgresUser(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}

/** Lets another server answer a request. */
export function passOn(incoming: IncomingMessage, outgoing: ServerResponse, target: string): void {
	const { method, headers } = incoming;
	const onward = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
		outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
		answer.pipe(outgoing);
	});
	onward.on('error', () => outgoing.destroy());
	incoming.pipe(onward);
}
