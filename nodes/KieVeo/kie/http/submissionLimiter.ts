import type { Clock } from './clock';

/** Kie accepts 20 new requests per 10 s and account; what exceeds it gets 429 and is not queued. */
const SUBMISSIONS_PER_WINDOW = 20;
const WINDOW_MS = 10_000;

/**
 * Keeps submissions within Kie's limit, in the order they were asked for.
 *
 * There are 20 slots. A slot is free again 10 s after its last *answer*, so two requests in one slot
 * reach Kie at least 10 s apart however long they were on the way, and no 10 s hold more than 20.
 */
export class SubmissionLimiter {
	private readonly freeAt = new Array<number>(SUBMISSIONS_PER_WINDOW).fill(0);
	private queue: Promise<unknown> = Promise.resolve();

	constructor(private readonly clock: Clock) {}

	/** Runs `submit` as soon as a slot is free. Rejects when cancelled while waiting. */
	async run<T>(submit: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const turn = this.queue.then(async () => await this.takeSlot(signal));
		this.queue = turn.catch(() => undefined);
		const slot = await turn;
		try {
			return await submit();
		} finally {
			this.freeAt[slot] = this.clock.now() + WINDOW_MS;
		}
	}

	private async takeSlot(signal?: AbortSignal): Promise<number> {
		for (;;) {
			const soonest = Math.min(...this.freeAt);
			const wait = soonest - this.clock.now();
			if (wait <= 0) {
				const slot = this.freeAt.indexOf(soonest);
				this.freeAt[slot] = Infinity;
				return slot;
			}
			// Infinity: every slot has a request under way. Look again soon.
			await this.clock.pause(Math.min(wait, 250), signal);
		}
	}
}
