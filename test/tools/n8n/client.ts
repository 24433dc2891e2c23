import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { IBinaryData, IConnections, INode } from 'n8n-workflow';

import { N8nApi, N8nApiError } from './api';
import {
	hasEnded,
	isWhole,
	parseExecution,
	parseSummary,
	type Execution,
	type ExecutionSummary,
	type ListedExecution,
} from './execution';
import type { UnknownRecord } from './wire';

const PUBLISH_LIMIT_MS = 20_000;
const PUBLISH_POLL_MS = 100;
const EXECUTION_LIMIT_MS = 60_000;
const EXECUTION_POLL_MS = { first: 50, most: 500 };

/** The account that tests and the demo use. */
export const OWNER = {
	email: 'demo@example.com',
	firstName: 'Demo',
	lastName: 'Owner',
	/** n8n wants 8 characters or more, among them a digit and a capital. */
	password: 'Kie-veo-demo-1',
};

/** A workflow as exported from the editor. */
export interface WorkflowDefinition {
	name: string;
	nodes: readonly INode[];
	connections: IConnections;
	settings?: UnknownRecord;
	pinData?: UnknownRecord;
}

/** A workflow that n8n has stored. */
export interface StoredWorkflow {
	id: string;
	name: string;
	versionId: string;
	/** Whether its triggers are switched on. */
	active: boolean;
	nodes: readonly INode[];
}

export interface Credential {
	name: string;
	/** Type name as in the credential class, such as `kieVeoApi`. */
	type: string;
	data: UnknownRecord;
}

/** Something that n8n keeps under an id. */
export interface Reference {
	id: string;
	name: string;
}

/** The way nodes refer to a credential: `credentials: { kieVeoApi: reference }`. */
export type CredentialReference = Reference;

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface WaitOptions {
	/** `waiting` is reached while suspended until a time or a call. Default `finished`. */
	until?: 'finished' | 'waiting';
	/** Milliseconds, default one minute. */
	timeoutMs?: number;
}

/**
 * Drives an n8n over its internal REST API; the same calls work on both lines. Every method
 * throws N8nApiError when n8n refuses.
 */
export class N8nClient {
	private readonly api: N8nApi;

	/** Names a browser tab to n8n. No tab is listening; n8n then just pushes to nobody. */
	private readonly pushRef = randomUUID();

	/** @param url address of n8n without a slash at the end */
	constructor(url: string) {
		this.api = new N8nApi(url);
	}

	/** Creates the owner account of a fresh n8n and signs in, or just signs in. */
	async signIn(): Promise<void> {
		const { userManagement } = await this.api.call<Settings>('GET', '/settings');
		if (userManagement.showSetupOnFirstLoad) await this.api.call('POST', '/owner/setup', OWNER);
		else await this.login();
	}

