import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { kieCredential, type Stage } from '../../spec/e2e/stage';
import { triggerWorkflow } from '../../spec/e2e/workflows';
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

export type Receivers = Awaited<ReturnType<typeof openReceivers>>;

/** Workflows with Kie.ai Trigger, active, for each account with and without Confirm. */
export async function openReceivers({ client, simulator, n8n, credential }: Stage, api: ApiName) {
	const { key, webhookHmacKey } = ACCOUNTS[1];
	const second = await client.createCredential({
		...kieCredential(simulator, { apiKey: key, webhookSecret: webhookHmacKey, api }),
		name: 'Second account',
	});
	const credentials = [credential, second] as const;
	const opened: Array<{ workflowId: string; account: 0 | 1; confirm: boolean; url: string }> = [];
	for (const account of [0, 1] as const) {
		for (const confirm of [true, false]) {
			const parameters = { options: { confirm } };
			const { definition, path } = triggerWorkflow(credentials[account], parameters);
			const { id: workflowId } = await client.createWorkflow(definition);
			await client.activateWorkflow(workflowId);
			opened.push({ workflowId, account, confirm, url: `${n8n.url}/webhook/${path}` });
		}
	}
	return {
		credentials,
		url(account: 0 | 1, confirm: boolean): string | undefined {
			return opened.find((one) => one.account === account && one.confirm === confirm)?.url;
		},
		/** All executions Kie's callbacks have started. */
		async executions(): Promise<ExecutionSummary[]> {
			const all: ExecutionSummary[] = [];
			for (const { workflowId } of opened) {
				all.push(...(await client.listExecutionsAfter(workflowId)));
			}
			return all;
		},
	};
}
