import { taskIdProperty } from '../../panel';
import { readTaskId } from '../parameters';
import { taskOperation } from '../taskOperation';

export const get = taskOperation({
	operation: 'get',
	pollInterval: 30,
	fields: [
		{
			...taskIdProperty,
			description:
				'The ID that Kie.ai returned when the video was generated or extended. For an upgraded video, Get usually shows the original.',
		},
	],
	immediately: 'Check once and continue, whether or not the video is ready',
	waiting: 'What to do if the video is not ready yet. Checking is free.',
	readOrder: (item) => ({ order: { kind: 'state', operation: 'get', taskId: readTaskId(item) } }),
});
