/** When a suspended execution is looked after. Times in milliseconds since the epoch. */
export interface WatchPlan {
	/** When this process began to look after it. */
	since: number;
	/** Milliseconds after which a report is overdue. */
	overdueAfter: number;
	/** Whether something is waited for that may never be reported: Kie is asked about it earlier. */
	hasUnreported: boolean;
	/** When the waiting time ends. */
	deadline: number;
}

/**
 * - `unreported`: Kie is asked about what may never be reported.
 * - `all`: about every open video.
 * - `final`: the same when the waiting time is over; what is still open then has run out of time.
 */
export interface Look {
	at: number;
	kind: 'unreported' | 'all' | 'final';
}

/** What may never be reported is first asked about after this time. */
const UNREPORTED_AFTER_MS = 60_000;
/** The shortest pause between two looks. */
const SHORTEST_PAUSE_MS = 5_000;
/** With this pause the final look is repeated, should n8n not have been able to take it. */
const FINAL_PAUSE_MS = 60_000;
const MOST_FINAL_LOOKS = 4;

/**
 * The look after `last`: when reports are overdue, then with pauses that double, and at the
 * deadline. With a short waiting time the looks come closer together, the first one halfway. Pure.
 *
 * @param last the last look, with the time at which it was made; `null` before the first one
 * @returns `null` after the last one
 */
export function nextLook(plan: WatchPlan, last: Look | null): Look | null {
	const { since, hasUnreported, deadline } = plan;
	if (last?.kind === 'final') return nextFinalLook(deadline, last.at);
	const wait = deadline - since;
	const after = last?.at ?? since;
	const overdueAt = since + Math.min(plan.overdueAfter, wait / 2);
	const early = firstAfter(after, since, Math.min(UNREPORTED_AFTER_MS, wait / 4));
	const isEarly = hasUnreported && early <= overdueAt - SHORTEST_PAUSE_MS;
	const at = isEarly ? early : firstAfter(after, since, overdueAt - since);
	// A look shortly before the deadline would only ask twice.
	return at > deadline - Math.min(UNREPORTED_AFTER_MS / 2, wait / 8)
		? { at: deadline, kind: 'final' }
		: { at, kind: isEarly ? 'unreported' : 'all' };
}

function nextFinalLook(deadline: number, after: number): Look | null {
	const made = Math.floor((after - deadline) / FINAL_PAUSE_MS) + 1;
	return made < MOST_FINAL_LOOKS ? { at: deadline + made * FINAL_PAUSE_MS, kind: 'final' } : null;
}

/** The first of `since + first`, and from there after pauses that double, that is later than `last`. */
function firstAfter(last: number, since: number, first: number): number {
	let at = since + first;
	for (let pause = Math.max(first / 4, SHORTEST_PAUSE_MS); at <= last; pause *= 2) at += pause;
	return Math.round(at);
}
