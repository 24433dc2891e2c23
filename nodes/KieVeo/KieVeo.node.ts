import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { resumeWebhooks } from './suspension/n8n';
import { resumeOnCallback } from './suspension/resume';
import { builderHint, properties, router, paidRequestHints } from './actions';
import { methods } from './actions/task/modelMethods';
import { operationSubtitle } from './operations';

export class KieVeo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kie.ai',
		name: 'kieVeo',
		icon: { light: 'file:kie.svg', dark: 'file:kie.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: operationSubtitle(),
		description:
			'Generate and extend Veo 3.1 videos, upgrade them to 4K and 1080P, download the files, and run any other model of Kie.ai. Most operations use credits.',
		defaults: { name: 'Kie.ai' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kieVeoApi', required: true }],
		webhooks: resumeWebhooks,
		waitingNodeTooltip: 'Suspended until Kie.ai has called back for everything',
		hints: paidRequestHints,
		properties,
		...builderHint,
	};

	methods = methods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await router(this);
	}

	/** Called only while an execution is suspended by 'Wait for Callback'. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeOnCallback(this);
	}
}
