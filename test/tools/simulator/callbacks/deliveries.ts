import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Operation } from '../scenario';
import type { Timers } from '../timers';

export interface CallbackOptions {
	/** A delivery not answered within this time has failed. */
	timeoutMs: number;
	/** Further attempts after a failed one. */
	retries: number;
	retryDelayMs: number;
}

export const KIE_CALLBACKS: CallbackOptions = { timeoutMs: 15_000, retries: 3, retryDelayMs: 1000 };

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

export interface Callback
	extends Pick<Delivery, 'url' | 'taskId' | 'operation' | 'index' | 'body'> {
	/** Default `application/json`. */
	contentType?: string;
	/** Added to, and over, the others. */
	headers?: Record<string, string>;
	/** Signs each attempt, with the time of sending unless another one is claimed. */
	signing?: { key: string; taskId: string; timestamp?: number };
	/** Default: as the simulator's options say. */
	retries?: number;
	/** Wait before the first attempt. */
	delayMs?: number;
	/** The first attempts, this many, never arrive. Default 0. */
	lostAttempts?: number;
	/** Of those that arrive, this many get an answer that never comes back. Default 0. */
	lostAnswers?: number;
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
		const about = { url, taskId, operation, index, body };
		const delivery: Delivery = { ...about, attempts: [], state: 'pending' };
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
		const signature = Object.entries(first.headers).filter(([name]) => name.startsWith('X-'));
		const headers = Object.fromEntries(signature);
		const callback = { url, taskId, operation, index, contentType, headers, body };
		return await this.send({ ...callback, retries: 0 });
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
		const { retries = this.options.retries, lostAttempts = 0, lostAnswers = 0 } = callback;
		for (let attempt = 0; attempt <= retries; attempt += 1) {
			const wait = attempt === 0 ? (callback.delayMs ?? 0) : this.options.retryDelayMs;
			if (wait > 0 && !signal.aborted) await this.timers.pause(wait, signal);
			if (signal.aborted) return delivery;
			const made =
				attempt < lostAttempts
					? lost(headersOf(callback), 'the request')
					: await this.attempt(callback, signal);
			const isAnswerLost = attempt >= lostAttempts && attempt < lostAttempts + lostAnswers;
			delivery.attempts.push(isAnswerLost ? lost(made.headers, 'the answer') : made);
			if (!isAnswerLost && made.status === 200) {
				delivery.state = 'delivered';
				return delivery;
			}
		}
		delivery.state = 'given-up';
		return delivery;
	}

	private async attempt(callback: Callback, signal: AbortSignal): Promise<DeliveryAttempt> {
		const at = Date.now();
		const headers = headersOf(callback);
		// Cleared in any case, so that no timer keeps the process alive.
		const limit = new AbortController();
		const timer = setTimeout(() => limit.abort(), this.options.timeoutMs);
		try {
			const either = AbortSignal.any([signal, limit.signal]);
			const received = await post(callback.url, headers, callback.body, either);
			return { at, headers, ...received, error: null, took: Date.now() - at };
		} catch (error) {
			const text = limit.signal.aborted
				? `no answer within ${this.options.timeoutMs} ms`
				: String(error);
			return { at, headers, status: null, answer: '', error: text, took: Date.now() - at };
		} finally {
			clearTimeout(timer);
		}
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

function headersOf(callback: Callback): Record<string, string> {
	const { body, contentType = 'application/json', signing } = callback;
	const headers: Record<string, string> = {
		'Content-Type': contentType,
		'Content-Length': String(Buffer.byteLength(body)),
	};
	if (signing) {
		const timestamp = String(signing.timestamp ?? Math.floor(Date.now() / 1000));
		headers['X-Webhook-Timestamp'] = timestamp;
		headers['X-Webhook-Signature'] = callbackSignature(signing.key, signing.taskId, timestamp);
	}
	return { ...headers, ...callback.headers };
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
