/**
 * Why a URL cannot be one that Kie calls, fetches or serves, or `null` when nothing speaks against it.
 *
 * @param apiBaseUrl Kie's API as configured; a private one (a test server) may use private addresses
 */
export function publicUrlFault(url: string, apiBaseUrl: string): string | null {
	// The URL parser takes a space for part of the address: then a list would pass for one of it.
	if (/\s/.test(url)) return 'it has a space or line break in it';
	if (!URL.canParse(url)) return 'it is not a complete URL';
	const { protocol, hostname } = new URL(url);
	if (protocol !== 'https:' && protocol !== 'http:')
		return 'it must start with https:// or http://';
	const apiIsPublic = !URL.canParse(apiBaseUrl) || !isPrivateHost(new URL(apiBaseUrl).hostname);
	if (apiIsPublic && isPrivateHost(hostname)) {
		return `"${hostname}" is an address of a private network`;
	}
	return null;
}

/**
 * Whether a host can only be reached from its own machine or network: loopback, private,
 * link-local and shared address ranges, local domains and names without a dot.
 *
 * @param hostname as `URL.hostname` gives it: lower case, IPv4 in dotted form, IPv6 in brackets
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return isPrivateIpv6(hostname.slice(1, -1));
	const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(hostname);
	if (octets) return isPrivateIpv4(Number(octets[1]), Number(octets[2]));
	const name = hostname.replace(/\.$/, '');
	return !name.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(name);
}

function isPrivateIpv4(first: number, second: number): boolean {
	return (
		first === 0 ||
		first === 10 ||
		first === 127 ||
		(first === 100 && second >= 64 && second <= 127) ||
		(first === 169 && second === 254) ||
		(first === 172 && second >= 16 && second <= 31) ||
		(first === 192 && second === 168)
	);
}

function isPrivateIpv6(address: string): boolean {
	const mapped = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address);
	if (mapped) {
		const high = Number(`0x${mapped[1]}`);
		return isPrivateIpv4(high >> 8, high & 0xff);
	}
	return address === '::' || address === '::1' || /^f[cd]|^fe[89ab]/.test(address);
}
