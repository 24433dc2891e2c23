import {
	classifyCreditsAnswer,
	classifyUpgradeAnswer,
	type KieAnswer,
	type Upgrade,
} from '../meaning/answer';
import { toId } from '../meaning/guards';
import { classifyCreateAnswer, type CreateMeaning } from '../meaning/createAnswer';
import { classifyDownloadUrlAnswer, classifyUploadAnswer } from '../meaning/fileAnswer';
import { readRecordAnswer, type Told } from '../meaning/recordAnswer';
import type { Creation } from '../meaning/videoResult';
import { throwIfCancelled, type Clock } from './clock';
import { faultAnswer, readAnswer, type HttpReply } from './envelope';
import { multipartUpload, type ImageFile } from './multipart';
import { describeNetworkFault, isNeverSent } from './networkFault';
import type { RecentTasks } from './recentTasks';
import { callWithRetry } from './retry';
import type { SubmissionLimiter } from './submissionLimiter';

export interface HttpCall {
	method: 'GET' | 'POST';
	path: string;
	query?: { [name: string]: string | number };
	/** Sent as JSON, but for a multipart body, which is sent as it is. */
	body?: object;
	/** Default `api`. */
	host?: 'api' | 'upload';
	headers?: { [name: string]: string };
}

/** Sends one authenticated request to one of Kie's hosts. Rejects when there is no complete reply. */
export type SendRequest = (call: HttpCall) => Promise<HttpReply>;

/** One video of a Veo task. A task can hold several; `index` counts from 0. */
export interface UpgradeRequest {
	taskId: string;
	index: number;
	/** 4K only: where Kie reports the end of the upgrade. */
	callBackUrl?: string;
}

/** The body of generate or extend, in Kie's own field names. */
export type CreateBody = { [field: string]: string | number | boolean | string[] };

export interface KieClientOptions {
	send: SendRequest;
	limiter: SubmissionLimiter;
	recentTasks: RecentTasks;
	clock: Clock;
	signal?: AbortSignal;
}

/** The dedicated Veo endpoints; Kie has moved its documentation before, so they stand in one place. */
const PATHS = {
	get4k: '/api/v1/veo/get-4k-video',
	get1080p: '/api/v1/veo/get-1080p-video',
	generate: '/api/v1/veo/generate',
	extend: '/api/v1/veo/extend',
	record: '/api/v1/veo/record-info',
	credits: '/api/v1/chat/credit',
	downloadUrl: '/api/v1/common/download-url',
	upload: '/api/file-stream-upload',
};

/** Kie's HTTP API as typed calls. Answers are returned, not thrown: their meaning depends on the caller. */
export class KieClient {
	constructor(private readonly options: KieClientOptions) {}

	/**
	 * Asks for an upgrade the first time, within the submission limit.
	 *
	 * Repeated after faults, the 4K POST too: Kie answers a repeat for the same video with 422 and its
	 * state instead of starting a second upgrade.
	 *
	 * @throws CancelledError
	 */
	async submitUpgrade(upgrade: Upgrade, request: UpgradeRequest): Promise<KieAnswer> {
		const { limiter, clock, signal } = this.options;
		return await callWithRetry(
			async () =>
				await limiter.run(async () => await this.call(upgradeCall(upgrade, request)), signal),
			(answer) => classifyUpgradeAnswer(upgrade, answer),
			{ clock, signal },
		);
	}

	/**
	 * Asks for the state of an upgrade that was submitted before: the same request once more, which is
	 * the only state request whose "done" answer Kie documents. One attempt; it never carries a callback
	 * address.
	 *
	 * @throws CancelledError
	 */
	async checkUpgrade(
		upgrade: Upgrade,
		{ taskId, index }: Pick<UpgradeRequest, 'taskId' | 'index'>,
	): Promise<KieAnswer> {
		return await this.call(upgradeCall(upgrade, { taskId, index }));
	}

	/**
	 * What Kie has on record about a task. A read that costs nothing; one attempt.
	 *
	 * @throws CancelledError
	 */
	async readTaskRecord(taskId: string): Promise<KieAnswer> {
		return await this.call({ method: 'GET', path: PATHS.record, query: { taskId } });
	}

