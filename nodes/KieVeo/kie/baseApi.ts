import {
	isCreation,
	isOfAnyModel,
	isUpgrade,
	type TaskOperation,
	type VideoCreation,
} from '../operations';
import type { JsonObject } from '../values';
import type {
	Answered,
	Asking,
	CommonOrder,
	CreationOrder,
	CreationParameters,
	SubmissionAnswer,
	SubmittedTask,
	UpgradeOrder,
	TaskAnswer,
} from './api';
import type { HttpCall, HttpClient } from './http/client';
import type { Clock } from './http/clock';
import { multipartUpload, type UploadFile } from './http/multipart';
import { callWithRetry, MAX_ATTEMPTS, submitPatiently, type Submitted } from './http/retry';
import { PATIENCE_WITHOUT_TIMEOUT_MS } from './http/turns';
import type { SubmissionLimiter } from './http/limiter';
import {
	classifyCreditsAnswer,
	classifyFileUrlAnswer,
	classifyUploadAnswer,
	type CreditsMeaning,
	type FileUrlMeaning,
	type KieAnswer,
	type UploadMeaning,
} from './meaning/answer';
import { classifyCreateAnswer, mayBePaid, type OrderMeaning } from './meaning/create';
import { NO_FILES, type ResultFiles } from './meaning/files';
import { isUnknownTask, readRecordAnswer } from './meaning/record';

/* What Kie's two APIs have in common. */

const CREDITS_PATH = '/api/v1/chat/credit';
const DOWNLOAD_URL_PATH = '/api/v1/common/download-url';
const UPLOAD_PATH = '/api/file-stream-upload';

/** How long Kie may still not know a task it has just created, in milliseconds. */
const GRACE_MS = 90_000;
/** Then a task that nobody here has created does not exist. */
const MOST_READS_OF_UNKNOWN = 3;

/** The account of a run, and what all runs of this process share about it. */
export interface Account {
	http: HttpClient;
	limiter: SubmissionLimiter;
	/** The tasks created last, by any node of this process, and when, by the even clock. */
	recentTasks: Map<string, number>;
	clock: Clock;
	signal?: AbortSignal;
	/** Proves the content of a callback address. */
	addressKey: Buffer;
	/** Writes to n8n's log. */
	warn(line: string): void;
}

/**
 * Kie's names of the parameters of a new video: for the Veo endpoints, and for a job of each kind. A job with a
 * parameter that has no name (`null`) is refused: Kie would ignore it silently, and bill the video.
 */
export const FIELDS: Record<
	keyof CreationParameters,
	{ veo: string } & Record<VideoCreation, string | null>
> = {
	prompt: { veo: 'prompt', generate: 'prompt', extend: 'prompt' },
	// Always given: a job without it, or with another name, is made and billed as Fast.
	model: { veo: 'model', generate: 'model', extend: null },
	taskId: { veo: 'taskId', generate: null, extend: 'task_id' },
	generationType: { veo: 'generationType', generate: 'generation_type', extend: null },
	imageUrls: { veo: 'imageUrls', generate: 'image_urls', extend: null },
	aspectRatio: { veo: 'aspect_ratio', generate: 'aspect_ratio', extend: null },
	resolution: { veo: 'resolution', generate: 'resolution', extend: null },
	duration: { veo: 'duration', generate: 'duration', extend: null },
	enableTranslation: { veo: 'enableTranslation', generate: 'enable_translation', extend: null },
	seed: { veo: 'seeds', generate: null, extend: 'seeds' },
	watermark: { veo: 'watermark', generate: 'watermark', extend: 'watermark' },
};

/** The parameters that are set. */
export function given(parameters: CreationParameters) {
	const names = Object.keys(parameters) as Array<keyof CreationParameters>;
	return names
		.map((name) => [name, parameters[name]] as const)
		.filter(([, value]) => value !== undefined);
}

