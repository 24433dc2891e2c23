import type { KieAnswer } from '../meaning/answer';
import { CancelledError, type Clock } from './clock';

/** Kie accepts 20 new requests per 10 s and account; the rest get 429 and are not queued. */
const SUBMISSIONS_PER_WINDOW = 20;
const WINDOW_MS = 10_000;
/** The longest pause that `Retry-After` can ask for. */
const MAX_RETRY_AFTER_MS = 60_000;
/** The pause before a probe is this share of the time for which Kie has accepted nothing. */
const PROBE_PAUSE_SHARE = 0.15;
const MIN_PROBE_PAUSE_MS = 5_000;
const MAX_PROBE_PAUSE_MS = 30_000;
/** How long Kie must accept nothing before an unsent submission is abandoned at its deadline. */
const HOPELESS_MS = 5_000;
/** How soon a stopped execution and a deadline are noticed. */
const LOOK_MS = 250;

/**
 * What an answer says about the limit. `overLimit`: a 429. `unavailable`: Kie was not reached or accepts
 * nothing at any rate. `taken`: anything else.
 */
export type Verdict = 'taken' | 'overLimit' | 'unavailable';

export interface Submission {
	/** From {@link SubmissionLimiter.takeNumber}. Lower numbers are sent first. */
	number: number;
	judge(answer: KieAnswer): Verdict;
	/** Milliseconds since the epoch. */
	deadline: number;
	/** The answer to its previous attempt, if there was one. */
	last?: KieAnswer;
	signal?: AbortSignal;
}

interface Place {
	/** Milliseconds since the epoch; `Infinity` while a request is under way. */
	freeAt: number;
	/** Whether it was refused. The next request in it is a probe. */
	lost: boolean;
}

type Turn = { place: Place } | { answer: KieAnswer };

interface Waiter {
	submission: Submission;
	start(turn: Turn): void;
	fail(error: CancelledError): void;
}

/**
 * Keeps the submissions of this process within Kie's limit, in the order of their numbers, and shares
 * the limit with other processes and programs that it cannot see.
 *
 * There are 20 places. A place is free again 10 s after its last *answer*, so two requests in one place
 * reach Kie at least 10 s apart however long they took. Alone, a process uses all 20 and
 * never gets a 429.
 *
 * A 429 means that others use part of the limit. That request's place is lost, and so is every
 * free place, so the process sends nothing until a place it still holds becomes free: Kie
 * accepted its last request less than 10 s ago and has room for the next one when that request leaves
 * the window. Where Kie sends `Retry-After`, the held places wait for it too.
 *
 * Lost places are regained by probing. Every 5 s or so one request is sent. When it is accepted, the
 * place is held again and two more probes follow at once, until one is refused. While nothing at all
 * is accepted, the pauses grow to 30 s. A process that holds many places probes no more than one that
 * holds few, but loses more to the probes of others, so shares even out. Random pauses spread the probes.
 *
 * @see https://docs.kie.ai/common-api/quickstart
 */
export class SubmissionLimiter {
	private readonly places: Place[] = Array.from({ length: SUBMISSIONS_PER_WINDOW }, () => ({
		freeAt: 0,
		lost: false,
	}));
	/** In the order of their numbers. */
	private readonly waiters: Waiter[] = [];
	private lastNumber = 0;
	private watching = false;
	/** Nothing is sent before; milliseconds since the epoch, as all times here. */
	private pausedUntil = 0;
	private nextProbeAt = 0;
	private probesUnderWay = 0;
	private maxProbes = 1;
	/** Set while Kie accepts nothing: since when, and what it said last. */
	private setback: { since: number; answer: KieAnswer } | null = null;

	constructor(private readonly clock: Clock) {}

	/** A place in the queue, kept by a submission that is tried several times. */
	takeNumber(): number {
		return ++this.lastNumber;
	}

