import type { INodeProperties } from 'n8n-workflow';

import { moreAt, notice } from '../panel';
import { OPERATIONS } from '../operations';

/** n8n adds a node that agents can use a second time, as a tool. */
export const inTool = { show: { '@tool': [true] } };
export const notInTool = { hide: { '@tool': [true] } };

/**
 * What the model reads about the tool. n8n's own text is only the name of the operation; the model must also
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
export const toolNotice: INodeProperties = notice(
	'toolNotice',
	`An MCP client gives up after about 60 s, and its model may then order again. Choose Return Immediately, and add a second tool with the free operation Get or Get Task to fetch the result. ${moreAt('wait-modes')}`,
	{ show: { ...inTool.show, waitMode: ['poll'] } },
);
