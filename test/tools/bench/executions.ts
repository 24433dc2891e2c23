import { setTimeout as pause } from 'node:timers/promises';

import type { N8nClient } from '../n8n/client';
import { hasEnded, nodeError, type Execution, type ExecutionSummary } from '../n8n/execution';

export const LOOK_EVERY_MS = 25;
const LIMIT_MS = 120_000;

/** Seconds from an execution's beginning to its end, by n8n's own record. */
export function recordedSeconds({ startedAt, stoppedAt }: ExecutionSummary): number {
	return (timeOf(stoppedAt) - timeOf(startedAt)) / 1000;
}

/** Epoch milliseconds of one of n8n's times; NaN without one. */
export function timeOf(text: string | undefined): number {
	return text === undefined ? NaN : Date.parse(text);
}

/** @throws Error with the node's or the execution's error when it did not succeed */
export function expectSuccess(execution: Execution, nodeName: string): void {
	if (execution.status === 'success') return;
	const error = nodeError(execution, nodeName) ?? execution.error;
	throw new Error(`An execution ended as "${execution.status}": ${error?.message ?? 'no reason'}`);
}

/** What an execution was doing when it was looked at. */
export interface Sight {
	/** Epoch milliseconds when n8n was asked, and when its answer was there: it was so in between. */
	asked: number;
	told: number;
	status: string;
}

/** Looks at an execution every 25 ms until it has ended. */
export async function observe(
	client: N8nClient,
	id: string,
): Promise<{ sights: Sight[]; startedAt: number }> {
	const sights: Sight[] = [];
	let startedAt = NaN;
	for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
		const asked = Date.now();
		const execution = await client.getExecution(id);
		sights.push({ asked, told: Date.now(), status: execution.status });
		// The first one counts: n8n may write another when the execution is resumed.
		if (Number.isNaN(startedAt)) startedAt = timeOf(execution.startedAt);
		if (hasEnded(execution)) return { sights, startedAt };
	}
	throw new Error(`Execution ${id} has not ended after ${LIMIT_MS} ms`);
}

/**
 * Waits until a workflow has that many more executions, and all have ended.
 *
 * @param after id of the newest execution that does not count
 * @throws Error when one of them did not succeed, or there are more
 */
export async function endedExecutions(
	client: N8nClient,
	workflowId: string,
	count: number,
	after?: string,
): Promise<ExecutionSummary[]> {
	for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await pause(100)) {
		const executions = await client.listExecutionsAfter(workflowId, after);
		if (executions.length < count || !executions.every(hasEnded)) continue;
		const bad = executions.filter(({ status }) => status !== 'success').length;
		if (bad > 0 || executions.length > count) {
			throw new Error(`${executions.length} executions for ${count} calls, ${bad} not successful`);
		}
		return executions;
	}
	throw new Error(`Not all of ${count} executions ended within ${LIMIT_MS} ms`);
}
