import { setTimeout as pause } from 'node:timers/promises';

import type { N8nClient } from '../n8n/client';
import {
	hasEnded,
	itemsOf,
	nodeError,
	type Execution,
	type ExecutionSummary,
} from '../n8n/execution';

const LIMIT_MS = 120_000;

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

/** @throws Error unless the node put out a different 4K URL for every video */
export function expectVideos(execution: Execution, nodeName: string, count: number): void {
	expectFiles(execution, nodeName, count, 'videoUrl', '4k.mp4');
}

/** @throws Error unless the node put out a different file URL for every item */
export function expectFiles(
	execution: Execution,
	nodeName: string,
	count: number,
	field = 'fileUrl',
	ending = '',
): void {
	expectSuccess(execution, nodeName);
	const urls = itemsOf(execution, nodeName).map(({ json }) => String(json[field] ?? ''));
	const different = new Set(urls.filter((url) => url !== '' && url.endsWith(ending))).size;
	if (different !== count) throw new Error(`${different} of ${count} files came out`);
}

/**
 * Waits until a workflow has that many more executions, and all have ended.
 *
 * @param after id of the newest execution that does not count
 * @returns newest first
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
	for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await pause(500)) {
		const listed = await client.listExecutions().catch(() => []);
		if (listed.filter((one) => ids.includes(one.id) && isSo(one)).length === ids.length) return;
	}
	throw new Error(`Not all of ${ids.length} executions were so within ${timeoutMs} ms`);
}
