import type { IBinaryData } from 'n8n-workflow';

import {
	downloadError,
	fileAddressError,
	fileGoneError,
	foreignLinkError,
	fileTooLargeError,
	fileUnreachedError,
	tooManyRedirectsError,
	type FileSubject,
	type TransferFault,
} from '../messages/errors';
import type { KieApi } from '../kie/api';
import { throwIfCancelled, type Clock } from '../kie/http/clock';
import type { FetchFile, FileReply } from './fileHost';
import type { FileStream } from '../kie/http/multipart';
import { networkFaultOf, type NetworkFault } from '../kie/http/networkFault';
import { toNumber } from '../kie/meaning/guards';
import { isKieFileUrl } from '../kie/meaning/kieFileHost';
import { publicUrlFault } from '../kie/meaning/publicUrl';
import { extensionOf, mimeTypeOf } from './names';
import { transfer } from './transfer';

/** How many times an interrupted transfer is restarted: reads are free. */
const MAX_TRANSFERS = 3;
const RETRY_PAUSE_MS = 1_000;
const MAX_REDIRECTS = 5;
/** Answers of a file host that a fresh link may fix. */
const REFUSED = [401, 403, 404, 410];
/** Sent only by a proxy. */
const PROXY_LOGIN = 407;
const REDIRECTS = [301, 302, 303, 307, 308];

export interface FileOrder extends FileSubject {
	/** Name of the file without its extension. */
	name: string;
	/** Maximum bytes; `null` for no limit. */
	maxBytes: number | null;
}

/** What a download needs from outside. */
export interface DownloadPorts {
	fetchFile: FetchFile;
	/** Puts a file where n8n keeps binary data. */
	store(content: FileStream, fileName: string, mimeType: string): Promise<IBinaryData>;
	api: Pick<KieApi, 'fetchFreshUrl'>;
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
 * Streams a file from Kie into n8n's binary data, without credentials. A link that is refused or has
 * expired is renewed once, if it is Kie's; an interrupted transfer is restarted; a short file
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
			if (renewed) throw fileGoneError(order, attempt.status, null);
			url = await renew(order, attempt.status, ports);
			renewed = true;
			continue;
		}
		if (transfers++ === MAX_TRANSFERS) throw downloadError(order, attempt.fault);
		await clock.pause(RETRY_PAUSE_MS, signal);
	}
}

type Attempt =
	| { kind: 'file'; file: StoredFile }
	| { kind: 'refused'; status: number }
	| { kind: 'broken'; fault: TransferFault };

async function fetchOnce(url: string, order: FileOrder, ports: DownloadPorts): Promise<Attempt> {
	const reply = await open(url, order, ports);
	if (reply.kind === 'broken') return reply;
	const { statusCode, headers, body } = reply;
	if (statusCode !== 200) {
		body.destroy();
		if (REFUSED.includes(statusCode)) return { kind: 'refused', status: statusCode };
		if (statusCode === PROXY_LOGIN) {
			throw fileUnreachedError(order, { reason: 'status', status: statusCode }, 'proxyLogin');
		}
		return { kind: 'broken', fault: { reason: 'status', status: statusCode } };
	}

	const announced = toNumber(headers['content-length']);
	const { maxBytes } = order;
	if (maxBytes !== null && announced !== null && announced > maxBytes) {
		body.destroy();
		throw fileTooLargeError(order, maxBytes);
	}
	const mimeType = mimeTypeOf(headers['content-type'], order.url);
	if (mimeType === null) {
		body.destroy();
		return { kind: 'broken', fault: { reason: 'textPage' } };
	}
	const fileName = `${order.name}.${extensionOf(mimeType)}`;
	const result = await transfer(
		body,
		async (content) => await ports.store(content, fileName, mimeType),
		{ ...ports, announced, maxBytes },
	);
	if (result.kind === 'tooLarge') throw fileTooLargeError(order, maxBytes ?? 0);
	if (result.kind === 'interrupted') return { kind: 'broken', fault: result.fault };
	const { stored: binary, bytes: fileSize } = result;
	return { kind: 'file', file: { binary, fileName, mimeType, fileSize } };
}

/** Follows redirects by hand, so that each address is checked before it is requested. */
async function open(
	first: string,
	order: FileOrder,
	{ fetchFile, apiBaseUrl, signal }: DownloadPorts,
): Promise<({ kind: 'reply' } & FileReply) | { kind: 'broken'; fault: TransferFault }> {
	let url = first;
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const fault = publicUrlFault(url, apiBaseUrl);
		if (fault !== null) throw fileAddressError(order, url, fault);
		throwIfCancelled(signal);
		let reply: FileReply;
		try {
			reply = await fetchFile(url);
		} catch (error) {
			throwIfCancelled(signal);
			return brokenBy(order, networkFaultOf(error));
		}
		const { location } = reply.headers;
		if (!REDIRECTS.includes(reply.statusCode) || typeof location !== 'string') {
			return { kind: 'reply', ...reply };
		}
		reply.body.destroy();
		url = URL.canParse(location, url) ? new URL(location, url).href : location;
	}
	throw tooManyRedirectsError(order);
}

/** @throws KieVeoError for a fault that a retry cannot fix */
function brokenBy(
	order: FileOrder,
	{ text, unreached }: NetworkFault,
): Attempt & { kind: 'broken' } {
	const fault = { reason: 'network', text } as const;
	if (unreached !== undefined && unreached !== 'noConnection' && unreached !== 'noName') {
		throw fileUnreachedError(order, fault, unreached);
	}
	return { kind: 'broken', fault };
}

async function renew(
	order: FileOrder,
	status: number,
	{ api, apiBaseUrl }: DownloadPorts,
): Promise<string> {
	// A link from elsewhere can contain a signature Kie must not see. A task's link came from Kie.
	if (order.taskId === null && !isKieFileUrl(order.url, apiBaseUrl)) {
		throw foreignLinkError(order, status);
	}
	const answer = await api.fetchFreshUrl(order.url);
	const { meaning } = answer;
	if (meaning.kind === 'success') return meaning.url;
	throw fileGoneError(order, status, answer);
}
