import type { KieClient } from '../kie/http/client';
import { classifyUpgradeAnswer } from '../kie/meaning/answer';
import { is4k, type ResultFiles } from '../kie/meaning/resultFiles';
import { classifyTaskRecord } from '../kie/meaning/taskRecord';
import type { CallbackEvent } from '../kie/callback/check';

export type Confirmation = { files: ResultFiles } | { reason: string };

/**
 * Asks Kie for the result a callback claims, because Kie signs a callback's task id and time but not
 * its body: who has seen one callback could send its signature again with other URLs.
 *
 * Which request is safe:
 * - record-info is a read and costs nothing. For generate and extend it is the authority.
 * - For a 4K upgrade it shows the base video as a rule. Only the 4K POST gives the 4K URLs; Kie answers
 *   its repetition with the state. But for a task that was never upgraded the same POST starts an
 *   upgrade that is paid for, and for one whose upgrade failed it may. A verified signature does not
 *   exclude the first case: it proves that Kie called about the task, which it also does when the base
 *   video is ready. So the POST is sent only when the address proves that our action node submitted this
 *   very upgrade, whether or not signatures are checked. Then at worst, if somebody turned the report of
 *   a failed upgrade into a success on its way, the upgrade the user ordered is tried again; to make
 *   that rarer, record-info is asked first and a failure it knows of ends the matter.
 * - Without that proof, and where the operation is unknown, the posted URLs are accepted when
 *   record-info names them too. Nothing is paid for.
 *
 * Failures are not confirmed: they carry no URL, and for a failed 4K upgrade the only request with an
 * answer is the POST that may start another one.
 */
export async function confirmResult(
	client: KieClient,
	{ operation, taskId, index, submittedHere, callback }: CallbackEvent,
): Promise<Confirmation> {
	if (taskId === null) return { reason: 'the callback names no task that could be confirmed' };
	const record = classifyTaskRecord(await client.readTaskRecord(taskId));
	if (record.kind === 'none') return { reason: 'Kie.ai could not be asked about the task' };
	if (record.kind !== 'success') return { reason: `for Kie.ai the task is ${record.kind}` };

	if (operation === 'get4k' && submittedHere) {
		const answer = await client.checkUpgrade('get4k', { taskId, index: index ?? 0 });
		const meaning = classifyUpgradeAnswer('get4k', answer);
		return meaning.kind === 'success'
			? { files: meaning.files }
			: { reason: `Kie.ai does not confirm the 4K video: ${answer.message}` };
	}
	if (operation === 'generate' || operation === 'extend') return { files: record.files };

	const known = new Set([...record.files.videoUrls, ...record.files.fullVideoUrls]);
	const named = callback.files.videoUrls.every((url) => known.has(url));
	return named && (operation !== 'get4k' || is4k(record.files.resolution))
		? { files: { ...record.files, videoUrls: callback.files.videoUrls } }
		: {
				reason:
					'the record of the task does not name its URLs, and asking further could start a paid upgrade: only submissions of the Kie.ai Veo node can be confirmed',
			};
}
