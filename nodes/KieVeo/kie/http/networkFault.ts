import type { NetworkFault } from '../meaning/fault';

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
export function networkFaultOf(error: unknown): NetworkFault {
	const code = faultCode(error);
	if (code === undefined) return { reason: 'incomplete' };
	const reason = REASONS.get(code);
	return reason === undefined ? { reason: 'otherCode', code } : { reason };
}

function faultCode(error: unknown): string | undefined {
	for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
		if ('code' in cause && typeof cause.code === 'string' && /^[A-Z_0-9]+$/.test(cause.code)) {
			return cause.code;
		}
	}
	return undefined;
}

const REASONS = new Map<string, Exclude<NetworkFault['reason'], 'otherCode'>>([
	['ECONNREFUSED', 'connectionRefused'],
	['ECONNRESET', 'connectionLost'],
	['ECONNABORTED', 'noAnswerInTime'],
	['ETIMEDOUT', 'noAnswerInTime'],
	['ENOTFOUND', 'hostNotFound'],
	['EAI_AGAIN', 'hostNotFound'],
	['EHOSTUNREACH', 'hostUnreachable'],
	['ENETUNREACH', 'networkUnreachable'],
]);
