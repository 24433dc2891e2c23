import type { INodeProperties } from 'n8n-workflow';

import { namesWith, traitsOf } from '../operations';
import { moreAt, notice, simplifyOption } from '../panel';
import { binaryPropertyNameProperty, maxSizeOption } from './descriptions';
import { executeOrders, type OrderOperation } from './execute';
import type { Action } from './itemOperation';

/** An operation that orders something, or asks about it, and can wait for the result. */
export function taskOperation({
	fields,
	waiting,
	immediately = 'Start the task and continue with its ID. Kie.ai can report the result to a callback URL.',
	costs,
	options = [],
	...operation
}: OrderOperation & {
	/** What is asked for. */
	fields: INodeProperties[];
	/** About the choice of how to get the result. */
	waiting: string;
	/** What 'Return Immediately' means. */
	immediately?: string;
	/** Of an operation that uses credits. */
	costs?: string;
	options?: INodeProperties[];
}): Action {
	const callsBack = traitsOf(operation.operation).event !== undefined;
	return {
		fields: [
			...fields,
			...waitModeProperties(callsBack, immediately, waiting),
			toolNotice,
			...(costs ? [notice('creditsNotice', `${costs} ${moreAt('costs-and-repeats')}`)] : []),
			...(callsBack ? callbackProperties : []),
			...downloadProperties,
			optionsProperty(operation.pollInterval, costs ? [minimumCreditsOption, ...options] : options),
		],
		execute: async (context) => await executeOrders(context, operation),
	};
}

/** n8n adds a node that agents can use a second time, as a tool. */
const inTool = { show: { '@tool': [true] } };
const notInTool = { hide: { '@tool': [true] } };

/** For operations that can wait. */
const toolNotice: INodeProperties = notice(
	'toolNotice',
	`An MCP client gives up after about 60 s, and its model may then order again. Choose Return Immediately, and add a second tool with the free operation Get or Get Task to fetch the result. ${moreAt('wait-modes')}`,
	{ show: { ...inTool.show, waitMode: ['poll'] } },
);

const WAIT_BY_POLLING = {
	name: 'Wait by Polling',
	value: 'poll',
	description: 'Ask Kie.ai at intervals until the result is ready',
};

const WAIT_FOR_CALLBACK = {
	name: 'Wait for Callback',
	value: 'callback',
	description:
		'Suspend the execution until Kie.ai has reported every result. Does not occupy a worker while waiting.',
};

/** @param immediately what 'Return Immediately' means */
function waitModeProperties(
	callsBack: boolean,
	immediately: string,
	description: string,
): INodeProperties[] {
	const returnImmediately = { name: 'Return Immediately', value: 'none', description: immediately };
	const fallback = callsBack ? 'poll' : 'none';
	const waitMode: INodeProperties = {
		displayName: 'Wait Mode',
		name: 'waitMode',
		type: 'options',
		noDataExpression: true,
		default: fallback,
		options: [returnImmediately, WAIT_BY_POLLING],
		description,
	};
	if (!callsBack) return [waitMode];
	const options = [returnImmediately, WAIT_FOR_CALLBACK, WAIT_BY_POLLING];
	// A tool cannot be suspended: n8n would hand the agent the unfinished items.
	return [
		{ ...waitMode, displayOptions: inTool },
		{ ...waitMode, displayOptions: notInTool, options },
	];
}

/** What happens with Wait for Callback; which address Kie reports to with Return Immediately. */
const callbackProperties: INodeProperties[] = [
	notice(
		'callbackNotice',
		`n8n must be reachable from the internet. The workflow continues once, when everything is finished or the Timeout has passed. Failed items leave through the main output too: check "status". ${moreAt('wait-for-callback')}`,
		{ show: { waitMode: ['callback'] } },
	),
	{
		displayName: 'Callback URL',
		name: 'callBackUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/veo-4k',
		description:
			'URL that Kie.ai calls when the task is finished or has failed, usually the production URL of a Kie.ai Trigger in another workflow. Must be reachable from the internet. Task ID, index and operation are added as a query parameter.',
		displayOptions: { show: { waitMode: ['none'] } },
	},
];

/** The toggle that also downloads the video. */
const downloadProperties: INodeProperties[] = [
	{
		displayName: 'Download',
		name: 'download',
		type: 'boolean',
		default: false,
		description:
			'Whether to also put the result into a binary field of the item, once it is ready. Further files get the fields data_1, data_2, ...',
	},
	{ ...binaryPropertyNameProperty, displayOptions: { show: { download: [true] } } },
];

/** For operations that cost credits. */
const minimumCreditsOption: INodeProperties = {
	displayName: 'Keep at Least (Credits)',
	name: 'minimumCredits',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'Submit nothing if the account has fewer credits than this. The balance is read once, before the first paid request of the run. 0 turns the check off.',
};

/* The Options collection. Durations in seconds. */

const whenCallingBack = {
	show: { '/operation': namesWith('event'), '/waitMode': ['none'] },
	hide: { '/callBackUrl': [''] },
};
export const whenPolling = { show: { '/waitMode': ['poll'] } };
const whenWaiting = { show: { '/waitMode': ['poll', 'callback'] } };

const waitingOptions: INodeProperties[] = [
	{
		displayName: 'On Timeout',
		name: 'onTimeout',
		type: 'options',
		default: 'error',
		options: [
			{
				name: 'Continue',
				value: 'continue',
				description: 'Output the item with status "processing" and "timedOut": true',
			},
			{
				name: 'Stop With Error',
				value: 'error',
				description: 'Stop with an error that names the task ID',
			},
		],
		description: 'What to do if the result is not ready in time',
		displayOptions: whenPolling,
	},
	{
		displayName: 'Pass Through',
		name: 'passThrough',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. {"orderId": 42}',
		description:
			'Your own JSON object, returned with the result by the Kie.ai Trigger. It is part of the callback URL: anyone can read it, nobody can change it. At most 1 KB, no secrets.',
		displayOptions: whenCallingBack,
	},
	{ ...maxSizeOption, displayOptions: { show: { '/download': [true] } } },
	simplifyOption,
	{
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1800,
		hint: "n8n's own limit (workflow settings, EXECUTIONS_TIMEOUT) ends the execution sooner if it is shorter",
		description: 'Seconds to wait for the result, counted from when it was submitted',
		displayOptions: whenWaiting,
	},
];

function optionsProperty(pollInterval: number, own: INodeProperties[]): INodeProperties {
	const pollIntervalOption: INodeProperties = {
		displayName: 'Poll Interval',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: pollInterval,
		description: 'Seconds between requests to Kie.ai for the same task',
		displayOptions: whenPolling,
	};
	const options = [...waitingOptions, pollIntervalOption, ...own];
	// Not `localeCompare`: its first call sets up a collator, which is a third of the node's load time.
	options.sort((a, b) => (a.displayName < b.displayName ? -1 : 1));
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	};
}
