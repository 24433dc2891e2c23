import { parseCallback, type Callback } from './parse';
import { SUBMISSION_PARAMETER, type Submission } from '../../addresses/submission';
import { isJsonObject, parseNested, type JsonObject } from '../../values';
import { otherTier, topicOfModel, withTierNote } from '../meaning/fields';
import { isAboutOther } from '../meaning/files';
import { signatureFault, type Incoming } from './request';
import { givesResult, isOfAnyModel, isUpgrade, traitsOf } from '../../operations';
import type { ReportedOperation } from '../../taskResult';

export interface CheckOptions {
	signatureRequired: boolean;
	/** Kie's webhook HMAC key; `null` when the credential has none. */
	webhookSecret: string | null;
	/** The awaited task, when the address was made before Kie gave it an id. */
	taskId?: string | null;
	/** The id under which Kie accepted the submission, if it differs from the submitted one. */
	kieTaskId?: string | null;
	/**
	 * Whether the report of an upgrade may name a task of its own that nobody here has heard of: an address
	 * is made before Kie gives that id.
	 */
	acceptsOwnTask?: boolean;
	/** What the address proves about the submission; `null` when it proves nothing. */
	submission: Submission | null;
	/** Seconds. */
	tolerance: number;
	/** Unix seconds. */
	now: number;
}

/** What a genuine callback reports. */
export interface CallbackEvent {
	/** Such as `get4k.success`; extend is reported as generate. `unknown.*` when it is unclear. */
	event: string;
	operation: ReportedOperation;
	/** The id the user knows. `null`: the callback names none. */
	taskId: string | null;
	/** Set when Kie's id differs. */
	kieTaskId?: string;
	index: number | null;
	passThrough?: JsonObject;
	/** Whether our action node made this submission, proved by its part of the address. */
	submittedHere: boolean;
	/**
	 * Set when an upgrade is reported under an id that nobody here has heard of. To be believed only when
	 * Kie says that this task is the upgrade of the video.
	 */
	isOwnTaskUnproven?: true;
	/** The tier that was asked for and the other one that Kie has used. */
	tier?: { asked: string; made: string };
	callback: Callback;
}

export interface CallbackRefusal {
	kind: 'refused';
	status: 400 | 401 | 503;
	/** For n8n's log. */
	reason: string;
}

/** Kie's callbacks are a few kilobytes; anything larger would only fill the database. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Decides whether a callback is from Kie. Form first (400), then its claims (401): our own part of the
 * address, ids that agree, Kie's signature. Only then its content is read. Pure; never throws.
 */
export function checkCallback(
	incoming: Incoming,
	options: CheckOptions,
): { kind: 'genuine'; event: CallbackEvent } | CallbackRefusal {
	if (incoming.size > MAX_BODY_BYTES) return refused(400, `the body has ${incoming.size} bytes`);
	const parsed = parseCallback(incoming.body);
	if ('reason' in parsed) return refused(400, parsed.reason);
	const { taskIds } = parsed;

	const { submission } = options;
	if (incoming.submission !== undefined && submission === null) {
		return refused(
			401,
			`the part '${SUBMISSION_PARAMETER}' of the address was changed, or made with another API key than this credential's`,
		);
	}
	const asked = submission?.taskId ?? options.taskId ?? null;
	const disagreement = idFault(taskIds, asked, options);
	if (disagreement !== null && !mayBeOwnTask(taskIds, options)) {
		return refused(401, disagreement);
	}
	const kieTaskId = taskIds[0] ?? options.kieTaskId ?? asked;
	const fault = options.signatureRequired ? proofFault(incoming, kieTaskId, options) : null;
	if (fault !== null) return refused(401, fault);
	const event = toEvent(asReported(parsed.read(), submission), submission, { asked, kieTaskId });
	return {
		kind: 'genuine',
		event: disagreement === null ? event : { ...event, isOwnTaskUnproven: true },
	};
}

/** Jobs have one id each: that of an upgrade has nothing in common with the one of its video. */
function mayBeOwnTask(
	taskIds: string[],
	{ acceptsOwnTask = false, submission }: CheckOptions,
): boolean {
	const isUpgraded = submission !== null && isUpgrade(submission.operation);
	return acceptsOwnTask && isUpgraded && taskIds.length === 1;
}

