import type { ICredentialType, INodeProperties, INodeType } from 'n8n-workflow';

/** JSON as written in the snapshot. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Parameters that pick the operation: they name an entry instead of being one of its conditions. */
const SELECTORS = ['resource', 'operation'];

/** Whether n8n shows the node or the tool it makes of it, which is a node type of its own. */
const TOOL = '@tool';

/** What a model reads about a tool. Its default is prose, and may get better. */
const AGENT_TEXT = 'toolDescription';

/** What a workflow saves about a node: type, version, credential, addresses, parameters. */
export function describeNode({ description }: INodeType): Json {
	const { version, credentials = [], inputs, outputs, webhooks = [], properties } = description;
	return {
		versions: [version].flat(),
		credentials: credentials.map(({ name }) => name),
		inputs: inputs as string[],
		outputs: outputs as string[],
		usableAsTool: description.usableAsTool === true,
		webhooks: Object.fromEntries(
			webhooks.map(({ name, httpMethod, path, restartWebhook = false, isFullPath = false }) => [
				name,
				{ httpMethod: String(httpMethod), path, restartWebhook, isFullPath },
			]),
		),
		parameters: describeParameters(properties),
	};
}

/** What a saved credential holds. */
export function describeCredential({ properties }: ICredentialType): Json {
	return { fields: describeParameters(properties) };
}

/** One entry per parameter and operation it is shown for, such as `video.get4k.waitMode`. */
function describeParameters(properties: INodeProperties[]): { [name: string]: Json } {
	const entries = properties.filter(isSaved).flatMap((property) => {
		const show = property.displayOptions?.show ?? {};
		const [resources, operations] = SELECTORS.map((selector) => show[selector] ?? ['']);
		return (resources ?? []).flatMap((resource) =>
			(operations ?? []).map((operation): [string, Json] => [
				[resource, operation, nameOf(property)].filter((part) => part !== '').join('.'),
				describeParameter(property),
			]),
		);
	});
	return Object.fromEntries(entries);
}

function nameOf({ name, displayOptions }: INodeProperties): string {
	return displayOptions?.show?.[TOOL] ? `${name} (tool)` : name;
}

/** A notice only shows text. */
function isSaved({ type }: INodeProperties): boolean {
	return type !== 'notice';
}

function describeParameter(property: INodeProperties): Json {
	const { name, type, default: standard, required = false, noDataExpression = false } = property;
	const isCollection = type === 'collection';
	const options = property.options ?? [];
	return {
		type,
		default: name === AGENT_TEXT ? 'any' : defaultOf(standard),
		required,
		takesExpressions: !noDataExpression,
		secret: property.typeOptions?.password === true,
		shownWhen: shownWhen(property),
		...(isCollection ? { parameters: describeParameters(options as INodeProperties[]) } : {}),
		...(!isCollection && options.length > 0
			? { values: options.map((option) => ('value' in option ? option.value : null)) }
			: {}),
	};
}

/** As text, where it is a list or an object: gaining an element changes it. */
function defaultOf(standard: INodeProperties['default']): Json {
	return typeof standard === 'object' ? JSON.stringify(standard) : (standard as Json);
}

/**
 * Every combination of other values under which the parameter is shown. n8n drops the value of a
 * parameter that is hidden, so a combination must not go away.
 */
function shownWhen({ displayOptions }: INodeProperties): string[] {
	let combinations = [''];
	for (const [name, values = []] of Object.entries(displayOptions?.show ?? {}).sort()) {
		if ([...SELECTORS, TOOL].includes(name)) continue;
		combinations = combinations.flatMap((before) =>
			values.map((value) => `${before}${name}=${JSON.stringify(value)} `),
		);
	}
	const hidden = Object.entries(displayOptions?.hide ?? {})
		.filter(([name]) => name !== TOOL)
		.sort();
	const but = hidden.map(([name, values]) => `${name}!=${JSON.stringify(values)}`).join(' ');
	return combinations.map((one) => `${one}${but}`.trim() || 'always');
}
