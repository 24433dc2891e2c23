import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { CataloguedModel, ModelField } from '../../kie/catalogue';
import type { Connection } from '../../kie/connection';
import { modelErrors } from '../../messages/input';
import type { KieVeoError } from '../../messages/error';
import {
	at,
	isJsonObject,
	listOf,
	parseIfJson,
	toBoolean,
	toNumber,
	toText,
	type JsonObject,
} from '../../values';
import { addressesIn, isBlank, Item, modelIdIn, readChoice } from '../parameters';

export const modelProperty: INodeProperties = {
	displayName: 'Model',
	name: 'modelId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. google/nano-banana' },
	],
	description: 'Any model that Kie.ai runs as a task: images, videos, speech, music and more',
};

export const inputProperties: INodeProperties[] = [
	{
		displayName: 'Input Mode',
		name: 'inputMode',
		type: 'options',
		noDataExpression: true,
		default: 'fields',
		options: [
			{
				name: 'Fields',
				value: 'fields',
				description: 'The fields that Kie.ai lists for the model, checked before anything is sent',
			},
			{
				name: 'JSON',
				value: 'json',
				description: 'Any input, sent as it is. For new models, and models given by an expression.',
			},
		],
		description: 'How to enter what the model should work on',
	},
	{
		displayName: 'Fields',
		name: 'modelFields',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		typeOptions: {
			loadOptionsDependsOn: ['modelId.value'],
			resourceMapper: {
				resourceMapperMethod: 'getModelFields',
				mode: 'add',
				supportAutoMap: false,
				fieldWords: { singular: 'field', plural: 'fields' },
				valuesLabel: 'Fields',
			},
		},
		description:
			'What the model should work on. Lists take an expression that returns a list, JSON, or one entry per line; lists of URLs also commas.',
		displayOptions: { show: { inputMode: ['fields'] } },
	},
	{
		displayName: 'Input (JSON)',
		name: 'inputJson',
		type: 'json',
		typeOptions: { rows: 5 },
		default: '{}',
		placeholder: 'e.g. {"prompt": "A red fox in the snow"}',
		description:
			'The "input" of the model, as its page at <a href="https://docs.kie.ai" target="_blank">docs.kie.ai</a> describes it. The operation Get Model lists the fields.',
		displayOptions: { show: { inputMode: ['json'] } },
	},
];

/** How long the node waits for the catalogue, in milliseconds: it is asked about a model each second. */
const WAIT_MS = 30_000;
const WAIT_PER_MODEL_MS = 1_200;
/** With JSON, what it says is only a hint. */
const HINT_MS = 5_000;

/** @throws KieVeoError */
export function readModelId(item: Item): string {
	const model = modelIdIn(item.given('modelId'));
	if (model === null) throw modelErrors.emptyModel();
	return model;
}

function readInputMode(context: IExecuteFunctions): 'fields' | 'json' {
	return readChoice('Input Mode', ['fields', 'json'], new Item(context, 0).given('inputMode'));
}

/**
 * What the catalogue says about the models of all items. Each model is asked about once.
 *
 * @throws CancelledError
 */
export async function fetchModels(
	context: IExecuteFunctions,
	{ catalogue, signal }: Pick<Connection, 'catalogue' | 'signal'>,
	inputMode = readInputMode(context),
): Promise<Map<string, CataloguedModel>> {
	const given = context
		.getInputData()
		.flatMap((_, index) => modelIdIn(new Item(context, index).asGiven('modelId')) ?? []);
	const ids = [...new Set(given)];
	const limitMs = inputMode === 'json' ? HINT_MS : WAIT_MS + ids.length * WAIT_PER_MODEL_MS;
	return await catalogue.fetchModels(ids, limitMs, signal);
}

