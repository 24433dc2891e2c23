import type { UnreachedReason } from '../meaning/answer';
import type { LostReason, NetworkFault, UnsentReason } from '../meaning/fault';
import { isJsonObject, toNumber, type JsonObject } from '../meaning/guards';
import { UNREACHED_STATUSES } from './statuses';

/**
 * Why a request got no complete answer, and whether it certainly reached nobody. A paid request may be
 * sent again only in that case, so nothing uncertain is ever reported as certain.
 *
 * n8n 2.x keeps the original error as `cause`. n8n 1.120 and later drop it: only its code is left, in
 * `httpCode`, and its message, in `messages`. Both are read on both. The error can hold the request with
 * its Authorization header, so nothing but names, codes and Node.js's own sentences is read.
 *
 * Pure; never throws.
 */
export function networkFaultOf(error: unknown): NetworkFault {
	const levels = levelsOf(error);
	const [status] = levels.flatMap(statusesOf);
	if (status !== undefined) return cutAnswer(status);

	const sentences = levels.flatMap(sentencesOf);
	const sign = UNSENT_SIGNS.find(([pattern]) => sentences.some((text) => pattern.test(text)));
	if (sign) return unsent(sign[1]);
	const codes = levels.flatMap(codesOf);
	const verdict = codes.find((code) => UNSENT_CODES.has(code));
	if (verdict !== undefined) return unsent(UNSENT_CODES.get(verdict) ?? 'noConnection', verdict);

	const [code] = codes;
	if (failedWhileConnecting(levels, sentences) || levels.some(waitsForConnection)) {
		const reason = CONNECT_REASONS.get(code ?? '');
		return reason ? unsent(reason, targetIn(sentences)) : unsent('noConnection', code);
	}
	if (code === undefined) return lost('incomplete');
	if (code.startsWith('HPE_')) return lost('notHttp');
	const reason = LOST_REASONS.get(code);
	return reason ? lost(reason) : lost('other', code);
}

function unsent(reason: UnsentReason, detail?: string): NetworkFault {
	return { reason, unreached: UNREACHED[reason], ...(detail === undefined ? {} : { detail }) };
}

function lost(reason: LostReason, detail?: string): NetworkFault {
	return { reason, ...(detail === undefined ? {} : { detail }) };
}

/** An answer had begun. Its status says whose it was, even if the rest never came or could not be read. */
function cutAnswer(status: number): NetworkFault {
	const unreached = UNREACHED_STATUSES.get(status);
	if (unreached === undefined) return lost('cutAnswer');
	return { ...lost('cutAnswer', `HTTP ${status}`), unreached };
}

/** Deeper than n8n, axios and Node.js together ever nest. */
const MAX_DEPTH = 8;

/** The error, what caused it, and the errors it stands for, outermost first. */
function levelsOf(error: unknown, depth = 0): JsonObject[] {
	if (!isJsonObject(error) || depth > MAX_DEPTH) return [];
	const members: unknown[] = Array.isArray(error.errors) ? error.errors : [];
	const inner = [error.cause, ...members].flatMap((one) => levelsOf(one, depth + 1));
	return [error, ...inner];
}

function statusesOf({ status, httpCode }: JsonObject): number[] {
	const given = [status, httpCode].map(toNumber).filter((code) => code !== null);
	return given.filter((code) => code >= 100 && code <= 599);
}

/** Names and messages. An error that stands for several has theirs in one, with a separator. */
function sentencesOf({ name, message, messages }: JsonObject): string[] {
	const all: unknown[] = Array.isArray(messages) ? messages : [];
	const given = [name, message, ...all].filter((one) => typeof one === 'string');
	return given.flatMap((text) => text.split(/ \| |; /));
}

function codesOf({ code, httpCode }: JsonObject): string[] {
	const given = [code, httpCode].filter((one) => typeof one === 'string');
	return given.filter((one) => /^[A-Z][A-Z0-9_]+$/.test(one));
}

/**
 * Whether `connect` or `getaddrinfo` is what failed, and nothing later. The code alone does not say so:
 * "read ECONNREFUSED", "read ETIMEDOUT" and the like come after the whole request was received.
 */
function failedWhileConnecting(levels: JsonObject[], sentences: string[]): boolean {
	const steps = [
		...levels.map(({ syscall }) => syscall).filter((one) => typeof one === 'string'),
		...sentences.flatMap((text) => STEP.exec(text)?.[1] ?? []),
	];
	return steps.length > 0 && steps.every((step) => step === 'connect' || step === 'getaddrinfo');
}

/** "connect ECONNREFUSED 192.0.2.1:443". */
const STEP = /^(connect|getaddrinfo|read|write) E[A-Z_]+(?: ([\w.:-]+))?/;

function targetIn(sentences: string[]): string | undefined {
	return sentences.flatMap((text) => STEP.exec(text)?.[2] ?? [])[0];
}

/**
 * Whether the request was still waiting for a proxy, for TCP or for TLS. Only n8n 2.x lets this be seen,
 * and only over https or a proxy; it also tells n8n's own timeout while connecting from a later one.
 */
function waitsForConnection({ request }: JsonObject): boolean {
	if (!isJsonObject(request) || !('socket' in request)) return false;
	const { socket } = request;
	return socket === null || (isJsonObject(socket) && socket.secureConnecting === true);
}

