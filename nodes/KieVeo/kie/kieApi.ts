import { isOfAnyModel, isUpgrade } from '../operations';
import type {
	Answered,
	ApiName,
	Asking,
	Order,
	SubmissionAnswer,
	SubmittedTask,
	TaskAnswer,
} from './api';
import { answered, kieTaskIdOf, type Account, type BaseApi } from './baseApi';
import type { HttpCall, UploadFile } from './http/client';
import { callWithRetry, MAX_ATTEMPTS } from './http/retry';
import { JobsApi } from './jobsApi';
import {
	classifyCreditsAnswer,
	classifyFileUrlAnswer,
	classifyUploadAnswer,
	type KieAnswer,
} from './meaning/answer';
import { VeoApi } from './veoApi';

const CREDITS_PATH = '/api/v1/chat/credit';
const DOWNLOAD_URL_PATH = '/api/v1/common/download-url';

/**
 * Kie's API, in this package's terms. An answer is returned with its meaning, never thrown. Every method throws
 * CancelledError when the execution is stopped before anything was sent.
 *
 * An order goes to the API that the credential names alone: sent to the other as well it could be paid for twice, and
 * by another price list. What is free is also asked of the other one where the chosen one does not know the task: so
 * what was made before a switch stays usable.
 */
export class KieApi {
	readonly apis: { veo: VeoApi; jobs: JobsApi };
	private readonly chosen: BaseApi;
	private readonly otherName: ApiName;

	constructor(
		chosen: ApiName,
		private readonly account: Account,
	) {
		this.apis = { veo: new VeoApi(account), jobs: new JobsApi(account) };
		this.otherName = chosen === 'veo' ? 'jobs' : 'veo';
		this.chosen = this.apis[chosen];
	}

	/**
	 * Whether an upgrade is a task of its own: then it has a `kieTaskId`, under which its state is a free
	 * read, and ordering it again is paid for again. Otherwise a repeated order tells the state.
	 */
	get upgradesAreTasks(): boolean {
		return this.chosen.upgradesAreTasks;
	}

	/** @throws KieVeoError for what the API cannot do, and might ignore silently; nothing is sent */
	assertOffered(order: Order): void {
		// Any model runs through the jobs API, and what it takes is in Kie's catalogue.
		if (order.kind === 'creation' || order.kind === 'upgrade') this.chosen.assertOffered(order);
	}

	/**
	 * Submits an order, within Kie's limit of submissions. What costs money each time it is accepted is
	 * repeated only after answers that say it was not accepted. A creation's task id is in `files`.
	 *
	 * @param deadline until when it is retried while Kie has certainly not accepted it, by the even clock; by
	 * default for 120 s
	 */
	async submit(order: Order, deadline?: number): Promise<SubmissionAnswer> {
		const { jobs } = this.apis;
		if (order.kind === 'model') return await jobs.submit(order, deadline);
		if (order.kind === 'state') {
			const { taskId, operation } = order;
			const read = async (api: BaseApi) => await api.fetchRecord(taskId, operation, MAX_ATTEMPTS);
			return isOfAnyModel(operation) ? await read(jobs) : await this.ask(read);
		}
		const answer = await this.chosen.submit(order, deadline);
		const needsVideo = order.kind === 'upgrade' || order.parameters.taskId !== undefined;
		return this.withHint(answer, needsVideo);
	}

	/**
	 * How a submitted task stands. What free requests do not settle is `processing`.
	 *
	 * An upgrade is asked about where it was ordered, whatever is chosen now. The question of the Veo endpoints is the
	 * same as an order: it is left out for what is a job for certain, and unless these endpoints are chosen.
	 */
	async fetchTask(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		const { jobs } = this.apis;
		if (isOfAnyModel(video.operation)) return await jobs.fetchTask(video, how);
		if (isUpgrade(video.operation)) {
			const answer = await this.fetchUpgrade(video, how);
			const isElsewhere = (video.isJob ?? this.upgradesAreTasks) !== this.upgradesAreTasks;
			return isElsewhere ? answer : this.withHint(answer, true);
		}
		return await this.ask(async (api) => await api.fetchTask(video, how));
	}

