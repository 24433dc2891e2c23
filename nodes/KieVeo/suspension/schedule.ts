/** When a suspended execution is checked. Times in milliseconds since the epoch. */
export interface WatchPlan {
	/** When this process started to watch it. */
	since: number;
	/** Milliseconds after which a callback is overdue. */
	overdueAfter: number;
	/** Whether it waits for something that may never be reported: Kie is asked about that earlier. */
	hasUnreported: boolean;
	/** When the waiting time ends. */
	deadline: number;
}

/**
 * - `unreported`: Kie is asked about what may never be reported.
 * - `all`: about every open video.
 * - `final`: the same when the waiting time is over; whatever is still open has run out of time.
 */
export interface Check {
	at: number;
	kind: 'unreported' | 'all' | 'final';
}

/** Kie is first asked about what may never be reported after this time. */
const UNREPORTED_AFTER_MS = 60_000;
/** The shortest pause between two checks. */
const SHORTEST_PAUSE_MS = 5_000;
/** The pause before the final check is repeated, in case n8n could not handle it. */
const FINAL_PAUSE_MS = 60_000;
const MOST_FINAL_CHECKS = 4;

/**
 * The check after `last`: when callbacks are overdue, then with doubling pauses, and at the
 * deadline. With a short waiting time the checks are closer together, the first one halfway. Pure.
 *
 * @param last the last check and its time; `null` before the first one
 * @returns `null` after the last one
 */
export function nextCheck(plan: WatchPlan, last: Check | null): Check | null {
	const { since, hasUnreported, deadline } = plan;
	if (last?.kind === 'final') return nextFinalCheck(deadline, last.at);
	const wait = deadline - since;
	const after = last?.at ?? since;
	const overdueAt = since + Math.min(plan.overdueAfter, wait / 2);
	const early = firstAfter(after, since, Math.min(UNREPORTED_AFTER_MS, wait / 4));
	const isEarly = hasUnreported && early <= overdueAt - SHORTEST_PAUSE_MS;
	const at = isEarly ? early : firstAfter(after, since, overdueAt - since);
	// A check shortly before the deadline would only ask twice.
	return at > deadline - Math.min(UNREPORTED_AFTER_MS / 2, wait / 8)
		? { at: deadline, kind: 'final' }
		: { at, kind: isEarly ? 'unreported' : 'all' };
}

function nextFinalCheck(deadline: number, after: number): Check | null {
	const made = Math.floor((after - deadline) / FINAL_PAUSE_MS) + 1;
	return made < MOST_FINAL_CHECKS ? { at: deadline + made * FINAL_PAUSE_MS, kind: 'final' } : null;
}

/** The first time later than `last` among `since + first` and those that follow after doubling pauses. */
function firstAfter(last: number, since: number, first: number): number {
	let at = since + first;
	for (let pause = Math.max(first / 4, SHORTEST_PAUSE_MS); at <= last; pause *= 2) at += pause;
	return Math.round(at);
}
