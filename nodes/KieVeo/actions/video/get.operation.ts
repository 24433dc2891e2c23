import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import {
	downloadProperties,
	taskIdProperty,
	taskOptionsProperty,
	waitModeProperties,
} from '../descriptions';
import { readTaskId } from '../parameters';
import type { OrderOperation } from '../orderOperation';

const POLL_INTERVAL = 30;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get'] } },
	[
		{
			...taskIdProperty,
			description:
				'The ID that Kie.ai returned when the video was generated or extended. For an upgraded video, Get usually shows the original.',
		},
		...waitModeProperties(
			{ none: 'Check once and continue, whether or not the video is ready', fallback: 'none' },
			'What to do if the video is not ready yet. Checking is free.',
		),
		...downloadProperties,
		taskOptionsProperty(POLL_INTERVAL),
	],
);

export const get: OrderOperation = {
	operation: 'get',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex) => ({
		order: { kind: 'state', operation: 'get', taskId: readTaskId(context, itemIndex) },
	}),
};