/**
 * Reads and checks what the model of an item is given: only what the user has set, no defaults.
 *
 * @param models from {@link fetchModels}
 * @param isReported whether Kie is given an address to report to
 * @returns `hint`: what the user should know about it; `refusal`, which names the field: why it cannot be ordered,
 * unless an earlier run of this execution has ordered it
 * @throws KieVeoError for a model that is not run as a task, and for what is not JSON
 */
export function readModelInput(
	item: Item,
	models: ReadonlyMap<string, CataloguedModel>,
	isReported: boolean,
) {
	const { context } = item;
	const model = readModelId(item);
	const known = models.get(model) ?? { kind: 'unlisted' };
	if (known.kind === 'otherApi') throw modelErrors.unusableModel(model, known);
	const lacksCallback = known.kind === 'job' && known.needsCallBackUrl && !isReported;
	if (readInputMode(context) === 'json') {
		const input = parseIfJson(item.given('inputJson', '{}'));
		if (!isJsonObject(input)) throw modelErrors.inputJson(input);
		const doubts =
			known.kind === 'job'
				? doubtsAbout(input, known.fields)
				: [modelErrors.unusableModel(model, known)];
		if (lacksCallback) doubts.push(modelErrors.missingCallback(model));
		const hint = doubts.length > 0 ? modelErrors.sentUnchecked(model, doubts) : undefined;
		return { model, given: input, input, hint, refusal: undefined };
	}
	const stored = storedFields(context);
	const { fields, hint, fault } = fieldsOf(model, known, stored);
	const given = givenFields(item, stored);
	const { input, faults } = check(given, fields);
	// Kie has been seen to accept, and charge for, an order without input.
	const empty = Object.keys(input).length === 0 ? modelErrors.emptyInput() : undefined;
	const refusal = lacksCallback
		? modelErrors.missingCallback(model)
		: (fault ?? faults[0] ?? empty);
	return { model, given, input, hint, refusal };
}

/** The current fields; where Kie cannot tell them, those stored in the workflow. */
function fieldsOf(model: string, known: CataloguedModel, stored: readonly JsonObject[]) {
	if (known.kind === 'job') return { fields: known.fields };
	const fault = modelErrors.unusableModel(model, known);
	if (known.kind === 'unlisted' || stored.length === 0) return { fields: [], fault };
	return { fields: stored.map(toModelField), hint: modelErrors.storedFields(fault) };
}

/** What the editor has stored of the answer of `getModelFields`, or another program. */
function storedFields(context: IExecuteFunctions): JsonObject[] {
	return listOf(at(context.getNode().parameters, 'modelFields', 'schema')).filter(isJsonObject);
}

function toModelField({ id, type, kieType, required, options }: JsonObject): ModelField {
	const values = listOf(options).map((option) => at(option, 'value'));
	return {
		name: String(id),
		type: toText(kieType) ?? (type === 'string' || type === 'options' ? null : toText(type)),
		required: required === true,
		options: values.length > 0 ? (values as ModelField['options']) : null,
		// Its entries are not known.
		items: type === 'array' ? {} : null,
		...{ default: null, minimum: null, maximum: null, description: null },
	};
}

/** Not converted by n8n, which follows the stored fields and turns an empty text into 0. */
function givenFields({ context, index }: Item, stored: readonly JsonObject[]): JsonObject {
	const raw = { skipValidation: true };
	const given: unknown = context.getNodeParameter('modelFields.value', index, {}, raw);
	// Older n8n stores `false` for switches that it does not show.
	const hidden = new Set(stored.filter(({ removed }) => removed).map(({ id }) => id));
	const entries = Object.entries(isJsonObject(given) ? given : {});
	return Object.fromEntries(
		entries.filter(([name, value]) => value !== false || !hidden.has(name)),
	);
}

