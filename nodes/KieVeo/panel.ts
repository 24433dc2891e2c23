import type { INodeProperties } from 'n8n-workflow';

import { isCallingBack, namesWith, type TaskOperation } from './operations';

/* In the panels of both nodes. */

export const simplifyOption: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	hint: "Off also outputs everything Kie.ai sent, as the field 'raw'",
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** @param html shown as it is */
export function notice(
	name: string,
	html: string,
	displayOptions?: INodeProperties['displayOptions'],
): INodeProperties {
	return { displayName: html, name, type: 'notice', default: '', displayOptions };
}

/** @param section of the reference */
export function moreAt(section: string): string {
	const page = 'https://github.com/n8n-nodes-kie-veo/n8n-nodes-kie-veo/blob/main/docs/reference.md';
	return `<a href="${page}#${section}" target="_blank">More</a>`;
}

/* Of several operations. */

export const taskIdProperty: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. veo_task_abcdef123456',
	description: 'The ID that Kie.ai returned when the video was generated',
};

export const indexProperty: INodeProperties = {
	displayName: 'Index',
	name: 'index',
	type: 'number',
	typeOptions: { minValue: 0, numberPrecision: 0 },
	default: 0,
	hint: 'Leave it at 0 unless the task has several videos',
	description: 'Which video of the task, counted from 0. Most tasks have only one.',
};

export const promptProperty: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: 'e.g. A dog playing in a park, filmed from a low angle',
	description: 'What the video should show and how it should sound',
};

export const seedOption: INodeProperties = {
	displayName: 'Seed',
	name: 'seed',
	type: 'number',
	typeOptions: { minValue: 10000, maxValue: 99999, numberPrecision: 0 },
	default: 10000,
	description:
		'A whole number from 10000 to 99999. The same seed and prompt give similar videos; without a seed Kie.ai picks one at random.',
};

export const watermarkOption: INodeProperties = {
	displayName: 'Watermark',
	name: 'watermark',
	type: 'string',
	default: '',
	placeholder: 'e.g. MyBrand',
	description: 'Text to show in the video',
};

export const maxSizeOption: INodeProperties = {
	displayName: 'Maximum Size',
	name: 'maxSize',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: 'Largest file to download, in MB. Larger files cause an error; 0 means no limit.',
};

export const binaryPropertyNameProperty: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	hint: 'The name of the output binary field to put the file in',
};

/** The collection of what is seldom set. */
export function optionsProperty(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		// Not `localeCompare`: its first call sets up a collator, which is a third of the node's load time.
		options: [...options].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}

/* Of an operation that can wait. */

/** n8n adds a node that agents can use a second time, as a tool. */
const inTool = { show: { '@tool': [true] } };
const notInTool = { hide: { '@tool': [true] } };

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
			'Whether to also put the result into a binary field of the item, once it is ready. Further files get the same name with _1, _2, ...',
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

/** The fields of an operation that orders something, or asks about it, and can wait for the result. */
export function taskFields({
	operation,
	pollInterval,
	fields,
	waiting,
	immediately = 'Start the task and continue with its ID. Kie.ai can report the result to a callback URL.',
	costs,
	options = [],
}: {
	operation: TaskOperation;
	/** Seconds, by default. */
	pollInterval: number;
	/** What is asked for. */
	fields: INodeProperties[];
	/** About the choice of how to get the result. */
	waiting: string;
	/** What 'Return Immediately' means. */
	immediately?: string;
	/** Of an operation that uses credits. */
	costs?: string;
	options?: INodeProperties[];
}): INodeProperties[] {
	const callsBack = isCallingBack(operation);
	const usual = callsBack ? 'poll' : 'none';
	const returnImmediately = { name: 'Return Immediately', value: 'none', description: immediately };
	const waitMode: INodeProperties = {
		displayName: 'Wait Mode',
		name: 'waitMode',
		type: 'options',
		noDataExpression: true,
		default: usual,
		options: [returnImmediately, WAIT_BY_POLLING],
		description: waiting,
	};
	const withCallback = [returnImmediately, WAIT_FOR_CALLBACK, WAIT_BY_POLLING];
	return [
		...fields,
		// A tool cannot be suspended: n8n would hand the agent the unfinished items.
		...(callsBack
			? [
					{ ...waitMode, displayOptions: inTool },
					{ ...waitMode, displayOptions: notInTool, options: withCallback },
				]
			: [waitMode]),
		...(callsBack ? [toolNotice] : []),
		...(costs ? [notice('creditsNotice', `${costs} ${moreAt('costs-and-repeats')}`)] : []),
		...(callsBack ? callbackProperties : []),
		...downloadProperties,
		optionsProperty([
			...waitingOptions,
			{
				displayName: 'Poll Interval',
				name: 'pollInterval',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: pollInterval,
				description: 'Seconds between requests to Kie.ai for the same task',
				displayOptions: whenPolling,
			},
			...(costs ? [minimumCreditsOption] : []),
			...options,
		]),
	];
}
