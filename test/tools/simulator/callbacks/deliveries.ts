import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Operation } from '../scenario';
import type { Timers } from '../timers';

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
			const isLost = attempt < lostAttempts;
			const made = await this.attempt(delivery, isLost ? undefined : signal);
			const isUnheard = !isLost && attempt < lostAttempts + lostAnswers;
			const error = 'the answer was lost';
			delivery.attempts.push(isUnheard ? { ...made, status: null, answer: '', error } : made);
			if (!isUnheard && made.status === 200) {
				delivery.state = 'delivered';
				return delivery;
			}
		}
		delivery.state = 'given-up';
		return delivery;
	}

	/** @param signal ends it early; without one the request gets lost on its way */
	private async attempt(delivery: Delivery, signal?: AbortSignal): Promise<DeliveryAttempt> {
		const at = Date.now();
		const headers = headersOf(delivery);
		try {
			if (!signal) throw new Error('the request was lost');
			const limit = AbortSignal.timeout(this.options.timeoutMs);
			const received = await post(delivery, headers, AbortSignal.any([signal, limit]));
			return { at, headers, ...received, error: null, took: Date.now() - at };
		} catch (error) {
			const took = Date.now() - at;
			return { at, headers, status: null, answer: '', error: String(error), took };
		}
	}
}

function headersOf({ body, contentType, signing }: Callback): Record<string, string> {
	const own: Record<string, string> = {
		'Content-Type': contentType ?? 'application/json',
		'Content-Length': String(Buffer.byteLength(body)),
	};
	if (signing) {
		const timestamp = String(Math.floor(Date.now() / 1000));
		own['X-Webhook-Timestamp'] = timestamp;
		own['X-Webhook-Signature'] = callbackSignature(signing.key, signing.taskId, timestamp);
	}
	return own;
}

/** One POST over a connection of its own: a receiver that restarts must not break the next one. */
async function post(
	{ url, body }: Callback,
	headers: Record<string, string>,
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
