import type { Order, SubmissionAnswer } from '../kie/api';
import type { Connection } from '../kie/connection';
import { PERHAPS_REORDERED } from '../messages/error';
import { lostOrderError, timedOutError, unclearError, rejectedError } from '../messages/task';
import { NO_FILES } from '../kie/meaning/files';
import { ORDERED } from '../kie/meaning/repeat';
import { isUpgrade, traitsOf } from '../operations';
import { asNamedIn, toTaskResult, type Subject, type TaskResult } from '../taskResult';

/** The Options collection, with defaults filled in. Durations in seconds. */
export interface TaskOptions {
	pollInterval: number;
	timeout: number;
	onTimeout: 'error' | 'continue';
	/** Credits the account must have before anything is paid for; 0 for no limit. */
	minimumCredits: number;
	simplify: boolean;
}

/** Where a submitted task stands. */
export interface TaskRun {
	result: TaskResult & { taskId: string };
	/** Kie's whole answer. */
	raw: unknown;
	/** Whether the answer says nothing that is known: perhaps nothing was started yet. */
	isUnclear?: true;
}

/** After this many consecutive answers that can mean a failed task, the task has failed. */
const MOST_TASK_ERRORS = 5;

/** What a task takes whose operation is not known. */
const OTHER_MINUTES = 10;

/** Whether waiting could still change it. */
export function isUnfinished({ result }: TaskRun): boolean {
	return result.status === 'processing';
}

/** The task an order is about. */
export function subjectOf(order: Order): Subject {
	const { kind, operation } = order;
	const created = { operation, taskId: null, index: null };
	switch (kind) {
		case 'creation': {
			const { taskId: extendedTaskId, model } = order.parameters;
			return { ...created, extendedTaskId, model };
		}
		case 'model':
			return { ...created, model: order.model };
		default:
			return { operation, taskId: order.taskId, index: kind === 'upgrade' ? order.index : null };
	}
}

/**
 * Submits one order. The result of a creation carries the new task id.
 *
 * @param deadline until when the submission is retried, by the even clock; by default for a limited time
 * @throws KieVeoError when Kie rejects it or the answer is lost, CancelledError
 */
export async function submitOrder(
	{ api }: Pick<Connection, 'api'>,
	order: Order,
	deadline?: number,
): Promise<TaskRun> {
	return toRun(withOwnTask(api, subjectOf(order), null), await api.submit(order, deadline));
}

/**
 * Takes up a task that this execution has ordered before: asks how it stands, and orders nothing.
 *
 * @returns `null` when Kie says that it has failed: then it may be ordered again
 * @throws KieVeoError when Kie refuses to tell, CancelledError
 */
export async function takeUp(
	{ api }: Pick<Connection, 'api'>,
	order: Order,
	{ taskId, kieTaskId }: { taskId: string; kieTaskId: string | null },
): Promise<TaskRun | null> {
	const subject = { ...withOwnTask(api, subjectOf(order), kieTaskId), taskId, kieTaskId };
	const answer = await api.fetchTask({ ...subject, codes: [ORDERED] }, 'check');
	const { meaning } = answer;
	if (meaning.kind === 'failed' && meaning.reason !== 'reordered') return null;
	if (meaning.kind === 'success' || meaning.kind === 'refused') return toRun(subject, answer);
	const { raw, retryAfterMs } = answer;
	const isReordered = meaning.kind === 'failed' || 'perhapsReordered' in meaning;
	const message = isReordered ? `${answer.message} ${PERHAPS_REORDERED}` : answer.message;
	// No code: Kie does not report its end to this run.
	const running = { kind: 'processing' as const, files: NO_FILES };
	return toRun(subject, { meaning: running, code: null, message, raw, retryAfterMs });
}

/**
 * Waits for a submitted task by polling. A fault of the service or the network in the
 * meantime does not end the wait: the timeout does. The last check happens at the deadline itself, so a task that
 * finished just before it is reported as finished.
 *
 * @param submitted what the submission gave
 * @param times by the even clock
 * @throws KieVeoError when the task fails or the time runs out, CancelledError
 */
