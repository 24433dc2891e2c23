import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import type { LogPlace } from '../messages/run';
import type { TaskResult } from '../taskResult';

/** @param itemIndex the input item that caused it */
export function taskItem(
	result: TaskResult,
	itemIndex: number,
	{ simplify, raw }: { simplify: boolean; raw: unknown },
): INodeExecutionData {
	const json = { ...result, ...(simplify ? {} : { raw }) } as unknown as IDataObject;
	return { json, pairedItem: { item: itemIndex } };
}

/**
 * The item of a video that failed, for "Continue on fail".
 *
 * @param fields what is known about the video: the task id first of all
 * @param toErrorOutput whether the node has an error output that the item must reach
 */
export function errorItem(
	error: NodeApiError | NodeOperationError,
	itemIndex: number,
	fields: IDataObject,
	toErrorOutput: boolean,
): INodeExecutionData {
	const item = { json: { error: error.message, ...fields }, pairedItem: { item: itemIndex } };
	// n8n sends an item to the error output when `item.error` is set, but then replaces the `json` of
	// every item that still has it, and with it the task id. Not enumerable: n8n sees it while sorting
	// the items, and its copy for the error output no longer has it. Writable: older n8n clears it there.
	// Where the execution is resumed n8n copies the items first, so none of them gets there.
	return toErrorOutput
		? Object.defineProperty(item, 'error', { value: error, writable: true })
		: item;
}

/** @param items none if all are meant */
export function logPlace(
	context: Pick<IExecuteFunctions, 'getExecutionId' | 'getNode'>,
	items: readonly number[] = [],
): LogPlace {
	return {
		node: context.getNode().name,
		executionId: context.getExecutionId() ?? 'unknown',
		items,
	};
}