/** The same under Kie's names. */
export function toFields(parameters: CreationParameters, form: 'veo' | VideoCreation): JsonObject {
	const fields = given(parameters).map(([name, value]) => [FIELDS[name][form], value] as const);
	return Object.fromEntries(fields.filter(([field]) => field !== null));
}

/** What is asked of an account besides its tasks. */
export class AccountApi {
	constructor(protected readonly account: Account) {}

	/** A fresh link, good for 20 minutes, to a file that Kie made. Free of charge. */
	async fetchFreshUrl(url: string): Promise<Answered<FileUrlMeaning>> {
		const call: HttpCall = { method: 'POST', path: DOWNLOAD_URL_PATH, body: { url } };
		return await this.read(call, classifyFileUrlAnswer);
	}

	/** Stores a file where Kie can fetch it, for about a day. Free of charge. */
	async uploadFile(file: UploadFile): Promise<Answered<UploadMeaning>> {
		const answer = await callWithRetry(
			// Opened again for each attempt: a stream can be read only once.
			async () =>
				await this.account.http.upload(UPLOAD_PATH, async () => await multipartUpload(file)),
			classifyUploadAnswer,
			this.account,
		);
		return answered(answer, classifyUploadAnswer(answer));
	}

	/** The credit balance, a decimal number. */
	async fetchCredits(): Promise<Answered<CreditsMeaning>> {
		return await this.read({ method: 'GET', path: CREDITS_PATH }, classifyCreditsAnswer);
	}

	/** A read: repeated after faults. */
	private async read<M extends { kind: string }>(
		call: HttpCall,
		meaningOf: (answer: KieAnswer) => M,
	): Promise<Answered<M>> {
		const request = async () => await this.account.http.call(call);
		const answer = await callWithRetry(request, meaningOf, this.account);
		return answered(answer, meaningOf(answer));
	}
}

export abstract class BaseApi extends AccountApi {
	abstract readonly upgradesAreTasks: boolean;

	/** Where the record of a task is read. */
	protected abstract readonly recordPath: string;

	abstract assertOffered(order: CommonOrder): void;
	abstract fetchTask(task: SubmittedTask, how: Asking): Promise<TaskAnswer>;

	protected abstract create(order: CreationOrder, deadline?: number): Promise<SubmissionAnswer>;
	protected abstract upgrade(order: UpgradeOrder, deadline?: number): Promise<SubmissionAnswer>;

	async submit(order: CommonOrder, deadline?: number): Promise<SubmissionAnswer> {
		switch (order.kind) {
			case 'creation':
				return await this.create(order, deadline);
			case 'upgrade':
				return await this.upgrade(order, deadline);
			case 'state':
				return await this.fetchRecord(order.taskId, false, MAX_ATTEMPTS, asOf(order.operation));
		}
	}

	/**
	 * @param isOurs whether this package has created the task
	 * @param as how it is read; by default as the model says
	 */
	async fetchRecord(
		taskId: string,
		isOurs = false,
		attempts = 1,
		as?: 'video' | 'task',
	): Promise<TaskAnswer> {
		const { recentTasks, clock } = this.account;
		const isNew = clock.elapsed() - (recentTasks.get(taskId) ?? -Infinity) < GRACE_MS;
		const tell = (given: KieAnswer) => readRecordAnswer(given, { isOurs, isNew, as });
		let reads = 0;
		const meaningOf = (given: KieAnswer) => {
			// A task of the jobs API is also unknown in its first seconds.
			const mayAppear = as === 'task' && ++reads < MOST_READS_OF_UNKNOWN && isUnknownTask(given);
			return mayAppear ? { kind: 'retry' } : tell(given).meaning;
		};
		const read = async () => await this.readRecord(taskId);
		const record = await callWithRetry(read, meaningOf, this.account, attempts);
		const { answer, meaning } = tell(record);
		const told = answered(answer, meaning);
		return isUnknownTask(record) ? { ...told, isUnknown: true } : told;
	}

