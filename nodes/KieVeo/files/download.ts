import type { IBinaryData, IBinaryKeyData } from 'n8n-workflow';

import { fileErrors, transferFaults } from '../messages/file';
import { inputErrors } from '../messages/input';
import type { CallingContext, Connection } from '../kie/connection';
import { PARALLEL_TRANSFERS, readRetryAfter } from '../kie/http/client';
import { throwIfCancelled } from '../kie/http/clock';
import type { FileStream, HttpReply } from '../kie/http/client';
import { networkFaultOf } from '../kie/http/networkFault';
import { retryDelay } from '../kie/http/retry';
import { Turns } from '../kie/http/turns';
import { toNumber, toText } from '../values';
import { isKieFileUrl, publicUrlFault } from '../addresses/publicUrl';
import { urlsOf, type TaskResult } from '../taskResult';
import { transfer, type FileOrder } from './transfer';

/** How many times an interrupted transfer is restarted: reads are free. */
const MAX_TRANSFERS = 3;
const RETRY_PAUSE_MS = 1_000;
/** Milliseconds within which a file host must start to answer. */
const ANSWER_TIMEOUT = 60_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
/** A fresh link may help. */
const REFUSED = [401, 403, 404, 410];
/** If a fresh link does not help, these are about who asks and not about the file. */
const FORBIDDEN = [401, 403];
const BUSY = [429, 503];
/** Sent only by a proxy. */
const PROXY_LOGIN = 407;

/**
 * How a file is put into an item.
 *
 * @param name the parameter 'Put Output File in Field'
 * @param maxSize the option 'Maximum Size', in MB
 * @throws KieVeoError naming the parameter
 */
export function checkDownloadSettings(name: unknown, maxSize: unknown) {
	const binaryPropertyName = toText(name) ?? 'data';
	// A blank cell also means no limit.
	const megabytes = toNumber((typeof maxSize === 'string' ? toText(maxSize) : maxSize) ?? 0);
	if (megabytes === null || megabytes < 0) throw inputErrors.maximumSize(maxSize);
	return { binaryPropertyName, maxBytes: megabytes === 0 ? null : megabytes * 1_000_000 };
}

/** The first file under the name the user chose, such as `data`, the others as `data_1`, `data_2`, ... */
export function binaryOf(files: IBinaryData[], name: string): IBinaryKeyData {
	const entries = files.map((file, at) => [at === 0 ? name : `${name}_${at}`, file]);
	return Object.fromEntries(entries) as IBinaryKeyData;
}

/** A file host's answer; the file itself has not been read yet. */
type FileReply = HttpReply<FileStream>;

/** `fileSize` in bytes. */
type StoredFile = { binary: IBinaryData; fileName: string; mimeType: string; fileSize: number };

type FetchResult =
	| { kind: 'file'; file: StoredFile }
	| { kind: 'refused'; status: number }
	/** `pauseMs`: the host is busy, and asks for at least this pause. */
	| { kind: 'broken'; fault: string; pauseMs?: number };

/** The downloads of one execution, a few at a time, into its binary data, wherever this n8n keeps it. */
export class Downloads {
	private readonly turns: Turns<FetchResult>;

	constructor(
		private readonly context: CallingContext,
		private readonly connection: Connection,
	) {
		const { clock, patience } = connection;
		const isSilence = ({ kind }: FetchResult) => kind === 'broken';
		this.turns = new Turns(PARALLEL_TRANSFERS, clock, patience, isSilence);
	}

	/** Downloads what a finished task gave, one by one, named after the task. Throws like {@link file}. */
	async result(task: TaskResult, maxBytes: number | null): Promise<IBinaryData[]> {
		const { taskId } = task;
		const files: IBinaryData[] = [];
		for (const [at, url] of urlsOf(task).entries()) {
			const parts = 'videoUrl' in task ? [task.index, task.resolution] : [at === 0 ? null : at];
			const name = fileNameOf(taskId, ...parts);
			const { binary } = await this.file({ taskId, url, name, maxBytes });
			files.push(binary);
		}
		return files;
	}

