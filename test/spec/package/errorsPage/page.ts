import { KieVeoApi } from '../../../../credentials/KieVeoApi.credentials';
import { readAnswer } from '../../../../nodes/KieVeo/kie/http/client';
import { networkFaultOf } from '../../../../nodes/KieVeo/kie/http/networkFault';
import type { Rejection, UnreachedReason } from '../../../../nodes/KieVeo/kie/meaning/answer';
import { KieVeoError } from '../../../../nodes/KieVeo/messages/error';
import { fileErrors } from '../../../../nodes/KieVeo/messages/file';
import { inputErrors, modelErrors } from '../../../../nodes/KieVeo/messages/input';
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
	/** What the intro says for all entries, so that they need not repeat it. */
	said?: RegExp;
}

/** Every recorded fault, and every answer that is not Kie.ai's, as an error about the account. */
const FAULTS: Array<[Rejection, string]> = [
	...TRANSPORT_FAULTS.map((fault): [Rejection, string] => {
		const { text, unreached } = networkFaultOf(errorOf2x(fault));
		return [rejectionOf(unreached), text];
	}),
	...['', 'OK', '[]'].map((body): [Rejection, string] => [
		rejectionOf(undefined),
		readAnswer({ statusCode: 200, headers: {}, body }, 0).message,
	]),
];

function rejectionOf(reason: UnreachedReason | undefined): Rejection {
	if (reason === undefined) return { kind: 'retry', reason: 'unreadable' };
	if (reason === 'noConnection' || reason === 'noName') return { kind: 'retry', reason };
	return { kind: 'unreached', reason };
}

/** Errors whose message says what is allowed: their advice would repeat it. */
const ABOUT_VALUES = new Set(
	(
		'text boolean choice waitMode seconds index duration seed imageList imageCount maximumSize ' +
		'minimumCredits tolerance api'
	).split(' '),
);

function inputSamples(aboutValues: boolean) {
	const chosen = Object.entries(samples.input).filter(
		([name]) => ABOUT_VALUES.has(name) === aboutValues,
	);
	return Object.fromEntries(chosen) as Samples<Partial<typeof inputErrors>>;
}

const { submittedLine, tierLine, reorderedLine, goneLine, unreachedLine, logLine, ...hints } =
	samples.run;
const logLines = { submittedLine, tierLine, reorderedLine, goneLine, unreachedLine, logLine };

export const SECTIONS: Section[] = [
	{
		title: 'No message at all',
		intro: 'What can go wrong without an error.',
		entries: SYMPTOMS,
	},
	{
		title: 'Parameters and settings',
		intro:
			'All parameters of all items are checked first. Nothing was ordered and nothing was paid for; with On Error: Continue that is true of the item with the error.',
		said: / ?Nothing was (sent|submitted)( to Kie.ai)?\./,
		entries: [
			...entriesOf(inputErrors, inputSamples(true)).map((entry) => ({
				...entry,
				advice: 'Enter such a value. If there is an expression, check what it returns.',
			})),
			...entriesOf(inputErrors, inputSamples(false)),
		],
	},
	{
		title: 'Models and their fields',
		intro:
			"Checked against what Kie.ai lists at that moment. With 'Input Mode' JSON, any input is sent. The sentences without " +
			'advice are shown above the output.',
		said: / ?With 'Input Mode' JSON, any input is sent\.( Nothing was sent\.)?/,
		entries: entriesOf(modelErrors, samples.model),
	},
	{
		title: 'Kie.ai could not make the video',
		intro:
			'The message begins with what was asked for, such as "Could not get the 4K video of task veo_task_abc123:", and ends ' +
			"with Kie.ai's words. The failure of an upgrade or an extension does not affect the original; ordering it again " +
			'may be billed.',
		said: / The base video is not affected\./,
		entries: entriesOf(videoRoom, { rejectedError: samples.failures }).map((entry) => ({
			...entry,
			text: entry.text.replace(/^Could not get the (.*?)( of task \w+)?:/, '$1:'),
		})),
	},
	{
		title: 'Account and connection',
		intro:
			'The message begins with "Kie.ai could not be reached", "was not reached" or "gave no usable answer", and what ' +
			'was asked for. Where nothing can have been paid for, run the node again afterwards; otherwise the advice says ' +
			'how to get the video. Uploads and downloads fail for the same reasons.',
		said: /( in the Kie.ai API credential)? \(usually https:\/\/api.kie.ai\)| Then run the node again\./g,
		entries: entriesOf(videoRoom, {
			accountRejectedError: [
				...samples.account,
				...FAULTS.map(([rejection, message]): (typeof samples.account)[number] => [
					rejection,
					{ code: null, message },
				]),
			],
		}).map((entry) => ({
			...entry,
			text: entry.text.replace(/^Kie.ai (could not be|was not|gave no).*?: /, ''),
		})),
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
			'itself is not lost: run the operation Download with its URL, which is free.',
		said: / Then run the operation Download with the URL .*/,
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
		entries: listOf(entriesOf(runRoom, logLines).map(({ text }) => text)),
	},
	{
		title: 'Test of the credential',
		intro: 'What the credential shows when it is saved or tested.',
		entries: listOf([
			...new Set(new KieVeoApi().test.rules?.map(({ properties }) => properties.message)),
		]),
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
		...sections.flatMap((section) => [`## ${section.title}`, section.intro, bullets(section)]),
	];
	return `${blocks.join('\n\n')}\n`;
}

/** Messages with the same advice are one bullet, and messages that differ in their example only are one. */
function bullets({ entries, said = /$^/ }: Section): string {
	const byAdvice = new Map<string, string[]>();
	for (const { text, advice } of entries) {
		const rest = advice === null ? '' : advice.replace(said, '').trim();
		// What has no advice, or none that the intro does not give, is a bullet of its own.
		const key = rest === '' ? text : rest;
		const texts = byAdvice.get(key) ?? [];
		if (!texts.some((one) => withoutExample(one) === withoutExample(text))) texts.push(text);
		byAdvice.set(key, texts);
	}
	return [...byAdvice]
		.map(([advice, texts]) =>
			advice === texts[0]
				? `- ${markdown(advice)}`
				: `- ${[...shortened(texts).map((text) => `**${markdown(text)}**`), markdown(advice)].join('\\\n  ')}`,
		)
		.join('\n');
}

/** What all begin with, up to a colon, is said once. */
function shortened([first = '', ...others]: string[]): string[] {
	const beginning = first.slice(0, first.indexOf(': ') + 1);
	const isLong = beginning.length > 80;
	return [
		first,
		...others.map((text) =>
			isLong && text.startsWith(beginning) ? `…${text.slice(beginning.length)}` : text,
		),
	];
}

function withoutExample(text: string): string {
	return text.replace(/ \(.*/, '');
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
