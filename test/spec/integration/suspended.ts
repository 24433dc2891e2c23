import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type {
	INodeExecutionData,
	INodeParameters,
	INodeType,
	IWorkflowSettings,
} from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { WAKE_UP_PARAMETER } from '../../../nodes/KieVeo/suspension/watch';
import { SIMULATOR_KEY, type Simulator } from '../../tools/simulator';
import { listen } from '../../tools/simulator/network';
import { runNode, runWebhook, type RunResult } from './runNode';

/** A call of the suspended execution's address. */
export interface AnsweredCall {
	kind: 'callback' | 'wakeUp';
	/** Which process answered, counted from 0. */
	process: number;
	status: number;
	body: unknown;
	url: string;
	/** Milliseconds since the suspension. */
	after: number;
}

export interface SuspendOptions {
	simulator: Simulator;
	items: Array<{ taskId?: string; prompt?: string }>;
	operation?: string;
	parameters?: INodeParameters;
	/** Seconds. */
	timeout: number;
	/** Where orders go. Default: nothing, as in credentials from before there was a choice. */
	api?: ApiName;
	/** What the credential says by the time the execution is called. Default: the same. */
	apiLater?: ApiName;
	webhookSecret?: string;
	/** Default: 2.x, which signs the resume address. */
	line?: '1.x' | '2.x';
	/** Default 1. With more, the first one suspends, as a worker, and the others are called in turn. */
	processes?: number;
	/** What n8n 2.x adds to the address. Default: n8n 1.x, which adds nothing. */
	signature?: string;
	/** Of the workflow. */
	settings?: IWorkflowSettings;
	/** How many resumptions n8n fails to store: the execution keeps waiting. Default: none. */
	lostResumptions?: number;
}

let executions = 0;

/**
 * One suspended execution and a small stand-in for the part of n8n that calls its node: it keeps what the
 * node has stored, answers 409 once the execution was resumed, and counts how often that happened.
 */
export class Suspended {
	readonly calls: AnsweredCall[] = [];
	/** The node's output, for each time the execution was resumed. */
	readonly resumed: INodeExecutionData[][] = [];
	private readonly executionId = `suspended-${++executions}`;
	private readonly since = Date.now();
	private processes: INodeType[];
	private server: Server | undefined;
	private base = '';
	private run: RunResult | undefined;
	private turn = 0;
	/** The credential cannot be read, as if it was deleted. */
	breakCredentials = false;
	/** What the credential says by now. */
	apiKey = SIMULATOR_KEY;
	/** Resumptions that n8n did not store. */
	lost = 0;
	/** Calls of its own address before anything was ordered. */
	preflights = 0;

	private constructor(private readonly options: SuspendOptions) {
		const others = (options.processes ?? 1) - 1;
		this.processes = [new KieVeo(), ...Array.from({ length: others }, anotherProcess)];
	}

	static async start(options: SuspendOptions): Promise<Suspended> {
		const suspended = new Suspended(options);
		await suspended.listen();
		const run = runNode({
			nodeType: suspended.processes[0],
			executionId: suspended.executionId,
			settings: options.settings,
			unsigned: options.line === '1.x',
			parameters: suspended.parameters,
			items: options.items.map((json) => ({ json })),
			credentials: suspended.credentials,
			webhookWaitingBaseUrl: suspended.base,
		});
		suspended.run = await run.catch(async (error: unknown) => {
			await suspended.close();
			throw error;
		});
		return suspended;
	}

	get stored(): INodeExecutionData[] {
		return this.run?.stored ?? [];
	}

	/** When n8n would continue the execution by itself. */
	get waitTill(): Date | undefined {
		return this.run?.waitTill;
	}

	get wakeUps(): AnsweredCall[] {
		return this.calls.filter(({ kind }) => kind === 'wakeUp');
	}

	/** What came out, when the execution was resumed exactly once. */
	async output(withinMs = 10_000): Promise<INodeExecutionData[]> {
		const limit = Date.now() + withinMs;
		while (this.resumed.length === 0) {
			if (Date.now() > limit) throw new Error(`Still suspended after ${withinMs} ms`);
			await pause(20);
		}
		await pause(50);
		const [output, ...more] = this.resumed;
		if (more.length > 0 || !output) throw new Error(`Resumed ${this.resumed.length} times`);
		return output;
	}

