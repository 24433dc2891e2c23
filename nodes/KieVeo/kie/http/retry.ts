import type { KieAnswer } from '../meaning/answer';
import type { Clock } from './clock';

/** At most this many requests for one call: spread over about 15 s without `Retry-After`. */
export const MAX_ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
/** The most one call waits between two attempts, whatever `Retry-After` says. */
const MAX_DELAY_MS = 30_000;

/**
 * Milliseconds to wait before the next attempt: doubling from one second, between half and the whole
 * of it by chance so that parallel items spread, and never less than the server asked for.
 *
 * @param attempt number of attempts made so far, from 1
 */
export function retryDelay(attempt: number, retryAfterMs: number | null, random: number): number {
	const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
	return Math.min(MAX_DELAY_MS, Math.max(retryAfterMs ?? 0, ceiling * (0.5 + random / 2)));
}

/**
 * Repeats a call while its answer says nothing about the video. Only for calls whose repetition cannot
 * cost money twice.
 *
 * @returns the last answer, understood or not
 */
export async function callWithRetry(
	call: () => Promise<KieAnswer>,
	meaningOf: (answer: KieAnswer) => { kind: string },
	{ clock, signal }: { clock: Clock; signal?: AbortSignal },
	maxAttempts = MAX_ATTEMPTS,
): Promise<KieAnswer> {
	for (let attempt = 1; ; attempt++) {
		const answer = await call();
		if (attempt === maxAttempts || meaningOf(answer).kind !== 'retry') return answer;
		await clock.pause(retryDelay(attempt, answer.retryAfterMs, clock.random()), signal);
	}
}
