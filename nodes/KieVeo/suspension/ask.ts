import type { IWebhookFunctions } from 'n8n-workflow';

import type { TaskAnswer } from '../kie/api';
import type { CallbackEvent } from '../kie/callback/check';
import { withinAnswerTime, withWhole, type Connection } from '../kie/connection';
import { Gate } from '../kie/http/turns';
import { failureText } from '../messages/error';
import { reorderedLine } from '../messages/run';
import { isUpgrade } from '../operations';
import { asNamedIn, toTaskResult } from '../taskResult';
import type { Facts } from './decide';
import { openVideos, willBeReported, type AwaitedVideo, type Suspension } from './state';

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
	suspension: Suspension;
}

/**
 * How the video of a callback ended.
 *
 * @returns `null` if it should be delivered again, because something is still unknown
 */
export async function reportOf(
	call: Call,
	video: AwaitedVideo,
	event: CallbackEvent,
): Promise<AwaitedVideo['report']> {
	const { callback } = event;
	// The address of a new task was made before it had an id, so it cannot say which one failed.
	const isNameless = callback.taskIds.length === 0 && !isUpgrade(video.operation);
	if (isNameless || callback.outcome === 'unknown') {
		await fetchReport(call, video);
		return video.report;
	}
	const files = await withWhole(event, async () => await askAbout(call, video));
	if (files === null) return video.report;
	const about = { ...event, model: video.model };
	return { result: toTaskResult(about, callback.outcome, callback, files), raw: callback.body };
}

/**
 * Asks Kie about videos without a callback in this process, one by one, until one is found
 * unfinished: its own callback will arrive, and the rest is asked then. Videos Kie does not report here are asked
 * about every time.
 *
 * @returns `answered` if everything that was asked is now known
 */
export async function askWhileFinished(call: Call): Promise<Facts['asked']> {
	const now = call.connection.clock.elapsed();
	const open = openVideos(call.suspension);
	const isRunning = ({ isReported, unfinishedAt }: AwaitedVideo) =>
		isReported && now - (unfinishedAt ?? -Infinity) < ASK_PAUSE_MS;
	if (open.some(isRunning)) return 'answered';
	// The last submitted first: it is the most likely to be unfinished.
	for (const video of open.reverse()) {
		const found = await fetchReport(call, video);
		if (found === 'unknown') return 'unanswered';
		if (found === 'unfinished' && video.isReported) break;
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
	const until = clock.elapsed() + ASKING_MS;
	const isOver = () => signal?.aborted === true || clock.elapsed() >= until;
	const gate = new Gate(PARALLEL_QUESTIONS);
	const open = openVideos(suspension);
	let asked = open
		.filter((video) => all || !willBeReported(video))
		.sort((one, other) => (one.unfinishedAt ?? 0) - (other.unfinishedAt ?? 0));
	for (let attempt = 1; ; attempt++) {
		const found = await Promise.all(
			asked.map(
				async (video) =>
					await gate.run(async () => (isOver() ? 'unknown' : await fetchReport(call, video))),
			),
		);
		asked = asked.filter((_, at) => found[at] === 'unknown');
		if (asked.length === 0) return 'answered';
		if (isOver() && openVideos(suspension).length < open.length) return 'cutShort';
		if (isOver() || attempt === MOST_ATTEMPTS) return 'unanswered';
		await withinAnswerTime(connection, async () => await clock.pause(RETRY_PAUSE_MS, signal));
	}
}

async function askAbout({ connection }: Call, video: AwaitedVideo): Promise<TaskAnswer | null> {
	const how = video.perhapsReordered ? 'free' : 'check';
	return await withinAnswerTime(connection, async () => await connection.api.fetchTask(video, how));
}

/**
 * Asks Kie about a video, and notes what it says.
 *
 * @returns `unknown`: Kie does not say, or could not be asked
 */
async function fetchReport(
	call: Call,
	video: AwaitedVideo,
): Promise<'finished' | 'unfinished' | 'unknown'> {
	const answer = await askAbout(call, video);
	if (answer === null) return 'unknown';
	const { context, connection } = call;
	const { meaning, code, message, raw } = answer;
	const isReordered = meaning.kind === 'failed' && meaning.reason === 'reordered';
	const mayBeReordered = meaning.kind === 'processing' && meaning.perhapsReordered === true;
	if (isReordered || mayBeReordered) {
		context.logger.warn(reorderedLine(context.getNode().name, video.taskId, isReordered), {
			executionId: context.getExecutionId(),
		});
	}
	switch (meaning.kind) {
		case 'success': {
			const { files } = meaning;
			video.report = {
				result: toTaskResult(asNamedIn(files, video), 'success', answer, files),
				raw,
			};
			return 'finished';
		}
		case 'failed': {
			const said = { code, message: failureText(meaning.reason, message) };
			video.report = { result: toTaskResult(video, 'failed', said), raw };
			return 'finished';
		}
		case 'processing':
			video.codes = [...video.codes, code];
			video.unfinishedAt = connection.clock.elapsed();
			if (mayBeReordered) {
				video.perhapsReordered = true;
				video.isReported = false;
			}
			return 'unfinished';
		default:
			return 'unknown';
	}
}
