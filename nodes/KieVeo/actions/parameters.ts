import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { inputErrors } from '../messages/input';
import { checkDownloadSettings } from '../files/download';
import type { Connection } from '../kie/connection';
import type { UploadFile } from '../kie/http/client';
import type { WaitMode } from '../run/taskWork';
import { MAX_PASS_THROUGH_BYTES, withSubmission, type Submission } from '../addresses/submission';
import { publicUrlFault } from '../addresses/publicUrl';
import { givesResult, isOfAnyModel } from '../operations';
import { isJsonObject, parseIfJson, toBoolean, toNumber, toText, type JsonObject } from '../values';

/** Seconds: Kie keeps a video for 14 days. */
const LONGEST_WAIT = 14 * 24 * 60 * 60;

/* All readers throw a KieVeoError that names the parameter, as the panel does: `parameter` is a label. */

/** What the node's parameters say for one input item. */
export class Item {
	constructor(
		readonly context: IExecuteFunctions,
		readonly index: number,
	) {}

	given(name: string, fallback: unknown = ''): unknown {
		return this.context.getNodeParameter(name, this.index, fallback);
	}

	/** The value of a parameter that could not be used, as far as it is available. */
	asGiven(name: string): IDataObject[string] {
		try {
			return (this.given(name, null) ?? null) as IDataObject[string];
		} catch {
			// An expression that cannot be evaluated has no value to show.
			return null;
		}
	}

	/** The Options collection. */
	get options(): JsonObject {
		const options = this.given('options');
		return isJsonObject(options) ? options : {};
	}

	/** The file in a binary field. `extension` is the end of its name, or what n8n says it would be. */
	file(parameter: string, field: string) {
		const fields = this.context.getInputData()[this.index]?.binary ?? {};
		const binary = Object.hasOwn(fields, field) ? fields[field] : undefined;
		if (!binary) throw inputErrors.missingBinaryField(parameter, field, Object.keys(fields));
		const [, extension = binary.fileExtension ?? ''] = /\.(\w+)$/.exec(binary.fileName ?? '') ?? [];
		const identity = binary.id ?? binary.data;
		return { binary, identity, extension, open: openerOf(this.context, binary) };
	}
}

function openerOf({ helpers }: IExecuteFunctions, { id, data }: IBinaryData): UploadFile['open'] {
	return async () => {
		if (!id) {
			// n8n already holds the file in memory.
			const content = Buffer.from(data, 'base64');
			return { content, size: content.length };
		}
		const { fileSize: size } = await helpers.getBinaryMetadata(id);
		return { content: await helpers.getBinaryStream(id), size };
	};
}

/** Whether nothing is given, as by the blank cell of a sheet: the same as if the parameter were not set. */
export function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}

/** @returns `null` when empty */
export function readText(parameter: string, value: unknown): string | null {
	if (isBlank(value)) return null;
	const text = typeof value === 'number' ? String(value) : toText(value);
	if (text === null) throw inputErrors.text(parameter, value);
	return text;
}

/** @param fallback used when nothing is given */
export function readBoolean(parameter: string, value: unknown, fallback: boolean): boolean {
	if (isBlank(value)) return fallback;
	const given = toBoolean(value);
	if (given === null) throw inputErrors.boolean(parameter, value);
	return given;
}

/**
 * One of several values, in any case: sheets and other clients write "720P", "auto".
 *
 * @param values the default first, used when nothing is given
 */
export function readChoice<Value extends string>(
	parameter: string,
	values: readonly [Value, ...Value[]],
	given: unknown,
): Value {
	if (isBlank(given)) return values[0];
	const name = toText(given)?.toLowerCase();
	const value = values.find((one) => one.toLowerCase() === name);
	if (value === undefined) throw inputErrors.choice(parameter, values, given);
	return value;
}

/** Seconds, with or without their unit: 8, "8", "8s". Anything else is `null`. */
export function toSeconds(value: unknown): number | null {
	return toNumber(toText(value)?.replace(/s$/i, '') ?? value);
}

