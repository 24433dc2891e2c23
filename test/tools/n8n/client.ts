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
} from './execution';
import { asArray, asRecord, isRecord, optionalText, textOf, type UnknownRecord } from './wire';

const PUBLISH_LIMIT_MS = 20_000;
const PUBLISH_POLL_MS = 100;
const EXECUTION_LIMIT_MS = 60_000;
const EXECUTION_POLL_MS = { first: 50, most: 500 };

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	/** n8n wants 8 characters or more, among them a digit and a capital. */
	password: string;
}

/** The account that tests and the demo use. */
export const OWNER: Owner = {
	email: 'demo@example.com',
	firstName: 'Demo',
	lastName: 'Owner',
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
	/** Whether its triggers are switched on, or being switched on. */
	active: boolean;
	nodes: readonly UnknownRecord[];
	/** n8n's whole answer. */
	stored: UnknownRecord;
}

export interface Credential {
	name: string;
	/** Type name as in the credential class, such as `kieVeoApi`. */
	type: string;
	data: UnknownRecord;
}

/** The way nodes refer to a credential: `credentials: { kieVeoApi: reference }`. */
export type CredentialReference = Reference;

/** Something that n8n keeps under an id. */
export interface Reference {
	id: string;
	name: string;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface InstalledCommunityPackage {
	packageName: string;
	installedVersion: string;
	/** Type names, such as `n8n-nodes-kie-veo.kieVeo`. */
	nodeTypes: readonly string[];
}

export interface RunOptions {
	/** Name of the trigger node; default: the workflow's manual trigger. */
	trigger?: string;
	/** Runs up to and including this node, as "Execute step" does. */
	destinationNode?: string;
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
	async signIn(owner: Owner = OWNER): Promise<void> {
		if (await this.needsOwner()) await this.setupOwner(owner);
		else await this.login(owner);
	}

	/** Creates the owner account of a fresh n8n, signed in from then on. */
	async setupOwner(owner: Owner = OWNER): Promise<void> {
		await this.api.call('POST', '/owner/setup', owner);
	}

