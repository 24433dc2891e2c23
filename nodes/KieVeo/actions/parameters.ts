import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { inputErrors } from '../messages/input';
import { checkDownloadSettings, type DownloadSettings } from '../files/download';
import type { Connection } from '../kie/connection';
import type { TaskOptions, WaitMode } from '../run/taskWork';
import { MAX_PASS_THROUGH_BYTES, withSubmission, type Submission } from '../addresses/submission';
import { publicUrlFault } from '../addresses/publicUrl';
import { givesResult, isOfAnyModel } from '../operations';
import { isJsonObject, parseIfJson, toBoolean, toNumber, toText, type JsonObject } from '../values';

/** Seconds: Kie keeps a video for 14 days. */
const LONGEST_WAIT = 14 * 24 * 60 * 60;

/* All readers throw a KieVeoError that names the parameter. */

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

/** The value of a parameter that could not be used, as far as it is available. */
export function parameterAsGiven(context: IExecuteFunctions, name: string, item: number) {
	try {
		return (context.getNodeParameter(name, item, null) ?? null) as IDataObject[string];
	} catch {
		// An expression that cannot be evaluated has no value to show.
		return null;
	}
}

/** What an item says about its task, file or video besides the error that kept it from being read. */
export function aboutAsGiven(context: IExecuteFunctions, item: number): IDataObject {
	const given = (name: string) => parameterAsGiven(context, name, item);
	const operation = given('operation');
	if (isOfAnyModel(operation)) {
		const model = given('modelId');
		const id = isJsonObject(model) ? model.value : model;
		return { taskId: given('taskId'), model: id as IDataObject[string] };
	}
	if (givesResult(operation)) return { taskId: given('taskId'), index: given('index') };
	return given('resource') === 'video' ? { url: given('url') } : {};
}

/** @param callsBack whether Kie reports the end of the operation */
export function readWaitMode(context: IExecuteFunctions, callsBack: boolean): WaitMode {
	const value: unknown = context.getNodeParameter('waitMode', 0);
	if (value === 'none' || value === 'poll') return value;
	// n8n keeps the choice made for another operation.
	if (value === 'callback' && callsBack) return value;
	throw inputErrors.waitMode(value);
}

/** The task of the video, as Kie named it. */
export function readTaskId(context: IExecuteFunctions, itemIndex: number): string {
	const taskId = readText('Task ID', context.getNodeParameter('taskId', itemIndex, ''));
	if (taskId === null) throw inputErrors.emptyTaskId();
	return taskId;
}

/** Which video of the task, from 0. */
export function readIndex(context: IExecuteFunctions, itemIndex: number): number {
	const value: unknown = context.getNodeParameter('index', itemIndex, 0);
	const index = isBlank(value) ? 0 : toNumber(value);
	if (index === null || !Number.isInteger(index) || index < 0) throw inputErrors.index(value);
	return index;
}

/**
 * @param apiBaseUrl decides whether private addresses can work
 * @returns `undefined` when none was given
 */
function readCallBackUrl(
	context: IExecuteFunctions,
	itemIndex: number,
	apiBaseUrl: string,
): string | undefined {
	const url = readText('Callback URL', context.getNodeParameter('callBackUrl', itemIndex, ''));
	if (url === null) return undefined;
	const fault = publicUrlFault(url, apiBaseUrl);
	if (fault !== null) throw inputErrors.callbackUrl(fault);
	return url;
}

/**
 * The user's own data for the callback. It is part of the address, so its size is limited.
 *
 * @returns `undefined` when none was given
 */
function readPassThrough(context: IExecuteFunctions, itemIndex: number): JsonObject | undefined {
	const value = parseIfJson(context.getNodeParameter('options.passThrough', itemIndex, ''));
	if (isBlank(value)) return undefined;
	if (!isJsonObject(value)) throw inputErrors.passThrough();
	const bytes = Buffer.byteLength(JSON.stringify(value));
	if (bytes > MAX_PASS_THROUGH_BYTES)
		throw inputErrors.passThroughSize(bytes, MAX_PASS_THROUGH_BYTES);
	return Object.keys(value).length === 0 ? undefined : value;
}

/**
 * The address Kie should call about a submission: the user's, plus what the submission is about.
 *
 * @returns `undefined` when there is none
 */
export function readCallbackAddress(
	context: IExecuteFunctions,
	itemIndex: number,
	waitMode: WaitMode,
	{ baseUrl, addressKey }: Pick<Connection, 'baseUrl' | 'addressKey'>,
	about: Omit<Submission, 'passThrough'>,
): string | undefined {
	if (waitMode !== 'none') return undefined;
	const url = readCallBackUrl(context, itemIndex, baseUrl);
	if (url === undefined) return undefined;
	const passThrough = readPassThrough(context, itemIndex);
	return withSubmission(url, { ...about, passThrough }, addressKey);
}

/** @param defaultPollInterval seconds; used when the option is not set */
export function readTaskOptions(
	context: IExecuteFunctions,
	itemIndex: number,
	defaultPollInterval: number,
): TaskOptions {
	const value: unknown = context.getNodeParameter('options', itemIndex, {});
	const options = isJsonObject(value) ? value : {};
	return {
		pollInterval: readSeconds('Poll Interval', options.pollInterval, defaultPollInterval),
		timeout: readSeconds('Timeout', options.timeout, 1800),
		onTimeout: readChoice('On Timeout', ['error', 'continue'], options.onTimeout),
		minimumCredits: readMinimumCredits(options.minimumCredits),
		simplify: readBoolean('Simplify', options.simplify, true),
	};
}

/** @returns `null` when the video should not be downloaded */
export function readDownload(
	context: IExecuteFunctions,
	itemIndex: number,
): DownloadSettings | null {
	const wanted = context.getNodeParameter('download', itemIndex, false);
	return readBoolean('Download', wanted, false) ? readDownloadSettings(context, itemIndex) : null;
}

/** How the file is put into the item. */
export function readDownloadSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): DownloadSettings {
	return checkDownloadSettings(
		context.getNodeParameter('binaryPropertyName', itemIndex, 'data'),
		context.getNodeParameter('options.maxSize', itemIndex, 0),
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
