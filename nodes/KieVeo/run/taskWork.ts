import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { Order, SubmissionAnswer, TaskAnswer, UpgradeOrder } from '../kie/api';
import type { Connection } from '../kie/connection';
import type { UploadFile } from '../kie/http/client';
import type { FailureReason, RetryReason } from '../kie/meaning/answer';
import { NO_FILES } from '../kie/meaning/files';
import { ORDERED } from '../kie/meaning/money';
import { KieVeoError, PERHAPS_REORDERED } from '../messages/error';
import { inputErrors } from '../messages/input';
import { logLine, reorderedLine, submittedLine } from '../messages/run';
import {
	fallbackError,
	lostOrderError,
	refusedBeforeError,
	rejectedError,
	timedOutError,
	unclearError,
	uploadRejectedError,
} from '../messages/task';
import { traitsOf, type TaskOperation } from '../operations';
import { asNamedIn, toTaskResult, type Subject, type TaskResult } from '../taskResult';
import { logPlace, type Work } from './itemRun';
import { noteInExecution, type OrderMemory, type PlacedOrder } from './orders';

/** How the node gets a result. */
export type WaitMode = 'none' | 'poll' | 'callback';

/** Where a submitted task stands. */
interface TaskRun {
	result: TaskResult & { taskId: string };
	/** Kie's whole answer. */
	raw: unknown;
	/** Whether the answer says nothing that is known: perhaps nothing was started yet. */
	isUnclear?: true;
}

/** Final for the 4K version, and neither about the account, the base video or its ID, nor a passing fault. */
const REFUSES_4K: readonly FailureReason[] = [
	'unavailable',
	'contentFilter',
	'taskFailed',
	'other',
];

/** What Kie says about itself, not about the task. */
const BUSY: readonly RetryReason[] = ['rateLimit', 'maintenance'];

/** After this many consecutive answers that can mean a failed task, the task has failed. */
const MOST_TASK_ERRORS = 5;

/** What a task takes whose operation is not known. */
const OTHER_MINUTES = 10;

/** One order, for every input item that asks for the same: prepared, submitted, waited for, downloaded. */
export class TaskWork implements Work {
	readonly items: number[] = [];
	error?: unknown;
	/** Unset until submitted. */
	run?: TaskRun;
	/** By the even clock; 0 until submitted. */
	submittedAt = 0;
	/** When the waiting time ends, by the even clock. */
	private deadline = Infinity;
	files: IBinaryData[] = [];
	private readonly operation: TaskOperation;
	/** What an earlier run of this execution has ordered, unless it has failed. */
	private placed: PlacedOrder | null;
	/** Whether asking about the placed order may have ordered again. */
	isPerhapsReordered = false;
	/** Kie's refusal, once the fallback has replaced the order. */
	private refusal?: KieVeoError;
	private orderKey: string | null;
	/** The balance before the run pays for anything. */
	private fetchCredits?: () => Promise<number>;

	constructor(
		public order: Order,
		private readonly context: Pick<
			IExecuteFunctions,
			'getExecutionId' | 'getNode' | 'getWorkflowDataProxy' | 'logger'
		>,
		private readonly connection: Connection,
		readonly options: {
			waitMode: WaitMode;
			/** Seconds. */
			pollInterval: number;
			/** Seconds. */
			timeout: number;
			onTimeout: 'error' | 'continue';
			/** Credits the account must have before anything is paid for; 0 for no limit. */
			minimumCredits: number;
			/** Ordered instead when Kie refuses for good. Only while polling. */
			fallback?: UpgradeOrder;
			/** Images of a new video that must be uploaded first. */
			images?: UploadFile[];
			/** Why it cannot be ordered: raised unless an earlier run of this execution has ordered it. */
			refusal?: KieVeoError;
			/** What this execution has ordered before. */
			memory: OrderMemory;
			/** The input item. */
			item: number;
			/** Fetches the video as a file, if it is also wanted as one. */
			download: ((run: TaskRun) => Promise<IBinaryData[]>) | null;
		},
	) {
		const { memory, item, images } = options;
		this.operation = order.operation;
		this.orderKey = memory.keyOf(order, item, images);
		this.placed = memory.find(this.orderKey);
	}

