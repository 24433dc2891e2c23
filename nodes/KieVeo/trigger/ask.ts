import type { Asking, TaskAnswer } from '../kie/api';
import type { Callback } from '../kie/callback/parse';
import { eventOf, refused, type CallbackEvent, type CallbackRefusal } from '../kie/callback/check';
import { ANSWER_LIMIT_MS, withinAnswerTime, withWhole, type Connection } from '../kie/connection';
import { wasNotAccepted } from '../kie/meaning/money';
import { readJob, readUpgradeJob, topicOfModel } from '../kie/meaning/fields';
import { isUpgradedTo, type ResultFiles } from '../kie/meaning/files';
import { at, BoundedMap, isJsonObject } from '../values';
import { givesResult, isOfAnyModel, isUpgrade, traitsOf, type TaskOperation } from '../operations';

/* What Kie is asked about a callback. A refusal with 503 makes Kie call again. */

/** How Kie is asked. */
export interface Ask {
	/** Made when the first question is asked. */
	connect(): Promise<Pick<Connection, 'api' | 'signal'>>;
	/** Told the task that asking may have ordered again. */
	onReorder(taskId: string): void;
}

/** The 4K requests that were sent again to learn the state, by task id and index. */
const repeats = new BoundedMap<string, { answer: Promise<TaskAnswer | null>; at: number }>(1_000);
/** Kie asks that a running upgrade be asked about no sooner. */
const RUNNING_PAUSE_MS = 30_000;

/**
 * Whether the video can be asked about as what it is. Someone else's upgrade cannot: for a task that was never
 * upgraded the request could start a paid upgrade, whether or not signatures are checked. A verified signature
 * does not rule that out: it proves that Kie called about the task, which it also does when the base video is
 * ready. At worst, if someone turned the callback of a failed upgrade into a success in transit, the upgrade
 * the user ordered is tried again.
 */
function isOurs(event: CallbackEvent): event is CallbackEvent & { operation: TaskOperation } {
	const { operation, submittedHere } = event;
	return givesResult(operation) && (submittedHere || !isUpgrade(operation));
}

/** The record of an upgraded task usually shows the base video. */
function isResultOf(event: CallbackEvent, { resolution }: ResultFiles): boolean {
	const { operation } = event;
	if (!givesResult(operation) || isOurs(event)) return true;
	return isUpgradedTo(traitsOf(operation).upgradesTo, resolution);
}

/** @returns `null` when Kie did not answer in time, or the callback names no task */
async function fetchReported(ask: Ask, event: CallbackEvent): Promise<TaskAnswer | null> {
	const { taskId, kieTaskId = null, index } = event;
	if (taskId === null) return null;
	const connection = await ask.connect();
	const { api } = connection;
	if (!isOurs(event)) {
		return await withinAnswerTime(connection, async () => await api.fetchRecord(taskId));
	}
	const video = { operation: event.operation, taskId, kieTaskId, index, codes: [] };
	const fetch = async (how: Asking) =>
		await withinAnswerTime(connection, async () => await api.fetchTask(video, how));
	const free = await fetch('free');
	const isOpen = free?.meaning.kind === 'processing' || free?.isUnknown;
	if (!isOpen || !isUpgrade(event.operation) || api.upgradesAreTasks) return free;

	const key = JSON.stringify([taskId, index]);
	const repeated = await repeatOnce(key, async () => await fetch('check'));
	if (repeated === undefined) return free;
	if (effectOf(repeated) === 'perhapsOrdered') ask.onReorder(taskId);
	return repeated;
}

/**
 * @param send asks in a way that may order, and bill, another upgrade
 * @returns `undefined` if it must not be sent, and the answer to the last one does not end the matter
 */
async function repeatOnce(
	key: string,
	send: () => Promise<TaskAnswer | null>,
): Promise<TaskAnswer | null | undefined> {
	const earlier = repeats.get(key);
	if (earlier !== undefined) {
		const answer = await earlier.answer;
		if (answer !== null && isEnd(answer.meaning)) return answer;
		// Only after an answer that showed the upgrade running: any other may have ordered, and stays the last one.
		const isLate = performance.now() - earlier.at >= RUNNING_PAUSE_MS;
		const mayRepeat = isLate && effectOf(answer) === 'shown';
		if (!mayRepeat || repeats.get(key) !== earlier) return undefined;
	}
	// Noted before it is sent: calls that come meanwhile share its answer.
	const answer = send();
	repeats.set(key, { answer, at: performance.now() });
	if (effectOf(await answer) === 'none') repeats.delete(key);
	return await answer;
}

