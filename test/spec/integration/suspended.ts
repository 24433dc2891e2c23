import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import type {
	ICredentialDataDecryptedObject,
	IExecuteContextData,
	INodeExecutionData,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { WAKE_UP_PARAMETER } from '../../../nodes/KieVeo/suspension/watch';
import { closeServer, listen } from '../../tools/simulator/network';
import { until } from '../../tools/simulator/testing';
import { runNode, runWebhook, type RunResult, type WebhookAnswer } from './runNode';

/** A call of the suspended execution's address. */
interface AnsweredCall {
	kind: 'callback' | 'wakeUp';
	status: number;
	body: unknown;
	url: string;
	/** Milliseconds since the suspension. */
	after: number;
}

export interface SuspendOptions {
	credentials: ICredentialDataDecryptedObject;
	items: Array<{ taskId?: string; prompt?: string; model?: string }>;
	operation?: string;
	parameters?: INodeParameters;
	/** Seconds. */
	timeout: number;
	/** Default: 2.x, which signs the resume address. */
	line?: '1.x' | '2.x';
	/** Default 1. With more, the first one suspends, as a worker, and the others are called in turn. */
	processes?: number;
	/** How many resumptions n8n fails to store: the execution keeps waiting. Default: none. */
	lostResumptions?: number;
	/** What the node has stored in the execution before. */
	contextData?: IExecuteContextData;
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
	/** What the credential says by now. */
	readonly credentials: ICredentialDataDecryptedObject;
	/** Resumptions that n8n did not store. */
	lost = 0;
	/** Calls of its own address before anything was ordered. */
	preflights = 0;
	private readonly executionId = `suspended-${++executions}`;
	private readonly since = Date.now();
	private readonly server = createServer(
		(request, response) => void this.answer(request, response),
	);
	private readonly parameters: INodeParameters;
	private processes: INodeType[];
	private base = '';
	private run: RunResult | undefined;
	private turn = 0;

	private constructor(private readonly options: SuspendOptions) {
		const { credentials, operation = 'get4k', timeout, parameters, processes = 1 } = options;
		this.credentials = { ...credentials };
		this.parameters = {
			resource: 'video',
			operation,
			taskId: '={{ $json.taskId }}',
			prompt: '={{ $json.prompt }}',
			index: 0,
			waitMode: 'callback',
			options: { timeout },
			...parameters,
		};
		this.processes = [new KieVeo(), ...Array.from({ length: processes - 1 }, anotherProcess)];
	}

	static async start(options: SuspendOptions): Promise<Suspended> {
		const suspended = new Suspended(options);
		suspended.base = `http://127.0.0.1:${await listen(suspended.server)}/webhook-waiting`;
		const run = runNode({
			nodeType: suspended.processes[0],
			executionId: suspended.executionId,
			unsigned: options.line === '1.x',
			parameters: suspended.parameters,
			items: options.items.map((json) => ({ json })),
			credentials: suspended.credentials,
			webhookWaitingBaseUrl: suspended.base,
			contextData: options.contextData,
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
		await until(
			() => this.resumed.length,
			(times) => times > 0,
			withinMs,
		);
		await new Promise((soon) => setTimeout(soon, 50));
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
		await closeServer(this.server);
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const { url = '/', headers } = request;
		const kind = url.includes(WAKE_UP_PARAMETER) ? 'wakeUp' : 'callback';
		const after = Date.now() - this.since;
		const reply = await this.reply({ path: url, headers, body });
		if (kind === 'wakeUp' && !this.run) this.preflights++;
		else this.calls.push({ kind, url, after, status: reply.status, body: reply.body });
		response.writeHead(reply.status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(reply.body));
		if (reply.items === null) return;
		const { line, lostResumptions = 0 } = this.options;
		if (this.lost < lostResumptions) this.lost++;
		// n8n 2.x resumes only what still waits.
		else if (line === '1.x' || this.resumed.length === 0) this.resumed.push(reply.items);
	}

	private async reply(
		callback: Parameters<typeof runWebhook>[0]['callback'],
	): Promise<WebhookAnswer> {
		const { executionId, processes } = this;
		const receivers = processes.length > 1 ? processes.slice(1) : processes;
		const nodeType = receivers[this.turn++ % receivers.length];
		if (this.resumed.length > 0 || !this.run || !nodeType) {
			const message = `The execution "${executionId}" is running already.`;
			return { status: 409, body: { code: 409, message }, items: null };
		}
		const { stored, contextData, resumeToken } = this.run;
		return await runWebhook({
			nodeType,
			parameters: this.parameters,
			credentials: this.credentials,
			callback,
			stored: structuredClone(stored ?? []),
			contextData: structuredClone(contextData),
			resumeToken,
			executionId,
			webhookWaitingBaseUrl: this.base,
		});
	}
}

/** Suspends executions, which are closed after each test. To be called at the top of a file. */
export function useSuspended(): typeof Suspended.start {
	const open: Suspended[] = [];
	afterEach(async () => {
		await Promise.all(open.splice(0).map(async (one) => await one.close()));
	});
	return async (options) => {
		const suspended = await Suspended.start(options);
		open.push(suspended);
		return suspended;
	};
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
