import type { IBinaryData } from 'n8n-workflow';

import {
	downloadError,
	fileGoneError,
	type FileSubject,
	type KieVeoError,
} from '../messages/errors';
import { foreignLinkError } from '../messages/unusable';
import type { KieClient } from '../kie/http/client';
import { throwIfCancelled, type Clock } from '../kie/http/clock';
import type { FetchFile, FileReply } from './fileHost';
import type { FileStream } from '../kie/http/multipart';
import { describeNetworkFault } from '../kie/http/networkFault';
import { classifyDownloadUrlAnswer } from '../kie/meaning/fileAnswer';
import { toNumber } from '../kie/meaning/guards';
import { isKieFileUrl } from '../kie/meaning/kieFileHost';
import { publicUrlFault } from '../kie/meaning/publicUrl';
import { extensionOf, mimeTypeOf } from './names';
import { transfer } from './transfer';

/** How often a broken-off transfer is begun again: a read, which costs nothing. */
const MAX_TRANSFERS = 3;
const RETRY_PAUSE_MS = 1_000;
const MAX_REDIRECTS = 5;
/** Answers of a file host that a fresh link can help against. */
const REFUSED = [401, 403, 404, 410];
const REDIRECTS = [301, 302, 303, 307, 308];

export interface FileOrder extends FileSubject {
	/** Name of the file without its extension. */
	name: string;
	/** Most bytes allowed; `null` for no limit. */
	maxBytes: number | null;
}

/** What a download needs of the world. */
export interface DownloadPorts {
	fetchFile: FetchFile;
	/** Puts a file where n8n keeps binary data. */
	store(content: FileStream, fileName: string, mimeType: string): Promise<IBinaryData>;
	client: Pick<KieClient, 'renewFileUrl'>;
	apiBaseUrl: string;
	clock: Clock;
	signal?: AbortSignal;
}

export interface StoredFile {
	binary: IBinaryData;
	fileName: string;
	mimeType: string;
	/** Bytes. */
	fileSize: number;
}

/**
 * Streams a file of Kie's into n8n's binary data, without credentials. A link that is refused or has
 * expired is renewed once, if it is one of Kie's; a transfer that breaks off is begun again; a short file
 * is never a success.
 *
 * @throws KieVeoError with the task id, CancelledError
 * @see https://docs.kie.ai/common-api/download-url
 */
export async function downloadFile(order: FileOrder, ports: DownloadPorts): Promise<StoredFile> {
	const { clock, signal } = ports;
	let url = order.url;
	let renewed = false;
	for (let transfers = 1; ; ) {
		const attempt = await fetchOnce(url, order, ports);
		if (attempt.kind === 'file') return attempt.file;
		if (attempt.kind === 'refused') {
			if (renewed) throw fileGoneError(order, attempt.status, '');
			url = await renew(order, attempt.status, ports);
			renewed = true;
			continue;
		}
		if (transfers++ === MAX_TRANSFERS) {
			throw downloadError(
				order,
				attempt.reason,
				'The transfer was tried several times. Check the network of this n8n and run the node again.',
			);
		}
		await clock.pause(RETRY_PAUSE_MS, signal);
	}
}

type Attempt =
	| { kind: 'file'; file: StoredFile }
	| { kind: 'refused'; status: number }
	| { kind: 'broken'; reason: string };

async function fetchOnce(url: string, order: FileOrder, ports: DownloadPorts): Promise<Attempt> {
	const reply = await open(url, order, ports);
	if (reply.kind === 'broken') return reply;
	const { statusCode, headers, body } = reply;
	if (statusCode !== 200) {
		body.destroy();
		if (REFUSED.includes(statusCode)) return { kind: 'refused', status: statusCode };
		return { kind: 'broken', reason: `the file host answered ${statusCode}` };
	}

	const announced = toNumber(headers['content-length']);
	const { maxBytes } = order;
	if (maxBytes !== null && announced !== null && announced > maxBytes) {
		body.destroy();
		throw tooLarge(order, maxBytes);
	}
	const mimeType = mimeTypeOf(headers['content-type'], order.url);
	if (mimeType === null) {
		body.destroy();
		return { kind: 'broken', reason: 'the file host answered with a page of text' };
	}
	const fileName = `${order.name}.${extensionOf(mimeType)}`;
	const result = await transfer(
		body,
		async (content) => await ports.store(content, fileName, mimeType),
		{ ...ports, announced, maxBytes },
	);
	if (result.kind === 'tooLarge') throw tooLarge(order, maxBytes ?? 0);
	if (result.kind === 'interrupted') return { kind: 'broken', reason: result.reason };
	const { stored: binary, bytes: fileSize } = result;
	return { kind: 'file', file: { binary, fileName, mimeType, fileSize } };
}

/** Follows redirects by hand, so that each address is looked at before it is asked. */
async function open(
	first: string,
	order: FileOrder,
	{ fetchFile, apiBaseUrl, signal }: DownloadPorts,
): Promise<({ kind: 'reply' } & FileReply) | { kind: 'broken'; reason: string }> {
	let url = first;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const fault = publicUrlFault(url, apiBaseUrl);
		if (fault !== null) {
			throw downloadError(order, `${url} cannot be used, ${fault}`, 'Use a result URL of Kie.ai.');
		}
		throwIfCancelled(signal);
		let reply: FileReply;
		try {
			reply = await fetchFile(url);
		} catch (error) {
			throwIfCancelled(signal);
			return { kind: 'broken', reason: describeNetworkFault(error) };
		}
		const { location } = reply.headers;
		if (!REDIRECTS.includes(reply.statusCode) || typeof location !== 'string') {
			return { kind: 'reply', ...reply };
		}
		reply.body.destroy();
		url = URL.canParse(location, url) ? new URL(location, url).href : location;
	}
	throw downloadError(order, 'it was redirected too often', 'Use a result URL of Kie.ai.');
}

async function renew(
	order: FileOrder,
	status: number,
	{ client, apiBaseUrl }: DownloadPorts,
): Promise<string> {
	// A link from elsewhere can hold a signature that is not Kie's business. One of a task came from Kie.
	if (order.taskId === null && !isKieFileUrl(order.url, apiBaseUrl)) {
		throw foreignLinkError(order, status);
	}
	const answer = await client.renewFileUrl(order.url);
	const meaning = classifyDownloadUrlAnswer(answer);
	if (meaning.kind === 'success') return meaning.url;
	throw fileGoneError(order, status, ` (Kie.ai: ${answer.message || `code ${answer.code}`})`);
}

function tooLarge(order: FileOrder, maxBytes: number): KieVeoError {
	return downloadError(
		order,
		`it is larger than ${maxBytes / 1_000_000} MB`,
		"Raise 'Maximum Size' under Options, or use the URL instead of the file.",
	);
}
