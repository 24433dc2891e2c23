import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { INode } from 'n8n-workflow';

import type { CredentialReference, N8nClient, Reference, WorkflowDefinition } from './client';

const TRIGGER = 'n8n-nodes-kie-veo.kieVeoTrigger';

/** Of the trigger in the example that receives. */
export const RECEIVER_PATH = 'kie-veo-4k-receive-example/webhook';

const FOLDER = resolve(__dirname, '..', '..', '..', 'examples');

/** File names of the example workflows, without the folder. */
export function exampleFiles(): string[] {
	return readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
}

/** The one to begin with: from a prompt to a file that plays. */
export const FIRST_EXAMPLE = 'prompt-to-4k-file.json';

/** Whether a workflow is started by Kie, and so has to be switched on. */
export function isStartedByKie({ nodes }: WorkflowDefinition): boolean {
	return nodes.some(({ type }) => type === TRIGGER);
}

/**
 * Reads an example workflow and fills in what a user would pick by hand.
 *
 * @param credential goes into every node of this package
 */
export function readExample(file: string, credential: CredentialReference): WorkflowDefinition {
	const workflow = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as WorkflowDefinition;
	const withCredential = (node: INode): INode =>
		node.type.startsWith('n8n-nodes-kie-veo.')
			? { ...node, credentials: { kieVeoApi: credential } }
			: node;
	return { ...workflow, nodes: workflow.nodes.map(withCredential) };
}

/** Looks at videos more often, for a stand-in for Kie that has them ready in seconds. */
export function pollingEvery(seconds: number, workflow: WorkflowDefinition): WorkflowDefinition {
	const withInterval = (node: INode): INode => {
		if (node.parameters.waitMode !== 'poll') return node;
		const options = { ...(node.parameters.options as object), pollInterval: seconds };
		return { ...node, parameters: { ...node.parameters, options } };
	};
	return { ...workflow, nodes: workflow.nodes.map(withInterval) };
}

/** The table that an example reads: two prompts, and a video of the simulated Kie that was ordered earlier. */
export async function createPromptTable(
	client: N8nClient,
	name = 'Veo prompts',
): Promise<Reference> {
	const columns = ['prompt', 'status', 'taskId', 'videoUrl', 'reason'];
	return await client.createTable(name, columns, [
		{ prompt: 'A dog playing in a park' },
		{ prompt: 'A cat asleep on a sunny windowsill' },
		{ prompt: 'A paper boat in the rain', status: 'ordered', taskId: 'veo_task_demo_2' },
	]);
}

/** Fills in what a user would pick or paste by hand: the table, and the address of the example that receives. */
export function filledIn(
	{ id, name }: Reference,
	n8nUrl: string,
	workflow: WorkflowDefinition,
): WorkflowDefinition {
	const dataTableId = { __rl: true, mode: 'list', value: id, cachedResultName: name };
	const nodes = workflow.nodes.map((node) =>
		node.type === 'n8n-nodes-base.dataTable'
			? { ...node, parameters: { ...node.parameters, dataTableId } }
			: node,
	);
	return reportingTo(n8nUrl, { ...workflow, nodes });
}

/** The pair of examples, connected: the one that submits names the address of the one that receives. */
export function reportingTo(n8nUrl: string, workflow: WorkflowDefinition): WorkflowDefinition {
	const url = `${n8nUrl}/webhook/${RECEIVER_PATH}`;
	const withUrl = (node: INode): INode => {
		const { callBackUrl } = node.parameters;
		if (callBackUrl !== '={{ $json.callbackUrl }}') return node;
		return { ...node, parameters: { ...node.parameters, callBackUrl: url } };
	};
	return { ...workflow, nodes: workflow.nodes.map(withUrl) };
}
