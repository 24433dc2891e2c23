import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * A parameter of the node while it resumes an execution. An expression may refer to what is not at hand
 * there; it then counts as not set, because nothing may be thrown.
 */
export function parameterOf<T>(context: IWebhookFunctions, name: string, fallback: T): unknown {
	try {
		return context.getNodeParameter(name, fallback as object);
	} catch {
		return fallback;
	}
}
