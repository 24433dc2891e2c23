import { createHmac } from 'crypto';

import { equalInConstantTime } from '../../addresses/token';

/** The headers of a request, names in any case. */
export type Headers = { [name: string]: unknown };

export interface SignatureCheck {
	/** The webhook HMAC key as kie.ai/settings shows it. */
	key: string;
	/** The one id the callback is about. */
	taskId: string;
	headers: Headers;
	/** Unix seconds. */
	now: number;
	/** Seconds the sender's clock may differ from ours, either way. */
	tolerance: number;
}

const SIGNATURE_HEADER = 'X-Webhook-Signature';
const TIMESTAMP_HEADER = 'X-Webhook-Timestamp';

/**
 * Checks Kie's signature: standard Base64 of HMAC-SHA256 over `<task id>.<timestamp>`, with the
 * timestamp's text as received. It covers neither the body nor the address. Pure; never throws.
 *
 * @returns which check failed, never with the key or the right signature; `null` when all passed
 * @see https://docs.kie.ai/common-api/webhook-verification
 */
export function signatureFault(check: SignatureCheck): string | null {
	const signature = headerText(check.headers, SIGNATURE_HEADER);
	const timestamp = headerText(check.headers, TIMESTAMP_HEADER);
	if (signature === null) return `the header ${SIGNATURE_HEADER} is missing`;
	if (timestamp === null) return `the header ${TIMESTAMP_HEADER} is missing`;
	if (!/^\d{1,12}$/.test(timestamp)) return `the header ${TIMESTAMP_HEADER} is not Unix seconds`;

	const expected = createHmac('sha256', check.key)
		.update(`${check.taskId}.${timestamp}`)
		.digest('base64');
	if (!equalInConstantTime(signature, expected)) {
		return "the signature does not match the task ID, the timestamp and the credential's 'Webhook HMAC Key'";
	}
	// After the signature, so that "stale" in the log means: from Kie, but late.
	const age = check.now - Number(timestamp);
	if (Math.abs(age) > check.tolerance) {
		const when = age > 0 ? `${age} s old` : `${-age} s in the future`;
		return `the signed time is ${when}, more than the ${check.tolerance} s of 'Tolerance'`;
	}
	return null;
}

/** Kie's signature of a request; `null` without one, or with several. */
export function signatureOf(headers: Headers): string | null {
	return headerText(headers, SIGNATURE_HEADER);
}

/** Whether a request claims to be signed by Kie. Either of the two headers is a claim. */
export function hasSignature(headers: Headers): boolean {
	const claims = [SIGNATURE_HEADER, TIMESTAMP_HEADER].map((name) => name.toLowerCase());
	return Object.keys(headers).some((name) => claims.includes(name.toLowerCase()));
}

function headerText(headers: Headers, name: string): string | null {
	const wanted = name.toLowerCase();
	const values = Object.entries(headers)
		.filter(([header]) => header.toLowerCase() === wanted)
		.map(([, value]) => value);
	const [value] = values;
	// Several values, or one header in two spellings: which one is meant is unclear.
	return values.length === 1 && typeof value === 'string' && value !== '' ? value : null;
}