/**
 * What the repeated request did: `none` if it certainly was not sent, or not accepted; `shown` if it gave the state of
 * the upgrade that was ordered, and so started none.
 */
function effectOf(answer: TaskAnswer | null): 'none' | 'shown' | 'perhapsOrdered' {
	if (answer === null) return 'perhapsOrdered';
	const { meaning, repeatedOrder } = answer;
	if (!repeatedOrder || meaning.kind === 'unreached' || wasNotAccepted(meaning)) return 'none';
	const isRunning = meaning.kind === 'processing' && !meaning.perhapsReordered;
	return isRunning || isEnd(meaning) ? 'shown' : 'perhapsOrdered';
}

function isEnd({ kind }: TaskAnswer['meaning']): boolean {
	return kind === 'success' || kind === 'failed';
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
): Promise<CallbackRefusal | null> {
	if (!isOwnTaskUnproven || kieTaskId === undefined) return null;
	const connection = await ask.connect();
	const { api } = connection;
	const record = await withinAnswerTime(connection, async () => await api.fetchRecord(kieTaskId));
	const named = JSON.stringify(kieTaskId.slice(0, 80));
	const data = at(record?.raw, 'data');
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
 * @returns the event with its outcome; `running` if the callback reports a stage only; `null` if Kie does not say
 */
export async function resolveOutcome(
	ask: Ask,
	event: CallbackEvent,
): Promise<CallbackEvent | 'running' | null> {
	const answer = await fetchReported(ask, event);
	const { operation, callback } = event;
	const job = readJob(at(answer?.raw, 'data'));
	const model = callback.files.model ?? job?.model ?? null;
	const ended = (outcome: 'success' | 'failed', told: Partial<Callback>): CallbackEvent => ({
		...event,
		event: eventOf(operation, model, outcome),
		callback: { ...callback, ...told, outcome },
	});
	switch (answer?.meaning.kind) {
		case 'failed': {
			const { code, message } = answer;
			const files = { ...callback.files, model };
			return ended('failed', { code: code ?? callback.code, message, files });
		}
		case 'processing': {
			const isTask = isOfAnyModel(operation) || topicOfModel(model) === 'task';
			return callback.mayBeStage && isTask ? 'running' : null;
		}
		case 'success': {
			const { files } = answer.meaning;
			return isResultOf(event, files) ? ended('success', { files }) : null;
		}
		default:
			return null;
	}
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
): Promise<ResultFiles | CallbackRefusal> {
	const answer = await fetchReported(ask, event);
	if (answer === null) {
		return refused(503, `Kie.ai did not answer within ${ANSWER_LIMIT_MS / 1000} s`);
	}
	const { meaning, message, code } = answer;
	if (meaning.kind !== 'success') {
		return refused(503, `for Kie.ai the video is ${meaning.kind}: ${message || `code ${code}`}`);
	}
	const { files } = meaning;
	if (isOurs(event) || topicOfModel(files.model) === 'task') return files;
	const { videoUrls } = event.callback.files;
	const known = [...files.videoUrls, ...files.fullVideoUrls];
	return videoUrls.every((url) => known.includes(url)) && isResultOf(event, files)
		? { ...files, videoUrls }
		: refused(
				503,
				'the record of the task does not name its URLs, and asking further could start a paid upgrade: only submissions of the Kie.ai node can be confirmed',
			);
}

/** With the whole of an extended video, where Kie reports the new part. */
export async function wholeResult(
	ask: Ask,
	event: CallbackEvent,
): Promise<ResultFiles | CallbackRefusal> {
	const files = await withWhole(event, async () => await fetchReported(ask, event));
	return files ?? refused(503, 'Kie.ai does not show the whole of the video yet');
}
