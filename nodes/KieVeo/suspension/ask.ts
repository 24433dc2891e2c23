import type { IWebhookFunctions } from 'n8n-workflow';

import type { SubmittedTask } from '../kie/api';
import type { CallbackEvent } from '../kie/callback/check';
import { ENOUGH_DELIVERIES, withinAnswerTime, type Connection } from '../kie/connection';
import { Gate } from '../kie/http/turns';
import { failureText } from '../messages/error';
import { reorderedLine } from '../messages/run';
import { isUpgrade, traitsOf } from '../operations';
import { asNamedIn, toTaskResult } from '../taskResult';
import type { Facts } from './decide';
import {
	isUnreported,
	openVideos,
	videoKey,
	type Report,
	type Suspension,
	type SuspensionPlace,
} from './state';

/** Kie is not asked again this soon about an unfinished video. Later it is: its callback may be lost. */
const ASK_PAUSE_MS = 30_000;
/** How many videos a check asks about at the same time. */
const PARALLEL_QUESTIONS = 10;
/** A check starts no question after this time, so that those under way are answered before it must end. */
const ASKING_MS = 75_000;
/** After this pause a check asks again about videos Kie said nothing about. */
const RETRY_PAUSE_MS = 10_000;
const MOST_ATTEMPTS = 3;

/** A genuine call of a suspended execution. */
export interface Call {
	context: IWebhookFunctions;
	connection: Connection;
	place: SuspensionPlace;
	suspension: Suspension;
}

/**
 * How the video of a callback ended.
 *
 * @param delivery how many times the callback has arrived
 * @returns `null` if it should be delivered again, because something is still unknown
 */
export async function reportOf(
	call: Call,
	video: SubmittedTask,
	{ callback, ...event }: CallbackEvent,
	delivery: number,
): Promise<Report | null> {
	// The address of a new task was made before it had an id, so it cannot say which one failed.
	const isNameless = callback.taskIds.length === 0 && !isUpgrade(video.operation);
	if (isNameless || callback.outcome === 'unknown') {
		const found = await fetchReport(call, video);
		return typeof found === 'string' ? null : found;
	}
	const { outcome, files, body: raw } = callback;
	const reported = toTaskResult({ ...event, model: video.model }, outcome, callback, files);
	// Kie reports the new part of an extended video; the whole is in the record.
	const { givesWhole } = traitsOf(video.operation);
	if (givesWhole && outcome === 'success' && files.fullVideoUrls.length === 0) {
		const found = await fetchReport(call, video);
		if (typeof found !== 'string' && 'videoUrls' in found.result && found.result.videoUrl) {
			const { videoUrl, videoUrls } = found.result;
			return { result: { ...reported, videoUrl, videoUrls }, raw };
		}
		if (delivery < ENOUGH_DELIVERIES) return null;
	}
	return { result: reported, raw };
}

/** Whether this process is still going to receive a callback about a video. */
export function willBeReported(
	video: SubmittedTask,
	{ possiblyMissed, perhapsReordered }: Suspension,
): boolean {
	const key = videoKey(video);
	return !isUnreported(video) && !possiblyMissed.has(key) && !perhapsReordered.has(key);
}

/**
 * Asks Kie about videos without a callback in this process, one by one, until one is found
 * unfinished: its own callback will arrive, and the rest is asked then. Videos Kie does not report here are asked
 * about every time.
 *
 * @returns `answered` if everything that was asked is now known
 */
export async function askWhileFinished(call: Call): Promise<Facts['asked']> {
	const { connection, suspension } = call;
	const { foundUnfinished, perhapsReordered } = suspension;
	const now = connection.clock.elapsed();
	const reports = (video: SubmittedTask) =>
		!isUnreported(video) && !perhapsReordered.has(videoKey(video));
	const isRecent = (video: SubmittedTask) =>
		now - (foundUnfinished.get(videoKey(video)) ?? -Infinity) < ASK_PAUSE_MS;
	const open = openVideos(suspension);
	if (open.some((video) => reports(video) && isRecent(video))) return 'answered';
	// The last submitted first: it is the most likely to be unfinished.
	for (const video of open.reverse()) {
		const found = await fetchAndRecord(call, video);
		if (found === 'unknown') return 'unanswered';
		if (found === 'unfinished' && reports(video)) break;
	}
	return 'answered';
}

