import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import {
	defaultOperation,
	operationOptions,
	OPERATIONS,
	type OperationName,
	type Resource,
} from '../operations';
import { executeGetCredits } from './account/getCredits.operation';
import { description as uploadFields, executeUpload } from './file/upload.operation';
import { description as getModelFields, executeGetModel } from './task/getModel.operation';
import { description as getTaskFields, getTask } from './task/getTask.operation';
import { description as runModelFields, runModel } from './task/runModel.operation';
import { description as downloadFields, executeDownload } from './video/download.operation';
import { executeOrders } from './execute';
import { description as extendFields, extend } from './video/extend.operation';
import { description as generateFields, generate } from './video/generate.operation';
import { description as getFields, get } from './video/get.operation';
import { description as get1080pFields, get1080p } from './video/get1080p.operation';
import { description as get4kFields, get4k } from './video/get4k.operation';
import { toolProperties } from './tool';
import type { OrderOperation } from './orderOperation';

type Execute = (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;

const onTask =
	(operation: OrderOperation): Execute =>
	async (context) =>
		await executeOrders(context, operation);

/** Every operation in the table has an entry: a missing one does not compile. */
const EXECUTES: { [Name in OperationName]: Execute } = {
	download: executeDownload,
	extend: onTask(extend),
	generate: onTask(generate),
	get: onTask(get),
	get1080p: onTask(get1080p),
	get4k: onTask(get4k),
	getCredits: executeGetCredits,
	getModel: executeGetModel,
	getTask: onTask(getTask),
	runModel: onTask(runModel),
	upload: executeUpload,
};

// A `Map`, not an object: `operation` is a stored parameter and must not reach `Object.prototype`.
const BY_NAME = new Map(
	Object.entries(EXECUTES).map(([name, execute]) => {
		const { resource } = OPERATIONS[name as OperationName];
		return [keyOf(resource, name), execute];
	}),
);

/** @returns `undefined` for an operation this version does not have */
export function operationNamed(resource: string, name: string): Execute | undefined {
	return BY_NAME.get(keyOf(resource, name));
}

function keyOf(resource: string, name: string): string {
	return `${resource}.${name}`;
}

function operationProperty(resource: Resource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: defaultOperation(resource),
		displayOptions: { show: { resource: [resource] } },
		options: operationOptions(resource),
	};
}

export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		default: 'video',
		options: [
			{ name: 'Account', value: 'account' },
			{ name: 'Any Model', value: 'task' },
			{ name: 'File', value: 'file' },
			{ name: 'Veo Video', value: 'video' },
		],
	},
	operationProperty('video'),
	operationProperty('task'),
	operationProperty('file'),
	operationProperty('account'),
	...toolProperties,
	...get4kFields,
	...get1080pFields,
	...getFields,
	...generateFields,
	...extendFields,
	...downloadFields,
	...runModelFields,
	...getTaskFields,
	...getModelFields,
	...uploadFields,
];

/** For n8n's workflow builder, from 2.x on. Older n8n does not know the field. */
export const builderHint = {
	builderHint: {
		searchHint:
			'Every item of Generate, Extend, Get 4K Video, Get 1080P Video and Run a Model costs credits; put a person\'s approval or "Keep at Least (Credits)" before many. A video takes minutes: use Wait by Polling, or Wait for Callback on an n8n that the internet can reach. For AI agents use two tools: Generate with Return Immediately, and Get. To get 4K, generate at 720p first and pass its taskId to Get 4K Video. For images, speech, music and other videos use Run a Model; Get Model shows its input.',
		relatedNodes: [
			{
				nodeType: 'n8n-nodes-kie-veo.kieVeoTrigger',
				relationHint: 'Starts a workflow when a video that was not waited for is ready',
			},
		],
	},
};
