import type { IExecuteFunctions } from 'n8n-workflow';

import type { LogPlace } from '../messages/run';
import { isJsonObject, toNumber } from '../values';

/**
 * Whether the execution runs on n8n's engine 2.0, which does not suspend executions. It gives a node no
 * workflow settings, but its executions have a UUID instead of a number.
 */
export function runsOnEngine2(context: Pick<IExecuteFunctions, 'getExecutionId'>): boolean {
	return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/i.test(context.getExecutionId() ?? '');
}

/**
 * Whether files are kept within the items' JSON. In such a workflow n8n 2.41 resolves no expression of a credential, so
 * that neither this node nor n8n's own HTTP Request can send its key.
 */
export function hasCombinedBinaries(context: IExecuteFunctions): boolean {
	return settingsOf(context).binaryMode === 'combined';
}

/**
 * Seconds after which n8n ends this execution; `null` if it does not, or does not say.
 *
 * A workflow's own limit is in its settings. That of the whole instance, and its upper bound, are only in
 * the deadline n8n has calculated: no public type declares it, so it is used if present.
 *
 * @param now milliseconds since the epoch
 */
export function secondsLeft(context: IExecuteFunctions, now: number): number | null {
	const { additionalData } = context as { additionalData?: unknown };
	const deadline = isJsonObject(additionalData)
		? toNumber(additionalData.executionTimeoutTimestamp)
		: null;
	if (deadline !== null) return Math.round((deadline - now) / 1000);
	const limit = toNumber(settingsOf(context).executionTimeout);
	return limit !== null && limit > 0 ? limit : null;
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

function settingsOf(context: IExecuteFunctions): { [name: string]: unknown } {
	// Some n8n versions have none, and the types of the oldest ones do not know it.
	const settings = (context as { getWorkflowSettings?(): unknown }).getWorkflowSettings?.();
	return isJsonObject(settings) ? settings : {};
}