/** A comma can be part of an address: it separates only where another address starts, or at the end. */
const BETWEEN_ADDRESSES = /\n|,(?=\s*(?:$|["']?(?:[a-z]+:\/\/|data:)))/i;
const BETWEEN_NAMES = /[,\n]/;

/** The entries of a list of addresses: an array, JSON text, or text with commas or line breaks in between. */
export function addressesIn(value: unknown): unknown[] {
	return entriesOf(value, BETWEEN_ADDRESSES);
}

/** The entries of a list of names, which contain no commas. */
export function namesIn(value: unknown): unknown[] {
	return entriesOf(value, BETWEEN_NAMES);
}

function entriesOf(value: unknown, separator: RegExp): unknown[] {
	const parsed = parseIfJson(value);
	const given = typeof parsed === 'object' ? parsed : value;
	const entries = typeof given === 'string' ? given.split(separator) : [given ?? []].flat();
	return entries
		.map((entry) => (typeof entry === 'string' ? withoutQuotes(entry.trim()) : entry))
		.filter((entry) => entry !== '');
}

function withoutQuotes(text: string): string {
	return /^(?:".*"|'.*')$/s.test(text) ? text.slice(1, -1).trim() : text;
}

/** What an item says besides the error that kept it from being read. */
export function failedAsGiven(item: Item): IDataObject {
	const resource = item.asGiven('resource');
	const operation = item.asGiven('operation');
	if (resource === 'account') return {};
	const failed = { operation, status: 'failed' };
	const taskId = item.asGiven('taskId');
	const modelId = modelIdIn(item.asGiven('modelId'));
	if (isOfAnyModel(operation)) return { taskId, model: modelId, ...failed };
	if (givesResult(operation)) return { taskId, index: item.asGiven('index'), ...failed };
	if (resource === 'task') return { modelId, ...failed };
	return { ...(resource === 'video' ? { url: item.asGiven('url') } : {}), ...failed };
}

/** The value of the resource locator, or a bare ID; `null` when empty. */
export function modelIdIn(value: unknown): string | null {
	return toText(isJsonObject(value) ? value.value : value);
}

/** @param callsBack whether Kie reports the end of the operation */
export function readWaitMode(context: IExecuteFunctions, callsBack: boolean): WaitMode {
	const value: unknown = context.getNodeParameter('waitMode', 0);
	if (value === 'none' || value === 'poll') return value;
	// n8n keeps the choice made for another operation.
	if (value === 'callback' && callsBack) return value;
	throw inputErrors.waitMode(value);
}

/** The task, as Kie named it. */
export function readTaskId(item: Item): string {
	const taskId = readText('Task ID', item.given('taskId'));
	if (taskId === null) throw inputErrors.emptyTaskId();
	return taskId;
}

/** A video of a task, counted from 0. */
export function readVideo(item: Item): { taskId: string; index: number } {
	const taskId = readTaskId(item);
	const value = item.given('index');
	const index = isBlank(value) ? 0 : toNumber(value);
	if (index === null || !Number.isInteger(index) || index < 0) throw inputErrors.index(value);
	return { taskId, index };
}

/* What every new video is made from. */

/** What the video should show, or how it should continue. */
export function readPrompt(item: Item): string {
	const given = item.given('prompt');
	// Agents and other nodes pass objects, whose text form is never what was meant.
	if (Array.isArray(given)) throw inputErrors.promptObject([]);
	if (isJsonObject(given)) {
		throw inputErrors.promptObject(Object.keys(given).filter((name) => toText(given[name])));
	}
	const prompt = readText('Prompt', given);
	if (prompt === null) throw inputErrors.emptyPrompt();
	if (prompt.includes('[object Object]')) throw inputErrors.promptOfObject();
	return prompt;
}

/** What the API calls the tiers of Veo 3.1 in each operation. The default first. */
const TIERS = [
	{ generate: 'veo3_fast', extend: 'fast' },
	{ generate: 'veo3_lite', extend: 'lite' },
	{ generate: 'veo3', extend: 'quality' },
] as const;

/**
 * The model under the name the operation uses. n8n keeps the value when the user changes the operation, so the
 * other operation's names are recognized too. Any other name is passed through: Kie adds models before this
 * package knows them.
 */
export function readModel(item: Item, operation: keyof (typeof TIERS)[number]): string {
	const given = readText('Model', item.given('model'));
	if (given === null) return TIERS[0][operation];
	const name = given.toLowerCase();
	const tier = TIERS.find(({ generate, extend }) => name === generate || name === extend);
	return tier?.[operation] ?? given;
}

/** Both are omitted when empty. */
export function readSeedAndWatermark({ options: { seed, watermark } }: Item) {
	const text = readText('Watermark', watermark);
	return {
		...(isBlank(seed) ? {} : { seed: checkedSeed(seed) }),
		...(text === null ? {} : { watermark: text }),
	};
}

function checkedSeed(value: unknown): number {
	const seed = toNumber(value);
	if (seed === null || !Number.isInteger(seed) || seed < 10_000 || seed > 99_999) {
		throw inputErrors.seed(value);
	}
	return seed;
}

/* How the result is waited for, and what becomes of it. */

/**
 * The address Kie should call about a submission: the user's, plus what the submission is about.
 *
 * @returns `undefined` when none was given
 */
export function readCallbackAddress(
	item: Item,
	{ baseUrl, addressKey }: Pick<Connection, 'baseUrl' | 'addressKey'>,
	about: Omit<Submission, 'passThrough'>,
): string | undefined {
	const url = readText('Callback URL', item.given('callBackUrl'));
	if (url === null) return undefined;
	const fault = publicUrlFault(url, baseUrl);
	if (fault !== null) throw inputErrors.callbackUrl(fault);
	return withSubmission(url, { ...about, passThrough: readPassThrough(item) }, addressKey);
}

/**
 * The user's own data for the callback. It is part of the address, so its size is limited.
 *
 * @returns `undefined` when none was given
 */
function readPassThrough(item: Item): JsonObject | undefined {
	const value = parseIfJson(item.given('options.passThrough'));
	if (isBlank(value)) return undefined;
	if (!isJsonObject(value)) throw inputErrors.passThrough();
	const bytes = Buffer.byteLength(JSON.stringify(value));
	if (bytes > MAX_PASS_THROUGH_BYTES)
		throw inputErrors.passThroughSize(bytes, MAX_PASS_THROUGH_BYTES);
	return Object.keys(value).length === 0 ? undefined : value;
}

/** @param pollInterval seconds; used when the option is not set */
export function readTaskOptions({ options }: Item, pollInterval: number) {
	return {
		pollInterval: readSeconds('Poll Interval', options.pollInterval, pollInterval),
		timeout: readSeconds('Timeout', options.timeout, 1800),
		onTimeout: readChoice('On Timeout', ['error', 'continue'], options.onTimeout),
		minimumCredits: readMinimumCredits(options.minimumCredits),
		simplify: readBoolean('Simplify', options.simplify, true),
	};
}

/** How the file is put into the item. */
export function readDownloadSettings(item: Item) {
	return checkDownloadSettings(
		item.given('binaryPropertyName', 'data'),
		item.given('options.maxSize'),
	);
}

function readMinimumCredits(value: unknown): number {
	if (isBlank(value)) return 0;
	const credits = toNumber(value);
	if (credits === null || credits < 0) throw inputErrors.minimumCredits(value);
	return credits;
}

/** Rounded up to whole ones: dates and timers take no fractions of a millisecond. */
function readSeconds(parameter: string, value: unknown, fallback: number): number {
	const seconds = isBlank(value) ? fallback : toSeconds(value);
	if (seconds === null || seconds < 1 || seconds > LONGEST_WAIT) {
		throw inputErrors.seconds(parameter, LONGEST_WAIT, value);
	}
	return Math.ceil(seconds);
}
