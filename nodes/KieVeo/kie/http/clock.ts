import { sleep } from 'n8n-workflow';

/** Time and randomness, passed in so that tests control both. */
export interface Clock {
	/** Milliseconds since the epoch. The machine's clock may be set meanwhile. */
	now(): number;
	/** For durations within this process: milliseconds that run evenly, whatever the machine's clock says. */
	elapsed(): number;
	/** Waits, in milliseconds. Rejects with {@link CancelledError} soon after `signal` is aborted. */
	pause(ms: number, signal?: AbortSignal): Promise<void>;
	/** From 0 up to, not including, 1. */
	random(): number;
}

/** The user stopped the execution, or another item's error ended it. */
export class CancelledError extends Error {
	constructor() {
		super('The execution was stopped');
		this.name = 'CancelledError';
	}
}

/** @throws CancelledError */
export function throwIfCancelled(signal?: AbortSignal): void {
	if (signal?.aborted) throw new CancelledError();
}

/** Milliseconds until a stopped execution is noticed. */
const SLICE = 500;

export const systemClock: Clock = {
	now: () => Date.now(),
	elapsed: () => performance.now(),
	random: () => Math.random(),
	// In slices, since `sleep` takes no signal in some n8n versions this package runs on.
	async pause(ms, signal) {
		const until = performance.now() + ms;
		for (let left = ms; left > 0; left = until - performance.now()) {
			throwIfCancelled(signal);
			await sleep(Math.min(left, SLICE));
		}
		throwIfCancelled(signal);
	},
};
