import type { INodeProperties } from 'n8n-workflow';

/** The one option that both nodes have. */
export const simplifyOption: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	hint: "Off also outputs everything Kie.ai sent, as the field 'raw'",
	description: 'Whether to return a simplified version of the response instead of the raw data',
};
