import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { stateRequest } from '../../completion/videoRequest';
import {
	downloadProperties,
	maxSizeOfDownloadOption,
	taskIdProperty,
	videoOptionsProperty,
} from '../descriptions';
import { readTaskId } from '../parameters';
import type { VideoOperation } from './videoOperation';

const POLL_INTERVAL = 30;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get'] } },
	[
		{
			...taskIdProperty,
			description: 'The ID that Kie.ai returned when the video was generated or extended',
		},
		{
			displayName: 'Wait Mode',
			name: 'waitMode',
			type: 'options',
			noDataExpression: true,
			default: 'none',
			options: [
				{
					name: 'Return Immediately',
					value: 'none',
					description: 'Ask once and continue, whether the video is ready or not',
				},
				{
					name: 'Wait by Polling',
					value: 'poll',
					description: 'Ask Kie.ai again and again until the video is ready',
				},
			],
			description: 'What to do with a video that is not ready yet. Asking costs nothing.',
		},
		...downloadProperties,
		videoOptionsProperty(POLL_INTERVAL, [maxSizeOfDownloadOption]),
	],
);

export const get: VideoOperation = {
	operation: 'get',
	downloads: true,
	defaultPollInterval: POLL_INTERVAL,
	readRequest: (context, itemIndex) => stateRequest(readTaskId(context, itemIndex)),
};
