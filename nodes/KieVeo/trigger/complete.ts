import type { VideoAnswer } from '../kie/api';
import { eventOf, type CallbackEvent } from '../kie/callback/check';
import type { Connection } from '../kie/connection';
import { inTime } from '../kie/inTime';
import { isUpgradedTo, type ResultFiles } from '../kie/meaning/files';
import { givesVideo, isUpgrade, traitsOf, type VideoOperationName } from '../operations';

type Asking = Pick<Connection, 'api' | 'signal'>;

/**
 * Asks Kie about a callback's video. What our action node submitted is asked about as such. For someone
 * else's upgrade only the record is read: the upgrade's own request could start a paid one.
 *
 * @returns `null` when Kie did not answer in time, or the callback names no task
 */
export async function fetchReported(
	connection: Asking,
	{ operation, taskId, kieTaskId, index, submittedHere }: CallbackEvent,
): Promise<VideoAnswer | null> {
	if (taskId === null) return null;
	const { api } = connection;
	if (!givesVideo(operation) || (isUpgrade(operation) && !submittedHere)) {
		return await inTime(connection, async () => await api.fetchRecord(taskId));
	}
	const video = { operation, taskId, kieTaskId: kieTaskId ?? null, index, codes: [] };
	return await inTime(connection, async () => await api.fetchVideo(video, 'check'));
}

/**
 * Finds out how a task ended when its callback says that it has, but shows no video.
 *
 * @returns the event with its outcome; `null` if Kie does not say, so that it calls again
 */
export async function resolveOutcome(
	connection: Asking,
	event: CallbackEvent,
): Promise<CallbackEvent | null> {
	const answer = await fetchReported(connection, event);
	if (answer === null) return null;
	const { meaning, code, message } = answer;
	const { operation, callback } = event;
	if (meaning.kind === 'failed') {
		const failed = {
			...callback,
			outcome: 'failed' as const,
			code: code ?? callback.code,
			message,
		};
		return { ...event, event: eventOf(operation, false), callback: failed };
	}
	if (meaning.kind !== 'success' || !isResultOf(event, meaning.files)) return null;
	const { files } = meaning;
	const made = { ...callback, outcome: 'success' as const, succeeded: true, files };
	return { ...event, event: eventOf(operation, true), callback: made };
}

/** The record of an upgraded task usually shows the base video. */
function isResultOf({ operation, submittedHere }: CallbackEvent, files: ResultFiles): boolean {
	if (!givesVideo(operation) || !isUpgrade(operation) || submittedHere) return true;
	return isUpgradedTo(traitsOf(operation).upgradesTo, files.resolution);
}

/** After this many deliveries, the new part of an extended video is delivered alone: Kie delivers four times at most. */
const ENOUGH_DELIVERIES = 3;
const MOST_DELIVERIES = 1_000;
/** How many times the new part of a video arrived without the whole, by task id; the oldest first. */
const partsDelivered = new Map<string, number>();

/**
 * Kie reports the new part of an extended video; the whole is in the record.
 *
 * @returns the files with the whole video; `null` if it is not known yet, so that Kie calls again
 */
export async function withWholeVideo(
	connection: () => Promise<Asking>,
	event: CallbackEvent,
): Promise<ResultFiles | null> {
	const { operation, taskId, callback } = event;
	const { files } = callback;
	if (!callback.succeeded || !needsWhole(operation) || files.fullVideoUrls.length > 0) return files;
	const answer = await fetchReported(await connection(), event);
	if (answer?.meaning.kind === 'success') {
		const { fullVideoUrls } = answer.meaning.files;
		if (fullVideoUrls.length > 0) return { ...files, fullVideoUrls };
	}
	const key = String(taskId);
	const delivery = (partsDelivered.get(key) ?? 0) + 1;
	partsDelivered.set(key, delivery);
	const [oldest] = partsDelivered.keys();
	if (partsDelivered.size > MOST_DELIVERIES && oldest !== undefined) partsDelivered.delete(oldest);
	return delivery < ENOUGH_DELIVERIES ? null : files;
}

function needsWhole(operation: CallbackEvent['operation']): operation is VideoOperationName {
	return givesVideo(operation) && traitsOf(operation).givesWhole === true;
}
