/** What is known when a suspended execution was called. */
export interface Facts {
	/** Kie's callback about a video, or a look of our own. */
	call: 'report' | 'look' | 'finalLook';
	/** Whether an earlier call has resumed the execution. */
	resumed: boolean;
	/** Whether n8n continues the execution by itself, now or within moments. */
	tooLate: boolean;
	/** Videos whose end is not known. */
	open: number;
	/** Whether every callback since the suspension came to this process. */
	complete: boolean;
	/** Whether a look of our own will follow, by which only one process at a time asks Kie. */
	lookFollows: boolean;
	/** Whether no open video is sure to be reported to this process: Kie must be asked about each. */
	openPossiblyMissed: boolean;
	/** Whether Kie was asked about open videos, and said all it was asked for. */
	asked: 'no' | 'answered' | 'unanswered';
	/** About a report. */
	video: {
		/** Whether the end of the video is known. */
		known: boolean;
		/** Whether the video was made. */
		succeeded: boolean;
		/** Whether it is an upgrade, about which Kie cannot always be asked without ordering it again. */
		isUpgrade: boolean;
		/** How often this process was called about it, this time included. */
		delivery: number;
	} | null;
}

export type Decision =
	/** Answer the call; the execution stays suspended. 503 makes Kie deliver a report again. */
	| { kind: 'answer'; status: 200 | 503; reason: string }
	/** Answer the call; nothing can be done for the execution any more. */
	| { kind: 'over'; reason: string }
	/** Ask Kie about open videos, then decide again. */
	| { kind: 'ask' }
	/** Videos that are still open have run out of time. */
	| { kind: 'resume' };

/** What to do about a genuine call of a suspended execution. Pure. */
export function decide(facts: Facts): Decision {
	const { open, video } = facts;
	if (facts.resumed) return { kind: 'over', reason: 'the execution has been resumed' };
	if (facts.tooLate)
		return { kind: 'over', reason: 'n8n itself is about to continue the execution' };
	if (video && !video.known) return answer(503, 'it is incomplete, and Kie.ai has no more yet');
	if (open === 0) return { kind: 'resume' };
	return video ? decideOnReport(facts, video) : decideOnLook(facts);
}

function decideOnLook({ call, asked, open }: Facts): Decision {
	if (asked === 'no') return { kind: 'ask' };
	return call === 'finalLook' ? { kind: 'resume' } : waiting(open);
}

/**
 * Where another process may have received callbacks, a report is declined once, so that it is delivered
 * again, perhaps to that one: so reports spread for free, those of failed upgrades above all, about which
 * Kie cannot safely be asked. What is missing then is left to a look of our own, since the other processes
 * would ask Kie the same questions at this moment. Where no look can follow, this process asks.
 */
function decideOnReport(facts: Facts, video: NonNullable<Facts['video']>): Decision {
	const { open, asked } = facts;
	if (facts.complete) {
		if (!facts.openPossiblyMissed) return waiting(open);
		if (asked === 'no') return { kind: 'ask' };
		return asked === 'answered'
			? waiting(open)
			: answer(503, 'Kie.ai could not be asked about the other videos');
	}
	const spread = answer(503, 'this process does not know of all videos');
	if (video.delivery === 1 && (video.isUpgrade || facts.lookFollows)) return spread;
	const mustSpread = video.isUpgrade && !video.succeeded;
	if (facts.lookFollows) return mustSpread ? spread : waiting(open);
	if (asked === 'no') return { kind: 'ask' };
	return asked === 'unanswered' || mustSpread ? spread : waiting(open);
}

function waiting(open: number): Decision {
	return answer(200, `${open} videos are not finished`);
}

function answer(status: 200 | 503, reason: string): Decision {
	return { kind: 'answer', status, reason };
}
