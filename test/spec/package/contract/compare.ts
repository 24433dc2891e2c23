import type { Json } from './parameters';

/** How the code differs from what was released. Paths such as `nodes.kieVeo.parameters.resource`. */
export interface Differences {
	/** What saved workflows may rely on and no longer find. */
	broken: string[];
	/** What is there now and was not. */
	added: string[];
}

/**
 * Objects may gain keys and lists may gain elements (their order means nothing); all else is as it was
 * or broken.
 */
export function compare(released: Json, current: Json, path = ''): Differences {
	if (Array.isArray(released) && Array.isArray(current)) {
		return {
			broken: missingIn(current, released).map((element) => `${path}: ${element} is gone`),
			added: missingIn(released, current).map((element) => `${path}: ${element}`),
		};
	}
	if (isObject(released) && isObject(current)) {
		const differences: Differences = { broken: [], added: [] };
		for (const name of new Set([...Object.keys(released), ...Object.keys(current)])) {
			const inner = path === '' ? name : `${path}.${name}`;
			const [before, now] = [ownValue(released, name), ownValue(current, name)];
			if (now === undefined) differences.broken.push(`${inner} is gone`);
			else if (before === undefined) differences.added.push(inner);
			else {
				const { broken, added } = compare(before, now, inner);
				differences.broken.push(...broken);
				differences.added.push(...added);
			}
		}
		return differences;
	}
	const [before, now] = [JSON.stringify(released), JSON.stringify(current)];
	return { broken: before === now ? [] : [`${path} was ${before}, is ${now}`], added: [] };
}

function missingIn(list: Json[], wanted: Json[]): string[] {
	const there = new Set(list.map((element) => JSON.stringify(element)));
	return wanted.map((element) => JSON.stringify(element)).filter((text) => !there.has(text));
}

function isObject(value: Json): value is { [key: string]: Json } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownValue(object: { [key: string]: Json }, name: string): Json | undefined {
	return Object.hasOwn(object, name) ? object[name] : undefined;
}
