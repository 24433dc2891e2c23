import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { publicUrlFault } from '../addresses/publicUrl';
import type { Connection } from '../kie/connection';
import { inputErrors } from '../messages/input';
import { isUpgrade } from '../operations';
import type { TaskWork } from '../run/taskWork';
import { resumeUrlOf, withResumePath } from './n8n';
import { beginSuspension, placeOf, store, wasSuspended } from './state';
import { pingUrl, watch } from './watch';

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

/**
 * The address that resumes this execution. Kie adds nothing to it, so whatever tells the items apart must be
 * added for each submission.
 *
 * @param apiBaseUrl a private address is useful only to a private API
 * @throws KieVeoError when the execution cannot be suspended, or Kie could not call it: checked before
 * anything is paid for
 */
export function resumeAddress(context: IExecuteFunctions, apiBaseUrl: string): string {
	if (context.getNode().type.endsWith('Tool')) throw inputErrors.suspendedTool();
	if (runsOnEngine2(context)) throw inputErrors.suspendedOnEngine2();
	const resumeUrl = resumeUrlOf(context);
	if (!context.getExecutionId() || resumeUrl === null) throw inputErrors.suspendedWithoutAddress();
	const fault = publicUrlFault(resumeUrl, apiBaseUrl);
	if (fault !== null) {
		// The rest is n8n's, and on n8n 2.x holds a signature.
		const [, origin = ''] = /^(.{0,100}?)(?:\/webhook-waiting|[?#]|$)/.exec(resumeUrl) ?? [];
		const isWhole = /^https?:\/\/(?!https?:)/i.test(resumeUrl);
		throw inputErrors.suspendedUnreachable(origin || 'this n8n', fault, isWhole);
	}
	// Old n8n starts some waiting executions over: each callback would be another order.
	if (wasSuspended(placeOf(context))) throw inputErrors.suspendedTwice();
	return withResumePath(resumeUrl);
}

/**
 * Whether the execution runs on n8n's engine 2.0, which does not suspend executions. It gives a node no
 * workflow settings, but its executions have a UUID instead of a number.
 */
export function runsOnEngine2(context: Pick<IExecuteFunctions, 'getExecutionId'>): boolean {
	return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/i.test(context.getExecutionId() ?? '');
}

/**
 * Asks n8n's own address whether Kie's calls would arrive there, at no cost and without the API key.
 *
 * @param resumeUrl from {@link resumeAddress}
 * @throws KieVeoError when something else answers there; CancelledError
 */
export async function assertReachable(
	context: IExecuteFunctions,
	connection: Connection,
	resumeUrl: string,
): Promise<void> {
	const url = pingUrl(resumeUrl, placeOf(context), connection);
	const obstacle = await watch.findObstacle(context, connection, url);
	if (obstacle !== null) throw inputErrors.suspendedBehind(new URL(url).origin, obstacle);
}

/**
 * Stores the items as this node's data and suspends the execution, which frees its worker.
 *
 * @param items as the node would return them now: finished ones, and those with `status: "processing"`
 * @param works what is unfinished
 * @param deadline when the waiting time ends: milliseconds since the epoch
 */
export async function suspend(
	context: IExecuteFunctions,
	{ addressKey, clock }: Pick<Connection, 'addressKey' | 'clock'>,
	items: INodeExecutionData[],
	works: ReadonlyArray<Pick<TaskWork, 'items' | 'submittedAt' | 'isJob' | 'isPerhapsReordered'>>,
	{ round, resumeUrl, deadline }: { round: number; resumeUrl: string; deadline: number },
): Promise<void> {
	const suspension = beginSuspension(placeOf(context, round), items, { deadline, complete: true });
	for (const work of works) {
		const passed = clock.elapsed() - work.submittedAt;
		for (const item of work.items) {
			const video = suspension.awaited[item];
			if (!video) continue;
			video.isJob = work.isJob;
			video.perhapsReordered = work.isPerhapsReordered;
			video.possiblyMissed = passed > (isUpgrade(video.operation) ? EARLY_UPGRADE_MS : EARLY_MS);
		}
	}
	watch.begin(context, suspension, { url: resumeUrl, addressKey });
	store(context, items, deadline);
	await context.putExecutionToWait(new Date(deadline + LAST_RESORT_MS));
}
