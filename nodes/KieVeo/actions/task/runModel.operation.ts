import { taskOperation } from '../taskOperation';
import { fetchModels, inputProperties, modelProperty, readModelInput } from './modelInput';

export const runModel = taskOperation({
	operation: 'runModel',
	pollInterval: 10,
	fields: [modelProperty, ...inputProperties],
	waiting: 'How to get the result. A picture takes seconds, a video or a song several minutes.',
	costs:
		'Each item starts a new task and uses credits. To fetch a task that was started earlier, use Get Task with its task ID.',
	fetchModels,
	readOrder: (item, { callbackFor, models }) => {
		const callBackUrl = callbackFor();
		const { hint, refusal, ...order } = readModelInput(item, models, callBackUrl !== undefined);
		return {
			order: { kind: 'model', operation: 'runModel', ...order, callBackUrl },
			hint,
			refusal,
		};
	},
});
