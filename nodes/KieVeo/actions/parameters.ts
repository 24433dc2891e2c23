import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
	booleanError,
	callbackUrlError,
	emptyTaskIdError,
	indexError,
	minimumCreditsError,
	passThroughError,
	passThroughSizeError,
	secondsError,
	textError,
	waitModeError,
} from '../messages/errors';
import { checkDownloadSettings, type DownloadSettings } from '../files/download';
import type { Connection } from '../kie/connection';
import type { VideoOptions, WaitMode } from '../run/videoWork';
import { MAX_PASS_THROUGH_BYTES, withSubmission, type Submission } from '../kie/address';
import { publicUrlFault } from '../kie/meaning/publicUrl';
import { isJsonObject, parseIfJson, toText, type JsonObject } from '../kie/meaning/guards';
import { booleanIn, cleaned, isBlank, numberIn } from './cleaned';
import { namesIn } from './lists';
import { toSeconds } from './spellings';

/** Seconds: Kie keeps a video for 14 days. */
const LONGEST_WAIT = 14 * 24 * 60 * 60;

/**
 * @returns `null` when empty
 * @throws KieVeoError naming the parameter; as do the other readers
 */
export function readText(parameter: string, value: unknown): string | null {
	if (typeof value === 'number') return String(value);
	if (typeof value !== 'string' && value !== null && value !== undefined) {
		throw textError(parameter, value);
	}
	return isBlank(value) ? null : toText(value);
}

/** @param fallback used when nothing is given */
export function readBoolean(parameter: string, value: unknown, fallback: boolean): boolean {
	if (isBlank(value)) return fallback;
	const given = booleanIn(value);
	if (given !== null) return given;
	throw booleanError(parameter, value);
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

/** @param callsBack whether Kie reports the end of the operation */
export function readWaitMode(context: IExecuteFunctions, callsBack: boolean): WaitMode {
	const value: unknown = context.getNodeParameter('waitMode', 0);
	if (value === 'none' || value === 'poll') return value;
	// n8n keeps the choice made for another operation.
	if (value === 'callback' && callsBack) return value;
	throw waitModeError(value);
}

/** The task of the video, as Kie named it. */
export function readTaskId(context: IExecuteFunctions, itemIndex: number): string {
	const value: unknown = context.getNodeParameter('taskId', itemIndex, '');
	// A list of one ID means that ID.
	const [entry, ...others] = namesIn(value);
	const taskId = readText('Task ID', others.length === 0 ? entry : value);
	if (taskId === null) throw emptyTaskIdError();
	return cleaned(taskId);
}

/** Which video of the task, from 0. */
export function readIndex(context: IExecuteFunctions, itemIndex: number): number {
	const value: unknown = context.getNodeParameter('index', itemIndex, 0);
	const index = numberIn(value);
	if (index === null || !Number.isInteger(index) || index < 0) throw indexError(value);
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
	const value: unknown = context.getNodeParameter('callBackUrl', itemIndex, '');
	if (isBlank(value)) return undefined;
	if (typeof value !== 'string') throw textError('Callback URL', value);
	const url = cleaned(value);
	const fault = publicUrlFault(url, apiBaseUrl);
	if (fault !== null) throw callbackUrlError(fault);
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
	if (!isJsonObject(value)) throw passThroughError();
	const bytes = Buffer.byteLength(JSON.stringify(value));
	if (bytes > MAX_PASS_THROUGH_BYTES) throw passThroughSizeError(bytes, MAX_PASS_THROUGH_BYTES);
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
export function readVideoOptions(
	context: IExecuteFunctions,
	itemIndex: number,
	defaultPollInterval: number,
): VideoOptions {
	const value: unknown = context.getNodeParameter('options', itemIndex, {});
	const options = isJsonObject(value) ? value : {};
	return {
		pollInterval: readSeconds('Poll Interval', options.pollInterval, defaultPollInterval),
		timeout: readSeconds('Timeout', options.timeout, 1800),
		onTimeout: options.onTimeout === 'continue' ? 'continue' : 'error',
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
		readMaximumSize(context.getNodeParameter('options.maxSize', itemIndex, 0)),
	);
}

function readMaximumSize(value: unknown): unknown {
	return isBlank(value) ? 0 : (numberIn(value) ?? value);
}

function readMinimumCredits(value: unknown): number {
	if (isBlank(value)) return 0;
	const credits = numberIn(value);
	if (credits === null || credits < 0) throw minimumCreditsError(value);
	return credits;
}

/** Rounded up to whole ones: dates and timers take no fractions of a millisecond. */
function readSeconds(parameter: string, value: unknown, fallback: number): number {
	const seconds = isBlank(value) ? fallback : toSeconds(value);
	if (seconds === null || seconds < 1 || seconds > LONGEST_WAIT) {
		throw secondsError(parameter, LONGEST_WAIT, value);
	}
	return Math.ceil(seconds);
}
