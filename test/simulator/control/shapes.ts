import {
	type Check,
	anything,
	boolean,
	either,
	filledText,
	httpUrl,
	integer,
	listOf,
	number,
	object,
	oneOf,
	optional,
	required,
	text,
} from '../api/check';

/** Checks of what comes in over the control addresses; they mirror the types of the options. */

const failure = optional(object({ code: required(integer(0)), msg: required(text) }));
const ms = optional(number);

const callbackForm = object({
	shape: optional(oneOf('nested', 'flat')),
	urls: optional(oneOf('array', 'json-text', 'bare', 'bracketed')),
	ids: optional(listOf(oneOf('data.taskId', 'data.task_id', 'taskId', 'task_id'))),
	credits: optional(boolean),
	promptJson: optional(oneOf('text', 'object', 'broken', 'absent')),
	failureData: optional(oneOf('object', 'null')),
});

const upgradeOutcome = optional(oneOf('success', 'refused', 'failure'));

const envelope = {
	code: optional(oneOf('number', 'text', 'absent')),
	data: optional(oneOf('as-is', 'null', 'absent')),
};

const scenario = {
	videos: optional(integer(1)),
	aspectRatio: optional(oneOf('16:9', '9:16')),
	ageDays: optional(number),
	timings: optional(object({ generate: ms, extend: ms, upgrade1080p: ms, upgrade4k: ms })),
	envelope: optional(object(envelope)),
	generation: optional(
		object({
			outcome: optional(oneOf('success', 'failure')),
			failure,
			failureFlag: optional(oneOf(2, 3)),
			failureIn: optional(oneOf('record', 'envelope')),
		}),
	),
	record: optional(
		object({
			response: optional(oneOf('object', 'json-text')),
			urls: optional(oneOf('array', 'json-text', 'data-json-text')),
			flag: optional(oneOf('number', 'text')),
			runningFlag: optional(integer(0)),
			urlsAfterMs: ms,
			graceMs: ms,
			graceAnswer: optional(oneOf('404', '422', 'null')),
			unknownId: optional(oneOf('422', 'null')),
		}),
	),
	upgrade1080p: optional(
		object({
			notReady: optional(oneOf('400', '422', 'no-url', 'null-data', 'absent-data')),
			result: optional(oneOf('string', 'array', 'urls')),
			outcome: upgradeOutcome,
			failure,
		}),
	),
	upgrade4k: optional(
		object({
			first: optional(oneOf('accepted', 'processing', 'done')),
			pendingData: optional(oneOf('nulls', 'null', 'absent')),
			finished: optional(oneOf('422', '200')),
			outcome: upgradeOutcome,
			failure,
			afterFailure: optional(oneOf('restart', 'answer')),
			repeatCallBackUrl: optional(oneOf('ignore', 'replace')),
			ownTaskId: optional(boolean),
			recordAfter: optional(oneOf('base', 'upgrade')),
		}),
	),
	files: optional(
		object({
			bytes: optional(either(integer(0), oneOf(null))),
			bare: optional(oneOf('open', 'refused', 'gone')),
		}),
	),
	callback: optional(
		object({
			form: optional(callbackForm),
			delayMs: ms,
			copies: optional(integer(0)),
			lostAttempts: optional(integer(0)),
			lostAnswers: optional(integer(0)),
		}),
	),
};

export const addVideoShape: Check = object({
	...scenario,
	taskId: optional(filledText),
	operation: optional(oneOf('generate', 'extend')),
	state: optional(oneOf('waiting', 'success', 'failed')),
	key: optional(filledText),
	callBackUrl: optional(httpUrl),
});

export const nextTaskShape: Check = object({
	...scenario,
	taskId: optional(filledText),
	prompt: optional(text),
});

const processed = { processed: optional(boolean) };
const httpStatus = { httpStatus: optional(integer(200, 599)) };

const FAULT_KINDS = {
	status: {
		code: required(integer(100)),
		msg: optional(text),
		retryAfter: optional(either(number, text)),
		...httpStatus,
		...processed,
	},
	answer: { body: required(anything), contentType: optional(text), ...httpStatus, ...processed },
	envelope,
	html: { ...httpStatus, ...processed },
	empty: { ...httpStatus, ...processed },
	redirect: { location: required(text), ...httpStatus, ...processed },
	'reset-before': {},
	'reset-after': {},
	slow: { ms: required(number) },
	hang: processed,
	'cut-json': {},
	'cut-transfer': { bytes: optional(integer(0)) },
	'wrong-length': { delta: optional(number) },
};

const FAULT_SHAPES = new Map<unknown, Check>(
	Object.entries(FAULT_KINDS).map(([kind, fields]) => [
		kind,
		object({
			kind: required(oneOf(kind)),
			host: optional(oneOf('api', 'upload', 'file')),
			method: optional(filledText),
			path: optional(filledText),
			taskId: optional(filledText),
			times: optional(integer(1)),
			skip: optional(integer(0)),
			...fields,
		}),
	]),
);

export const faultShape: Check = (value, name) => {
	const kind = object({ kind: required(oneOf(...Object.keys(FAULT_KINDS))) });
	const shape = FAULT_SHAPES.get((value as { kind?: unknown } | null)?.kind);
	return shape ? shape(value, name) : kind(value, name);
};

export const callbackShape: Check = object({
	url: required(httpUrl),
	taskId: optional(filledText),
	operation: optional(oneOf('generate', 'extend', 'get4k')),
	index: optional(integer(0)),
	code: optional(integer(0)),
	msg: optional(text),
	videoUrls: optional(listOf(text)),
	imageUrls: optional(listOf(text)),
	form: optional(callbackForm),
	body: optional(anything),
	contentType: optional(text),
	hmacKey: optional(either(filledText, oneOf(null))),
	signedTaskId: optional(text),
	timestamp: optional(integer(0)),
	signature: optional(text),
	retries: optional(integer(0)),
});

export const accountShape: Check = object({
	key: optional(filledText),
	credits: optional(number),
	webhookHmacKey: optional(filledText),
});
