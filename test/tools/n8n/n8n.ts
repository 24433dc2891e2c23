import { join } from 'node:path';

import { packTarball, placePackage } from './communityPackage';
import { ensureN8n } from './install';
import { freePorts } from './ports';
import { startQueue, type QueueSize } from './queue';
import { Service } from './service';
import { n8nEnvironment, startCommand } from './startCommand';
import { lineNamed, type LineName } from './versions';

interface N8nOptions {
	line: LineName;
	/** An existing folder for all its files: the user folder, the package and the logs. The caller removes it. */
	folder: string;
	/** Default: a free one. */
	port?: number;
	/** Additions to the environment. `undefined` removes a variable. */
	env?: NodeJS.ProcessEnv;
	/** Queue mode. Default: one process with SQLite. */
	queue?: QueueSize;
}

/** A real n8n on 127.0.0.1 with this package. */
export class N8n {
	private constructor(
		/** Address of the editor and the API, without a slash at the end. */
		readonly url: string,
		/** Shared by all processes. */
		readonly userFolder: string,
		private readonly main: Service,
		/** In queue mode: workers, then webhook processes. */
		private readonly others: readonly Service[],
		private readonly stopQueue: () => Promise<void>,
	) {}

	/**
	 * Installs the line if needed, places the package, starts n8n and waits until it serves. Typical: 10 s.
	 *
	 * @throws Error with the end of n8n's log when it ends or is not ready in time
	 */
	static async start({ line, folder, port, env, queue }: N8nOptions): Promise<N8n> {
		const install = await ensureN8n(lineNamed(line));
		const userFolder = join(folder, 'n8n');
		await placePackage(await packTarball(folder), userFolder);
		const [freePort = 0, brokerPort = 0] = await freePorts(2);
		const mainPort = port ?? freePort;
		const around = queue && (await startQueue(folder, mainPort, queue));

		const service = (name: string, role: keyof typeof READY, args: string[], ports: number[]) => {
			const own = n8nEnvironment(install, userFolder, ports, { ...env, ...around?.env });
			return new Service({
				...startCommand(install, [role, ...args], own),
				env: own,
				cwd: userFolder,
				logFile: join(folder, `${name}.log`),
				ready: READY[role],
			});
		};
		const n8n = new N8n(
			`http://127.0.0.1:${mainPort}`,
			userFolder,
			service('n8n', 'start', [], [mainPort, brokerPort]),
			(around?.processes ?? []).map(({ name, role, args, ports }) =>
				service(name, role, args, ports),
			),
			async () => await around?.stop(),
		);
		try {
			await n8n.launch();
		} catch (error) {
			await n8n.stop();
			throw error;
		}
		return n8n;
	}

	/** Process id of n8n's main process, for measurements. `undefined` while it does not run. */
	get pid(): number | undefined {
		return this.main.pid;
	}

	/** Everything n8n has printed since `start`, over restarts. */
	log(): string {
		return this.services.map((one) => one.log()).join('\n');
	}

	/** Ends n8n as an operator would (SIGTERM), by force after 15 s. */
	async stop(): Promise<void> {
		await this.stopServices();
		await this.stopQueue();
	}

	/** Ends n8n at once (SIGKILL), as a crash would. `restart()` brings it back. */
	async kill(): Promise<void> {
		await Promise.all(this.services.map(async (one) => await one.kill()));
	}

	/**
	 * Stops n8n if it runs and starts it again with the same user folder, port and log. After a
	 * `kill()`, n8n itself waits 10 s before it starts, because its last session crashed.
	 */
	async restart(): Promise<void> {
		await this.stopServices();
		await this.launch();
	}

	/** Ends the first worker (SIGKILL) and starts another one in its place. */
	async replaceWorker(): Promise<void> {
		const [worker] = this.others;
		await worker?.kill();
		await worker?.start();
	}

	private get services(): Service[] {
		return [this.main, ...this.others];
	}

	private async launch(): Promise<void> {
		await this.main.start();
		await Promise.all(this.others.map(async (one) => await one.start()));
	}

	private async stopServices(): Promise<void> {
		await Promise.all(this.services.map(async (one) => await one.stop()));
	}
}

/** While main starts, it answers 200 to everything: these lines are the first true signs of life. */
const READY = {
	start: 'Editor is now accessible',
	worker: 'worker is now ready',
	webhook: 'Webhook listener waiting for requests',
};
