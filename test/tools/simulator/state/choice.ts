import {
	type Check,
	type Shape,
	boolean,
	integer,
	number,
	object,
	oneOf,
	optional,
	text,
} from '../api/check';

/** Something that can be chosen: what it is unless chosen, and what it may be. */
export class Choice<T> {
	constructor(
		readonly fallback: T,
		readonly check: Check,
	) {}
}

/** One of several values; the first is the fallback. */
export function oneFrom<T extends string | number>(first: T, ...others: T[]): Choice<T> {
	return new Choice(first, oneOf(first, ...others));
}

export const flag = (fallback: boolean): Choice<boolean> => new Choice(fallback, boolean);
export const words = (fallback: string): Choice<string> => new Choice(fallback, text);
export const amount = (fallback: number): Choice<number> => new Choice(fallback, number);
export const count = (fallback: number, min = 0): Choice<number> =>
	new Choice(fallback, integer(min));

/** What is chosen from a tree of choices. */
export type Chosen<T> = T extends Choice<infer V> ? V : { [K in keyof T]: Chosen<T[K]> };

/** What is chosen when nothing is said. */
export function fallbacksOf<T extends object>(choices: T): Chosen<T> {
	if (choices instanceof Choice) return choices.fallback as Chosen<T>;
	const entries = Object.entries(choices).map(([name, choice]) => [
		name,
		fallbacksOf(choice as object),
	]);
	return Object.fromEntries(entries) as Chosen<T>;
}

/** The check of an object that makes some of the choices. */
export function shapeOf(choices: object): Shape {
	const checkOf = (choice: object) =>
		choice instanceof Choice ? choice.check : object(shapeOf(choice));
	return Object.fromEntries(
		Object.entries(choices).map(([name, choice]) => [name, optional(checkOf(choice as object))]),
	);
}