	/** Items with the same key share the work. Without one it is never shared. */
	get key(): string | null {
		const { order } = this;
		if (order.kind === 'upgrade') return JSON.stringify([order.taskId, order.index]);
		return order.kind === 'state' ? order.taskId : null;
	}

	/** What it is about, as far as Kie or an earlier run has named it. */
	get subject(): Subject {
		const { order } = this;
		const { operation } = order;
		const known = this.run?.result ?? this.placed;
		const { taskId = null, kieTaskId = null } = known ?? {};
		const task = { operation, taskId, kieTaskId, index: null };
		switch (order.kind) {
			case 'creation': {
				const { taskId: extendedTaskId, model } = order.parameters;
				return { ...task, extendedTaskId, model };
			}
			case 'model':
				return { ...task, model: order.model };
			case 'state':
				return { ...task, taskId: order.taskId };
			case 'upgrade': {
				const own = this.isJob ? { ownTaskId: kieTaskId } : {};
				return { ...task, taskId: order.taskId, index: order.index, ...own };
			}
		}
	}

	/** Whether it is an upgrade through the jobs API: as it was ordered, or would be now. */
	get isJob(): boolean {
		if (this.order.kind !== 'upgrade') return false;
		return this.placed?.isJob ?? this.connection.api.upgradesAreTasks;
	}

	/** The task an error names. As long as an extension has none, the one to extend. */
	get taskId(): string | null {
		const { taskId, extendedTaskId = null } = this.subject;
		return taskId ?? extendedTaskId;
	}

	/** Where Kie reports its end. */
	get callBackUrl(): string | undefined {
		return this.order.kind === 'state' ? undefined : this.order.callBackUrl;
	}

	get submittedTaskId(): string | null {
		const { order, run } = this;
		// Asking for a state submits nothing.
		if (order.kind === 'state' || run === undefined) return null;
		const { taskId } = run.result;
		return this.subject.ownTaskId ?? taskId;
	}

	get isFinished(): boolean {
		return this.run?.result.status === 'success';
	}

	/** Whether waiting could still change it. */
	get isUnfinished(): boolean {
		return this.run?.result.status === 'processing';
	}

	/** Whether an earlier run of this execution has ordered it. */
	get isPlaced(): boolean {
		return this.placed !== null;
	}

	/** Whether the task of that earlier run is known, and the only one. */
	get isPickedUp(): boolean {
		return this.isPlaced && this.run !== undefined && !this.isPerhapsReordered;
	}

	/**
	 * Another item asks for the same: the settings of the first one count, but the other's callback and
	 * file are not lost.
	 *
	 * @throws KieVeoError for a different callback address
	 */
	join({ order, callBackUrl, options }: TaskWork): TaskWork {
		// The addresses of a suspended execution differ, but lead to the same place.
		if (options.waitMode !== 'callback' && callBackUrl !== undefined) {
			if (this.callBackUrl === undefined) this.order = order;
			else if (this.callBackUrl !== callBackUrl) throw inputErrors.differentCallback();
		}
		this.options.download ??= options.download;
		return this;
	}

