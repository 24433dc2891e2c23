import { createHash, createHmac } from 'crypto';

import type { IWebhookFunctions } from 'n8n-workflow';

import { SUBMISSION_PARAMETER } from '../../addresses/submission';
import { equalInConstantTime } from '../../addresses/token';
import { BoundedMap, parseNested, toText } from '../../values';

/* One call of an address, and whether Kie has signed it. */

/** A callback as received. Nothing in it is trusted yet. */
export interface Incoming {
	/** Parsed JSON, or text that is none. */
	body: unknown;
	/** Length of the body in bytes. */
	size: number;
	/** As Node.js gives them: names in lower case, those that came twice joined. */
	headers: { [name: string]: unknown };
	/** Value of the query parameter that our action node adds; `undefined` without one. */
	submission: unknown;
}

/**
 * JSON as n8n has parsed it: doing it again could take longer than all the rest. With another content type the text
 * as it was sent, if n8n kept it, so that a wrong type does no harm to a callback of Kie's size. n8n leaves a body of
 * a type it does not parse unread; one that can no longer be read is treated as empty.
 */
export async function readCallbackRequest(context: IWebhookFunctions): Promise<Incoming> {
	const request: ReturnType<IWebhookFunctions['getRequestObject']> & {
		// Added by n8n. The first reads the body into `rawBody`, unless that has happened.
		readRawBody?: () => Promise<void>;
		contentType?: string;
	} = context.getRequestObject();
	await request.readRawBody?.().catch(() => undefined);
	const { rawBody, contentType, query } = request;
	const text =
		Buffer.isBuffer(rawBody) && contentType !== 'application/json'
			? // Without the mark that some senders put before UTF-8; n8n drops it as well.
				new TextDecoder().decode(rawBody)
			: null;
	return {
		body: text === null ? context.getBodyData() : parseNested(text),
		size: Buffer.isBuffer(rawBody) ? rawBody.length : 0,
		headers: context.getHeaderData(),
		submission: query[SUBMISSION_PARAMETER],
	};
}

const SIGNATURE_HEADER = 'x-webhook-signature';
const TIMESTAMP_HEADER = 'x-webhook-timestamp';

/**
 * Checks Kie's signature: standard Base64 of HMAC-SHA256 over `<task id>.<timestamp>`, with the
 * timestamp's text as received. It covers neither the body nor the address. Pure; never throws.
 *
 * @param check the webhook HMAC key as kie.ai/settings shows it, the one id the callback is about, Unix seconds, and
 * how many of them the sender's clock may differ from ours, either way
 * @returns which check failed, never with the key or the right signature; `null` when all passed
 * @see https://docs.kie.ai/common-api/webhook-verification
 */
export function signatureFault(
	headers: Incoming['headers'],
	{ key, taskId, now, tolerance }: { key: string; taskId: string; now: number; tolerance: number },
): string | null {
	const signature = toText(headers[SIGNATURE_HEADER]);
	const timestamp = toText(headers[TIMESTAMP_HEADER]);
	if (signature === null) return 'the header X-Webhook-Signature is missing';
	if (timestamp === null) return 'the header X-Webhook-Timestamp is missing';
	if (!/^\d{1,12}$/.test(timestamp)) return 'the header X-Webhook-Timestamp is not Unix seconds';

	const expected = createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64');
	if (!equalInConstantTime(signature, expected)) {
		return "the signature does not match the task ID, the timestamp and the credential's 'Webhook HMAC Key'";
	}
	// After the signature, so that "stale" in the log means: from Kie, but late.
	const age = now - Number(timestamp);
	if (Math.abs(age) > tolerance) {
		const when = age > 0 ? `${age} s old` : `${-age} s in the future`;
		return `the signed time is ${when}, more than the ${tolerance} s of 'Tolerance'`;
	}
	return null;
}

/** Whether a request claims to be signed by Kie. Either of the two headers is a claim. */
export function hasSignature(headers: Incoming['headers']): boolean {
	return [SIGNATURE_HEADER, TIMESTAMP_HEADER].some((name) => headers[name] !== undefined);
}

/**
 * Signature -> digest of the body by our part of the address. As many as Kie can sign within the clock tolerance,
 * many times over. In memory, because a signature is good for a few minutes only. One for all receivers: what was
 * signed for one workflow does not prove anything for another.
 */
const bodiesSigned = new BoundedMap<string, Map<string, string>>(10_000);

/**
 * Whether a signature came with another body before. Kie signs a callback's task id and time, not its body, so a
 * captured signature could otherwise be sent again with a forged body. Videos of one task that end in the same second
 * share a signature: if our part of the address tells them apart, each may have its own body.
 * Call it only for a callback whose signature and address are valid.
 */
export function isReplayed({ headers, body, submission }: Incoming): boolean {
	const signature = toText(headers[SIGNATURE_HEADER]);
	if (signature === null) return false;
	const digests = bodiesSigned.get(signature) ?? new Map<string, string>();
	bodiesSigned.set(signature, digests);
	// As JSON: spaces change nothing.
	const text = JSON.stringify(body ?? null);
	const digest = createHash('sha256').update(text).digest('base64');
	const address = String(submission ?? '');
	// Kie repeats a callback at the same address. Only ours with our part left out is shorter.
	if (address === '' && digests.size > 0 && !digests.has('')) return true;
	if ((digests.get(address) ?? digest) !== digest) return true;
	digests.set(address, digest);
	return false;
}
