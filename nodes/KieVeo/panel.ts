import type { INodeProperties } from 'n8n-workflow';

/* What the panels of both nodes share. */

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
	return {
		displayName: html,
		name,
		type: 'notice',
		default: '',
		...(displayOptions && { displayOptions }),
	};
}

/** @param section of the reference */
export function moreAt(section: string): string {
	const page = 'https://github.com/n8n-nodes-kie-veo/n8n-nodes-kie-veo/blob/main/docs/reference.md';
	return `<a href="${page}#${section}" target="_blank">More</a>`;
}
