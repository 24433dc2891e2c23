import { Container } from '@n8n/di';
import { mock } from 'jest-mock-extended';
import { BinaryDataService, ExecuteContext, InstanceSettings } from 'n8n-core';
import {
	Workflow,
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	type OnError,
} from 'n8n-workflow';

import { KieVeo } from '../../nodes/KieVeo/KieVeo.node';

export interface RunOptions {
	parameters: INodeParameters;
	items?: INodeExecutionData[];
	credentials: ICredentialDataDecryptedObject;
	onError?: OnError;
	signal?: AbortSignal;
	/** Default: the node's own. n8n adds "Tool" when an AI agent uses it. */
	type?: string;
	/** Default: a local address, as of an n8n without WEBHOOK_URL. */
	webhookWaitingBaseUrl?: string;
}

export interface RunResult {
	items: INodeExecutionData[];
	hints: NodeExecutionHint[];
	/** What the node has as its data afterwards: its input, or what it stored there to be suspended with. */
	stored: INodeExecutionData[];
}

Container.set(InstanceSettings, mock<InstanceSettings>({ encryptionKey: 'test' }));

/** Keeps binary data in files, as n8n does by default. */
export async function useBinaryFolder(folder: string): Promise<BinaryDataService> {
	type Parameters = ConstructorParameters<typeof BinaryDataService>;
	const config = { mode: 'filesystem', localStoragePath: folder } as Parameters[0];
	const service = new BinaryDataService(config, mock<Parameters[1]>(), mock<Parameters[2]>());
	await service.init();
	Container.set(BinaryDataService, service);
	return service;
}

/**
 * Runs the action node in n8n's own execution context: real parameter resolution, real HTTP with n8n's
 * request helper. Only the database behind credentials is replaced.
 */
export async function runNode(options: RunOptions): Promise<RunResult> {
	const nodeType = new KieVeo();
	const nodeTypes = mock<INodeTypes>();
	nodeTypes.getByNameAndVersion.mockReturnValue(nodeType);
	const node: INode = {
		id: '1',
		name: 'Kie.ai Veo',
		type: options.type ?? 'n8n-nodes-kie-veo.kieVeo',
		typeVersion: 1,
		position: [0, 0],
		parameters: options.parameters,
		credentials: { kieAiApi: { id: '1', name: 'Kie.ai' } },
		onError: options.onError,
	};
	const workflow = new Workflow({
		id: '1',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
	});

	const credentialsHelper = mock<ICredentialsHelper>();
	credentialsHelper.isCredentialUsableByNode.mockReturnValue(true);
	credentialsHelper.getDecrypted.mockResolvedValue(options.credentials);
	credentialsHelper.getParentTypes.mockReturnValue([]);
	credentialsHelper.authenticate.mockImplementation(async (credentials, _type, request) => {
		const authorization = `Bearer ${String(credentials.apiKey)}`;
		return {
			...(request as IHttpRequestOptions),
			headers: { ...request.headers, Authorization: authorization },
		};
	});

	// A plain object: a deep mock would answer every property with a truthy function.
	const additionalData = {
		executionId: '1',
		credentialsHelper,
		webhookWaitingBaseUrl: options.webhookWaitingBaseUrl ?? 'http://127.0.0.1:5678/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1:5678/form-waiting',
	} as unknown as IWorkflowExecuteAdditionalData;
	const items = options.items ?? [{ json: {} }];
	const inputData = { main: [items] };
	const executeData = { node, data: inputData, source: null };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'manual',
		createRunExecutionData(),
		0,
		items,
		inputData,
		executeData,
		[],
		options.signal,
	);
	const output = await nodeType.execute.call(context);
	return { items: output[0] ?? [], hints: context.hints, stored: executeData.data.main[0] ?? [] };
}
