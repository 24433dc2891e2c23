import type { NodeHint } from 'n8n-workflow';

import { namesWith } from '../operations';

/** The exact number is shown up to here: as many as Kie accepts at once. */
const COUNTED = 20;
/** With more items than this, reading the task of each would slow down the editor. */
const READ = 50;

/**
 * How many new paid requests the current items are, before the node runs. An upgrade is ordered once for all items
 * with the same task and index, a new video for each item. "At most", because the condition of a hint cannot see
 * whether the node's Execute Once is on.
 *
 * Only the condition of a hint takes expressions, its text does not: so there is one hint for each number. It is
 * next to the button in the output panel, since the input panel shows the hints of the node before.
 */
export const paidRequestHints: NodeHint[] = [
	hint('=== 1', '1 new paid request'),
	...Array.from({ length: COUNTED - 1 }, (_, index) => index + 2).map((count) =>
		hint(`=== ${count}`, `at most ${count} new paid requests`),
	),
	hint(`> ${COUNTED}`, `more than ${COUNTED} new paid requests`, 'can make'),
	hint('=== null', 'a new paid request for each different video'),
];

/** @param condition what the number of paid requests is compared with */
function hint(condition: string, amount: string, verb = 'make'): NodeHint {
	return {
		message: `These items ${verb} ${amount}.`,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${paidRequests()} ${condition} }}`,
	};
}

/**
 * An expression that returns the number of paid requests, or null when there are too many to read, or they cannot be
 * read before the run: there n8n does not know where an item comes from, so `$('Node').item` throws.
 */
function paidRequests(): string {
	const isOneOf = (names: string[]) => `${JSON.stringify(names)}.includes($parameter.operation)`;
	const items = '$input.all()';
	const value = (name: string) =>
		`(String($rawParameter.${name}).startsWith("=") ? $evaluateExpression($rawParameter.${name}.slice(1), i) : $rawParameter.${name})`;
	const orders = `new Set(${items}.map((_, i) => ${value('taskId')} + " " + ${value('index')})).size`;
	const upgrades = `(() => { try { return ${items}.length > ${READ} ? null : ${orders}; } catch { return null; } })()`;
	return `(${isOneOf(namesWith('creates'))} ? ${items}.length : ${isOneOf(namesWith('upgradesTo'))} ? ${upgrades} : 0)`;
}
