import type { EnvelopeFault, NetworkFault } from '../kie/meaning/fault';

/* What went wrong between n8n and Kie.ai. Other messages quote it. */

const NETWORK_FAULTS: Record<NetworkFault['reason'], string> = {
	connectionRefused: 'connection refused',
	noConnectionInTime: 'no connection in time',
	hostNotFound: 'host name not found',
	hostUnreachable: 'host not reachable',
	networkUnreachable: 'network not reachable',
	connectionForbidden: 'this machine forbids the connection',
	connectionClosed: 'connection closed before anything was sent',
	noConnection: 'no connection',
	proxyClosed: 'the proxy closed the connection',
	proxyNotHttp: "the proxy's answer was not HTTP",
	blockedAddress: 'n8n blocked the request because it resolves to a restricted IP address',
	blockedHost: 'n8n blocked the request because the destination hostname is restricted',
	invalidKey: 'the API key has a character that cannot be sent',
	invalidAddress: 'the address cannot be used',
	unknownIssuer: 'n8n does not trust the issuer of the certificate',
	certificateDates: 'the certificate has expired or is not valid yet',
	certificateHost: 'the certificate is for another host',
	certificateRefused: 'the certificate is not valid',
	noTls: 'the address does not speak TLS (https)',
	tlsMismatch: 'n8n and the host could not agree on TLS',
	connectionLost: 'connection lost before the answer',
	noAnswerInTime: 'no answer in time',
	cutAnswer: 'the answer was cut off',
	notHttp: 'the answer was not HTTP',
	stopped: 'stopped before the answer',
	other: 'connection fault',
	incomplete: 'no complete answer',
};

const ENVELOPE_FAULTS: Record<EnvelopeFault['reason'], string> = {
	empty: 'empty answer',
	webPage: 'a web page instead of JSON',
	notJson: 'unreadable JSON',
	unexpectedJson: 'unexpected JSON',
};

/** A fault, as a text that replaces Kie's words. */
export function faultText(fault: NetworkFault | EnvelopeFault): string {
	if ('status' in fault) return `${ENVELOPE_FAULTS[fault.reason]} (HTTP ${fault.status})`;
	const { reason, detail } = fault;
	return detail === undefined ? NETWORK_FAULTS[reason] : `${NETWORK_FAULTS[reason]} (${detail})`;
}
