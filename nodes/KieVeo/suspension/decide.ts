/** What is known when a suspended execution was called. */
export interface Facts {
	/**
	 * Whether an earlier call has resumed the execution. `failed`: n8n has taken the output, but a while later it
	 * still waits, so n8n could not store it.
	 */
	resumption: 'none' | 'underWay' | 'failed';
	/** Whether n8n is about to continue the execution by itself. */
	tooLate: boolean;
	/** Whether that is so near that no further check can come before. */
	lastChance: boolean;
	/** Videos whose outcome is unknown. */
	open: number;
	/** Whether this process received every callback since the suspension. */
	complete: boolean;
	/** Whether a check of our own will follow, by which only one process at a time asks Kie. */
	checkFollows: boolean;
	/** Whether no open video is certain to be reported to this process, so Kie must be asked about each. */
	openPossiblyMissed: boolean;
	/** Whether Kie was asked about open videos, and what came of it. `cutShort`: there was no time for all of them. */
	asked: 'no' | 'answered' | 'unanswered' | 'cutShort';
	/** For a check of our own: whether the waiting time is over. */
	isFinal: boolean;
	/** For a callback, which is about one video. */
	video: {
		/** Whether the outcome of the video is known. */
		known: boolean;
		/** Whether the video was made. */
		succeeded: boolean;
		/** Whether it is an upgrade, which Kie cannot always be asked about without ordering it again. */
		isUpgrade: boolean;
		/** How many times this process was called about it, including this time. */
		delivery: number;
	} | null;
}

type Decision =
	/** Answer the call, and resume nothing. 503 makes Kie deliver a callback again, and us check again soon. */
	| { status: 200 | 503; reason: string }
	/** Ask Kie about open videos, then decide again. */
	| 'ask'
	/** Videos that are still open have run out of time. */
	| 'resume';

/** What to do about a genuine call of a suspended execution. Pure. */
export function decide(facts: Facts): Decision {
	const { open, video } = facts;
	if (facts.resumption === 'underWay') return answer(200, 'the execution is being resumed');
	if (facts.tooLate) return answer(200, 'n8n itself is about to continue the execution');
	if (facts.resumption === 'failed') return 'resume';
	if (video && !video.known) return answer(503, 'it is incomplete, and Kie.ai has no more yet');
	if (open === 0) return 'resume';
	if (video && facts.lastChance) return decideLate(facts);
	return video ? decideOnReport(facts, video) : decideOnCheck(facts);
}

function decideOnCheck({ isFinal, asked, open, lastChance }: Facts): Decision {
	if (asked === 'no') return 'ask';
	if (isFinal && (asked === 'answered' || lastChance)) return 'resume';
	return asked === 'cutShort' ? answer(503, 'there are more videos to ask about') : waiting(open);
}

/** A callback after the waiting time, and possibly the last call that comes in time: it does what a final check does. */
function decideLate({ asked }: Facts): Decision {
	if (asked === 'no') return 'ask';
	return asked === 'answered'
		? 'resume'
		: answer(503, 'Kie.ai could not be asked about all videos');
}

/**
 * If another process may have received callbacks, a callback is declined once, so that it is delivered
 * again, possibly to that one. This spreads callbacks for free, above all those of failed upgrades, which
 * Kie cannot safely be asked about. What is missing then is left to a check of our own, because the other
 * processes would ask Kie the same questions at this moment. Where no check can follow, this process asks.
 */
function decideOnReport(facts: Facts, video: NonNullable<Facts['video']>): Decision {
	const { open, asked } = facts;
	if (facts.complete) {
		if (!facts.openPossiblyMissed) return waiting(open);
		if (asked === 'no') return 'ask';
		return asked === 'answered'
			? waiting(open)
			: answer(503, 'Kie.ai could not be asked about the other videos');
	}
	const spread = answer(503, 'this process does not know of all videos');
	if (video.delivery === 1 && (video.isUpgrade || facts.checkFollows)) return spread;
	const mustSpread = video.isUpgrade && !video.succeeded;
	if (facts.checkFollows) return mustSpread ? spread : waiting(open);
	if (asked === 'no') return 'ask';
	return asked !== 'answered' || mustSpread ? spread : waiting(open);
}

function waiting(open: number): Decision {
	return answer(200, `${open} videos are not finished`);
}

function answer(status: 200 | 503, reason: string): Decision {
	return { status, reason };
}
