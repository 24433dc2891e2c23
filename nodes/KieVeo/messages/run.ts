import { isCreation, isUpgrade, OPERATIONS, type TaskOperation } from '../operations';
import type { Subject } from '../taskResult';
import { getterOf, thingOf } from './advice';
import { KieVeoError, shorten, shortenId } from './error';

/* Messages about all items of a run. */

/**
 * The user stopped the execution while it waited for videos.
 *
 * @param lost number of paid requests whose answers were lost
 */
export function stoppedError(taskIds: string[], lost: number): KieVeoError {
	const sentences = [
		taskIds.length > 0 &&
			`Kie.ai is still working on what was submitted. Task IDs: ${listOf(taskIds)}.`,
		lost > 0 &&
			`${lostAnswers(lost, 'paid request')}: check https://kie.ai/logs to see whether the videos exist.`,
	];
	return new KieVeoError('The execution was stopped', {
		description: sentences.filter(Boolean).join(' ') || 'Nothing was submitted.',
	});
}

/**
 * Added to the error that ends a run: what else was submitted.
 *
 * @param lost number of requests whose answers were lost; one of them is the error itself
 * @returns `undefined` when there is nothing to add
 */
export function alsoSubmitted(taskIds: string[], lost: number): string | undefined {
	const sentences = [
		lost > 1 && `${lostAnswers(lost, 'request')} in this run.`,
		taskIds.length > 0 &&
			`Also submitted in this run; do not submit these again, but fetch them by their task IDs: ${listOf(taskIds)}.`,
	];
	return sentences.filter(Boolean).join(' ') || undefined;
}

/** How videos that were submitted can be fetched without paying again. */
function refetch(operation: TaskOperation, upgradesAreTasks: boolean): string {
	if (isCreation(operation))
		return `Use the operation ${getterOf(operation)} with the task IDs to fetch them.`;
	return isUpgrade(operation) && upgradesAreTasks
		? "Use the operation Get with the IDs in 'kieTaskId' to fetch them."
		: 'Run this operation again with the same task IDs to fetch them.';
}

/** A hint, not an error: the node did not wait for these videos. */
export function unfinishedHint(
	{ unfinished, all }: { unfinished: number; all: number },
	operation: TaskOperation,
	upgradesAreTasks: boolean,
): string {
	const things = `${thingOf(operation)}s`;
	return `Kie.ai is still working on ${unfinished} of ${all} ${things}. ${refetch(operation, upgradesAreTasks)}`;
}

/** A hint, not an error: these videos were ordered by an earlier run of this execution. */
export function pickedUpHint(pickedUp: number, all: number, operation: TaskOperation): string {
	return `Picked up from the run before: ${pickedUp} of ${all} ${thingOf(operation)}s. Nothing new was ordered for them.`;
}

/**
 * A hint, not an error: most videos are ready long before then.
 *
 * @param timeout seconds
 * @param left seconds after which n8n ends the execution
 */
export function executionLimitHint(timeout: number, left: number): string {
	return (
		`'Timeout' is ${timeout} s, but n8n ends this execution in ${left} s. What is not ready by then is not ` +
		"output: its task ID is in n8n's log. Lower 'Timeout', or raise the limit in the workflow's settings (for all " +
		'workflows EXECUTIONS_TIMEOUT and EXECUTIONS_TIMEOUT_MAX).'
	);
}

/** @param count of the hints about other items that are not shown */
export function moreHints(count: number): string {
	return `${count} more items have hints such as these.`;
}

const MISSED_CALLBACK = {
	testUrl:
		'has the test URL of n8n (/webhook-test/), where n8n listens only for two minutes after a click in the editor: otherwise it answers 404 and nobody receives the callback. Use the production URL, and activate (publish) that workflow.',
	emptyPart:
		'has an empty part in its path (//), as from a base address that ends in a slash: n8n answers it with 404 and nobody receives the callback. Remove one slash.',
};

/** A hint, not an error: nobody may receive Kie's report. */
export function callbackMissedHint(fault: keyof typeof MISSED_CALLBACK): string {
	return `'Callback URL' ${MISSED_CALLBACK[fault]}`;
}

function lostAnswers(count: number, request: string): string {
	return count === 1
		? `The answer to 1 ${request} was lost`
		: `The answers to ${count} ${request}s were lost`;
}

function listOf(taskIds: readonly string[]): string {
	return taskIds.map(shortenId).join(', ');
}

/* Lines in n8n's log. n8n prints only the text, so each says where it belongs. */

/** Where a line belongs. */
export interface LogPlace {
	/** Name of the node. */
	node: string;
	executionId: string;
	/** Input items, counted from 0 as n8n shows them; empty for all. */
	items: readonly number[];
}

/** @param text or an error, for anyone who does not see it in the editor */
export function logLine(
	{ node, executionId, items }: LogPlace,
	text: string | KieVeoError,
): string {
	const said = typeof text === 'string' ? text : `${text.message}. ${text.description}`;
	const ofItems =
		items.length > 0 ? `, ${items.length > 1 ? 'items' : 'item'} ${items.join(', ')}` : '';
	return `${node}: ${said} (execution ${executionId}${ofItems})`;
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
	how: 'submitted' | 'picked up' = 'submitted',
): string {
	const facts = [
		`${OPERATIONS[operation].label} was ${how}`,
		...(taskId === null ? [] : [`task ID ${shortenId(taskId)}`]),
		...(kieTaskId === undefined ? [] : [`at Kie.ai ${shortenId(kieTaskId)}`]),
		...(index === null ? [] : [`index ${index}`]),
	];
	return logLine(place, facts.join(', '));
}

/**
 * Kie has made, and billed, another tier than was asked for.
 *
 * @param made as Kie calls it
 */
export function tierLine(taskId: string, asked: string, made: string): string {
	return `Kie.ai made task ${shortenId(taskId)} with ${shorten(made)}, not with ${shorten(asked)} as asked for; the credits are those of ${shorten(made)}`;
}

/**
 * Asking for the state of a 4K upgrade is the same request as ordering it.
 *
 * @param isCertain whether Kie has started another one for certain
 */
export function reorderedLine(node: string, taskId: string, isCertain: boolean): string {
	const how = isCertain ? 'has' : 'may have';
	return `${node}: asking for the state of task ${shortenId(taskId)} ${how} started, and billed, another upgrade`;
}

/** n8n no longer has an execution that waited. Where finished executions are not kept, that may be how it ended. */
export function goneLine(place: LogPlace, taskIds: readonly string[]): string {
	const how = 'it was deleted while it waited, or continued by another process and not kept';
	return logLine(
		place,
		`n8n no longer has this execution: ${how}. It had submitted ${listOf(taskIds)}`,
	);
}

/** @param origin n8n's own, at which it does not answer itself */
export function unreachedLine(origin: string): string {
	return `Kie.ai: n8n did not answer when it was called at its own address ${origin}. If this continues, executions whose callbacks are lost wait until 5 minutes after their Timeout, and output only what was ready immediately. Allow n8n to call N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n).`;
}
