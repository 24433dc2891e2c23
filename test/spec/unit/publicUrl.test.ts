import {
	isKieFileUrl,
	isPrivateHost,
	publicUrlFault,
} from '../../../nodes/KieVeo/addresses/publicUrl';

const PUBLIC_API = 'https://api.kie.ai';
const LOCAL_API = 'http://127.0.0.1:3100';

describe('a callback URL', () => {
	it.each([
		...['https://n8n.example.com/webhook/x', 'http://8.8.8.8:5678/x', 'https://n8n.example.com./x'],
		'https://n8n.example.com/?back=https://https://a',
	])('%s can be called by Kie', (url) => expect(publicUrlFault(url, PUBLIC_API)).toBeNull());

	const FAULTS: { [fault: string]: string[] } = {
		'it lacks https:// at its start': [
			...['', 'n8n.example.com/webhook', '/webhook', 'n8n.example.com:5678'],
			...['n8n.example.com:5678/webhook', '1https://n8n.example.com'],
		],
		'it must start with https:// or http://': [
			...['https:/n8n.example.com', 'ftp://n8n.example.com/', 'javascript:alert(1)'],
			...['tel:5678x', 'h323:call'],
		],
		'it is not a complete URL': [
			...['https://', 'https://a..b/x', 'https://.com/x', 'https://n8n.example.com:port/'],
		],
		'it has a space or line break in it': ['https://a.example.com/1.jpg, b.example.com/2.jpg'],
		'it has https:// or http:// at its start twice': [
			...['http://https//n8n.example.com', 'HTTPS://HTTP:n8n.example.com'],
		],
	};
	it.each(
		Object.entries(FAULTS).flatMap(([fault, urls]) => urls.map((url) => [url, fault] as const)),
	)('%s is not a web address', (url, fault) => {
		expect(publicUrlFault(url, PUBLIC_API)).toBe(fault);
		expect(publicUrlFault(url, LOCAL_API)).toBe(fault);
	});

	it.each([
		[253, null],
		[254, 'it is not a complete URL'],
	])('with a host of %i characters gives %s', (length, fault) => {
		const host = `${'a'.repeat(length - 12)}.example.com`;
		expect(publicUrlFault(`https://${host}/`, PUBLIC_API)).toBe(fault);
	});

	it('on a private host is refused while the API is public, and allowed while it is private too', () => {
		const url = 'http://localhost:5678/webhook/x';
		expect(publicUrlFault(url, PUBLIC_API)).toContain('"localhost"');
		expect(publicUrlFault(url, 'not an address')).toContain('"localhost"');
		expect(publicUrlFault(url, LOCAL_API)).toBeNull();
	});
});

describe('a file of Kie', () => {
	it.each([
		'https://tempfile.aiquickdraw.com/v/one.mp4',
		'https://tempfile.redpandaai.co/images/one.png',
		'https://static.kie.ai/one.mp4',
		'https://TEMPFILE.AIQUICKDRAW.COM./v/one.mp4',
	])('is at %s', (url) => {
		expect(isKieFileUrl(url, PUBLIC_API)).toBe(true);
		expect(isKieFileUrl(url, LOCAL_API)).toBe(true);
	});

	it.each([
		'https://bucket.s3.amazonaws.com/one.mp4?X-Amz-Signature=s',
		'https://aiquickdraw.com@bucket.example.com/one.mp4',
		'https://aiquickdraw.com.example.com/one.mp4',
		'https://notaiquickdraw.com/one.mp4',
		'https://example.com/aiquickdraw.com/one.mp4',
	])('is not at %s', (url) => {
		expect(isKieFileUrl(url, PUBLIC_API)).toBe(false);
		expect(isKieFileUrl(url, LOCAL_API)).toBe(false);
	});

	it('is on the host of the API only where that is a test server', () => {
		expect(isKieFileUrl('http://127.0.0.1:3102/v/one.mp4', LOCAL_API)).toBe(true);
		expect(
			isKieFileUrl('https://gateway.example.com/v/one.mp4', 'https://gateway.example.com'),
		).toBe(false);
	});
});

/** The first and the last address of a range, and its neighbours on both sides. */
type Range = [first: string, last: string, below: string | null, above: string | null];

