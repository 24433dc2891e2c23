import { BoundedMap } from '../boundedMap';
import type { VideoAnswer } from '../kie/api';
import { eventOf, refused, type CallbackEvent, type Refusal } from '../kie/callback/check';
import type { Connection } from '../kie/connection';
import { ANSWER_LIMIT_MS, ENOUGH_DELIVERIES, withinAnswerTime } from '../kie/delivery';
import type { Meaning } from '../kie/meaning/answer';
import { readUpgradeJob } from '../kie/meaning/fields';
import { isUpgradedTo, type ResultFiles } from '../kie/meaning/files';
import { isJsonObject } from '../values';
import { givesVideo, isUpgrade, traitsOf, type VideoOperationName } from '../operations';

/* What Kie is asked about a callback. A refusal with 503 makes Kie call again. */

/** How Kie is asked. */
export interface Ask {
	/** Made when the first question is asked. */
	connect(): Promise<Pick<Connection, 'api' | 'signal'>>;
	/** Told the task that asking may have ordered again; `isCertain` if it has. */
	onReorder(taskId: string, isCertain: boolean): void;
}

const MOST_DELIVERIES = 1_000;
/** How many times the new part of a video arrived without the whole, by task id. */
const partsDelivered = new BoundedMap<string, number>(MOST_DELIVERIES);
/** The upgrades, by task id and index, that asking may have ordered again: then only records are read. */
const reordered = new BoundedMap<string, true>(MOST_DELIVERIES);

/**
 * Whether the video can be asked about as what it is. Someone else's upgrade cannot: for a task that was never
 * upgraded the request could start a paid upgrade, whether or not signatures are checked. A verified signature
 * does not rule that out: it proves that Kie called about the task, which it also does when the base video is
 * ready. At worst, if someone turned the callback of a failed upgrade into a success in transit, the upgrade
 * the user ordered is tried again.
 */
function isOurs(event: CallbackEvent): event is CallbackEvent & { operation: VideoOperationName } {
	const { operation, submittedHere } = event;
	return givesVideo(operation) && (submittedHere || !isUpgrade(operation));
}

/** The record of an upgraded task usually shows the base video. */
function isResultOf(event: CallbackEvent, { resolution }: ResultFiles): boolean {
	const { operation } = event;
	if (!givesVideo(operation) || isOurs(event)) return true;
	return isUpgradedTo(traitsOf(operation).upgradesTo, resolution);
}

/** @returns `null` when Kie did not answer in time, or the callback names no task */
async function fetchReported(ask: Ask, event: CallbackEvent): Promise<VideoAnswer | null> {
	const { taskId, kieTaskId = null, index } = event;
	if (taskId === null) return null;
	const connection = await ask.connect();
	const { api } = connection;
	const key = JSON.stringify([taskId, index]);
	const answer = await withinAnswerTime(connection, async () =>
		isOurs(event)
			? await api.fetchVideo(
					{ operation: event.operation, taskId, kieTaskId, index, codes: [] },
					reordered.has(key) ? 'free' : 'check',
				)
			: await api.fetchRecord(taskId),
	);
	if (answer?.repeatedOrder && !showsState(answer.meaning)) {
		reordered.set(key, true);
		const { meaning } = answer;
		ask.onReorder(taskId, meaning.kind === 'failed' && meaning.reason === 'reordered');
	}
	return answer;
}

/** Whether the answer to a repeated 4K request shows the upgrade that was ordered, so that it started none. */
function showsState(meaning: Meaning): boolean {
	if (meaning.kind === 'processing') return !meaning.perhapsReordered;
	return (
		meaning.kind === 'success' || (meaning.kind === 'failed' && meaning.reason !== 'reordered')
	);
}

/**
 * Whether a task that nobody here has heard of is the upgrade that the address was made for: Kie is asked,
 * free of charge. Kie's signature says nothing about the address, so without that anyone who has caught
 * one callback could deliver it as the result of another video.
 *
 * @returns why it is not; `null` when it is
 */
