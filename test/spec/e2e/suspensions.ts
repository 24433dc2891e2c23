import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { addressKey } from '../../../nodes/KieVeo/addresses/submission';
import { withWakeUp } from '../../../nodes/KieVeo/suspension/watch';
import { itemsOf, type Execution } from '../../tools/n8n/execution';
import { NEVER, SIMULATOR_KEY, type AddVideo, type JournalEntry } from '../../tools/simulator';
import type { Stage } from './stage';
import { AFTER, chain, KIE } from './workflows';

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
	async run(
		taskIds: readonly string[],
		timeout: number,
		parameters?: INodeParameters,
	): Promise<string> {
		const { client } = this.stage;
		const { id } = await client.createWorkflow(this.workflowFor(taskIds, timeout, parameters));
		return await client.runWorkflow(id);
	}

	/** Starts an execution, and waits until it is suspended. */
	async start(...started: Parameters<Suspensions['run']>): Promise<string> {
		const execution = await this.run(...started);
		await this.stage.client.waitForExecution(execution, { until: 'waiting' });
		return execution;
	}

	workflowFor(taskIds: readonly string[], timeout: number, parameters: INodeParameters = {}) {
		const items: IDataObject[] = taskIds.map((taskId, i) => ({ taskId, tag: `item ${i}` }));
		const own = { operation: 'get4k', waitMode: 'callback', options: { timeout } };
		return chain(this.credential, items, { ...own, ...parameters });
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
