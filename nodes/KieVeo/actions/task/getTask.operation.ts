import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import {
	downloadProperties,
	taskIdProperty,
	taskOptionsProperty,
	waitModeProperties,
} from '../descriptions';
import { readTaskId } from '../parameters';
import type { OrderOperation } from '../orderOperation';

const POLL_INTERVAL = 10;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['task'], operation: ['getTask'] } },
	[
		{
			...taskIdProperty,
			placeholder: 'e.g. e931f4f2a8c04b7c9d1e6a5b3c2d1f00',
			description:
				'The ID that Kie.ai returned when the task was started, here or elsewhere. For a Veo video use Veo Video > Get.',
		},
		...waitModeProperties(
			{ none: 'Check once and continue, whether or not the task is finished', fallback: 'none' },
			'What to do if the task is not finished yet. Checking is free.',
		),
		...downloadProperties,
		taskOptionsProperty(POLL_INTERVAL),
	],
);

export const getTask: OrderOperation = {
	operation: 'getTask',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex) => ({
		order: { kind: 'state', operation: 'getTask', taskId: readTaskId(context, itemIndex) },
	}),
};
