/**
 * Faults that happen before a connection exists: what was to be sent had no effect. Others can come
 * later as well (EHOSTUNREACH) or while a handshake is under way (certificates), which is not certain
 * enough to send a paid request again.
 */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

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
	['EHOSTUNREACH', 'host not reachable'],
	['ENETUNREACH', 'network not reachable'],
]);
