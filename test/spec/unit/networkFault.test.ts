import { NodeOperationError, type INode } from 'n8n-workflow';

import { networkFaultOf } from '../../../nodes/KieVeo/kie/http/networkFault';
import { toNodeError } from '../../../nodes/KieVeo/messages/error';
import { errorOf, fakeKie, GENERATE, workOf } from './fakeKie';
import { errorOf1x, errorOf2x, TRANSPORT_FAULTS, type TransportFault } from './transportFaults';

type Expected = [
	/** Whether the request is sent again. */
	again: 'again' | 'once',
	/** In the message. */
	words: string,
	/** In the advice. */
	advice: string,
];

const NODE = { name: 'Kie.ai', type: 'x.kieVeo', parameters: {} } as unknown as INode;
const NETWORK = "Check this n8n's network";
const DNS = "Check this n8n's DNS";
const LOST: [string, string] = ['may have been started and paid for', 'https://kie.ai/logs'];

/** What Generate does and says. */
const EXPECTED: { [name: string]: Expected } = {
	refused: ['again', 'connection refused (192.0.2.1:443)', NETWORK],
	'refused over https': ['again', 'connection refused (192.0.2.1:443)', NETWORK],
	'network unreachable': ['again', 'network not reachable (192.0.2.1:443)', NETWORK],
	'host unreachable': ['again', 'host not reachable (192.0.2.1:443)', NETWORK],
	'forbidden by the machine': ['again', 'this machine forbids the connection (192', NETWORK],
	'another fault while connecting': ['again', 'no connection (EINVAL)', NETWORK],
	'no connection in time': ['again', 'no connection in time (192.0.2.1:443)', NETWORK],
	'reset on accept': ['again', 'closed before anything was sent (192.0.2.1:443)', NETWORK],
	'unknown name': ['again', 'host name not found (kie.test)', DNS],
	'no DNS': ['again', 'host name not found (kie.test)', DNS],
	'proxy refused': ['again', 'connection refused (192.0.2.1:443)', 'HTTPS_PROXY'],
	'proxy not reached in time': ['again', 'no connection in time (192.0.2.1:443)', 'HTTPS_PROXY'],
	'unknown name of the proxy': ['again', 'host name not found (kie.test)', 'HTTPS_PROXY'],
	'several addresses, all unreachable': ['again', 'no connection in time (192.0.2.1', NETWORK],
	"n8n's timeout while connecting": ['again', 'no connection in time', NETWORK],
	"n8n's timeout while the proxy connects": ['again', 'no connection in time', NETWORK],
	'self-signed': ['once', 'does not trust the issuer', 'NODE_EXTRA_CA_CERTS'],
	'unknown authority': ['once', 'does not trust the issuer', 'NODE_EXTRA_CA_CERTS'],
	'unknown authority in the chain': ['once', 'does not trust the issuer', 'NODE_EXTRA_CA_CERTS'],
	'certificate of another host': ['once', 'is for another host', "'Base URL'"],
	'expired certificate': ['once', 'has expired', 'the clock of this machine'],
	'revoked certificate': ['once', 'the certificate is not valid', 'NODE_EXTRA_CA_CERTS'],
	'weak certificate': ['once', 'the certificate is not valid', 'NODE_EXTRA_CA_CERTS'],
	'certificate without readable dates': ['once', 'has expired', 'the clock of this machine'],
	'unreadable list of revoked certificates': ['once', 'is not valid', 'NODE_EXTRA_CA_CERTS'],
	'https to an http port': ['once', 'does not speak TLS', "'Base URL'"],
	'TLS too old': ['once', 'could not agree on TLS', "'Base URL'"],
	'closed during the handshake': ['again', 'closed before anything was sent', NETWORK],
	'reset during the handshake': ['again', 'closed before anything was sent', NETWORK],
	'proxy closed': ['once', 'the proxy closed the connection', 'HTTPS_PROXY'],
	"proxy's answer without a header": ['once', "the proxy's answer was not HTTP", 'HTTPS_PROXY'],
	"proxy's answer with a broken header": ['once', "the proxy's answer was not", 'HTTPS_PROXY'],
	'address blocked by n8n': ['once', 'restricted IP address', 'N8N_SSRF_ALLOWED_IP_RANGES'],
	'host name blocked by n8n': ['once', 'hostname is restricted', 'N8N_SSRF_ALLOWED_HOSTNAMES'],
	'character that no header can hold': ['once', 'cannot be sent', 'https://kie.ai/api-key'],
	'address that is none': ['once', 'the address cannot be used', "'Base URL'"],
	'reset after the request': ['once', ...LOST],
	'closed without an answer': ['once', ...LOST],
	'refused by a firewall after the request': ['once', ...LOST],
	'unreachable after the request': ['once', ...LOST],
	'packets lost after the request': ['once', ...LOST],
	'no answer in time': ['once', ...LOST],
	'answer cut off': ['once', ...LOST],
	'answer wrongly packed': ['once', ...LOST],
	'answer of a proxy cut off': ['once', 'cut off (HTTP 407)', 'user name and a password'],
	'answer of a firewall cut off': ['once', 'cut off (HTTP 403)', 'ask its administrator'],
	'redirect cut off': ['once', 'cut off (HTTP 301)', "'Base URL'"],
	'page of another server cut off': ['once', 'cut off (HTTP 404)', "'Base URL'"],
	'server error cut off': ['once', ...LOST],
	'answer that is not HTTP': ['once', ...LOST],
	'TLS alert after the handshake': ['once', ...LOST],
	'stopped by the user': ['once', ...LOST],
	unknown: ['once', ...LOST],
};

