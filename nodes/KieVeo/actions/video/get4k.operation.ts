import { indexProperty, taskIdProperty, whenPolling } from '../../panel';
import { readChoice, readVideo } from '../parameters';
import { taskOperation } from '../taskOperation';

export const get4k = taskOperation({
	operation: 'get4k',
	pollInterval: 30,
	fields: [taskIdProperty, indexProperty],
	immediately: 'Start the upgrade and continue. Kie.ai can report the result to a callback URL.',
	waiting: 'How to get the result. Kie.ai takes 5 to 10 minutes for 4K.',
	costs:
		'Each 4K upgrade costs credits, about as much as two Fast generations. Running it again with the same task ID only fetches the video (Unified Jobs API: orders again).',
	options: [
		{
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
		},
	],
	readOrder: (item, { callbackFor }) => {
		const video = readVideo(item);
		const callBackUrl = callbackFor(video);
		const upgrade = { kind: 'upgrade', ...video } as const;
		const given = item.options.on4kUnavailable;
		const instead = readChoice('On 4K Unavailable', ['error', 'get1080p'], given);
		return {
			order: { ...upgrade, operation: 'get4k', callBackUrl },
			...(instead === 'get1080p' ? { fallback: { ...upgrade, operation: 'get1080p' } } : {}),
		};
	},
});
