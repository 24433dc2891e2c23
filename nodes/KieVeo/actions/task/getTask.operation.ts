import { taskIdProperty } from '../../panel';
import { readTaskId } from '../parameters';
import { taskOperation } from '../taskOperation';

export const getTask = taskOperation({
	operation: 'getTask',
	pollInterval: 10,
	fields: [
		{
			...taskIdProperty,
			placeholder: 'e.g. e931f4f2a8c04b7c9d1e6a5b3c2d1f00',
			description:
				'The ID that Kie.ai returned when the task was started, here or elsewhere. For a Veo video use Veo Video > Get.',
		},
	],
	immediately: 'Check once and continue, whether or not the task is finished',
	waiting: 'What to do if the task is not finished yet. Checking is free.',
	readOrder: (item) => ({
		order: { kind: 'state', operation: 'getTask', taskId: readTaskId(item) },
	}),
});
