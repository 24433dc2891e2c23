import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { moreAt, notice } from '../../panel';
import type { CreationParameters } from '../../kie/api';
import {
	callbackProperties,
	creationWaitModeProperties,
	downloadProperties,
	minimumCreditsOption,
	promptProperty,
	seedOption,
	taskIdProperty,
	taskOptionsProperty,
	watermarkOption,
} from '../descriptions';
import { readTaskId } from '../parameters';
import { readModel, readPrompt, readSeedAndWatermark } from './creationParameters';
import type { OrderOperation } from '../orderOperation';

const POLL_INTERVAL = 30;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['extend'] } },
	[
		{
			...taskIdProperty,
			description:
				'The ID of the video to extend. It must have been made through Kie.ai and not upgraded to 1080P.',
		},
		{ ...promptProperty, description: 'How the video should continue' },
		{
			displayName: 'Model',
			name: 'model',
			type: 'options',
			allowArbitraryValues: true,
			default: 'fast',
			options: [
				{ name: 'Fast', value: 'fast' },
				{ name: 'Lite', value: 'lite', description: 'The cheapest' },
				{ name: 'Quality', value: 'quality', description: 'The best and most expensive' },
			],
			description:
				'Tier of Veo 3.1. To use a model that is not listed, enter its name with an expression.',
		},
		...creationWaitModeProperties(
			'How to get the result. Kie.ai takes several minutes, sometimes more than ten.',
		),
		notice(
			'creditsNotice',
			`Each item creates a new video and uses credits. Its task ID differs from that of the video it extends. ${moreAt('costs-and-repeats')}`,
		),
		...callbackProperties,
		...downloadProperties,
		taskOptionsProperty(POLL_INTERVAL, [minimumCreditsOption, seedOption, watermarkOption]),
	],
);

export const extend: OrderOperation = {
	operation: 'extend',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex, { callbackFor }) => {
		const callBackUrl = callbackFor({ operation: 'extend', taskId: null, index: null });
		const taskId = readTaskId(context, itemIndex);
		const parameters: CreationParameters = {
			taskId,
			prompt: readPrompt(context, itemIndex),
			model: readModel(context, itemIndex, 'extend'),
			...readSeedAndWatermark(context, itemIndex),
		};
		return { order: { kind: 'creation', operation: 'extend', parameters, callBackUrl } };
	},
};
