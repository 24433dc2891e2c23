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
});
