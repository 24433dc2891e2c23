import type { INodeExecutionData } from 'n8n-workflow';

import type { Json } from './parameters';

/** Fields whose very value is a promise: workflows branch on it. */
const VOCABULARY = ['operation', 'status', 'event', 'resolution', 'fallback', 'timedOut'];

/** Field names of an item with the kinds of their values, and its binary fields. */
export function shapeOf({ json, binary }: INodeExecutionData): Json {
	const fields = Object.entries(json).map(([name, value]): [string, Json] => [
		name,
		VOCABULARY.includes(name) ? `= ${JSON.stringify(value)}` : kindOf(value),
	]);
	const files = Object.keys(binary ?? {}).map((name): [string, Json] => [`binary.${name}`, 'file']);
	return Object.fromEntries([...fields, ...files]);
}

function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (!Array.isArray(value)) return typeof value;
	const kinds = [...new Set(value.map(kindOf))].sort();
	return kinds.length === 0 ? 'empty list' : `list of ${kinds.join(' or ')}`;
}
