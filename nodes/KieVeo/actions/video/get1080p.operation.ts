import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import {
	downloadProperties,
	indexProperty,
	minimumCreditsOption,
	taskIdProperty,
	videoOptionsProperty,
	waitModeProperties,
} from '../descriptions';
import { readIndex, readTaskId } from '../parameters';
import type { VideoOperation } from './videoOperation';

const POLL_INTERVAL = 20;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get1080p'] } },
	[
		taskIdProperty,
		indexProperty,
		...waitModeProperties(
			{ none: 'Check once and continue, whether or not the video is ready' },
			'How to get the result. Kie.ai takes 1 to 3 minutes for 1080P and sends no callback.',
		),
		{
			displayName:
				'A 1080P upgrade costs a few credits. Kie.ai does not extend videos that were upgraded to 1080P, so extend first.',
			name: 'creditsNotice',
			type: 'notice',
			default: '',
		},
		...downloadProperties,
		videoOptionsProperty(POLL_INTERVAL, [minimumCreditsOption]),
	],
);

export const get1080p: VideoOperation = {
	operation: 'get1080p',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex) => ({
		order: {
			kind: 'upgrade',
			operation: 'get1080p',
			taskId: readTaskId(context, itemIndex),
			index: readIndex(context, itemIndex),
		},
	}),
};