const IPV4_RANGES: Range[] = [
	['0.0.0.0', '0.255.255.255', null, '1.0.0.0'],
	['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
	['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
	['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
	['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
	['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
	['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
	['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
	['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
	['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
	['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
	['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
	['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
	// Multicast, reserved and broadcast follow each other.
	['224.0.0.0', '255.255.255.255', '223.255.255.255', null],
];

/** In any spelling. */
const hostOf = (host: string) => new URL(`http://${host}/`).hostname;

describe('a range of IPv4', () => {
	it.each(IPV4_RANGES)('%s to %s is private, its neighbours are not', (first, last, ...outside) => {
		expect([first, last].map(isPrivateHost)).toStrictEqual([true, true]);
		const neighbours = outside.filter((address) => address !== null);
		expect(neighbours.filter(isPrivateHost)).toStrictEqual([]);
	});
});

describe('a private IPv6 address', () => {
	it.each([
		['loopback', '::1'],
		['IPv4-mapped', '::ffff:127.0.0.1'],
		['almost IPv4-mapped', '::ffff:7f00:1:2'],
		['NAT64', '64:ff9b::10.0.0.1'],
		['6to4', '2002:c0a8:101:1::1'],
		['below what is routed', '1fff:ffff::1'],
		['above what is routed', '4000::1'],
		['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
		['the last of the protocols', '2001:1ff:ffff::1'],
		['documentation', '2001:db8:ffff::1'],
		['new documentation', '3fff:fff::1'],
		['link-local', 'fe80::1'],
	])('%s: %s', (_what, address) => expect(isPrivateHost(hostOf(`[${address}]`))).toBe(true));
});

describe('a public IPv6 address', () => {
	it.each([
		...['2606:4700:0:0:0:0:0:1111', '2000::1', '2001:200::1', '2001:db9::1', '3fff:1000::1'],
		...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2a00:2002:7f00:1::1', '2a00:2001:db8::1'],
	])('%s', (address) => expect(isPrivateHost(hostOf(`[${address}]`))).toBe(false));
});

describe('a private name', () => {
	it.each([
		...['localhost', 'n8n', 'n8n.', 'nas.lan..'],
		...['n8n.alt', 'n8n.example', 'n8n.home.arpa', 'n8n.internal', 'host.docker.internal'],
		...['n8n.invalid', 'printer.local', 'n8n.localhost', 'n8n.onion', 'n8n.test'],
		...['n8n.corp', 'n8n.home', 'n8n.intranet', 'nas.lan', 'n8n.mail', 'n8n.private'],
		...['localhost.localdomain', 'n8n.localdomain', 'n8n.fritz.box', 'fritz.box'],
		...['n8n.default.svc', 'kubernetes.default.svc.cluster.local'],
	])('%s', (name) => expect(isPrivateHost(hostOf(name))).toBe(true));

	it.each([
		...['127.0.0.1.nip.io', '127-0-0-1.nip.io', 'n8n-abc.192.168.1.20.sslip.io'],
		...['10.0.0.1.sslip.io.', '8.8.10.0.0.1.sslip.io', 'n8n-10-0-0-5.traefik.me'],
	])('%s, which spells a private address', (name) => {
		expect(isPrivateHost(hostOf(name))).toBe(true);
	});
});

describe('a public name', () => {
	it.each([
		...['n8n.example.com', 'n8n.example.com.', 'nas.lan.example.com', 'mylocal.dev', 'svc.io'],
		// Only some domains lead to what their names spell.
		'10.0.0.1.example.com',
		...['n8n.sslip.io', '8.8.8.8.sslip.io', 'n8n10.8.8.8.sslip.io', '10.0.0.1x.sslip.io'],
		...['10-0-0.nip.io', '1792-0-0-1.nip.io'],
	])('%s', (name) => expect(isPrivateHost(hostOf(name))).toBe(false));
});

describe('a private IPv4 address', () => {
	it.each(['2130706433', '0x7f.1', '127.0.0.1.'])('is recognised in the spelling %s', (spelling) =>
		expect(isPrivateHost(hostOf(spelling))).toBe(true),
	);
});
