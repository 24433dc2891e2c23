import { randomUUID } from 'node:crypto';

import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import type { CredentialReference, WorkflowDefinition } from '../n8n/client';

/** Names of the nodes of {@link chain}. */
export const ITEMS = 'Items';
export const KIE = 'Kie.ai Veo';
export const AFTER = 'After';

/**
 * Items -> the action node -> a node that reads the linked input item through `$("Items").item`, which
 * works only when the node keeps the pairing.
 */
export function chain(
	credential: CredentialReference,
	items: IDataObject[],
	parameters: INodeParameters,
	settings: Partial<INode> = {},
): WorkflowDefinition {
	return {
		name: `Chain ${randomUUID()}`,
		nodes: [
			node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
			{
				...node(KIE, 'n8n-nodes-kie-veo.kieVeo', 1, {
					resource: 'video',
					taskId: '={{ $json.taskId }}',
					...parameters,
				}),
				credentials: { kieAiApi: credential },
				...settings,
			},
			node(AFTER, 'n8n-nodes-base.set', 3.4, {
				mode: 'raw',
				jsonOutput: `={{ ({ tag: $("${ITEMS}").item.json.tag ?? null, got: $json }) }}`,
			}),
		],
		connections: { ...connect(ITEMS, KIE), ...connect(KIE, AFTER) },
		pinData: { [ITEMS]: items.map((json) => ({ json })) },
	};
}

export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: INodeParameters,
): INode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters };
}

export function connect(from: string, to: string) {
	return { [from]: { main: [[{ node: to, type: 'main' as const, index: 0 }]] } };
}
