import { readStatement } from './answer';
import type { KieAnswer, Meaning, Rejection } from './answer';
import { readTaskState } from './fields';
import { REFUSED_FIELD, type FailureReason } from './texts';

/*
 * Money: whether an order was accepted, refused or lost, whether it may have been paid for, and whether a repeated
 * one was another order. Nobody else decides that.
 */

/** What the answer to an order that is paid for each time it is accepted says. */
export type CreateMeaning =
	| { kind: 'created'; taskId: string }
	/** Whether Kie has started, and billed, is unknown. Must never be sent again automatically. */
	| { kind: 'lost' }
	/** `taskId`: Kie refused, but still named a task, so it cannot be said that nothing was started. */
	| (Rejection & { taskId?: string });

/** Known texts about a task, not about the order: it may have been accepted. */
const ABOUT_TASK: readonly FailureReason[] = [
	'taskFailed',
	'timeout',
	'upstream',
	'contentFilter',
	'other',
];

/**
 * The meaning of an answer to generate, extend or createTask.
 *
 * Code 200 with a task id is created, whatever the text. A task id is never dropped: under another code it was
 * created as well, unless a known text refuses it. Without one, a 4xx is a refusal in Kie's own words, 429 and 455
 * were not accepted, neither was input of which Kie refuses a field with 500, and whatever may hide an accepted
 * order (no answer, 408, a server error, success without an id) is `lost`. Pure; never throws.
 *
 * @param sentTaskId the id that was sent; if Kie repeats it, that does not name a new task
 * @see https://docs.kie.ai/veo3-api/generate-veo-3-video
 * @see https://docs.kie.ai/veo3-api/extend-video
 */
export function classifyCreateAnswer(
	answer: KieAnswer,
	sentTaskId: string | null = null,
): CreateMeaning {
	const taskId = answer.taskIds.find((id) => id !== sentTaskId);
	if (taskId === undefined) return withoutTask(answer);
	if (answer.code === 200) return { kind: 'created', taskId };
	// By its text alone.
	const said = readStatement({ ...answer, code: 200 });
	const isRefused = said.kind === 'refused' || said.kind === 'failed';
	return isRefused ? { ...said, taskId } : { kind: 'created', taskId };
}

function withoutTask(answer: KieAnswer): CreateMeaning {
	if (refusesField(answer)) return { kind: 'failed', reason: 'invalidInput' };
	const said = readStatement(answer);
	if (said.kind === 'refused' || said.kind === 'unreached') return said;
	if (said.kind === 'retry') return wasNotAccepted(said) ? said : { kind: 'lost' };
	const code = answer.code ?? 0;
	const isClientError = code >= 400 && code < 500;
	const isRefused = isClientError || code === 501;
	if (said.kind === 'failed' && (isRefused || !ABOUT_TASK.includes(said.reason))) return said;
	return isClientError ? { kind: 'failed', reason: 'other' } : { kind: 'lost' };
}

function refusesField({ code, message, fault }: KieAnswer): boolean {
	return !fault && (code === 500 || code === 422) && REFUSED_FIELD.test(message);
}

/** What the answer to any order can mean. */
export type OrderMeaning = Meaning | CreateMeaning;

const NOT_ACCEPTED: readonly string[] = ['rateLimit', 'maintenance', 'noConnection', 'noName'];

/**
 * Whether Kie has certainly not accepted the order, and may accept the same one later: nothing was started,
 * nothing can be billed, and it may be sent again. Pure.
 */
export function wasNotAccepted(meaning: { kind: string; reason?: string }): boolean {
	return meaning.reason !== undefined && NOT_ACCEPTED.includes(meaning.reason);
}

/**
 * Whether an order that gave neither a video nor a task may still have been paid for. Pure.
 *
 * @param wasLost whether the answer to an earlier attempt was lost; a bad key or a proxy's login, told later, says
 * nothing about it
 */
export function mayBePaid(meaning: OrderMeaning, wasLost: boolean): boolean {
	const { kind } = meaning;
	if (kind === 'lost') return true;
	if (kind === 'retry') return wasLost || !wasNotAccepted(meaning);
	const isRejected = kind === 'refused' || kind === 'unreached';
	return (isRejected && wasLost) || ((isRejected || kind === 'failed') && 'taskId' in meaning);
}

/** Kie's code for an order that it has newly accepted, and whose end it reports. */
export const ORDERED = 200;

/**
 * What it means that Kie answers a repeated 4K request with "in progress".
 *
 * - `running`: the state of the running upgrade.
 * - `perhapsReordered`: Kie may have started another upgrade.
 * - `reordered`: Kie has started another one, so the previous one has failed.
 */
export type Repeat = 'running' | 'perhapsReordered' | 'reordered';

/**
 * How many times Kie may accept the same upgrade as new. An upgrade that fails before the next request is never
 * seen running, and a repeat answered with 200 is undocumented.
 */
const MOST_ORDERS = 5;

/**
 * The rule about repeating the 4K request, Kie's only request that is both a state request and an
 * order. Kie documents 422 with the state for a repeat, and 200 for a newly started upgrade. A 200 with the
 * record of a finished task shows the base video and orders nothing. Pure.
 *
 * @param earlier Kie's codes in the answers so far for this upgrade, the submission's first
 * @param answer the answer to judge
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video
 */
export function judgeRepeat(
	earlier: ReadonlyArray<number | null>,
	{ code, data }: Pick<KieAnswer, 'code' | 'data'>,
): Repeat {
	if (code !== ORDERED || readTaskState(data) === 'success') return 'running';
	const orders = earlier.filter((one) => one === ORDERED).length;
	const wasRunning = orders < earlier.length;
	return wasRunning || orders >= MOST_ORDERS ? 'reordered' : 'perhapsReordered';
}
