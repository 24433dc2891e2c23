import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { cannotSuspendError } from '../messages/errors';
import { isUpgrade, type VideoOperationName } from '../operations';
import { publicUrlFault } from '../kie/meaning/publicUrl';
import { toText } from '../kie/meaning/guards';
import { RESUME_PATH } from './resumeWebhooks';
import { videoKey, watch } from './suspension';

/**
 * A new task submitted longer than this before the suspension may have been reported by then. Usually all
 * submissions take less, unless there are more of them than Kie's limit lets in at once.
 */
const EARLY_MS = 5_000;
/**
 * The same for an upgrade. What ends sooner has failed, and there asking may start, and bill, another.
 */
const EARLY_UPGRADE_MS = 240_000;

/** What an execution is suspended for. Times in milliseconds since the epoch. */
export interface SuspensionReason {
	videos: Array<{ taskId: string | null; index: number | null; submittedAt: number }>;
	operation: VideoOperationName;
	round: number;
	now: number;
	/** When the time runs out. */
	waitTill: number;
}

/**
 * The address that resumes this execution. Kie adds nothing to it, so what tells the items apart must be
 * put into it for each submission.
 *
 * @param apiBaseUrl a private address is of use only to a private API
 * @throws KieVeoError when the execution cannot be suspended, or Kie could not call it: checked before
 * anything is paid for
 */
export function resumeAddress(context: IExecuteFunctions, apiBaseUrl: string): string {
	if (context.getNode().type.endsWith('Tool')) {
		throw cannotSuspendError({ reason: 'agentTool' });
	}
	const resumeUrl = toText(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
	if (!context.getExecutionId() || resumeUrl === null || !URL.canParse(resumeUrl)) {
		throw cannotSuspendError({ reason: 'noAddress' });
	}
	const fault = publicUrlFault(resumeUrl, apiBaseUrl);
	if (fault !== null) {
		throw cannotSuspendError({ reason: 'unreachable', origin: new URL(resumeUrl).origin, fault });
	}
	// n8n 2.x signs the address in its query: the path is extended, the query stays.
	const address = new URL(resumeUrl);
	address.pathname = `${address.pathname.replace(/\/$/, '')}/${RESUME_PATH}`;
	return address.href;
}

/**
 * Stores the items as this node's data and suspends the execution; it holds no worker from then on.
 * When nobody calls before `waitTill`, n8n emits the items as they are stored here.
 *
 * @param items finished ones as they are; unfinished ones with `status: "processing"` and `timedOut`
 */
export async function suspend(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	{ operation, round, videos, now, waitTill }: SuspensionReason,
): Promise<void> {
	const limit = isUpgrade(operation) ? EARLY_UPGRADE_MS : EARLY_MS;
	const early = videos.filter(({ submittedAt }) => now - submittedAt > limit);
	const place = { execution: String(context.getExecutionId()), node: context.getNode().id, round };
	watch(place, {
		waitTill,
		possiblyMissed: new Set(early.map(videoKey)),
	});
	// A new array: changing the input items would change the output of the node before this one. And a
	// copy: with an error output n8n takes the items one by one out of the array this node returns.
	context.getExecuteData().data.main = [[...items]];
	await context.putExecutionToWait(new Date(waitTill));
}
