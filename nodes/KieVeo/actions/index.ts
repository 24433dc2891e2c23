import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	NodeHint,
} from 'n8n-workflow';

import { KieVeoError, toNodeError } from '../messages/error';
import { inputErrors } from '../messages/input';
import { NAMES, namesWith, traitsOf, type OperationName } from '../operations';
import { errorItem } from '../run/itemRun';
import { getCredits } from './account/getCredits.operation';
import { upload } from './file/upload.operation';
import type { Action } from './itemOperation';
import { failedAsGiven, Item } from './parameters';
import { getModel } from './task/getModel.operation';
import { getTask } from './task/getTask.operation';
import { runModel } from './task/runModel.operation';
import { download } from './video/download.operation';
import { extend } from './video/extend.operation';
import { generate } from './video/generate.operation';
import { get } from './video/get.operation';
import { get1080p } from './video/get1080p.operation';
import { get4k } from './video/get4k.operation';

/** Every operation in the table has an entry: a missing one does not compile. */
const ACTIONS: { [Name in OperationName]: Action } = {
	get4k,
	get1080p,
	get,
	generate,
	extend,
	download,
	runModel,
	getTask,
	getModel,
	upload,
	getCredits,
};

const operations = NAMES.map((name) => ({ name, ...traitsOf(name), ...ACTIONS[name] }));

/**
 * What the model reads about the tool. n8n's own text is only the name of the operation; the model must also
 * know what costs credits, and how long a video takes.
 */
const toolProperties: INodeProperties[] = operations.map(({ name, resource, forAgents }) => ({
	displayName: 'Tool Description',
	name: 'toolDescription',
	type: 'string',
	typeOptions: { rows: 5 },
	required: true,
	default: forAgents,
	description: 'What the model reads about this tool',
	displayOptions: { show: { '@tool': [true], resource: [resource], operation: [name] } },
}));

function operationProperty(resource: string): INodeProperties {
	const offered = operations.filter((one) => one.resource === resource);
	const first = offered.find(({ isDefault }) => isDefault)?.name;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: first,
		displayOptions: { show: { resource: [resource] } },
		options: offered.map(({ name: value, label: name, description, action, forAgents }) => {
			// Read by n8n's workflow builder, from 2.x on.
			return { name, value, description, action, builderHint: { propertyHint: forAgents } };
		}),
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
	...operations.flatMap(({ name, resource, fields }) => {
		// Not n8n's `updateDisplayOptions`: its deep merge takes a sixth of the node's load time.
		const own = { resource: [resource], operation: [name] };
		return fields.map(({ displayOptions, ...field }) => ({
			...field,
			displayOptions: { ...displayOptions, show: { ...displayOptions?.show, ...own } },
		}));
	}),
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

/** The exact number is shown up to here: as many as Kie accepts at once. */
const COUNTED = 20;
/** With more items than this, reading the task of each would slow down the editor. */
const READ = 50;

/**
 * How many new paid requests the current items are, before the node runs. An upgrade is ordered once for all items
 * with the same task and index, a new video for each item. "At most", because the condition of a hint cannot see
 * whether the node's Execute Once is on.
 *
 * Only the condition of a hint takes expressions, its text does not: so there is one hint for each number. It is
 * next to the button in the output panel, since the input panel shows the hints of the node before.
 */
export const paidRequestHints: NodeHint[] = [
	hint('=== 1', '1 new paid request'),
	...Array.from({ length: COUNTED - 1 }, (_, index) => index + 2).map((count) =>
		hint(`=== ${count}`, `at most ${count} new paid requests`),
	),
	hint(`> ${COUNTED}`, `more than ${COUNTED} new paid requests`, 'can make'),
	hint('=== null', 'a new paid request for each different video'),
];

/** @param condition what the number of paid requests is compared with */
function hint(condition: string, amount: string, verb = 'make'): NodeHint {
	return {
		message: `These items ${verb} ${amount}.`,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'beforeExecution',
		displayCondition: `={{ ${paidRequests()} ${condition} }}`,
	};
}

/**
 * An expression that returns the number of paid requests, or null when there are too many to read, or they cannot be
 * read before the run: there n8n does not know where an item comes from, so `$('Node').item` throws.
 */
function paidRequests(): string {
	const isOneOf = (names: string[]) => `${JSON.stringify(names)}.includes($parameter.operation)`;
	const items = '$input.all()';
	const value = (name: string) =>
		`(String($rawParameter.${name}).startsWith("=") ? $evaluateExpression($rawParameter.${name}.slice(1), i) : $rawParameter.${name})`;
	const orders = `new Set(${items}.map((_, i) => ${value('taskId')} + " " + ${value('index')})).size`;
	const upgrades = `(() => { try { return ${items}.length > ${READ} ? null : ${orders}; } catch { return null; } })()`;
	return `(${isOneOf(namesWith('creates'))} ? ${items}.length : ${isOneOf(namesWith('upgradesTo'))} ? ${upgrades} : 0)`;
}

/** Runs the selected operation. Every error it raises names its item and says what to do next. */
export async function router(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const resource = context.getNodeParameter('resource', 0);
		const name = context.getNodeParameter('operation', 0) as string;
		const known = operations.find((one) => one.name === name && one.resource === resource);
		if (!known) throw inputErrors.unknownOperation(name);
		return [await known.execute(context)];
	} catch (error) {
		if (!(error instanceof KieVeoError) || !context.continueOnFail())
			throw toNodeError(context.getNode(), error);
		// It belongs to no single item: found before the first one was read, or about the account.
		const items = context
			.getInputData()
			.map((_, index) => errorItem(context, error, index, failedAsGiven(new Item(context, index))));
		return [items];
	}
}
