import { createHmac } from 'node:crypto';
import type { ResultUrls } from './files';
import type { Failure, Operation } from './scenario';
import type { Timers } from './work';

/** What a callback says about a video that is ready. */
interface Data {
	taskId: string;
	info: Record<string, unknown>;
}

const withUrls =
	(write: (urls: string[]) => unknown) =>
	({ info, ...data }: Data): object => {
		const written = Object.entries(info).map(([name, value]) => [
			name,
			Array.isArray(value) ? write(value) : value,
		]);
		return { ...data, info: Object.fromEntries(written) as object };
	};

/** The ways in which that is written in Kie's documents, or was recorded. */
const CALLBACK_FORMS = {
	asPrinted: (data: Data) => data,
	withCredits: (data: Data, credits: number) => ({ ...data, creditsConsumed: credits }),
	snakeCase: ({ taskId, info }: Data) => ({
		task_id: taskId,
		result_urls: info.resultUrls,
		image_urls: info.imageUrls,
	}),
	urlsAsText: withUrls(JSON.stringify),
	urlsWithoutQuotes: withUrls((urls) => `[${urls.join(',')}]`),
	oneUrl: withUrls(([url]) => url),
	/** Text that claims to be JSON. */
	brokenPrompt: (data: Data) => ({ ...data, promptJson: '{"imageUrls":["\\https://a.example"]}' }),
} satisfies Record<string, (data: Data, credits: number) => object>;

export type CallbackForm = keyof typeof CALLBACK_FORMS;

/** What a callback tells, however it is written. With any code but 200 it is about a failure. */
export interface Report extends Failure {
	operation: Operation;
	taskId: string;
	urls: ResultUrls;
	credits: number;
	/** The fields of the order. */
	request: Record<string, unknown>;
}

/** The body of a callback of the Veo endpoints. */
export function callbackBody(report: Report, form: CallbackForm = 'asPrinted'): object {
	const { code, msg, operation, taskId, credits, request } = report;
	const is4k = operation === 'get4k';
	if (code !== 200) return { code, msg, data: is4k ? { taskId } : { taskId, fallbackFlag: false } };
	const { videos: resultUrls, images: imageUrls, origins, resolution } = report.urls;
	const originUrls = origins.length > 0 ? { originUrls: origins } : {};
	const data = is4k
		? { taskId, info: { resultUrls, imageUrls } }
		: {
				taskId,
				promptJson: JSON.stringify(request),
				info: { resultUrls, ...originUrls, resolution },
				fallbackFlag: false,
			};
	return { code, msg, data: CALLBACK_FORMS[form](data, credits) };
}

export const KIE_CALLBACKS = {
	/** A delivery not answered within this time has failed. */
	timeoutMs: 15_000,
	/** Further attempts after a failed one. */
	retries: 3,
	retryDelayMs: 1000,
};

export interface Callback {
	url: string;
	/** What it is about. */
	taskId: string;
	operation: Operation;
	index: number;
	body: string;
	/** Default `application/json`. */
	contentType?: string;
	/** Signs each attempt, with the time of sending. */
	signing?: { key: string; taskId: string };
	/** Default: as the simulator's options say. */
	retries?: number;
	/** Wait before the first attempt. */
	delayMs?: number;
	/** The first attempts, this many, never arrive. Default 0. */
	lostAttempts?: number;
	/** Of those that arrive, this many get an answer that never comes back. Default 0. */
	lostAnswers?: number;
}

interface DeliveryAttempt {
	/** Epoch milliseconds. */
	at: number;
	/** Null where no answer came. */
	status: number | null;
	/** Body of the answer. */
	answer: string;
}

/** One callback and its attempts. */
export interface Delivery extends Callback {
	attempts: DeliveryAttempt[];
	/** Only HTTP 200 means received. `given-up`: no attempt is left. */
	state: 'pending' | 'delivered' | 'given-up';
}

/**
 * Kie's callback signature: standard Base64 of HMAC-SHA256 over `<task id>.<Unix seconds>`.
 * The body is not part of it.
 */
export function callbackSignature(key: string, taskId: string, timestamp: string): string {
	return createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64');
}

/** Sends callbacks as Kie does, and keeps a record of it. Sends nothing more once stopped. */
export class Deliveries {
	readonly entries: Delivery[] = [];
	private readonly pending = new Set<Promise<Delivery>>();
	private running = new AbortController();

	constructor(
		private readonly options: typeof KIE_CALLBACKS,
		private readonly timers: Timers,
	) {}

	/** Resolves when it was received or given up; never, where all is stopped before. */
	async send(callback: Callback): Promise<Delivery> {
		const delivery: Delivery = { ...callback, attempts: [], state: 'pending' };
		this.entries.push(delivery);
		const work = this.deliver(delivery, this.running.signal);
		this.pending.add(work);
		return await work.finally(() => this.pending.delete(work));
	}

	/** Waits until no delivery is under way. */
	async settled(): Promise<void> {
		while (this.pending.size > 0) await Promise.all(this.pending);
	}

	/** Aborts what is under way and forgets everything. */
	stop(): void {
		this.running.abort();
		this.running = new AbortController();
		this.entries.length = 0;
		this.pending.clear();
	}

	private async deliver(delivery: Delivery, signal: AbortSignal): Promise<Delivery> {
		const { retries = this.options.retries, lostAttempts = 0, lostAnswers = 0 } = delivery;
		for (let attempt = 0; attempt <= retries; attempt += 1) {
			const wait = attempt === 0 ? (delivery.delayMs ?? 0) : this.options.retryDelayMs;
			if (signal.aborted) return delivery;
			if (wait > 0) await new Promise<void>((resolve) => this.timers.after(wait, resolve));
			const at = Date.now();
			const limit = AbortSignal.any([signal, AbortSignal.timeout(this.options.timeoutMs)]);
			const answered =
				attempt < lostAttempts ? null : await post(delivery, limit).catch(() => null);
			const heard = attempt < lostAttempts + lostAnswers ? null : answered;
			delivery.attempts.push({ at, ...(heard ?? { status: null, answer: '' }) });
			if (heard?.status === 200) {
				delivery.state = 'delivered';
				return delivery;
			}
		}
		delivery.state = 'given-up';
		return delivery;
	}
}

/** One POST over a connection of its own: a receiver that restarts must not break the next one. */
async function post(
	{ url, body, contentType = 'application/json', signing }: Callback,
	signal: AbortSignal,
): Promise<{ status: number; answer: string }> {
	const headers: Record<string, string> = { 'Content-Type': contentType, Connection: 'close' };
	if (signing) {
		const timestamp = String(Math.floor(Date.now() / 1000));
		headers['X-Webhook-Timestamp'] = timestamp;
		headers['X-Webhook-Signature'] = callbackSignature(signing.key, signing.taskId, timestamp);
	}
	const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
	return { status: response.status, answer: await response.text() };
}
