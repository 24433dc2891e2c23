/** Characters of a name in the DNS. */
const LONGEST_NAME = 253;

/**
 * Why a URL cannot be one that Kie calls, fetches or serves, or `null` if it can.
 * The reason never repeats the URL, which can be long.
 *
 * @param apiBaseUrl Kie's API as configured; a private one (a test server) may use private addresses
 */
export function publicUrlFault(url: string, apiBaseUrl: string): string | null {
	// The URL parser treats a space as part of the address, so a list would pass for one address.
	if (/\s/.test(url)) return 'it has a space or line break in it';
	const fault = schemeFault(url);
	if (fault !== null) return fault;
	const hostname = URL.canParse(url) ? new URL(url).hostname : '';
	const isName = hostname !== '' && hostname.length <= LONGEST_NAME;
	// Nothing before a dot: an expression in the address was empty.
	if (!isName || /^\.|\.\./.test(hostname)) return 'it is not a complete URL';
	if (isPublicApi(apiBaseUrl) && isPrivateHost(hostname)) {
		return `"${hostname}" is an address of a private network`;
	}
	return null;
}

/** Whether the API is on the internet: then whatever it calls and fetches must be too. */
function isPublicApi(apiBaseUrl: string): boolean {
	return !URL.canParse(apiBaseUrl) || !isPrivateHost(new URL(apiBaseUrl).hostname);
}

function schemeFault(url: string): string | null {
	if (/^https?:\/\/https?(?::|\/\/)/i.test(url)) {
		return 'it has https:// or http:// at its start twice';
	}
	if (/^https?:\/\//i.test(url)) return null;
	// "n8n.example.com:5678" is a host and its port, although the URL parser takes the name for a scheme.
	return /^[a-z][a-z\d+.-]*:(?!\d+(?:[/?#]|$))/i.test(url)
		? 'it must start with https:// or http://'
		: 'it lacks https:// at its start';
}

/** Where Kie keeps results and uploads: `tempfile.aiquickdraw.com`, `tempfile.redpandaai.co`. */
const KIE_FILE_DOMAINS = ['aiquickdraw.com', 'redpandaai.co', 'kie.ai'];

/**
 * Whether a URL leads to one of Kie's file hosts, so that Kie may see all of it. A test server on a
 * private address serves its own files.
 *
 * @param url an absolute URL
 * @param apiBaseUrl Kie's API as configured
 */
export function isKieFileUrl(url: string, apiBaseUrl: string): boolean {
	const { hostname } = new URL(url);
	if (isWithin(hostname.replace(/\.$/, ''), KIE_FILE_DOMAINS)) return true;
	return !isPublicApi(apiBaseUrl) && hostname === new URL(apiBaseUrl).hostname;
}

/**
 * What is not reachable from the internet: loopback, private, link-local and shared addresses, documentation,
 * benchmarking, multicast and reserved ones.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const PRIVATE_IPV4 = [
	...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
	...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
	...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
];

/**
 * The only part of IPv6 that is routed on the internet, and what is not routed within it: protocols (such as
 * Teredo) and documentation.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const GLOBAL_IPV6 = /^[23]/;
const PRIVATE_IPV6 = /^(?:20010[01]|20010db8|3fff0)/;
/** IPv4-mapped, NAT64 and 6to4 lead to the IPv4 address within them. */
const IPV4_IN_IPV6 = /^(?:0{20}ffff|0064ff9b0{16}|2002)([\da-f]{8})/;

/** Endings of names that do not exist on the internet. */
const PRIVATE_DOMAINS = [
	// Reserved: RFC 6761, 6762, 7686, 8375, 9476, and `internal` by ICANN
	...['alt', 'example', 'home.arpa', 'internal', 'invalid', 'local', 'localhost', 'onion', 'test'],
	// Common in private networks, their routers and clusters
	...['corp', 'fritz.box', 'home', 'intranet', 'lan', 'localdomain', 'mail', 'private', 'svc'],
];

/** Domains whose names lead to the address they spell: `n8n.10.0.0.5.nip.io`, `10-0-0-5.sslip.io`. */
const SPELLING_DOMAINS = ['nip.io', 'sslip.io', 'traefik.me'];
const SPELLED_IPV4 = /(?<=^|[.-])(?=(\d{1,3}(?:[.-]\d{1,3}){3})[.-])/g;

/**
 * Whether a host can only be reached from its own machine or network.
 *
 * @param hostname as `URL.hostname` gives it: lower case, IPv4 in dotted form, IPv6 in brackets
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return isPrivateIpv6(hostname.slice(1, -1));
	if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return isPrivateIpv4(ipv4Of(hostname));
	const name = hostname.replace(/\.+$/, '');
	if (!name.includes('.') || isWithin(name, PRIVATE_DOMAINS)) return true;
	if (!isWithin(name, SPELLING_DOMAINS)) return false;
	// If several addresses can be read, it is unknown which one is meant: a private one is enough.
	const spelled = [...name.matchAll(SPELLED_IPV4)];
	return spelled.some(([, address = '']) => isPrivateIpv4(ipv4Of(address)));
}

function isWithin(name: string, domains: string[]): boolean {
	return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

function isPrivateIpv4(address: number): boolean {
	return PRIVATE_IPV4.some((range) => {
		const [first = '', bits] = range.split('/');
		const others = 32 - Number(bits);
		return address >>> others === ipv4Of(first) >>> others;
	});
}

/** @param address four numbers with dots or dashes between them */
function ipv4Of(address: string): number {
	return address.split(/[.-]/).reduce((number, octet) => number * 256 + Number(octet), 0);
}

/** @param address groups of hexadecimal digits, with or without `::` */
function isPrivateIpv6(address: string): boolean {
	const [start = '', end = ''] = address
		.split('::')
		.map((groups) =>
			groups.replace(/[\da-f]+:?/g, (group) => group.replace(':', '').padStart(4, '0')),
		);
	const digits = start + end.padStart(32 - start.length, '0');
	const ipv4 = IPV4_IN_IPV6.exec(digits)?.[1];
	if (ipv4 !== undefined) return isPrivateIpv4(parseInt(ipv4, 16));
	return !GLOBAL_IPV6.test(digits) || PRIVATE_IPV6.test(digits);
}
