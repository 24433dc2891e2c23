import { isOfAnyModel, isUpgrade, type TaskOperation } from '../operations';
import type {
	Answered,
	ApiName,
	Asking,
	Order,
	SubmissionAnswer,
	SubmittedTask,
	TaskAnswer,
} from './api';
import { AccountApi, kieTaskIdOf, type Account, type BaseApi } from './baseApi';
import { JobsApi } from './jobsApi';
import type { Meaning } from './meaning/answer';
import { VeoApi } from './veoApi';

/**
 * Kie's API, in this package's terms. An answer is returned with its meaning, never thrown. Every method throws
 * CancelledError when the execution is stopped before anything was sent.
 *
 * An order goes to the API that the credential names alone: sent to the other as well it could be paid for twice, and
 * by another price list. What is free is also asked of the other one where the chosen one does not know the task: so
 * what was made before a switch stays usable.
 */
export class KieApi extends AccountApi {
	readonly apis: { veo: VeoApi; jobs: JobsApi };
	private readonly chosen: BaseApi;
	private readonly other: BaseApi;
	private readonly otherName: ApiName;

	constructor(chosen: ApiName, account: Account) {
		super(account);
		this.apis = { veo: new VeoApi(account), jobs: new JobsApi(account) };
		this.otherName = chosen === 'veo' ? 'jobs' : 'veo';
		this.chosen = this.apis[chosen];
		this.other = this.apis[this.otherName];
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
		if (order.kind !== 'model') this.apiFor(order.operation).assertOffered(order);
	}

	/**
	 * Submits an order, within Kie's limit of submissions. What costs money each time it is accepted is
	 * repeated only after answers that say it was not accepted. A creation's task id is in `files`.
	 *
	 * @param deadline until when it is retried while Kie has certainly not accepted it, by the even clock; by
	 * default for 120 s
	 */
	async submit(order: Order, deadline?: number): Promise<SubmissionAnswer> {
		if (order.kind === 'model') return await this.apis.jobs.submit(order, deadline);
		const answer = await this.apiFor(order.operation).submit(order, deadline);
		if (isOfAnyModel(order.operation)) return answer;
		if (order.kind === 'state')
			return await this.orElse(answer, async (api) => await api.submit(order));
		const mayWork = order.kind === 'upgrade' || order.parameters.taskId !== undefined;
		return this.withHint(answer, mayWork);
	}

	/**
	 * How a submitted task stands. What free requests do not settle is `processing`.
	 *
	 * An upgrade is polled by who has ordered it. One with an id of its own may be a job whatever is chosen now: its
	 * record is free, while the question of the Veo endpoints would be an order.
	 */
	async fetchTask(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		if (isOfAnyModel(video.operation)) return await this.apis.jobs.fetchTask(video, how);
		const isOfUpgrade = isUpgrade(video.operation);
		if (how === 'poll' && isOfUpgrade) {
			return this.withHint(await this.chosen.fetchTask(video, how), true);
		}
		if (how === 'check' && isOfUpgrade && kieTaskIdOf(video) !== null) {
			const answer = await this.apis.jobs.fetchTask(video, 'free');
			if (tells(answer)) return answer;
		}
		const answer = await this.chosen.fetchTask(video, how);
		const elsewhere = how === 'poll' ? how : 'free';
		return await this.orElse(answer, async (api) => await api.fetchTask(video, elsewhere));
	}

	/** What Kie has on record about any task. Free of charge. For an upgrade it is usually the base video. */
	async fetchRecord(taskId: string): Promise<TaskAnswer> {
		const answer = await this.chosen.fetchRecord(taskId);
		return await this.orElse(answer, async (api) => await api.fetchRecord(taskId));
	}

	/** Any model runs through the jobs API. */
	private apiFor(operation: TaskOperation): BaseApi {
		return isOfAnyModel(operation) ? this.apis.jobs : this.chosen;
	}

	/** The answer of the other API where the chosen one does not know the task, and that one does. */
	private async orElse<A extends SubmissionAnswer>(
		answer: A,
		ask: (api: BaseApi) => Promise<A>,
	): Promise<A> {
		if (!answer.isUnknown) return answer;
		const second = await ask(this.other);
		return tells(second) ? second : answer;
	}

	/** @param needsVideo whether it builds on a video, which may be one of the other API */
	private withHint<M extends Meaning | { kind: 'lost' }>(
		answer: Answered<M>,
		needsVideo: boolean,
	): Answered<M> {
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
