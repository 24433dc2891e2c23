import type { INode } from 'n8n-workflow';

import { connect } from '../../spec/e2e/workflows';
import type { N8nClient, WorkflowDefinition } from '../n8n/client';
import {
	hasEnded,
	itemsOf,
	nodeError,
	type Execution,
	type ExecutionSummary,
} from '../n8n/execution';
import { until } from '../simulator/testing';

const LIMIT_MS = 120_000;

/** A workflow of nodes that run one after the other. */
export function inRow(first: INode, ...others: INode[]): WorkflowDefinition {
	const nodes = [first, ...others];
	const connections = others.map(({ name }, before) => connect(nodes[before]?.name ?? '', name));
	return {
		name: first.name,
		nodes,
		connections: Object.fromEntries(connections.flatMap((one) => Object.entries(one))),
	};
}

/** Seconds from the beginning of the first execution to the end of the last, by n8n's own record. */
export function recordedSeconds(first: ExecutionSummary, last = first): number {
	return (timeOf(last.stoppedAt) - timeOf(first.startedAt)) / 1000;
}

/** Epoch milliseconds of one of n8n's times; NaN without one. */
export function timeOf(text: string | null | undefined): number {
	return Date.parse(text ?? '');
}

/** @throws Error with the node's or the execution's error when it did not succeed */
export function expectSuccess(execution: Execution, nodeName: string): void {
	if (execution.status === 'success') return;
	const error = nodeError(execution, nodeName) ?? execution.error;
	throw new Error(`An execution ended as "${execution.status}": ${error?.message ?? 'no reason'}`);
}

/** @throws Error unless the node put out a different URL with that ending for every item */
export function expectUrls(
	execution: Execution,
	nodeName: string,
	count: number,
	ending = '4k.mp4',
): void {
	expectSuccess(execution, nodeName);
	const urls = itemsOf(execution, nodeName).map(({ json }) =>
		String(json.videoUrl ?? json.fileUrl),
	);
	const different = new Set(urls.filter((url) => url.endsWith(ending))).size;
	if (different !== count) throw new Error(`${different} of ${count} files came out`);
}

/**
 * Waits until a workflow has that many more executions, and all have ended.
 *
 * @param after id of the newest execution that does not count
 * @param status in which they end
 * @returns newest first
 * @throws Error when one of them ended in another way, or there are more
 */
export async function endedExecutions(
	client: N8nClient,
	workflowId: string,
	count: number,
	after = '0',
	status: 'success' | 'error' = 'success',
): Promise<ExecutionSummary[]> {
	const executions = await until(
		async () => await client.listExecutionsAfter(workflowId, after),
		(some) => some.length >= count && some.every(hasEnded),
		LIMIT_MS,
		100,
	);
	const bad = executions.filter((one) => one.status !== status).length;
	if (bad > 0 || executions.length > count) {
		throw new Error(`${executions.length} executions for ${count} calls, ${bad} not "${status}"`);
	}
	return executions;
}

/**
 * Waits until all executions are so. Asks about all at once and patiently: n8n is busy with them, and says
 * meanwhile that its database is not ready.
 */
export async function untilAll(
	client: N8nClient,
	ids: readonly string[],
	isSo: (execution: ExecutionSummary) => boolean,
	timeoutMs: number,
): Promise<void> {
	const find = async () => {
		const listed = await client.listExecutions().catch(() => []);
		return listed.filter((one) => ids.includes(one.id) && isSo(one));
	};
	await until(find, (found) => found.length === ids.length, timeoutMs, 500);
}