export async function waitByPolling(
	{ api, clock, signal }: Connection,
	order: Order,
	submitted: TaskRun,
	{ submittedAt, deadline }: { submittedAt: number; deadline: number },
	{ pollInterval, timeout, onTimeout }: Omit<TaskOptions, 'minimumCredits' | 'simplify'>,
): Promise<TaskRun> {
	const { taskId, kieTaskId = null, message, code } = submitted.result;
	const subject = { ...withOwnTask(api, subjectOf(order), kieTaskId), taskId };
	const codes = submitted.isUnclear ? [] : [code];
	let latest = submitted;
	let lastMessage = message;
	let taskErrors = 0;
	const { usualMinutes = OTHER_MINUTES } = traitsOf(subject.operation);
	const unclearMinutes = 2 * usualMinutes;

	/** @returns the pause in milliseconds that Kie asks for */
	const check = async (): Promise<number> => {
		const answer = await api.fetchTask({ ...subject, kieTaskId, codes }, 'poll');
		const { meaning } = answer;
		lastMessage = answer.message;
		if (meaning.kind === 'unclear' && clock.elapsed() - submittedAt > unclearMinutes * 60_000) {
			throw unclearError(subject, unclearMinutes, answer);
		}
		const perhapsFailed = meaning.kind === 'retry' && meaning.reason === 'taskOrServer';
		taskErrors = perhapsFailed ? taskErrors + 1 : 0;
		const saysNothing = meaning.kind === 'retry' || meaning.kind === 'unreached';
		if (saysNothing && taskErrors < MOST_TASK_ERRORS) return answer.retryAfterMs ?? 0;
		latest = toRun({ ...subject, kieTaskId }, answer);
		if (!latest.isUnclear) codes.push(answer.code);
		return 0;
	};

	const intervalMs = pollInterval * 1000;
	for (let due = submittedAt + intervalMs; ; ) {
		const next = Math.min(due, deadline);
		await clock.pause(Math.max(0, next - clock.elapsed()), signal);
		const pauseMs = await check();
		if (!isUnfinished(latest)) return latest;
		if (next === deadline) break;
		due = clock.elapsed() + Math.max(intervalMs, pauseMs);
	}
	if (onTimeout === 'error') throw timedOutError(subject, timeout, lastMessage);
	return { ...latest, result: { ...latest.result, timedOut: true } };
}

/** Where an upgrade is a task of its own, messages name its id. */
function withOwnTask(
	{ upgradesAreTasks }: Connection['api'],
	subject: Subject,
	ownTaskId: string | null,
): Subject {
	return upgradesAreTasks && isUpgrade(subject.operation) ? { ...subject, ownTaskId } : subject;
}

/** @throws KieVeoError for an answer that is neither a result nor progress */
function toRun(subject: Subject, answer: SubmissionAnswer): TaskRun {
	const { meaning } = answer;
	if (meaning.kind === 'lost') throw lostOrderError(subject, answer);
	const isPending = meaning.kind === 'processing' || meaning.kind === 'unclear';
	if (meaning.kind !== 'success' && !isPending) {
		// Kie may refuse a new video and still name a task, which can then be looked up.
		const named = 'taskId' in meaning ? meaning.taskId : undefined;
		throw rejectedError({ ...subject, taskId: subject.taskId ?? named ?? null }, meaning, answer);
	}
	const files = meaning.kind === 'unclear' ? NO_FILES : meaning.files;
	const taskId = subject.taskId ?? files.taskId;
	// Without a task id nothing was certainly created.
	if (taskId === null) throw lostOrderError(subject, answer);
	const status = meaning.kind === 'success' ? 'success' : 'processing';
	const about = asNamedIn(files, { ...subject, taskId });
	const result = toTaskResult(about, status, answer, files);
	const run = { result: { ...result, taskId }, raw: answer.raw };
	return meaning.kind === 'unclear' ? { ...run, isUnclear: true } : run;
}
