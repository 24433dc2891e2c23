import { isJsonObject, toNumber, toText, type JsonObject } from '../../values';

/* What Kie publishes about the input of a model, as an OpenAPI document. Pure; never throws. */

/** One field of a model's input. Absent facts are `null`. */
export interface ModelField {
	name: string;
	/** As JSON Schema calls it; `null` where Kie does not say, or says several. */
	type: string | null;
	/** Whether Kie lists it as required, even where it has a default. */
	required: boolean;
	options: Array<string | number | boolean> | null;
	default: unknown;
	/** Of a number its value, of a text its characters, of a list its entries. */
	minimum: number | null;
	maximum: number | null;
	description: string | null;
	/** The JSON Schema of a list's entries. */
	items: JsonObject | null;
	deprecated?: true;
}

/** The keywords that limit a value of a type. */
const LIMITS = new Map([
	['string', ['minLength', 'maxLength']],
	['array', ['minItems', 'maxItems']],
	['number', ['minimum', 'maximum']],
	['integer', ['minimum', 'maximum']],
]);

/** How many references may lead to one another. */
const MOST_HOPS = 10;

/**
 * @param openapi of unknown origin; `null` for a model whose schema Kie has not published yet
 * @returns `null` when it does not say where the model is ordered
 * @see https://docs.kie.ai/market/quickstart
 */
export function parseSchema(openapi: unknown) {
	const [path] = Object.keys(at(openapi, 'paths') ?? {});
	if (path === undefined) return null;
	const resolve = (schema: unknown) => resolved(openapi, schema);
	const content = at(openapi, 'paths', path, 'post', 'requestBody', 'content');
	const body = resolve(at(content, 'application/json', 'schema'));
	const input = resolve(at(body, 'properties', 'input'));
	const variants = listOf(at(input, 'oneOf')).map(resolve);
	return {
		/** Where the model is ordered. */
		path,
		fields: fieldsOf(variants.length > 0 ? variants : [input], resolve),
		needsCallBackUrl: listOf(at(body, 'required')).includes('callBackUrl'),
	};
}

/** The fields of all variants of an input: what they do not agree on is left open. */
function fieldsOf(variants: unknown[], resolve: (schema: unknown) => unknown): ModelField[] {
	const byName = new Map<string, ModelField[]>();
	for (const variant of variants) {
		const required = listOf(at(variant, 'required'));
		for (const [name, schema] of Object.entries(at(variant, 'properties') ?? {})) {
			const field = readField(name, resolve(schema), required.includes(name), resolve);
			byName.set(name, [...(byName.get(name) ?? []), field]);
		}
	}
	return [...byName.values()].map((same) => {
		const field = same.reduce(merged);
		return same.length < variants.length ? { ...field, required: false } : field;
	});
}

function readField(
	name: string,
	schema: unknown,
	required: boolean,
	resolve: (schema: unknown) => unknown,
): ModelField {
	const type = toText(at(schema, 'type'));
	const [least = '', most = ''] = LIMITS.get(type ?? '') ?? [];
	const options = listOf(at(schema, 'enum')).filter(isScalar);
	const items = resolve(at(schema, 'items'));
	return {
		name,
		type,
		required,
		options: options.length > 0 ? options : null,
		default: at(schema, 'default') ?? null,
		minimum: toNumber(at(schema, least)),
		maximum: toNumber(at(schema, most)),
		description: toText(at(schema, 'description')),
		items: isJsonObject(items) ? items : null,
		...(at(schema, 'deprecated') === true ? { deprecated: true } : {}),
	};
}

function merged(one: ModelField, other: ModelField): ModelField {
	const agreed = <Key extends keyof ModelField>(key: Key) =>
		JSON.stringify(one[key]) === JSON.stringify(other[key]) ? one[key] : null;
	return {
		...one,
		type: agreed('type'),
		required: one.required && other.required,
		options: one.options && other.options && [...new Set([...one.options, ...other.options])],
		default: agreed('default'),
		minimum: agreed('minimum'),
		maximum: agreed('maximum'),
		items: agreed('items'),
	};
}

/** Follows references such as `#/components/schemas/response%20not%20with%20recordId`. */
function resolved(root: unknown, schema: unknown): unknown {
	let found = schema;
	for (let hop = 0; hop < MOST_HOPS; hop++) {
		const reference = at(found, '$ref');
		if (typeof reference !== 'string') return found;
		found = at(root, ...reference.split('/').slice(1).map(decoded));
	}
	return undefined;
}

function decoded(name: string): string {
	try {
		return decodeURIComponent(name).replace(/~1/g, '/').replace(/~0/g, '~');
	} catch {
		return name;
	}
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

function isScalar(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}