/** What is wrong with an input that is sent as it is. */
function doubtsAbout(given: JsonObject, fields: readonly ModelField[]): KieVeoError[] {
	const { input, faults } = check(given, fields);
	const ofOtherType = fields.filter(({ name }) => {
		const wanted = input[name];
		return wanted !== undefined && kindOf(wanted) !== kindOf(given[name]);
	});
	// Sent as it is, an empty text is a value.
	const emptied = fields.filter(({ name, options }) => options !== null && given[name] === '');
	return [
		...faults,
		...ofOtherType.map((field) => modelErrors.fieldType(field, given[field.name])),
		...emptied.map((field) => modelErrors.fieldChoice(field, '')),
	];
}

function kindOf(value: unknown): string {
	return Array.isArray(value) ? 'array' : typeof value;
}

/** Converts each value to the type of its field, and says what is wrong with it. What is empty is not set. */
function check(given: JsonObject, fields: readonly ModelField[]) {
	const byName = new Map(fields.map((field) => [field.name, field]));
	const values = new Map<string, unknown>();
	const faults: KieVeoError[] = [];
	for (const [name, value] of Object.entries(given)) {
		if (isBlank(value)) continue;
		const field = byName.get(name);
		const converted = field && convert(field, value);
		if (Array.isArray(converted) && converted.length === 0) continue;
		values.set(name, converted);
		const fault = field ? faultOf(field, value, converted) : modelErrors.unknownField(name);
		if (fault) faults.push(fault);
	}
	const missing = fields.filter((field) => isAsked(field) && !values.has(field.name));
	const input: JsonObject = Object.fromEntries(values);
	return { input, faults: [...faults, ...missing.map(modelErrors.missingField)] };
}

/** Whether the user must fill it in: Kie also lists fields as required that have a default. */
export function isAsked(field: ModelField): boolean {
	return field.required && field.default === null;
}

/** @returns `undefined` for what cannot be converted */
function convert({ type, items }: Pick<ModelField, 'type' | 'items'>, value: unknown): unknown {
	switch (type) {
		case 'string':
			return typeof value === 'object' ? undefined : String(value);
		case 'number':
			return toNumber(value) ?? undefined;
		case 'integer':
			return Number.isInteger(toNumber(value)) ? toNumber(value) : undefined;
		case 'boolean':
			return toBoolean(value) ?? undefined;
		case 'object': {
			const parsed = parseIfJson(value);
			return isJsonObject(parsed) ? parsed : undefined;
		}
		case 'array':
			return toList(value, items);
		default:
			return value;
	}
}

/** Whether a list is entered as text: split as a list of addresses, where a comma can be part of an entry. */
export function isTextList({ type, items }: Pick<ModelField, 'type' | 'items'>): boolean {
	return type === 'array' && (items === null || items.type === 'string');
}

function toList(value: unknown, items: JsonObject | null): unknown[] | undefined {
	const isText = isTextList({ type: 'array', items });
	// Almost JSON: not one address with brackets around it.
	if (parseIfJson(value) === value && /^\s*\[\s*["']/.test(String(value))) return undefined;
	const entries = isText ? addressesIn(value) : parseIfJson(value);
	if (!Array.isArray(entries)) return undefined;
	const type = isText ? 'string' : toText(items?.type);
	const inner = isJsonObject(items?.items) ? items.items : null;
	const converted = entries.map((entry) => convert({ type, items: inner }, entry));
	return converted.includes(undefined) ? undefined : converted;
}

function faultOf(field: ModelField, given: unknown, value: unknown): KieVeoError | null {
	const { options, minimum, maximum } = field;
	if (value === undefined) return modelErrors.fieldType(field, given);
	if (options) {
		return options.some((one) => one === value) ? null : modelErrors.fieldChoice(field, value);
	}
	// JSON Schema counts characters, not UTF-16 units.
	const counted = typeof value === 'string' ? [...value] : value;
	const size = Array.isArray(counted) ? counted.length : Number(counted);
	return size < (minimum ?? size) || size > (maximum ?? size)
		? modelErrors.fieldLimits(field, size)
		: null;
}
