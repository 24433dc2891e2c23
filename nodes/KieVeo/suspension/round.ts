import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { toNumber } from '../kie/meaning/guards';

/**
 * Tells apart the suspensions of one execution by the same node, as in a loop: how many times the node has
 * finished before, minus one. The same while it submits and while its callbacks arrive, in every process.
 */
export function roundOf(context: IExecuteFunctions | IWebhookFunctions): number {
	return toNumber(nodeData(context, 'runIndex')) ?? -1;
}

/** What n8n keeps about this node in the execution. While resuming, only an expression can read it. */
export function nodeData(
	context: IExecuteFunctions | IWebhookFunctions,
	path: 'runIndex' | `context.${string}`,
): unknown {
	// Braces in a name would end the expression.
	const name = JSON.stringify(context.getNode().name)
		.replaceAll('{', '\\u007b')
		.replaceAll('}', '\\u007d');
	return context.evaluateExpression(`{{ $node[${name}].${path} }}`, 0);
}