	/**
	 * Makes one attempt as soon as the limit allows.
	 *
	 * If no place comes free before the deadline, there is no attempt: a submission that was tried before gets
	 * its last answer again. One that was never sent keeps waiting while Kie accepts others; once Kie has
	 * accepted nothing for 5 s, the submission gets the last answer that any other one got.
	 *
	 * @throws CancelledError within 250 ms when cancelled while waiting
	 */
	async run(submit: () => Promise<KieAnswer>, submission: Submission): Promise<KieAnswer> {
		const turn = await this.turnOf(submission);
		if ('answer' in turn) return turn.answer;
		const { place } = turn;
		let answer: KieAnswer | null = null;
		try {
			answer = await submit();
			return answer;
		} finally {
			this.settle(place, answer, answer ? submission.judge(answer) : 'unavailable');
			this.serve();
		}
	}

	private async turnOf(submission: Submission): Promise<Turn> {
		return await new Promise<Turn>((start, fail) => {
			const behind = this.waiters.findIndex(
				(waiter) => waiter.submission.number > submission.number,
			);
			const waiter = { submission, start, fail };
			this.waiters.splice(behind < 0 ? this.waiters.length : behind, 0, waiter);
			this.serve();
			void this.watch();
		});
	}

	/** Serves the queue whenever time alone may have changed something, until it is empty. */
	private async watch(): Promise<void> {
		if (this.watching) return;
		this.watching = true;
		while (this.waiters.length > 0) {
			const wait = this.nextChance() - this.clock.now();
			await this.clock.pause(wait > 0 ? Math.min(wait, LOOK_MS) : LOOK_MS);
			this.serve();
		}
		this.watching = false;
	}

	private serve(): void {
		const now = this.clock.now();
		const hopeless = this.setback && now - this.setback.since >= HOPELESS_MS;
		let place = this.freePlace(now);
		for (const waiter of [...this.waiters]) {
			const { deadline, last, signal } = waiter.submission;
			const answer = last ?? (hopeless ? this.setback?.answer : undefined);
			if (signal?.aborted) {
				this.remove(waiter).fail(new CancelledError());
			} else if (answer && now >= deadline) {
				this.remove(waiter).start({ answer });
			} else if (place) {
				place.freeAt = Infinity;
				if (place.lost) this.probesUnderWay++;
				this.remove(waiter).start({ place });
				place = this.freePlace(now);
			}
		}
	}

	private remove(waiter: Waiter): Waiter {
		this.waiters.splice(this.waiters.indexOf(waiter), 1);
		return waiter;
	}

	private freePlace(now: number): Place | undefined {
		const free = this.places.filter((place) => this.usableAt(place) <= now);
		return free.find((place) => !place.lost) ?? free[0];
	}

	private nextChance(): number {
		return Math.min(...this.places.map((place) => this.usableAt(place)));
	}

	private usableAt(place: Place): number {
		const at = Math.max(place.freeAt, this.pausedUntil);
		if (!place.lost) return at;
		return this.probesUnderWay < this.maxProbes ? Math.max(at, this.nextProbeAt) : Infinity;
	}

	private settle(place: Place, answer: KieAnswer | null, verdict: Verdict): void {
		const now = this.clock.now();
		const wasProbe = place.lost;
		place.freeAt = now + WINDOW_MS;
		if (wasProbe) this.probesUnderWay--;

		if (verdict === 'taken') {
			this.setback = null;
			if (!wasProbe) return;
			place.lost = false;
			this.maxProbes++;
			return;
		}
		if (answer) this.setback = { since: this.setback?.since ?? now, answer };
		if (answer && verdict === 'overLimit') this.slowDown(place, answer.retryAfterMs, now);
	}

	private slowDown(refused: Place, retryAfterMs: number | null, now: number): void {
		refused.lost = true;
		for (const place of this.places) if (place.freeAt <= now) place.lost = true;
		this.maxProbes = 1;

		const retryAfter = Math.min(MAX_RETRY_AFTER_MS, retryAfterMs ?? 0);
		this.pausedUntil = Math.max(this.pausedUntil, now + retryAfter);
		const refusedFor = now - (this.setback?.since ?? now);
		const pause = Math.max(MIN_PROBE_PAUSE_MS, refusedFor * PROBE_PAUSE_SHARE);
		const nextProbe = now + this.spread(Math.min(MAX_PROBE_PAUSE_MS, pause));
		this.nextProbeAt = Math.max(this.nextProbeAt, nextProbe);
	}

	/** Randomly up to a quarter less or more. */
	private spread(ms: number): number {
		return ms * (0.75 + this.clock.random() / 2);
	}
}
