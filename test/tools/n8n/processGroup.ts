import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

import type { StartCommand } from './startCommand';
import { isRecord } from './wire';

/** Waits until its standard input ends, then ends the process group $1. */
const GUARD = 'read -r _; kill -s TERM -- "-$1"; sleep 5; kill -s KILL -- "-$1"';

export interface GroupOptions {
	env: NodeJS.ProcessEnv;
	cwd: string;
	/** Receives standard output and error, appended. */
	logFile: string;
}

/**
 * A program together with everything it starts, in a process group of its own.
 *
 * A guard process holds the reading end of a pipe of ours. When this process ends, in whatever way
 * (SIGKILL too), the pipe closes and the guard ends the group: nothing is left behind.
 */
export class ProcessGroup {
	/** Resolves to how the program ended: `exit code 1`, `SIGTERM`. */
	readonly ended: Promise<string>;

	private end: string | undefined;

	private constructor(
		private readonly main: ChildProcess,
		private readonly id: number,
		guard: ChildProcess,
		private readonly container: string | undefined,
	) {
		this.ended = new Promise((resolve) => {
			main.once('exit', (code, signal) => {
				this.end = signal ?? `exit code ${code}`;
				// What the program started must not outlive it.
				signalGroup(id, 'SIGKILL');
				guard.kill('SIGKILL');
				resolve(this.end);
			});
		});
	}

	/** @throws Error when the program cannot be started. */
	static start({ program, args, container }: StartCommand, options: GroupOptions): ProcessGroup {
		const log = openSync(options.logFile, 'a');
		try {
			const main = spawn(program, args, {
				cwd: options.cwd,
				env: options.env,
				detached: true,
				stdio: ['ignore', log, log],
			});
			// Without a listener a failed start would be thrown out of the event loop as well.
			main.once('error', () => {});
			if (main.pid === undefined) throw new Error(`Could not start ${program}`);
			// Detached as well: Ctrl-C in a terminal must not end the guard before what it guards.
			const guard = spawn('sh', ['-c', GUARD, 'guard', String(main.pid)], {
				detached: true,
				stdio: ['pipe', 'ignore', 'ignore'],
			});
			guard.unref();
			return new ProcessGroup(main, main.pid, guard, container);
		} finally {
			closeSync(log);
		}
	}

	/** Process id of the program, also the id of the group. */
	get pid(): number {
		return this.id;
	}

	/** How the program ended, or `undefined` while it runs. */
	get outcome(): string | undefined {
		return this.end;
	}

	/** Asks the program to end (SIGTERM); ends the whole group by force after `graceMs`. */
	async stop(graceMs: number): Promise<void> {
		if (this.end !== undefined) return;
		this.main.kill('SIGTERM');
		const timer = setTimeout(() => this.killAll(), graceMs);
		await this.ended;
		clearTimeout(timer);
	}

	/** Ends the whole group at once (SIGKILL), as a crash or a power cut would. */
	async kill(): Promise<void> {
		if (this.end !== undefined) return;
		this.killAll();
		await this.ended;
	}

	private killAll(): void {
		if (this.container) spawnSync('docker', ['kill', this.container]);
		else signalGroup(this.id, 'SIGKILL');
	}
}

function signalGroup(id: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-id, signal);
	} catch (error) {
		// Nobody is left in the group. Not `instanceof Error`: under jest, Node's errors are of another realm.
		if (!(isRecord(error) && error.code === 'ESRCH')) throw error;
	}
}
