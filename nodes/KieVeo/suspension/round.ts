import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { toNumber } from '../kie/meaning/guards';

/**
 * Tells apart the suspensions of one execution by the same node, as in a loop: how often the node has
 * finished before, less one. The same while it submits and while its callbacks come in, in every process.
 */
export function roundOf(context: IExecuteFunctions | IWebhookFunctions): number {
	// Braces in a name would end the expression.
	const name = JSON.stringify(context.getNode().name)
		.replaceAll('{', '\\u007b')
		.replaceAll('}', '\\u007d');
	return toNumber(context.evaluateExpression(`{{ $node[${name}].runIndex }}`, 0)) ?? -1;
}
