import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { INode } from 'n8n-workflow';

import type { CredentialReference, N8nClient, Reference, WorkflowDefinition } from './client';

const TRIGGER = 'n8n-nodes-kie-veo.kieVeoTrigger';

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

/** The table that an example reads, with videos of the simulated Kie. */
export async function createVideoTable(client: N8nClient): Promise<Reference> {
	const ids = ['veo_task_demo_2', 'veo_task_demo_3', 'veo_task_demo_no4k'];
	const columns = ['taskId', 'status', 'videoUrl', 'reason'];
	return await client.createTable(
		'Veo videos',
		columns,
		ids.map((taskId) => ({ taskId })),
	);
}

/** Picks the table in every node that wants one. */
export function readingTable(
	{ id, name }: Reference,
	workflow: WorkflowDefinition,
): WorkflowDefinition {
	const dataTableId = { __rl: true, mode: 'list', value: id, cachedResultName: name };
	const withTable = (node: INode): INode =>
		node.type === 'n8n-nodes-base.dataTable'
			? { ...node, parameters: { ...node.parameters, dataTableId } }
			: node;
	return { ...workflow, nodes: workflow.nodes.map(withTable) };
}