	/**
	 * Streams a file from Kie into n8n's binary data, without credentials. A link that is refused or has
	 * expired is renewed once, if it is Kie's; a busy host is waited for while the run's patience lasts; an
	 * interrupted transfer is restarted; a short file is never a success.
	 *
	 * @throws KieVeoError with the task id, CancelledError
	 * @see https://docs.kie.ai/common-api/download-url
	 */
	async file(order: FileOrder): Promise<StoredFile> {
		const { clock, signal } = this.connection;
		let url = order.url;
		let renewed = false;
		let waits = 0;
		for (let transfers = 1; ; ) {
			const from = url;
			const attempt = await this.turns.run(async () => await this.fetchOnce(from, order));
			if (attempt.kind === 'file') return attempt.file;
			if (attempt.kind === 'refused') {
				const { status } = attempt;
				if (renewed) {
					throw FORBIDDEN.includes(status)
						? fileErrors.refused(order, status)
						: fileErrors.gone(order, status, null);
				}
				url = await this.renew(order, status);
				renewed = true;
				continue;
			}
			const { fault, pauseMs } = attempt;
			const { isOver, timeLeft } = this.turns;
			if (pauseMs !== undefined && timeLeft > 0) {
				const pause = Math.max(pauseMs, retryDelay(++waits, null, clock.random()));
				await clock.pause(Math.min(pause, timeLeft), signal);
				continue;
			}
			if (isOver || transfers++ === MAX_TRANSFERS) throw fileErrors.download(order, fault);
			await clock.pause(RETRY_PAUSE_MS, signal);
		}
	}

	private async fetchOnce(url: string, order: FileOrder): Promise<FetchResult> {
		const reply = await this.open(url, order);
		if (typeof reply === 'string') return { kind: 'broken', fault: reply };
		const { statusCode, headers, body } = reply;
		if (statusCode !== 200) {
			body.destroy();
			return withoutFile(order, reply, this.connection.clock.now());
		}

		const mimeType = mimeTypeOf(headers['content-type'], order.url);
		if (mimeType === null) {
			body.destroy();
			return { kind: 'broken', fault: transferFaults.textPage() };
		}
		const announced = toNumber(headers['content-length']);
		const { maxBytes } = order;
		if (maxBytes !== null && announced !== null && announced > maxBytes) {
			body.destroy();
			throw fileErrors.tooLarge(order, maxBytes);
		}
		const fileName = `${order.name}.${extensionOf(mimeType, order.url)}`;
		const store = async (content: FileStream) =>
			await this.context.helpers.prepareBinaryData(content, fileName, mimeType);
		const done = await transfer(body, store, order, announced, this.connection);
		if (typeof done === 'string') return { kind: 'broken', fault: done };
		const { stored: binary, bytes: fileSize } = done;
		return { kind: 'file', file: { binary, fileName, mimeType, fileSize } };
	}

