import { randomUUID } from 'crypto';

import type { IExecuteFunctions } from 'n8n-workflow';

import type { KieAnswer } from '../meaning/answer';
import { readTaskFault } from '../meaning/fields';
import { isJsonObject, parseJson, parseNested, toNumber, toText } from '../../values';
import { throwIfCancelled, type Clock } from './clock';
import { networkFaultOf, refusalOf } from './networkFault';
import { Turns, type Patience } from './turns';

export interface HttpCall {
	method: 'GET' | 'POST';
	path: string;
	query?: { [name: string]: string | number };
	/** Sent as JSON, except for a multipart body, which is sent as it is. */
	body?: object;
	/** Default `api`. */
	host?: 'api' | 'upload';
	headers?: { [name: string]: string };
}

/** Sends one authenticated request to one of Kie's hosts. Rejects when there is no complete reply. */
export type SendRequest = (call: HttpCall) => Promise<HttpReply>;

/** How many free requests are under way at the same time. */
const PARALLEL_READS = 10;
/** The same for files, in each direction. */
export const PARALLEL_TRANSFERS = 3;

/** Kie's keys are longer, and a short text could be a part of anything. */
const SHORTEST_KEY = 8;

/** What stands for the API key in an answer that repeats it. */
const MASK = '***';

/** Requests to Kie's hosts. Faults are answers too: what they mean depends on the request. */
export class HttpClient {
	private readonly reads: Turns<KieAnswer>;
	private readonly uploads: Turns<KieAnswer>;

	/** @param apiKey as it is sent: answers that repeat it are read, and shown, without it */
	constructor(
		private readonly send: SendRequest,
		private readonly clock: Clock,
		private readonly signal?: AbortSignal,
		private readonly apiKey = '',
		patience: Patience = {},
	) {
		const isFault = ({ fault }: KieAnswer) => fault;
		this.reads = new Turns(PARALLEL_READS, clock, patience, isFault);
		this.uploads = new Turns(PARALLEL_TRANSFERS, clock, patience, isFault);
	}

	/**
	 * A free request, when its turn has come. If it failed because the execution was stopped, that is thrown.
	 *
	 * @throws CancelledError
	 */
	async call(call: HttpCall): Promise<KieAnswer> {
		return await this.inTurn(this.reads, async () => await this.callOnce(call));
	}

	/**
	 * A free upload, when its turn has come. The file is opened for each: a stream can be read only once.
	 *
	 * @throws CancelledError, and whatever opening the file throws
	 */
	async upload(file: UploadFile): Promise<KieAnswer> {
		return await this.inTurn(this.uploads, async () => {
			const { request, close } = await multipartUpload(file);
			try {
				return await this.callOnce(request);
			} finally {
				close();
			}
		});
	}

	/** Whether a free request that got no answer is not worth repeating. */
	get isOver(): boolean {
		return this.reads.isOver || this.uploads.isOver;
	}

	private async inTurn(
		turns: Turns<KieAnswer>,
		request: () => Promise<KieAnswer>,
	): Promise<KieAnswer> {
		const answer = await turns.run(request);
		if (answer.fault) throwIfCancelled(this.signal);
		return answer;
	}

	/**
	 * One request, at once. The answer to a paid one is wanted whatever happens meanwhile: when another item
	 * fails, it is awaited; when the user stops the execution, n8n aborts the request, and the answer is lost.
	 *
	 * @throws CancelledError only before anything was sent
	 */
	async callOnce(call: HttpCall): Promise<KieAnswer> {
		throwIfCancelled(this.signal);
		try {
			const reply = await this.send(call);
			const isLong = this.apiKey.length >= SHORTEST_KEY;
			const body = isLong ? reply.body.replaceAll(this.apiKey, MASK) : reply.body;
			return readAnswer({ ...reply, body }, this.clock.now());
		} catch (error) {
			const { text, unreached } = networkFaultOf(error);
			return { ...faultAnswer(text), unreached };
		}
	}
}

/* Answers, as far as they are the same everywhere. */

/** What was received, with header names in lower case. */
export interface HttpReply<Body = string> {
	statusCode: number;
	headers: { [name: string]: unknown };
	body: Body;
}

/** An answer that never came, or was not from Kie. Users read `description`. */
export function faultAnswer(description: string): KieAnswer {
	return {
		code: null,
		message: description,
		data: undefined,
		body: null,
		taskIds: [],
		fault: true,
		retryAfterMs: null,
	};
}

/** One of these is enough. Error pages in JSON have others, such as `status` and `path`. */
const ENVELOPE_FIELDS = ['code', 'msg', 'data', 'taskId', 'task_id'];