	private async fetchUpgrade(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		const { veo, jobs } = this.apis;
		const askVeo = async () => await veo.fetchTask(video, this.chosen === veo ? how : 'free');
		// Every job has an id of its own; with the Veo endpoints an upgrade may have one.
		if (video.isJob === false || kieTaskIdOf(video) === null) return await askVeo();
		const answer = await jobs.fetchTask(video, how);
		if (!answer.isUnknown || video.isJob) return answer;
		const second = await askVeo();
		return this.chosen === veo || tells(second) ? second : answer;
	}

	/** What Kie has on record about any task. Free of charge. For an upgrade it is usually the base video. */
	async fetchRecord(taskId: string): Promise<TaskAnswer> {
		return await this.ask(async (api) => await api.fetchRecord(taskId));
	}

	/** A fresh link, good for 20 minutes, to a file that Kie made. Free of charge. */
	async fetchFreshUrl(url: string) {
		const call: HttpCall = { method: 'POST', path: DOWNLOAD_URL_PATH, body: { url } };
		return await this.read(async () => await this.account.http.call(call), classifyFileUrlAnswer);
	}

	/** Stores a file where Kie can fetch it, for about a day. Free of charge. */
	async uploadFile(file: UploadFile) {
		return await this.read(async () => await this.account.http.upload(file), classifyUploadAnswer);
	}

	/** The credit balance, a decimal number. */
	async fetchCredits() {
		const call: HttpCall = { method: 'GET', path: CREDITS_PATH };
		return await this.read(async () => await this.account.http.call(call), classifyCreditsAnswer);
	}

	/** A free request: repeated after faults. */
	private async read<M extends { kind: string }>(
		request: () => Promise<KieAnswer>,
		meaningOf: (answer: KieAnswer) => M,
	): Promise<Answered<M>> {
		const answer = await callWithRetry(request, meaningOf, this.account);
		return answered(answer, meaningOf(answer));
	}

	/** The answer of the other API where the chosen one does not know the task, and that one does. */
	private async ask<A extends SubmissionAnswer>(
		question: (api: BaseApi) => Promise<A>,
	): Promise<A> {
		const answer = await question(this.chosen);
		if (!answer.isUnknown) return answer;
		const second = await question(this.apis[this.otherName]);
		return tells(second) ? second : answer;
	}

	/** @param needsVideo whether it builds on a video, which may be one of the other API */
	private withHint<A extends SubmissionAnswer>(answer: A, needsVideo: boolean): A {
		if (!mayBeElsewhere(answer, needsVideo)) return answer;
		return { ...answer, meaning: { ...answer.meaning, mayWorkWith: this.otherName } };
	}
}

/** Whether an answer is about the task: one that does not know it, and a fault, settle nothing. */
function tells({ isUnknown, meaning }: SubmissionAnswer): boolean {
	const { kind } = meaning;
	return !isUnknown && kind !== 'retry' && kind !== 'unreached' && kind !== 'refused';
}

/** Kie's codes for what an API does not have, or no longer has. */
const NOT_OFFERED: ReadonlyArray<number | null> = [404, 405, 505];

function mayBeElsewhere({ meaning, code }: SubmissionAnswer, needsVideo: boolean): boolean {
	switch (meaning.kind) {
		case 'failed':
			return (
				meaning.reason === 'invalidModel' ||
				NOT_OFFERED.includes(code) ||
				(needsVideo && meaning.reason === 'unknownTask')
			);
		case 'refused':
			return meaning.reason === 'featureDisabled';
		case 'unreached':
			return meaning.reason === 'wrongAddress';
		default:
			return false;
	}
}
