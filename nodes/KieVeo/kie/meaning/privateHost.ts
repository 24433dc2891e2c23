/**
 * Addresses that are not reachable from the internet: loopback, private, link-local and shared ranges,
 * documentation, benchmarking, multicast and reserved ones.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const PRIVATE_IPV4 = [
	ipv4Range('0.0.0.0', 8),
	ipv4Range('10.0.0.0', 8),
	ipv4Range('100.64.0.0', 10),
	ipv4Range('127.0.0.0', 8),
	ipv4Range('169.254.0.0', 16),
	ipv4Range('172.16.0.0', 12),
	ipv4Range('192.0.0.0', 24),
	ipv4Range('192.0.2.0', 24),
	ipv4Range('192.88.99.0', 24),
	ipv4Range('192.168.0.0', 16),
	ipv4Range('198.18.0.0', 15),
	ipv4Range('198.51.100.0', 24),
	ipv4Range('203.0.113.0', 24),
	ipv4Range('224.0.0.0', 4),
	ipv4Range('240.0.0.0', 4),
];

/** The only part of IPv6 that is routed on the internet. */
const GLOBAL_IPV6 = ipv6Range('2000::', 3);

/**
 * What is not routed within it: protocols (such as Teredo) and documentation.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const PRIVATE_IPV6 = [
	ipv6Range('2001::', 23),
	ipv6Range('2001:db8::', 32),
	ipv6Range('3fff::', 20),
];

/** IPv6 ranges that lead to the IPv4 address within them, and the bit at which it starts. */
const IPV4_IN_IPV6 = [
	// IPv4-mapped
	{ range: ipv6Range('::ffff:0:0', 96), start: 96 },
	// NAT64
	{ range: ipv6Range('64:ff9b::', 96), start: 96 },
	// 6to4
	{ range: ipv6Range('2002::', 16), start: 16 },
];

/** Name suffixes that do not exist on the internet, or stand for the local machine or network. */
const PRIVATE_DOMAINS = [
	// Reserved: RFC 6761, 6762, 7686, 8375, 9476, and `internal` by ICANN
	...['alt', 'example', 'home.arpa', 'internal', 'invalid', 'local', 'localhost', 'onion', 'test'],
	// Common in private networks; not assigned by ICANN
	...['corp', 'domain', 'home', 'intern', 'intranet', 'lan', 'localnet', 'mail'],
	...['localdomain', 'localdomain4', 'localdomain6', 'private', 'router', 'workgroup'],
	// Routers, and services within a cluster, such as `n8n.default.svc`
	...['cluster', 'consul', 'default', 'docker', 'fritz.box', 'kube-system', 'svc'],
	// Public names under which everything leads to the local machine
	...['ddev.site', 'lacolhost.com', 'lndo.site', 'local.gd', 'localho.st', 'localhost.direct'],
	...['localtest.me', 'lvh.me', 'vcap.me'],
];

/** Domains whose names spell the address they lead to, as `10-0-0-1.sslip.io` does. */
const SPELLING_DOMAINS = [
	...['backname.io', 'local-ip.co', 'local-ip.sh', 'nip.direct', 'nip.io', 'plex.direct'],
	...['rbndr.us', 'sslip.io', 'traefik.me', 'xip.io', 'xip.name'],
];

/** Those of them whose other names lead to the local machine. */
const ELSE_LOCAL_DOMAINS = ['traefik.me'];

/**
 * Whether a host can only be reached from its own machine or network.
 *
 * @param hostname as `URL.hostname` gives it: lower case, IPv4 in dotted form, IPv6 in brackets
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return isPrivateIpv6(ipv6Bits(hostname.slice(1, -1)));
	if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return isPrivateIpv4(ipv4Bits(hostname));
	const name = hostname.replace(/\.+$/, '');
	if (!name.includes('.') || isWithin(name, PRIVATE_DOMAINS)) return true;
	if (isWithin(name, ELSE_LOCAL_DOMAINS) && !spells(name, isIpv4)) return true;
	return isWithin(name, SPELLING_DOMAINS) && spellsPrivateAddress(name);
}

/** Whether a name is one of the domains, or ends in one of them. */
export function isWithin(name: string, domains: string[]): boolean {
	return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

function isPrivateIpv4(bits: string): boolean {
	return PRIVATE_IPV4.some((range) => bits.startsWith(range));
}

function isPrivateIpv6(bits: string): boolean {
	const embedding = IPV4_IN_IPV6.find(({ range }) => bits.startsWith(range));
	if (embedding) return isPrivateIpv4(bits.slice(embedding.start, embedding.start + 32));
	return !bits.startsWith(GLOBAL_IPV6) || PRIVATE_IPV6.some((range) => bits.startsWith(range));
}

/**
 * In every notation such domains understand: dots, dashes, hexadecimal, IPv6 with dashes. If several
 * addresses can be read, it is unknown which one the domain uses: a single private one is enough.
 */
function spellsPrivateAddress(name: string): boolean {
	const parts = name.split(/[.-]/);
	const ipv6 = name.matchAll(/(?<![^.-])[\da-f]{0,4}(?:-[\da-f]{0,4}){2,7}(?=[.-])/g);
	return (
		spells(name, (text) => isPrivateIpv4(ipv4Bits(text))) ||
		parts.some((part) => /^[\da-f]{8}$/.test(part) && isPrivateIpv4(toBits(`0x${part}`, 32))) ||
		[...ipv6].some(([dashed]) => {
			const url = `http://[${dashed.replace(/-/g, ':')}]`;
			return URL.canParse(url) && isPrivateHost(new URL(url).hostname);
		})
	);
}

/** Whether four numbers in a row, with dots or dashes, are an address of a kind. */
function spells(name: string, isOfKind: (address: string) => boolean): boolean {
	const parts = name.split(/[.-]/);
	return parts.some((_part, at) => {
		const text = parts.slice(at, at + 4).join('.');
		return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && isOfKind(text);
	});
}

function isIpv4(text: string): boolean {
	return text.split('.').every((octet) => Number(octet) < 256);
}

/* An address as a string of its bits: a range is a prefix of it, an embedded address a part. */

/** @param number decimal, or hexadecimal with the prefix 0x */
function toBits(number: string, width: number): string {
	return Number(number).toString(2).padStart(width, '0');
}

function ipv4Bits(address: string): string {
	return address
		.split('.')
		.map((octet) => toBits(octet, 8))
		.join('');
}

/** @param address in hexadecimal groups, with or without `::` */
function ipv6Bits(address: string): string {
	const groupsOf = (text: string) => text.split(':').filter((group) => group !== '');
	const zeros = '0:'.repeat(8 - groupsOf(address).length);
	return groupsOf(address.replace('::', `:${zeros}`))
		.map((group) => toBits(`0x${group}`, 16))
		.join('');
}

function ipv4Range(first: string, length: number): string {
	return ipv4Bits(first).slice(0, length);
}

function ipv6Range(first: string, length: number): string {
	return ipv6Bits(first).slice(0, length);
}
