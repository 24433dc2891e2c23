import type { UnreachedReason } from '../meaning/answer';
import { isJsonObject, toNumber, type JsonObject } from '../../values';

/**
 * Why a request got no complete answer, and whether it certainly reached nobody. A paid request may be
 * sent again only in that case, so nothing uncertain is ever reported as certain.
 *
 * n8n 2.x keeps the original error as `cause`. n8n 1.120 and later drop it: only its code is left, in
 * `httpCode`, and its message, in `messages`. Both are read on both. The error can hold the request with
 * its Authorization header, so nothing but names, codes and Node.js's own sentences is read.
 *
 * Pure; never throws.
 *
 * @returns `text` for users, with nothing secret in it; `unreached` if the request certainly reached nobody who could
 * act on it
 */
export function networkFaultOf(error: unknown): { text: string; unreached?: UnreachedReason } {
	const levels = levelsOf(error);
	const [status] = levels.flatMap(statusesOf);
	if (status !== undefined) return cutAnswer(status);

	const sentences = levels.flatMap(sentencesOf);
	const codes = levels.flatMap(codesOf);
	const [code = ''] = codes;
	const [target = ''] = sentences.flatMap((text) => STEP.exec(text)?.[2] ?? []);
	const isUnsent = failedWhileConnecting(levels, sentences) || levels.some(waitsForConnection);
	const end = isUnsent ? `unsent ${code} ${target}` : `sent ${code}`;
	const facts = [...sentences, ...codes, end];
	for (const [sign, text, unreached] of SIGNS) {
		const found = facts.map((fact) => sign.exec(fact)).find((match) => match !== null);
		if (found) return { text: withDetail(text, found[1]), unreached };
	}
	return { text: 'no complete answer' };
}

const CLOSED = 'connection closed before anything was sent';

/**
 * The first sign that fits tells the fault; what its group matches is added in brackets. A sign fits
 *
 * - a name or a sentence of n8n, Node.js or its proxy agent, which comes only before anything is sent;
 * - a code that Node.js has only for a request that could not be built or a certificate that was refused;
 * - `unsent` with the code and the target, where the connection was never made;
 * - `sent` with the code, where the request may have been received.
 */
const SIGNS: Array<[sign: RegExp, text: string, unreached?: UnreachedReason]> = [
	[
		/^SsrfBlockedIpError$|^The request was blocked because it resolves to a restricted IP/,
		'n8n blocked the request because it resolves to a restricted IP address',
		'blocked',
	],
	[
		/^SsrfBlockedHostnameError$|^The request was blocked because the destination hostname/,
		'n8n blocked the request because the destination hostname is restricted',
		'blocked',
	],
	[/disconnected before secure TLS connection was established/, CLOSED, 'noConnection'],
	[
		/^Proxy connection ended before receiving CONNECT response/,
		'the proxy closed the connection',
		'proxyRefused',
	],
	[/proxy CONNECT response/, "the proxy's answer was not HTTP", 'proxyRefused'],
	// The queued request itself is abandoned during the handshake; later faults have other codes.
	[
		/^write EPROTO .*wrong version number/s,
		'the address does not speak TLS (https)',
		'wrongAddress',
	],
	[/^write EPROTO /, 'n8n and the host could not agree on TLS', 'wrongAddress'],
	[/^(ERR_INVALID_CHAR)$/, 'the API key has a character that cannot be sent', 'invalidKey'],
	[
		/^(ERR_(?:INVALID_URL|UNESCAPED_CHARACTERS|INVALID_PROTOCOL))$/,
		'the address cannot be used',
		'wrongAddress',
	],
	[
		/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER_CERT(?:_LOCALLY)?|VERIFY_LEAF_SIGNATURE)|CERT_UNTRUSTED)$/,
		'n8n does not trust the issuer of the certificate',
		'certificate',
	],
	[
		/^((?:CERT|CRL)_(?:HAS_EXPIRED|NOT_YET_VALID)|ERROR_IN_CERT_NOT_(?:BEFORE|AFTER)_FIELD)$/,
		'the certificate has expired or is not valid yet',
		'certificate',
	],
	[
		/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
		'the certificate is for another host',
		'certificate',
	],
	// UNSPECIFIED: whatever else OpenSSL finds wrong with a certificate, such as a weak digest. Node.js has it for
	// nothing else.
	[
		/^(CERT_(?:REVOKED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED|OUT_OF_MEM|UNSPECIFIED|UNABLE_TO_(?:GET_CRL|DECRYPT_(?:CERT|CRL)_SIGNATURE|DECODE_ISSUER_PUBLIC_KEY)|CRL_SIGNATURE_FAILURE|ERROR_IN_CRL_(?:LAST|NEXT)_UPDATE_FIELD)$/,
		'the certificate is not valid',
		'certificate',
	],
	[/^unsent ECONNREFUSED (.*)/, 'connection refused', 'noConnection'],
	[/^unsent ECONNRESET (.*)/, CLOSED, 'noConnection'],
	[/^unsent (?:ECONNABORTED|ETIMEDOUT) (.*)/, 'no connection in time', 'noConnection'],
	[/^unsent (?:ENOTFOUND|EAI_AGAIN) (.*)/, 'host name not found', 'noName'],
	[/^unsent EHOSTUNREACH (.*)/, 'host not reachable', 'noConnection'],
	[/^unsent ENETUNREACH (.*)/, 'network not reachable', 'noConnection'],
	[/^unsent (?:EACCES|EPERM) (.*)/, 'this machine forbids the connection', 'noConnection'],
	[/^unsent (\S*)/, 'no connection', 'noConnection'],
	[
		/^sent (?:ECONNREFUSED|ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH)$/,
		'connection lost before the answer',
	],
	[/^sent (?:ECONNABORTED|ETIMEDOUT)$/, 'no answer in time'],
	[/^sent ERR_CANCELED$/, 'stopped before the answer'],
	[/^sent HPE_/, 'the answer was not HTTP'],
	[/^sent (\S+)/, 'connection fault'],
];

