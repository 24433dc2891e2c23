import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../nodes/KieVeo/KieVeoTrigger.node';

type Entry = INodeProperties | INodePropertyCollection | INodePropertyOptions;

/** Parameters at every depth. */
function parametersIn(entries: readonly Entry[]): INodeProperties[] {
	return entries.flatMap((entry) => [
		...('type' in entry ? [entry] : []),
		...('options' in entry ? parametersIn(entry.options ?? []) : []),
		...('values' in entry ? parametersIn(entry.values) : []),
	]);
}

const PARAMETERS = [new KieVeo(), new KieVeoTrigger()].flatMap(({ description }) =>
	parametersIn(description.properties),
);

/** Selected as an agent's tool. */
const asTool = (operation: string) => ({ '@tool': true, operation, waitMode: 'poll' });

/** As it is shown, without its links. */
const shown = (html: string) => html.replace(/<[^>]+>/g, '');

describe('the panels', () => {
	it.each<[what: string, longest: number, texts: string[]]>([
		// What n8n's coming lint rule allows.
		['hint', 120, PARAMETERS.flatMap(({ hint }) => hint ?? [])],
		// More is not read before paying.
		[
			'notice',
			200,
			PARAMETERS.flatMap(({ type, displayName }) => (type === 'notice' ? shown(displayName) : [])),
		],
	])('have no %s of more than %i characters', (_what, longest, texts) => {
		expect(texts.length).toBeGreaterThan(0);
		expect(texts.filter((text) => text.length > longest)).toStrictEqual([]);
	});

	it.each([
		['get4k', 1],
		['runModel', 1],
		['get', 0],
		['getTask', 0],
	])('warn of MCP clients that order again in the tool of %s: %i', (operation, count) => {
		const tool: { [name: string]: unknown } = asTool(operation);
		const notices = PARAMETERS.filter(({ name, displayOptions }) => {
			const { show = {} } = displayOptions ?? {};
			const isShown = Object.keys(show).every(
				(key) => key === 'resource' || show[key]?.includes(tool[key] as string),
			);
			return name === 'toolNotice' && isShown;
		});
		expect(notices).toHaveLength(count);
	});
});
