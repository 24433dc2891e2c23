/** What is known when a callback of a suspended execution has come in. */
export interface Facts {
	/** Whether an earlier callback has resumed the execution. */
	resumed: boolean;
	/** Whether the end of the video that the callback is about is known. */
	known: boolean;
	/** Whether that video was made. */
	succeeded: boolean;
	/** Whether that video is an upgrade, about which Kie cannot always be asked without ordering it again. */
	isUpgrade: boolean;
	/** How often this process was called about that video, this time included. */
	delivery: number;
	/** Videos whose end is not known. */
	open: number;
	/** Whether each of them may have been reported before the execution was suspended. */
	openPossiblyMissed: boolean;
	/** Whether every callback since the suspension came to this process. */
	complete: boolean;
	/** Whether Kie was asked about open videos, and said all it was asked for. */
	asked: 'no' | 'answered' | 'unanswered';
}

export type Decision =
	/** Answer the callback; the execution stays suspended. 503 makes Kie deliver it again. */
	| { kind: 'answer'; status: 200 | 503; reason: string }
	/** Ask Kie about open videos, then decide again. */
	| { kind: 'ask' }
	| { kind: 'resume' };

/**
 * What to do about a callback that is genuine. Pure.
 *
 * Where another process may have received callbacks, a report is declined once, so that it is delivered
 * again, perhaps to that one: so reports spread for free, those of failed upgrades above all, about which
 * Kie cannot safely be asked. About new tasks it can.
 */
export function decide(facts: Facts): Decision {
	const { open, isUpgrade, asked } = facts;
	if (facts.resumed) return answer(200, 'the execution has been resumed');
	if (!facts.known) return answer(503, 'it is incomplete, and Kie.ai has no more yet');
	if (open === 0) return { kind: 'resume' };

	const waiting = answer(200, `${open} videos are not finished`);
	if (facts.complete) {
		if (!facts.openPossiblyMissed) return waiting;
		if (asked === 'no') return { kind: 'ask' };
		return asked === 'answered'
			? waiting
			: answer(503, 'Kie.ai could not be asked about the other videos');
	}
	const spread = answer(503, 'this process does not know of all videos');
	if (isUpgrade && facts.delivery === 1) return spread;
	if (asked === 'no') return { kind: 'ask' };
	return asked === 'unanswered' || (isUpgrade && !facts.succeeded) ? spread : waiting;
}

function answer(status: 200 | 503, reason: string): Decision {
	return { kind: 'answer', status, reason };
}
