import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { N8nClient, type Credential, type CredentialReference } from '../../tools/n8n/client';
import { N8n } from '../../tools/n8n/n8n';
import type { QueueSize } from '../../tools/n8n/queue';
import { LINES, type LineName } from '../../tools/n8n/versions';
import {
	SIMULATOR_KEY,
	startSimulator,
	type Simulator,
	type SimulatorOptions,
} from '../../tools/simulator';
import { until } from '../../tools/simulator/testing';

export interface StageOptions {
	simulator?: SimulatorOptions;
	/** The webhook HMAC key, in the credential and of Kie's account. */
	webhookSecret?: string;
	/** Where the credential says that orders go. Default: the field's own. */
	api?: ApiName;
	/** Queue mode. Default: one process with SQLite. */
	queue?: QueueSize;
	/** Added to n8n's environment. */
	env?: NodeJS.ProcessEnv;
}

/** A real n8n with this package installed as a community package, and a simulated Kie.ai. */
export class Stage {
	private constructor(
		readonly n8n: N8n,
		readonly client: N8nClient,
		readonly simulator: Simulator,
		/** A valid credential for the simulator. */
		readonly credential: CredentialReference,
		private readonly folder: string,
	) {}

	static async open(line: LineName, options: StageOptions = {}): Promise<Stage> {
		const folder = mkdtempSync(join(tmpdir(), 'kie-veo-e2e-'));
		const { env, queue, webhookSecret } = options;
		const accounts = [{ key: SIMULATOR_KEY, credits: 100_000, webhookHmacKey: webhookSecret }];
		const simulator = await startSimulator({ accounts, ...options.simulator });
		const n8n = await N8n.start({ line, folder, env, queue });
		const client = new N8nClient(n8n.url);
		await client.signIn();
		const credential = await client.createCredential(
			kieCredential(simulator, {
				webhookSecret: webhookSecret ?? '',
				...(options.api ? { api: options.api } : {}),
			}),
		);
		return new Stage(n8n, client, simulator, credential, folder);
	}

	/** The first line of n8n's log that holds all of these, once it is there. */
	async logged(...texts: string[]): Promise<string> {
		const find = () => {
			const lines = this.n8n.log().split('\n');
			return lines.find((line) => texts.every((text) => line.includes(text)));
		};
		return String(await until(find, (line) => line !== undefined, 30_000));
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		await this.simulator.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Rows for `describe.each`: the lines as they are, then some of them in queue mode. */
export function inBothModes(
	queue: QueueSize,
	inQueue = LINES,
): Array<[name: string, line: LineName, queue: QueueSize | undefined]> {
	return [
		...LINES.map(({ name }): [string, LineName, undefined] => [name, name, undefined]),
		...inQueue.map(({ name }): [string, LineName, QueueSize] => [
			`${name} in queue mode`,
			name,
			queue,
		]),
	];
}

export function kieCredential(
	{ apiUrl, uploadUrl }: Simulator,
	data: { apiKey?: string; baseUrl?: string; webhookSecret?: string; api?: ApiName } = {},
): Credential {
	return {
		name: 'Kie.ai API',
		type: 'kieVeoApi',
		data: {
			apiKey: SIMULATOR_KEY,
			baseUrl: apiUrl,
			uploadBaseUrl: uploadUrl,
			webhookSecret: '',
			...data,
		},
	};
}
