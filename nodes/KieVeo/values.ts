/** What JSON calls an object: not null, not an array. */
export type JsonObject = { [field: string]: unknown };

/** Whether fields can be read from a value of unknown origin. */
export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is found by following the names; `undefined` where one is missing. */
export function at(value: unknown, ...names: string[]): unknown {
	const step = (inner: unknown, name: string) =>
		isJsonObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined;
	return names.reduce(step, value);
}

export function listOf(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

/** @returns `undefined` for what is not JSON */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** Kie sends some objects and lists as JSON text. Any other value is returned unchanged. */
export function parseIfJson(value: unknown): unknown {
	if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
	return parseJson(value) ?? value;
}

/** Kie's are a few kilobytes, and the same one is read at several places. */
const LONGEST_NESTED = 50_000;

/** The same for JSON text within an answer or a callback, where a very long one stays text. */
export function parseNested(value: unknown): unknown {
	return typeof value === 'string' && value.length > LONGEST_NESTED ? value : parseIfJson(value);
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

/** A map of at most `limit` entries: the one set longest ago is forgotten first. */
export class BoundedMap<K, V> extends Map<K, V> {
	constructor(private readonly limit: number) {
		super();
	}

	override set(key: K, value: V): this {
		this.delete(key);
		const { value: oldest } = this.keys().next();
		if (oldest !== undefined && this.size === this.limit) this.delete(oldest);
		return super.set(key, value);
	}
}
