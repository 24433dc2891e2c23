import type { ExecutionError, ExecutionStatus, INodeExecutionData, IRunData } from 'n8n-workflow';

import { isJsonObject } from '../../../nodes/KieVeo/values';

/** An execution without its data, as n8n lists it. Times are ISO 8601 text. */
export interface ExecutionSummary {
	id: string;
	status: ExecutionStatus;
	startedAt?: string | null;
	stoppedAt?: string | null;
	/** Until when it waits. */
	waitTill?: string | null;
}

/** An execution with what its nodes put out. */
export interface Execution extends ExecutionSummary {
	/** All runs of each node, first to last. */
	runs: IRunData;
	/** The error that ended it, wherever it came from. */
	error?: ExecutionError;
	/** What nodes have noted for people who look for the execution. */
	customData: Readonly<Record<string, string>>;
	/** All that n8n has stored. Empty while it has only just begun. */
	data: StoredData;
}

interface StoredData {
	executionData?: { nodeExecutionStack: readonly unknown[] };
	resultData?: { runData?: IRunData; error?: ExecutionError };
}

/** What n8n answers for one execution. */
export type StoredExecution = ExecutionSummary & {
	/** Text in the `flatted` format. */
	data: string;
	customData?: Record<string, string>;
};

export function parseExecution({ data, customData = {}, ...summary }: StoredExecution): Execution {
	const stored = (parseFlatted(data) ?? {}) as StoredData;
	const { runData: runs = {}, error } = stored.resultData ?? {};
	return { ...summary, runs, error, customData, data: stored };
}

/**
 * Reads text in the `flatted` format: a JSON list whose first entry is the value. Inside objects and lists,
 * text is the number of the entry that is written there, so that shared and circular parts appear once.
 *
 * (The package `flatted` itself declares its types for ES modules alone.)
 */
function parseFlatted(text: string): unknown {
	const entries = JSON.parse(text) as unknown[];
	const resolve = (value: unknown) => (typeof value === 'string' ? entries[Number(value)] : value);
	for (const entry of entries) {
		if (!Array.isArray(entry) && !isJsonObject(entry)) continue;
		for (const [field, value] of Object.entries(entry))
			Object.assign(entry, { [field]: resolve(value) });
	}
	return entries[0];
}

const ENDED = new Set<ExecutionStatus>(['success', 'error', 'canceled', 'crashed']);

/** Whether nothing more will happen in it. Waiting is not ended. */
export function hasEnded({ status }: ExecutionSummary): boolean {
	return ENDED.has(status);
}

/**
 * Whether the data fits the status. n8n stores the status first: for a moment a success still has the
 * data from its beginning, or from when it was suspended or resumed, and a failure does not have its error yet.
 * Data from before the end has a node that is still to run.
 */
export function isWhole({ status, runs, error, data }: Execution): boolean {
	if (status === 'error') return error !== undefined;
	const toRun = data.executionData?.nodeExecutionStack.length ?? 0;
	return status !== 'success' || (Object.keys(runs).length > 0 && toRun === 0);
}

/**
 * The items a node put out.
 *
 * @param run which run of a node that ran several times, 0 is the first; default the last
 * @throws Error that tells how the execution ended when the node has not run
 */
export function itemsOf(
	execution: Execution,
	nodeName: string,
	output = 0,
	run = -1,
): INodeExecutionData[] {
	const nodeRun = execution.runs[nodeName]?.at(run);
	if (nodeRun) return nodeRun.data?.main?.[output] ?? [];
	const cause = execution.error ? `: ${execution.error.message}` : '';
	const known = Object.keys(execution.runs).join(', ') || 'none';
	throw new Error(
		`Node "${nodeName}" has no run ${run} in execution ${execution.id} ` +
			`(${execution.status}${cause}). Nodes that ran: ${known}.`,
	);
}

/** What a node put out in all of its runs, at all outputs. None if it has not run. */
export function allItemsOf({ runs }: Execution, nodeName: string): INodeExecutionData[] {
	return (runs[nodeName] ?? [])
		.flatMap(({ data }) => data?.main ?? [])
		.flatMap((items) => items ?? []);
}

/** The error of a node's last run, or `undefined` when it has none. */
export function nodeError({ runs }: Execution, nodeName: string): ExecutionError | undefined {
	return runs[nodeName]?.at(-1)?.error;
}
