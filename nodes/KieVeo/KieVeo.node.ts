import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { resumeOnCallback } from './suspension/resume';
import { resumeWebhooks } from './suspension/resumeWebhooks';
import { operationFields } from './actions';
import { router } from './actions/router';
import { defaultOperation, operationOptions, operationSubtitle } from './operations';

export class KieVeo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kie.ai Veo',
		name: 'kieVeo',
		icon: { light: 'file:kie.svg', dark: 'file:kie.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: operationSubtitle(),
		description:
			'Generate and extend Veo 3.1 videos, upgrade them to 4K and 1080P, and download the files with Kie.ai',
		defaults: { name: 'Kie.ai Veo' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kieVeoApi', required: true }],
		webhooks: resumeWebhooks,
		waitingNodeTooltip: 'Suspended until Kie.ai has called back for every video',
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'video',
				options: [
					{ name: 'Account', value: 'account' },
					{ name: 'Video', value: 'video' },
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: defaultOperation('video'),
				displayOptions: { show: { resource: ['video'] } },
				options: operationOptions('video'),
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: defaultOperation('account'),
				displayOptions: { show: { resource: ['account'] } },
				options: operationOptions('account'),
			},
			...operationFields,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await router.call(this);
	}

	/** Called only while an execution is suspended by 'Wait for Callback'. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeOnCallback(this);
	}
}
