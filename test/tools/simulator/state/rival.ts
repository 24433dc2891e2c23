import type { Account, RateLimit } from './account';
import type { Timers } from './timers';

export interface RivalOptions {
	/** How many places it takes in each window of the rate limit. */
	perWindow: number;
	/** How long it continues, in milliseconds. */
	ms: number;
}

/** Another program on the same account. */
export interface Rival {
	/** Places taken so far. */
	taken: number;
	stop(): void;
}

/**
 * Takes places of the rate limit as another client would: at random moments of each window, and
 * where none is free then, as soon as there is one. It makes no requests and pays nothing.
 */
export function startRival(
	account: Account,
	{ perWindow, ms }: RivalOptions,
	{ rateLimit, timers, random }: { rateLimit: RateLimit; timers: Timers; random: () => number },
): Rival {
	let taken = 0;
	let isOver = false;
	const stop = () => {
		isOver = true;
	};
	const take = () => {
		if (isOver) return;
		const wait = account.takePlace(rateLimit);
		if (wait > 0) timers.after(wait, take);
		else taken += 1;
	};
	for (let start = 0; start < ms; start += rateLimit.windowMs) {
		for (let place = 0; place < perWindow; place += 1) {
			timers.after(start + random() * rateLimit.windowMs, take);
		}
	}
	timers.after(ms, stop);
	return {
		get taken() {
			return taken;
		},
		stop,
	};
}
