/** Chance that gives the same numbers for the same seed (mulberry32). */
export class Random {
	constructor(private state: number) {}

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

	pick<T>(list: readonly T[]): T {
		return list[this.int(0, list.length - 1)] as T;
	}

	/** @param weights how often each value is picked, relative to the others */
	weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
		const entries = Object.entries(weights) as Array<[T, number]>;
		let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
		const hit = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1);
		return (hit as [T, number])[0];
	}
}
