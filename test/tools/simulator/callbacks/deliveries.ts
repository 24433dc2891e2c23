import { setMaxListeners } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Operation } from '../state/scenario';
import { callbackSignature } from './signature';
import type { Timers } from '../state/timers';

export interface CallbackOptions {
	/** A delivery not answered within this time has failed. */
	timeoutMs: number;
	/** Further attempts after a failed one. */
	retries: number;
	retryDelayMs: number;
	/** `fresh`: each attempt is signed with its own time. `same`: with the first one's. */
	retrySignature: 'fresh' | 'same';
}

export const KIE_CALLBACKS: CallbackOptions = {
	timeoutMs: 15_000,
	retries: 3,
	retryDelayMs: 1000,
	retrySignature: 'fresh',
};

export interface DeliveryAttempt {
	/** Epoch milliseconds. */
	at: number;
	headers: Record<string, string>;
	/** Null where no answer came. */
	status: number | null;
	/** Body of the answer. */
	answer: string;
	error: string | null;
	/** Milliseconds until the answer, or until it was given up. */
	took: number;
}

/** One callback and its attempts. */
export interface Delivery {
	url: string;
	/** What it is about. */
	taskId: string;
	operation: Operation;
	index: number;
	body: string;
	attempts: DeliveryAttempt[];
	/** Only HTTP 200 means received. `given-up`: no attempt is left. */
	state: 'pending' | 'delivered' | 'given-up';
}

export interface Signing {
	key: string;
	taskId: string;
	/** Unix seconds to claim instead of the time of sending. */
	timestamp?: number;
	/** To claim instead of the right one. */
	signature?: string;
}

export interface Callback
	extends Pick<Delivery, 'url' | 'taskId' | 'operation' | 'index' | 'body'> {
	contentType: string;
	headers: Record<string, string>;
	/** Undefined: sent without signature. */
	signing: Signing | undefined;
	/** Default: as the simulator's options say. */
	retries?: number;
	/** Wait before the first attempt. */
	delayMs?: number;
	/** The first attempts, this many, never arrive. Default 0. */
	lostAttempts?: number;
	/** Of those that arrive, this many get an answer that never comes back. Default 0. */
	lostAnswers?: number;
}

/** Sends callbacks as Kie does, and keeps a record of it. Sends nothing more once stopped. */
export class Deliveries {
	readonly entries: Delivery[] = [];
	private readonly originals = new WeakMap<Delivery, Callback>();
	private readonly pending = new Set<Promise<Delivery>>();
	private running = newRun();

	constructor(
		private readonly options: CallbackOptions,
		private readonly timers: Timers,
	) {}

	/** Resolves when it was received, given up, or stopped before either. */
	async send(callback: Callback): Promise<Delivery> {
		const { url, taskId, operation, index, body } = callback;
		const delivery: Delivery = {
			url,
			taskId,
			operation,
			index,
			body,
			attempts: [],
			state: 'pending',
		};
		this.entries.push(delivery);
		this.originals.set(delivery, callback);
		const work = this.deliver(delivery, callback, this.running.signal);
		this.pending.add(work);
		return await work.finally(() => this.pending.delete(work));
	}

	/** Sends the same callback again at once, as often as told, in parallel. */
	async repeat(delivery: Delivery, times: number): Promise<Delivery[]> {
		const again = { ...this.originalOf(delivery), delayMs: 0 };
		return await Promise.all(Array.from({ length: times }, () => this.send(again)));
	}

	/** Sends an intercepted callback again: the same signature, perhaps another body. */
	async replay(delivery: Delivery, body = delivery.body): Promise<Delivery> {
		const { url, taskId, operation, index, contentType } = this.originalOf(delivery);
		const [first] = delivery.attempts;
		if (!first) throw new Error('Nothing was sent yet that could be replayed');
		const isSignature = ([name]: [string, string]) => name.startsWith('X-Webhook-');
		const headers = Object.fromEntries(Object.entries(first.headers).filter(isSignature));
		const callback = { url, taskId, operation, index, contentType, headers, body };
		return await this.send({ ...callback, signing: undefined, retries: 0 });
	}

	/** Waits until no delivery is under way. */
	async settled(): Promise<void> {
		while (this.pending.size > 0) await Promise.all(this.pending);
	}

	/** Aborts what is under way and forgets everything. */
	stop(): void {
		this.running.abort();
		this.running = newRun();
		this.entries.length = 0;
		this.pending.clear();
	}

