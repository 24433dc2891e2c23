import type { INodeProperties } from 'n8n-workflow';

/* Fields that several operations have. */

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
