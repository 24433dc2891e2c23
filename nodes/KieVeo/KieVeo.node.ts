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
import { router } from './actions/router';
import { description as downloadDescription } from './actions/video/download.operation';
import { description as extendDescription } from './actions/video/extend.operation';
import { description as generateDescription } from './actions/video/generate.operation';
import { description as getDescription } from './actions/video/get.operation';
import { description as get1080pDescription } from './actions/video/get1080p.operation';
import { description as get4kDescription } from './actions/video/get4k.operation';

export class KieVeo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kie.ai Veo',
		name: 'kieVeo',
		icon: { light: 'file:kie.svg', dark: 'file:kie.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ { get4k: "Get 4K Video", get1080p: "Get 1080P Video", get: "Get", generate: "Generate", extend: "Extend", download: "Download", getCredits: "Get Credits" }[$parameter["operation"]] }}',
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
				default: 'get4k',
				displayOptions: { show: { resource: ['video'] } },
				options: [
					{
						name: 'Download',
						value: 'download',
						description: 'Download a video from its URL into a binary field; costs nothing',
						action: 'Download a video',
					},
					{
						name: 'Extend',
						value: 'extend',
						description: 'Make a longer video that goes on where another one ends; costs credits',
						action: 'Extend a video',
					},
					{
						name: 'Generate',
						value: 'generate',
						description: 'Make a new video from a prompt, and images if you like; costs credits',
						action: 'Generate a video',
					},
					{
						name: 'Get',
						value: 'get',
						description: 'Get state and URLs of a generated or extended video; costs nothing',
						action: 'Get a video',
					},
					{
						name: 'Get 1080P Video',
						value: 'get1080p',
						description: 'Upgrade a generated Veo video to 1080P and get its URL; costs credits',
						action: 'Get 1080P video',
					},
					{
						name: 'Get 4K Video',
						value: 'get4k',
						description: 'Upgrade a generated Veo video to 4K and get its URL; costs credits',
						action: 'Get 4K video',
					},
				],
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				default: 'getCredits',
				displayOptions: { show: { resource: ['account'] } },
				options: [
					{
						name: 'Get Credits',
						value: 'getCredits',
						description: 'Get the credits left on the Kie.ai account',
						action: 'Get credits',
					},
				],
			},
			...get4kDescription,
			...get1080pDescription,
			...getDescription,
			...generateDescription,
			...extendDescription,
			...downloadDescription,
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
