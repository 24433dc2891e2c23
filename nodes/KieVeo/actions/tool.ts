import type { INodeProperties } from 'n8n-workflow';

import { OPERATIONS } from '../operations';

/** n8n adds a node that agents can use a second time, as a tool. */
export const inTool = { show: { '@tool': [true] } };
export const notInTool = { hide: { '@tool': [true] } };

/**
 * What the model reads about the tool. n8n's own text is the name of the operation alone; the model also has to
 * know what costs credits, and how long a video takes.
 */
export const toolProperties: INodeProperties[] = Object.entries(OPERATIONS).map(
	([name, { resource, forAgents }]) => ({
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 5 },
		required: true,
		default: forAgents,
		description: 'What the model reads about this tool',
		displayOptions: { show: { ...inTool.show, resource: [resource], operation: [name] } },
	}),
);

/** For operations that can wait. */
export const toolNotice: INodeProperties = {
	displayName:
		'An agent does nothing else until this tool has answered. With Return Immediately it has the task ID at once; give it a second tool with the operation Get, which costs nothing, to fetch the video.',
	name: 'toolNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { ...inTool.show, waitMode: ['poll'] } },
};
