/** What JSON calls an object: not null, not an array. */
export type JsonObject = { [field: string]: unknown };

/** Whether fields can be read from a value of unknown origin. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * JSON, with whole numbers that a number cannot hold as text: an id rounded by a digit is lost.
 *
 * @returns `undefined` for what is not JSON
 */
export function parseJson(text: string): unknown {
	try {
		const parsed = JSON.parse(text) as unknown;
		return /\d{16}/.test(text)
			? (JSON.parse(text.replace(JSON_TOKEN, exactly)) as unknown)
			: parsed;
	} catch {
		return undefined;
	}
}

/** A string or a number. */
const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

function exactly(token: string): string {
	return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}

/** Kie sends some objects and lists as JSON text. Any other text is returned unchanged. */
export function parseIfJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	const parsed = parseJson(value);
	return parsed === undefined ? value : parsed;
}

/** A value within another one, and the names of the fields that lead to it, outermost first. */
export interface Place {
	path: string[];
	value: unknown;
}

/** As deep as the longest answers of any API; foreign values can be nested to any depth. */
const MOST_LEVELS = 40;

/** A value and all values within it, outermost first; also those in lists and in JSON text. */
export function placesWithin(value: unknown): Place[] {
	let found: Place[] = [];
	let level: Place[] = [{ path: [], value: openIfJson(value) }];
	for (let depth = 0; depth < MOST_LEVELS; depth++) {
		found = found.concat(level);
		level = level.flatMap(placesIn);
	}
	return found;
}

function placesIn({ path, value }: Place): Place[] {
	if (Array.isArray(value)) return value.map((one) => ({ path, value: openIfJson(one) }));
	if (!isJsonObject(value)) return [];
	return Object.entries(value).map(([name, one]) => ({
		path: [...path, name],
		value: openIfJson(one),
	}));
}

/** Text that looks like a number stays text: an id may begin with 0. */
function openIfJson(value: unknown): unknown {
	const parsed = parseIfJson(value);
	return typeof parsed === 'object' || typeof parsed === 'string' ? parsed : value;
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