	/**
	 * Creates a task, within the submission limit. Each accepted request costs money, so it is repeated
	 * only after answers that say it was not accepted.
	 *
	 * @throws CancelledError only before anything was sent. When another item fails, an answer under way is
	 * waited for; when the user stops the execution, n8n ends the request, and the answer is lost.
	 */
	async create(creation: Creation, body: CreateBody): Promise<Told<CreateMeaning>> {
		const { limiter, recentTasks, clock, signal } = this.options;
		const meaningOf = (given: KieAnswer) => classifyCreateAnswer(given, toId(body.taskId));
		const answer = await callWithRetry(
			async () =>
				await limiter.run(
					async () => await this.callOnce({ method: 'POST', path: PATHS[creation], body }),
					signal,
				),
			meaningOf,
			{ clock, signal },
		);
		const meaning = meaningOf(answer);
		if (meaning.kind === 'created') recentTasks.add(meaning.taskId, clock.now());
		return { answer, meaning };
	}

	/**
	 * The state of a task that is wanted, with patience for one created seconds ago. A read: repeated
	 * after faults unless `attempts` is 1.
	 *
	 * @throws CancelledError
	 */
	async getTaskState(taskId: string, attempts: 'many' | 'one'): Promise<Told> {
		const { recentTasks, clock } = this.options;
		const isNew = recentTasks.has(taskId, clock.now());
		const read = async () => await this.readTaskRecord(taskId);
		const answer =
			attempts === 'one'
				? await read()
				: await callWithRetry(
						read,
						(given) => readRecordAnswer(given, isNew).meaning,
						this.options,
					);
		return readRecordAnswer(answer, isNew);
	}

	/**
	 * A fresh link, good for 20 minutes, to a file Kie made. A read: repeated after faults.
	 *
	 * @throws CancelledError
	 */
	async renewFileUrl(url: string): Promise<KieAnswer> {
		return await callWithRetry(
			async () => await this.call({ method: 'POST', path: PATHS.downloadUrl, body: { url } }),
			classifyDownloadUrlAnswer,
			this.options,
		);
	}

	/**
	 * Puts an image where Kie can fetch it, for about a day. Free of charge: repeated after faults.
	 *
	 * @throws CancelledError
	 */
	async uploadImage(image: ImageFile): Promise<KieAnswer> {
		return await callWithRetry(
			async () => {
				// Opened anew for each attempt: a stream can be read only once.
				const { request, close } = await multipartUpload(image);
				try {
					return await this.call({ path: PATHS.upload, ...request });
				} finally {
					close();
				}
			},
			classifyUploadAnswer,
			this.options,
		);
	}

	/**
	 * The credit balance. A read: repeated after faults.
	 *
	 * @throws CancelledError
	 */
	async getCredits(): Promise<KieAnswer> {
		return await callWithRetry(
			async () => await this.call({ method: 'GET', path: PATHS.credits }),
			classifyCreditsAnswer,
			this.options,
		);
	}

	private async call(call: HttpCall): Promise<KieAnswer> {
		const answer = await this.callOnce(call);
		if (answer.fault) throwIfCancelled(this.options.signal);
		return answer;
	}

	/** Gives the answer of a request that was sent, if there is one, also after a failure elsewhere. */
	private async callOnce(call: HttpCall): Promise<KieAnswer> {
		const { send, clock, signal } = this.options;
		throwIfCancelled(signal);
		try {
			return readAnswer(await send(call), clock.now());
		} catch (error) {
			const answer = faultAnswer(describeNetworkFault(error));
			return isNeverSent(error) ? { ...answer, unreached: 'noConnection' } : answer;
		}
	}
}

function upgradeCall(upgrade: Upgrade, request: UpgradeRequest): HttpCall {
	const { taskId, index, callBackUrl } = request;
	if (upgrade === 'get1080p') {
		return { method: 'GET', path: PATHS.get1080p, query: { taskId, index } };
	}
	return {
		method: 'POST',
		path: PATHS.get4k,
		body: { taskId, index, ...(callBackUrl ? { callBackUrl } : {}) },
	};
}