/**
 * A check that is cut short is continued by the next one: first come those that were asked about longest ago.
 *
 * @param all otherwise only about what may never be reported
 */
export async function askAboutOpen(call: Call, all: boolean): Promise<Facts['asked']> {
	const { connection, suspension } = call;
	const { clock, signal } = connection;
	const { foundUnfinished, reports } = suspension;
	const until = clock.elapsed() + ASKING_MS;
	const isOver = () => signal?.aborted === true || clock.elapsed() >= until;
	const gate = new Gate(PARALLEL_QUESTIONS);
	const since = (video: SubmittedTask) => foundUnfinished.get(videoKey(video)) ?? 0;
	const known = reports.size;
	let asked = openVideos(suspension)
		.filter((video) => all || !willBeReported(video, suspension))
		.sort((one, other) => since(one) - since(other));
	for (let attempt = 1; ; attempt++) {
		const found = await Promise.all(
			asked.map(
				async (video) =>
					await gate.run(async () => (isOver() ? 'unknown' : await fetchAndRecord(call, video))),
			),
		);
		asked = asked.filter((_, at) => found[at] === 'unknown');
		if (asked.length === 0) return 'answered';
		if (isOver() && reports.size > known) return 'cutShort';
		if (isOver() || attempt === MOST_ATTEMPTS) return 'unanswered';
		await withinAnswerTime(connection, async () => await clock.pause(RETRY_PAUSE_MS, signal));
	}
}

async function fetchAndRecord(
	call: Call,
	video: SubmittedTask,
): Promise<'finished' | 'unfinished' | 'unknown'> {
	const found = await fetchReport(call, video);
	if (typeof found === 'string') return found;
	call.suspension.reports.set(videoKey(video), found);
	return 'finished';
}

/** `unknown`: Kie does not say, or could not be asked. */
async function fetchReport(
	call: Call,
	video: SubmittedTask,
): Promise<Report | 'unfinished' | 'unknown'> {
	const { connection, suspension } = call;
	const { api } = connection;
	const key = videoKey(video);
	const codes = suspension.codes.get(key) ?? [];
	const answer = await withinAnswerTime(connection, async () =>
		suspension.perhapsReordered.has(key)
			? await api.fetchTask(video, 'free')
			: await api.fetchTask({ ...video, codes: [...video.codes, ...codes] }, 'check'),
	);
	if (answer === null) return 'unknown';
	const { meaning, code, message, raw } = answer;
	switch (meaning.kind) {
		case 'success':
			return {
				result: toTaskResult(asNamedIn(meaning.files, video), 'success', answer, meaning.files),
				raw,
			};
		case 'failed':
			if (meaning.reason === 'reordered') logReorder(call, video, true);
			return {
				result: toTaskResult(video, 'failed', {
					code,
					message: failureText(meaning.reason, message),
				}),
				raw,
			};
		case 'processing':
			suspension.codes.set(key, [...codes, code]);
			suspension.foundUnfinished.set(key, connection.clock.elapsed());
			if (meaning.perhapsReordered) {
				suspension.perhapsReordered.add(key);
				logReorder(call, video, false);
			}
			return 'unfinished';
		default:
			return 'unknown';
	}
}

function logReorder({ context }: Call, { taskId }: SubmittedTask, isCertain: boolean): void {
	context.logger.warn(reorderedLine(context.getNode().name, taskId, isCertain), {
		executionId: context.getExecutionId(),
	});
}
