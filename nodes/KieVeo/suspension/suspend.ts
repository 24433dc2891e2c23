import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Connection } from '../kie/connection';
import { toText } from '../kie/meaning/guards';
import { cannotSuspendError } from '../messages/errors';
import { isUpgrade, traitsOf, type VideoOperationName } from '../operations';
import { runsOnEngine2 } from '../run/executionSettings';
import { resumeUrlObstacle } from './resumeUrl';
import { RESUME_PATH } from './resumeWebhooks';
import { isUnreported, store } from './stored';
import { beginSuspension, videoKey, type SuspensionPlace } from './suspension';
import { wakeUpKey } from './wakeUp';
import { watch } from './watch';

/**
 * A new task submitted longer than this before the suspension may have been reported by then. Usually all
 * submissions take less, unless there are more than Kie's limit accepts at once.
 */
const EARLY_MS = 5_000;
/**
 * The same for an upgrade. One that ends sooner has failed, and asking about it may start, and bill, another.
 */
const EARLY_UPGRADE_MS = 240_000;

/**
 * n8n continues the execution by itself this long after the waiting time: the last resort, when nothing
 * could check at its end. Long enough to download files, and for n8n 1.x to have no timer set for it.
 */
export const LAST_RESORT_MS = 300_000;

/** What an execution is suspended for. Times in milliseconds since the epoch. */
export interface SuspensionReason {
	videos: Array<{
		taskId: string | null;
		index: number | null;
		/** Kie's code for the submission. */
		code: number | null;
		submittedAt: number;
	}>;
	operation: VideoOperationName;
	round: number;
	/** The address that resumes the execution. */
	resumeUrl: string;
	/** When the waiting time ends. */
	deadline: number;
}

/**
 * The address that resumes this execution. Kie adds nothing to it, so whatever tells the items apart must be
 * added for each submission.
 *
 * @param apiBaseUrl a private address is useful only to a private API
 * @throws KieVeoError when the execution cannot be suspended, or Kie could not call it: checked before
 * anything is paid for
 */
export function resumeAddress(context: IExecuteFunctions, apiBaseUrl: string): string {
	if (context.getNode().type.endsWith('Tool')) {
		throw cannotSuspendError({ reason: 'agentTool' });
	}
	if (runsOnEngine2(context)) throw cannotSuspendError({ reason: 'engine' });
	const resumeUrl = ownResumeUrl(context);
	const isKnown = context.getExecutionId() && resumeUrl !== null;
	if (!isKnown) throw cannotSuspendError({ reason: 'noAddress' });
	const obstacle = resumeUrlObstacle(resumeUrl, apiBaseUrl);
	if (obstacle !== null) throw cannotSuspendError(obstacle);
	return withResumePath(resumeUrl);
}

/** As n8n gives it; `null` when the execution has none. */
export function ownResumeUrl(context: IExecuteFunctions): string | null {
	return toText(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
}

/** n8n 2.x signs the address in its query: the path is extended, the query stays. */
export function withResumePath(resumeUrl: string): string {
	const address = new URL(resumeUrl);
	address.pathname = `${address.pathname.replace(/\/$/, '')}/${RESUME_PATH}`;
	return address.href;
}

/**
 * Stores the items as this node's data and suspends the execution, which frees its worker.
 *
 * @param items as the node would return them now: finished ones, and those with `status: "processing"`
 */
export async function suspend(
	context: IExecuteFunctions,
	{ addressKey, clock }: Pick<Connection, 'addressKey' | 'clock'>,
	items: INodeExecutionData[],
	{ operation, round, resumeUrl, videos, deadline }: SuspensionReason,
): Promise<void> {
	const now = clock.now();
	const limit = isUpgrade(operation) ? EARLY_UPGRADE_MS : EARLY_MS;
	const isMissable = ({ submittedAt, code }: (typeof videos)[number]) =>
		now - submittedAt > limit || isUnreported({ codes: [code] });
	const possiblyMissed = new Set(videos.filter(isMissable).map(videoKey));
	const place: SuspensionPlace = {
		execution: String(context.getExecutionId()),
		node: context.getNode().id,
		round,
	};
	beginSuspension(place, possiblyMissed);
	const plan = {
		since: now,
		overdueAfter: overdueAfter(operation),
		hasUnreported: possiblyMissed.size > 0,
		deadline,
	};
	watch.begin(context, place, { url: resumeUrl, key: wakeUpKey(addressKey, place), plan });
	store(context, items, deadline);
	await context.putExecutionToWait(new Date(deadline + LAST_RESORT_MS));
}

/** Milliseconds after which Kie should have reported the end of an operation. */
export function overdueAfter(operation: VideoOperationName): number {
	return (traitsOf(operation).usualMinutes ?? 0) * 60_000;
}
