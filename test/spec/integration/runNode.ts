import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Container } from '@n8n/di';
import { mock } from 'jest-mock-extended';
import { BinaryDataService, ExecuteContext, WebhookContext } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteContextData,
	type INodeExecutionData,
	type INodeParameters,
	type IWorkflowSettings,
	type INodeType,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	type OnError,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import type { ReceivedCallback } from '../../tools/simulator/testing';
import { additionalDataOf, nodeOf, workflowOf } from './context';

export interface RunOptions {
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
	/** Default: a local one, as of an n8n without WEBHOOK_URL. */
	webhookWaitingBaseUrl?: string;
	executionId?: string;
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

/** Keeps binary data in files, as n8n does by default. */
export async function useBinaryFolder(folder: string): Promise<BinaryDataService> {
	type Parameters = ConstructorParameters<typeof BinaryDataService>;
	const config = { mode: 'filesystem', localStoragePath: folder } as Parameters[0];
	const service = new BinaryDataService(config, mock<Parameters[1]>(), mock<Parameters[2]>());
	await service.init();
	Container.set(BinaryDataService, service);
	return service;
}

/** The same for the tests of a file, in a folder that is gone afterwards. To be called at its top. */
export function useFiles(): { service: BinaryDataService } {
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-files-'));
	const files = {} as { service: BinaryDataService };
	beforeAll(async () => void (files.service = await useBinaryFolder(folder)));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return files;
}

/**
 * Runs the action node in n8n's own execution context: real parameter resolution, real HTTP with n8n's
 * request helper. Only the database behind credentials is replaced.
 */
export async function runNode(options: RunOptions): Promise<RunResult> {
	const { nodeType = new KieVeo(), items = [{ json: {} }], contextData = {} } = options;
	const { type = 'n8n-nodes-kie-veo.kieVeo', parameters, onError, mode = 'manual' } = options;
	const { executionId = '1', webhookWaitingBaseUrl = 'http://127.0.0.1:5678/webhook-waiting' } =
		options;
	const node = nodeOf({
		type,
		parameters,
		credentials: { kieVeoApi: { id: '1', name: 'Kie.ai' } },
		onError,
	});
	const inputData = { main: [items] };
	const runData = createRunExecutionData({ executionData: { contextData } });
	if (options.unsigned) runData.resumeToken = undefined;
	const context = new ExecuteContext(
		workflowOf(node, nodeType, options.settings),
		node,
		additionalDataOf(options.credentials, { executionId, webhookWaitingBaseUrl }),
		mode,
		runData,
		0,
		items,
		inputData,
		{ node, data: inputData, source: null },
		[],
		options.signal,
	);
	const [output = []] = (await nodeType.execute?.call(context)) as INodeExecutionData[][];
	const { waitTill, resumeToken } = runData;
	const stored = waitTill ? (context.getExecuteData().data.main?.[0] ?? null) : null;
	return { items: output, hints: context.hints, stored, contextData, waitTill, resumeToken };
}

/** A run of an operation; an item names its task, or its model. */
export interface OperationRun extends Partial<Omit<RunOptions, 'credentials'>> {
	operation?: string;
	/** One item each; default: one item. */
	taskIds?: string[];
	/** `pollInterval` is a second. */
	options?: INodeParameters;
}

/** What Run a Model is given besides,. */
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

interface WebhookCall {
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
	const { defaults, name } = nodeType.description;
	const node = nodeOf({
		id: call.nodeId ?? '1',
		name: String(defaults.name),
		type: `n8n-nodes-kie-veo.${name}`,
		parameters: call.parameters,
		credentials: { kieVeoApi: { id: '1', name: 'Kie.ai' } },
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
		workflowOf(node, nodeType),
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
