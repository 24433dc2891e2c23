import { setTimeout as pause } from 'node:timers/promises';

import type { IBinaryData, INodeCredentialTestResult, IWorkflowBase } from 'n8n-workflow';

import { isJsonObject, parseJson, type JsonObject } from '../../../nodes/KieVeo/values';
import {
	hasEnded,
	isWhole,
	parseExecution,
	type Execution,
	type ExecutionSummary,
	type StoredExecution,
} from './execution';
import { until } from '../simulator/testing';

const CALL_LIMIT_MS = 60_000;
/** What n8n says, and does nothing, when its last check of the database was late, as on a busy machine. */
const NOT_READY = 'Database is not ready!';
const PUBLISH_LIMIT_MS = 20_000;
const PUBLISH_POLL_MS = 100;
const EXECUTION_LIMIT_MS = 60_000;
/** The most executions that n8n lists at once. */
const PAGE = 100;
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
export type WorkflowDefinition = Pick<
	IWorkflowBase,
	'name' | 'nodes' | 'connections' | 'settings' | 'pinData'
>;

export interface Credential {
	name: string;
	/** Type name as in the credential class, such as `kieVeoApi`. */
	type: string;
	data: JsonObject;
}

/** Something that n8n keeps under an id. */
export interface Reference {
	id: string;
	name: string;
}

/** The way nodes refer to a credential: `credentials: { kieVeoApi: reference }`. */
export type CredentialReference = Reference;

interface WaitOptions {
	/** `waiting` is reached while suspended until a time or a call. Default `finished`. */
	until?: 'finished' | 'waiting';
	/** Milliseconds, default one minute. */
	timeoutMs?: number;
}

/** n8n answered with an error status. */
class N8nApiError extends Error {
	constructor(
		message: string,
		readonly status: number,
	) {
		super(message);
	}
}

/**
 * Drives an n8n over its internal REST API (`/rest`) as the editor does; the same calls work on both lines.
 * Every method throws an Error with n8n's words when n8n refuses.
 */
export class N8nClient {
	/** Of the session. */
	private cookie: string | undefined;

	/** @param url address of n8n without a slash at the end */
	constructor(private readonly url: string) {}

	/** Creates the owner account of a fresh n8n and signs in, or just signs in. */
	async signIn(): Promise<void> {
		const { userManagement } = await this.call<{
			userManagement: { showSetupOnFirstLoad?: boolean };
		}>('GET', '/settings');
		if (userManagement.showSetupOnFirstLoad) await this.call('POST', '/owner/setup', OWNER);
		else await this.login();
	}

