import type { StoredFile } from '../files/download';
import type { Order, UpgradeOrder } from '../kie/api';
import type { Connection } from '../kie/connection';
import type { UploadFile } from '../kie/http/multipart';
import type { FailureReason } from '../kie/meaning/answer';
import { KieVeoError } from '../messages/error';
import { inputErrors } from '../messages/input';
import { fallbackError, lostOrderError, uploadRejectedError } from '../messages/task';
import { isCreation, traitsOf, type TaskOperation } from '../operations';
import type { Subject } from '../taskResult';
import { Work } from './itemRun';
import type { OrderMemory } from './orders';
import {
	isUnfinished,
	submitOrder,
	subjectOf,
	takeUp,
	waitByPolling,
	type TaskOptions,
	type TaskRun,
} from './taskRun';

/** How the node gets a result. */
export type WaitMode = 'none' | 'poll' | 'callback';

interface TaskWorkOptions extends TaskOptions {
	waitMode: WaitMode;
	/** Ordered instead when Kie refuses for good. Only while polling. */
	fallback?: UpgradeOrder;
	/** Images of a new video that must be uploaded first. */
	images?: UploadFile[];
	/** Why it cannot be ordered. */
	refusal?: KieVeoError;
	/** What this execution has ordered before. */
	memory: OrderMemory;
	/** The input item. */
	item: number;
	/** Fetches the video as a file, if it is also wanted as one. */
	download: ((run: TaskRun) => Promise<StoredFile[]>) | null;
}

/** Final for the 4K version, and neither about the account, the base video or its ID, nor a passing fault. */
const REFUSES_4K: readonly FailureReason[] = [
	'unavailable',
	'contentFilter',
	'taskFailed',
	'other',
];

/** One order, for every input item that asks for the same: prepared, submitted, waited for, downloaded. */
export class TaskWork extends Work {
	/** Unset until submitted. */
	run?: TaskRun;
	/** By the even clock; 0 until submitted. */
	submittedAt = 0;
	/** When the waiting time ends, by the even clock. */
	private deadline = Infinity;
	files: StoredFile[] = [];
	private readonly operation: TaskOperation;
	/** Whether it was ordered by an earlier run of this execution. */
	isTakenUp = false;
	/** Set when an earlier run has ordered it, and the answer was lost: raised last, so that others are not kept waiting. */
	private lost?: KieVeoError;
	/** Kie's refusal, once the fallback has replaced the order. */
	private refusal?: KieVeoError;
	private orderKey: string | null;

	constructor(
		public order: Order,
		private readonly connection: Connection,
		readonly options: TaskWorkOptions,
	) {
		super();
		this.operation = order.operation;
		this.orderKey = this.nameOrder();
	}

	override get key(): string | null {
		const { order } = this;
		switch (order.kind) {
			case 'creation':
			case 'model':
				return null;
			case 'upgrade':
				return JSON.stringify([order.taskId, order.index]);
			case 'state':
				return order.taskId;
		}
	}

	/** The task an error names. As long as an extension has none, the one to extend. */
	get taskId(): string | null {
		const { taskId, extendedTaskId } = this.subject;
		return this.run?.result.taskId ?? taskId ?? extendedTaskId ?? null;
	}

	override get submittedTaskId(): string | null {
		const { order, run } = this;
		// Asking for a state submits nothing.
		if (order.kind === 'state' || run === undefined) return null;
		const { taskId, kieTaskId = taskId } = run.result;
		return this.connection.api.upgradesAreTasks ? kieTaskId : taskId;
	}

	get subject(): Subject {
		return subjectOf(this.order);
	}

	get isFinished(): boolean {
		return this.run?.result.status === 'success';
	}

	get isUnfinished(): boolean {
		return this.run !== undefined && isUnfinished(this.run);
	}

	/**
	 * Another item asks for the same: the settings of the first one count, but the other's callback and
	 * file are not lost.
	 *
	 * @throws KieVeoError for a different callback address
	 */
	override join({ order, options }: TaskWork): void {
		// The addresses of a suspended execution differ, but lead to the same place.
		if (options.waitMode !== 'callback') this.joinCallback(order);
		this.options.download ??= options.download;
	}

	private joinCallback(other: Order): void {
		if (other.kind === 'state' || other.callBackUrl === undefined) return;
		const own = this.order.kind === 'state' ? undefined : this.order.callBackUrl;
		if (own === undefined) this.order = other;
		else if (own !== other.callBackUrl) throw inputErrors.differentCallback();
	}

	/** Whether an earlier run of this execution has ordered it. */
	get isPlaced(): boolean {
		return this.isTakenUp || this.lost !== undefined;
	}

	/** Leaves `run` unset unless this execution has ordered the video before, and it has not failed. */
	async takeUp(): Promise<void> {
		const { memory } = this.options;
		const placed = memory.find(this.orderKey);
		if (placed === null) return;
		const { taskId, kieTaskId, message } = placed;
		if (taskId === null) {
			this.lost = lostOrderError(this.subject, { code: null, message });
			return;
		}
		const run = await takeUp(this.connection, this.order, { taskId, kieTaskId });
		if (run === null) return;
		this.run = this.refusal ? this.inPlace(run) : run;
		this.startTime();
		this.isTakenUp = true;
	}