	/** Signs in to an n8n that has its owner. The session survives restarts of n8n. */
	async login(): Promise<void> {
		const { email, password } = OWNER;
		await this.api.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	/** What Settings > Community nodes lists, with type names such as `n8n-nodes-kie-veo.kieVeo`. */
	async listCommunityPackages(): Promise<Array<{ packageName: string; nodeTypes: string[] }>> {
		type Listed = { packageName: string; installedNodes: Array<{ type: string }> };
		const packages = await this.api.call<Listed[]>('GET', '/community-packages');
		return packages.map(({ packageName, installedNodes }) => ({
			packageName,
			nodeTypes: installedNodes.map(({ type }) => type),
		}));
	}

	async createCredential({ name, type, data }: Credential): Promise<Reference> {
		const body = { name, type, data };
		const { id } = await this.api.call<Reference>('POST', '/credentials', body);
		return { id, name };
	}

	async deleteCredential(id: string): Promise<void> {
		await this.api.call('DELETE', `/credentials/${id}`);
	}

	/**
	 * Runs the credential's own test, as the editor does after saving. What counts is the data given
	 * here; the credential must exist, because 1.x refuses to test one that is not stored.
	 */
	async testCredential(
		{ id }: Reference,
		{ name, type, data }: Credential,
	): Promise<CredentialTestResult> {
		const credentials = { id, name, type, data };
		return await this.api.call('POST', '/credentials/test', { credentials });
	}

	/** Creates a data table whose columns all hold text. */
	async createTable(
		name: string,
		columns: readonly string[],
		rows: ReadonlyArray<Readonly<Record<string, string>>>,
	): Promise<Reference> {
		const tables = await this.tablesPath();
		const { id } = await this.api.call<Reference>('POST', tables, {
			name,
			columns: columns.map((column) => ({ name: column, type: 'string' })),
		});
		await this.api.call('POST', `${tables}/${id}/insert`, { data: rows, returnType: 'count' });
		return { id, name };
	}

	async createWorkflow(workflow: WorkflowDefinition): Promise<StoredWorkflow> {
		// Never without pinData: 2.x stores null then, and "Execute step" in the editor fails on it.
		const { name, nodes, connections, settings = {}, pinData = {} } = workflow;
		const body = { name, nodes, connections, settings, pinData, active: false };
		return await this.api.call('POST', '/workflows', body);
	}

	async getWorkflow(id: string): Promise<StoredWorkflow> {
		return await this.api.call('GET', `/workflows/${id}`);
	}

	/** Every workflow, and whether its triggers are switched on, or being switched on. */
	async listWorkflows(): Promise<Array<{ id: string; active: boolean }>> {
		type Listed = StoredWorkflow & { activeVersionId?: string | null };
		const list = await this.api.call<Listed[]>('GET', '/workflows');
		return list.map(({ id, active, activeVersionId }) => ({
			id,
			active: active || typeof activeVersionId === 'string',
		}));
	}

	/**
	 * Switches the workflow's triggers on and returns when they are served. On 1.x n8n answers when
	 * that is so; on 2.x it publishes in the background.
	 *
	 * @throws N8nApiError (1.x) or Error with n8n's reason (2.x) when a trigger refuses
	 */
	async activateWorkflow(id: string): Promise<void> {
		const { versionId } = await this.getWorkflow(id);
		await this.switchWorkflow(id, 'activate', { versionId });
		const { status, triggers } = await this.waitForPublication(id, 'published');
		if (status !== 'published') {
			const reasons = triggers.flatMap(({ errorMessage }) => errorMessage ?? []).join('; ');
			throw new Error(`Workflow ${id} was not published (${status}): ${reasons}`);
		}
	}

	/** Switches the workflow's triggers off and returns when they are gone. */
	async deactivateWorkflow(id: string): Promise<void> {
		await this.switchWorkflow(id, 'deactivate', {});
		await this.waitForPublication(id, 'not_published');
	}

	/** Removes a workflow that is not active, and its executions. */
	async deleteWorkflow(id: string): Promise<void> {
		await this.api.call('POST', `/workflows/${id}/archive`, {});
		await this.api.call('DELETE', `/workflows/${id}`);
	}

	/**
	 * Starts a manual run of the stored workflow, as the editor's button does.
	 *
	 * @returns the execution's id; it runs on
	 */
	async runWorkflow(id: string): Promise<string> {
		const workflow = await this.getWorkflow(id);
		const trigger = workflow.nodes.find(({ type }) => /\.(manual|schedule)Trigger$/.test(type));
		const { executionId } = await this.startFrom(workflow, trigger?.name);
		if (executionId === undefined) throw new Error(`Workflow ${id} was not run`);
		return executionId;
	}

	/**
	 * Lets a trigger listen on its test address for one call, as the editor's "Listen" button does.
	 *
	 * @throws N8nApiError when the trigger refuses
	 */
	async listenForTestEvent(id: string, trigger: string): Promise<void> {
		const { waitingForWebhook } = await this.startFrom(await this.getWorkflow(id), trigger);
		if (!waitingForWebhook) throw new Error(`"${trigger}" of workflow ${id} does not listen`);
	}

	/** Starts a manual run and waits until it has ended. */
	async runToEnd(id: string, options: WaitOptions = {}): Promise<Execution> {
		return await this.waitForExecution(await this.runWorkflow(id), options);
	}

	/**
	 * Waits until the execution has ended, or is suspended.
	 *
	 * @throws Error when the time is over, or when it ended instead of being suspended
	 */
	async waitForExecution(id: string, options: WaitOptions = {}): Promise<Execution> {
		const { until = 'finished', timeoutMs = EXECUTION_LIMIT_MS } = options;
		const deadline = Date.now() + timeoutMs;
		for (let delay = EXECUTION_POLL_MS.first; ; ) {
			const execution = await this.getExecution(id);
			const ended = hasEnded(execution) && isWhole(execution);
			if (until === 'waiting' ? execution.status === 'waiting' : ended) return execution;
			const state = `execution ${id} is "${execution.status}"`;
			if (ended) {
				const reason = execution.error?.message ?? 'no error';
				throw new Error(`Expected a waiting execution, but ${state} (${reason})`);
			}
			if (Date.now() > deadline) throw new Error(`After ${timeoutMs} ms ${state}, not ${until}`);
			await pause(delay);
			delay = Math.min(delay * 1.5, EXECUTION_POLL_MS.most);
		}
	}

	async getExecution(id: string): Promise<Execution> {
		return parseExecution(await this.api.call('GET', `/executions/${id}`));
	}

	/** Newest first. At most 100. */
	async listExecutions(workflowId?: string): Promise<ExecutionSummary[]> {
		return (await this.executionPage(workflowId)).results;
	}

	/**
	 * All executions of a workflow that came after a known one, newest first.
	 *
	 * @param after an execution's id; they are numbers that grow
	 */
	async listExecutionsAfter(workflowId: string, after = '0'): Promise<ExecutionSummary[]> {
		const found: ExecutionSummary[] = [];
		for (let place: PagePlace | undefined = {}; place; ) {
			const page: ExecutionPage = await this.executionPage(workflowId, place);
			const news = page.results.filter(({ id }) => Number(id) > Number(after));
			found.push(...news);
			place = news.length === page.results.length ? nextPlace(page) : undefined;
		}
		return found;
	}

	/** Stops a running or suspended execution. */
	async stopExecution(id: string): Promise<void> {
		await this.api.call('POST', `/executions/${id}/stop`, {});
	}

	/**
	 * Retries an execution, and waits until the retry has ended.
	 *
	 * @param from the workflow as it was then, or as it is stored now
	 * @param by the button in the editor, or another program
	 */
	async retryExecution(
		id: string,
		from: 'original' | 'stored',
		by: 'editor' | 'public API' = 'editor',
	): Promise<Execution> {
		const before = (await this.listExecutions()).map((one) => one.id);
		const [path, body] = [`/executions/${id}/retry`, { loadWorkflow: from === 'stored' }];
		if (by === 'editor') await this.api.call('POST', path, body);
		else await this.api.callPublic(path, body, await this.createApiKey(['execution:retry']));
		const retry = (await this.listExecutions()).find((one) => !before.includes(one.id));
		if (retry === undefined) throw new Error(`Execution ${id} was not retried`);
		return await this.waitForExecution(retry.id);
	}

	/** The bytes of an item's binary field, wherever n8n keeps them. */
	async downloadBinary(binary: IBinaryData): Promise<Buffer> {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const query = new URLSearchParams({ id: binary.id, action: 'download' });
		return await this.api.bytes(`/binary-data?${query}`);
	}

	private async createApiKey(scopes: readonly string[]): Promise<string> {
		const body = { label: randomUUID(), scopes, expiresAt: null };
		return (await this.api.call<{ rawApiKey: string }>('POST', '/api-keys', body)).rawApiKey;
	}

	/** @param place where the page begins; default: the newest */
	private async executionPage(workflowId?: string, place: PagePlace = {}): Promise<ExecutionPage> {
		const filter = JSON.stringify({ workflowId });
		const query = new URLSearchParams({ filter, limit: '100', ...place });
		type Listed = ExecutionPage & { results: ListedExecution[] };
		const { results, nextCursor } = await this.api.call<Listed>('GET', `/executions?${query}`);
		return { results: results.map(parseSummary), nextCursor };
	}

	private async startFrom(workflow: StoredWorkflow, trigger = ''): Promise<StartedRun> {
		// 1.x runs this copy, 2.x the stored workflow.
		const body = { workflowData: workflow, triggerToStartFrom: { name: trigger } };
		const headers = { 'push-ref': this.pushRef };
		return await this.api.call('POST', `/workflows/${workflow.id}/run`, body, headers);
	}

	private async tablesPath(): Promise<string> {
		const { id } = await this.api.call<Reference>('GET', '/projects/personal');
		return `/projects/${id}/data-tables`;
	}

	private async switchWorkflow(
		id: string,
		action: 'activate' | 'deactivate',
		body: { versionId?: string },
	): Promise<void> {
		try {
			await this.api.call('POST', `/workflows/${id}/${action}`, body);
		} catch (error) {
			if (!(error instanceof N8nApiError && error.status === 404)) throw error;
			// Older n8n 1.x switches a workflow by changing it.
			await this.api.call('PATCH', `/workflows/${id}`, { ...body, active: action === 'activate' });
		}
	}

	/** Polls the state of publication until it is final: reached, or failed. */
	private async waitForPublication(
		id: string,
		reached: Publication['status'],
	): Promise<Publication> {
		const deadline = Date.now() + PUBLISH_LIMIT_MS;
		for (;;) {
			const publication = await this.publication(id);
			if ([reached, 'failed', 'partial'].includes(publication.status)) return publication;
			if (Date.now() > deadline) {
				throw new Error(
					`Workflow ${id} is still "${publication.status}" after ${PUBLISH_LIMIT_MS} ms`,
				);
			}
			await pause(PUBLISH_POLL_MS);
		}
	}

	private async publication(id: string): Promise<Publication> {
		try {
			return await this.api.call('GET', `/workflows/${id}/publication-status`);
		} catch (error) {
			if (!(error instanceof N8nApiError && error.status === 404)) throw error;
			// 1.x does not know this state: what it has answered is done.
			const { active } = await this.getWorkflow(id);
			return { status: active ? 'published' : 'not_published', triggers: [] };
		}
	}
}

interface Settings {
	userManagement: { showSetupOnFirstLoad?: boolean };
}

/** What has begun: an execution, or that n8n listens for a call of a test webhook. */
interface StartedRun {
	executionId?: string;
	waitingForWebhook?: boolean;
}

interface Publication {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: ReadonlyArray<{ errorMessage?: string | null }>;
}

type PagePlace = Readonly<Record<string, string>>;

/** At most 100 executions, newest first. */
interface ExecutionPage {
	results: ExecutionSummary[];
	/** 2.x says null after the last page. */
	nextCursor?: string | null;
}

/** 1.x knows no cursor and goes by the id. */
function nextPlace({ results, nextCursor }: ExecutionPage): PagePlace | undefined {
	if (nextCursor) return { cursor: nextCursor };
	const oldest = results.at(-1);
	return nextCursor === null || !oldest ? undefined : { lastId: oldest.id };
}
