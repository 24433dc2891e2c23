import { isWithin } from './privateHost';
import { isPublicApi } from './publicUrl';

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
