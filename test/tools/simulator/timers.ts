/** Longest delay Node's timers take; beyond it they fire at once. */
const LONGEST = 2 ** 31 - 1;

/** All pending timers of a simulator, so that none fires after a reset or the end. */
export class Timers {
	private readonly pending = new Set<NodeJS.Timeout>();

	/** Runs `action` after `ms` milliseconds; never, when that is beyond what a timer can hold. */
	after(ms: number, action: () => void): void {
		if (ms > LONGEST) return;
		const timer = setTimeout(() => {
			this.pending.delete(timer);
			action();
		}, ms);
		this.pending.add(timer);
	}

	clear(): void {
		for (const timer of this.pending) clearTimeout(timer);
		this.pending.clear();
	}
}
