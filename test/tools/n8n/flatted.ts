import { isRecord } from './wire';

/**
 * Reads text in the `flatted` format, in which n8n sends the data of an execution: a JSON list
 * whose first entry is the value. Inside objects and lists, text is the number of the entry that
 * is written there, so that shared and circular parts appear once.
 *
 * (The package `flatted` itself declares its types for ES modules alone.)
 */
export function parseFlatted(text: string): unknown {
	const entries = JSON.parse(text) as unknown[];
	for (const entry of entries) {
		if (Array.isArray(entry)) {
			entry.forEach((value: unknown, index) => (entry[index] = resolve(value)));
		} else if (isRecord(entry)) {
			for (const [field, value] of Object.entries(entry)) entry[field] = resolve(value);
		}
	}
	return entries[0];

	function resolve(value: unknown): unknown {
		return typeof value === 'string' ? entries[Number(value)] : value;
	}
}
