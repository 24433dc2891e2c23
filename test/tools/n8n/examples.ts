import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { INode } from 'n8n-workflow';

import type { CredentialReference, N8nClient, Reference, WorkflowDefinition } from './client';

/** Of the trigger in the example that receives. */
export const RECEIVER_PATH = 'kie-veo-4k-receive-example/webhook';

const FOLDER = resolve(__dirname, '..', '..', '..', 'examples');

/** File names of the example workflows, without the folder. */
export function exampleFiles(): string[] {
	return readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
}

/** What a user would pick or paste by hand, besides the credential. */
interface Picks {
	/** For the example that reads one. */
	table?: Reference;
	/** Of the n8n that runs the pair of examples: the one that submits names the address of the one that receives. */
	n8nUrl?: string;
	/** Seconds, for a stand-in for Kie that has videos ready in seconds. */
	pollInterval?: number;
}

/** @param credential goes into every node of this package */
export function readExample(
	file: string,
	credential: CredentialReference,
	{ table, n8nUrl, pollInterval }: Picks = {},
): WorkflowDefinition {
	const workflow = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as WorkflowDefinition;
	const nodes = workflow.nodes.map((node): INode => {
		const parameters = { ...node.parameters };
		if (table && node.type === 'n8n-nodes-base.dataTable') {
			const { id: value, name: cachedResultName } = table;
			parameters.dataTableId = { __rl: true, mode: 'list', value, cachedResultName };
		}
		if (n8nUrl && parameters.callBackUrl === '={{ $json.callbackUrl }}') {
			parameters.callBackUrl = `${n8nUrl}/webhook/${RECEIVER_PATH}`;
		}
		if (pollInterval && parameters.waitMode === 'poll') {
			parameters.options = { ...(parameters.options as object), pollInterval };
		}
		const isOwn = node.type.startsWith('n8n-nodes-kie-veo.');
		return { ...node, parameters, ...(isOwn && { credentials: { kieVeoApi: credential } }) };
	});
	return { ...workflow, nodes };
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