	/**
	 * Raises what keeps it from being ordered, and respects the user's limit if it costs anything.
	 *
	 * @param fetchCredits the balance before the run pays for anything
	 */
	async checkBalance(fetchCredits: () => Promise<number>): Promise<void> {
		const { refusal, minimumCredits } = this.options;
		if (this.isPlaced) return;
		if (refusal) throw refusal;
		if (this.order.kind === 'state' || minimumCredits === 0) return;
		const credits = await fetchCredits();
		if (credits < minimumCredits) throw inputErrors.balanceBelow(credits, minimumCredits);
	}

	/** What can be done, and can fail, before anything is paid for: uploads the images one by one. */
	async prepare(): Promise<void> {
		const { images = [] } = this.options;
		const { order } = this;
		if (this.isPlaced || images.length === 0 || order.kind !== 'creation') return;
		const imageUrls = await this.upload(images);
		this.order = { ...order, parameters: { ...order.parameters, imageUrls } };
	}

	/** Leaves `run` unset when Kie refuses the order for good and the fallback replaces it. */
	async submit(): Promise<void> {
		if (this.isPlaced) return;
		this.startTime();
		this.run = await this.orFallBack(async () => await this.submitRemembered());
		if (this.order.kind === 'state') return;
		this.startTime();
	}

	/** From the submission, or the first attempt. A fallback has what is left of the time. */
	private startTime(): void {
		const { clock, patience } = this.connection;
		this.submittedAt = clock.elapsed();
		if (this.options.waitMode === 'none' || this.refusal) return;
		this.deadline = this.submittedAt + this.options.timeout * 1000;
		patience.until = Math.max(patience.until ?? 0, this.deadline);
	}

	/**
	 * Like {@link submit}, unsets `run` when the fallback has replaced the order.
	 *
	 * @param isSuspending whether the file must wait until the execution is resumed
	 */
	async finish(isSuspending: boolean): Promise<void> {
		if (this.lost) throw this.lost;
		const { waitMode, download } = this.options;
		const { run: submitted, submittedAt, deadline } = this;
		if (submitted && this.isUnfinished && waitMode === 'poll') {
			const { connection, order, options } = this;
			const times = { submittedAt, deadline };
			this.run = await this.orFallBack(
				async () => await waitByPolling(connection, order, submitted, times, options),
			);
		}
		const { run } = this;
		if (run && this.isFinished && download && !isSuspending) this.files = await download(run);
	}

	/** Whatever comes next, a run of this execution that follows knows what was paid for. */
	private async submitRemembered(): Promise<TaskRun> {
		const { memory, waitMode } = this.options;
		const { order, orderKey } = this;
		const deadline = waitMode === 'none' ? undefined : this.deadline;
		const run = await submitOrder(this.connection, order, deadline).catch((error: unknown) => {
			if (error instanceof KieVeoError) this.rememberFault(error);
			return Promise.reject(error);
		});
		const { taskId, kieTaskId = null, message } = run.result;
		memory.remember(orderKey, { taskId, kieTaskId, message });
		return run;
	}

	/** A lost answer, or a task that Kie named although it refused. */
	private rememberFault({ lostAnswer, mayBePaid, taskId }: KieVeoError): void {
		const { memory } = this.options;
		if (lostAnswer !== undefined) {
			memory.remember(this.orderKey, { taskId: null, kieTaskId: null, message: lostAnswer });
		} else if (mayBePaid && isCreation(this.operation) && taskId !== null) {
			memory.remember(this.orderKey, { taskId, kieTaskId: null, message: '' });
		}
	}

	private nameOrder(): string | null {
		const { memory, item, images = [] } = this.options;
		return memory.keyOf(this.order, item, images);
	}

	private async orFallBack(step: () => Promise<TaskRun>): Promise<TaskRun | undefined> {
		return await step().then(
			(run) => (this.refusal ? this.inPlace(run) : run),
			(error: unknown) => this.fallBack(error),
		);
	}

	/** Replaces the order with the fallback, or throws. */
	private fallBack(error: unknown): undefined {
		if (!(error instanceof KieVeoError)) throw error;
		if (this.refusal) throw fallbackError(this.refusal, error);
		const { fallback, waitMode } = this.options;
		const isRefused = error.failure !== null && REFUSES_4K.includes(error.failure);
		if (!isRefused || !fallback || waitMode !== 'poll') throw error;
		this.refusal = error;
		this.order = fallback;
		this.orderKey = this.nameOrder();
		this.isTakenUp = false;
		return undefined;
	}

	/** The fallback, as a result of the original order. */
	private inPlace({ result, raw }: TaskRun): TaskRun {
		const fallback = traitsOf(this.order.operation).upgradesTo;
		return { result: { ...result, operation: this.operation, fallback }, raw };
	}

	private async upload(images: UploadFile[]): Promise<string[]> {
		const urls: string[] = [];
		for (const image of images) {
			const answer = await this.connection.api.uploadFile(image);
			const { meaning } = answer;
			if (meaning.kind !== 'success') throw uploadRejectedError(meaning, answer);
			urls.push(meaning.url);
		}
		return urls;
	}
}
