import type { VideoAnswer } from '../kie/api';
import type { Connection } from '../kie/connection';
import type { CallbackEvent } from '../kie/callback/check';
import { isUpgradedTo, type ResultFiles } from '../kie/meaning/files';
import { ANSWER_LIMIT_MS } from '../kie/inTime';
import { givesVideo, isUpgrade, traitsOf } from '../operations';
import { fetchReported } from './complete';

export type Confirmation = { files: ResultFiles } | { reason: string };

/**
 * Asks Kie for the result a callback claims, because Kie signs a callback's task id and time but not
 * its body: anyone who has seen a callback could send its signature again with other URLs.
 *
 * An upgrade is asked about as such only when the address proves that our action node submitted it,
 * whether or not signatures are checked: for a task that was never upgraded the request could start a
 * paid upgrade. A verified signature does not rule that out: it proves that Kie called about
 * the task, which it also does when the base video is ready. At worst, if someone turned the callback of a
 * failed upgrade into a success in transit, the upgrade the user ordered is tried again.
 *
 * Without that proof, and where the operation is unknown, the posted URLs are accepted when the record of
 * the task names them too. That is free.
 *
 * Failures are not confirmed: they carry no URL, and for a failed upgrade the only request with an
 * answer may start another one.
 */
export async function confirmResult(
	connection: Pick<Connection, 'api' | 'signal'>,
	event: CallbackEvent,
): Promise<Confirmation> {
	const { operation, submittedHere, callback } = event;
	if (event.taskId === null) {
		return { reason: 'the callback names no task that could be confirmed' };
	}
	const answer = await fetchReported(connection, event);
	if (answer?.meaning.kind !== 'success') return notConfirmed(answer);
	const { files } = answer.meaning;
	if (givesVideo(operation) && (submittedHere || !isUpgrade(operation))) return { files };

	const { videoUrls } = callback.files;
	const known = new Set([...files.videoUrls, ...files.fullVideoUrls]);
	const isNamed = videoUrls.every((url) => known.has(url));
	return isNamed &&
		(!givesVideo(operation) || isUpgradedTo(traitsOf(operation).upgradesTo, files.resolution))
		? { files: { ...files, videoUrls } }
		: {
				reason:
					'the record of the task does not name its URLs, and asking further could start a paid upgrade: only submissions of the Kie.ai node can be confirmed',
			};
}

function notConfirmed(answer: VideoAnswer | null): Confirmation {
	if (answer === null)
		return { reason: `Kie.ai did not answer within ${ANSWER_LIMIT_MS / 1000} s` };
	const { meaning, message, code } = answer;
	return { reason: `for Kie.ai the video is ${meaning.kind}: ${message || `code ${code}`}` };
}
