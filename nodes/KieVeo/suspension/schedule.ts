/** When a suspended execution is looked after. Times in milliseconds since the epoch. */
export interface WatchPlan {
	/** When the execution was suspended. */
	since: number;
	/** Milliseconds after which a report is overdue. */
	overdueAfter: number;
	/** Whether something is waited for that may never be reported: Kie is asked about it earlier. */
	hasUnreported: boolean;
	/** When the waiting time ends. */
	deadline: number;
}

export interface Look {
	at: number;
	/** Whether every open video is asked about, or only what may never be reported. */
	scope: 'all' | 'unreported';
	/** The last look, at the deadline. */
	isFinal: boolean;
}

/** What may never be reported is first asked about after this time. */
const UNREPORTED_AFTER_MS = 60_000;

/**
 * The next look after `last`: when a report is overdue, then with pauses that double, and at the
 * deadline. With a short waiting time the looks come closer together: the first one not later than
 * halfway. Pure.
 *
 * @param last when the last look was due; `since` before the first one
 * @returns `null` after the one at the deadline
 */
export function nextLook(plan: WatchPlan, last: number): Look | null {
	const { since, overdueAfter, hasUnreported, deadline } = plan;
	if (last >= deadline) return null;
	const all = nextIn(since, Math.min(overdueAfter, (deadline - since) / 2), last);
	const early = Math.min(UNREPORTED_AFTER_MS, (deadline - since) / 4);
	const unreported = hasUnreported ? nextIn(since, early, last) : Infinity;
	const at = Math.min(all, unreported);
	// A look shortly before the deadline would only ask twice.
	if (at > deadline - early / 2) return { at: deadline, scope: 'all', isFinal: true };
	return { at, scope: all <= unreported ? 'all' : 'unreported', isFinal: false };
}

/** The first of `since + first`, then after pauses of a quarter, a half, the whole ... of `first`, that is later than `last`. */
function nextIn(since: number, first: number, last: number): number {
	let at = since + first;
	for (let pause = first / 4; at <= last; pause *= 2) at += pause;
	return Math.round(at);
}
