import { randomBytes, randomInt } from 'node:crypto';
import type { Account } from './account';
import type { Failure } from './failure';
import type { Operation, Scenario } from './scenario';
import type { Timers } from './timers';

/** One piece of work: a generation, an extension, or an upgrade of one of the videos. */
export interface Job {
	/** Of an upgrade through the jobs API: the id it has there, besides its task's. */
	id?: string;
	/** The order, where it came through the jobs API. */
	order?: JobOrder;
	operation: Operation;
	index: number;
	state: 'running' | 'success' | 'failed';
	/** Set when it is known from the start that the work will fail. */
	failure: Failure | undefined;
	startedAt: number;
	endedAt: number | undefined;
	callBackUrl: string | undefined;
	/** Who pays; undefined for videos that were put in by hand. */
	account: Account | undefined;
	charged: number;
}

/** What was ordered through the jobs API, as its record repeats it. */
export interface JobOrder {
	model: string;
	input: Record<string, unknown>;
}

/** Kie's two APIs. */
export type Api = 'veo' | 'jobs';

export interface Task {
	id: string;
	/** The one API that knows it; both know what was put in by hand. */
	api: Api | undefined;
	/** Undefined: visible with every key. */
	owner: Account | undefined;
	scenario: Scenario;
	createdAt: number;
	/** The fields of the request that made it. */
	request: Record<string, unknown>;
	generation: Job;
	upgrades: Job[];
}

/** An upgrade that answers under an id of its own. */
export interface OwnIdUpgrade {
	task: Task;
	upgrade: Job;
}

const DAY = 86_400_000;
/** Results and their records are gone after this. */
const KEPT_DAYS = 14;

export function isTooOld(task: Task): boolean {
	return Date.now() - task.createdAt > KEPT_DAYS * DAY;
}

export function newTaskId({ taskIds }: Scenario, prefix = 'veo_task'): string {
	return taskIds === 'number'
		? String(randomInt(1e12, 1e13))
		: `${prefix}_${randomBytes(8).toString('hex')}`;
}

/** An id as answers and callbacks write it. */
export function writtenId({ taskIds }: Scenario, id: string): string | number {
	return taskIds === 'number' && /^\d+$/.test(id) ? Number(id) : id;
}

/** The id an upgrade answers under, in answers, callbacks and record-info. */
export function upgradeTaskId(task: Task, index: number): string {
	return task.scenario.upgrade4k.ownTaskId ? `${task.id}_4k_${index}` : task.id;
}

interface NewTask {
	id: string;
	api?: Api;
	operation: 'generate' | 'extend';
	scenario: Scenario;
	owner: Account | undefined;
	request: Record<string, unknown>;
}

type NewJob = Pick<
	Job,
	'id' | 'order' | 'operation' | 'index' | 'callBackUrl' | 'account' | 'charged'
>;

/** All tasks and the work on them. It knows no HTTP: who listens makes files, refunds, callbacks. */
export class Tasks {
	private readonly tasks = new Map<string, Task>();

	constructor(
		private readonly timers: Timers,
		private readonly onEnd: (task: Task, job: Job) => void,
	) {}

	/** Makes a task known and starts its generation. */
	create(
		{ id, api, operation, scenario, owner, request }: NewTask,
		work: Pick<NewJob, 'order' | 'callBackUrl' | 'account' | 'charged'>,
	): Task {
		if (this.tasks.has(id)) throw new Error(`The simulator already has a task ${id}`);
		const { outcome, failure } = scenario.generation;
		const generation = newJob(
			{ operation, index: 0, ...work },
			outcome === 'failure' ? failure : undefined,
		);
		const createdAt = Date.now() - scenario.ageDays * DAY;
		const task: Task = { id, api, owner, scenario, createdAt, request, generation, upgrades: [] };
		this.tasks.set(id, task);
		this.run(task, generation);
		return task;
	}

	/** The task of this id, as far as the account may see it. */
	find(id: string, account: Account, api?: Api): Task | undefined {
		const task = this.tasks.get(id);
		if (api !== undefined && task?.api !== undefined && task.api !== api) return undefined;
		return task?.owner === undefined || task.owner === account ? task : undefined;
	}

	/** The task with this id, of any owner. */
	get(id: string): Task | undefined {
		return this.tasks.get(id);
	}

	findOwnIdUpgrade(id: string, account: Account): OwnIdUpgrade | undefined {
		const [, base = '', index = ''] = /^(.+)_4k_(\d+)$/.exec(id) ?? [];
		const task = this.find(base, account, 'veo');
		if (!task?.scenario.upgrade4k.ownTaskId) return undefined;
		const upgrade = this.upgrade(task, 'get4k', Number(index));
		return upgrade && { task, upgrade };
	}

	/** An upgrade through the jobs API, by the id it has there. */
	findJob(id: string, account: Account): OwnIdUpgrade | undefined {
		for (const task of this.tasks.values()) {
			const upgrade = task.upgrades.find((job) => job.id === id);
			if (upgrade && (task.owner ?? upgrade.account) === account) return { task, upgrade };
		}
		return undefined;
	}

	/** The task whose video a job upgrades; undefined for an id of another kind. */
	baseOf(jobId: string): string | undefined {
		return this.all().find(({ upgrades }) => upgrades.some(({ id }) => id === jobId))?.id;
	}

	/** The newest one through the Veo endpoints, or the newest job. */
	upgrade(task: Task, operation: Operation, index: number, api?: Api): Job | undefined {
		return task.upgrades.findLast(
			(job) =>
				job.operation === operation &&
				job.index === index &&
				(api === undefined || (api === 'jobs') === (job.id !== undefined)),
		);
	}

	/** Starts an upgrade; at the Veo endpoints it takes the place of an earlier one that failed. */
	startUpgrade(task: Task, work: NewJob): Job {
		const { outcome, failure } =
			task.scenario[work.operation === 'get1080p' ? 'upgrade1080p' : 'upgrade4k'];
		const job = newJob(work, outcome === 'failure' ? failure : undefined);
		const replaced =
			work.id === undefined ? this.upgrade(task, job.operation, job.index, 'veo') : null;
		task.upgrades = task.upgrades.filter((one) => one !== replaced);
		task.upgrades.push(job);
		this.run(task, job);
		return job;
	}

	/** Ends running work now. */
	end(task: Task, job: Job): void {
		if (job.state !== 'running') return;
		job.state = job.failure ? 'failed' : 'success';
		job.endedAt = Date.now();
		this.onEnd(task, job);
	}

	all(): Task[] {
		return [...this.tasks.values()];
	}

	clear(): void {
		this.tasks.clear();
	}

	private run(task: Task, job: Job): void {
		const ms = durationOf(task.scenario, job.operation);
		if (ms <= 0) this.end(task, job);
		else this.timers.after(ms, () => this.end(task, job));
	}
}

function newJob(work: NewJob, failure: Failure | undefined): Job {
	return { ...work, state: 'running', failure, startedAt: Date.now(), endedAt: undefined };
}

function durationOf({ timings }: Scenario, operation: Operation): number {
	switch (operation) {
		case 'generate':
			return timings.generate;
		case 'extend':
			return timings.extend;
		case 'get1080p':
			return timings.upgrade1080p;
		case 'get4k':
			return timings.upgrade4k;
	}
}
