import {
	type Check,
	type Field,
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
import { formChoices } from '../callbacks/form';
import type { FaultEffect, FaultTarget, Storm } from '../http/faults';
import type { ManualCallback } from '../simulator';
import type { AccountOptions } from '../state/account';
import { shapeOf } from '../state/choice';
import type { RivalOptions } from '../state/rival';
import { OPERATIONS, scenarioChoices } from '../state/scenario';

/** Checks of what comes in over the control addresses. A field of a type without a check does not compile. */
type Fields<T> = { [Name in keyof T]-?: Field };
type FaultFields = {
	[Kind in FaultEffect['kind']]: Kind extends 'envelope'
		? object
		: Fields<Omit<Extract<FaultEffect, { kind: Kind }>, 'kind'>>;
};

const callbackForm = object(shapeOf(formChoices));
const scenario = shapeOf(scenarioChoices);

export const addVideoShape: Check = object({
	...scenario,
	taskId: optional(filledText),
	api: optional(oneOf('veo', 'jobs')),
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
	envelope: shapeOf(scenarioChoices.envelope),
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
} satisfies FaultFields;

const operations = optional(listOf(oneOf(...OPERATIONS)));

const faultTarget = {
	host: optional(oneOf('api', 'upload', 'file')),
	method: optional(filledText),
	path: optional(filledText),
	taskId: optional(filledText),
	operations,
	times: optional(integer(1)),
	forMs: optional(number),
	label: optional(text),
	skip: optional(integer(0)),
} satisfies Fields<Omit<FaultTarget, 'when'>>;

const FAULT_SHAPES = new Map<unknown, Check>(
	Object.entries(FAULT_KINDS).map(([kind, fields]) => [
		kind,
		object({ kind: required(oneOf(kind)), ...faultTarget, ...fields }),
	]),
);

export const faultShape: Check = (value, name) => {
	const kind = object({ kind: required(oneOf(...Object.keys(FAULT_KINDS))) });
	const shape = FAULT_SHAPES.get((value as { kind?: unknown } | null)?.kind);
	return shape ? shape(value, name) : kind(value, name);
};

export const stormShape: Check = object({
	ms: required(number),
	answer: required(either(integer(100), oneOf('html'))),
	on: optional(either(oneOf('paid', 'all'), listOf(oneOf(...OPERATIONS)))),
} satisfies Fields<Storm>);

export const rivalShape: Check = object({
	key: optional(filledText),
	perWindow: required(integer(1)),
	ms: required(number),
} satisfies Fields<RivalOptions & { key: string }>);

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
} satisfies Fields<Omit<ManualCallback, 'headers'> & { url: string }>);

export const accountShape: Check = object({
	key: optional(filledText),
	credits: optional(number),
	webhookHmacKey: optional(filledText),
} satisfies Fields<Omit<AccountOptions, 'noCredits'>>);
