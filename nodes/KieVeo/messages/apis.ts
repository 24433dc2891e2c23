import type { ApiName } from '../kie/meaning/answer';

/** The APIs, as the credential shows them. */
export const API_LABELS: Record<ApiName, string> = {
	veo: 'Veo Endpoints',
	jobs: 'Unified Jobs API',
};

/** What to do where the chosen API refuses what the other one may do. Nothing is ordered there by itself. */
export function switchAdvice(name: ApiName): string {
	return `If the video was made through the other API, or Kie.ai has switched this one off, choose '${API_LABELS[name]}' under 'Order Through' in the Kie.ai API credential.`;
}