export async function ownTaskFault(
	ask: Ask,
	{ isOwnTaskUnproven, operation, taskId, kieTaskId, index }: CallbackEvent,
): Promise<Refusal | null> {
	if (!isOwnTaskUnproven || kieTaskId === undefined) return null;
	const connection = await ask.connect();
	const { api } = connection;
	const record = await withinAnswerTime(connection, async () => await api.fetchRecord(kieTaskId));
	const named = JSON.stringify(kieTaskId.slice(0, 80));
	const data = isJsonObject(record?.raw) ? record.raw.data : null;
	if (!record?.isUnknown && !isJsonObject(data)) {
		return refused(503, `Kie.ai could not be asked what task ${named} is about`);
	}
	const found = readUpgradeJob(data);
	const isIt =
		found?.operation === operation && found.taskId === taskId && found.index === (index ?? 0);
	return isIt
		? null
		: refused(401, `task ${named} is not the upgrade that the address was made for`);
}

/**
 * Finds out how a task ended when its callback says that it has, but shows no video.
 *
 * @returns the event with its outcome; `null` if Kie does not say
 */
export async function resolveOutcome(
	ask: Ask,
	event: CallbackEvent,
): Promise<CallbackEvent | null> {
	const answer = await fetchReported(ask, event);
	const { operation, callback } = event;
	if (answer?.meaning.kind === 'failed') {
		const { code, message } = answer;
		const failed = {
			...callback,
			outcome: 'failed' as const,
			code: code ?? callback.code,
			message,
		};
		return { ...event, event: eventOf(operation, false), callback: failed };
	}
	if (answer?.meaning.kind !== 'success') return null;
	const { files } = answer.meaning;
	if (!isResultOf(event, files)) return null;
	const made = { ...callback, outcome: 'success' as const, succeeded: true, files };
	return { ...event, event: eventOf(operation, true), callback: made };
}

/**
 * Asks Kie for the result a callback claims, because Kie signs a callback's task id and time but not
 * its body: anyone who has seen a callback could send its signature again with other URLs.
 *
 * Where the video cannot be asked about as what it is, the posted URLs are accepted when the record of the task
 * names them too. That is free.
 *
 * Failures are not confirmed: they carry no URL, and for a failed upgrade the only request with an
 * answer may start another one.
 */
export async function confirmResult(
	ask: Ask,
	event: CallbackEvent,
): Promise<ResultFiles | Refusal> {
	if (event.taskId === null) {
		return refused(503, 'the callback names no task that could be confirmed');
	}
	const answer = await fetchReported(ask, event);
	if (answer === null) {
		return refused(503, `Kie.ai did not answer within ${ANSWER_LIMIT_MS / 1000} s`);
	}
	const { meaning, message, code } = answer;
	if (meaning.kind !== 'success') {
		return refused(503, `for Kie.ai the video is ${meaning.kind}: ${message || `code ${code}`}`);
	}
	const { files } = meaning;
	if (isOurs(event)) return files;
	const { videoUrls } = event.callback.files;
	const known = [...files.videoUrls, ...files.fullVideoUrls];
	return videoUrls.every((url) => known.includes(url)) && isResultOf(event, files)
		? { ...files, videoUrls }
		: refused(
				503,
				'the record of the task does not name its URLs, and asking further could start a paid upgrade: only submissions of the Kie.ai node can be confirmed',
			);
}

/** Kie reports the new part of an extended video; the whole is in the record. */
export async function withWholeVideo(
	ask: Ask,
	event: CallbackEvent,
): Promise<ResultFiles | Refusal> {
	const { operation, taskId, callback } = event;
	const { files, succeeded } = callback;
	const needsWhole = succeeded && givesVideo(operation) && traitsOf(operation).givesWhole === true;
	if (!needsWhole || files.fullVideoUrls.length > 0) return files;
	const answer = await fetchReported(ask, event);
	if (answer?.meaning.kind === 'success') {
		const { fullVideoUrls } = answer.meaning.files;
		if (fullVideoUrls.length > 0) return { ...files, fullVideoUrls };
	}
	const key = String(taskId);
	const delivery = (partsDelivered.get(key) ?? 0) + 1;
	partsDelivered.set(key, delivery);
	return delivery < ENOUGH_DELIVERIES
		? refused(503, 'Kie.ai does not show the whole of the video yet')
		: files;
}
