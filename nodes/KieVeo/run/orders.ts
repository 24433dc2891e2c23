import { createHash } from 'crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

import type { Order, StateOrder } from '../kie/api';
import type { UploadFile } from '../kie/http/client';
import { isJsonObject, toText } from '../values';

/** What became of an order that this execution has sent. */
export interface PlacedOrder {
	/** Under which Kie has accepted it; `null` when its answer was lost. */
	taskId: string | null;
	/** Set when Kie accepted it under another id than the user knows. */
	kieTaskId: string | null;
	/** Whether an upgrade was ordered through the jobs API. */
	isJob?: boolean;
	/** Whether asking about an upgrade may have ordered another one: the record alone is read from then on. */
	perhapsReordered?: boolean;
	/** Of a lost answer: what was wrong with it. */
	message: string;
}

/** The name in the node's context. */
const FIELD = 'kieVeoOrders';
/** Of earlier rounds: some 100 bytes each, in the execution that n8n stores. */
const MOST_EARLIER = 1_000;
const MOST_OF_A_MESSAGE = 100;
/** One of these can stand behind the ids of an upgrade. */
const JOB = 'jobs';
const REORDERED = 'reordered';

/**
 * What this node has ordered, and paid for, in this execution: kept in the node's context, which n8n stores with
 * the execution and hands to a retry of it. So a node that runs again (Retry On Fail, the Retry button, a workflow
 * that retries failed executions) knows which tasks exist. It holds digests and ids, neither prompts nor secrets.
 */
export class OrderMemory {
	private readonly orders: { [key: string]: unknown };

	/** @param round tells the runs of a node in a loop apart; the same when one of them is retried */
	constructor(
		context: Pick<IExecuteFunctions, 'getContext'>,
		private readonly round: number,
	) {
		const stored = context.getContext('node');
		const known: unknown = stored[FIELD];
		this.orders = isJsonObject(known) ? known : {};
		stored[FIELD] = this.orders;
	}

	/**
	 * Names an order by its place and its content: with another prompt it is a new one. The callback address does not
	 * count, since that of a suspended execution is another one each time.
	 *
	 * @param images as the item has them, before they are uploaded
	 * @returns `null` for what costs nothing
	 */
	keyOf(order: Order, item: number, images: readonly UploadFile[] = []): string | null {
		if (order.kind === 'state') return null;
		const text = JSON.stringify([order.operation, ...contentOf(order, images)]);
		const digest = createHash('sha256').update(text).digest('base64url').slice(0, 16);
		return `${this.round}.${item}.${digest}`;
	}

	find(key: string | null): PlacedOrder | null {
		const entry = key !== null && Object.hasOwn(this.orders, key) ? this.orders[key] : null;
		if (!Array.isArray(entry)) return null;
		const [taskId = null, kieTaskId = null, note] = (entry as unknown[]).map(toText);
		const [isJob, perhapsReordered] = [note === JOB, note === REORDERED];
		return { taskId, kieTaskId, message: note ?? '', isJob, perhapsReordered };
	}

	/**
	 * To be called as soon as it is known. A retry runs the newest round again, so all orders of that are kept; of
	 * earlier ones the oldest are forgotten beyond 1,000.
	 */
	remember(key: string | null, order: PlacedOrder): void {
		if (key === null) return;
		const { taskId, kieTaskId, message, isJob, perhapsReordered } = order;
		const note = isJob ? JOB : perhapsReordered ? REORDERED : null;
		if (taskId === null) this.orders[key] = [null, null, message.slice(0, MOST_OF_A_MESSAGE)];
		else if (note !== null) this.orders[key] = [taskId, kieTaskId, note];
		else this.orders[key] = kieTaskId === null ? [taskId] : [taskId, kieTaskId];
		const earlier = Object.keys(this.orders).filter((one) => !one.startsWith(`${this.round}.`));
		for (const oldest of earlier.slice(0, -MOST_EARLIER)) delete this.orders[oldest];
	}
}

function contentOf(order: Exclude<Order, StateOrder>, images: readonly UploadFile[]): unknown[] {
	switch (order.kind) {
		case 'creation':
			return [order.parameters, images.map(({ identity }) => identity)];
		case 'model':
			return [order.model, order.given];
		case 'upgrade':
			return [order.taskId, order.index];
	}
}

/** The name of the execution's custom data that holds the newest task IDs. */
const TASKS = 'kieVeoTasks';
/** n8n keeps no longer value. */
const MOST_CHARACTERS = 255;

/**
 * All that n8n 2.x keeps of an execution that is stopped by hand. n8n limits its length, so only the newest stay.
 * Never throws: the task is paid for.
 */
export function noteInExecution(
	context: Pick<IExecuteFunctions, 'getWorkflowDataProxy' | 'logger'>,
	taskId: string,
): void {
	try {
		const { $execution } = context.getWorkflowDataProxy(0);
		const data = $execution?.customData as
			| { get(name: string): string | undefined; set(name: string, value: string): void }
			| undefined;
		if (!data) return;
		const ids = [...(data.get(TASKS)?.split(' ') ?? []), taskId];
		while (ids.join(' ').length > MOST_CHARACTERS) ids.shift();
		data.set(TASKS, ids.join(' '));
	} catch (error) {
		context.logger.debug(`The task ID is not in the execution's custom data: ${String(error)}`);
	}
}
