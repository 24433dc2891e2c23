import { addressKey } from '../../../nodes/KieVeo/addresses/submission';
import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/advice';
import { kieCredential, Stage, type StageOptions } from '../../spec/e2e/stage';
import type { WorkflowDefinition } from '../n8n/client';
import type { Execution } from '../n8n/execution';
import type { LineName } from '../n8n/versions';
import { KIE_RATE_LIMIT } from '../simulator';

export const LINE: LineName = '2.x';
/** Both of Kie's, in the order in which they are shown. */
export const APIS = (['veo', 'jobs'] as const).map((api) => ({ api, name: API_LABELS[api] }));
export const HMAC_KEY = 'webhook-hmac-key-of-the-benchmarks';

/** Kie's limit: new requests of an account in each window. */
export const LIMIT = KIE_RATE_LIMIT.limit;
/** Seconds. */
export const WINDOW = KIE_RATE_LIMIT.windowMs / 1000;
/** Who sets a bound that follows from it. */
export const SET_BY_LIMIT = `Kie.ai's limit of ${LIMIT} new requests in ${WINDOW} s`;

const KEYS = Array.from({ length: 200 }, (_, at) => `bench-key-${at}`);

/** Where measurements are made: an n8n and a simulated Kie.ai, for one part or several. */
export class Lab {
	private taken = 0;

	private constructor(
		/** Few rounds, to try the command. */
		readonly quick: boolean,
		readonly stage: Stage,
	) {}

	/** Measures in an n8n that is closed afterwards. */
	static async open<T>(
		quick: boolean,
		measure: (lab: Lab) => Promise<T>,
		{ env, queue }: Pick<StageOptions, 'env' | 'queue'> = {},
	): Promise<T> {
		const stage = await Stage.open(LINE, {
			queue,
			simulator: {
				accounts: KEYS.map((key) => ({ key, credits: 100_000, webhookHmacKey: HMAC_KEY })),
			},
			// Lets the Code node, to which the trigger is compared, compute an HMAC.
			env: { NODE_FUNCTION_ALLOW_BUILTIN: 'crypto', ...env },
		});
		try {
			return await measure(new Lab(quick, stage));
		} finally {
			await stage.close();
		}
	}

	/**
	 * An account that has submitted nothing yet, so that no run waits for an earlier one's window.
	 *
	 * @param api where its credential says that orders go
	 */
	async newAccount(api: ApiName = 'veo') {
		const { client, simulator } = this.stage;
		const apiKey = KEYS[this.taken++];
		if (apiKey === undefined) throw new Error(`More than ${KEYS.length} accounts are needed`);
		const data = { apiKey, webhookSecret: HMAC_KEY, api };
		const credential = await client.createCredential(kieCredential(simulator, data));
		return { apiKey, credential, addressKey: addressKey(apiKey) };
	}

	/** Runs a workflow once, until it has ended. */
	async run(workflow: WorkflowDefinition, timeoutMs?: number): Promise<Execution> {
		const { client } = this.stage;
		return await client.runToEnd((await client.createWorkflow(workflow)).id, { timeoutMs });
	}
}
