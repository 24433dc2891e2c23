import type { CreationParameters } from '../../kie/api';
import { promptProperty, seedOption, taskIdProperty, watermarkOption } from '../../panel';
import { readModel, readPrompt, readSeedAndWatermark, readTaskId } from '../parameters';
import { taskOperation } from '../taskOperation';

export const extend = taskOperation({
	operation: 'extend',
	pollInterval: 30,
	fields: [
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
	],
	waiting: 'How to get the result. Kie.ai takes several minutes, sometimes more than ten.',
	costs:
		'Each item creates a new video and uses credits. Its task ID differs from that of the video it extends.',
	options: [seedOption, watermarkOption],
	readOrder: (item, { callbackFor }) => {
		const callBackUrl = callbackFor();
		const parameters: CreationParameters = {
			taskId: readTaskId(item),
			prompt: readPrompt(item),
			model: readModel(item, 'extend'),
			...readSeedAndWatermark(item),
		};
		return { order: { kind: 'creation', operation: 'extend', parameters, callBackUrl } };
	},
});
