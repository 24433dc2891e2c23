import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { canInstall, installWithApt, isExecutable, onPath } from './debian';
import { freePorts } from './ports';
import { ProcessGroup } from './processGroup';
import type { Progress } from './progress';

const run = promisify(execFile);
const READY_LIMIT_MS = 30_000;
const STOP_GRACE_MS = 5_000;

/** Redis and PostgreSQL for an n8n in queue mode, on free ports of 127.0.0.1. */
export interface Servers {
	redisPort: number;
	postgresPort: number;
	stop(): Promise<void>;
}

/** Programs of both servers; installed from Debian's packages where that is possible. */
async function ensureServers(progress: Progress): Promise<{ redis: string; postgres: string }> {
	const find = () => ({ redis: onPath('redis-server'), postgres: postgresFolder() });
	let found = find();
	if ((!found.redis || !found.postgres) && canInstall()) {
		await installWithApt(['redis-server', 'postgresql'], progress);
		found = find();
	}
	const { redis, postgres } = found;
	if (redis && postgres) return { redis, postgres };
	throw new Error(
		'Redis and PostgreSQL are needed for n8n in queue mode ' +
			'(Debian: apt-get install redis-server postgresql).',
	);
}

/** Starts both with empty data, which `stop()` removes. */
export async function startServers(progress: Progress): Promise<Servers> {
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-redis-'));
	// Not inside the other one, which PostgreSQL's own user could not enter.
	const data = mkdtempSync(join(tmpdir(), 'kie-veo-postgres-'));
	const programs = await ensureServers(progress);
	const [redisPort = 0, postgresPort = 0] = await freePorts(2);
	const env = { ...process.env, LC_ALL: 'C.UTF-8' };
	const logFile = join(folder, 'servers.log');
	const start = (program: string, args: string[]) =>
		ProcessGroup.start({ program, args }, { env, cwd: '/', logFile });

	const redis = start(programs.redis, [
		...['--port', String(redisPort), '--bind', '127.0.0.1'],
		...['--save', '', '--appendonly', 'no', '--dir', folder],
	]);

	const asPostgres = await postgresUser(data);
	const initdb = [join(programs.postgres, 'initdb'), '-D', data, '-U', 'n8n', '-A', 'trust'];
	await run(...command([...asPostgres, ...initdb]), { cwd: '/' });
	const postgres = start(
		...command([
			...asPostgres,
			...[join(programs.postgres, 'postgres'), '-D', data, '-p', String(postgresPort)],
			...['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`],
			...['-c', 'fsync=off'],
		]),
	);
	await Promise.all([listening(redisPort), listening(postgresPort)]);
	return {
		redisPort,
		postgresPort,
		stop: async () => {
			await Promise.all([redis.stop(STOP_GRACE_MS), postgres.stop(STOP_GRACE_MS)]);
			for (const made of [folder, data]) rmSync(made, { recursive: true, force: true });
		},
	};
}

function command([program = '', ...args]: string[]): [string, string[]] {
	return [program, args];
}

/** PostgreSQL refuses to run as root: the user that its package made takes over then. */
async function postgresUser(data: string): Promise<string[]> {
	if (process.getuid?.() !== 0) return [];
	const ids = await Promise.all(['-u', '-g'].map(async (id) => await run('id', [id, 'postgres'])));
	const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout));
	chownSync(data, uid, gid);
	return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
}

function postgresFolder(): string | undefined {
	const versions = '/usr/lib/postgresql';
	if (!statSync(versions, { throwIfNoEntry: false })) return undefined;
	return readdirSync(versions)
		.map((version) => join(versions, version, 'bin'))
		.find((folder) => isExecutable(join(folder, 'initdb')));
}

async function listening(port: number): Promise<void> {
	const deadline = Date.now() + READY_LIMIT_MS;
	for (;;) {
		const open = await new Promise<boolean>((resolve) => {
			const socket = createConnection({ port, host: '127.0.0.1' });
			socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
			socket.once('close', () => socket.destroy());
			socket.unref();
		});
		if (open) return;
		if (Date.now() > deadline) throw new Error(`Nothing listens on port ${port}`);
		await pause(100);
	}
}
