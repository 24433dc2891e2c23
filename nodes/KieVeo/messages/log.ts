import { OPERATIONS } from '../operations';
import type { Subject } from '../videoResult';
import type { KieVeoError } from './error';
import { shorten } from './values';

/* Lines in n8n's log. n8n prints only the text, so each says where it belongs. */

/** Where a line belongs. */
export interface LogPlace {
	/** Name of the node. */
	node: string;
	executionId: string;
	/** Input items, counted from 0 as n8n shows them; empty for all. */
	items: readonly number[];
}

/**
 * Kie has accepted a paid request, now or in an earlier run of the execution.
 *
 * @param kieTaskId set when Kie accepted it under a different id
 */
export function submittedLine(
	place: LogPlace,
	{ operation, taskId, index }: Subject,
	kieTaskId: string | undefined,
	how: 'submitted' | 'taken up' = 'submitted',
): string {
	const facts = [
		`${OPERATIONS[operation].label} was ${how}`,
		...(taskId === null ? [] : [`task ID ${shorten(taskId)}`]),
		...(kieTaskId === undefined ? [] : [`at Kie.ai ${shorten(kieTaskId)}`]),
		...(index === null ? [] : [`index ${index}`]),
	];
	return lineOf(place, facts.join(', '));
}

/**
 * Kie has made, and billed, another tier than was asked for.
 *
 * @param made as Kie calls it
 */
export function tierLine(taskId: string, asked: string, made: string): string {
	return `Kie.ai made task ${shorten(taskId)} with ${shorten(made)}, not with ${shorten(asked)} as asked for; the credits are those of ${shorten(made)}`;
}

/**
 * Asking for the state of a 4K upgrade is the same request as ordering it.
 *
 * @param isCertain whether Kie has started another one for certain
 */
export function reorderedLine(node: string, taskId: string, isCertain: boolean): string {
	const how = isCertain ? 'has' : 'may have';
	return `${node}: asking for the state of task ${shorten(taskId)} ${how} started, and billed, another upgrade`;
}

/** Something worth knowing that the execution itself does not show. */
export function errorLine(place: LogPlace, { message, description }: KieVeoError): string {
	return lineOf(place, `${message}. ${description}`);
}

/** A hint about the execution, for anyone who does not see it in the editor. */
export function hintLine(place: LogPlace, hint: string): string {
	return lineOf(place, hint);
}

function lineOf({ node, executionId, items }: LogPlace, text: string): string {
	const where = [`execution ${executionId}`];
	if (items.length > 0) where.push(`${items.length > 1 ? 'items' : 'item'} ${items.join(', ')}`);
	return `${node}: ${text} (${where.join(', ')})`;
}
