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
	whenPolling,
} from '../descriptions';
import { readChoice, readIndex, readTaskId } from '../parameters';
import type { OrderOperation } from '../orderOperation';

const POLL_INTERVAL = 30;

const on4kUnavailableOption: INodeProperties = {
	displayName: 'On 4K Unavailable',
	name: 'on4kUnavailable',
	type: 'options',
	default: 'error',
	options: [
		{
			name: 'Get 1080P Instead',
			value: 'get1080p',
			description:
				'Upgrade the video to 1080P, which uses credits, and set "fallback": "1080p". It can no longer be extended then.',
		},
		{ name: 'Stop With Error', value: 'error', description: 'Stop with an error that says so' },
	],
	description:
		'What to do when Kie.ai refuses the 4K version for good, and not because of the account, the base video or an overload',
	displayOptions: whenPolling,
};

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['get4k'] } },
	[
		taskIdProperty,
		indexProperty,
		...waitModeProperties(
			{
				none: 'Start the upgrade and continue. Kie.ai can report the result to a callback URL.',
				callback: true,
			},
			'How to get the result. Kie.ai takes 5 to 10 minutes for 4K.',
		),
		notice(
			'creditsNotice',
			`Each 4K upgrade costs credits, about as much as two Fast generations. Running it again with the same task ID only fetches the video (Unified Jobs API: orders again). ${moreAt('costs-and-repeats')}`,
		),
		...callbackProperties,
		...downloadProperties,
		taskOptionsProperty(POLL_INTERVAL, [minimumCreditsOption, on4kUnavailableOption]),
	],
);

export const get4k: OrderOperation = {
	operation: 'get4k',
	defaultPollInterval: POLL_INTERVAL,
	readOrder: (context, itemIndex, { callbackFor }) => {
		const taskId = readTaskId(context, itemIndex);
		const index = readIndex(context, itemIndex);
		const callBackUrl = callbackFor({ operation: 'get4k', taskId, index });
		const upgrade = { kind: 'upgrade', taskId, index } as const;
		const instead = readChoice(
			'On 4K Unavailable',
			['error', 'get1080p'],
			context.getNodeParameter('options.on4kUnavailable', itemIndex, ''),
		);
		return {
			order: { ...upgrade, operation: 'get4k', callBackUrl },
			...(instead === 'get1080p' ? { fallback: { ...upgrade, operation: 'get1080p' } } : {}),
		};
	},
};
