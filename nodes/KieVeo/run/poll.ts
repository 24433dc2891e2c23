import type { Clock } from '../kie/http/clock';

/** What one check of a task found. */
export type PollResult<T> =
	| { kind: 'settled'; value: T }
	/** Not finished. `waitMs`: the server asked for at least this pause before the next check. */
	| { kind: 'pending'; waitMs: number | null };

interface PollOptions {
	/** When the task was submitted, as all times here by the even clock. */
	since: number;
	/** Milliseconds between two checks. */
	intervalMs: number;
	/** When waiting ends. */
	deadline: number;
	clock: Clock;
	signal?: AbortSignal;
}

/**
 * Checks a task every `intervalMs` until it is settled or the time is up. The last check happens at
 * the deadline itself, so a task that finished just before it is reported as finished.
 *
 * @returns what the task settled to, or `null` when the time ran out
 * @throws CancelledError
 */
export async function pollUntilSettled<T>(
	check: () => Promise<PollResult<T>>,
	{ since, intervalMs, deadline, clock, signal }: PollOptions,
): Promise<T | null> {
	let due = since + intervalMs;
	for (;;) {
		const next = Math.min(due, deadline);
		await clock.pause(Math.max(0, next - clock.elapsed()), signal);
		const found = await check();
		if (found.kind === 'settled') return found.value;
		if (next === deadline) return null;
		due = clock.elapsed() + Math.max(intervalMs, found.waitMs ?? 0);
	}
}
