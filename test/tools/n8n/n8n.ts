import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { seconds, tail } from './command';
import { placePackage, registerPackage } from './communityPackage';
import { n8nEnvironment } from './environment';
import { ensureN8n, mendHelp, mendN8n, type N8nInstall } from './install';
import { freePorts } from './ports';
import { ProcessGroup } from './processGroup';
import { printProgress, type Progress } from './progress';
import { startCommand } from './startCommand';
import { temporaryFolder } from './temporary';
import { lineNamed, type LineName } from './versions';

/** While it starts, n8n answers 200 to everything. This line is the first true sign of life. */
const READY = 'Editor is now accessible';
const READY_POLL_MS = 100;
const START_LIMIT_MS = 120_000;
const STOP_GRACE_MS = 15_000;

export interface N8nOptions {
	line: LineName;
	/** Kept over stops. Without it a temporary one is made, and removed by `stop()`. */
	userFolder?: string;
	/** Default: a free one. */
	port?: number;
	/** Additions to the environment. `undefined` removes a variable. */
	env?: NodeJS.ProcessEnv;
	/** Tarball of this package to install, as from `packTarball`. */
	packageTarball?: string;
	/** Receives n8n's output; emptied at the start, continued over restarts. */
	logFile: string;
	/** Told about a first install, which takes minutes. Default: standard error. */
	progress?: Progress;
}

/** All that is settled before n8n's first start, and holds for the restarts. */
interface Setup {
	line: LineName;
	port: number;
	userFolder: string;
	/** Whether the user folder is temporary. */
	ownsFolder: boolean;
	logFile: string;
	install: N8nInstall;
	env: NodeJS.ProcessEnv;
}

/** A real n8n on 127.0.0.1, with a SQLite database in its user folder. */
export class N8n {
	readonly line: LineName;
	readonly port: number;
	readonly userFolder: string;
	readonly logFile: string;

	private group: ProcessGroup | undefined;

	private constructor(private readonly setup: Setup) {
		({
			line: this.line,
			port: this.port,
			userFolder: this.userFolder,
			logFile: this.logFile,
		} = setup);
	}

	/**
	 * Installs the line if needed, installs the community package, starts n8n and waits until it
	 * serves. Typical: 10 s.
	 *
	 * @throws Error with the end of n8n's log when it ends or is not ready in time.
	 */
	static async start(options: N8nOptions): Promise<N8n> {
		const { line, logFile, packageTarball, progress = printProgress } = options;
		const install = await ensureN8n(lineNamed(line), progress);
		const ownsFolder = options.userFolder === undefined;
		const userFolder = resolve(options.userFolder ?? (await temporaryFolder()));
		const [freePort = 0, brokerPort = 0] = await freePorts(2);
		const port = options.port ?? freePort;
		const extra = options.env ?? {};
		const env = n8nEnvironment({ install, userFolder, port, brokerPort, extra });
		mkdirSync(userFolder, { recursive: true });
		mkdirSync(dirname(logFile), { recursive: true });
		writeFileSync(logFile, '');

		const setup = { line, port, userFolder, ownsFolder, logFile, install, env };
		const n8n = new N8n(setup);
		try {
			// Files before the start, because n8n loads them then; rows after it, because the tables
			// do not exist before.
			if (packageTarball) await placePackage(packageTarball, userFolder);
			await n8n.launchMended(progress);
			// The rows only list it in the settings; with another database it is loaded anyway.
			if (packageTarball && env.DB_TYPE === 'sqlite') {
				await registerPackage(userFolder, install, progress);
			}
		} catch (error) {
			await n8n.kill();
			n8n.removeOwnFolder();
			throw error;
		}
		return n8n;
	}

	/** Address of the editor and the API, without a slash at the end. */
	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Process id of n8n's main process, for measurements. `undefined` while it does not run. */
	get pid(): number | undefined {
		return this.group?.outcome === undefined ? this.group?.pid : undefined;
	}

	/** Ends n8n as an operator would (SIGTERM), by force after 15 s. Keeps a given user folder. */
	async stop(): Promise<void> {
		await this.group?.stop(STOP_GRACE_MS);
		this.removeOwnFolder();
	}

	/** Ends n8n at once (SIGKILL), as a crash would. `restart()` brings it back. */
	async kill(): Promise<void> {
		await this.group?.kill();
	}

	/**
	 * Stops n8n if it runs and starts it again with the same user folder, port and log. After a
	 * `kill()`, n8n itself waits 10 s before it starts, because its last session crashed.
	 */
	async restart(): Promise<void> {
		if (!existsSync(this.userFolder)) {
			throw new Error('stop() removed the temporary user folder: start a new n8n instead');
		}
		await this.group?.stop(STOP_GRACE_MS);
		await this.launch();
	}

	/** Everything n8n has printed since `start`, over restarts. */
	log(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	/**
	 * The first start finds out whether the installation in the cache is whole.
	 *
	 * @throws Error that says what to delete, with n8n's own reason as its cause
	 */
	private async launchMended(progress: Progress): Promise<void> {
		const { line } = this.setup.install;
		try {
			await this.launch();
		} catch (error) {
			// An image has no files here to replace. The other one runs, but is not ready in time.
			if (line.image || (this.group && this.group.outcome === undefined)) throw error;
			const outcome = this.group?.outcome ?? 'not started';
			const fail = (cause: unknown) => {
				throw new Error(mendHelp(line), { cause });
			};
			if (!(await mendN8n(line, { log: this.log(), outcome }, progress))) fail(error);
			await this.launch().catch(fail);
		}
	}

	private async launch(): Promise<void> {
		const { install, env } = this.setup;
		const begin = Date.now();
		const before = this.log().length;
		const { userFolder: cwd, logFile } = this;
		this.group = ProcessGroup.start(startCommand(install, ['start'], env), { env, cwd, logFile });
		while (!this.log().slice(before).includes(READY)) {
			const { outcome } = this.group;
			if (outcome !== undefined) throw this.startError(`ended while starting (${outcome})`);
			if (Date.now() - begin > START_LIMIT_MS) {
				throw this.startError(`was not ready within ${seconds(START_LIMIT_MS)}`);
			}
			await pause(READY_POLL_MS);
		}
	}

	private startError(what: string): Error {
		return new Error(
			`n8n ${this.setup.install.line.n8n} ${what} on port ${this.port}.\n` +
				`The log is ${this.logFile}. Its end:\n${tail(this.logFile, 30)}`,
		);
	}

	private removeOwnFolder(): void {
		if (this.setup.ownsFolder) rmSync(this.userFolder, { recursive: true, force: true });
	}
}
