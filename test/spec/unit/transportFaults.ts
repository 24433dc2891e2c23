/** How far the request had got when it failed, as n8n 2.x's error shows it. */
type Stage =
	/** Waiting for a proxy, a connection or TLS. */
	| 'proxy'
	| 'tls'
	/** The connection was ready: over https, or over http, where this is not visible. */
	| 'https'
	| 'http'
	/** n8n made no request. */
	| 'none';

export interface TransportFault {
	name: string;
	/** The message of Node.js, axios or n8n. */
	raw: string;
	/** Of Node.js or axios. */
	code: string | null;
	syscall?: string;
	stage: Stage;
	/** Whether the server had received the whole request. */
	received: boolean;
	/** Of an answer that had begun. */
	status?: number;
	/** Name of the cause. */
	cause?: string;
}

const CONNECT = { syscall: 'connect', received: false } as const;
const LOOKUP = { syscall: 'getaddrinfo', received: false } as const;
const HANDSHAKE = { stage: 'tls', received: false } as const;
const HTTPS = { stage: 'https', received: true } as const;

function certificate(name: string, code: string, raw: string): TransportFault {
	return { name, raw, code, ...HANDSHAKE };
}

function handshake(name: string, raw: string): TransportFault {
	return { name, raw: `write EPROTO ${raw}`, code: 'EPROTO', syscall: 'write', ...HANDSHAKE };
}

function failedConnect(name: string, code: string, stage: Stage): TransportFault {
	return { name, raw: `connect ${code} 192.0.2.1:443`, code, stage, ...CONNECT };
}

function failedLookup(name: string, code: string, stage: Stage): TransportFault {
	return { name, raw: `getaddrinfo ${code} kie.test`, code, stage, ...LOOKUP };
}

function proxyNotHttp(name: string, raw: string): TransportFault {
	return { name, raw, code: null, stage: 'proxy', received: false };
}

/** The status and a part of the page came. */
function cutPage(name: string, status: number): TransportFault {
	const raw = 'stream has been aborted';
	return { name, raw, code: 'ERR_BAD_RESPONSE', status, stage: 'https', received: false };
}

/**
 * Faults as nodes saw them in n8n 1.123.81 and 2.41.1, where servers noted what they had received. Only
 * what differs between them is kept.
 */
