/** What JSON calls an object: not null, not an array. */
export type JsonObject = { [field: string]: unknown };

/** Whether fields can be read from a value of unknown origin. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kie sends some objects and lists as JSON text. Any other text is returned unchanged. */
export function parseIfJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return value;
	}
}

/** Deeper than Kie nests. Foreign values can be nested to any depth. */
const MAX_DEPTH = 5;

/** A value and the objects within it, outermost first; also those in lists and in JSON text. */
export function objectsWithin(value: unknown): JsonObject[] {
	let found: JsonObject[] = [];
	let level: unknown[] = [value];
	for (let depth = 0; depth < MAX_DEPTH; depth++) {
		const objects = level.map(parseIfJson).flat(2).map(parseIfJson).filter(isJsonObject);
		found = found.concat(objects);
		level = objects.flatMap((object) => Object.values(object));
	}
	return found;
}

/** A finite number, including numeric text ("422"). Anything else is `null`. */
export function toNumber(value: unknown): number | null {
	if (typeof value === 'string' && value.trim() !== '') value = Number(value);
	return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A non-empty text, trimmed. Anything else is `null`. */
export function toText(value: unknown): string | null {
	if (typeof value !== 'string') return null;
	const text = value.trim();
	return text === '' ? null : text;
}

/** An id: text, or a number that JSON can hold. Anything else is `null`. */
export function toId(value: unknown): string | null {
	return Number.isSafeInteger(value) ? String(value) : toText(value);
}

/** Including text: expressions often return "true" or "false". Anything else is `null`. */
export function toBoolean(value: unknown): boolean | null {
	if (typeof value === 'boolean') return value;
	const text = toText(value)?.toLowerCase();
	return text === 'true' ? true : text === 'false' ? false : null;
}