	/**
	 * Starts a task, and pays for it: sent again only while Kie has certainly not accepted it.
	 *
	 * @param baseTaskId the task whose video it continues or improves; Kie naming it again does not name a new task
	 */
	protected async startTask(
		{ path, body }: { path: string; body: object },
		baseTaskId: string | undefined,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const { recentTasks, clock } = this.account;
		const meaningOf = (given: KieAnswer) => classifyCreateAnswer(given, baseTaskId);
		const answer = await this.submitCall({ method: 'POST', path, body }, meaningOf, deadline);
		const meaning = meaningOf(answer);
		if (meaning.kind !== 'created') return orderAnswered(answer, meaning);
		recentTasks.set(meaning.taskId, clock.elapsed());
		const files = { ...NO_FILES, taskId: meaning.taskId };
		return answered(answer, { kind: 'processing', files });
	}

	/**
	 * How a task stands whose state is its record.
	 *
	 * @param id under which Kie keeps it
	 */
	protected async fetchState(
		id: string,
		operation: TaskOperation,
		how: Asking,
	): Promise<TaskAnswer> {
		const as = asOf(operation);
		if (how !== 'poll') return await this.fetchEnd(id, () => true, as);
		return await this.fetchRecord(id, isCreation(operation) || isUpgrade(operation), 1, as);
	}

	/**
	 * How a task ended, as far as its record tells. A record that is not found says nothing about the end.
	 *
	 * @param isResult whether the files on record are the wanted ones
	 */
	protected async fetchEnd(
		taskId: string,
		isResult: (files: ResultFiles) => boolean,
		as: 'video' | 'task' = 'video',
	): Promise<TaskAnswer> {
		const record = await this.readRecord(taskId);
		if (isUnknownTask(record)) {
			return { ...answered(record, { kind: 'retry', reason: 'server' }), isUnknown: true };
		}
		const { answer, meaning } = readRecordAnswer(record, { isOurs: true, isNew: false, as });
		const isDone = meaning.kind !== 'success' || isResult(meaning.files);
		return answered(answer, isDone ? meaning : { kind: 'processing', files: NO_FILES });
	}

	/** Like {@link submitPatiently}, by default for a limited time. */
	protected async submitCall(
		call: HttpCall,
		meaningOf: (answer: KieAnswer) => OrderMeaning,
		deadline = this.account.clock.elapsed() + PATIENCE_WITHOUT_TIMEOUT_MS,
	): Promise<Submitted> {
		const send = async () => await this.account.http.callOnce(call);
		return await submitPatiently(send, meaningOf, { ...this.account, deadline });
	}

	private async readRecord(taskId: string): Promise<KieAnswer> {
		return await this.account.http.call({
			method: 'GET',
			path: this.recordPath,
			query: { taskId },
		});
	}
}

export function answered<M>(
	{ code, message, body, retryAfterMs }: KieAnswer,
	meaning: M,
): Answered<M> {
	return { meaning, code, message, raw: body, retryAfterMs };
}

/** The answer to an order, with what is certain about its payment. */
export function orderAnswered<M extends OrderMeaning>(answer: Submitted, meaning: M): Answered<M> {
	const told = answered(answer, meaning);
	return mayBePaid(meaning, answer.wasLost === true) ? { ...told, mayBePaid: true } : told;
}

/** The id under which Kie keeps a submitted task; `null` where nobody knows it. */
export function kieTaskIdOf({ operation, taskId, kieTaskId }: SubmittedTask): string | null {
	if (!isUpgrade(operation)) return kieTaskId ?? taskId;
	return kieTaskId === taskId ? null : kieTaskId;
}

/** How the record of a task is read. */
function asOf(operation: TaskOperation): 'video' | 'task' {
	return isOfAnyModel(operation) ? 'task' : 'video';
}
