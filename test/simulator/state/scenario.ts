import type { CallbackForm } from '../callbacks/form';

/** What a piece of paid work is called: in the ledger, in callbacks and in `finish()`. */
export type Operation = 'generate' | 'extend' | 'get1080p' | 'get4k';

/** Milliseconds each kind of work takes. `NEVER` leaves it running until `finish()` is called. */
export interface Timings {
	generate: number;
	extend: number;
	upgrade1080p: number;
	upgrade4k: number;
}

/** A duration no timer reaches. A plain number, so that it also travels in JSON. */
export const NEVER = 1e12;

export interface Failure {
	code: number;
	msg: string;
}

/** Departures from the proper `{ code, msg, data }` envelope that were seen on the wire. */
export interface EnvelopeForm {
	/** `text`: the code as a numeric string. `absent`: no `code` at all. */
	code: 'number' | 'text' | 'absent';
	data: 'as-is' | 'null' | 'absent';
}

export interface GenerationScenario {
	outcome: 'success' | 'failure';
	failure: Failure;
	/** 2: failed before completion. 3: created, but the generation upstream failed. */
	failureFlag: 2 | 3;
	/** Where record-info tells of the failure: in the record, or as the code of the envelope. */
	failureIn: 'record' | 'envelope';
}

export interface RecordForm {
	/** `json-text`: `data.response` is a string of JSON. */
	response: 'object' | 'json-text';
	/** `data-json-text`: JSON text at `data.resultUrls`, none in `response`. */
	urls: 'array' | 'json-text' | 'data-json-text';
	/** `text`: the flag as a numeric string. */
	flag: 'number' | 'text';
	/** The flag while running. Documented is 0; any other value is unknown to clients. */
	runningFlag: number;
	/** After success, this long without any URL. */
	urlsAfterMs: number;
	/** This long after creation the task is not found yet. */
	graceMs: number;
	graceAnswer: '404' | '422' | 'null';
	/** Answer to an unknown id; has effect in the simulator-wide defaults only. */
	unknownId: '422' | 'null';
}

export interface Upgrade1080pScenario {
	/** `no-url`: 200 with a `data` object without `resultUrl`. */
	notReady: '400' | '422' | 'no-url' | 'null-data' | 'absent-data';
	/** `string`: `resultUrl: url`. `array`: `resultUrl: [url]`. `urls`: `resultUrls: [url]`. */
	result: 'string' | 'array' | 'urls';
	/** `refused`: the first request gets the failure, unbilled. `failure`: it fails at the end. */
	outcome: 'success' | 'refused' | 'failure';
	failure: Failure;
}

export interface Upgrade4kScenario {
	/** Answer to the first POST. `done`: made earlier, so finished at once and not billed. */
	first: 'accepted' | 'processing' | 'done';
	/** `data` while there is nothing to download: an object of nulls, null, or no `data`. */
	pendingData: 'nulls' | 'null' | 'absent';
	/** Code of an answer that carries the URLs. */
	finished: '422' | '200';
	/** `refused`: the first POST gets the failure, unbilled. `failure`: it fails at the end. */
	outcome: 'success' | 'refused' | 'failure';
	failure: Failure;
	/** A repeat after a failed upgrade starts and bills a new one, or tells the failure again. */
	afterFailure: 'restart' | 'answer';
	/** Whether the `callBackUrl` of a repeated POST takes the place of the first one. */
	repeatCallBackUrl: 'ignore' | 'replace';
	/** `true`: the upgrade answers under an id of its own, `<taskId>_4k_<index>`. */
	ownTaskId: boolean;
	/** What record-info shows for the base id once an upgrade has ended. */
	recordAfter: 'base' | 'upgrade';
}

export interface FileScenario {
	/** Size of synthetic result videos in bytes; `null` serves the real clips. */
	bytes: number | null;
	/** `refused`: 403 on the bare URL, a renewed link works. `gone`: 404 on both. */
	bare: 'open' | 'refused' | 'gone';
}

export interface CallbackScenario {
	form: CallbackForm;
	/** Wait between the end of the work and the first attempt. */
	delayMs: number;
	/** How often it is sent, at the same time. 0 loses it. */
	copies: number;
	/** So many first attempts never arrive. */
	lostAttempts: number;
	/** So many of those that arrive first are answered, but the answer never comes back. */
	lostAnswers: number;
}

/** Everything that can be chosen about one task. */
export interface Scenario {
	/** Number of result videos; valid indexes are 0 to `videos - 1`. */
	videos: number;
	/** 9:16 results also list `originUrls`. */
	aspectRatio: '16:9' | '9:16';
	/** Age of the task when it is made known to the simulator. Results live 14 days. */
	ageDays: number;
	timings: Timings;
	envelope: EnvelopeForm;
	generation: GenerationScenario;
	record: RecordForm;
	upgrade1080p: Upgrade1080pScenario;
	upgrade4k: Upgrade4kScenario;
	files: FileScenario;
	callback: CallbackScenario;
}

type DeepPartial<T> = T extends unknown[]
	? T
	: T extends object
		? { [K in keyof T]?: DeepPartial<T[K]> }
		: T;

/** The part of a scenario that differs from the defaults. */
export type VideoScenario = DeepPartial<Scenario>;

export const BUILT_IN_SCENARIO: Scenario = {
	videos: 1,
	aspectRatio: '16:9',
	ageDays: 0,
	timings: { generate: 300, extend: 300, upgrade1080p: 300, upgrade4k: 300 },
	envelope: { code: 'number', data: 'as-is' },
	generation: {
		outcome: 'success',
		failure: {
			code: 400,
			msg: 'Your prompt was flagged by Website as violating content policies.',
		},
		failureFlag: 2,
		failureIn: 'record',
	},
	record: {
		response: 'object',
		urls: 'array',
		flag: 'number',
		runningFlag: 0,
		urlsAfterMs: 0,
		graceMs: 0,
		graceAnswer: '422',
		unknownId: '422',
	},
	upgrade1080p: {
		notReady: '400',
		result: 'string',
		outcome: 'success',
		failure: { code: 500, msg: 'Internal Error, Please try again later.' },
	},
	upgrade4k: {
		first: 'accepted',
		pendingData: 'nulls',
		finished: '422',
		outcome: 'success',
		failure: {
			code: 500,
			msg: 'The 4K version of this video is unavailable. Please try a different video.',
		},
		afterFailure: 'restart',
		repeatCallBackUrl: 'ignore',
		ownTaskId: false,
		recordAfter: 'base',
	},
	files: { bytes: null, bare: 'open' },
	callback: { form: {}, delayMs: 0, copies: 1, lostAttempts: 0, lostAnswers: 0 },
};

/** Lays what differs over a complete scenario. Lists are replaced, not joined. */
export function withScenario(base: Scenario, differences: VideoScenario): Scenario {
	return overlay(base, differences) as Scenario;
}

function overlay(base: unknown, differences: unknown): unknown {
	if (!isPlainObject(base) || !isPlainObject(differences)) return differences;
	const result: Record<string, unknown> = { ...base };
	for (const [key, value] of Object.entries(differences)) {
		if (value !== undefined) result[key] = overlay(result[key], value);
	}
	return result;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
