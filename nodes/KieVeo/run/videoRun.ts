import { lostCreationError, timedOutError, videoRejectedError } from '../messages/errors';
import { throwIfCancelled } from '../kie/http/clock';
import type { Connection } from '../kie/connection';
import { toVideoResult, type Subject, type VideoResult } from '../kie/meaning/videoResult';
import type { Gate } from './gate';
import { pollUntilSettled, type Look } from './poll';
import type { VideoAnswer, VideoRequest } from '../kie/videoRequest';

/** How one video ended, or where it stands. */
export type Outcome =
	| { kind: 'result'; result: VideoResult & { taskId: string }; raw: unknown }
	| { kind: 'error'; error: Error };

/** After so many answers in a row that can mean a failed task, it counts as failed. */
const MAX_TASK_ERRORS = 5;

/** Whether waiting could still change the outcome. */
export function isUnfinished(outcome: Outcome): boolean {
	return outcome.kind === 'result' && outcome.result.status === 'processing';
}

/**
 * Submits one request. A rejection by Kie is an outcome, not an exception. The result of a creation
 * carries the new task id.
 *
 * @throws CancelledError
 */
export async function submitVideo({ client }: Connection, request: VideoRequest): Promise<Outcome> {
	return toOutcome(request.subject, await request.submit(client));
}

export interface PollWait {
	/** What the submission gave. */
	outcome: Extract<Outcome, { kind: 'result' }>;
	/** Milliseconds since the epoch. */
	submittedAt: number;
	/** Seconds between two looks. */
	pollInterval: number;
	/** Seconds from the submission. */
	timeout: number;
	onTimeout: 'error' | 'continue';
	/** Bounds how many videos are asked about at the same time. */
	gate: Gate;
}

/**
 * Waits for a submitted video by asking again and again. A fault of the service or the network on the
 * way does not end the wait: the time-out bounds it.
 *
 * @throws CancelledError
 */
export async function waitByPolling(
	{ client, clock, signal }: Connection,
	request: VideoRequest,
	wait: PollWait,
): Promise<Outcome> {
	const { taskId, message } = wait.outcome.result;
	const subject = { ...request.subject, taskId };
	let latest: Outcome = wait.outcome;
	let lastMessage = message;
	let taskErrors = 0;

	const look = async (): Promise<Look<Outcome>> => {
		const told = await wait.gate.run(async () => {
			throwIfCancelled(signal);
			return await request.check(client, taskId);
		});
		const { answer, meaning } = told;
		lastMessage = answer.message;
		const perhapsFailed = meaning.kind === 'retry' && meaning.reason === 'taskOrServer';
		taskErrors = perhapsFailed ? taskErrors + 1 : 0;
		if (meaning.kind === 'retry' && taskErrors < MAX_TASK_ERRORS) {
			return { kind: 'pending', waitMs: answer.retryAfterMs };
		}
		latest = toOutcome(subject, told);
		return isUnfinished(latest)
			? { kind: 'pending', waitMs: null }
			: { kind: 'settled', value: latest };
	};

	const settled = await pollUntilSettled(look, {
		since: wait.submittedAt,
		intervalMs: wait.pollInterval * 1000,
		timeoutMs: wait.timeout * 1000,
		clock,
		signal,
	});
	if (settled !== null) return settled;
	if (wait.onTimeout === 'continue' && latest.kind === 'result') {
		return { ...latest, result: { ...latest.result, timedOut: true } };
	}
	return { kind: 'error', error: timedOutError(subject, wait.timeout, lastMessage) };
}

function toOutcome(subject: Subject, { answer, meaning }: VideoAnswer): Outcome {
	if (meaning.kind === 'lost') return { kind: 'error', error: lostCreationError(subject, answer) };
	if (meaning.kind !== 'success' && meaning.kind !== 'processing') {
		return { kind: 'error', error: videoRejectedError(subject, meaning, answer) };
	}
	const { files } = meaning;
	const taskId = subject.taskId ?? files.taskId;
	// A creation counts as such only when Kie named the task.
	if (taskId === null) return { kind: 'error', error: lostCreationError(subject, answer) };
	const result = toVideoResult({ ...subject, taskId }, answer, files);
	return { kind: 'result', result: { ...result, taskId }, raw: answer.body };
}
