import type { EnvelopeFault, NetworkFault } from '../kie/meaning/fault';

/* What went wrong between n8n and Kie.ai. Other messages quote it. */

const NETWORK_FAULTS: Record<Exclude<NetworkFault['reason'], 'otherCode'>, string> = {
	connectionRefused: 'connection refused',
	connectionLost: 'connection lost before the answer',
	noAnswerInTime: 'no answer in time',
	hostNotFound: 'host name not found',
	hostUnreachable: 'host not reachable',
	networkUnreachable: 'network not reachable',
	incomplete: 'no complete answer',
};

const ENVELOPE_FAULTS: Record<EnvelopeFault['reason'], string> = {
	empty: 'empty answer',
	webPage: 'a web page instead of JSON',
	notJson: 'unreadable JSON',
	unexpectedJson: 'unexpected JSON',
};

/** A fault in the place of Kie's words. */
export function faultText(fault: NetworkFault | EnvelopeFault): string {
	if ('status' in fault) return `${ENVELOPE_FAULTS[fault.reason]} (HTTP ${fault.status})`;
	return fault.reason === 'otherCode'
		? `connection fault ${fault.code}`
		: NETWORK_FAULTS[fault.reason];
}
