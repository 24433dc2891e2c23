import type { Json } from './parameters';

/** How the code differs from what was released. Paths such as `nodes.kieVeo.parameters.resource`. */
export interface Differences {
	/** What saved workflows may rely on and no longer find. */
	broken: string[];
	/** What is there now and was not. */
	added: string[];
}

/** Objects may gain keys and lists may gain elements; all else is as it was, or broken. */
export function compare(released: Json, current: Json): Differences {
	const [before, now] = [factsOf(released), factsOf(current)];
	const broken = [...before].flatMap(([path, value]) => {
		const current = now.get(path);
		if (current === undefined) return [`${path} is gone`];
		return current === value ? [] : [`${path} was ${value}, is ${current}`];
	});
	return { broken, added: [...now.keys()].filter((path) => !before.has(path)) };
}

/** Every value by its path. An element of a list is a fact of its own: the order of a list means nothing. */
function factsOf(json: Json, path = ''): Map<string, string> {
	if (Array.isArray(json)) {
		return new Map(json.map((element) => [`${path}: ${JSON.stringify(element)}`, 'there']));
	}
	if (typeof json !== 'object' || json === null) return new Map([[path, JSON.stringify(json)]]);
	return new Map(
		Object.entries(json).flatMap(([name, value]) => [
			...factsOf(value, path === '' ? name : `${path}.${name}`),
		]),
	);
}