const UNREACHED: Record<UnsentReason, UnreachedReason> = {
	connectionRefused: 'noConnection',
	noConnectionInTime: 'noConnection',
	hostNotFound: 'noName',
	hostUnreachable: 'noConnection',
	networkUnreachable: 'noConnection',
	connectionForbidden: 'noConnection',
	connectionClosed: 'noConnection',
	noConnection: 'noConnection',
	proxyClosed: 'proxyRefused',
	proxyNotHttp: 'proxyRefused',
	blockedAddress: 'blocked',
	blockedHost: 'blocked',
	invalidKey: 'invalidKey',
	invalidAddress: 'wrongAddress',
	unknownIssuer: 'certificate',
	certificateDates: 'certificate',
	certificateHost: 'certificate',
	certificateRefused: 'certificate',
	noTls: 'wrongAddress',
	tlsMismatch: 'wrongAddress',
};

/** Names and sentences of n8n, Node.js and its proxy agent that come only before anything is sent. */
const UNSENT_SIGNS: ReadonlyArray<[pattern: RegExp, reason: UnsentReason]> = [
	[
		/^SsrfBlockedIpError$|^The request was blocked because it resolves to a restricted IP/,
		'blockedAddress',
	],
	[
		/^SsrfBlockedHostnameError$|^The request was blocked because the destination hostname/,
		'blockedHost',
	],
	[/disconnected before secure TLS connection was established/, 'connectionClosed'],
	[/^Proxy connection ended before receiving CONNECT response/, 'proxyClosed'],
	[/proxy CONNECT response/, 'proxyNotHttp'],
	// The queued request itself is abandoned during the handshake; later faults have other codes.
	[/^write EPROTO .*wrong version number/s, 'noTls'],
	[/^write EPROTO /, 'tlsMismatch'],
];

/** The request could not be built, or the certificate was refused before it was sent. */
const UNSENT_CODES = new Map<string, UnsentReason>([
	['ERR_INVALID_CHAR', 'invalidKey'],
	['ERR_INVALID_URL', 'invalidAddress'],
	['ERR_UNESCAPED_CHARACTERS', 'invalidAddress'],
	['ERR_INVALID_PROTOCOL', 'invalidAddress'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknownIssuer'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'unknownIssuer'],
	['UNABLE_TO_GET_ISSUER_CERT', 'unknownIssuer'],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknownIssuer'],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknownIssuer'],
	['CERT_UNTRUSTED', 'unknownIssuer'],
	['CERT_HAS_EXPIRED', 'certificateDates'],
	['CERT_NOT_YET_VALID', 'certificateDates'],
	['ERROR_IN_CERT_NOT_BEFORE_FIELD', 'certificateDates'],
	['ERROR_IN_CERT_NOT_AFTER_FIELD', 'certificateDates'],
	['CRL_HAS_EXPIRED', 'certificateDates'],
	['CRL_NOT_YET_VALID', 'certificateDates'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'certificateHost'],
	['HOSTNAME_MISMATCH', 'certificateHost'],
	['CERT_REVOKED', 'certificateRefused'],
	['CERT_REJECTED', 'certificateRefused'],
	['CERT_SIGNATURE_FAILURE', 'certificateRefused'],
	['CERT_CHAIN_TOO_LONG', 'certificateRefused'],
	['INVALID_CA', 'certificateRefused'],
	['INVALID_PURPOSE', 'certificateRefused'],
	['PATH_LENGTH_EXCEEDED', 'certificateRefused'],
	['UNABLE_TO_GET_CRL', 'certificateRefused'],
	['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'certificateRefused'],
	['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'certificateRefused'],
	['UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'certificateRefused'],
	['CRL_SIGNATURE_FAILURE', 'certificateRefused'],
	['ERROR_IN_CRL_LAST_UPDATE_FIELD', 'certificateRefused'],
	['ERROR_IN_CRL_NEXT_UPDATE_FIELD', 'certificateRefused'],
	['OUT_OF_MEM', 'certificateRefused'],
	// Whatever else OpenSSL finds wrong with a certificate, such as a weak digest: Node.js has the code for nothing else.
	['UNSPECIFIED', 'certificateRefused'],
]);

/** Codes of a connection that was never made. */
const CONNECT_REASONS = new Map<string, UnsentReason>([
	['ECONNREFUSED', 'connectionRefused'],
	['ECONNRESET', 'connectionClosed'],
	['ECONNABORTED', 'noConnectionInTime'],
	['ETIMEDOUT', 'noConnectionInTime'],
	['ENOTFOUND', 'hostNotFound'],
	['EAI_AGAIN', 'hostNotFound'],
	['EHOSTUNREACH', 'hostUnreachable'],
	['ENETUNREACH', 'networkUnreachable'],
	['EACCES', 'connectionForbidden'],
	['EPERM', 'connectionForbidden'],
]);

/** The same and other codes, after a connection was made. */
const LOST_REASONS = new Map<string, LostReason>([
	['ECONNREFUSED', 'connectionLost'],
	['ECONNRESET', 'connectionLost'],
	['EPIPE', 'connectionLost'],
	['EHOSTUNREACH', 'connectionLost'],
	['ENETUNREACH', 'connectionLost'],
	['ECONNABORTED', 'noAnswerInTime'],
	['ETIMEDOUT', 'noAnswerInTime'],
	['ERR_CANCELED', 'stopped'],
]);
