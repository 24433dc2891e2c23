import type { KieAnswer } from '../meaning/answer';
import { wasNotAccepted } from '../meaning/money';
import { CancelledError, type Clock } from './clock';
import type { SubmissionLimiter, Acceptance } from './limiter';

/** Maximum requests for one call: spread over about 15 s without `Retry-After`. */
export const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
/** The longest wait between two attempts, whatever `Retry-After` says. */
const MAX_DELAY_MS = 30_000;
/** The last attempt of a patient submission is planned this long before its deadline. */
const LAST_ATTEMPT_MS = 1_000;

/**
 * Milliseconds to wait before the next attempt: doubling from one second, and randomly between half and
 * all of it so that parallel items spread out, but never less than the server asked for.
 *
 * @param attempt number of attempts made so far, from 1
 */
export function retryDelay(attempt: number, retryAfterMs: number | null, random: number): number {
	const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
	return Math.min(MAX_DELAY_MS, Math.max(retryAfterMs ?? 0, ceiling * (0.5 + random / 2)));
}

/**
 * Repeats a call while its answer says nothing about the video. Only for calls that cannot
 * cost money twice when repeated.
 *
 * @returns the last answer, understood or not
 */
export async function callWithRetry(
	call: () => Promise<KieAnswer>,
	meaningOf: (answer: KieAnswer) => { kind: string },
	{ http, clock, signal }: { http: { isOver: boolean }; clock: Clock; signal?: AbortSignal },
	maxAttempts = MAX_ATTEMPTS,
): Promise<KieAnswer> {
	for (let attempt = 1; ; attempt++) {
		const answer = await call();
		const isLast = attempt === maxAttempts || http.isOver;
		if (isLast || meaningOf(answer).kind !== 'retry') return answer;
		await clock.pause(retryDelay(attempt, answer.retryAfterMs, clock.random()), signal);
	}
}

/**
 * Submits within the limit, and is patient where Kie has certainly not accepted the request: over the
 * rate limit (429), under maintenance (455), no connection, no such name. That is free however
 * often it is tried, so it is limited by time instead of a number of attempts. Other answers that `meaningOf`
 * calls `retry` get the usual 5 attempts.
 *
 * Over the limit, the submission returns to its place in the limiter's queue, which knows when to
 * try again. Otherwise the pauses grow from 1 s to 30 s, and the last attempt is about 1 s before the
 * deadline. No attempt starts after the deadline, but one in flight is awaited. Only
 * a submission whose turn has not yet come may start later, as long as Kie accepts others.
 *
 * @param deadline by the even clock
 * @returns the last answer, understood or not; if it says only that this attempt was not accepted, one that
 * leaves open whether an earlier attempt was. `wasLost`: the answer to an earlier attempt was lost
 * @throws CancelledError if Kie has certainly not accepted any attempt
 * @see https://docs.kie.ai/common-api/quickstart
 */
export async function submitPatiently(
	call: () => Promise<KieAnswer>,
	meaningOf: (answer: KieAnswer) => { kind: string; reason?: string },
	{
		limiter,
		deadline,
		clock,
		signal,
	}: { limiter: SubmissionLimiter; deadline: number; clock: Clock; signal?: AbortSignal },
): Promise<KieAnswer & { wasLost?: true }> {
	const number = limiter.takeNumber();
	const judge = (answer: KieAnswer) => acceptanceOf(meaningOf(answer));
	// Kie may have accepted a request whose answer was lost: nothing that comes later says it has not.
	let lost: KieAnswer | undefined;
	let last: KieAnswer | undefined;
	let faults = 0;
	let outages = 0;
	const submit = async () => {
		for (;;) {
			const answer = await limiter.run(call, { number, judge, deadline, last, signal });
			const acceptance = judge(answer);
			if (acceptance === 'taken') {
				if (++faults === MAX_ATTEMPTS || meaningOf(answer).kind !== 'retry') {
					return lost ? { ...answer, wasLost: true as const } : answer;
				}
				lost = answer;
				last = undefined;
				await clock.pause(retryDelay(faults, answer.retryAfterMs, clock.random()), signal);
				continue;
			}
			const left = deadline - LAST_ATTEMPT_MS - clock.elapsed();
			if (left <= 0) return lost ?? answer;
			last = answer;
			if (acceptance === 'overLimit') continue;
			const delay = retryDelay(++outages, answer.retryAfterMs, clock.random());
			await clock.pause(Math.min(delay, left), signal);
		}
	};
	return await submit().catch((error: unknown) =>
		lost && error instanceof CancelledError ? lost : Promise.reject(error),
	);
}

/** Only what Kie has certainly not accepted is `overLimit` or `unavailable`. */
function acceptanceOf(meaning: { kind: string; reason?: string }): Acceptance {
	if (!wasNotAccepted(meaning)) return 'taken';
	return meaning.reason === 'rateLimit' ? 'overLimit' : 'unavailable';
}
