/** Faults that happen before a connection exists: what was to be sent had no effect. */
const NEVER_SENT = new Set([
	'ECONNREFUSED',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
	'EAI_AGAIN',
	// The certificate is checked before the request goes out.
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether a request failed without having reached anybody. */
export function isNeverSent(error: unknown): boolean {
	return NEVER_SENT.has(faultCode(error) ?? '');
}

/**
 * Names a network fault by its code alone. The error object itself can hold the request with its
 * Authorization header, so nothing else of it is passed on.
 */
export function describeNetworkFault(error: unknown): string {
	const code = faultCode(error);
	if (code === undefined) return 'no complete answer';
	return FAULT_TEXTS.get(code) ?? `connection fault ${code}`;
}

function faultCode(error: unknown): string | undefined {
	for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
		if ('code' in cause && typeof cause.code === 'string' && /^[A-Z_0-9]+$/.test(cause.code)) {
			return cause.code;
		}
	}
	return undefined;
}

const FAULT_TEXTS = new Map([
	['ECONNREFUSED', 'connection refused'],
	['ECONNRESET', 'connection lost before the answer'],
	['ECONNABORTED', 'no answer in time'],
	['ETIMEDOUT', 'no answer in time'],
	['ENOTFOUND', 'host name not found'],
	['EAI_AGAIN', 'host name not found'],
]);
