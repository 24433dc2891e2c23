import { WebhookContext } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type IExecuteContextData,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type OnError,
} from 'n8n-workflow';

import type { ReceivedCallback } from '../../tools/simulator/testing';
import { additionalDataOf, workflowOf } from './context';

export interface WebhookCall {
	nodeType: INodeType;
	/** Tells nodes apart, as n8n does. Default `1`. */
	nodeId?: string;
	parameters: INodeParameters;
	credentials: ICredentialDataDecryptedObject;
	/** Of the workflow. */
	settings?: IWorkflowSettings;
	onError?: OnError;
	/** The call as it came in. */
	callback: ReceivedCallback;
	/** Data of the suspended execution that is called. Default: none, the call starts an execution. */
	stored?: INodeExecutionData[];
	/** What the suspended execution keeps besides. */
	contextData?: IExecuteContextData;
	/** What signs its resume address; nothing on n8n 1.x. */
	resumeToken?: string;
	/** What n8n knows around the execution, where it differs from the default. */
	surroundings?: Partial<IWorkflowExecuteAdditionalData>;
}

export interface WebhookAnswer {
	/** HTTP status; 200 where n8n answers by itself. */
	status: number;
	/** What the node answered by itself. */
	body: unknown;
	/** What is passed to the next node; `null` when nothing is. */
	items: INodeExecutionData[] | null;
}

/** Hands a call to a node's `webhook()` in n8n's own context, with the bytes as they were sent. */
export async function runWebhook(call: WebhookCall): Promise<WebhookAnswer> {
	const { nodeType, callback, stored, contextData = {}, surroundings = {} } = call;
	const node: INode = {
		id: call.nodeId ?? '1',
		name: String(nodeType.description.defaults.name),
		type: `n8n-nodes-kie-veo.${nodeType.description.name}`,
		typeVersion: 1,
		position: [0, 0],
		parameters: call.parameters,
		credentials: { kieVeoApi: { id: '1', name: 'Kie.ai' } },
		onError: call.onError,
	};
	let status = 200;
	let body: unknown;
	const response = {
		status: (code: number) => {
			status = code;
			return response;
		},
		json: (sent: unknown) => {
			body = sent;
			return response;
		},
		once: () => response,
	};
	const http = {
		...surroundings,
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
	const runData =
		data &&
		createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node, data, source: null }], contextData },
		});
	if (runData) runData.resumeToken = call.resumeToken;
	const context = new WebhookContext(
		workflowOf(node, nodeType, call.settings),
		node,
		additionalDataOf(call.credentials, http),
		'webhook',
		{} as IWebhookData,
		[],
		runData ?? null,
	);
	const reply = await nodeType.webhook?.call(context);
	return { status, body, items: reply?.workflowData?.[0] ?? null };
}
