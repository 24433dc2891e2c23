import type { INodeExecutionData } from 'n8n-workflow';

import { parseFlatted } from './flatted';
import { asArray, asRecord, isRecord, optionalText, textOf, type UnknownRecord } from './wire';

/** What a node run has left behind. */
interface NodeRun {
	executionStatus: string | undefined;
	/** Items by output; an output that received nothing has an empty list. */
	outputs: readonly INodeExecutionData[][];
	error: NodeError | undefined;
	/** How long it took, as n8n recorded it. */
	milliseconds: number | undefined;
}

/** An error as n8n stores it for a node or a whole execution. */
export interface NodeError {
	name: string | undefined;
	message: string;
	/** The longer explanation under the message. */
	description: string | undefined;
	httpCode: string | undefined;
	/** Which input item it belongs to. */
	itemIndex: number | undefined;
}

/** An execution without its data, as in the list. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	/** `new`, `running`, `waiting`, `success`, `error`, `canceled`, `crashed`, `unknown`. */
	status: string;
	/** `manual`, `webhook`, `trigger`, ... */
	mode: string;
	startedAt: string | undefined;
	stoppedAt: string | undefined;
	/** Until when it waits, as ISO 8601 text. */
	waitTill: string | undefined;
}

/** An execution with what its nodes put out. */
export interface Execution extends ExecutionSummary {
	/** All runs of each node, first to last. */
	runs: ReadonlyMap<string, readonly NodeRun[]>;
	lastNode: string | undefined;
	/** The error that ended it, wherever it came from. */
	error: NodeError | undefined;
	/** n8n's stored data, for what this type does not show. */
	data: UnknownRecord;
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
	return status !== 'success' || (runs.size > 0 && nodesToRun(data) === 0);
}

function nodesToRun({ executionData }: UnknownRecord): number {
	const stack = isRecord(executionData) ? executionData.nodeExecutionStack : undefined;
	return Array.isArray(stack) ? stack.length : 0;
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

/** Reads an entry of n8n's list of executions. */
export function parseSummary(value: unknown): ExecutionSummary {
	const record = asRecord(value, 'execution');
	return {
		id: textOf(record, 'id', 'execution'),
		workflowId: textOf(record, 'workflowId', 'execution'),
		status: textOf(record, 'status', 'execution'),
		mode: textOf(record, 'mode', 'execution'),
		startedAt: optionalText(record, 'startedAt'),
		stoppedAt: optionalText(record, 'stoppedAt'),
		waitTill: optionalText(record, 'waitTill'),
	};
}

/** Reads n8n's answer for one execution, whose `data` is text in the `flatted` format. */
export function parseExecution(value: unknown): Execution {
	const record = asRecord(value, 'execution');
	const stored = parseFlatted(textOf(record, 'data', 'execution'));
	// Nothing is stored while the execution has only just begun.
	const data = isRecord(stored) ? stored : {};
	const result = isRecord(data.resultData) ? data.resultData : {};
	const runData = isRecord(result.runData) ? result.runData : {};
	return {
		...parseSummary(record),
		runs: new Map(Object.entries(runData).map(([name, runs]) => [name, parseRuns(name, runs)])),
		lastNode: optionalText(result, 'lastNodeExecuted'),
		error: parseError(result.error),
		data,
	};
}

function parseRuns(nodeName: string, runs: unknown): NodeRun[] {
	return asArray(runs, nodeName).map((value) => {
		const run = asRecord(value, nodeName);
		const data = isRecord(run.data) ? run.data : {};
		const main = Array.isArray(data.main) ? data.main : [];
		return {
			executionStatus: optionalText(run, 'executionStatus'),
			outputs: main.map((items: unknown) => (Array.isArray(items) ? items.filter(isItem) : [])),
			error: parseError(run.error),
			milliseconds: typeof run.executionTime === 'number' ? run.executionTime : undefined,
		};
	});
}

/** n8n wrote the item itself; `json` is what tells an item from a hole in the list. */
function isItem(value: unknown): value is INodeExecutionData {
	return isRecord(value) && isRecord(value.json);
}

function parseError(value: unknown): NodeError | undefined {
	if (!isRecord(value)) return undefined;
	const context = isRecord(value.context) ? value.context : {};
	return {
		name: optionalText(value, 'name'),
		message: optionalText(value, 'message') ?? '',
		description: optionalText(value, 'description') ?? optionalText(context, 'description'),
		httpCode: optionalText(value, 'httpCode'),
		itemIndex: typeof context.itemIndex === 'number' ? context.itemIndex : undefined,
	};
}
