/** An object that came from outside: nothing is known of its fields yet. */
export type UnknownRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is UnknownRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws Error that names `what` when the value is not an object. */
export function asRecord(value: unknown, what: string): UnknownRecord {
	if (isRecord(value)) return value;
	throw new Error(`${what}: expected an object, got ${JSON.stringify(value)?.slice(0, 200)}`);
}