	/**
	 * Picks up what an earlier run of this execution has ordered: asks how it stands, and orders nothing. What has
	 * failed may be ordered again; a lost answer is raised by {@link finish}, so that others are not kept waiting.
	 */
	async pickUp(): Promise<void> {
		const { fallback, memory, item, waitMode } = this.options;
		const isReplaced = fallback && memory.find(memory.keyOf(fallback, item)) !== null;
		if (isReplaced && waitMode === 'poll' && !this.refusal) {
			return await this.replaceOrder(fallback, refusedBeforeError(this.subject));
		}
		const { placed } = this;
		if (placed === null || placed.taskId === null) return;
		const { taskId, kieTaskId, perhapsReordered } = placed;
		const task = { ...this.subject, taskId, kieTaskId, codes: [ORDERED], isJob: this.isJob };
		const answer = await this.connection.api.fetchTask(task, perhapsReordered ? 'free' : 'check');
		const { meaning } = answer;
		const failure = meaning.kind === 'failed' ? meaning.reason : null;
		// Of what is too old to be on record Kie does not say how it ended.
		if (meaning.kind === 'success' || meaning.kind === 'refused' || failure === 'retention') {
			this.run = this.toRun(answer);
		} else if (meaning.kind === 'failed' && failure !== 'reordered') {
			if (this.mayFallBack(failure)) {
				return await this.fallBack(rejectedError(this.subject, meaning, answer));
			}
			this.placed = null;
			this.connection.api.assertOffered(this.order);
			return;
		} else {
			this.run = this.stillRunning(answer, { ...placed, taskId });
		}
		this.startTime();
	}

	/** Kie has made nothing of it yet, as far as it says. */
	private stillRunning(answer: TaskAnswer, placed: PlacedOrder & { taskId: string }): TaskRun {
		const { context, orderKey, options } = this;
		const isReordered = answer.meaning.kind === 'failed';
		if (isReordered || 'perhapsReordered' in answer.meaning) {
			placed.perhapsReordered = true;
			options.memory.remember(orderKey, placed);
			context.logger.warn(reorderedLine(context.getNode().name, placed.taskId, isReordered));
		}
		this.isPerhapsReordered = placed.perhapsReordered === true;
		const message = this.isPerhapsReordered
			? `${answer.message} ${PERHAPS_REORDERED}`
			: answer.message;
		const meaning = { kind: 'processing' as const, files: NO_FILES };
		// No code: Kie does not report its end to this run.
		return this.toRun({ ...answer, meaning, code: null, message });
	}

	/**
	 * Raises what keeps it from being ordered, and respects the user's limit if it costs anything.
	 *
	 * @param fetchCredits the balance before the run pays for anything
	 */
	async checkBalance(fetchCredits: () => Promise<number>): Promise<void> {
		this.fetchCredits = fetchCredits;
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
		const imageUrls: string[] = [];
		for (const image of images) {
			const answer = await this.connection.api.uploadFile(image);
			const { meaning } = answer;
			if (meaning.kind !== 'success') throw uploadRejectedError(meaning, answer);
			imageUrls.push(meaning.url);
		}
		this.order = { ...order, parameters: { ...order.parameters, imageUrls } };
	}

	/**
	 * Submits the order, or what replaces it, and writes to n8n's log what was paid for. n8n keeps a node's output only
	 * when the node ends: after a stop, n8n's own time limit or a crash the task is recorded nowhere else.
	 *
	 * @throws KieVeoError when Kie rejects it or the answer is lost, CancelledError
	 */
	async submit(): Promise<void> {
		const { context } = this;
		const place = logPlace(context, this.items);
		await this.send().catch((error: unknown) => {
			if (error instanceof KieVeoError && error.mayBePaid) {
				context.logger.warn(logLine(place, error));
			}
			return Promise.reject(error);
		});
		const { run, subject } = this;
		if (this.submittedTaskId === null || run === undefined) return;
		const { taskId, kieTaskId } = run.result;
		const how = this.isPickedUp ? 'picked up' : 'submitted';
		context.logger.info(submittedLine(place, subject, kieTaskId, how));
		noteInExecution(context, kieTaskId ?? taskId);
	}

	/** Whatever comes next, a run of this execution that follows knows what was paid for. */
	private async send(): Promise<void> {
		if (this.isPlaced) return;
		const { memory, waitMode } = this.options;
		this.startTime();
		const deadline = waitMode === 'none' ? undefined : this.deadline;
		try {
			this.run = this.toRun(await this.submitOrder(deadline));
		} catch (error) {
			if (error instanceof KieVeoError && error.lostAnswer !== undefined) {
				const lost = { taskId: null, kieTaskId: null, message: error.lostAnswer };
				memory.remember(this.orderKey, lost);
			}
			await this.fallBack(error);
			return await this.send();
		}
		const { taskId, kieTaskId = null, message } = this.run.result;
		memory.remember(this.orderKey, { taskId, kieTaskId, message, isJob: this.isJob });
		if (this.order.kind !== 'state') this.startTime();
	}

