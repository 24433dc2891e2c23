import { isUpgrade, OPERATIONS, type Creation, type Upgrade } from '../operations';
import type {
	Answered,
	CreationOrder,
	CreationParameters,
	KieApi,
	Order,
	SubmissionAnswer,
	SubmittedVideo,
	UpgradeOrder,
	VideoAnswer,
} from './api';
import type { HttpCall, HttpClient } from './http/client';
import type { Clock } from './http/clock';
import { multipartUpload, type ImageFile } from './http/multipart';
import type { RecentTasks } from './http/recentTasks';
import {
	callWithRetry,
	MAX_ATTEMPTS,
	PATIENCE_WITHOUT_TIMEOUT_MS,
	submitPatiently,
} from './http/retry';
import type { SubmissionLimiter } from './http/submissionLimiter';
import {
	classifyCreditsAnswer,
	classifyUpgradeAnswer,
	type CreditsMeaning,
	type KieAnswer,
	type Meaning,
} from './meaning/answer';
import { classifyCreateAnswer } from './meaning/createAnswer';
import {
	classifyDownloadUrlAnswer,
	classifyUploadAnswer,
	type FileUrlMeaning,
} from './meaning/fileAnswer';
import { readRecordAnswer } from './meaning/recordAnswer';
import { judgeRepeat } from './meaning/repeat';
import { is4k, readResultFiles } from './meaning/resultFiles';
import { classifyTaskRecord } from './meaning/taskRecord';

/* Kie's dedicated Veo endpoints. Kie has moved its documentation before, so the paths appear only here. */

const RECORD_PATH = '/api/v1/veo/record-info';
const CREDITS_PATH = '/api/v1/chat/credit';
const DOWNLOAD_URL_PATH = '/api/v1/common/download-url';
const UPLOAD_PATH = '/api/file-stream-upload';

const CREATION_PATHS: Record<Creation, string> = {
	generate: '/api/v1/veo/generate',
	extend: '/api/v1/veo/extend',
};

/** Kie's field names. */
const CREATION_FIELDS: Record<keyof CreationParameters, string> = {
	prompt: 'prompt',
	model: 'model',
	taskId: 'taskId',
	generationType: 'generationType',
	imageUrls: 'imageUrls',
	aspectRatio: 'aspect_ratio',
	resolution: 'resolution',
	duration: 'duration',
	enableTranslation: 'enableTranslation',
	seed: 'seeds',
	watermark: 'watermark',
};

/** One video of a task, for a request about its upgrade. */
type UpgradeSubject = Pick<UpgradeOrder, 'taskId' | 'index' | 'callBackUrl'>;

const UPGRADES: Record<
	Upgrade,
	{ toCall(subject: UpgradeSubject): HttpCall; ordersAgain: boolean }
> = {
	get4k: {
		toCall: ({ taskId, index, callBackUrl }) => ({
			method: 'POST',
			path: '/api/v1/veo/get-4k-video',
			body: { taskId, index, ...(callBackUrl ? { callBackUrl } : {}) },
		}),
		ordersAgain: true,
	},
	get1080p: {
		toCall: ({ taskId, index }) => ({
			method: 'GET',
			path: '/api/v1/veo/get-1080p-video',
			query: { taskId, index },
		}),
		ordersAgain: false,
	},
};

export interface VeoApiParts {
	http: HttpClient;
	limiter: SubmissionLimiter;
	recentTasks: RecentTasks;
	clock: Clock;
	signal?: AbortSignal;
}

export class VeoApi implements KieApi {
	constructor(private readonly parts: VeoApiParts) {}

	async submit(order: Order, deadline?: number): Promise<SubmissionAnswer> {
		switch (order.kind) {
			case 'creation':
				return await this.create(order, deadline);
			case 'upgrade':
				return await this.submitUpgrade(order, deadline);
			case 'state':
				return await this.fetchRecord(order.taskId, MAX_ATTEMPTS);
		}
	}

	async fetchState(video: SubmittedVideo): Promise<VideoAnswer> {
		const { operation, taskId } = video;
		return isUpgrade(operation)
			? await this.repeatUpgrade(operation, video)
			: await this.fetchRecord(taskId);
	}

	/**
	 * Reading the record is free, and for a new task it says everything. About an upgrade it may know
	 * a failure, but usually shows the base video. The 4K request returns the state and the URLs of an upgrade
	 * that is running or done, free of charge; after a failed one it may start, and bill, another. So a
	 * failure or a result on record ends the matter.
	 */
	async fetchOutcome(video: SubmittedVideo): Promise<VideoAnswer> {
		const { operation } = video;
		const recorded = await this.fetchRecordedOutcome(video);
		return isUpgrade(operation) && recorded.meaning.kind === 'processing'
			? await this.repeatUpgrade(operation, video)
			: recorded;
	}

	async fetchRecordedOutcome({
		operation,
		taskId,
		kieTaskId,
	}: SubmittedVideo): Promise<VideoAnswer> {
		const isOwnId = kieTaskId !== null && kieTaskId !== taskId;
		const record = await this.readRecord(kieTaskId ?? taskId);
		const recorded = classifyTaskRecord(record);
		if (recorded.kind === 'none') return answered(record, { kind: 'retry', reason: 'server' });
		if (recorded.kind === 'failed') {
			const { code, message, meaning } = recorded;
			// A task that failed for lack of credits has failed: there is nothing left to ask.
			const failed: Meaning =
				meaning.kind === 'failed' ? meaning : { kind: 'failed', reason: 'taskFailed' };
			return { ...answered(record, failed), code, message };
		}
		// Under the base video's id its own URL is on record, perhaps also in 4K: only a separate id
		// belongs to the upgrade.
		const isResult =
			recorded.kind === 'success' &&
			(!isUpgrade(operation) || (isOwnId && is4k(recorded.files.resolution)));
		const running: Meaning = { kind: 'processing', files: readResultFiles(null) };
		return answered(record, isResult ? recorded : running);
	}

