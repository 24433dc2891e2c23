import { randomUUID } from 'node:crypto';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { kieCredential, type Stage } from '../../spec/e2e/stage';
import { AFTER, connect, node } from '../../spec/e2e/workflows';
import type { CredentialReference, N8nClient } from '../n8n/client';
import type { ExecutionSummary } from '../n8n/execution';
import { SIMULATOR_KEY } from '../simulator';

/** Two, since Kie limits how much one account may submit; and one can be used to forge for the other. */
export const ACCOUNTS = [
	{ key: SIMULATOR_KEY, webhookHmacKey: 'chaos-hmac-key-of-account-0', credits: 10_000_000 },
	{
		key: 'chaos-api-key-of-account-1',
		webhookHmacKey: 'chaos-hmac-key-of-account-1',
		credits: 1e7,
	},
] as const;

interface Receiver {
	workflowId: string;
	url: string;
}

/** Workflows with Kie.ai Trigger, active, for each account with and without Confirm. */
export class Receivers {
	private constructor(
		readonly credentials: readonly [CredentialReference, CredentialReference],
		private readonly byKind: ReadonlyMap<string, Receiver>,
	) {}

	static async open(stage: Stage, api: ApiName): Promise<Receivers> {
		const { client, simulator, n8n } = stage;
		const { key, webhookHmacKey } = ACCOUNTS[1];
		const second = await client.createCredential({
			...kieCredential(simulator, { apiKey: key, webhookSecret: webhookHmacKey, api }),
			name: 'Second account',
		});
		const credentials = [stage.credential, second] as const;
		const byKind = new Map<string, Receiver>();
		for (const account of [0, 1] as const) {
			for (const confirm of [true, false]) {
				const webhookId = randomUUID();
				const trigger = {
					...node('Kie.ai Trigger', 'n8n-nodes-kie-veo.kieVeoTrigger', 1.1, {
						options: { confirm },
					}),
					webhookId,
					credentials: { kieVeoApi: credentials[account] },
				};
				const after = node(AFTER, 'n8n-nodes-base.set', 3.4, {
					mode: 'raw',
					jsonOutput: '={{ $json }}',
				});
				const { id } = await client.createWorkflow({
					name: `Trigger of account ${account}${confirm ? ', confirming' : ''}`,
					nodes: [trigger, after],
					connections: connect('Kie.ai Trigger', AFTER),
				});
				await client.activateWorkflow(id);
				const url = `${n8n.url}/webhook/${webhookId}/webhook`;
				byKind.set(`${account} ${confirm}`, { workflowId: id, url });
			}
		}
		return new Receivers(credentials, byKind);
	}

	url(account: 0 | 1, confirm: boolean): string {
		return this.byKind.get(`${account} ${confirm}`)?.url ?? '';
	}

	/**
	 * All executions Kie's callbacks have started.
	 *
	 * @throws Error when there are more than n8n lists at once
	 */
	async executions(client: N8nClient): Promise<ExecutionSummary[]> {
		const all: ExecutionSummary[] = [];
		for (const { workflowId } of this.byKind.values()) {
			const executions = await client.listExecutions(workflowId);
			if (executions.length >= 100)
				throw new Error('Too many executions to count: use fewer videos');
			all.push(...executions);
		}
		return all;
	}
}