	/** All processes are started again: they know nothing of the execution. */
	restart(): void {
		this.processes = this.processes.map(anotherProcess);
	}

	async call(url: string, body: unknown = {}): Promise<number> {
		const response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		await response.text();
		return response.status;
	}

	async close(): Promise<void> {
		this.server?.closeAllConnections();
		await new Promise<void>((resolve) => this.server?.close(() => resolve()));
	}

	private get credentials() {
		const { simulator, api, apiLater, webhookSecret } = this.options;
		const { apiUrl, uploadUrl } = simulator;
		const chosen = this.run === undefined ? api : (apiLater ?? api);
		return {
			apiKey: this.apiKey,
			baseUrl: apiUrl,
			uploadBaseUrl: uploadUrl,
			...(chosen === undefined ? {} : { api: chosen }),
			...(webhookSecret === undefined ? {} : { webhookSecret }),
		};
	}

	private get parameters(): INodeParameters {
		return {
			resource: 'video',
			operation: this.options.operation ?? 'get4k',
			taskId: '={{ $json.taskId }}',
			prompt: '={{ $json.prompt }}',
			index: 0,
			waitMode: 'callback',
			options: { timeout: this.options.timeout },
			...this.options.parameters,
		};
	}

	private async listen(): Promise<void> {
		const server = createServer((request, response) => void this.answer(request, response));
		this.server = server;
		this.base = `http://127.0.0.1:${await listen(server)}/webhook-waiting`;
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const url = request.url ?? '/';
		const kind = url.includes(WAKE_UP_PARAMETER) ? 'wakeUp' : 'callback';
		const after = Date.now() - this.since;
		const receivers = Math.max(1, this.processes.length - 1);
		const process = (this.turn++ % receivers) + (this.processes.length > 1 ? 1 : 0);
		const reply = await this.reply(process, {
			at: Date.now(),
			path: url,
			headers: request.headers,
			body,
		});
		if (kind === 'wakeUp' && !this.run) this.preflights++;
		else this.calls.push({ kind, process, url, after, status: reply.status, body: reply.body });
		response.writeHead(reply.status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(reply.body));
		// n8n 2.x resumes only what still waits.
		const isRefused = this.options.line !== '1.x' && this.resumed.length > 0;
		const { lostResumptions = 0 } = this.options;
		if (reply.items !== null && this.lost < lostResumptions) this.lost++;
		else if (reply.items !== null && !isRefused) this.resumed.push(reply.items);
	}

	private async reply(process: number, callback: Parameters<typeof runWebhook>[0]['callback']) {
		const { executionId } = this;
		const nodeType = this.processes[process];
		if (this.resumed.length > 0 || !this.run || !nodeType) {
			const message = `The execution "${executionId}" is running already.`;
			return { status: 409, body: { code: 409, message }, items: null };
		}
		const { stored, contextData, resumeToken } = this.run;
		return await runWebhook({
			nodeType,
			parameters: this.parameters,
			settings: this.options.settings,
			// A Base URL that cannot be used stands for any fault while credentials are read.
			credentials: { ...this.credentials, ...(this.breakCredentials ? { baseUrl: 'gone' } : {}) },
			callback,
			stored: structuredClone(stored ?? []),
			contextData: structuredClone(contextData),
			resumeToken,
			surroundings: { executionId, webhookWaitingBaseUrl: this.base },
		});
	}
}

/** The node as a process of n8n that knows nothing has loaded it. */
function anotherProcess(): INodeType {
	let nodeType: INodeType | undefined;
	jest.isolateModules(() => {
		const loaded = jest.requireActual<{ KieVeo: new () => INodeType }>(
			'../../../nodes/KieVeo/KieVeo.node',
		);
		nodeType = new loaded.KieVeo();
	});
	if (!nodeType) throw new Error('The node was not loaded');
	return nodeType;
}

async function pause(ms: number): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, ms));
}
