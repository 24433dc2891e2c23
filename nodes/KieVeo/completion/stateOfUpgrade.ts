import type { KieClient } from '../transport/client';
import { classifyUpgradeAnswer } from '../veo/answer';
import { is4k } from '../veo/resultFiles';
import { classifyTaskRecord } from '../veo/taskRecord';
import { toFailedResult, toVideoResult } from '../veo/videoResult';
import type { Mark } from './marks';

/**
 * Asks Kie how a submitted 4K upgrade ended. Needed where a callback may have been received by another
 * process, or before a restart.
 *
 * Which request is safe: record-info is a read. It may know that the upgrade failed, but as a rule shows
 * the base video only. The 4K POST gives the state and the URLs of an upgrade that runs or is done, free
 * of charge; after one that failed it may start, and bill, another. So record-info comes first, and a
 * failure it knows of ends the matter.
 *
 * @returns `null` while the upgrade is not finished, or when Kie does not say
 */
export async function askAboutVideo(
	client: KieClient,
	{ taskId, kieTaskId, index }: { taskId: string; kieTaskId: string | null; index: number },
): Promise<Mark | null> {
	const subject = { taskId, index, operation: 'get4k' as const };
	const record = await client.readTaskRecord(kieTaskId ?? taskId);
	const recorded = classifyTaskRecord(record);
	if (recorded.kind === 'none') return null;
	if (recorded.kind === 'failed') {
		const { code, message } = recorded;
		return { result: toFailedResult(subject, code, message), raw: record.body };
	}
	if (recorded.kind === 'success' && is4k(recorded.files.resolution)) {
		return { result: toVideoResult(subject, record, recorded.files), raw: record.body };
	}

	const answer = await client.checkUpgrade('get4k', { taskId, index });
	const meaning = classifyUpgradeAnswer('get4k', answer);
	switch (meaning.kind) {
		case 'success':
			return { result: toVideoResult(subject, answer, meaning.files), raw: answer.body };
		case 'failed':
			return { result: toFailedResult(subject, answer.code, answer.message), raw: answer.body };
		default:
			return null;
	}
}
