import type { IExecuteFunctions } from 'n8n-workflow';

import { errorLine, KieVeoError, submittedLine, type LogPlace } from '../messages/errors';
import { subjectOf } from './videoRun';
import type { VideoWork } from './videoWork';

type LogContext = Pick<IExecuteFunctions, 'getExecutionId' | 'getNode' | 'logger'>;

/**
 * Submits a video and writes to n8n's log what was paid for. n8n keeps a node's output only when the node
 * ends: after a stop, n8n's own time limit or a crash the task is recorded nowhere else.
 *
 * @param items the input items that share the video
 * @throws KieVeoError, CancelledError as {@link VideoWork.submit}
 */
export async function submitLogged(
	context: LogContext,
	work: Pick<VideoWork, 'isTakenUp' | 'order' | 'run' | 'submit' | 'submittedTaskId'>,
	items: readonly number[],
): Promise<void> {
	const place = logPlace(context, items);
	await work.submit().catch((error: unknown) => {
		if (error instanceof KieVeoError && error.mayBePaid) {
			context.logger.warn(errorLine(place, error));
		}
		return Promise.reject(error);
	});
	const { submittedTaskId, run, order, isTakenUp } = work;
	if (submittedTaskId === null || run === undefined) return;
	const { taskId, kieTaskId } = run.result;
	const how = isTakenUp ? 'taken up' : 'submitted';
	context.logger.info(submittedLine(place, { ...subjectOf(order), taskId }, kieTaskId, how));
}

/** @param items none if all are meant */
export function logPlace(context: LogContext, items: readonly number[] = []): LogPlace {
	return { node: context.getNode().name, executionId: String(context.getExecutionId()), items };
}