	/** Follows redirects by hand, so that each address is checked before it is requested. */
	private async open(first: string, order: FileOrder): Promise<FileReply | string> {
		const { baseUrl, signal } = this.connection;
		let url = first;
		for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
			const fault = publicUrlFault(url, baseUrl);
			if (fault !== null) throw fileErrors.address(order, url, fault);
			throwIfCancelled(signal);
			let reply: FileReply;
			try {
				reply = await this.request(url);
			} catch (error) {
				throwIfCancelled(signal);
				const { text, unreached } = networkFaultOf(error);
				// A retry cannot fix it.
				if (unreached !== undefined && unreached !== 'noConnection' && unreached !== 'noName') {
					throw fileErrors.unreached(order, text, unreached);
				}
				return text;
			}
			const { location } = reply.headers;
			if (!REDIRECTS.includes(reply.statusCode) || typeof location !== 'string') return reply;
			reply.body.destroy();
			url = URL.canParse(location, url) ? new URL(location, url).href : location;
		}
		throw fileErrors.tooManyRedirects(order);
	}

	/** Without credentials: file hosts must never see the API key. */
	private async request(url: string): Promise<FileReply> {
		const { signal } = this.connection;
		const reply: unknown = await this.context.helpers.httpRequest({
			method: 'GET',
			url,
			headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'n8n-nodes-kie-veo' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: ANSWER_TIMEOUT,
			...(signal ? { abortSignal: signal } : {}),
		});
		return reply as FileReply;
	}

	private async renew(order: FileOrder, status: number): Promise<string> {
		const { api, baseUrl } = this.connection;
		// A link from elsewhere can contain a signature Kie must not see. A task's link came from Kie.
		if (order.taskId === null && !isKieFileUrl(order.url, baseUrl)) {
			throw fileErrors.foreignLink(order, status);
		}
		const answer = await api.fetchFreshUrl(order.url);
		const { meaning } = answer;
		if (meaning.kind === 'success') return meaning.url;
		throw fileErrors.gone(order, status, answer);
	}
}

/**
 * What an answer without a file means.
 *
 * @throws KieVeoError for one that stays the same
 */
function withoutFile(
	order: FileOrder,
	{ statusCode: status, headers }: FileReply,
	now: number,
): FetchResult {
	if (REFUSED.includes(status)) return { kind: 'refused', status };
	const fault = transferFaults.status(status);
	if (status === PROXY_LOGIN) throw fileErrors.unreached(order, fault, 'proxyLogin');
	if (!BUSY.includes(status)) return { kind: 'broken', fault };
	return { kind: 'broken', fault, pauseMs: readRetryAfter(headers['retry-after'], now) ?? 0 };
}

/* What a file is called. */

/** Types of the files Kie makes, with their usual extension. The first is the default. */
const EXTENSIONS = new Map([
	['video/mp4', 'mp4'],
	['video/webm', 'webm'],
	['video/quicktime', 'mov'],
	['image/jpeg', 'jpg'],
	['image/png', 'png'],
	['image/webp', 'webp'],
	['audio/mpeg', 'mp3'],
	['audio/wav', 'wav'],
	['audio/x-wav', 'wav'],
]);

/**
 * The type of a file by the answer's header, otherwise by its address, otherwise MP4.
 *
 * @returns `null` for text: an error page, not the file
 */
export function mimeTypeOf(contentType: unknown, url: string): string | null {
	const type = (toText(contentType) ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	if (/^text\/|^application\/(json|xml|xhtml\+xml)$/.test(type)) return null;
	if (/^[\w.+-]+\/[\w.+-]+$/.test(type) && !/octet-stream/.test(type)) return type;
	const extension = endingOf(url);
	const known = [...EXTENSIONS].find(([, ending]) => ending === extension);
	return known?.[0] ?? (extension === null ? 'video/mp4' : 'application/octet-stream');
}

function endingOf(url: string): string | null {
	return /\.(\w{1,5})$/.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? null;
}

/** @returns without a dot */
export function extensionOf(mimeType: string, url: string): string {
	return (
		EXTENSIONS.get(mimeType) ??
		endingOf(url) ??
		mimeType.replace(/^.*\//, '').replace(/[^a-z0-9]/gi, '')
	);
}

/** A name that every file system accepts, from parts such as task id, index and resolution. */
export function fileNameOf(...parts: Array<string | number | null>): string {
	const name = parts.filter((part) => part !== null).join('-');
	return (
		name
			.replace(/[^\w.-]+/g, '_')
			.replace(/^\.+/, '')
			.slice(0, 120) || 'video'
	);
}

/** The name at the end of a URL, without its extension. */
export function fileNameOfUrl(url: string): string {
	const last = new URL(url).pathname.split('/').pop() ?? '';
	return fileNameOf(last.replace(/\.\w{1,5}$/, ''));
}
