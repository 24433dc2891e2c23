import { publicUrlFault } from '../kie/meaning/publicUrl';

/** Why an execution cannot be resumed by Kie, in the words of `cannotSuspendError`. */
export interface ResumeUrlFault {
	where: string;
	/** What to change. */
	advice: string;
}

const SETTING = 'N8N_WEBHOOK_URL (in older n8n WEBHOOK_URL)';
/** A setting of the main process alone is the usual mistake in queue mode. */
const IN_THE_RIGHT_PLACE =
	'The process that runs the workflow must have it: in queue mode that is every worker, as well as the ' +
	"main and webhook processes. Until then use 'Wait by Polling'.";

/**
 * Why Kie cannot call the address that resumes an execution, or `null` when nothing speaks against it.
 *
 * @param resumeUrl as n8n gives it; `null` when the execution has none
 * @param apiBaseUrl a private address is of use only to a private API
 */
export function resumeUrlFault(
	resumeUrl: string | null,
	apiBaseUrl: string,
): ResumeUrlFault | null {
	if (resumeUrl === null) {
		return { where: 'here', advice: 'n8n has no resume URL for this execution.' };
	}
	const fault = publicUrlFault(resumeUrl, apiBaseUrl);
	if (fault === null) return null;
	// The rest is n8n's, and on n8n 2.x holds a signature.
	const [, base = ''] = /^(.{0,100}?)(?:\/webhook-waiting|[?#]|$)/.exec(resumeUrl) ?? [];
	const where = `because Kie.ai could not call ${base || 'this n8n'}: ${fault}`;
	const advice = /^https?:\/\/(?!https?:)/i.test(resumeUrl)
		? `Set the environment variable ${SETTING} to the public address of n8n.`
		: `Set the environment variable ${SETTING} to the whole public address of n8n, which starts with https:// once, e.g. https://n8n.example.com/.`;
	return { where, advice: `${advice} ${IN_THE_RIGHT_PLACE}` };
}