	/** Signs in to an n8n that has its owner. The session survives restarts of n8n. */
	async login(): Promise<void> {
		const { email, password } = OWNER;
		await this.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	async createCredential(credential: Credential): Promise<Reference> {
		return await this.call('POST', '/credentials', credential);
	}

	async deleteCredential(id: string): Promise<void> {
		await this.call('DELETE', `/credentials/${id}`);
	}

	/**
	 * Runs the credential's own test, as the editor does after saving. What counts is the data given
	 * here; the credential must exist, because 1.x refuses to test one that is not stored.
	 */
	async testCredential(
		{ id }: Reference,
		credential: Credential,
	): Promise<INodeCredentialTestResult> {
		return await this.call('POST', '/credentials/test', { credentials: { ...credential, id } });
	}

	/** Creates a data table whose columns all hold text. */
	async createTable(
		name: string,
		columns: readonly string[],
		rows: ReadonlyArray<Readonly<Record<string, string>>>,
	): Promise<Reference> {
		const project = await this.call<Reference>('GET', '/projects/personal');
		const tables = `/projects/${project.id}/data-tables`;
		const table = { name, columns: columns.map((column) => ({ name: column, type: 'string' })) };
		const { id } = await this.call<Reference>('POST', tables, table);
		await this.call('POST', `${tables}/${id}/insert`, { data: rows, returnType: 'count' });
		return { id, name };
	}

	async createWorkflow(workflow: WorkflowDefinition): Promise<IWorkflowBase> {
		// Never without pinData: 2.x stores null then, and "Execute step" in the editor fails on it.
		const { name, nodes, connections, settings = {}, pinData = {} } = workflow;
		const body = { name, nodes, connections, settings, pinData, active: false };
		return await this.call('POST', '/workflows', body);
	}

	async getWorkflow(id: string): Promise<IWorkflowBase> {
		return await this.call('GET', `/workflows/${id}`);
	}

	/**
	 * Switches the workflow's triggers on and returns when they are served. On 1.x n8n answers when
	 * that is so; on 2.x it publishes in the background.
	 *
	 * @throws Error with n8n's reason when a trigger refuses
	 */
	async activateWorkflow(id: string): Promise<void> {
		const { versionId } = await this.getWorkflow(id);
		await this.switchWorkflow(id, true, { versionId });
		const { status, triggers } = await this.waitForPublication(id, 'published');
		if (status !== 'published') {
			const reasons = triggers.flatMap(({ errorMessage }) => errorMessage ?? []).join('; ');
			throw new Error(`Workflow ${id} was not published (${status}): ${reasons}`);
		}
	}

	/** Switches the workflow's triggers off and returns when they are gone. */
	async deactivateWorkflow(id: string): Promise<void> {
		await this.switchWorkflow(id, false, {});
		await this.waitForPublication(id, 'not_published');
	}

	/** Removes a workflow that is not active, and its executions. */
	async deleteWorkflow(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/archive`, {});
		await this.call('DELETE', `/workflows/${id}`);
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
	 * @throws Error when the trigger refuses
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
		return parseExecution(await this.call<StoredExecution>('GET', `/executions/${id}`));
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
		for (let place = {}; ; ) {
			const { results, nextCursor } = await this.executionPage(workflowId, place);
			const news = results.filter(({ id }) => Number(id) > Number(after));
			found.push(...news);
			if (news.length < PAGE || nextCursor === null) return found;
			// 1.x knows no cursor and goes by the id.
			place = nextCursor ? { cursor: nextCursor } : { lastId: results.at(-1)?.id };
		}
	}

	/** Stops a running or suspended execution. */
	async stopExecution(id: string): Promise<void> {
		await this.call('POST', `/executions/${id}/stop`, {});
	}

	/**
	 * Retries an execution, and waits until the retry has ended.
	 *
	 * @param from the workflow as it was then, or as it is stored now
	 */
	async retryExecution(id: string, from: 'original' | 'stored'): Promise<Execution> {
		const before = (await this.listExecutions()).map((one) => one.id);
		await this.call('POST', `/executions/${id}/retry`, { loadWorkflow: from === 'stored' });
		const retry = (await this.listExecutions()).find((one) => !before.includes(one.id));
		if (retry === undefined) throw new Error(`Execution ${id} was not retried`);
		return await this.waitForExecution(retry.id);
	}

	/** The bytes of an item's binary field, wherever n8n keeps them. */
	async downloadBinary(binary: IBinaryData): Promise<Buffer> {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const query = new URLSearchParams({ id: binary.id, action: 'download' });
		const response = await this.send('GET', `/binary-data?${query}`);
		return Buffer.from(await response.arrayBuffer());
	}

	/** @param place where the page begins; default: the newest */
	private async executionPage(workflowId?: string, place = {}): Promise<ExecutionPage> {
		const filter = JSON.stringify({ workflowId });
		const query = new URLSearchParams({ filter, limit: String(PAGE), ...place });
		return await this.call('GET', `/executions?${query}`);
	}

	private async startFrom(workflow: IWorkflowBase, trigger = ''): Promise<StartedRun> {
		// 1.x runs this copy, 2.x the stored workflow.
		const body = { workflowData: workflow, triggerToStartFrom: { name: trigger } };
		return await this.call('POST', `/workflows/${workflow.id}/run`, body);
	}

	private async switchWorkflow(id: string, active: boolean, body: object): Promise<void> {
		const action = active ? 'activate' : 'deactivate';
		const isDone = await this.callIfKnown('POST', `/workflows/${id}/${action}`, body);
		// Older n8n 1.x switches a workflow by changing it.
		if (!isDone) await this.call('PATCH', `/workflows/${id}`, { ...body, active });
	}

	/** Polls the state of publication until it is final: reached, or failed. */
	private async waitForPublication(
		id: string,
		reached: Publication['status'],
	): Promise<Publication> {
		const path = `/workflows/${id}/publication-status`;
		return await until(
			// 1.x does not know this state: what it has answered is done.
			async () =>
				(await this.callIfKnown<Publication>('GET', path)) ?? { status: reached, triggers: [] },
			({ status }) => [reached, 'failed', 'partial'].includes(status),
			PUBLISH_LIMIT_MS,
			PUBLISH_POLL_MS,
		);
	}

	/** @returns `undefined` where this n8n does not know the path */
	private async callIfKnown<T>(...request: ApiRequest): Promise<T | undefined> {
		try {
			return await this.call<T>(...request);
		} catch (error) {
			if (error instanceof N8nApiError && error.status === 404) return undefined;
			throw error;
		}
	}

	/** Calls `/rest<path>` and unwraps n8n's `{ data }`, whose shape the caller knows: both lines are pinned. */
	private async call<T>(...request: ApiRequest): Promise<T> {
		const answer = parseJson(await (await this.send(...request)).text());
		return (isJsonObject(answer) && 'data' in answer ? answer.data : answer) as T;
	}

	private async send(...[method, path, body]: ApiRequest): Promise<Response> {
		for (const deadline = Date.now() + CALL_LIMIT_MS; ; await pause(1000)) {
			const response = await fetch(`${this.url}/rest${path}`, {
				method,
				headers: {
					...(body && { 'content-type': 'application/json' }),
					...(this.cookie && { cookie: this.cookie }),
					// Names a browser tab. None is listening; n8n then just pushes to nobody.
					'push-ref': 'tests',
					// A kept connection would be dead after n8n was restarted.
					connection: 'close',
				},
				body: body ? JSON.stringify(body) : null,
				signal: AbortSignal.timeout(CALL_LIMIT_MS),
			});
			if (response.ok) {
				const cookies = response.headers.getSetCookie();
				const session = cookies.find((cookie) => cookie.startsWith('n8n-auth='));
				if (session) this.cookie = session.split(';', 1)[0];
				return response;
			}
			const text = await response.text();
			if (text.includes(NOT_READY) && Date.now() < deadline) continue;
			throw new N8nApiError(`${method} ${path}: ${response.status} ${text}`, response.status);
		}
	}
}

type ApiRequest = [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object];

interface ExecutionPage {
	results: ExecutionSummary[];
	/** 2.x says null after the last page. */
	nextCursor?: string | null;
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
