import { createHmac } from 'crypto';

import { isJsonObject, toText, type JsonObject } from '../values';
import { isCallingBack, type CallingBack } from '../operations';
import { makeToken, readToken } from './token';

/** What a callback address says about the submission it was made for. */
export interface Submission {
	operation: CallingBack;
	/** `null` where Kie gives the id only after the submission. */
	taskId: string | null;
	/** `null` where it has no meaning. */
	index: number | null;
	/** The user's own data. */
	passThrough?: JsonObject;
	/** The tier that was asked for, where Kie's report tells the one that was used. */
	model?: string;
	/** Set when a suspended execution waits for it. */
	waiting?: {
		execution: string;
		/** Which suspension of that execution. */
		round: number;
		item: number;
	};
}

/** The query parameter that carries the submission. */
export const SUBMISSION_PARAMETER = 'kieVeo';

/** Maximum bytes of `passThrough` as JSON in UTF-8: the address stays well below 2,000 characters. */
export const MAX_PASS_THROUGH_BYTES = 1024;

/**
 * The key that proves an address was made here.
 *
 * Derived from the API key, because that is the one secret the action node and the trigger always share:
 * the webhook HMAC key is optional, and n8n gives nodes no secret of its own. Strangers do not know it;
 * Kie does, but Kie is the caller. The label separates it from every other use of the API key, and what
 * appears in an address is only an HMAC under the derived key, from which neither key can be computed.
 * Changing the API key invalidates callbacks in flight.
 */
export function addressKey(apiKey: string): Buffer {
	return createHmac('sha256', apiKey).update('n8n-nodes-kie-veo callback address v1').digest();
}

/**
 * Adds a submission to the address Kie should call. Everything else in the address stays as it is, so a
 * receiver that does not know the parameter is unaffected.
 *
 * @param url an absolute URL
 */
export function withSubmission(url: string, submission: Submission, key: Buffer): string {
	const address = new URL(url);
	// An address copied from an earlier submission. Only then, because `delete` rewrites the whole query.
	if (address.searchParams.has(SUBMISSION_PARAMETER)) {
		address.searchParams.delete(SUBMISSION_PARAMETER);
	}
	const parameter = `${SUBMISSION_PARAMETER}=${makeToken(submission, key)}`;
	address.search = address.search === '' ? parameter : `${address.search}&${parameter}`;
	return address.href;
}

/** Adds the tier that was asked for to an address that was made here. Any other stays as it is. */
export function withModel(url: string, model: string, key: Buffer): string {
	const value = new URL(url).searchParams.get(SUBMISSION_PARAMETER) ?? undefined;
	const submission = readSubmission(value, key);
	return submission === null ? url : withSubmission(url, { ...submission, model }, key);
}

/**
 * Reads what {@link withSubmission} added. Pure; never throws.
 *
 * @param value the query parameter as the web server parsed it
 * @returns `null` unless it is exactly what was made with this key
 */
export function readSubmission(value: unknown, key: Buffer): Submission | null {
	const content = readToken(value, key);
	if (!isJsonObject(content)) return null;
	const { operation, index, passThrough, waiting } = content;
	if (!isCallingBack(operation)) return null;
	return {
		operation,
		taskId: toText(content.taskId),
		index: typeof index === 'number' ? index : null,
		...(isJsonObject(passThrough) ? { passThrough } : {}),
		...(typeof content.model === 'string' ? { model: content.model } : {}),
		...(isWaiting(waiting) ? { waiting } : {}),
	};
}

function isWaiting(value: unknown): value is NonNullable<Submission['waiting']> {
	if (!isJsonObject(value) || typeof value.execution !== 'string') return false;
	return [value.round, value.item].every((one) => typeof one === 'number');
}
