import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Container } from '@n8n/di';
import { mock } from 'jest-mock-extended';
import { BinaryDataService, ExecuteContext, InstanceSettings, WebhookContext } from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IDataObject,
	type IExecuteContextData,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type NodeExecutionHint,
	type OnError,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { trimmedApiKey } from '../../../nodes/KieVeo/kie/connection';
import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../nodes/KieVeo/KieVeoTrigger.node';
import { EVENTS } from '../../../nodes/KieVeo/operations';
import type { ReceivedCallback } from '../../tools/simulator/testing';

/* The nodes in n8n's own contexts. Only the database behind credentials is replaced. */

Container.set(InstanceSettings, mock<InstanceSettings>({ encryptionKey: 'test' }));

/** A node of this package, by default the action node. */
export function nodeOf(differences: Partial<INode>): INode {
	return {
		id: '1',
		name: 'Kie.ai',
		type: 'n8n-nodes-kie-veo.kieVeo',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { kieVeoApi: { id: '1', name: 'Kie.ai' } },
		...differences,
	};
}

/** A workflow of one node. */
export function workflowOf(
	node: INode,
	nodeType: INodeType,
	settings: IWorkflowSettings = {},
): Workflow {
	const nodeTypes = mock<INodeTypes>();
	nodeTypes.getByNameAndVersion.mockReturnValue(nodeType);
	const nodes = [node];
	return new Workflow({ id: '1', nodes, connections: {}, active: false, nodeTypes, settings });
}

interface Surroundings {
	executionId?: string;
	/** Default: a local one, as of an n8n without WEBHOOK_URL. */
	webhookWaitingBaseUrl?: string;
}

/**
 * What n8n knows around an execution. A plain object: a deep mock would answer every property with a
 * truthy function.
 */
function additionalDataOf(
	credentials: ICredentialDataDecryptedObject,
	{ executionId = '1', webhookWaitingBaseUrl }: Surroundings = {},
	http = {},
): IWorkflowExecuteAdditionalData {
	const credentialsHelper = mock<ICredentialsHelper>();
	credentialsHelper.isCredentialUsableByNode.mockReturnValue(true);
	credentialsHelper.getDecrypted.mockResolvedValue(credentials);
	credentialsHelper.getParentTypes.mockReturnValue([]);
	// As the credential type says it: unit/credentialValues.
	credentialsHelper.authenticate.mockImplementation(async ({ apiKey }, _type, request) => ({
		...(request as IHttpRequestOptions),
		headers: { ...request.headers, Authorization: `Bearer ${trimmedApiKey(apiKey)}` },
	}));
	return {
		executionId,
		credentialsHelper,
		webhookWaitingBaseUrl: webhookWaitingBaseUrl ?? 'http://127.0.0.1:5678/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1:5678/form-waiting',
		...http,
	} as unknown as IWorkflowExecuteAdditionalData;
}

export interface RunOptions extends Surroundings {
	parameters: INodeParameters;
	items?: INodeExecutionData[];
	credentials: ICredentialDataDecryptedObject;
	onError?: OnError;
	signal?: AbortSignal;
	/** What started the execution. Default: the editor. */
	mode?: WorkflowExecuteMode;
	/** Of the workflow. */
	settings?: IWorkflowSettings;
	/** n8n adds "Tool" to the node's own when an AI agent uses it. */
	type?: string;
	/** The resume address is not signed, as on n8n 1.x. */
	unsigned?: boolean;
	/** Default: the node as this process has loaded it. */
	nodeType?: INodeType;
	/** What the execution has kept of an earlier run of the node. The run writes to it. */
	contextData?: IExecuteContextData;
}

export interface RunResult {
	items: INodeExecutionData[];
	hints: NodeExecutionHint[];
	/** What the suspended execution keeps as the node's data; `null` when it was not suspended. */
	stored: INodeExecutionData[] | null;
	/** What it keeps besides, which only expressions see. */
	contextData: IExecuteContextData;
	/** When n8n continues the suspended execution by itself. */
	waitTill: Date | undefined;
	/** What signs the resume address. */
	resumeToken: string | undefined;
}

/**
 * Keeps binary data in files, as n8n does by default, in a folder that is gone after the tests of a file. To be called
 * at its top.
 */
