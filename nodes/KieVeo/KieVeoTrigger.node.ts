import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { assertCanVerify, subtitle, triggerProperties } from './trigger/panel';
import { receiveCallback } from './trigger/receive';

export class KieVeoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kie.ai Trigger',
		name: 'kieVeoTrigger',
		icon: { light: 'file:kie.svg', dark: 'file:kie.dark.svg' },
		group: ['trigger'],
		// Not 1: for a webhook node of that version n8n evaluates 'options.binaryData' (from its old Webhook
		// node) on every call, and N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE saves no sandbox.
		version: 1.1,
		subtitle,
		// Also what n8n's search for nodes shows, where both nodes are one entry.
		description:
			'Veo 3.1 videos, 4K upgrades and tasks of other models from Kie.ai: starts the workflow when one is ready or has failed',
		eventTriggerDescription:
			"Run a Kie.ai node that has the test URL as 'Callback URL'. n8n listens for two minutes: if the video takes longer, listen again shortly before it is ready.",
		defaults: { name: 'Kie.ai Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kieVeoApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'webhook',
				responseMode: 'onReceived',
				// Set, because n8n would otherwise answer with the name of its default.
				responseData: '',
			},
		],
		triggerPanel: {
			header: 'Get notified when a video or another task is ready',
			executionsHelp: {
				inactive:
					"Kie.ai calls a URL when a video is ready or has failed.<br /><br /><b>To try it</b> with a real video, activate (publish) this workflow, enter the <b>production URL</b> as 'Callback URL' in a Kie.ai node and run that node. When the video is ready, the event appears in the executions list.<br /><br /><b>To see an event here</b>, use the <b>test URL</b> instead, and click the button above shortly before the video is ready: n8n listens for two minutes and one call, and a 4K video takes 5 to 10 minutes.<br /><br />Kie.ai must be able to reach the URL. Behind a proxy, set the environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to the public address of n8n.",
				active:
					"This workflow is active: calls to the <b>production URL</b> start it and appear in the executions list.<br /><br /><b>To try changes</b>, enter the <b>test URL</b> as 'Callback URL' in a Kie.ai node, run that node, and click the button above shortly before the video is ready: n8n listens for two minutes and one call.",
			},
			activationHint:
				"When you are done, enter the production URL as 'Callback URL' in your Kie.ai node and activate (publish) this workflow.",
		},
		properties: triggerProperties,
	};

	webhookMethods = {
		default: {
			// Kie gets the address with each request, so there is nothing to register: `create` only
			// checks whether callbacks can be verified.
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await assertCanVerify(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this);
	}
}
