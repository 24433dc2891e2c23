/** Chance that gives the same numbers for the same seed (mulberry32). */
export class Random {
	private state: number;

	constructor(seed: number) {
		this.state = seed >>> 0;
	}

	/** From 0 up to, not including, 1. */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = this.state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** A whole number from `min` to `max`, both included. */
	int(min: number, max: number): number {
		return min + Math.floor(this.next() * (max - min + 1));
	}

	/** @param probability from 0 to 1 */
	chance(probability: number): boolean {
		return this.next() < probability;
	}

	/** @throws Error for an empty list */
	pick<T>(list: readonly T[]): T {
		const index = this.int(0, list.length - 1);
		if (index >= list.length || index < 0) throw new Error('Nothing to pick from');
		return list[index] as T;
	}

	/** @param weights how often each value is picked, relative to the others */
	weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
		const entries = Object.entries(weights) as Array<[T, number]>;
		let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
		for (const [value, weight] of entries) {
			left -= weight;
			if (left < 0) return value;
		}
		return this.pick(entries)[0];
	}
}
