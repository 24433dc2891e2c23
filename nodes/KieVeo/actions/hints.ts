import type { NodeHint } from 'n8n-workflow';

import { namesWith } from '../operations';

/** Up to here the exact number is shown: as many as Kie takes at once. */
const COUNTED = 20;

/**
 * How many new paid requests the items at hand are, before the node runs. An upgrade is ordered once for all items
 * with the same task and index, a new video for each item.
 *
 * The text of a hint takes no expressions, only its condition does: so there is one hint for each number.
 */
export const paidRequestHints: NodeHint[] = [
	hint(`=== 1`, 'These items make 1 new paid request.'),
	...Array.from({ length: COUNTED - 1 }, (_, index) => index + 2).map((count) =>
		hint(`=== ${count}`, `These items make ${count} new paid requests.`),
	),
	hint(`> ${COUNTED}`, `These items make more than ${COUNTED} new paid requests.`),
];

/** @param condition what the number of paid requests is compared with */
function hint(condition: string, message: string): NodeHint {
	return {
		message,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${paidRequests()} ${condition} }}`,
	};
}

/** An expression that gives the number of paid requests. */
function paidRequests(): string {
	const isOneOf = (names: string[]) => `${JSON.stringify(names)}.includes($parameter.operation)`;
	const items = '$input.all()';
	const value = (name: string) =>
		`(String($rawParameter.${name}).startsWith("=") ? $evaluateExpression($rawParameter.${name}.slice(1), i) : $rawParameter.${name})`;
	const orders = `new Set(${items}.map((_, i) => ${value('taskId')} + " " + ${value('index')})).size`;
	return `(${isOneOf(namesWith('creates'))} ? ${items}.length : ${isOneOf(namesWith('upgradesTo'))} ? ${orders} : 0)`;
}
