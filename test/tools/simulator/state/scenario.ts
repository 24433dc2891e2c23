import { either, integer, isPlainObject, oneOf } from '../api/check';
import { formChoices } from '../callbacks/form';
import { Choice, type Chosen, amount, count, fallbacksOf, flag, oneFrom, words } from './choice';
import { type Acceptance, type Failure, acceptanceCheck, failureCheck } from './failure';

/** What a piece of paid work is called: in the ledger, in callbacks and in `finish()`. */
export type Operation = 'generate' | 'extend' | 'get1080p' | 'get4k';

export const OPERATIONS: readonly Operation[] = ['generate', 'extend', 'get1080p', 'get4k'];

/** A duration no timer reaches. A plain number, so that it also travels in JSON. */
export const NEVER = 1e12;

export const PROCESSING_1080P =
	'1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.';

const failing = (code: number, msg: string) => new Choice<Failure>({ code, msg }, failureCheck);

/** The answer to an accepted request: `code` and `msg` of an envelope that names the task. */
const accepted = new Choice<Acceptance>({ code: 200, msg: 'success' }, acceptanceCheck);

/** Everything that can be chosen about one task. The first of several values is the default. */
export const scenarioChoices = {
	/** Number of result videos; valid indexes are 0 to `videos - 1`. */
	videos: count(1, 1),
	/** 9:16 results also list `originUrls`. */
	aspectRatio: oneFrom('16:9', '9:16'),
	/** Age of the task when it is made known to the simulator. Results live 14 days. */
	ageDays: amount(0),
	/** `number`: an id of digits is written as a JSON number. New ids are made of digits then. */
	taskIds: oneFrom('text', 'number'),
	/** Milliseconds each kind of work takes. `NEVER` leaves it running until `finish()` is called. */
	timings: {
		generate: amount(300),
		extend: amount(300),
		upgrade1080p: amount(300),
		upgrade4k: amount(300),
	},
	/** Departures from the proper `{ code, msg, data }` envelope that were seen on the wire. */
	envelope: {
		/** `text`: the code as a numeric string. `absent`: no `code` at all. */
		code: oneFrom('number', 'text', 'absent'),
		data: oneFrom('as-is', 'null', 'absent'),
	},
	generation: {
		/** `refused`: the request gets the failure, unbilled. `failure`: it fails at the end. */
		outcome: oneFrom('success', 'refused', 'failure'),
		failure: failing(400, 'Your prompt was flagged by Website as violating content policies.'),
		accepted,
		/** 2: failed before completion. 3: created, but the generation upstream failed. */
		failureFlag: oneFrom(2, 3),
		/** Where record-info reports the failure: in the record, or as the code of the envelope. */
		failureIn: oneFrom('record', 'envelope'),
	},
	record: {
		/** `json-text`: `data.response` is a string of JSON. */
		response: oneFrom('object', 'json-text'),
		/** `data-json-text`: JSON text at `data.resultUrls`, none in `response`. */
		urls: oneFrom('array', 'json-text', 'data-json-text'),
		/** `text`: the flag as a numeric string. */
		flag: oneFrom('number', 'text'),
		/** What stands for a running task: its record, or code 400 with `runningText` and no data. */
		running: oneFrom('record', '400'),
		runningText: words(PROCESSING_1080P),
		/** The flag while running. Documented is 0; any other value is unknown to clients. */
		runningFlag: count(0),
		/** After success, this long without any URL. */
		urlsAfterMs: amount(0),
		/** This long after creation the task is not found yet. */
		graceMs: amount(0),
		graceAnswer: oneFrom('422', '404', 'null'),
		/** Answer to an unknown id; has effect in the simulator-wide defaults only. */
		unknownId: oneFrom('422', 'null'),
	},
	upgrade1080p: {
		/** `no-url`: 200 with a `data` object without `resultUrl`. */
		notReady: oneFrom('400', '422', 'no-url', 'null-data', 'absent-data'),
		/** Of a `notReady` that has one. */
		runningText: words(PROCESSING_1080P),
		/** `string`: `resultUrl: url`. `array`: `resultUrl: [url]`. `urls`: `resultUrls: [url]`. */
		result: oneFrom('string', 'array', 'urls'),
		/** `refused`: the first request gets the failure, unbilled. `failure`: it fails at the end. */
		outcome: oneFrom('success', 'refused', 'failure'),
		failure: failing(500, 'Internal Error, Please try again later.'),
	},
	upgrade4k: {
		/** Answer to the first POST. `done`: made earlier, so finished at once and not billed. */
		first: oneFrom('accepted', 'processing', 'done'),
		accepted,
		/** Code of an answer while it runs. */
		runningCode: oneFrom(422, 400),
		runningText: words(
			'4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
		),
		/** `data` while there is nothing to download: nulls, empty lists, null, or no `data`. */
		pendingData: oneFrom('nulls', 'empty', 'null', 'absent'),
		/** Code of an answer that carries the URLs. */
		finished: oneFrom('422', '200'),
		finishedText: words('The video has been generated successfully'),
		/** `refused`: the first POST gets the failure, unbilled. `failure`: it fails at the end. */
		outcome: oneFrom('success', 'refused', 'failure'),
		failure: failing(
			500,
			'The 4K version of this video is unavailable. Please try a different video.',
		),
		/** A repeat after a failed upgrade starts and bills a new one, or tells the failure again. */
		afterFailure: oneFrom('restart', 'answer'),
		/** Whether the `callBackUrl` of a repeated POST takes the place of the first one. */
		repeatCallBackUrl: oneFrom('ignore', 'replace'),
		/** `true`: the upgrade answers under an id of its own, `<taskId>_4k_<index>`. */
		ownTaskId: flag(false),
		/** What record-info shows for the base id once an upgrade has ended. */
		recordAfter: oneFrom('base', 'upgrade'),
	},
	/** What is not known of the unified jobs API, or differs between sightings. */
	jobs: {
		/** Whether the tier of an order is honoured; otherwise every video is made and billed as Fast. */
		tier: oneFrom('honoured', 'fast'),
		/** `text`: only as JSON text in `resultJson`. */
		result: oneFrom('both', 'text'),
		/** Where an upgrade has its files: like a 720p video, or like one made in 1080p or 4k. */
		upgradeResult: oneFrom('urls', 'data'),
		/** Whether a 1080P upgrade without a callback address is refused. */
		callBackUrl1080p: oneFrom('optional', 'required'),
		/** `dedicated`: callbacks in the form of the Veo endpoints, with the job's id. */
		callback: oneFrom('job', 'dedicated'),
		/** What a running job calls itself. */
		running: oneFrom('generating', 'queuing', 'waiting'),
	},
	files: {
		/** Size of synthetic result videos in bytes; `null` serves the real clips. */
		bytes: new Choice<number | null>(null, either(integer(0), oneOf(null))),
		/** `refused`: 403 on the bare URL, a renewed link works. `gone`: 404 on both. */
		bare: oneFrom('open', 'refused', 'gone'),
	},
	callback: {
		form: formChoices,
		/** Wait between the end of the work and the first attempt. */
		delayMs: amount(0),
		/** How often it is sent, at the same time. 0 sends none. */
		copies: count(1),
		/** The first attempts, this many, never arrive. */
		lostAttempts: count(0),
		/** Of those that arrive, the first are answered, but the answer never comes back. */
		lostAnswers: count(0),
		/** How likely it is lost for good, with all its attempts: from 0, never, to 1, always. */
		lossRate: amount(0),
	},
};

export type Scenario = Chosen<typeof scenarioChoices>;
export type Timings = Scenario['timings'];
export type EnvelopeForm = Scenario['envelope'];
export type RecordForm = Scenario['record'];

type DeepPartial<T> = T extends unknown[]
	? T
	: T extends object
		? { [K in keyof T]?: DeepPartial<T[K]> }
		: T;

/** The part of a scenario that differs from the defaults. */
export type VideoScenario = DeepPartial<Scenario>;

export const BUILT_IN_SCENARIO: Scenario = fallbacksOf(scenarioChoices);

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
