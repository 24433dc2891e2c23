import { addressKey } from '../../../nodes/KieVeo/addresses/submission';
import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { kieCredential, Stage, type StageOptions } from '../../spec/e2e/stage';
import type { CredentialReference } from '../n8n/client';
import type { LineName } from '../n8n/versions';

export const LINE: LineName = '2.x';
/** Both of Kie's, in the order in which they are shown. */
export const APIS: readonly ApiName[] = ['veo', 'jobs'];
export const HMAC_KEY = 'webhook-hmac-key-of-the-benchmarks';

const KEYS = Array.from({ length: 200 }, (_, at) => `bench-key-${at}`);

/** One of Kie's accounts, which has its own limit of submissions. */
export interface BenchAccount {
	apiKey: string;
	credential: CredentialReference;
	/** The key that proves addresses of this account's submissions. */
	addressKey: Buffer;
}

/** Where measurements are made: one n8n for all parts, started when the first part needs it. */
export class Lab {
	private opening: Promise<Stage> | undefined;
	private taken = 0;

	constructor(
		/** Few rounds, to try the command. */
		readonly quick: boolean,
		/** How this n8n differs from one as it is. */
		private readonly options: Pick<StageOptions, 'env' | 'queue'> = {},
	) {}

	stage(): Promise<Stage> {
		this.opening ??= Stage.open(LINE, {
			queue: this.options.queue,
			simulator: {
				accounts: KEYS.map((key) => ({ key, credits: 100_000, webhookHmacKey: HMAC_KEY })),
			},
			// Lets the Code node, to which the trigger is compared, compute an HMAC.
			env: { NODE_FUNCTION_ALLOW_BUILTIN: 'crypto', ...this.options.env },
		});
		return this.opening;
	}

	/**
	 * An account that has submitted nothing yet, so that no run waits for an earlier one's window.
	 *
	 * @param api where its credential says that orders go
	 */
	async newAccount(api: ApiName = 'veo'): Promise<BenchAccount> {
		const { client, simulator } = await this.stage();
		const apiKey = KEYS[this.taken++];
		if (apiKey === undefined) throw new Error(`More than ${KEYS.length} accounts are needed`);
		const data = { apiKey, webhookSecret: HMAC_KEY, api };
		const credential = await client.createCredential(kieCredential(simulator, data));
		return { apiKey, credential, addressKey: addressKey(apiKey) };
	}

	/** Says on standard error what is being measured. */
	tell(line: string): void {
		console.error(line);
	}

	async close(): Promise<void> {
		await (await this.opening)?.close();
	}
}

/** Measures in another n8n, which is closed afterwards. */
export async function inLab<T>(lab: Lab, measure: (lab: Lab) => Promise<T>): Promise<T> {
	try {
		return await measure(lab);
	} finally {
		await lab.close();
	}
}