	private originalOf(delivery: Delivery): Callback {
		const original = this.originals.get(delivery);
		if (!original) throw new Error('This delivery is not one of this simulator');
		return original;
	}

	private async deliver(
		delivery: Delivery,
		callback: Callback,
		signal: AbortSignal,
	): Promise<Delivery> {
		const attempts = 1 + (callback.retries ?? this.options.retries);
		let firstSigned: number | undefined;
		for (let attempt = 0; attempt < attempts; attempt += 1) {
			const wait = attempt === 0 ? (callback.delayMs ?? 0) : this.options.retryDelayMs;
			if (wait > 0) await this.pause(wait, signal);
			if (signal.aborted) return delivery;
			firstSigned ??= Date.now();
			const signedAt = this.options.retrySignature === 'same' ? firstSigned : Date.now();
			const headers = { ...signatureHeaders(callback.signing, signedAt), ...callback.headers };
			const { lostAttempts = 0, lostAnswers = 0 } = callback;
			const outcome =
				attempt < lostAttempts
					? lost(headers, 'the request')
					: await this.attempt(delivery, callback.contentType, headers, signal);
			const isAnswerLost = attempt >= lostAttempts && attempt < lostAttempts + lostAnswers;
			delivery.attempts.push(
				isAnswerLost ? { ...outcome, ...lost(headers, 'the answer') } : outcome,
			);
			if (isAnswerLost) continue;
			if (outcome.status === 200) {
				delivery.state = 'delivered';
				return delivery;
			}
		}
		delivery.state = 'given-up';
		return delivery;
	}

	private async attempt(
		delivery: Delivery,
		contentType: string,
		extra: Record<string, string>,
		signal: AbortSignal,
	): Promise<DeliveryAttempt> {
		const at = Date.now();
		const headers = {
			'Content-Type': contentType,
			'Content-Length': String(Buffer.byteLength(delivery.body)),
			...extra,
		};
		// Cleared in any case, so that no timer keeps the process alive.
		const limit = new AbortController();
		const timer = setTimeout(() => limit.abort(), this.options.timeoutMs);
		try {
			const { status, answer } = await post(
				delivery.url,
				headers,
				delivery.body,
				AbortSignal.any([signal, limit.signal]),
			);
			return { at, headers, status, answer, error: null, took: Date.now() - at };
		} catch (error) {
			const text = limit.signal.aborted
				? `no answer within ${this.options.timeoutMs} ms`
				: String(error);
			return { at, headers, status: null, answer: '', error: text, took: Date.now() - at };
		} finally {
			clearTimeout(timer);
		}
	}

	private async pause(ms: number, signal: AbortSignal): Promise<void> {
		await new Promise<void>((resolve) => {
			const done = () => {
				signal.removeEventListener('abort', done);
				resolve();
			};
			this.timers.after(ms, done);
			signal.addEventListener('abort', done);
		});
	}
}

function newRun(): AbortController {
	const run = new AbortController();
	// Each delivery under way listens; there may be hundreds.
	setMaxListeners(0, run.signal);
	return run;
}

/** What the sender knows of an attempt that got lost on its way there or back. */
function lost(headers: Record<string, string>, what: string): DeliveryAttempt {
	const error = `${what} was lost`;
	return { at: Date.now(), headers, status: null, answer: '', error, took: 0 };
}

function signatureHeaders(signing: Signing | undefined, signedAt: number): Record<string, string> {
	if (!signing) return {};
	const timestamp = String(signing.timestamp ?? Math.floor(signedAt / 1000));
	const signature = signing.signature ?? callbackSignature(signing.key, signing.taskId, timestamp);
	return { 'X-Webhook-Timestamp': timestamp, 'X-Webhook-Signature': signature };
}

/** One POST over a connection of its own: a receiver that restarts must not break the next one. */
async function post(
	url: string,
	headers: Record<string, string>,
	body: string,
	signal: AbortSignal,
): Promise<{ status: number; answer: string }> {
	const send = url.startsWith('https:') ? httpsRequest : httpRequest;
	return await new Promise((resolve, reject) => {
		const request = send(url, { method: 'POST', headers, agent: false, signal }, (response) => {
			let answer = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (answer += chunk));
			response.on('error', reject);
			response.on('end', () => resolve({ status: response.statusCode ?? 0, answer }));
		});
		request.on('error', reject);
		request.end(body);
	});
}
