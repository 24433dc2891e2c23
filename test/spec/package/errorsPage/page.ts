import { envelopeFaultText, networkFaultOf } from '../../../../nodes/KieVeo/kie/http/networkFault';
import { CREDENTIAL_FAULTS } from '../../../../nodes/KieVeo/messages/advice';
import { KieVeoError } from '../../../../nodes/KieVeo/messages/error';
import { fileErrors } from '../../../../nodes/KieVeo/messages/file';
import { inputErrors } from '../../../../nodes/KieVeo/messages/input';
import * as runRoom from '../../../../nodes/KieVeo/messages/run';
import * as videoRoom from '../../../../nodes/KieVeo/messages/video';
import { errorOf2x, TRANSPORT_FAULTS } from '../../unit/transportFaults';
import * as samples from './samples';
import type { Samples } from './samples';
import { SYMPTOMS } from './symptoms';

/** One heading of the page. */
export interface Entry {
	/** The anchor. It changes only with the name of the message or its reason, not with its words. */
	id: string;
	/** The message with different values. */
	texts: string[];
	/** `null` where the text itself says what to do. */
	advice: string | null;
}

export interface Section {
	title: string;
	intro: string;
	content: Entry[] | { list: string[] };
}

const recordedFaults = TRANSPORT_FAULTS.map((fault) => networkFaultOf(errorOf2x(fault)).text);
const withoutExample = (text: string) => text.replace(/ \(.*/, '');

const isLine = (id: string) => id.endsWith('-line');

/** What stands for Kie.ai's words: after every recorded fault, and after an answer that is not Kie.ai's. */
const FAULT_TEXTS: string[] = [
	...recordedFaults.filter(
		(text, index) => recordedFaults.map(withoutExample).indexOf(withoutExample(text)) === index,
	),
	envelopeFaultText('empty', 200),
	envelopeFaultText('webPage', 502),
	envelopeFaultText('notJson', 200),
	envelopeFaultText('unexpectedJson', 200),
];

export const SECTIONS: Section[] = [
	{
		title: 'Parameters and settings',
		intro:
			'All parameters of all items are checked first. Nothing was sent and nothing was paid for.',
		content: entriesOf(inputErrors, samples.input),
	},
	{
		title: 'Videos and account',
		intro: "The end of these messages is what Kie.ai said, or what was wrong with Kie.ai's answer.",
		content: entriesOf(videoRoom, samples.video),
	},
	{
		title: 'Answers that could not be used',
		intro: "These words end other messages, instead of Kie.ai's own.",
		content: { list: FAULT_TEXTS },
	},
	{
		title: 'Several items in one run',
		intro:
			'The sentences without advice are added to the description of an error, or shown above the output.',
		content: entriesOf(runRoom, samples.run).filter(({ id }) => !isLine(id)),
	},
	{
		title: 'Files',
		intro: 'The video itself is not lost when its file cannot be downloaded.',
		content: entriesOf(fileErrors, samples.files),
	},
	{
		title: 'No message at all',
		intro: 'What can go wrong without an error.',
		content: SYMPTOMS,
	},
	{
		title: "Lines in n8n's log",
		intro:
			'What was paid for is written to the log as soon as Kie.ai has accepted it, so it can be found after a stop, a time limit of n8n or a crash.',
		content: {
			list: entriesOf(runRoom, samples.run)
				.filter(({ id }) => isLine(id))
				.flatMap(({ texts }) => texts),
		},
	},
	{
		title: 'Test of the credential',
		intro: 'What the credential shows when it is saved or tested.',
		content: { list: Object.values(CREDENTIAL_FAULTS) },
	},
];

/** The page, as prettier formats it. */
export function errorsPage(sections: Section[]): string {
	const blocks = [
		'# Error messages',
		'Every message of the Kie.ai nodes about something that went wrong, with its advice. Task IDs, numbers, addresses ' +
			"and Kie.ai's own words are examples here: search for the rest of your message.",
		'<!-- Generated from nodes/KieVeo/messages by `npm run errors-page`. -->',
		sections.map(({ title }) => `- [${title}](#${headingAnchor(title)})`).join('\n'),
		...sections.flatMap(({ title, intro, content }) => [
			`## ${title}`,
			intro,
			...('list' in content ? [bullets(content.list)] : content.flatMap(blocksOf)),
		]),
	];
	return `${blocks.join('\n\n')}\n`;
}

function blocksOf({ id, texts: [first, ...others], advice }: Entry): string[] {
	if (first === undefined) throw new Error(`No sample shows ${id}`);
	return [
		`### <a id="${id}"></a>${markdown(first)}`,
		...(others.length > 0 ? ['Also:', bullets(others)] : []),
		...(advice === null ? [] : [markdown(advice)]),
	];
}

function bullets(texts: string[]): string {
	return texts.map((text) => `- ${markdown(text)}`).join('\n');
}

/** @param room the functions that make its messages: errors, or words that are part of errors */
function entriesOf<Room extends object>(room: Room, shown: Samples<Room>): Entry[] {
	return (Object.keys(shown) as Array<keyof Room & string>).flatMap((name) => {
		const make = room[name] as (...values: unknown[]) => KieVeoError | string | undefined;
		const id = kebab(name.replace(/Error$/, ''));
		const given = shown[name] as unknown[][] | { [reason: string]: unknown[] };
		if (Array.isArray(given))
			return entryOf(
				id,
				given.map((values) => make(...values)),
			);
		return Object.entries(given).map(([reason, values]) =>
			entryOf(`${id}-${kebab(reason)}`, [make(...values)]),
		);
	});
}

function entryOf(id: string, made: Array<KieVeoError | string | undefined>): Entry {
	const texts = made.map((one) => (one instanceof KieVeoError ? one.message : String(one)));
	const advice = new Set(made.map((one) => (one instanceof KieVeoError ? one.description : null)));
	const [first = null, ...others] = advice;
	if (others.length > 0) throw new Error(`${id} has several pieces of advice: name their reasons`);
	return { id, texts, advice: first };
}

/** As GitHub makes it. */
function headingAnchor(title: string): string {
	return kebab(title.replace(/'/g, ''));
}

function kebab(name: string): string {
	return name
		.replace(/([a-z\d])([A-Z])/g, '$1-$2')
		.toLowerCase()
		.replace(/[^a-z\d]+/g, '-');
}

function markdown(text: string): string {
	return text.replace(/[*<`]/g, '\\$&');
}