	/** Patient with a task created seconds ago. */
	async fetchRecord(taskId: string, attempts = 1): Promise<VideoAnswer> {
		const { recentTasks, clock } = this.parts;
		const isNew = recentTasks.has(taskId, clock.now());
		const read = async () => await this.readRecord(taskId);
		const meaningOf = (given: KieAnswer) => readRecordAnswer(given, isNew).meaning;
		const record = await callWithRetry(read, meaningOf, this.parts, attempts);
		const { answer, meaning } = readRecordAnswer(record, isNew);
		return answered(answer, meaning);
	}

	async fetchFreshUrl(url: string): Promise<Answered<FileUrlMeaning>> {
		const call: HttpCall = { method: 'POST', path: DOWNLOAD_URL_PATH, body: { url } };
		return await this.read(call, classifyDownloadUrlAnswer);
	}

	async uploadImage(image: ImageFile): Promise<Answered<FileUrlMeaning>> {
		const answer = await callWithRetry(
			async () => {
				// Opened again for each attempt: a stream can be read only once.
				const { request, close } = await multipartUpload(image);
				try {
					return await this.parts.http.call({ path: UPLOAD_PATH, ...request });
				} finally {
					close();
				}
			},
			classifyUploadAnswer,
			this.parts,
		);
		return answered(answer, classifyUploadAnswer(answer));
	}

	async fetchCredits(): Promise<Answered<CreditsMeaning>> {
		return await this.read({ method: 'GET', path: CREDITS_PATH }, classifyCreditsAnswer);
	}

	private async create(
		{ operation, parameters, callBackUrl }: CreationOrder,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const { http, recentTasks, clock } = this.parts;
		const path = CREATION_PATHS[operation];
		const body = { ...toFields(parameters), ...(callBackUrl === undefined ? {} : { callBackUrl }) };
		const meaningOf = (given: KieAnswer) => classifyCreateAnswer(given, parameters.taskId);
		const answer = await submitPatiently(
			async () => await http.callOnce({ method: 'POST', path, body }),
			meaningOf,
			this.patience(deadline),
		);
		const meaning = meaningOf(answer);
		if (meaning.kind !== 'created') return answered(answer, meaning);
		recentTasks.add(meaning.taskId, clock.now());
		const files = { ...readResultFiles(null), taskId: meaning.taskId };
		return answered(answer, { kind: 'processing', files });
	}

	/**
	 * Repeated after faults, including the 4K request: Kie answers a repeat for the same video with 422 and its
	 * state instead of starting a second upgrade.
	 */
	private async submitUpgrade(order: UpgradeOrder, deadline?: number): Promise<VideoAnswer> {
		const call = UPGRADES[order.operation].toCall(order);
		const meaningOf = (answer: KieAnswer) =>
			classifyUpgradeAnswer(OPERATIONS[order.operation].upgradesTo, answer);
		const answer = await submitPatiently(
			async () => await this.parts.http.callOnce(call),
			meaningOf,
			this.patience(deadline),
		);
		return answered(answer, meaningOf(answer));
	}

	/**
	 * The same request again: the only one whose "done" answer Kie documents. One attempt; it never
	 * carries a callback address.
	 */
	private async repeatUpgrade(
		upgrade: Upgrade,
		{ taskId, index, codes }: SubmittedVideo,
	): Promise<VideoAnswer> {
		const { toCall, ordersAgain } = UPGRADES[upgrade];
		const answer = await this.parts.http.call(toCall({ taskId, index: index ?? 0 }));
		const meaning = classifyUpgradeAnswer(OPERATIONS[upgrade].upgradesTo, answer);
		if (meaning.kind !== 'processing' || !ordersAgain) return answered(answer, meaning);
		switch (judgeRepeat(codes, answer)) {
			case 'running':
				return answered(answer, meaning);
			case 'perhapsReordered':
				return answered(answer, { ...meaning, perhapsReordered: true });
			case 'reordered':
				return answered(answer, { kind: 'failed', reason: 'reordered' });
		}
	}

	private patience(deadline?: number) {
		const { limiter, clock, signal } = this.parts;
		const until = deadline ?? clock.now() + PATIENCE_WITHOUT_TIMEOUT_MS;
		return { limiter, clock, signal, deadline: until };
	}

	private async readRecord(taskId: string): Promise<KieAnswer> {
		return await this.parts.http.call({ method: 'GET', path: RECORD_PATH, query: { taskId } });
	}

	/** A read: repeated after faults. */
	private async read<M extends { kind: string }>(
		call: HttpCall,
		meaningOf: (answer: KieAnswer) => M,
	): Promise<Answered<M>> {
		const request = async () => await this.parts.http.call(call);
		const answer = await callWithRetry(request, meaningOf, this.parts);
		return answered(answer, meaningOf(answer));
	}
}

function answered<M>({ code, message, body, retryAfterMs }: KieAnswer, meaning: M): Answered<M> {
	return { meaning, code, message, raw: body, retryAfterMs };
}

/** Under Kie's own names; unset values are omitted. */
function toFields(parameters: CreationParameters): { [field: string]: unknown } {
	const names = Object.keys(CREATION_FIELDS) as Array<keyof CreationParameters>;
	const given = names.filter((name) => parameters[name] !== undefined);
	return Object.fromEntries(given.map((name) => [CREATION_FIELDS[name], parameters[name]]));
}