	/** Signs in to an n8n that has its owner. The session survives restarts of n8n. */
	async login({ email, password }: Owner = OWNER): Promise<void> {
		await this.api.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	/** What Settings > Community nodes lists. */
	async listCommunityPackages(): Promise<InstalledCommunityPackage[]> {
		const packages = await this.api.call('GET', '/community-packages');
		return asArray(packages, 'community packages').map((value) => {
			const record = asRecord(value, 'community package');
			const nodes = asArray(record.installedNodes, 'installed nodes');
			return {
				packageName: textOf(record, 'packageName', 'community package'),
				installedVersion: textOf(record, 'installedVersion', 'community package'),
				nodeTypes: nodes.map((node) => textOf(asRecord(node, 'node'), 'type', 'node')),
			};
		});
	}

	async createCredential({ name, type, data }: Credential): Promise<CredentialReference> {
		const created = asRecord(
			await this.api.call('POST', '/credentials', { name, type, data }),
			'credential',
		);
		return { id: textOf(created, 'id', 'credential'), name };
	}

	/** Replaces a saved credential. Workflows that use it stay as they are. */
	async updateCredential({ id }: CredentialReference, credential: Credential): Promise<void> {
		await this.api.call('PATCH', `/credentials/${id}`, credential);
	}

	async listCredentials(): Promise<Array<CredentialReference & { type: string }>> {
		const list = await this.api.call('GET', '/credentials');
		return asArray(list, 'credentials').map((value) => {
			const record = asRecord(value, 'credential');
			return {
				id: textOf(record, 'id', 'credential'),
				name: textOf(record, 'name', 'credential'),
				type: textOf(record, 'type', 'credential'),
			};
		});
	}

	async deleteCredential(id: string): Promise<void> {
		await this.api.call('DELETE', `/credentials/${id}`);
	}

	/**
	 * Runs the credential's own test, as the editor does after saving. What counts is the data given
	 * here; the credential must exist, because 1.x refuses to test one that is not stored.
	 */
	async testCredential(
		{ id }: CredentialReference,
		{ name, type, data }: Credential,
	): Promise<CredentialTestResult> {
		const credentials = { id, name, type, data };
		const result = asRecord(
			await this.api.call('POST', '/credentials/test', { credentials }),
			'credential test',
		);
		return {
			status: result.status === 'OK' ? 'OK' : 'Error',
			message: textOf(result, 'message', 'credential test'),
		};
	}

	/** Creates a data table whose columns all hold text. */
	async createTable(
		name: string,
		columns: readonly string[],
		rows: ReadonlyArray<Readonly<Record<string, string>>>,
	): Promise<Reference> {
		const tables = await this.tablesPath();
		const table = asRecord(
			await this.api.call('POST', tables, {
				name,
				columns: columns.map((column) => ({ name: column, type: 'string' })),
			}),
			'data table',
		);
		const id = textOf(table, 'id', 'data table');
		await this.api.call('POST', `${tables}/${id}/insert`, { data: rows, returnType: 'count' });
		return { id, name };
	}

	/** All rows of a data table, with n8n's own columns. */
	async tableRows(id: string): Promise<UnknownRecord[]> {
		const page = asRecord(
			await this.api.call('GET', `${await this.tablesPath()}/${id}/rows`),
			'rows',
		);
		return asArray(page.data, 'rows').map((row) => asRecord(row, 'row'));
	}

	async createWorkflow(workflow: WorkflowDefinition): Promise<StoredWorkflow> {
		// Never without pinData: 2.x stores null then, and "Execute step" in the editor fails on it.
		const { name, nodes, connections, settings = {}, pinData = {} } = workflow;
		const body = { name, nodes, connections, settings, pinData, active: false };
		return parseWorkflow(await this.api.call('POST', '/workflows', body));
	}

	async getWorkflow(id: string): Promise<StoredWorkflow> {
		return parseWorkflow(await this.api.call('GET', `/workflows/${id}`));
	}

	/** Name and id of every workflow. */
	async listWorkflows(): Promise<Array<Pick<StoredWorkflow, 'id' | 'name' | 'active'>>> {
		const list = await this.api.call('GET', '/workflows');
		return asArray(list, 'workflows').map((value) => {
			const record = asRecord(value, 'workflow');
			return {
				id: textOf(record, 'id', 'workflow'),
				name: textOf(record, 'name', 'workflow'),
				active: isActive(record),
			};
		});
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
		const { status, errors } = await this.waitForPublication(id, (s) => s === 'published');
		if (status !== 'published') {
			throw new Error(`Workflow ${id} was not published (${status}): ${errors.join('; ')}`);
		}
	}

	/** Switches the workflow's triggers off and returns when they are gone. */
	async deactivateWorkflow(id: string): Promise<void> {
		await this.switchWorkflow(id, 'deactivate', {});
		await this.waitForPublication(id, (status) => status === 'not_published');
	}

	/** Removes a workflow and its executions; switches it off before. */
	async deleteWorkflow(id: string): Promise<void> {
		const { active } = await this.getWorkflow(id);
		if (active) await this.deactivateWorkflow(id);
		await this.api.call('POST', `/workflows/${id}/archive`, {});
		await this.api.call('DELETE', `/workflows/${id}`);
	}

	/**
	 * Starts a manual run of the stored workflow, as the editor's button does.
	 *
	 * @returns the execution's id; it runs on
	 * @throws Error when n8n waits for a call of a test webhook instead
	 */
	async runWorkflow(id: string, { trigger, destinationNode }: RunOptions = {}): Promise<string> {
		const workflow = await this.getWorkflow(id);
		const body = {
			// 1.x runs this copy, 2.x the stored workflow.
			workflowData: workflow.stored,
			triggerToStartFrom: { name: trigger ?? manualTriggerOf(workflow) },
			...(destinationNode && {
				destinationNode: { nodeName: destinationNode, mode: 'inclusive' },
			}),
		};
		const headers = { 'push-ref': this.pushRef };
		const started = asRecord(
			await this.api.call('POST', `/workflows/${id}/run`, body, headers),
			'manual run',
		);
		if (started.waitingForWebhook === true) {
			throw new Error(`Workflow ${id} was not run: n8n now waits for a call of its test webhook`);
		}
		return textOf(started, 'executionId', 'manual run');
	}

	/**
	 * Lets a trigger listen on its test address for one call, as the editor's "Listen" button does.
	 *
	 * @throws N8nApiError when the trigger refuses
	 */
	async listenForTestEvent(id: string, trigger: string): Promise<void> {
		const { stored } = await this.getWorkflow(id);
		const body = { workflowData: stored, triggerToStartFrom: { name: trigger } };
		const headers = { 'push-ref': this.pushRef };
		const answer = await this.api.call('POST', `/workflows/${id}/run`, body, headers);
		if (asRecord(answer, 'manual run').waitingForWebhook !== true) {
			throw new Error(`"${trigger}" of workflow ${id} does not listen`);
		}
	}

	/** Starts a manual run and waits until it has ended. */
	async runToEnd(id: string, options: RunOptions & WaitOptions = {}): Promise<Execution> {
		return await this.waitForExecution(await this.runWorkflow(id, options), options);
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
		return (await this.executionPage(workflowId)).executions;
	}

	/**
	 * All executions of a workflow that came after a known one, newest first.
	 *
	 * @param after an execution's id; they are numbers that grow
	 */
	async listExecutionsAfter(workflowId: string, after = '0'): Promise<ExecutionSummary[]> {
		const found: ExecutionSummary[] = [];
		for (let place: ExecutionPage['next'] = {}; place; ) {
			const page: ExecutionPage = await this.executionPage(workflowId, place);
			const news = page.executions.filter(({ id }) => Number(id) > Number(after));
			found.push(...news);
			place = news.length === page.executions.length ? page.next : undefined;
		}
		return found;
	}

	/** Stops a running or suspended execution. */
	async stopExecution(id: string): Promise<void> {
		await this.api.call('POST', `/executions/${id}/stop`, {});
	}

	/** The bytes of an item's binary field, wherever n8n keeps them. */
	async downloadBinary(binary: IBinaryData): Promise<Buffer> {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const query = new URLSearchParams({ id: binary.id, action: 'download' });
		return await this.api.bytes(`/binary-data?${query}`);
	}

	/**
	 * At most 100 executions, newest first.
	 *
	 * @param place where the page begins, as `next` of the page before says; default: the newest
	 */
	private async executionPage(
		workflowId: string | undefined,
		place: Readonly<Record<string, string>> = {},
	): Promise<ExecutionPage> {
		const filter = JSON.stringify(workflowId ? { workflowId } : {});
		const query = new URLSearchParams({ filter, limit: '100', ...place });
		const list = asRecord(await this.api.call('GET', `/executions?${query}`), 'executions');
		const executions = asArray(list.results, 'executions').map(parseSummary);
		const oldest = executions.at(-1);
		const { nextCursor } = list;
		if (typeof nextCursor === 'string') return { executions, next: { cursor: nextCursor } };
		// 2.x says null after the last page; 1.x knows no cursor and goes by the id.
		const isLast = nextCursor === null || oldest === undefined;
		return { executions, next: isLast ? undefined : { lastId: oldest.id } };
	}

	private async tablesPath(): Promise<string> {
		const project = asRecord(await this.api.call('GET', '/projects/personal'), 'project');
		return `/projects/${textOf(project, 'id', 'project')}/data-tables`;
	}

	private async needsOwner(): Promise<boolean> {
		const settings = asRecord(await this.api.call('GET', '/settings'), 'settings');
		const { userManagement } = settings;
		return isRecord(userManagement) && userManagement.showSetupOnFirstLoad === true;
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
		reached: (status: string) => boolean,
	): Promise<Publication> {
		const deadline = Date.now() + PUBLISH_LIMIT_MS;
		for (;;) {
			const publication = await this.publication(id);
			const { status } = publication;
			if (reached(status) || status === 'failed' || status === 'partial') return publication;
			if (Date.now() > deadline) {
				throw new Error(`Workflow ${id} is still "${status}" after ${PUBLISH_LIMIT_MS} ms`);
			}
			await pause(PUBLISH_POLL_MS);
		}
	}

	private async publication(id: string): Promise<Publication> {
		try {
			const answer = await this.api.call('GET', `/workflows/${id}/publication-status`);
			const record = asRecord(answer, 'publication');
			const triggers = asArray(record.triggers, 'triggers').filter(isRecord);
			return {
				status: textOf(record, 'status', 'publication'),
				errors: triggers.flatMap((trigger) => optionalText(trigger, 'errorMessage') ?? []),
			};
		} catch (error) {
			if (!(error instanceof N8nApiError && error.status === 404)) throw error;
			// 1.x does not know this state: what it has answered is done.
			const { active } = await this.getWorkflow(id);
			return { status: active ? 'published' : 'not_published', errors: [] };
		}
	}
}

interface ExecutionPage {
	executions: ExecutionSummary[];
	/** Query of the page that follows; `undefined` after the last one. */
	next: Readonly<Record<string, string>> | undefined;
}

interface Publication {
	/** `in_progress`, `published`, `partial`, `failed`, `not_published`. */
	status: string;
	errors: readonly string[];
}

function parseWorkflow(value: unknown): StoredWorkflow {
	const stored = asRecord(value, 'workflow');
	return {
		id: textOf(stored, 'id', 'workflow'),
		name: textOf(stored, 'name', 'workflow'),
		versionId: textOf(stored, 'versionId', 'workflow'),
		active: isActive(stored),
		nodes: asArray(stored.nodes, 'nodes').filter(isRecord),
		stored,
	};
}

function isActive({ active, activeVersionId }: UnknownRecord): boolean {
	return active === true || typeof activeVersionId === 'string';
}

function manualTriggerOf({ id, nodes }: StoredWorkflow): string {
	const trigger = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	if (trigger) return textOf(trigger, 'name', 'manual trigger');
	throw new Error(`Workflow ${id} has no manual trigger; name the trigger to start from`);
}