/**
 * Reads Kie's envelope `{ code, msg, data }`. The effective status is the HTTP status when it is not
 * 2xx, otherwise `code`: Kie reports nearly every error with HTTP 200. A body without an envelope
 * is a fault, never a success.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export function readAnswer(reply: HttpReply, now: number): KieAnswer {
	const { statusCode } = reply;
	const httpCode = statusCode < 200 || statusCode > 299 ? statusCode : null;
	const retryAfterMs = readRetryAfter(reply.headers['retry-after'], now);
	const text = reply.body.trim();
	const taskIds = taskIdsIn(text);
	// Instead of the words of an answer that is not Kie's.
	const foreign = (what: string): KieAnswer => {
		const fault = faultAnswer(`${what} (HTTP ${statusCode})`);
		const unreached = refusalOf(statusCode);
		return { ...fault, code: httpCode, taskIds, unreached, retryAfterMs };
	};

	if (text === '') return foreign('empty answer');
	if (text.startsWith('<')) return foreign('a web page instead of JSON');
	const body = parseJson(text);
	if (body === undefined) {
		const answer = foreign('unreadable JSON');
		// What starts like JSON may be Kie's, cut off in transit.
		return /^[{[]/.test(text) ? { ...answer, unreached: undefined } : answer;
	}
	const isEnvelope = isJsonObject(body) && ENVELOPE_FIELDS.some((field) => field in body);
	if (!isJsonObject(body) || (httpCode !== null && !isEnvelope)) return foreign('unexpected JSON');

	const code = httpCode ?? toNumber(body.code);
	return {
		code,
		message: readTaskFault(body.data).message ?? toText(body.msg) ?? '',
		data: parseNested(body.data),
		body,
		taskIds,
		fault: code === null,
		retryAfterMs,
	};
}

/**
 * The field that names a task, also in what is only a part of an answer. Its quotes are not escaped: what is JSON text
 * within the answer repeats the order, and a prompt can be JSON with a task ID of its own.
 */
const TASK_ID = /(?<!\\)"task_?id"\s*:\s*"([^"\\]+)"/gi;

function taskIdsIn(text: string): string[] {
	return [...text.matchAll(TASK_ID)].map(([, id]) => String(id).trim()).filter((id) => id !== '');
}

/** The longest pause that is respected, in milliseconds: the number is foreign. */
const LONGEST_PAUSE_MS = 60_000;

/** `Retry-After` in seconds or as an HTTP date, as milliseconds from now. */
export function readRetryAfter(header: unknown, now: number): number | null {
	const seconds = toNumber(header);
	const ms = seconds === null ? Date.parse(toText(header) ?? '') - now : seconds * 1000;
	return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), LONGEST_PAUSE_MS);
}

/* Uploads. */

/** n8n's own stream type: the package imports no Node.js module for it. */
export type FileStream = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

/** A file of an item, not read yet. */
export interface UploadFile {
	/** Its name at Kie; unique by default. */
	name?: string;
	mimeType: string;
	/** Without a dot; can be empty. */
	extension: string;
	/** The same for the same file, whenever it is read; its content is not part of it. */
	identity: string;
	/** Gives the content from its beginning, each time; `size` in bytes. */
	open(): Promise<{ content: Buffer | FileStream; size: number }>;
}

/**
 * A request to file-stream-upload, to be sent once. A stream is passed on chunk by chunk, never held as a whole.
 *
 * @returns `close` closes the file. Call it once the answer is there: it may come before everything was read.
 * @see https://docs.kie.ai/file-upload-api/quickstart
 */
export async function multipartUpload(
	file: UploadFile,
): Promise<{ request: HttpCall; close(): void }> {
	const boundary = `n8n-nodes-kie-veo-${randomUUID()}`;
	// A unique name for each upload: Kie replaces a file of the same name, with a delay.
	const {
		mimeType,
		extension,
		name: fileName = randomUUID() + (extension && `.${extension}`),
	} = file;
	// No slash at either end.
	const folder = mimeType.startsWith('image/') ? 'images/n8n' : 'files/n8n';
	const field = (name: string, value: string) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
	const head = Buffer.from(
		`${field('uploadPath', folder)}${field('fileName', fileName)}--${boundary}\r\n` +
			`Content-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
			`Content-Type: ${mimeType}\r\n\r\n`,
	);
	const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
	const { content, size } = await file.open();
	// `compose` makes a stream of n8n's stream: the way to a stream without importing `stream`.
	const body = Buffer.isBuffer(content)
		? Buffer.concat([head, content, tail])
		: content.compose<FileStream>(async function* (source: AsyncIterable<Buffer>) {
				yield head;
				yield* source;
				yield tail;
			});
	return {
		request: {
			method: 'POST',
			host: 'upload',
			path: '/api/file-stream-upload',
			body,
			headers: {
				'Content-Type': `multipart/form-data; boundary=${boundary}`,
				'Content-Length': String(head.length + size + tail.length),
			},
		},
		close() {
			if (Buffer.isBuffer(content) || Buffer.isBuffer(body)) return;
			// Nobody listens any longer for an error of a file that was not read to its end.
			body.on('error', () => undefined);
			content.destroy();
			body.destroy();
		},
	};
}
