import type { IExecuteFunctions } from 'n8n-workflow';

import { KieVeoError } from '../messages/error';
import { logLine, submittedLine } from '../messages/run';
import { logPlace } from './executionSettings';
import { subjectOf } from './taskRun';
import type { TaskWork } from './taskWork';

type PaidContext = Pick<
	IExecuteFunctions,
	'getExecutionId' | 'getNode' | 'logger' | 'getWorkflowDataProxy'
>;

/** The name of the execution's custom data that holds the newest task IDs. */
const TASKS = 'kieVeoTasks';
/** n8n keeps no longer value. */
const MOST_CHARACTERS = 255;

/**
 * Submits an order and writes to n8n's log what was paid for. n8n keeps a node's output only when the node
 * ends: after a stop, n8n's own time limit or a crash the task is recorded nowhere else.
 *
 * @throws KieVeoError, CancelledError as {@link TaskWork.submit}
 */
export async function submitLogged(
	context: PaidContext,
	work: Pick<TaskWork, 'isTakenUp' | 'items' | 'order' | 'run' | 'submit' | 'submittedTaskId'>,
): Promise<void> {
	const place = logPlace(context, work.items);
	await work.submit().catch((error: unknown) => {
		if (error instanceof KieVeoError && error.mayBePaid) {
			context.logger.warn(logLine(place, error));
		}
		return Promise.reject(error);
	});
	const { submittedTaskId, run, order, isTakenUp } = work;
	if (submittedTaskId === null || run === undefined) return;
	const { taskId, kieTaskId } = run.result;
	const how = isTakenUp ? 'taken up' : 'submitted';
	context.logger.info(submittedLine(place, { ...subjectOf(order), taskId }, kieTaskId, how));
	noteInExecution(context, kieTaskId ?? taskId);
}

/**
 * All that n8n 2.x keeps of an execution that is stopped by hand. n8n limits its length, so only the newest stay.
 * Never throws: the task is paid for.
 */
function noteInExecution(context: PaidContext, taskId: string): void {
	try {
		const { $execution } = context.getWorkflowDataProxy(0) as { $execution?: ExecutionOfN8n };
		const data = $execution?.customData;
		if (!data) return;
		const ids = [...(data.get(TASKS)?.split(' ') ?? []), taskId];
		while (ids.join(' ').length > MOST_CHARACTERS) ids.shift();
		data.set(TASKS, ids.join(' '));
	} catch (error) {
		context.logger.debug(`The task ID is not in the execution's custom data: ${String(error)}`);
	}
}

/** As expressions see it; some contexts of n8n have no custom data. */
interface ExecutionOfN8n {
	customData?: { get(name: string): string | undefined; set(name: string, value: string): void };
}
