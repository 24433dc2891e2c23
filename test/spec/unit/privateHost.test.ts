import { isPrivateHost } from '../../../nodes/KieVeo/kie/meaning/privateHost';

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
	['224.0.0.0', '239.255.255.255', '223.255.255.255', null],
	['240.0.0.0', '255.255.255.255', null, null],
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
		['unspecified', '::'],
		['loopback', '::1'],
		['IPv4-compatible', '::7f00:1'],
		['IPv4-compatible, dotted', '::127.0.0.1'],
		['IPv4-mapped', '::ffff:127.0.0.1'],
		['IPv4-mapped', '::ffff:c0a8:101'],
		['almost IPv4-mapped', '::ffff:7f00:1:2'],
		['IPv4-translated', '::ffff:0:7f00:1'],
		['NAT64', '64:ff9b::7f00:1'],
		['NAT64, dotted', '64:ff9b::10.0.0.1'],
		['local NAT64', '64:ff9b:1::808:808'],
		['6to4', '2002:7f00:1::'],
		['6to4', '2002:c0a8:101:1::1'],
		['discard only', '100::1'],
		['below what is routed', '1fff:ffff::1'],
		['above what is routed', '4000::1'],
		['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
		['the last of the protocols', '2001:1ff:ffff::1'],
		['documentation', '2001:db8::1'],
		['documentation', '2001:db8:ffff::1'],
		['new documentation', '3fff::1'],
		['new documentation', '3fff:fff::1'],
		['unique local', 'fc00::1'],
		['unique local', 'fd00::1'],
		['link-local', 'fe80::1'],
		['site-local', 'fec0::1'],
		['multicast', 'ff02::1'],
	])('%s: %s', (_what, address) => expect(isPrivateHost(hostOf(`[${address}]`))).toBe(true));
});

describe('a public IPv6 address', () => {
	it.each([
		'2606:4700::1111',
		'2606:4700:0:0:0:0:0:1111',
		'2000::1',
		'2001:200::1',
		'2001:db7:ffff::1',
		'2001:db9::1',
		'2003::7f00:1',
		'3ffe::1',
		'3fff:1000::1',
		'::ffff:8.8.8.8',
		'64:ff9b::8.8.8.8',
		'2002:808:808::1',
		'2a00::ffff:7f00:1',
	])('%s', (address) => expect(isPrivateHost(hostOf(`[${address}]`))).toBe(false));
});

describe('a private name', () => {
	it.each([
		...['localhost', 'n8n', 'n8n.', 'localhost..', 'nas.lan.', 'nas.lan..'],
		...['n8n.alt', 'n8n.example', 'n8n.home.arpa', 'n8n.internal', 'host.docker.internal'],
		...['n8n.invalid', 'printer.local', 'n8n.localhost', 'n8n.onion', 'n8n.test'],
		...['n8n.corp', 'n8n.domain', 'n8n.home', 'n8n.intranet', 'nas.lan', 'n8n.mail', 'n8n.private'],
		...['localhost4.localdomain4', 'localhost6.localdomain6', 'traefik.me'],
		...['1-2-3.traefik.me', '1-2-3-256.traefik.me', 'n8n-1-2-3-4x.traefik.me'],
		...['n8n-10-0-0-5.traefik.me', '10.0.0.5.traefik.me'],
		...['localhost.localdomain', 'n8n.localdomain', 'n8n.fritz.box', 'fritz.box'],
		...['n8n.service.consul', 'n8n.default', 'kubernetes.default.svc'],
		...['kubernetes.default.svc.cluster.local', 'n8n.cluster.local'],
		...['n8n.ddev.site', 'n8n.lacolhost.com', 'n8n.lndo.site', 'n8n.local.gd', 'localho.st'],
		...['n8n.localhost.direct', 'localtest.me', 'n8n.localtest.me', 'lvh.me', 'n8n.traefik.me'],
		...['n8n.vcap.me', 'n8n.intern', 'n8n.localnet', 'n8n.router', 'n8n.workgroup'],
		...['n8n.docker', 'n8n.cluster', 'n8n.kube-system'],
	])('%s', (name) => expect(isPrivateHost(hostOf(name))).toBe(true));

	it.each([
		'10.0.0.1.backname.io',
		'10-0-0-1.my.local-ip.co',
		'10-0-0-1.local-ip.sh',
		'127.0.0.1.nip.direct',
		'127.0.0.1.nip.io',
		'127-0-0-1.nip.io',
		'n8n.10.0.0.5.nip.io',
		'n8n-10-0-0-5.nip.io',
		'n8n-7f000001.nip.io',
		'0A000001.nip.io',
		'10-0-0-1.0123456789abcdef0123456789abcdef.plex.direct',
		'7f000001.08080808.rbndr.us',
		'08080808.7f000001.rbndr.us',
		'10.0.0.1.sslip.io',
		'10.0.0.1.sslip.io.',
		'n8n-abc.192.168.1.20.sslip.io',
		'192-168-1-20-n8n.sslip.io',
		'8.8.10.0.0.1.sslip.io',
		'10.0.0.1.8.8.8.8.sslip.io',
		'--1.sslip.io',
		'n8n.--1.sslip.io',
		'fd00--1.sslip.io',
		'n8n-fe80--1.sslip.io',
		'fd00-1-2-3-4-5-6-7.sslip.io',
		'10.0.0.1.xip.io',
		'10.0.0.1.xip.name',
	])('%s, which spells a private address', (name) => {
		expect(isPrivateHost(hostOf(name))).toBe(true);
	});
});

describe('a public name', () => {
	it.each([
		...['example.com', 'n8n.example.com', 'n8n.example.com.', 'localhost.example.com'],
		...['nas.lan.example.com', 'mylocal.dev', 'not-localtest.me', 'test.io', 'svc.io'],
		// Only some domains lead to what their names spell.
		...['10.0.0.1.example.com', 'fd00--1.example.com', '7f000001.example.com'],
		...['sslip.io', 'n8n.sslip.io', '8.8.8.8.sslip.io', '8-8-8-8.sslip.io', '08080808.nip.io'],
		...['my-app-1-2-3-4.traefik.me', '8.8.8.8.traefik.me', 'n8n.8-8-8-255.traefik.me'],
		...['2606-4700--1111.sslip.io', '2606-4700-a-b-c-d-e-1111.sslip.io', 'my--app.sslip.io'],
		...['n8n10.8.8.8.sslip.io', '10.0.0.1x.sslip.io', 'x7f000001.nip.io', '7f0000011.nip.io'],
		...['1-2-3-4-5.nip.io', '10-0-0.nip.io', '1792-0-0-1.nip.io'],
	])('%s', (name) => expect(isPrivateHost(hostOf(name))).toBe(false));
});

describe('a private IPv4 address', () => {
	it.each(['2130706433', '0x7f.1', '127.1', '0177.0.0.1', '127.0.0.1.', '１２７.0.0.1'])(
		'is recognised in the spelling %s',
		(spelling) => expect(isPrivateHost(hostOf(spelling))).toBe(true),
	);
});
