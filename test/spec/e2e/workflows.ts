import { randomUUID } from 'node:crypto';

import type {
	IConnections,
	IDataObject,
	INode,
	INodeParameters,
	NodeConnectionType,
} from 'n8n-workflow';

import { EVENTS } from '../../../nodes/KieVeo/operations';
import type { CredentialReference, WorkflowDefinition } from '../../tools/n8n/client';

/** Names of the nodes in the workflows of this file. */
export const ITEMS = 'Items';
export const KIE = 'Kie.ai';
export const TRIGGER = 'Kie.ai Trigger';
export const HTTP = 'HTTP Request';
export const AFTER = 'After';

/** Parameters of Run a Model, which makes a picture of what an item has as `tag`. */
export const RUN_MODEL = {
	resource: 'task',
	operation: 'runModel',
	modelId: { __rl: true, mode: 'id', value: 'google/nano-banana' },
	inputMode: 'json',
	inputJson: '={{ { "prompt": $json.tag } }}',
};

const ALL_EVENTS = EVENTS.map(({ value }) => value);

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
				...kieNode(KIE, credential, {
					resource: 'video',
					taskId: '={{ $json.taskId }}',
					...parameters,
				}),
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

/** A chain whose action node runs for some of its items after the other. */
export function looped(base: WorkflowDefinition, batchSize: number): WorkflowDefinition {
	const loop = node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize });
	return {
		...base,
		nodes: [...base.nodes, loop],
		connections: {
			...connect(ITEMS, 'Loop'),
			...connect(KIE, 'Loop'),
			Loop: { main: [AFTER, KIE].map((name) => [{ node: name, type: 'main', index: 0 }]) },
		},
	};
}

/** A workflow with the trigger, and the path under `/webhook/` at which it is called. */
export function triggerWorkflow(
	credential: CredentialReference,
	parameters: INodeParameters = {},
): { definition: WorkflowDefinition; path: string } {
	const webhookId = randomUUID();
	const trigger = {
		...node(TRIGGER, 'n8n-nodes-kie-veo.kieVeoTrigger', 1.1, { events: ALL_EVENTS, ...parameters }),
		webhookId,
		credentials: { kieVeoApi: credential },
	};
	const after = node(AFTER, 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput: '={{ $json }}' });
	const definition = {
		name: `Trigger ${webhookId}`,
		nodes: [trigger, after],
		connections: connect(TRIGGER, AFTER),
	};
	return { definition, path: `${webhookId}/webhook` };
}

/** Downloads a file with n8n's own HTTP Request node. */
export function httpDownload(url: string): WorkflowDefinition {
	return {
		name: HTTP,
		nodes: [
			node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
			node(HTTP, 'n8n-nodes-base.httpRequest', 4.2, {
				url,
				options: { response: { response: { responseFormat: 'file' } } },
			}),
		],
		connections: connect(ITEMS, HTTP),
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

/** The action node of this package. */
export function kieNode(
	name: string,
	credential: CredentialReference,
	parameters: INodeParameters,
): INode {
	const credentials = { kieVeoApi: credential };
	return { ...node(name, 'n8n-nodes-kie-veo.kieVeo', 1, parameters), credentials };
}

/** The tool that n8n makes of it for agents. */
export function kieTool(...of: Parameters<typeof kieNode>): INode {
	return { ...kieNode(...of), type: 'n8n-nodes-kie-veo.kieVeoTool' };
}

export function connect(from: string, to: string, type: NodeConnectionType = 'main'): IConnections {
	return { [from]: { [type]: [[{ node: to, type, index: 0 }]] } };
}
