import type { KieAnswer } from '../meaning/answer';
import { throwIfCancelled, type Clock } from './clock';
import { faultAnswer, readAnswer, type HttpReply } from './envelope';
import { networkFaultOf } from './networkFault';

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

/** Kie's keys are longer, and a short text could be a part of anything. */
const SHORTEST_KEY = 8;

/** What stands for the API key in an answer that repeats it. */
const MASK = '***';

/** One request at a time to Kie's hosts. Faults are answers too: what they mean depends on the request. */
export class HttpClient {
	/** @param apiKey as it is sent: answers that repeat it are read, and shown, without it */
	constructor(
		private readonly send: SendRequest,
		private readonly clock: Clock,
		private readonly signal?: AbortSignal,
		private readonly apiKey = '',
	) {}

	/**
	 * A request that may be abandoned: if it failed because the execution was stopped, that is thrown.
	 *
	 * @throws CancelledError
	 */
	async call(call: HttpCall): Promise<KieAnswer> {
		const answer = await this.callOnce(call);
		if (answer.fault) throwIfCancelled(this.signal);
		return answer;
	}

	/**
	 * A paid request: its answer is wanted whatever happens meanwhile. When another item
	 * fails, the pending answer is awaited; when the user stops the execution, n8n aborts the request, and
	 * the answer is lost.
	 *
	 * @throws CancelledError only before anything was sent
	 */
	async callOnce(call: HttpCall): Promise<KieAnswer> {
		throwIfCancelled(this.signal);
		try {
			const reply = await this.send(call);
			return readAnswer({ ...reply, body: this.withoutKey(reply.body) }, this.clock.now());
		} catch (error) {
			const { text, unreached } = networkFaultOf(error);
			return { ...faultAnswer(text), ...(unreached ? { unreached } : {}) };
		}
	}

	private withoutKey(text: string): string {
		return this.apiKey.length < SHORTEST_KEY ? text : text.replaceAll(this.apiKey, MASK);
	}
}
