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
	CreationParameters,
	SubmissionAnswer,
	SubmittedTask,
	TaskAnswer,
	VideoOrder,
} from './api';
import type { HttpCall, HttpClient } from './http/client';
import type { Clock } from './http/clock';
import { callWithRetry, submitPatiently } from './http/retry';
import { PATIENCE_WITHOUT_TIMEOUT_MS } from './http/turns';
import type { SubmissionLimiter } from './http/limiter';
import type { KieAnswer } from './meaning/answer';
import { classifyCreateAnswer, mayBePaid, type OrderMeaning } from './meaning/money';
import { NO_FILES, type ResultFiles } from './meaning/files';
import { isUnknownTask, readRecordAnswer } from './meaning/answer';

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

/** What Kie's two APIs have in common. */
export abstract class BaseApi {
	abstract readonly upgradesAreTasks: boolean;

	/** Where the record of a task is read. */
	protected abstract readonly recordPath: string;

	constructor(protected readonly account: Account) {}

	abstract assertOffered(order: VideoOrder): void;
	abstract submit(order: VideoOrder, deadline?: number): Promise<SubmissionAnswer>;
	abstract fetchTask(task: SubmittedTask, how: Asking): Promise<TaskAnswer>;

	/** @param operation of the task: says how it is read, and whether we have ordered it. By default its model says how */
	async fetchRecord(taskId: string, operation?: TaskOperation, attempts = 1): Promise<TaskAnswer> {
		const { http, recentTasks, clock } = this.account;
		const as = operation && (isOfAnyModel(operation) ? 'task' : 'video');
		const isOurs = operation !== undefined && (isCreation(operation) || isUpgrade(operation));
		const isNew = clock.elapsed() - (recentTasks.get(taskId) ?? -Infinity) < GRACE_MS;
		const tell = (given: KieAnswer) => readRecordAnswer(given, { isOurs, isNew, as });
		let reads = 0;
		const meaningOf = (given: KieAnswer) => {
			// A task of the jobs API is also unknown in its first seconds.
			const mayAppear = as === 'task' && ++reads < MOST_READS_OF_UNKNOWN && isUnknownTask(given);
			return mayAppear ? { kind: 'retry' } : tell(given).meaning;
		};
		const call: HttpCall = { method: 'GET', path: this.recordPath, query: { taskId } };
		const read = async () => await http.call(call);
		const record = await callWithRetry(read, meaningOf, this.account, attempts);
		const { answer, meaning } = tell(record);
		const told = answered(answer, meaning);
		return isUnknownTask(record) ? { ...told, isUnknown: true } : told;
	}

	/**
	 * How a task ended, as far as its record tells. A record that is not found says nothing about the end.
	 *
	 * @param isResult whether the files on record are the wanted ones
	 */
	protected async fetchEnd(
		taskId: string,
		operation: TaskOperation,
		isResult: (files: ResultFiles) => boolean = () => true,
	): Promise<TaskAnswer> {
		const record = await this.fetchRecord(taskId, operation);
		const { isUnknown, meaning } = record;
		if (isUnknown) return { ...record, meaning: { kind: 'retry', reason: 'server' } };
		const isDone = meaning.kind !== 'success' || isResult(meaning.files);
		return isDone ? record : { ...record, meaning: { kind: 'processing', files: NO_FILES } };
	}

	/**
	 * Starts a task, and pays for it: sent again only while Kie has certainly not accepted it.
	 *
	 * @param baseTaskId the task whose video it continues or improves; Kie naming it again does not name a new task
	 */
	protected async startTask(
		path: string,
		body: object,
		baseTaskId: string | undefined,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const { recentTasks, clock } = this.account;
		const meaningOf = (given: KieAnswer) => classifyCreateAnswer(given, baseTaskId);
		const answer = await this.submitCall({ method: 'POST', path, body }, meaningOf, deadline);
		const { meaning } = answer;
		if (meaning.kind !== 'created') return { ...answer, meaning };
		recentTasks.set(meaning.taskId, clock.elapsed());
		const files = { ...NO_FILES, taskId: meaning.taskId };
		return { ...answer, meaning: { kind: 'processing', files } };
	}

	/** Like {@link submitPatiently}, by default for a limited time. Says what is certain about the payment. */
	protected async submitCall<M extends OrderMeaning>(
		call: HttpCall,
		meaningOf: (answer: KieAnswer) => M,
		deadline = this.account.clock.elapsed() + PATIENCE_WITHOUT_TIMEOUT_MS,
	): Promise<Answered<M>> {
		const send = async () => await this.account.http.callOnce(call);
		const answer = await submitPatiently(send, meaningOf, { ...this.account, deadline });
		const told = answered(answer, meaningOf(answer));
		return mayBePaid(told.meaning, answer.wasLost === true) ? { ...told, mayBePaid: true } : told;
	}
}

export function answered<M>(
	{ code, message, body, retryAfterMs }: KieAnswer,
	meaning: M,
): Answered<M> {
	return { meaning, code, message, raw: body, retryAfterMs };
}

/** The id under which Kie keeps a submitted task; `null` where nobody knows it. */
export function kieTaskIdOf({ operation, taskId, kieTaskId }: SubmittedTask): string | null {
	if (!isUpgrade(operation)) return kieTaskId ?? taskId;
	return kieTaskId === taskId ? null : kieTaskId;
}