export const TRANSPORT_FAULTS: TransportFault[] = [
	failedConnect('refused', 'ECONNREFUSED', 'http'),
	failedConnect('refused over https', 'ECONNREFUSED', 'tls'),
	failedConnect('network unreachable', 'ENETUNREACH', 'tls'),
	failedConnect('host unreachable', 'EHOSTUNREACH', 'tls'),
	failedConnect('forbidden by the machine', 'EACCES', 'tls'),
	failedConnect('another fault while connecting', 'EINVAL', 'tls'),
	failedConnect('no connection in time', 'ETIMEDOUT', 'tls'),
	failedConnect('reset on accept', 'ECONNRESET', 'http'),
	failedLookup('unknown name', 'ENOTFOUND', 'tls'),
	failedLookup('no DNS', 'EAI_AGAIN', 'tls'),
	failedConnect('proxy refused', 'ECONNREFUSED', 'proxy'),
	failedConnect('proxy not reached in time', 'ETIMEDOUT', 'proxy'),
	failedLookup('unknown name of the proxy', 'ENOTFOUND', 'proxy'),
	{
		name: 'several addresses, all unreachable',
		raw: 'connect ETIMEDOUT 192.0.2.1:443 | connect ENETUNREACH 2001:db8::1:443',
		code: 'ETIMEDOUT',
		stage: 'tls',
		...CONNECT,
	},
	{
		name: "n8n's timeout while connecting",
		raw: 'timeout of 60000ms exceeded',
		code: 'ECONNABORTED',
		...HANDSHAKE,
	},
	{
		name: "n8n's timeout while the proxy connects",
		raw: 'timeout of 60000ms exceeded',
		code: 'ECONNABORTED',
		stage: 'proxy',
		received: false,
	},
	certificate('self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'),
	certificate(
		'unknown authority',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
	),
	certificate(
		'unknown authority in the chain',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'self-signed certificate in certificate chain',
	),
	certificate(
		'certificate of another host',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		"Hostname/IP does not match certificate's altnames: Host: kie.test. is not in the cert's altnames: DNS:other.test",
	),
	certificate('expired certificate', 'CERT_HAS_EXPIRED', 'certificate has expired'),
	certificate('revoked certificate', 'CERT_REVOKED', 'certificate revoked'),
	certificate('weak certificate', 'UNSPECIFIED', 'CA signature digest algorithm too weak'),
	certificate(
		'certificate without readable dates',
		'ERROR_IN_CERT_NOT_AFTER_FIELD',
		"format error in certificate's notAfter field",
	),
	certificate(
		'unreadable list of revoked certificates',
		'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
		"unable to decrypt CRL's signature",
	),
	handshake(
		'https to an http port',
		'0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/record.c:354:\n',
	),
	handshake(
		'TLS too old',
		'0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/openssl/rec.c:1605:\n',
	),
	{
		name: 'closed during the handshake',
		raw: 'Client network socket disconnected before secure TLS connection was established',
		code: 'ECONNRESET',
		...HANDSHAKE,
	},
	{
		name: 'reset during the handshake',
		raw: 'read ECONNRESET',
		code: 'ECONNRESET',
		syscall: 'read',
		...HANDSHAKE,
	},
	{
		name: 'proxy closed',
		raw: 'Proxy connection ended before receiving CONNECT response',
		code: null,
		stage: 'proxy',
		received: false,
	},
	proxyNotHttp("proxy's answer without a header", 'No header received from proxy CONNECT response'),
	proxyNotHttp(
		"proxy's answer with a broken header",
		'Invalid header from proxy CONNECT response. Got: "what"',
	),
	{
		name: 'address blocked by n8n',
		raw: 'The request was blocked because it resolves to a restricted IP address',
		code: null,
		stage: 'none',
		received: false,
		cause: 'SsrfBlockedIpError',
	},
	{
		name: 'host name blocked by n8n',
		raw: 'The request was blocked because the destination hostname is restricted',
		code: null,
		stage: 'none',
		received: false,
		cause: 'SsrfBlockedHostnameError',
	},
	{
		name: 'character that no header can hold',
		raw: 'Invalid character in header content ["Authorization"]',
		code: 'ERR_INVALID_CHAR',
		stage: 'none',
		received: false,
	},
	{
		name: 'address that is none',
		raw: 'Invalid URL',
		code: 'ERR_INVALID_URL',
		stage: 'none',
		received: false,
	},
	{
		name: 'reset after the request',
		raw: 'read ECONNRESET',
		code: 'ECONNRESET',
		syscall: 'read',
		...HTTPS,
	},
	{ name: 'closed without an answer', raw: 'socket hang up', code: 'ECONNRESET', ...HTTPS },
	{
		name: 'refused by a firewall after the request',
		raw: 'read ECONNREFUSED',
		code: 'ECONNREFUSED',
		syscall: 'read',
		...HTTPS,
	},
	{
		name: 'unreachable after the request',
		raw: 'read EHOSTUNREACH',
		code: 'EHOSTUNREACH',
		syscall: 'read',
		...HTTPS,
	},
	{
		name: 'packets lost after the request',
		raw: 'read ETIMEDOUT',
		code: 'ETIMEDOUT',
		syscall: 'read',
		stage: 'http',
		received: true,
	},
	{
		name: 'no answer in time',
		raw: 'timeout of 60000ms exceeded',
		code: 'ECONNABORTED',
		...HTTPS,
	},
	{
		name: 'answer cut off',
		raw: 'stream has been aborted',
		code: 'ERR_BAD_RESPONSE',
		status: 200,
		...HTTPS,
	},
	{
		name: 'answer wrongly packed',
		raw: 'incorrect header check',
		code: 'Z_DATA_ERROR',
		status: 200,
		...HTTPS,
	},
	cutPage('answer of a proxy cut off', 407),
	cutPage('answer of a firewall cut off', 403),
	cutPage('redirect cut off', 301),
	cutPage('page of another server cut off', 404),
	{
		name: 'server error cut off',
		raw: 'stream has been aborted',
		code: 'ERR_BAD_RESPONSE',
		status: 502,
		...HTTPS,
	},
	{
		name: 'answer that is not HTTP',
		raw: 'Parse Error: Expected HTTP/, RTSP/ or ICE/',
		code: 'HPE_INVALID_CONSTANT',
		stage: 'http',
		received: true,
	},
	{
		name: 'TLS alert after the handshake',
		raw: '0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/openssl/rec.c:1605:\n',
		code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
		...HTTPS,
	},
	{ name: 'stopped by the user', raw: 'canceled', code: 'ERR_CANCELED', ...HTTPS },
	{ name: 'unknown', raw: 'Something happened', code: null, ...HTTPS },
];

/** n8n has its own sentence for some codes. */
const N8N_SENTENCE = 'The connection to the server was closed unexpectedly, perhaps it is offline';

/** As n8n 1.123 throws it: the cause is dropped. */
export function errorOf1x({ raw, code, status }: TransportFault): Error {
	const httpCode = status === undefined ? code : String(status);
	return Object.assign(new Error(N8N_SENTENCE), {
		name: 'NodeApiError',
		messages: [raw, raw],
		httpCode,
		cause: undefined,
	});
}

/** As n8n 2.x throws it: axios's error is the cause, and Node.js's that one's. */
export function errorOf2x(fault: TransportFault): Error {
	const { raw, code, status, syscall, stage, cause } = fault;
	const own = code === null ? {} : { code };
	const inner = Object.assign(new Error(raw), own, syscall === undefined ? {} : { syscall });
	const outer = Object.assign(
		new Error(raw, { cause: inner }),
		own,
		cause === undefined ? {} : { name: cause },
		status === undefined ? {} : { status },
		stage === 'none' ? {} : { request: new RequestAt(stage) },
	);
	const thrown = new Error(N8N_SENTENCE, { cause: outer });
	return Object.assign(thrown, {
		name: 'NodeApiError',
		messages: [raw, raw],
		httpCode: status === undefined ? code : String(status),
	});
}

/** A request of Node.js 24, which shows its socket by a getter. */
class RequestAt {
	readonly headers = { Authorization: 'Bearer secret' };

	constructor(private readonly stage: Stage) {}

	get socket(): object | null {
		if (this.stage === 'proxy') return null;
		return this.stage === 'http' ? {} : { secureConnecting: this.stage === 'tls' };
	}
}
