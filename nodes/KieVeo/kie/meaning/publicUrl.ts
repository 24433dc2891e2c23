import { isPrivateHost } from './privateHost';

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
export function isPublicApi(apiBaseUrl: string): boolean {
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
