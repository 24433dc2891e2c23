import { envelopeFaultText, networkFaultOf } from '../../../../nodes/KieVeo/kie/http/networkFault';
import { CREDENTIAL_FAULTS } from '../../../../nodes/KieVeo/messages/advice';
import { KieVeoError } from '../../../../nodes/KieVeo/messages/error';
import { fileErrors } from '../../../../nodes/KieVeo/messages/file';
import { inputErrors } from '../../../../nodes/KieVeo/messages/input';
import { modelErrors } from '../../../../nodes/KieVeo/messages/model';
import * as runRoom from '../../../../nodes/KieVeo/messages/run';
import * as videoRoom from '../../../../nodes/KieVeo/messages/task';
import { errorOf2x, TRANSPORT_FAULTS } from '../../unit/transportFaults';
import * as samples from './samples';
import type { Samples } from './samples';
import { SYMPTOMS } from './symptoms';

/** What a user reads; `advice` is `null` where the text itself says what to do. */
export interface Entry {
	text: string;
	advice: string | null;
}

export interface Section {
	title: string;
	intro: string;
	entries: Entry[];
}

const recordedFaults = TRANSPORT_FAULTS.map((fault) => networkFaultOf(errorOf2x(fault)).text);
const withoutExample = (text: string) => text.replace(/ \(.*/, '');

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

const { submittedLine, tierLine, reorderedLine, logLine, ...hints } = samples.run;

export const SECTIONS: Section[] = [
	{
		title: 'No message at all',
		intro: 'What can go wrong without an error.',
		entries: SYMPTOMS,
	},
	{
		title: 'Parameters and settings',
		intro:
			'All parameters of all items are checked first. Nothing was ordered and nothing was paid for.',
		entries: entriesOf(inputErrors, samples.input),
	},
	{
		title: 'Models and their fields',
		intro:
			'Checked against what Kie.ai lists at that moment. The sentences without advice are shown above the output.',
		entries: entriesOf(modelErrors, samples.model),
	},
	{
		title: 'Kie.ai could not make the video',
		intro:
			'The message begins with what was asked for, such as "Could not get the 4K video of task veo_task_abc123:", and ends with Kie.ai\'s words.',
		entries: entriesOf(videoRoom, { rejectedError: samples.failures }).map((entry) => ({
			...entry,
			text: entry.text.replace(/^Could not get the (.*?)( of task \w+)?:/, '$1:'),
		})),
	},
	{
		title: 'Account and connection',
		intro:
			'A message about a video also names it, and its advice ends with how to get the video without paying again. ' +
			'Uploads and downloads fail for the same reasons, with the same advice about their own address.',
		entries: entriesOf(videoRoom, { accountRejectedError: samples.account }),
	},
	{
		title: 'Answers that could not be used',
		intro: "These words end other messages, instead of Kie.ai's own.",
		entries: listOf(FAULT_TEXTS),
	},
	{
		title: 'Videos and images',
		intro: 'A submitted video is not lost: the message says how to get it.',
		entries: entriesOf(videoRoom, samples.video),
	},
	{
		title: 'Files',
		intro:
			'The message begins with the file, such as "The file of task veo_task_abc123 could not be downloaded:". The video ' +
			'itself is not lost.',
		entries: entriesOf(fileErrors, samples.files).map((entry) => ({
			...entry,
			text: entry.text.replace(/^The file .*? could not be downloaded: /, ''),
		})),
	},
	{
		title: 'Several items in one run',
		intro:
			'The sentences without advice are added to the description of an error, or shown above the output.',
		entries: entriesOf(runRoom, hints),
	},
	{
		title: "Lines in n8n's log",
		intro:
			'What was paid for is written to the log as soon as Kie.ai has accepted it, so it can be found after a stop, a ' +
			'time limit of n8n or a crash. Errors and hints that the execution may not show are there also.',
		entries: listOf(
			entriesOf(runRoom, { submittedLine, tierLine, reorderedLine, logLine }).map(
				({ text }) => text,
			),
		),
	},
	{
		title: 'Test of the credential',
		intro: 'What the credential shows when it is saved or tested.',
		entries: listOf(Object.values(CREDENTIAL_FAULTS)),
	},
];

/** The page, as prettier formats it. */
export function errorsPage(sections: Section[]): string {
	const blocks = [
		'# Error messages',
		'Every message of the Kie.ai nodes about something that went wrong, with its advice. Task IDs, numbers, addresses ' +
			"and Kie.ai's own words are examples here: search for the rest of your message. " +
			'For Run a Model, "video" in these messages reads "task" or "result", and Get is Get Task.',
		'<!-- Generated from nodes/KieVeo/messages by `npm run errors-page`. -->',
		sections.map(({ title }) => `- [${title}](#${headingAnchor(title)})`).join('\n'),
		...sections.flatMap(({ title, intro, entries }) => [`## ${title}`, intro, bullets(entries)]),
	];
	return `${blocks.join('\n\n')}\n`;
}

/** Messages with the same advice are one bullet. */
function bullets(entries: Entry[]): string {
	return entries
		.map(({ text, advice }, at) => {
			if (advice === null) return `- ${markdown(text)}`;
			const same = entries.filter((entry) => entry.advice === advice);
			if (entries.findIndex((entry) => entry.advice === advice) < at) return '';
			return `- ${[...same.map((entry) => `**${markdown(entry.text)}**`), markdown(advice)].join('\\\n  ')}`;
		})
		.filter((bullet) => bullet !== '')
		.join('\n');
}

function listOf(texts: string[]): Entry[] {
	return texts.map((text) => ({ text, advice: null }));
}

/** @param room the functions that make its messages: errors, or words that are part of errors */
function entriesOf<Room extends object>(room: Room, shown: Samples<Partial<Room>>): Entry[] {
	return (Object.entries(shown) as Array<[keyof Room, unknown[][]]>).flatMap(([name, given]) => {
		const make = room[name] as (...values: unknown[]) => KieVeoError | string | undefined;
		return given.map((values) => {
			const made = make(...values);
			return made instanceof KieVeoError
				? { text: made.message, advice: made.description }
				: { text: String(made), advice: null };
		});
	});
}

/** As GitHub makes it. */
function headingAnchor(title: string): string {
	return title
		.toLowerCase()
		.replace(/[^a-z\d ]/g, '')
		.replace(/ /g, '-');
}

function markdown(text: string): string {
	return text.replace(/[*<`]/g, '\\$&');
}
