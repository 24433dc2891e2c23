import { WebhookContext } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import type { ReceivedCallback } from '../simulator/testing';
import { additionalDataOf, workflowOf } from './context';

export interface WebhookCall {
	nodeType: INodeType;
	/** Tells nodes apart, as n8n does. Default `1`. */
	nodeId?: string;
	parameters: INodeParameters;
	credentials: ICredentialDataDecryptedObject;
	/** The call as it came in. */
	callback: ReceivedCallback;
	/** Data of the suspended execution that is called. Default: none, the call starts an execution. */
	stored?: INodeExecutionData[];
}

export interface WebhookAnswer {
	/** HTTP status; 200 where n8n answers by itself. */
	status: number;
	/** What goes on to the next node; `null` when nothing does. */
	items: INodeExecutionData[] | null;
}

/** Hands a call to a node's `webhook()` in n8n's own context, with the bytes as they were sent. */
export async function runWebhook(call: WebhookCall): Promise<WebhookAnswer> {
	const { nodeType, callback, stored } = call;
	const { name } = nodeType.description;
	const node: INode = {
		id: call.nodeId ?? '1',
		name,
		type: `n8n-nodes-kie-veo.${name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: call.parameters,
		credentials: { kieVeoApi: { id: '1', name: 'Kie.ai' } },
	};
	let status = 200;
	const response = {
		status: (code: number) => {
			status = code;
			return response;
		},
		json: () => response,
		once: () => response,
	};
	const http = {
		httpRequest: {
			rawBody: Buffer.from(callback.body),
			body: {},
			headers: callback.headers,
			params: {},
			query: Object.fromEntries(new URL(callback.path, 'http://localhost').searchParams),
		},
		httpResponse: response,
	} as unknown as Partial<IWorkflowExecuteAdditionalData>;
	const data = stored && { main: [stored] };
	const context = new WebhookContext(
		workflowOf(node, nodeType),
		node,
		additionalDataOf(call.credentials, http),
		'webhook',
		{} as IWebhookData,
		[],
		data
			? createRunExecutionData({
					executionData: { nodeExecutionStack: [{ node, data, source: null }] },
				})
			: null,
	);
	const reply = await nodeType.webhook?.call(context);
	return { status, items: reply?.workflowData?.[0] ?? null };
}
