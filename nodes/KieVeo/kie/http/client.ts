import type { KieAnswer } from '../meaning/answer';
import { throwIfCancelled, type Clock } from './clock';
import { faultAnswer, readAnswer, type HttpReply } from './envelope';
import type { Upload } from './multipart';
import { networkFaultOf } from './networkFault';
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
	 * @param open called when the turn has come
	 * @throws CancelledError, and whatever `open` throws
	 */
	async upload(path: string, open: () => Promise<Upload>): Promise<KieAnswer> {
		return await this.inTurn(this.uploads, async () => {
			const { request, close } = await open();
			try {
				return await this.callOnce({ path, ...request });
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
		if (!answer.fault) return answer;
		throwIfCancelled(this.signal);
		// Perhaps it is another request's.
		return { ...answer, taskIds: [] };
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