	private async submitOrder(deadline?: number): Promise<SubmissionAnswer> {
		const { api, clock } = this.connection;
		for (;;) {
			const answer = await api.submit(this.order, deadline);
			const { meaning } = answer;
			const isBusy = meaning.kind === 'retry' && BUSY.includes(meaning.reason);
			// An order is sent again until the deadline as it is.
			const isPolling = this.order.kind === 'state' && this.options.waitMode === 'poll';
			if (!isBusy || !isPolling || clock.elapsed() >= this.deadline) return answer;
		}
	}

	/** From the submission, or the first attempt. A fallback has what is left of the time. */
	private startTime(): void {
		const { clock, patience } = this.connection;
		this.submittedAt = clock.elapsed();
		if (this.options.waitMode === 'none' || (this.refusal && this.deadline < Infinity)) return;
		this.deadline = this.submittedAt + this.options.timeout * 1000;
		patience.until = Math.max(patience.until ?? 0, this.deadline);
	}

	/**
	 * Waits for the result, and downloads it.
	 *
	 * @param isSuspending whether the file must wait until the execution is resumed
	 */
	async finish(isSuspending: boolean): Promise<void> {
		const { placed, run: submitted } = this;
		const { waitMode, download } = this.options;
		if (placed?.taskId === null) {
			const error = lostOrderError(this.subject, { code: null, message: placed.message });
			throw this.refusal ? fallbackError(this.refusal, error) : error;
		}
		if (submitted && this.isUnfinished && waitMode === 'poll') {
			try {
				await this.poll(submitted);
			} catch (error) {
				await this.fallBack(error);
				await this.submit();
				return await this.finish(isSuspending);
			}
		}
		if (this.run && this.isFinished && download && !isSuspending) {
			this.files = await download(this.run);
		}
	}

	/**
	 * Waits by polling. A fault of the service or the network in the meantime does not end the wait: the timeout does.
	 * The last check happens at the deadline itself, so a task that finished just before it is reported as finished.
	 *
	 * @throws KieVeoError when the task fails or the time runs out, CancelledError
	 */
	private async poll({ result, isUnclear }: TaskRun): Promise<void> {
		const { submittedAt, deadline } = this;
		const { pollInterval, timeout, onTimeout } = this.options;
		const { api, clock, signal } = this.connection;
		const { taskId, kieTaskId = null } = result;
		const codes = isUnclear ? [] : [result.code];
		let lastMessage = result.message;
		let taskErrors = 0;
		/** When Kie's last answer was clear. */
		let clearAt = submittedAt;
		const { usualMinutes = OTHER_MINUTES } = traitsOf(this.order.operation);
		const unclearMinutes = 2 * usualMinutes;

		/** @returns the pause in milliseconds that Kie asks for */
		const check = async (): Promise<number> => {
			const task = { ...this.subject, taskId, kieTaskId, codes, isJob: this.isJob };
			const answer = await api.fetchTask(task, 'poll');
			const { meaning } = answer;
			lastMessage = answer.message;
			if (meaning.kind === 'unclear' && clock.elapsed() - clearAt > unclearMinutes * 60_000) {
				throw unclearError(this.subject, unclearMinutes, answer);
			}
			const perhapsFailed = meaning.kind === 'retry' && meaning.reason === 'taskOrServer';
			taskErrors = perhapsFailed ? taskErrors + 1 : 0;
			const saysNothing = meaning.kind === 'retry' || meaning.kind === 'unreached';
			if (saysNothing && taskErrors < MOST_TASK_ERRORS) return answer.retryAfterMs ?? 0;
			this.run = this.toRun(answer);
			if (this.run.isUnclear) return 0;
			codes.push(answer.code);
			clearAt = clock.elapsed();
			return 0;
		};

		const intervalMs = pollInterval * 1000;
		for (let due = submittedAt + intervalMs; ; ) {
			const next = Math.min(due, deadline);
			await clock.pause(Math.max(0, next - clock.elapsed()), signal);
			const pauseMs = await check();
			if (!this.isUnfinished) return;
			if (next === deadline) break;
			due = clock.elapsed() + Math.max(intervalMs, pauseMs);
		}
		if (onTimeout === 'error') throw timedOutError(this.subject, timeout, lastMessage);
		if (this.run) this.run.result.timedOut = true;
	}

