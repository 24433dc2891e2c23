import { at, BoundedMap, isJsonObject, listOf, toNumber, toText, type JsonObject } from '../values';
import type { HttpClient } from './http/client';
import type { Clock } from './http/clock';
import { callWithRetry } from './http/retry';
import { Gate } from './http/turns';
import { classifyServiceAnswer, type KieAnswer, type Rejection, type Said } from './meaning/answer';

const LIST_PATH = '/api/v1/models';
const CREATE_TASK_PATH = '/api/v1/jobs/createTask';

/** Kie answers one request a second and account about its catalogue. A little more: not all take the same time. */
const TURN_MS = 1_100;
const PARALLEL_MODELS = 3;
const KEPT_MS = 10 * 60_000;
/** A schema has about 10 KB, the list 100 KB. */
const MOST_KEPT = 50;

/** One or two parts, such as `veo-3-1` and `google/nano-banana`. */
const MODEL_ID = /^\w[\w.-]*(?:\/\w[\w.-]*)?$/;

/** Models of the list that are not chats, and still have an API of their own. */
const OTHER_PATHS = new Map([
	['gemini-omni-audio', '/api/v1/omni/audio/create'],
	['gemini-omni-character', '/api/v1/omni/character/create'],
]);

export interface ListedModel {
	id: string;
	title: string;
	provider: string | null;
	/** Kie's prose, of several lines. */
	price: string | null;
	/** Whether it may be one for createTask: chats are not. */
	isTask: boolean;
}

/** The catalogue could not be read. */
export interface Unread {
	kind: 'unread';
	rejection: Rejection;
	said: Said;
}

/** What the catalogue says about one model. */
export type CataloguedModel =
	| { kind: 'job'; fields: ModelField[]; needsCallBackUrl: boolean }
	/** Not run by createTask; `null` for a chat whose path is not known. */
	| { kind: 'otherApi'; path: string | null }
	/** Kie has not published what it takes. */
	| { kind: 'noSchema' }
	| { kind: 'unlisted' }
	| Unread;

/** What one account was told, shared by all executions in this process, and its turn to ask. */
export class CatalogueMemory {
	private readonly kept = new BoundedMap<string, { until: number; answer: Promise<KieAnswer> }>(
		MOST_KEPT,
	);
	/** By the even clock. */
	private nextTurn = 0;

	constructor(readonly clock: Clock) {}

	/** The answer that is kept or on its way, else a new one. */
	async read(path: string, http: HttpClient): Promise<KieAnswer> {
		for (;;) {
			const kept = this.kept.get(path);
			if (!kept || this.clock.elapsed() >= kept.until) break;
			const shared = await kept.answer;
			// A fault may be that of an execution that was stopped: this one asks for itself.
			if (!shared.fault) return shared;
		}
		const now = this.clock.elapsed();
		const request = async () => {
			await this.takeTurn();
			return await http.call({ method: 'GET', path });
		};
		const answer = callWithRetry(request, classifyServiceAnswer, { http, clock: this.clock });
		const entry = { until: now + KEPT_MS, answer };
		this.kept.set(path, entry);
		const { code, fault } = await answer;
		if (fault || (code !== 200 && code !== 404)) entry.until = 0;
		return await answer;
	}

	private async takeTurn(): Promise<void> {
		const now = this.clock.elapsed();
		const turn = Math.max(now, this.nextTurn);
		this.nextTurn = turn + TURN_MS;
		if (turn > now) await this.clock.pause(turn - now);
	}
}

/**
 * Kie's list of models, and what each of them takes. Free of charge.
 *
 * @see https://docs.kie.ai/market/quickstart
 */
export class Catalogue {
	/** @param http without a stop signal: other executions may wait for the same answer */
	constructor(
		private readonly http: HttpClient,
		private readonly memory: CatalogueMemory,
	) {}

	async fetchList(): Promise<ListedModel[] | Unread> {
		const answer = await this.memory.read(LIST_PATH, this.http);
		const models = at(answer.data, 'models');
		return Array.isArray(models) ? models.flatMap(readListed) : unread(answer);
	}

	async fetchModel(id: string): Promise<CataloguedModel> {
		const otherPath = OTHER_PATHS.get(id);
		if (otherPath !== undefined) return { kind: 'otherApi', path: otherPath };
		if (!MODEL_ID.test(id)) return { kind: 'unlisted' };
		const answer = await this.memory.read(`${LIST_PATH}/${id}/schema`, this.http);
		if (answer.code === 404 && !answer.fault) return { kind: 'unlisted' };
		if (answer.code !== 200) return unread(answer);
		const schema = parseSchema(at(answer.data, 'openapi'));
		if (schema === null) {
			const list = await this.fetchList();
			const isOther = Array.isArray(list) && list.some((one) => one.id === id && !one.isTask);
			return isOther ? { kind: 'otherApi', path: null } : { kind: 'noSchema' };
		}
		const { path, ...rest } = schema;
		if (path !== CREATE_TASK_PATH) return { kind: 'otherApi', path };
		return rest.fields.length === 0 ? { kind: 'noSchema' } : { kind: 'job', ...rest };
	}

	/**
	 * What is known about several models when the time is over.
	 *
	 * @throws CancelledError
	 */
	async fetchModels(
		ids: readonly string[],
		limitMs: number,
		signal?: AbortSignal,
	): Promise<Map<string, CataloguedModel>> {
		const found = new Map<string, CataloguedModel>();
		const done = new AbortController();
		// What is not asked in time takes no turn of others.
		const gate = new Gate(PARALLEL_MODELS);
		const read = async (id: string) =>
			await gate.run(async () => {
				if (!done.signal.aborted) found.set(id, await this.fetchModel(id));
			});
		const stop = AbortSignal.any([done.signal, ...(signal ? [signal] : [])]);
		const late = this.memory.clock.pause(limitMs, stop);
		const all = Promise.all([...new Set(ids)].map(read));
		await Promise.race([all, late]).finally(() => done.abort());
		const message = `the catalogue gave no answer within ${Math.round(limitMs / 1000)} s`;
		const said = { code: null, message };
		const rejection: Rejection = { kind: 'failed', reason: 'other' };
		const unknown: Unread = { kind: 'unread', rejection, said };
		return new Map(ids.map((id) => [id, found.get(id) ?? unknown]));
	}
}

function readListed(row: unknown): ListedModel[] {
	const id = toText(at(row, 'model'));
	if (id === null) return [];
	const isTask = !OTHER_PATHS.has(id) && !listOf(at(row, 'taskType')).includes('Chat');
	const title = toText(at(row, 'title')) ?? id;
	const provider = toText(at(row, 'provider'));
	const price = toText(at(row, 'pricingDesc'));
	return [{ id, title, provider, price, isTask }];
}

function unread(answer: KieAnswer): Unread {
	return { kind: 'unread', rejection: classifyServiceAnswer(answer), said: answer };
}

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

function isScalar(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}