/**
 * n8n replaces a message by a sentence of its own if one of these is anywhere in it, in capitals or not. The user
 * would read neither the cause nor what may have been paid for, so no text may have them.
 */
const REPLACED_BY_N8N =
	/ECONN(?:ABORTED|REFUSED|RESET)|E(?:ACCES|ADDRNOTAVAIL|AI_AGAIN|EXIST|HOSTUNREACH|ISDIR|NOENT|NOTDIR|NOTFOUND|PERM|TIMEDOUT)|ERRADDRINUSE|GETADDRINFO/i;

function withDetail(text: string, detail = ''): string {
	return detail === '' || REPLACED_BY_N8N.test(detail) ? text : `${text} (${detail})`;
}

/** An answer had begun. Its status says whose it was, even if the rest never came or could not be read. */
function cutAnswer(status: number): ReturnType<typeof networkFaultOf> {
	const unreached = UNREACHED_STATUSES.get(status);
	const text = 'the answer was cut off';
	return unreached === undefined ? { text } : { text: `${text} (HTTP ${status})`, unreached };
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

/**
 * Whether the request was still waiting for a proxy, for TCP or for TLS. Only n8n 2.x lets this be seen,
 * and only over https or a proxy; it also tells n8n's own timeout while connecting from a later one.
 */
function waitsForConnection({ request }: JsonObject): boolean {
	if (!isJsonObject(request) || !('socket' in request)) return false;
	const { socket } = request;
	return socket === null || (isJsonObject(socket) && socket.secureConnecting === true);
}

/**
 * An answer with one of these HTTP statuses that is not Kie's: the request did not reach Kie's API,
 * even if only a part of the answer is known. Kie's own answers are JSON with a code, whatever the status.
 */
const UNREACHED_STATUSES = new Map<number, UnreachedReason>([
	...[301, 302, 303, 307, 308, 400, 404, 405].map((status) => [status, 'wrongAddress'] as const),
	[401, 'accessDenied'],
	[403, 'accessDenied'],
	[407, 'proxyLogin'],
]);

/** These can also be said of a request that was passed on, or has been received before. */
const UNCERTAIN: readonly number[] = [408, 409, 425, 429, 499];

/**
 * Why a whole answer that is not Kie's says that the request did not reach Kie's API; `undefined` if it does not
 * say so. A server that refuses the request itself does not pass it on.
 */
export function refusalOf(status: number): UnreachedReason | undefined {
	const isRefusal = status >= 400 && status <= 499 && !UNCERTAIN.includes(status);
	return UNREACHED_STATUSES.get(status) ?? (isRefusal ? 'wrongAddress' : undefined);
}
