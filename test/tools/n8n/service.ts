import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits until its standard input ends, then ends the process group $1. */
const GUARD = 'read -r _; kill -s TERM -- "-$1"; sleep 5; kill -s KILL -- "-$1"';

/** For all that share the processor while they start. */
const START_LIMIT_MS = 240_000;
const STOP_GRACE_MS = 15_000;

export interface ServiceSetup {
	program: string;
	args: readonly string[];
	/** Name of the container it runs in, which does not end when the program is killed. */
	container?: string;
	env: NodeJS.ProcessEnv;
	cwd: string;
	/** Whom it runs as. Default: the user of this process. */
	uid?: number;
	gid?: number;
	/** Receives standard output and error, continued over restarts. */
	logFile: string;
	/** What it prints once it serves. */
	ready: string;
}

/**
 * A program that serves until it is stopped, with everything it starts, in a process group of its own.
 *
 * A guard process holds the reading end of a pipe of ours. When this process ends, in whatever way
 * (SIGKILL too), the pipe closes and the guard ends the group: nothing is left behind.
 */
export class Service {
	private child: ChildProcess | undefined;

	constructor(private readonly setup: ServiceSetup) {
		writeFileSync(setup.logFile, '');
	}

	/** Everything it has printed, over restarts. */
	log(): string {
		return readFileSync(this.setup.logFile, 'utf8');
	}

	/** Process id, also the id of the group. `undefined` while it does not run. */
	get pid(): number | undefined {
		return this.child?.pid;
	}

	/**
	 * Starts it, again after a stop, and waits until it serves.
	 *
	 * @throws Error with the end of its log when it ends or is not ready in time
	 */
	async start(): Promise<void> {
		const { program, args, cwd, env, uid, gid, logFile, ready } = this.setup;
		const before = this.log().length;
		const log = openSync(logFile, 'a');
		const stdio = ['ignore' as const, log, log];
		const child = spawn(program, args, { cwd, env, uid, gid, detached: true, stdio });
		closeSync(log);
		await once(child, 'spawn');
		const group = String(child.pid);
		// Detached as well: Ctrl-C in a terminal must not end the guard before what it guards.
		const guard = spawn('sh', ['-c', GUARD, 'guard', group], {
			detached: true,
			stdio: ['pipe', 'ignore', 'ignore'],
		});
		guard.unref();
		this.child = child;
		child.once('exit', () => {
			this.child = undefined;
			// What the program started must not outlive it.
			killGroup(child);
			guard.kill('SIGKILL');
		});
		const deadline = Date.now() + START_LIMIT_MS;
		while (!this.log().slice(before).includes(ready)) {
			if (this.child === undefined || Date.now() > deadline) {
				await this.kill();
				const end = this.log().slice(-3000);
				throw new Error(
					`${[program, ...args].join(' ')} did not start. The end of its log:\n${end}`,
				);
			}
			await pause(100);
		}
	}

	/** Asks the program to end (SIGTERM); ends the whole group by force after 15 s. */
	async stop(): Promise<void> {
		const { child } = this;
		if (!child) return;
		child.kill('SIGTERM');
		const timer = setTimeout(() => void this.kill(), STOP_GRACE_MS);
		await once(child, 'exit');
		clearTimeout(timer);
	}

	/** Ends the whole group at once (SIGKILL), as a crash or a power cut would. */
	async kill(): Promise<void> {
		const { child } = this;
		if (!child) return;
		const ended = once(child, 'exit');
		if (this.setup.container) spawnSync('docker', ['kill', this.setup.container]);
		else killGroup(child);
		await ended;
	}
}

function killGroup({ pid }: ChildProcess): void {
	try {
		process.kill(-Number(pid), 'SIGKILL');
	} catch {
		// Nobody is left in the group.
	}
}
