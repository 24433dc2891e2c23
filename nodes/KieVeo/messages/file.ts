import type { Said } from '../kie/meaning/answer';
import { unreachedAdvice } from './advice';
import { errorsFrom, shorten, textOf } from './error';

/* Why a file was not downloaded. The video itself is never lost. */

/** What a message about a file names: its URL and, if known, its task. */
type File = { url: string; taskId: string | null };

/** Why a transfer did not return the whole file. */
export const transferFaults = {
	/** @param status HTTP */
	status: (status: number) => `the file host answered ${status}`,
	textPage: () => 'the file host answered with a text page',
	emptyFile: () => 'the file is empty',
	interrupted: (bytes: number) => `interrupted after ${bytes} bytes`,
	wrongLength: (bytes: number, announced: number) =>
		`${bytes} of ${announced} announced bytes arrived`,
};

function notDownloaded({ url, taskId }: File, fault: string): string {
	const name = taskId === null ? shorten(url) : `task ${shorten(taskId)}`;
	return `The file of ${name} could not be downloaded: ${fault}`;
}

/** How to get the file without ordering the video again: the node that names a task may have ordered it. */
function fetchAgain({ url, taskId }: File): string {
	return taskId === null
		? 'Then run the node again.'
		: `Then run the operation Download with the URL ${shorten(url)}: it is free.`;
}

/** `status`: HTTP, of the file host. `fault`: one of {@link transferFaults}, or of the network. */
export const fileErrors = errorsFrom({
	/** No transfer returned the whole file. */
	download: (file: File, fault: string) => [
		notDownloaded(file, fault),
		`The transfer was tried several times. Check this n8n's network. ${fetchAgain(file)}`,
	],
	/** The request for the file did not get through, and would not the next time either. */
	unreached: (file: File, fault: string, reason: Parameters<typeof unreachedAdvice>[0]) => [
		notDownloaded(file, fault),
		`${unreachedAdvice(reason, 'file')} ${fetchAgain(file)}`,
	],
	/** @param code Node.js's, such as ENOSPC */
	notStored: (file: File, code: string) => [
		notDownloaded(file, `n8n could not write it to its disk (${code})`),
		`Check the disk on which n8n keeps binary data: it may be full, over its quota or faulty. ${fetchAgain(file)}`,
	],
	/** A suspended execution ran out of time during the download. */
	outOfTime: (file: File) => [
		notDownloaded(
			file,
			"the waiting time ran out during the download (raise 'Timeout' under Options)",
		),
		'Download it from its URL.',
	],
	/** The file host refuses a link that Kie has just made: it does not refuse the file, but this client. */
	refused: (file: File, status: number) => [
		notDownloaded(
			file,
			`the file host answered ${status}, even to a link that Kie.ai had just renewed`,
		),
		"The file is there, but its host refuses this n8n's address or network, or a proxy or firewall in between does: " +
			`ask its administrator, or use another network. ${fetchAgain(file)}`,
	],
	/** @param answer why Kie returned no fresh link; `null` when it did, and it did not help */
	gone: (file: File, status: number, answer: Said | null) => [
		notDownloaded(
			file,
			`the file host answered ${status}, and a fresh link was not available or did not help` +
				(answer === null ? '' : ` (Kie.ai: ${textOf(answer)})`),
		),
		'Kie.ai keeps files for 14 days. For a newer one, run the free operation Get or Get Task with the task ID to get ' +
			'a new URL (for an upgraded video, Get 4K Video or Get 1080P Video through the Veo Endpoints). An older one ' +
			'must be ordered again.',
	],
	/** A link from elsewhere. */
	foreignLink: ({ url }: File, status: number) => [
		`The file at ${new URL(url).host} could not be downloaded: the file host answered ${status}, and a link that is not Kie.ai's cannot be renewed`,
		'Get a new link from where this one came from. Kie.ai was not asked: it is only shown links to its own file hosts.',
	],
	/** @param url the file's own, or one it was redirected to */
	address: (file: File, url: string, fault: string) => [
		notDownloaded(file, `${shorten(url)} cannot be used, ${fault}`),
		'Use a result URL from Kie.ai.',
	],
	tooManyRedirects: (file: File) => [
		notDownloaded(file, 'too many redirects'),
		'Use a result URL from Kie.ai.',
	],
	tooLarge: (file: File, maxBytes: number) => [
		notDownloaded(file, `it is larger than ${maxBytes / 1_000_000} MB`),
		"Raise 'Maximum Size' under Options, or use the URL instead of the file.",
	],
});
