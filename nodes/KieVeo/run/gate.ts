/** How many files are transferred at the same time, in each direction. */
export const PARALLEL_TRANSFERS = 3;

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
