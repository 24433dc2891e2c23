import { randomUUID } from 'node:crypto';

import type { CredentialReference, WorkflowDefinition } from '../n8n/client';
import { AFTER, connect, HTTP, ITEMS, node } from '../../spec/e2e/workflows';

const LOOP = 'Loop Over Items';
const IF = 'Finished?';
const WAIT = 'Wait';

/**
 * What people build without this package: one video after the other, each asked for until its URL is
 * in the answer, with n8n's own nodes.
 *
 * @param credential of the type `httpHeaderAuth`
 */
export function pollingLoop(
	credential: CredentialReference,
	apiUrl: string,
	taskIds: readonly string[],
	waitSeconds: number,
): WorkflowDefinition {
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		name: `Loop ${randomUUID()}`,
		nodes: [
			node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
			node(LOOP, 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1 }),
			{
				...node(HTTP, 'n8n-nodes-base.httpRequest', 4.2, {
					method: 'POST',
					url: `${apiUrl}/api/v1/veo/get-4k-video`,
					authentication: 'genericCredentialType',
					genericAuthType: 'httpHeaderAuth',
					sendBody: true,
					specifyBody: 'json',
					jsonBody: `={{ ({ taskId: $('${LOOP}').item.json.taskId, index: 0 }) }}`,
				}),
				credentials: { httpHeaderAuth: credential },
			},
			node(IF, 'n8n-nodes-base.if', 2.2, {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					combinator: 'and',
					conditions: [
						{
							id: randomUUID(),
							leftValue: '={{ ($json.data?.resultUrls ?? []).length }}',
							rightValue: 0,
							operator: { type: 'number', operation: 'gt' },
						},
					],
				},
			}),
			node(WAIT, 'n8n-nodes-base.wait', 1.1, {
				resume: 'timeInterval',
				amount: waitSeconds,
				unit: 'seconds',
			}),
			node(AFTER, 'n8n-nodes-base.set', 3.4, {
				mode: 'raw',
				jsonOutput: '={{ ({ videoUrl: $json.data.resultUrls[0] }) }}',
			}),
		],
		connections: {
			...connect(ITEMS, LOOP),
			[LOOP]: { main: [to(AFTER), to(HTTP)] },
			...connect(HTTP, IF),
			[IF]: { main: [to(LOOP), to(WAIT)] },
			...connect(WAIT, HTTP),
		},
		pinData: { [ITEMS]: taskIds.map((taskId) => ({ json: { taskId } })) },
	};
}
