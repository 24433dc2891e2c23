import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { kieCredential, type Stage } from '../../spec/e2e/stage';
import { triggerWorkflow } from '../../spec/e2e/workflows';
import type { CredentialReference, N8nClient } from '../n8n/client';
import type { ExecutionSummary } from '../n8n/execution';
import { SIMULATOR_KEY } from '../simulator';

/** Two, since Kie limits how much one account may submit; and one can be used to forge for the other. */
export const ACCOUNTS = [
	{ key: SIMULATOR_KEY, webhookHmacKey: 'chaos-hmac-key-of-account-0', credits: 1e7 },
	{
		key: 'chaos-api-key-of-account-1',
		webhookHmacKey: 'chaos-hmac-key-of-account-1',
		credits: 1e7,
	},
] as const;

/** Workflows with Kie.ai Trigger, active, for each account with and without Confirm. */
export class Receivers {
	private constructor(
		readonly credentials: readonly [CredentialReference, CredentialReference],
		private readonly byKind: ReadonlyMap<string, { workflowId: string; url: string }>,
	) {}

	static async open(
		{ client, simulator, n8n, credential }: Stage,
		api: ApiName,
	): Promise<Receivers> {
		const { key, webhookHmacKey } = ACCOUNTS[1];
		const second = await client.createCredential({
			...kieCredential(simulator, { apiKey: key, webhookSecret: webhookHmacKey, api }),
			name: 'Second account',
		});
		const credentials = [credential, second] as const;
		const byKind = new Map<string, { workflowId: string; url: string }>();
		for (const account of [0, 1] as const) {
			for (const confirm of [true, false]) {
				const parameters = { options: { confirm } };
				const { definition, path } = triggerWorkflow(credentials[account], parameters);
				const { id } = await client.createWorkflow(definition);
				await client.activateWorkflow(id);
				byKind.set(`${account} ${confirm}`, { workflowId: id, url: `${n8n.url}/webhook/${path}` });
			}
		}
		return new Receivers(credentials, byKind);
	}

	url(account: 0 | 1, confirm: boolean): string {
		return this.byKind.get(`${account} ${confirm}`)?.url ?? '';
	}

	/** All executions Kie's callbacks have started. */
	async executions(client: N8nClient): Promise<ExecutionSummary[]> {
		const all: ExecutionSummary[] = [];
		for (const { workflowId } of this.byKind.values()) {
			all.push(...(await client.listExecutionsAfter(workflowId)));
		}
		return all;
	}
}
