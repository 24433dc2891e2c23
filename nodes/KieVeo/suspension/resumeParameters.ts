import type { IWebhookFunctions } from 'n8n-workflow';

/**
 * A parameter of the node while it resumes an execution. An expression may refer to data that is not available
 * then; it is treated as not set, because nothing may be thrown.
 */
export function parameterOf<T>(context: IWebhookFunctions, name: string, fallback: T): unknown {
	try {
		return context.getNodeParameter(name, fallback as object);
	} catch {
		return fallback;
	}
}
