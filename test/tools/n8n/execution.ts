import type { INodeExecutionData } from 'n8n-workflow';

import { parseFlatted } from './flatted';

/** What a node run has left behind. */
interface NodeRun {
	/** Items by output; an output that received nothing has an empty list. */
	outputs: readonly INodeExecutionData[][];
	error: NodeError | undefined;
	/** How long it took, as n8n recorded it. */
	milliseconds: number | undefined;
}

/** An error as n8n stores it for a node or a whole execution. */
export interface NodeError {
	name?: string;
	message: string;
	/** The longer explanation under the message. */
	description?: string;
}

/** An execution without its data, as n8n lists it. */
export interface ExecutionSummary {
	id: string;
	/** `new`, `running`, `waiting`, `success`, `error`, `canceled`, `crashed`, `unknown`. */
	status: string;
	startedAt?: string;
	stoppedAt?: string;
	/** Until when it waits, as ISO 8601 text. */
	waitTill?: string;
}

/** An execution with what its nodes put out. */
export interface Execution extends ExecutionSummary {
	/** All runs of each node, first to last. */
	runs: ReadonlyMap<string, readonly NodeRun[]>;
	/** The error that ended it, wherever it came from. */
	error: NodeError | undefined;
	/** What nodes have noted for people who look for the execution. */
	customData: Readonly<Record<string, string>>;
	/** n8n's stored data, for what this type does not show. Empty while it has only just begun. */
	data: StoredData;
}

const ENDED = new Set(['success', 'error', 'canceled', 'crashed']);

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
	return status !== 'success' || (runs.size > 0 && toRun === 0);
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
	const nodeRun = execution.runs.get(nodeName)?.at(run);
	if (nodeRun) return nodeRun.outputs[output] ?? [];
	const cause = execution.error ? `: ${execution.error.message}` : '';
	const known = [...execution.runs.keys()].join(', ') || 'none';
	throw new Error(
		`Node "${nodeName}" has no run ${run} in execution ${execution.id} ` +
			`(${execution.status}${cause}). Nodes that ran: ${known}.`,
	);
}

/** The error of a node's last run, or `undefined` when it has none. */
export function nodeError(execution: Execution, nodeName: string): NodeError | undefined {
	return execution.runs.get(nodeName)?.at(-1)?.error;
}

/** Milliseconds all runs of a node took together, as n8n recorded them. */
export function nodeMilliseconds(execution: Execution, nodeName: string): number {
	const runs = execution.runs.get(nodeName) ?? [];
	return runs.reduce((sum, { milliseconds = NaN }) => sum + milliseconds, 0);
}

interface StoredData {
	executionData?: { nodeExecutionStack: readonly unknown[] };
	resultData?: { runData?: Record<string, StoredRun[]>; error?: StoredError };
}

interface StoredRun {
	data?: { main?: Array<INodeExecutionData[] | null> };
	error?: StoredError;
	executionTime?: number;
}

interface StoredError extends NodeError {
	context?: { description?: string };
}

/** An entry of n8n's list of executions. */
export type ListedExecution = Pick<ExecutionSummary, 'id' | 'status'> & {
	[time in 'startedAt' | 'stoppedAt' | 'waitTill']?: string | null;
};

export function parseSummary(listed: ListedExecution): ExecutionSummary {
	const { id, status, startedAt, stoppedAt, waitTill } = listed;
	const times = Object.entries({ startedAt, stoppedAt, waitTill }).filter(([, time]) => time);
	return { id, status, ...Object.fromEntries(times) };
}

/** @param stored n8n's answer for one execution, whose `data` is text in the `flatted` format */
export function parseExecution(
	stored: ListedExecution & { data: string; customData?: Record<string, string> },
): Execution {
	const data = (parseFlatted(stored.data) ?? {}) as StoredData;
	const runs = Object.entries(data.resultData?.runData ?? {});
	return {
		...parseSummary(stored),
		runs: new Map(runs.map(([name, ofNode]) => [name, ofNode.map(parseRun)])),
		error: parseError(data.resultData?.error),
		customData: stored.customData ?? {},
		data,
	};
}

function parseRun({ data, error, executionTime }: StoredRun): NodeRun {
	const outputs = (data?.main ?? []).map((items) => items ?? []);
	return { outputs, error: parseError(error), milliseconds: executionTime };
}

function parseError(error: StoredError | undefined): NodeError | undefined {
	return error && { ...error, description: error.description ?? error.context?.description };
}
