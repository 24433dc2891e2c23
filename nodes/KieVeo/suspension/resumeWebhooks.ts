import type { IWebhookDescription } from 'n8n-workflow';

/** Last part of the address under which a suspended execution is called. */
export const RESUME_PATH = 'kie-veo';

/**
 * The address n8n serves while this node has suspended an execution. It exists for that execution only,
 * so there is nothing to register with Kie beforehand.
 */
export const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		path: RESUME_PATH,
		restartWebhook: true,
		isFullPath: true,
		responseMode: 'onReceived',
	},
];
