import type { KieAnswer } from '../meaning/answer';
import { CancelledError, type Clock } from './clock';

/** Kie accepts 20 new requests per 10 s and account; the rest get 429 and are not queued. */
const SUBMISSIONS_PER_WINDOW = 20;
const WINDOW_MS = 10_000;
/** The pause before a probe is this share of the time for which Kie has accepted nothing. */
const PROBE_PAUSE_SHARE = 0.15;
const MIN_PROBE_PAUSE_MS = 2_500;
const MAX_PROBE_PAUSE_MS = 30_000;
/** How long Kie must accept nothing before an unsent submission is abandoned at its deadline. */
const HOPELESS_MS = 5_000;
/** How soon a stopped execution and a deadline are noticed. */
const LOOK_MS = 250;

/**
 * What an answer says about the limit. `overLimit`: a 429. `unavailable`: Kie was not reached or accepts
 * nothing at any rate. `taken`: anything else.
 */
export type Acceptance = 'taken' | 'overLimit' | 'unavailable';

export interface Attempt {
	/** From {@link SubmissionLimiter.takeNumber}. Lower numbers are sent first. */
	number: number;
	judge(answer: KieAnswer): Acceptance;
	/** By the even clock, as all times here. */
	deadline: number;
	/** The answer to the previous attempt for the same submission, if there was one. */
	last?: KieAnswer;
	signal?: AbortSignal;
}

/**
 * Keeps the submissions of this process within Kie's limit, in the order of their numbers, and shares
 * the limit with other processes and programs that it cannot see.
 *
 * A request takes one of 20 slots, which is free again 10 s after the *answer*: two requests in one slot
 * reach Kie at least 10 s apart however long they took. Alone, a process uses all 20 and never gets a 429.
 *
 * A 429 means that others use part of the limit. Then one request is sent every 2.5 s or so as a probe, more
 * rarely the longer Kie accepts nothing, and never before `Retry-After`. Each accepted one lets one more be
 * under way, so their number doubles with each answer, until Kie refuses again. No process
 * keeps what it had before, so shares even out.
 *
 * @see https://docs.kie.ai/common-api/quickstart
 */
export class SubmissionLimiter {
	/** When each slot is free; `Infinity` while its request is under way. */
	private readonly slots = Array.from({ length: SUBMISSIONS_PER_WINDOW }, () => ({ freeAt: 0 }));
	private readonly queue: Array<
		Attempt & {
			submit(): Promise<KieAnswer>;
			resolve(answer: KieAnswer | Promise<KieAnswer>): void;
			reject(error: CancelledError): void;
		}
	> = [];
	private lastNumber = 0;
	private isWatching = false;
	/** Nothing is sent before. */
	private pausedUntil = 0;
	private underWay = 0;
	private mostUnderWay = Infinity;
	private takenAt = -Infinity;
	/** Set while Kie accepts or answers nothing: since when, and what those that are not sent are answered with. */
	private setback: { since: number; answer: KieAnswer } | null = null;

	constructor(private readonly clock: Clock) {}

	/** A place in the queue, kept by a submission that is tried several times. */
	takeNumber(): number {
		return ++this.lastNumber;
	}

	/**
	 * Makes one attempt as soon as the limit allows.
	 *
	 * If that is not before the deadline, nothing is sent: a submission that was tried before gets
	 * its last answer again. One that was never sent keeps waiting while Kie accepts others; once Kie has
	 * accepted or answered nothing for 5 s, the submission gets the last answer that any other one got, as one that was
	 * not sent.
	 *
	 * @throws CancelledError within 250 ms when cancelled while waiting
	 */
	async run(submit: () => Promise<KieAnswer>, attempt: Attempt): Promise<KieAnswer> {
		return await new Promise((resolve, reject) => {
			this.queue.push({ ...attempt, submit, resolve, reject });
			this.queue.sort((a, b) => a.number - b.number);
			this.serve();
			void this.watch();
		});
	}

	/** Serves the queue whenever time alone may have changed something, until it is empty. */
	private async watch(): Promise<void> {
		if (this.isWatching) return;
		this.isWatching = true;
		while (this.queue.length > 0) {
			const freeAt = Math.min(...this.slots.map((slot) => slot.freeAt));
			const wait = Math.max(freeAt, this.pausedUntil) - this.clock.elapsed();
			await this.clock.pause(wait > 0 ? Math.min(wait, LOOK_MS) : LOOK_MS);
			this.serve();
		}
		this.isWatching = false;
	}

	private serve(): void {
		const now = this.clock.elapsed();
		const hopeless = this.setback && now - this.setback.since >= HOPELESS_MS;
		for (const waiter of this.queue.splice(0)) {
			const answer = waiter.last ?? (hopeless ? this.setback?.answer : undefined);
			const isOpen = now >= this.pausedUntil && this.underWay < this.mostUnderWay;
			const slot = isOpen ? this.slots.find(({ freeAt }) => freeAt <= now) : undefined;
			if (waiter.signal?.aborted) waiter.reject(new CancelledError());
			else if (answer && now >= waiter.deadline) waiter.resolve(answer);
			else if (slot) waiter.resolve(this.send(slot, waiter.submit, waiter.judge));
			else this.queue.push(waiter);
		}
	}

	private async send(
		slot: { freeAt: number },
		submit: () => Promise<KieAnswer>,
		judge: Attempt['judge'],
	): Promise<KieAnswer> {
		slot.freeAt = Infinity;
		this.underWay++;
		// Not while the queue is being served: a stop in the same turn still comes first.
		await Promise.resolve();
		const startedAt = this.clock.elapsed();
		const answer = await submit().finally(() => {
			slot.freeAt = this.clock.elapsed() + WINDOW_MS;
			this.underWay--;
		});
		const acceptance = judge(answer);
		// What was refused does not count.
		if (acceptance === 'overLimit') slot.freeAt = this.clock.elapsed();
		this.learn(answer, acceptance, startedAt);
		this.serve();
		return answer;
	}

	private learn(answer: KieAnswer, acceptance: Acceptance, startedAt: number): void {
		const now = this.clock.elapsed();
		const isLost = acceptance === 'taken' && answer.fault;
		if (acceptance === 'taken' && !isLost) {
			this.takenAt = now;
			this.setback = null;
			this.mostUnderWay++;
			return;
		}
		// What gets no answer is noticed only a minute later.
		const since = this.setback?.since ?? (isLost ? Math.max(startedAt, this.takenAt) : now);
		this.setback = { since, answer: isLost ? notSent(answer) : answer };
		if (acceptance !== 'overLimit') return;
		this.mostUnderWay = 1;
		const pause = Math.max(MIN_PROBE_PAUSE_MS, (now - this.setback.since) * PROBE_PAUSE_SHARE);
		// Randomly up to a quarter less or more, so that processes do not probe at the same time.
		const spread = Math.min(MAX_PROBE_PAUSE_MS, pause) * (0.75 + this.clock.random() / 2);
		const atLeast = answer.retryAfterMs ?? 0;
		this.pausedUntil = Math.max(this.pausedUntil, now + Math.max(spread, atLeast));
	}
}

/** What the loss of another's answer means for a submission that was not sent. */
function notSent(lost: KieAnswer): KieAnswer {
	const message = `not sent, because those before it got no answer (${lost.message})`;
	return { ...lost, message, taskIds: [], unreached: 'noConnection' };
}
