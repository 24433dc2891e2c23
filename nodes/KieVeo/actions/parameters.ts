import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { inputError, show } from '../messages/errors';
import { checkDownloadSettings, type DownloadSettings } from '../files/downloadSettings';
import type { Connection } from '../kie/connection';
import { MAX_PASS_THROUGH_BYTES, withSubmission, type Submission } from '../kie/address';
import { publicUrlFault } from '../kie/meaning/publicUrl';
import {
	isJsonObject,
	parseIfJson,
	toBoolean,
	toNumber,
	toText,
	type JsonObject,
} from '../kie/meaning/guards';
import { toSeconds } from './spellings';

/** How the node gets a result. */
export type WaitMode = 'none' | 'poll' | 'callback';

/** Seconds: Kie keeps a video for 14 days. */
const LONGEST_WAIT = 14 * 24 * 60 * 60;

/** The Options collection, with defaults filled in. Durations in seconds. */
export interface VideoOptions {
	pollInterval: number;
	timeout: number;
	onTimeout: 'error' | 'continue';
	simplify: boolean;
}

/**
 * @returns `null` when empty
 * @throws KieVeoError naming the parameter; so do the other readers
 */
export function readText(parameter: string, value: unknown): string | null {
	if (typeof value === 'number') return String(value);
	if (typeof value !== 'string' && value !== null && value !== undefined) {
		throw inputError(
			parameter,
			`must be text, not ${show(value)}`,
			'Check the expression: it has to give a single text.',
		);
	}
	return toText(value);
}

/** @param standard counts when nothing is given */
export function readBoolean(parameter: string, value: unknown, standard: boolean): boolean {
	if (value === undefined || value === null || value === '') return standard;
	const given = toBoolean(value);
	if (given !== null) return given;
	throw inputError(
		parameter,
		`must be true or false, not ${show(value)}`,
		'Check the expression, or use the switch.',
	);
}

/** The value of a parameter that could not be used, as far as it can be had. */
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
	// n8n keeps what was chosen for another operation.
	if (value === 'callback' && callsBack) return value;
	throw inputError(
		'Wait Mode',
		`cannot be ${show(value)} for this operation`,
		'Choose one in the list.',
	);
}

/** The task of the video, as Kie named it. */
export function readTaskId(context: IExecuteFunctions, itemIndex: number): string {
	const taskId = readText('Task ID', context.getNodeParameter('taskId', itemIndex, ''));
	if (taskId === null) {
		throw inputError(
			'Task ID',
			'is empty',
			'Enter the ID that Kie.ai returned when the video was generated, e.g. {{ $json.taskId }} from an earlier node.',
		);
	}
	return taskId;
}

/** Which video of the task, from 0. */
export function readIndex(context: IExecuteFunctions, itemIndex: number): number {
	const value: unknown = context.getNodeParameter('index', itemIndex, 0);
	const index = toNumber(value);
	if (index === null || !Number.isInteger(index) || index < 0) {
		throw inputError(
			'Index',
			`must be a whole number from 0 up, not ${show(value)}`,
			'0 is the first video of the task. Most tasks have only one.',
		);
	}
	return index;
}

/**
 * @param apiBaseUrl decides whether private addresses can work at all
 * @returns `undefined` when none was given
 */
function readCallBackUrl(
	context: IExecuteFunctions,
	itemIndex: number,
	apiBaseUrl: string,
): string | undefined {
	const value: unknown = context.getNodeParameter('callBackUrl', itemIndex, '');
	if (value === '' || value === null || value === undefined) return undefined;
	const url = toText(value);
	const fault = url === null ? 'it is not text' : publicUrlFault(url, apiBaseUrl);
	if (url === null || fault !== null) {
		throw inputError(
			'Callback URL',
			`cannot be used: ${fault}`,
			'Use an address that is reachable from the internet, such as the production URL of a webhook. ' +
				'If n8n itself shows a local address there, set the environment variable N8N_WEBHOOK_URL (in older n8n WEBHOOK_URL) to its public one.',
		);
	}
	return url;
}

/**
 * The user's own data for the callback. It travels in the address, which is why its size is limited.
 *
 * @returns `undefined` when none was given
 */
function readPassThrough(context: IExecuteFunctions, itemIndex: number): JsonObject | undefined {
	const value = parseIfJson(context.getNodeParameter('options.passThrough', itemIndex, ''));
	if (value === '' || value === null || value === undefined) return undefined;
	if (!isJsonObject(value)) {
		throw inputError(
			'Pass Through',
			'is not a JSON object',
			'Enter an object such as {"orderId": 42}, or an expression that gives one.',
		);
	}
	const bytes = Buffer.byteLength(JSON.stringify(value));
	if (bytes > MAX_PASS_THROUGH_BYTES) {
		throw inputError(
			'Pass Through',
			`is too large: ${bytes} bytes as JSON, at most ${MAX_PASS_THROUGH_BYTES} fit into a callback address`,
			'Pass an ID and look the rest up in the workflow that receives the callback.',
		);
	}
	return Object.keys(value).length === 0 ? undefined : value;
}

/**
 * The address Kie is to call about a submission: the user's, with what the submission is about added.
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

/** @param defaultPollInterval seconds; counts when the option is not set */
export function readVideoOptions(
	context: IExecuteFunctions,
	itemIndex: number,
	defaultPollInterval: number,
): VideoOptions {
	const value: unknown = context.getNodeParameter('options', itemIndex, {});
	const options = isJsonObject(value) ? value : {};
	return {
		pollInterval: readSeconds('Poll Interval', options.pollInterval ?? defaultPollInterval),
		timeout: readSeconds('Timeout', options.timeout ?? 1800),
		onTimeout: options.onTimeout === 'continue' ? 'continue' : 'error',
		simplify: readBoolean('Simplify', options.simplify, true),
	};
}

/** @returns `null` when the video is not to be downloaded */
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

/** Whole ones, rounded up: a date and a timer take no fraction of a millisecond. */
function readSeconds(parameter: string, value: unknown): number {
	const seconds = toSeconds(value);
	if (seconds === null || seconds < 1 || seconds > LONGEST_WAIT) {
		throw inputError(
			parameter,
			`must be at least 1 second and at most ${LONGEST_WAIT}, not ${show(value)}`,
			'Enter a number of seconds.',
		);
	}
	return Math.ceil(seconds);
}
