import type { IExecuteFunctions } from 'n8n-workflow';

import { isJsonObject, toNumber } from '../kie/meaning/guards';

/** What not every n8n tells a node, or tells only at run time. */
interface LaterContext {
	getWorkflowSettings?(): unknown;
	additionalData?: unknown;
}

/**
 * Whether the execution runs on n8n's engine 2.0, which does not suspend executions. It shows a node no
 * settings of the workflow, but its executions have a UUID where others have a number.
 */
export function runsOnEngine2(context: Pick<IExecuteFunctions, 'getExecutionId'>): boolean {
	return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/i.test(context.getExecutionId() ?? '');
}

/**
 * Seconds after which n8n ends this execution; `null` where it does not, or does not say.
 *
 * A workflow's own limit is in its settings. That of the whole instance, and its upper bound, are only in
 * the deadline that n8n has worked out: no public type names it, so it is used where it is there.
 *
 * @param now milliseconds since the epoch
 */
export function secondsLeft(context: IExecuteFunctions, now: number): number | null {
	const { additionalData } = context as IExecuteFunctions & LaterContext;
	const deadline = isJsonObject(additionalData)
		? toNumber(additionalData.executionTimeoutTimestamp)
		: null;
	if (deadline !== null) return Math.round((deadline - now) / 1000);
	const limit = toNumber(settingsOf(context).executionTimeout);
	return limit !== null && limit > 0 ? limit : null;
}

function settingsOf(context: IExecuteFunctions): { [name: string]: unknown } {
	const settings = (context as IExecuteFunctions & LaterContext).getWorkflowSettings?.();
	return isJsonObject(settings) ? settings : {};
}
