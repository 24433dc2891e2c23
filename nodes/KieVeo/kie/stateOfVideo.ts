import type { KieClient } from './http/client';
import { classifyUpgradeAnswer } from './meaning/answer';
import type { Submission } from './address';
import { is4k } from './meaning/resultFiles';
import { classifyTaskRecord } from './meaning/taskRecord';
import { toFailedResult, toVideoResult } from './meaning/videoResult';
import type { Mark } from '../suspension/suspension';

/** A video that was submitted and is waited for. */
export interface SubmittedVideo {
	operation: Submission['operation'];
	taskId: string;
	/** Set when Kie accepted it under another id. */
	kieTaskId: string | null;
	/** `null` where it has no meaning. */
	index: number | null;
}

/** `unknown`: Kie does not say, or could not be asked. */
export type VideoState = Mark | 'unfinished' | 'unknown';

/**
 * Asks Kie how a submitted video ended. Needed where a callback may have been received by another
 * process, or before a restart.
 *
 * Which request is safe: record-info is a read that costs nothing, and for generate and extend it says
 * all. About a 4K upgrade it may know a failure, but as a rule shows the base video only. The 4K POST
 * gives the state and the URLs of an upgrade that runs or is done, free of charge; after one that failed
 * it may start, and bill, another. So record-info comes first, and a failure it knows of ends the matter.
 *
 * @throws CancelledError
 */
export async function askAboutVideo(
	client: KieClient,
	{ operation, taskId, kieTaskId, index }: SubmittedVideo,
): Promise<VideoState> {
	const subject = { operation, taskId, index };
	const record = await client.readTaskRecord(kieTaskId ?? taskId);
	const recorded = classifyTaskRecord(record);
	if (recorded.kind === 'none') return 'unknown';
	if (recorded.kind === 'failed') {
		const { code, message } = recorded;
		return { result: toFailedResult(subject, code, message), raw: record.body };
	}
	const isUpgrade = operation === 'get4k';
	const shown = recorded.kind === 'success' ? recorded.files : null;
	if (shown && (!isUpgrade || is4k(shown.resolution))) {
		return { result: toVideoResult(subject, record, shown), raw: record.body };
	}
	if (!isUpgrade) return 'unfinished';

	const answer = await client.checkUpgrade('get4k', { taskId, index: index ?? 0 });
	const meaning = classifyUpgradeAnswer('get4k', answer);
	switch (meaning.kind) {
		case 'success':
			return { result: toVideoResult(subject, answer, meaning.files), raw: answer.body };
		case 'failed':
			return { result: toFailedResult(subject, answer.code, answer.message), raw: answer.body };
		case 'processing':
			return 'unfinished';
		default:
			return 'unknown';
	}
}
