import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../nodes/KieVeo/KieVeoTrigger.node';

/** Characters that n8n's coming lint rule allows a hint. */
const LONGEST_HINT = 120;
/** More is not read before paying. */
const LONGEST_NOTICE = 200;

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
	it(`have no hint of more than ${LONGEST_HINT} characters`, () => {
		const hints = PARAMETERS.flatMap(({ hint }) => hint ?? []);
		expect(hints.length).toBeGreaterThan(0);
		expect(hints.filter((hint) => hint.length > LONGEST_HINT)).toStrictEqual([]);
	});

	it(`have no notice of more than ${LONGEST_NOTICE} characters`, () => {
		const notices = PARAMETERS.filter(({ type }) => type === 'notice').map(({ displayName }) =>
			shown(displayName),
		);
		expect(notices.length).toBeGreaterThan(0);
		expect(notices.filter((notice) => notice.length > LONGEST_NOTICE)).toStrictEqual([]);
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
