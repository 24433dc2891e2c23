import type { Clock } from './clock';

/** How long what nothing else bounds is tried, in milliseconds: the user gave no Timeout. */
export const PATIENCE_WITHOUT_TIMEOUT_MS = 120_000;
/** A host that takes this long for no answer hangs. Quick faults cost a run no time, and may be about one item only. */
const HANG_MS = 10_000;
/** What was due at the end itself still takes place. */
const LATE_MS = 1_000;

/** Runs tasks as they come, at most `limit` at the same time; the others wait in order. */
export class Gate {
	private readonly waiting: Array<() => void> = [];
	private running = 0;

	constructor(private readonly limit: number) {}

	async run<T>(task: () => Promise<T>): Promise<T> {
		if (this.running >= this.limit) await new Promise<void>((go) => this.waiting.push(go));
		else this.running++;
		try {
			return await task();
		} finally {
			// A waiting task takes over this one's place.
			const next = this.waiting.shift();
			if (next) next();
			else this.running--;
		}
	}
}

/** How long a run waits, however many items it has. */
export interface Patience {
	/** By the even clock; unset where no Timeout applies: then a silence ends after 120 s. */
	until?: number;
}

/**
 * The free requests of a run to one service, at most `limit` at the same time. A service that takes requests and never
 * answers would cost a minute for each of them, one after the other. So they share what they learn: once the time
 * is up and nobody gets an answer any longer, those whose turn comes get the last fault instead.
 */
export class Turns<A> {
	private readonly gate: Gate;
	private answeredAt = -Infinity;
	/** Since when nobody has got an answer, what came instead, and whether that took long. */
	private silence: { since: number; answer: A; hangs: boolean } | null = null;

	/** @param isSilence whether what came is not an answer */
	constructor(
		limit: number,
		private readonly clock: Clock,
		private readonly patience: Patience,
		private readonly isSilence: (answer: A) => boolean,
	) {
		this.gate = new Gate(limit);
	}

	async run(request: () => Promise<A>): Promise<A> {
		return await this.gate.run(async () => {
			if (this.silence && this.isOver) return this.silence.answer;
			const startedAt = this.clock.elapsed();
			const answer = await request();
			if (this.isSilence(answer)) {
				const { since, hangs } = this.silence ?? {
					since: Math.max(startedAt, this.answeredAt),
					hangs: false,
				};
				const took = this.clock.elapsed() - startedAt;
				this.silence = { since, answer, hangs: hangs || took >= HANG_MS };
			} else {
				this.answeredAt = this.clock.elapsed();
				this.silence = null;
			}
			return answer;
		});
	}

	/** Whether trying again is of no use: the time is up, and the service hangs. */
	get isOver(): boolean {
		if (!this.silence?.hangs || this.clock.elapsed() - this.silence.since < HANG_MS) return false;
		return this.timeLeft + (this.patience.until === undefined ? 0 : LATE_MS) <= 0;
	}

	/** Of the run's patience, in milliseconds. */
	get timeLeft(): number {
		const now = this.clock.elapsed();
		const { until = (this.silence?.since ?? now) + PATIENCE_WITHOUT_TIMEOUT_MS } = this.patience;
		return until - now;
	}
}
