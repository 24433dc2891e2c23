import { isOfAnyModel, isUpgrade } from '../operations';
import type {
	Answered,
	Asking,
	CommonOrder,
	CreationOrder,
	KieApi,
	StateOrder,
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

export interface ApiParts {
	http: HttpClient;
	limiter: SubmissionLimiter;
	/** The tasks created last, by any node of this process, and when, by the even clock. */
	recentTasks: Map<string, number>;
	clock: Clock;
	signal?: AbortSignal;
}

export abstract class BaseApi implements KieApi<CommonOrder> {
	abstract readonly upgradesAreTasks: boolean;

	/** Where the record of a task is read. */
	protected abstract readonly recordPath: string;

	constructor(protected readonly parts: ApiParts) {}

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
				return await this.readState(order);
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
		const { recentTasks, clock } = this.parts;
		const isNew = clock.elapsed() - (recentTasks.get(taskId) ?? -Infinity) < GRACE_MS;
		const tell = (given: KieAnswer) => readRecordAnswer(given, { isOurs, isNew, as });
		let reads = 0;
		const meaningOf = (given: KieAnswer) => {
			// A task of the jobs API is also unknown in its first seconds.
			const mayAppear = as === 'task' && ++reads < MOST_READS_OF_UNKNOWN && isUnknownTask(given);
			return mayAppear ? { kind: 'retry' } : tell(given).meaning;
		};
		const read = async () => await this.readRecord(taskId);
		const record = await callWithRetry(read, meaningOf, this.parts, attempts);
		const { answer, meaning } = tell(record);
		return { ...answered(answer, meaning), ...unknownIf(isUnknownTask(record)) };
	}

	async fetchFreshUrl(url: string): Promise<Answered<FileUrlMeaning>> {
		const call: HttpCall = { method: 'POST', path: DOWNLOAD_URL_PATH, body: { url } };
		return await this.read(call, classifyFileUrlAnswer);
	}

	async uploadFile(file: UploadFile): Promise<Answered<UploadMeaning>> {
		const answer = await callWithRetry(
			// Opened again for each attempt: a stream can be read only once.
			async () =>
				await this.parts.http.upload(UPLOAD_PATH, async () => await multipartUpload(file)),
			classifyUploadAnswer,
			this.parts,
		);
		return answered(answer, classifyUploadAnswer(answer));
	}

	async fetchCredits(): Promise<Answered<CreditsMeaning>> {
		return await this.read({ method: 'GET', path: CREDITS_PATH }, classifyCreditsAnswer);
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
		const { http, recentTasks, clock } = this.parts;
		const meaningOf = (given: KieAnswer) => classifyCreateAnswer(given, baseTaskId);
		const answer = await submitPatiently(
			async () => await http.callOnce({ method: 'POST', path, body }),
			meaningOf,
			this.patience(deadline),
		);
		const meaning = meaningOf(answer);
		if (meaning.kind !== 'created') return orderAnswered(answer, meaning);
		recentTasks.set(meaning.taskId, clock.elapsed());
		const files = { ...NO_FILES, taskId: meaning.taskId };
		return answered(answer, { kind: 'processing', files });
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

	protected patience(deadline?: number) {
		const { limiter, clock, signal } = this.parts;
		const until = deadline ?? clock.elapsed() + PATIENCE_WITHOUT_TIMEOUT_MS;
		return { limiter, clock, signal, deadline: until };
	}

	protected async readRecord(taskId: string): Promise<KieAnswer> {
		return await this.parts.http.call({ method: 'GET', path: this.recordPath, query: { taskId } });
	}

	private async readState({ operation, taskId }: StateOrder): Promise<TaskAnswer> {
		const as = isOfAnyModel(operation) ? 'task' : 'video';
		return await this.fetchRecord(taskId, false, MAX_ATTEMPTS, as);
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

function unknownIf(isUnknown: boolean): { isUnknown?: true } {
	return isUnknown ? { isUnknown } : {};
}
