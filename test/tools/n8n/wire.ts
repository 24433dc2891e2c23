/** An object that came from outside: nothing is known of its fields yet. */
export type UnknownRecord = Record<string, unknown>;

export function isRecord(value: unknown): value is UnknownRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws Error that names `what` when the value is not an object. */
export function asRecord(value: unknown, what: string): UnknownRecord {
	if (isRecord(value)) return value;
	throw new Error(`${what}: expected an object, got ${preview(value)}`);
}

/** @throws Error that names `what` when the value is not an array. */
export function asArray(value: unknown, what: string): unknown[] {
	if (Array.isArray(value)) return value;
	throw new Error(`${what}: expected a list, got ${preview(value)}`);
}

/** @throws Error that names `what` and the field when it holds no text. */
export function textOf(record: UnknownRecord, field: string, what: string): string {
	const value = record[field];
	if (typeof value === 'string') return value;
	throw new Error(`${what}: expected text in "${field}", got ${preview(value)}`);
}

/** The text in a field, or `undefined`. */
export function optionalText(record: UnknownRecord, field: string): string | undefined {
	const value = record[field];
	return typeof value === 'string' ? value : undefined;
}

function preview(value: unknown): string {
	return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}