export function useFiles(): { service: BinaryDataService } {
	type Parameters = ConstructorParameters<typeof BinaryDataService>;
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-files-'));
	const config = { mode: 'filesystem', localStoragePath: folder } as Parameters[0];
	const service = new BinaryDataService(config, mock<Parameters[1]>(), mock<Parameters[2]>());
	beforeAll(async () => {
		await service.init();
		Container.set(BinaryDataService, service);
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return { service };
}

/**
 * Runs the action node in n8n's own execution context: real parameter resolution, real HTTP with n8n's
 * request helper.
 */
export async function runNode(options: RunOptions): Promise<RunResult> {
	const { context, runData, nodeType, contextData } = executeContextOf(options);
	const [output = []] = (await nodeType.execute?.call(context)) as INodeExecutionData[][];
	const { waitTill, resumeToken } = runData;
	const stored = waitTill ? (context.getExecuteData().data.main?.[0] ?? null) : null;
	return { items: output, hints: context.hints, stored, contextData, waitTill, resumeToken };
}

/** What n8n gives the node, and what it keeps of the run. */
export function executeContextOf(options: RunOptions) {
	const { nodeType = new KieVeo(), items = [{ json: {} }], contextData = {} } = options;
	const { type = 'n8n-nodes-kie-veo.kieVeo', parameters, onError, mode = 'manual' } = options;
	const node = nodeOf({ type, parameters, onError });
	const inputData = { main: [items] };
	const runData = createRunExecutionData({ executionData: { contextData } });
	if (options.unsigned) runData.resumeToken = undefined;
	const context = new ExecuteContext(
		workflowOf(node, nodeType, options.settings),
		node,
		additionalDataOf(options.credentials, options),
		mode,
		runData,
		0,
		items,
		inputData,
		{ node, data: inputData, source: null },
		[],
		options.signal,
	);
	return { context, runData, nodeType, contextData };
}

/** A run of an operation; an item names its task, or its model. */
export interface OperationRun extends Partial<Omit<RunOptions, 'credentials'>> {
	operation?: string;
	/** One item each; default: one item. */
	taskIds?: string[];
	/** `pollInterval` is a second. */
	options?: INodeParameters;
}

/** What Run a Model is given besides; the item names the model. */
export const OF_A_MODEL = {
	resource: 'task',
	modelId: '={{ $json.model }}',
	inputMode: 'json',
	inputJson: '{"prompt":"waves"}',
};

/** Runs an operation, by default Get 4K Video, and waits by polling. */
export async function runOperation(
	credentials: ICredentialDataDecryptedObject,
	{ operation = 'get4k', taskIds = [''], options, parameters, ...rest }: OperationRun,
): Promise<RunResult> {
	return await runNode({
		items: taskIds.map((taskId) => ({ json: { taskId } })),
		...rest,
		credentials,
		parameters: {
			resource: 'video',
			operation,
			taskId: '={{ $json.taskId }}',
			prompt: 'A dog playing',
			waitMode: 'poll',
			options: { pollInterval: 1, ...options },
			...parameters,
		},
	});
}

interface WebhookCall extends Surroundings {
	nodeType: INodeType;
	/** Tells nodes apart, as n8n does. Default `1`. */
	nodeId?: string;
	parameters: INodeParameters;
	credentials: ICredentialDataDecryptedObject;
	/** The call as it came in. */
	callback: ReceivedCallback;
	/** Data of the suspended execution that is called. Default: none, the call starts an execution. */
	stored?: INodeExecutionData[];
	/** What the suspended execution keeps besides. */
	contextData?: IExecuteContextData;
	/** What signs its resume address; nothing on n8n 1.x. */
	resumeToken?: string;
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
	const { nodeType, callback, stored, contextData = {} } = call;
	const { defaults, name } = nodeType.description;
	const node = nodeOf({
		id: call.nodeId ?? '1',
		name: String(defaults.name),
		type: `n8n-nodes-kie-veo.${name}`,
		parameters: call.parameters,
	});
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
		httpRequest: {
			rawBody: Buffer.from(callback.body),
			body: {},
			headers: callback.headers,
			params: {},
			query: Object.fromEntries(new URL(callback.path, 'http://localhost').searchParams),
		},
		httpResponse: response,
	};
	const data = stored && { main: [stored] };
	const runData =
		data &&
		createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node, data, source: null }], contextData },
		});
	if (runData) runData.resumeToken = call.resumeToken;
	const context = new WebhookContext(
		workflowOf(node, nodeType),
		node,
		additionalDataOf(call.credentials, call, http),
		'webhook',
		{} as IWebhookData,
		[],
		runData ?? null,
	);
	const reply = await nodeType.webhook?.call(context);
	return { status, body, items: reply?.workflowData?.[0] ?? null };
}

let triggers = 0;

/** Hands a call to a trigger that remembers nothing, and by default offers every event. */
export async function runTrigger(
	callback: ReceivedCallback,
	credentials: ICredentialDataDecryptedObject,
	options: INodeParameters = {},
	events = EVENTS.map(({ value }) => value),
): Promise<WebhookAnswer> {
	return await runWebhook({
		nodeType: new KieVeoTrigger(),
		nodeId: `trigger-${++triggers}`,
		parameters: { events, signatureVerification: 'required', options },
		credentials,
		callback,
	});
}

/** What the items of a run hold. */
export function jsonOf({ items }: Pick<RunResult, 'items'>): IDataObject[] {
	return items.map(({ json }) => json);
}

/** The error of a run that must fail. */
export async function caught(
	running: Promise<unknown>,
): Promise<{ message: string; description: string; context: object }> {
	return await running.then(
		() => {
			throw new Error('no error was raised');
		},
		(error: unknown) => error as Awaited<ReturnType<typeof caught>>,
	);
}
