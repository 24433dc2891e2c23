import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import {
	callBackUrlProperty,
	downloadProperties,
	indexProperty,
	maxSizeOfDownloadOption,
	taskIdProperty,
	videoOptionsProperty,
} from '../descriptions';
import { readCallbackAddress, readIndex, readTaskId } from '../parameters';
import { upgradeRequest } from '../../completion/videoRequest';
import { withSubmission } from '../../veo/callbackAddress';
import type { VideoOperation } from './videoOperation';

const POLL_INTERVAL = 30;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get4k'] } },
	[
		taskIdProperty,
		indexProperty,
		{
			displayName: 'Wait Mode',
			name: 'waitMode',
			type: 'options',
			noDataExpression: true,
			default: 'poll',
			options: [
				{
					name: 'Return Immediately',
					value: 'none',
					description:
						'Start the upgrade and continue. Kie.ai can report the end to a callback URL.',
				},
				{
					name: 'Wait for Callback',
					value: 'callback',
					description:
						'Suspend the execution until Kie.ai has reported every video. Holds no worker while waiting.',
				},
				{
					name: 'Wait by Polling',
					value: 'poll',
					description: 'Ask Kie.ai again and again until the video is ready',
				},
			],
			description: 'How to get the result. Kie.ai needs 5 to 10 minutes for 4K.',
		},
		{
			displayName:
				'Each 4K upgrade costs extra credits, about as much as two Fast generations. Run it again with the same task ID to fetch a video that was submitted before.',
			name: 'creditsNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName:
				'All videos are submitted, then the execution is suspended and continues once, when Kie.ai has called back for the last one. n8n must be reachable from the internet (WEBHOOK_URL). When the Timeout (30 minutes) passes, unfinished videos come out with "timedOut": true. A video that failed is an item with status "failed", not an error.',
			name: 'callbackNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { waitMode: ['callback'] } },
		},
		{ ...callBackUrlProperty, displayOptions: { show: { waitMode: ['none'] } } },
		...updateDisplayOptions({ show: { waitMode: ['none', 'poll'] } }, downloadProperties),
		videoOptionsProperty(POLL_INTERVAL, [maxSizeOfDownloadOption]),
	],
);

export const get4k: VideoOperation = {
	operation: 'get4k',
	downloads: true,
	defaultPollInterval: POLL_INTERVAL,
	readRequest: (context, itemIndex, waitMode, connection, resumeAddress) => {
		const taskId = readTaskId(context, itemIndex);
		const index = readIndex(context, itemIndex);
		const about = { operation: 'get4k' as const, taskId, index };
		const callBackUrl = resumeAddress
			? withSubmission(resumeAddress, about, connection.addressKey)
			: readCallbackAddress(context, itemIndex, waitMode, connection, about);
		return upgradeRequest('get4k', { taskId, index, callBackUrl });
	},
};