/** Why the ids of a callback do not belong together, or not to its address; `null` when they do. */
function idFault(
	taskIds: string[],
	asked: string | null,
	{ kieTaskId = null }: Pick<CheckOptions, 'kieTaskId'>,
): string | null {
	if (taskIds.length > 1) {
		return `the body names different task IDs: ${taskIds.map(quote).join(', ')}`;
	}
	const [named] = taskIds;
	if (named === undefined || asked === null || named === kieTaskId) return null;
	// Kie's id is the same in every documented sample, or derived from the submitted one. An unrelated id is refused,
	// because Kie's signature says nothing about the address: one video's result would get another one's `passThrough`.
	if (named === asked || named.startsWith(`${asked}_`)) return null;
	return `the body is about task ${quote(named)}, its address belongs to ${quote(asked)}`;
}

function proofFault(
	{ headers }: Incoming,
	taskId: string | null,
	{ webhookSecret: key, tolerance, now }: CheckOptions,
): string | null {
	if (key === null) return "the credential has no 'Webhook HMAC Key' to check the signature with";
	if (taskId === null)
		return 'neither body nor address name a task ID, so the signature cannot be verified';
	return signatureFault(headers, { key, taskId, tolerance, now });
}

function toEvent(
	callback: Callback,
	submission: Submission | null,
	{ asked, kieTaskId }: { asked: string | null; kieTaskId: string | null },
): CallbackEvent {
	// What we put into the address is reliable; the content is second best.
	const { topic, outcome, files, body, message } = callback;
	const operation = submission?.operation ?? (topic === 'task' ? 'unknown' : topic);
	const taskId = asked ?? kieTaskId;
	const tier = submission?.model;
	const made = outcome === 'success' ? otherTier(tier, body.data) : null;
	const event = {
		event: eventOf(operation, files.model, outcome),
		operation,
		taskId,
		...(kieTaskId !== null && kieTaskId !== taskId ? { kieTaskId } : {}),
		index: submission?.index ?? null,
		...(submission?.passThrough ? { passThrough: submission.passThrough } : {}),
		submittedHere: submission !== null,
		callback,
	};
	if (tier === undefined || made === null) return event;
	// Kie's words, and what the user should know about them.
	const noted = { ...callback, message: withTierNote(message, tier, made) };
	return { ...event, tier: { asked: tier, made }, callback: noted };
}

/**
 * What is reported at the address of an upgrade, but says that it is about something else, tells nothing about the
 * upgrade: the base video has the same task ID. Nor does a body in the form of a video show what a model gave.
 */
function asReported(callback: Callback, submission: Submission | null): Callback {
	const { operation } = submission ?? {};
	const wanted = operation && traitsOf(operation).upgradesTo;
	const { data } = callback.body;
	const record = parseNested(data);
	const isOther =
		wanted && isAboutOther(wanted, isJsonObject(record) ? record : callback.body, callback.message);
	const lacksResult =
		isOfAnyModel(operation) && callback.outcome === 'success' && callback.files.result === null;
	return isOther || lacksResult ? { ...callback, outcome: 'unknown' } : callback;
}

/**
 * Names what happened, such as `get4k.success`; an extension is reported as a generation. Of a job that is no
 * operation of Veo's, its model decides.
 */
export function eventOf(
	operation: ReportedOperation,
	model: string | null,
	outcome: Callback['outcome'],
): string {
	const isOpen = model !== null && (isOfAnyModel(operation) || !givesResult(operation));
	const subject = isOpen ? topicOfModel(model) : operation;
	const { event = subject } = givesResult(subject) ? traitsOf(subject) : {};
	return `${event}.${outcome === 'success' ? outcome : 'failed'}`;
}

export function refused(status: CallbackRefusal['status'], reason: string): CallbackRefusal {
	return { kind: 'refused', status, reason };
}

/** Foreign text in a log line: limited in length and without line breaks. */
function quote(text: string): string {
	return JSON.stringify(text.slice(0, 80));
}
