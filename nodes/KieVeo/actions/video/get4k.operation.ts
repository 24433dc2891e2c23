import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import {
	callbackProperties,
	downloadProperties,
	indexProperty,
	taskIdProperty,
	videoOptionsProperty,
	waitModeProperty,
} from '../descriptions';
import { readIndex, readTaskId } from '../parameters';
import type { VideoOperation } from './videoOperation';

const POLL_INTERVAL = 30;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get4k'] } },
	[
		taskIdProperty,
		indexProperty,
		waitModeProperty(
			{
				none: 'Start the upgrade and continue. Kie.ai can report the end to a callback URL.',
				callback: true,
			},
			'How to get the result. Kie.ai needs 5 to 10 minutes for 4K.',
		),
		{
			displayName:
				'Each 4K upgrade costs extra credits, about as much as two Fast generations. Run it again with the same task ID to fetch a video that was submitted before.',
			name: 'creditsNotice',
			type: 'notice',
			default: '',
		},
		...callbackProperties,
		...downloadProperties,
		videoOptionsProperty(POLL_INTERVAL),
	],
);

export const get4k: VideoOperation = {
	operation: 'get4k',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex, { callbackFor }) => {
		const taskId = readTaskId(context, itemIndex);
		const index = readIndex(context, itemIndex);
		const callBackUrl = callbackFor({ operation: 'get4k', taskId, index });
		return { order: { kind: 'upgrade', operation: 'get4k', taskId, index, callBackUrl } };
	},
};
