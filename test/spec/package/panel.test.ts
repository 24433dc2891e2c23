import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../nodes/KieVeo/KieVeoTrigger.node';
import { filesIn, pagesAtRoot, textOf } from './texts';

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

/** What the nodes and the credential were called; "Kie.ai's Veo 3.1 ..." is prose. */
const FORMER_NAMES = /Kie\.ai Veo(?! \d)/;

describe('the names of nodes and credential', () => {
	it('are the same in all texts that people read', () => {
		const texts = [
			...['nodes', 'credentials', 'examples', 'docs', '.github'].flatMap(filesIn),
			...pagesAtRoot(),
			'package.json',
		];
		const found = texts.flatMap((path) =>
			textOf(path)
				.split('\n')
				.flatMap((line, index) =>
					FORMER_NAMES.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [],
				),
		);
		expect(found).toStrictEqual([]);
	});
});
