import { publicUrlFault } from '../kie/meaning/publicUrl';
import type { SuspensionObstacle } from '../messages/errors';

/**
 * Why Kie cannot call the address that resumes an execution, or `null` if it can.
 *
 * @param resumeUrl as n8n gives it; `null` when the execution has none
 * @param apiBaseUrl a private address is useful only to a private API
 */
export function resumeUrlObstacle(
	resumeUrl: string | null,
	apiBaseUrl: string,
): SuspensionObstacle | null {
	if (resumeUrl === null) return { reason: 'noAddress' };
	const fault = publicUrlFault(resumeUrl, apiBaseUrl);
	if (fault === null) return null;
	// The rest is n8n's, and on n8n 2.x holds a signature.
	const [, origin = ''] = /^(.{0,100}?)(?:\/webhook-waiting|[?#]|$)/.exec(resumeUrl) ?? [];
	const isWhole = /^https?:\/\/(?!https?:)/i.test(resumeUrl);
	return { reason: 'unreachable', origin: origin || 'this n8n', fault, isWhole };
}

/**
 * Whether a call of `url` would resume the execution that `resumeUrl` belongs to: at a Wait node, whose suffix may be
 * part of the path, or in 2.x of the signature.
 */
export function resumes(url: string, resumeUrl: string): boolean {
	if (!URL.canParse(url) || !URL.canParse(resumeUrl)) return false;
	const [called, own] = [new URL(url), new URL(resumeUrl)];
	return called.origin === own.origin && `${called.pathname}/`.startsWith(`${own.pathname}/`);
}
