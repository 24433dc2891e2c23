import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { addressKey } from '../../../nodes/KieVeo/addresses/submission';
import { withWakeUp } from '../../../nodes/KieVeo/suspension/watch';
import { itemsOf, type Execution } from '../../tools/n8n/execution';
import type { LineName } from '../../tools/n8n/versions';
import { NEVER, SIMULATOR_KEY, type AddVideo, type JournalEntry } from '../../tools/simulator';
import type { Stage } from './stage';
import { AFTER, chain, connect, KIE, node } from './workflows';

/** No callback about it ever arrives. */
export const LOST = { callback: { lostAttempts: 99 } } satisfies AddVideo;

/** Executions of Get 4K Video that are suspended in the n8n of a stage. */
export class Suspensions {
	constructor(
		private readonly stage: Stage,
		private readonly credential = stage.credential,
	) {}

	/** Videos whose upgrade ends only when told. */
	add(count: number, video: AddVideo = {}): string[] {
		return Array.from({ length: count }, () =>
			this.stage.simulator.addVideo({ timings: { upgrade4k: NEVER }, ...video }),
		);
	}

	finish(taskIds: readonly string[]): void {
		for (const taskId of taskIds) this.stage.simulator.finish(taskId, 'get4k');
	}

	/** Starts an execution. */
	async run(...of: Parameters<Suspensions['workflowFor']>): Promise<string> {
		const { client } = this.stage;
		const { id } = await client.createWorkflow(this.workflowFor(...of));
		return await client.runWorkflow(id);
	}

	/** Starts an execution, and waits until it is suspended. */
	async start(...of: Parameters<Suspensions['run']>): Promise<string> {
		const execution = await this.run(...of);
		await this.stage.client.waitForExecution(execution, { until: 'waiting' });
		return execution;
	}

	workflowFor(
		taskIds: readonly string[],
		timeout: number,
		parameters: INodeParameters = {},
		settings: Partial<INode> = {},
	) {
		const items: IDataObject[] = taskIds.map((taskId, i) => ({ taskId, tag: `item ${i}` }));
		const own = { operation: 'get4k', waitMode: 'callback', options: { timeout } };
		return chain(this.credential, items, { ...own, ...parameters }, settings);
	}

	/** Starts a workflow that calls another one with videos, and waits until it is suspended. */
	async startCalled(
		line: LineName,
		taskIds: readonly string[],
		mode: 'once' | 'each',
	): Promise<string> {
		const { client } = this.stage;
		const { nodes, pinData } = this.workflowFor(taskIds, 600);
		const [items, kie, after] = nodes;
		if (!items || !kie || !after) throw new Error('The chain has changed');
		const trigger = node('When Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
			inputSource: 'passthrough',
		});
		const { id } = await client.createWorkflow({
			name: 'Called',
			nodes: [trigger, kie],
			connections: connect(trigger.name, KIE),
		});
		if (line === '2.x') await client.activateWorkflow(id);
		const call = node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
			workflowId: { __rl: true, mode: 'id', value: id },
			mode,
			options: { waitForSubWorkflow: true },
		});
		const parent = await client.createWorkflow({
			name: 'Calling',
			nodes: [items, call, after],
			connections: { ...connect(items.name, call.name), ...connect(call.name, AFTER) },
			pinData,
		});
		const execution = await client.runWorkflow(parent.id);
		await client.waitForExecution(execution, { until: 'waiting' });
		return execution;
	}

	/** A wake-up as this package would send it. */
	wakeUp(execution: string, of: string): string {
		const url = new URL(this.addressOf(of));
		url.searchParams.delete('kieVeo');
		const place = { execution, node: KIE, round: -1 };
		return withWakeUp(url.href, { kind: 'all', at: Date.now(), place }, addressKey(SIMULATOR_KEY));
	}

	/** The address at which Kie should report a video. */
	addressOf(taskId: string): string {
		const [submission] = this.stage.simulator.submissions({ taskId });
		return (submission?.body as { callBackUrl: string }).callBackUrl;
	}

	/** What Kie was asked about a video after its submission. */
	questionsAbout(taskId: string): JournalEntry[] {
		const about = this.stage.simulator.requests({ host: 'api', taskId });
		return about.filter(({ submission }) => !submission);
	}

	/** Everything came out once, linked to its input, in its order. */
	expectWhole(execution: Execution, taskIds: readonly string[]): void {
		expect(itemsOf(execution, KIE).map(({ json }) => json.taskId)).toStrictEqual(taskIds);
		const after = itemsOf(execution, AFTER).map(({ json }) => json.tag);
		expect(after).toStrictEqual(taskIds.map((_, i) => `item ${i}`));
		expect(execution.runs[AFTER]).toHaveLength(1);
	}
}

export const statusesIn = (execution: Execution) =>
	itemsOf(execution, KIE).map(({ json }) => json.status);

/** Status of a POST, and whether the execution waits, as the node says. */
export async function post(url: string, body: unknown = {}): Promise<[number, unknown]> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	const answer = (await response.json()) as { waiting?: unknown };
	return [response.status, answer.waiting];
}