	private mayFallBack(failure: FailureReason | null): boolean {
		const { fallback, waitMode } = this.options;
		const isRefused = failure !== null && REFUSES_4K.includes(failure);
		if (!isRefused || !fallback || waitMode !== 'poll' || this.refusal) return false;
		return this.connection.clock.elapsed() < this.deadline;
	}

	/** Replaces the order with the fallback, or throws. */
	private async fallBack(error: unknown): Promise<void> {
		if (!(error instanceof KieVeoError)) throw error;
		if (this.refusal) throw fallbackError(this.refusal, error);
		const { fallback } = this.options;
		if (!fallback || !this.mayFallBack(error.failure)) throw error;
		this.context.logger.warn(logLine(logPlace(this.context, this.items), error));
		await this.replaceOrder(fallback, error);
		if (this.fetchCredits) await this.checkBalance(this.fetchCredits);
	}

	/** The fallback may have been ordered before. */
	private async replaceOrder(fallback: UpgradeOrder, refusal: KieVeoError): Promise<void> {
		const { memory, item } = this.options;
		this.refusal = refusal;
		this.order = fallback;
		this.orderKey = memory.keyOf(fallback, item);
		this.placed = memory.find(this.orderKey);
		this.run = undefined;
		await this.pickUp();
	}

	/** Kie refused an order and still named a task: it can be looked up, and is not ordered again. */
	private rememberNamed(named: string): Subject {
		const { subject } = this;
		const { taskId } = subject;
		const isUpgrade = taskId !== null;
		const ids = isUpgrade ? { taskId, kieTaskId: named } : { taskId: named, kieTaskId: null };
		this.options.memory.remember(this.orderKey, { ...ids, message: '', isJob: isUpgrade });
		return { ...subject, ...ids, ...(isUpgrade ? { ownTaskId: named } : {}) };
	}

	/** @throws KieVeoError for an answer that is neither a result nor progress */
	private toRun(answer: SubmissionAnswer): TaskRun {
		const { subject } = this;
		const { meaning, raw } = answer;
		if (meaning.kind === 'lost') throw lostOrderError(subject, answer);
		const isPending = meaning.kind === 'processing' || meaning.kind === 'unclear';
		if (meaning.kind !== 'success' && !isPending) {
			const named = 'taskId' in meaning ? meaning.taskId : undefined;
			const about = named === undefined ? subject : this.rememberNamed(named);
			throw rejectedError(about, meaning, answer);
		}
		const files = meaning.kind === 'unclear' ? NO_FILES : meaning.files;
		const taskId = subject.taskId ?? files.taskId;
		// Without a task id nothing was certainly created.
		if (taskId === null) throw lostOrderError(subject, answer);
		const status = meaning.kind === 'success' ? 'success' : 'processing';
		const result = toTaskResult(asNamedIn(files, { ...subject, taskId }), status, answer, files);
		const { upgradesTo } = traitsOf(this.order.operation);
		// The fallback is a result of the original order.
		const original = this.refusal ? { operation: this.operation, fallback: upgradesTo } : {};
		const run = { result: { ...result, ...original, taskId }, raw };
		return meaning.kind === 'unclear' ? { ...run, isUnclear: true } : run;
	}
}
