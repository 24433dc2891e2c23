import type { Said } from '../kie/meaning/answer';
import { unreachedAdvice, type UnreachedKind } from './advice';
import { KieVeoError } from './error';
import { shorten, wordsOf } from './values';

/* Why a file was not downloaded. The video itself is never lost. */

/** The file a message is about. */
export interface FileSubject {
	url: string;
	/** `null` when only the URL is known. */
	taskId: string | null;
}

/** Why a transfer did not return the whole file. */
export type TransferFault =
	/** No answer; `text` says why. */
	| { reason: 'network'; text: string }
	/** HTTP. */
	| { reason: 'status'; status: number }
	| { reason: 'textPage' }
	| { reason: 'emptyFile' }
	| { reason: 'interrupted'; bytes: number }
	| { reason: 'wrongLength'; bytes: number; announced: number };

function fileError(file: FileSubject, fault: string, advice: string): KieVeoError {
	const name = file.taskId === null ? shorten(file.url) : `task ${shorten(file.taskId)}`;
	return new KieVeoError(`The file of ${name} could not be downloaded: ${fault}`, {
		description: advice,
	});
}

/** How to get the file without ordering the video again: the node that names a task may have ordered it. */
function fetchAgain({ url, taskId }: FileSubject): string {
	return taskId === null
		? 'Then run the node again.'
		: `Then run the operation Download with the URL ${shorten(url)}: it is free.`;
}

/** No transfer returned the whole file. */
export function downloadError(file: FileSubject, fault: TransferFault): KieVeoError {
	return fileError(
		file,
		transferFaultText(fault),
		`The transfer was tried several times. Check this n8n's network. ${fetchAgain(file)}`,
	);
}

/** The request for the file did not get through, and would not the next time either. */
export function fileUnreachedError(
	file: FileSubject,
	fault: TransferFault,
	reason: UnreachedKind,
): KieVeoError {
	return fileError(
		file,
		transferFaultText(fault),
		`${unreachedAdvice(reason, 'file')} ${fetchAgain(file)}`,
	);
}

/**
 * The file came, but n8n could not keep it.
 *
 * @param code Node.js's, such as ENOSPC
 */
export function fileNotStoredError(file: FileSubject, code: string): KieVeoError {
	return fileError(
		file,
		`n8n could not write it to its disk (${code})`,
		`Check the disk on which n8n keeps binary data: it may be full, over its quota or faulty. ${fetchAgain(file)}`,
	);
}

/** A suspended execution ran out of time during the download. */
export function downloadOutOfTimeError(file: FileSubject): KieVeoError {
	return fileError(
		file,
		"the waiting time ran out during the download (raise 'Timeout' under Options)",
		'Download it from its URL.',
	);
}

/**
 * The file host refuses a link that Kie has just made: it does not refuse the file, but this client.
 *
 * @param status HTTP, of the file host
 */
export function fileRefusedError(file: FileSubject, status: number): KieVeoError {
	return fileError(
		file,
		`the file host answered ${status}, even to a link that Kie.ai had just renewed`,
		"The file is there, but its host refuses this n8n's address or network, or a proxy or firewall in between does: " +
			`ask its administrator, or use another network. ${fetchAgain(file)}`,
	);
}

/**
 * The file host does not have the file, even with a fresh link, or Kie gave none.
 *
 * @param status HTTP, of the file host
 * @param answer why Kie returned no fresh link; `null` when it did
 */
export function fileGoneError(file: FileSubject, status: number, answer: Said | null): KieVeoError {
	const said = answer === null ? '' : ` (Kie.ai: ${wordsOf(answer)})`;
	return fileError(
		file,
		`the file host answered ${status}, and a fresh link was not available or did not help${said}`,
		'Kie.ai keeps files for 14 days. For a newer video, run Get with its task ID (for an upgraded one, Get 4K ' +
			'Video or Get 1080P Video) to get a new URL. An older video must be generated again.',
	);
}

/** @param url the file's own, or one it was redirected to */
export function fileAddressError(file: FileSubject, url: string, fault: string): KieVeoError {
	return fileError(
		file,
		`${shorten(url)} cannot be used, ${fault}`,
		'Use a result URL from Kie.ai.',
	);
}

export function tooManyRedirectsError(file: FileSubject): KieVeoError {
	return fileError(file, 'too many redirects', 'Use a result URL from Kie.ai.');
}

export function fileTooLargeError(file: FileSubject, maxBytes: number): KieVeoError {
	return fileError(
		file,
		`it is larger than ${maxBytes / 1_000_000} MB`,
		"Raise 'Maximum Size' under Options, or use the URL instead of the file.",
	);
}

function transferFaultText(fault: TransferFault): string {
	switch (fault.reason) {
		case 'status':
			return `the file host answered ${fault.status}`;
		case 'textPage':
			return 'the file host answered with a text page';
		case 'emptyFile':
			return 'the file is empty';
		case 'interrupted':
			return `interrupted after ${fault.bytes} bytes`;
		case 'wrongLength':
			return `${fault.bytes} of ${fault.announced} announced bytes arrived`;
		case 'network':
			return fault.text;
	}
}

/** @param status HTTP, of the file host */
export function foreignLinkError({ url }: FileSubject, status: number): KieVeoError {
	const { host } = new URL(url);
	return new KieVeoError(
		`The file at ${host} could not be downloaded: the file host answered ${status}, and a link that is not Kie.ai's cannot be renewed`,
		{
			description:
				'Get a new link from where this one came from. Kie.ai was not asked: it is only shown links to its own file hosts.',
		},
	);
}
