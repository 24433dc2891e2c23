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

/** Where it failed, and whether the server had the whole request. */
const AT_PROXY = { stage: 'proxy', received: false } as const;
const HANDSHAKE = { stage: 'tls', received: false } as const;
const UNMADE = { stage: 'none', received: false } as const;
const SENT = { stage: 'https', received: true } as const;
const SENT_BY_HTTP = { stage: 'http', received: true } as const;
/** A part of an answer came, of another server than Kie's. */
const FOREIGN = { stage: 'https', received: false } as const;

type Where = Pick<TransportFault, 'stage' | 'received'>;

function fault(name: string, raw: string, code: string | null, where: Where): TransportFault {
	return { name, raw, code, ...where };
}

/** Before anything is sent. */
function unconnected(name: string, code: string, stage: Stage): TransportFault {
	return { name, raw: `connect ${code} 192.0.2.1:443`, code, syscall: 'connect', ...before(stage) };
}

function unnamed(name: string, code: string, stage: Stage): TransportFault {
	return {
		name,
		raw: `getaddrinfo ${code} kie.test`,
		code,
		syscall: 'getaddrinfo',
		...before(stage),
	};
}

function before(stage: Stage): Where {
	return { stage, received: false };
}

function handshake(name: string, raw: string): TransportFault {
	return { ...fault(name, `write EPROTO ${raw}`, 'EPROTO', HANDSHAKE), syscall: 'write' };
}

function unread(name: string, code: string, where: Where = SENT): TransportFault {
	return { ...fault(name, `read ${code}`, code, where), syscall: 'read' };
}

/** The status and a part of the page came. */
function cut(name: string, status: number, where: Where = FOREIGN): TransportFault {
	return { ...fault(name, 'stream has been aborted', 'ERR_BAD_RESPONSE', where), status };
}

function blocked(name: string, why: string, cause: string): TransportFault {
	return { ...fault(name, `The request was blocked because ${why}`, null, UNMADE), cause };
}

const TIMED_OUT = ['timeout of 60000ms exceeded', 'ECONNABORTED'] as const;

/**
 * Faults as nodes saw them in n8n 1.123.81 and 2.41.1, where servers noted what they had received. Only
 * what differs between them is kept.
 */
export const TRANSPORT_FAULTS: TransportFault[] = [
	unconnected('refused', 'ECONNREFUSED', 'http'),
	unconnected('refused over https', 'ECONNREFUSED', 'tls'),
	unconnected('network unreachable', 'ENETUNREACH', 'tls'),
	unconnected('host unreachable', 'EHOSTUNREACH', 'tls'),
	unconnected('forbidden by the machine', 'EACCES', 'tls'),
	unconnected('another fault while connecting', 'EINVAL', 'tls'),
	unconnected('no connection in time', 'ETIMEDOUT', 'tls'),
	unconnected('reset on accept', 'ECONNRESET', 'http'),
	unnamed('unknown name', 'ENOTFOUND', 'tls'),
	unnamed('no DNS', 'EAI_AGAIN', 'tls'),
	unconnected('proxy refused', 'ECONNREFUSED', 'proxy'),
	unconnected('proxy not reached in time', 'ETIMEDOUT', 'proxy'),
	unnamed('unknown name of the proxy', 'ENOTFOUND', 'proxy'),
	{
		...unconnected('several addresses, all unreachable', 'ETIMEDOUT', 'tls'),
		raw: 'connect ETIMEDOUT 192.0.2.1:443 | connect ENETUNREACH 2001:db8::1:443',
	},
	fault("n8n's timeout while connecting", ...TIMED_OUT, HANDSHAKE),
	fault("n8n's timeout while the proxy connects", ...TIMED_OUT, AT_PROXY),
	fault('self-signed', 'self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', HANDSHAKE),
	fault(
		'unknown authority',
		'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		HANDSHAKE,
	),
	fault(
		'unknown authority in the chain',
		'self-signed certificate in certificate chain',
		'SELF_SIGNED_CERT_IN_CHAIN',
		HANDSHAKE,
	),
	fault(
		'certificate of another host',
		"Hostname/IP does not match certificate's altnames: Host: kie.test. is not in the cert's altnames: DNS:other.test",
		'ERR_TLS_CERT_ALTNAME_INVALID',
		HANDSHAKE,
	),
	fault('expired certificate', 'certificate has expired', 'CERT_HAS_EXPIRED', HANDSHAKE),
	fault('revoked certificate', 'certificate revoked', 'CERT_REVOKED', HANDSHAKE),
	fault('weak certificate', 'CA signature digest algorithm too weak', 'UNSPECIFIED', HANDSHAKE),
	fault(
		'certificate without readable dates',
		"format error in certificate's notAfter field",
		'ERROR_IN_CERT_NOT_AFTER_FIELD',
		HANDSHAKE,
	),
	fault(
		'unreadable list of revoked certificates',
		"unable to decrypt CRL's signature",
		'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
		HANDSHAKE,
	),
	handshake(
		'https to an http port',
		'0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/record.c:354:\n',
	),
	handshake(
		'TLS too old',
		'0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/openssl/rec.c:1605:\n',
	),
	fault(
		'closed during the handshake',
		'Client network socket disconnected before secure TLS connection was established',
		'ECONNRESET',
		HANDSHAKE,
	),
	unread('reset during the handshake', 'ECONNRESET', HANDSHAKE),
	fault('proxy closed', 'Proxy connection ended before receiving CONNECT response', null, AT_PROXY),
	fault(
		"proxy's answer without a header",
		'No header received from proxy CONNECT response',
		null,
		AT_PROXY,
	),
	fault(
		"proxy's answer with a broken header",
		'Invalid header from proxy CONNECT response. Got: "what"',
		null,
		AT_PROXY,
	),
	blocked('address blocked by n8n', 'it resolves to a restricted IP address', 'SsrfBlockedIpError'),
	blocked(
		'host name blocked by n8n',
		'the destination hostname is restricted',
		'SsrfBlockedHostnameError',
	),
	fault(
		'character that no header can hold',
		'Invalid character in header content ["Authorization"]',
		'ERR_INVALID_CHAR',
		UNMADE,
	),
	fault('address that is none', 'Invalid URL', 'ERR_INVALID_URL', UNMADE),
	unread('reset after the request', 'ECONNRESET'),
	fault('closed without an answer', 'socket hang up', 'ECONNRESET', SENT),
	unread('refused by a firewall after the request', 'ECONNREFUSED'),
	unread('unreachable after the request', 'EHOSTUNREACH'),
	unread('packets lost after the request', 'ETIMEDOUT', SENT_BY_HTTP),
	fault('no answer in time', ...TIMED_OUT, SENT),
	cut('answer cut off', 200, SENT),
	{
		...fault('answer wrongly packed', 'incorrect header check', 'Z_DATA_ERROR', SENT),
		status: 200,
	},
	cut('answer of a proxy cut off', 407),
	cut('answer of a firewall cut off', 403),
	cut('redirect cut off', 301),
	cut('page of another server cut off', 404),
	cut('server error cut off', 502, SENT),
	fault(
		'answer that is not HTTP',
		'Parse Error: Expected HTTP/, RTSP/ or ICE/',
		'HPE_INVALID_CONSTANT',
		SENT_BY_HTTP,
	),
	fault(
		'TLS alert after the handshake',
		'0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/openssl/rec.c:1605:\n',
		'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
		SENT,
	),
	fault('stopped by the user', 'canceled', 'ERR_CANCELED', SENT),
	fault('unknown', 'Something happened', null, SENT),
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