/** What n8n 1.x leaves of these faults is the same as of faults after the request. */
const UNCERTAIN_ON_1X = [
	"n8n's timeout while connecting",
	"n8n's timeout while the proxy connects",
	'reset during the handshake',
];

const LINES = [
	{ line: '1.x', errorOf: errorOf1x },
	{ line: '2.x', errorOf: errorOf2x },
];

async function generate(error: Error) {
	const kie = fakeKie([error]);
	return { thrown: await errorOf(workOf(GENERATE, kie).submit()), calls: kie.calls };
}

describe.each(LINES)('Generate in n8n $line', ({ line, errorOf }) => {
	const expectedOf = ({ name }: TransportFault): Expected => {
		if (line === '1.x' && UNCERTAIN_ON_1X.includes(name)) return ['once', ...LOST];
		const expected = EXPECTED[name];
		if (!expected) throw new Error(`${name} is not in the table`);
		return expected;
	};

	it.each(TRANSPORT_FAULTS)(
		'names the cause, the next step and what may have been paid after: $name',
		async (fault) => {
			const [again, words, advice] = expectedOf(fault);
			const { thrown, calls } = await generate(errorOf(fault));
			expect(thrown.message).toContain(words);
			expect(thrown.description).toContain(advice);
			expect(calls.length > 1).toBe(again === 'again');
			expect(thrown.message + thrown.description).not.toContain('secret');
			// n8n has sentences of its own for some messages.
			expect(toNodeError(NODE, thrown).message).toBe(thrown.message);
			const isUncertain = line === '1.x' && UNCERTAIN_ON_1X.includes(fault.name);
			expect(thrown.mayBePaid).toBe(fault.received || isUncertain);
			expect(thrown.message.includes('paid for')).toBe(thrown.mayBePaid);
			expect(thrown.description.includes('Nothing was started')).toBe(!thrown.mayBePaid);
		},
	);
});

describe('a network fault', () => {
	const REPLACED = [
		'ECONNABORTED ECONNREFUSED ECONNRESET ENOTFOUND ETIMEDOUT ERRADDRINUSE EADDRNOTAVAIL EHOSTUNREACH',
		'EAI_AGAIN ENOENT EISDIR ENOTDIR EACCES EEXIST EPERM GETADDRINFO',
	].flatMap((codes) => codes.split(' '));
	it.each(REPLACED)('is told without %s, for which n8n would replace the whole message', (code) => {
		const shown = (text: string) => new NodeOperationError(NODE, text).message;
		expect(shown(`Lost: connection fault (${code})`)).not.toContain('Lost');
		for (const syscall of ['connect', 'read']) {
			const { text } = networkFaultOf(Object.assign(new Error(code), { code, syscall }));
			expect(shown(text)).toBe(text);
		}
	});

	it.each([
		['nothing', undefined],
		['null', null],
		['a text', 'connect ECONNREFUSED 127.0.0.1:1'],
		['an empty object', {}],
		['an object whose fields have other types', { code: 5, messages: 'x', errors: 'x', cause: 1 }],
	])('is not certain from %s', (_what, thrown) => {
		expect(networkFaultOf(thrown)).toEqual({ text: 'no complete answer' });
	});

	it('is found in an error that is its own cause', () => {
		const loop: Error & { code?: string } = new Error('read ECONNRESET');
		loop.code = 'ECONNRESET';
		loop.cause = loop;
		expect(networkFaultOf(loop)).toEqual({ text: 'connection lost before the answer' });
	});

	it('was before the request only where that holds for every address', () => {
		const of = (syscall: string) => Object.assign(new Error(), { code: 'ETIMEDOUT', syscall });
		const all = (...steps: string[]) => new AggregateError(steps.map(of));
		expect(networkFaultOf(all('connect', 'connect')).unreached).toBe('noConnection');
		expect(networkFaultOf(all('connect', 'read')).unreached).toBeUndefined();
	});
});
