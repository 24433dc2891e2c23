import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { assertCanVerify } from './trigger/activation';
import { triggerProperties } from './trigger/properties';
import { receiveCallback } from './trigger/receive';

export class KieVeoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kie.ai Veo Trigger',
		name: 'kieVeoTrigger',
		icon: { light: 'file:kie.svg', dark: 'file:kie.dark.svg' },
		group: ['trigger'],
		// Not 1: for a webhook node of that version n8n evaluates 'options.binaryData' of its own old Webhook
		// node at each call, and N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE saves no sandbox.
		version: 1.1,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description:
			'Starts the workflow when Kie.ai reports that a Veo 3.1 video is ready or has failed',
		eventTriggerDescription:
			"Put the test URL into 'Callback URL' of a Kie.ai Veo node and run that node",
		defaults: { name: 'Kie.ai Veo Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kieVeoApi', required: true }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				path: 'webhook',
				responseMode: 'onReceived',
				// Not left out: n8n would then answer with the name of its default.
				responseData: '',
			},
		],
		triggerPanel: {
			header: 'Hear from Kie.ai when a Veo video is finished',
			executionsHelp: {
				inactive:
					"Kie.ai calls an address when a video is ready or has failed.<br /><br /><b>To try it</b>, click the button above, put the <b>test URL</b> into 'Callback URL' of a Kie.ai Veo node and run that node. The event shows up here.<br /><br /><b>For everyday use</b>, put the <b>production URL</b> there instead and activate (publish) this workflow. What it receives is then in the executions list.<br /><br />Kie.ai must be able to reach the URL. Behind a proxy, set the environment variable N8N_WEBHOOK_URL (in older n8n WEBHOOK_URL) to the public address of n8n.",
				active:
					"This workflow is active: calls of the <b>production URL</b> start it, and are in the executions list.<br /><br /><b>To try changes</b>, click the button above, put the <b>test URL</b> into 'Callback URL' of a Kie.ai Veo node and run that node.",
			},
			activationHint:
				"Once you are done, put the production URL into 'Callback URL' of your Kie.ai Veo node and activate (publish) this workflow.",
		},
		properties: triggerProperties,
	};

	webhookMethods = {
		default: {
			// Kie is given the address with each request, so nothing exists there beforehand: `create` only
			// looks whether callbacks can be verified.
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
