import { NAMES, OPERATIONS, type OperationName } from '../../../../nodes/KieVeo/operations';
import { outputs } from '../contract.json';

/** Kinds of values by field name, in the words of contract.json. */
interface Shape {
	[field: string]: string;
}

interface Schema {
	type: string | string[];
	properties?: { [name: string]: Schema };
	items?: Schema;
	version?: number;
}

const SHAPES = Object.entries<Shape>(outputs);

/**
 * What the editor shows of a node that has not run yet, by the path under `__schema__`. The fields are
 * those of a finished item. Each has the kinds of values it has anywhere in the contract: the simulator
 * does not give every fact with every operation.
 */
export const SCHEMAS = new Map(
	NAMES.map((name) => [`v1.0.0/${OPERATIONS[name].resource}/${name}.json`, schemaOf(name)]),
);

function schemaOf(operation: OperationName): Schema {
	const isFinished = (name: string) => [`${operation}: ready`, `${operation}: done`].includes(name);
	const [, shape = {}] = SHAPES.find(([name]) => isFinished(name)) ?? [];
	const fields = Object.keys(shape).filter((field) => shape[field] !== 'file');
	const properties = Object.fromEntries(fields.map((field) => [field, fieldSchema(field)]));
	return { type: 'object', properties, version: 1 };
}

function fieldSchema(field: string): Schema {
	const kinds = new Set(SHAPES.flatMap(([, shape]) => shape[field] ?? []));
	const [element] = [...kinds].flatMap((kind) => /^list of (\w+)$/.exec(kind)?.[1] ?? []);
	if (element !== undefined) return { type: 'array', items: { type: element } };
	const types = new Set([...kinds].map(typeOf));
	// Null last: the editor shows the first type.
	const isNullable = types.delete('null');
	const [type = 'null', ...others] = [...types, ...(isNullable ? ['null'] : [])];
	return { type: others.length === 0 ? type : [type, ...others] };
}

/** @param kind a type, or `= ` and a value that is a promise in itself */
function typeOf(kind: string): string {
	const [, value] = /^= (.+)$/.exec(kind) ?? [];
	if (value === undefined) return kind;
	return value === 'null' ? value : typeof JSON.parse(value);
}
