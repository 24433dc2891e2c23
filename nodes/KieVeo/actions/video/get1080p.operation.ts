import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { moreAt, notice } from '../../panel';
import {
	callbackProperties,
	downloadProperties,
	indexProperty,
	minimumCreditsOption,
	taskIdProperty,
	taskOptionsProperty,
	waitModeProperties,
} from '../descriptions';
import { readIndex, readTaskId } from '../parameters';
import type { OrderOperation } from '../orderOperation';

const POLL_INTERVAL = 20;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get1080p'] } },
	[
		taskIdProperty,
		indexProperty,
		...waitModeProperties(
			{
				none: 'Start the upgrade and continue, whether or not the video is ready',
				callback: true,
			},
			"How to get the result. Kie.ai takes 1 to 3 minutes for 1080P. It sends a callback only with 'Unified Jobs API' in the credential.",
		),
		notice(
			'creditsNotice',
			`A 1080P upgrade costs a few credits, and Kie.ai cannot extend the video afterwards. Running it again only fetches the video (Unified Jobs API: orders again). ${moreAt('costs-and-repeats')}`,
		),
		...callbackProperties,
		...downloadProperties,
		taskOptionsProperty(POLL_INTERVAL, [minimumCreditsOption]),
	],
);

export const get1080p: OrderOperation = {
	operation: 'get1080p',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex, { callbackFor }) => {
		const taskId = readTaskId(context, itemIndex);
		const index = readIndex(context, itemIndex);
		const callBackUrl = callbackFor({ operation: 'get1080p', taskId, index });
		return { order: { kind: 'upgrade', operation: 'get1080p', taskId, index, callBackUrl } };
	},
};
