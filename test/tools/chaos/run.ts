import { setTimeout as pause } from 'node:timers/promises';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { LAST_RESORT_MS } from '../../../nodes/KieVeo/suspension/suspend';
import { Stage } from '../../spec/e2e/stage';
import { whileNothingResumes } from '../n8n/database';
import { hasEnded, isWhole, type ExecutionSummary } from '../n8n/execution';
import type { LineName } from '../n8n/versions';
import { collect, type Known } from './collect';
import type { Evidence, Started } from './evidence';
import { forge, FORGED } from './forgeries';
import { Injector } from './faults';
import {
	makePlan,
	makesVideos,
	type BatchSettings,
	type PlannedBatch,
	type PlannedVideo,
	type PlanOptions,
	type RestartWay,
	type Step,
} from './plan';
import { ACCOUNTS, openReceivers, type Receivers } from './receivers';
import { ordersLeft } from './user';
import { MOST_TRIES, orderOf, workflowOf, type Order } from './workloads';

/** How many videos are worked on by executions that run; those of suspended ones do not count. */
const MOST_RUNNING = 45;
/** How often the user checks what earlier executions have left. */
const ROUNDS = 4;
const VIDEOS_PER_ROUND = 15;
const LOOK_MS = 1000;
const BLIP_MS = 5000;
/** How often an execution that fails is retried. */
const MOST_RETRIES = 3;
/** Tells the orders of retries from those of the user. */
const FIRST_RETRY = 90;
const FORGE_LIMIT_MS = 20_000;
/** So long after its timeout an execution is taken for forgotten, and no longer than this between reports. */
const FORGOTTEN_MS = 75_000;

export interface ChaosOptions extends PlanOptions {
	line: LineName;
	/** Where the credential says that orders go. */
	api: ApiName;
	/** The run is given up after this. */
	minutes: number;
}

/** What happened, and how often which fault hit. */
export interface ChaosResult {
	evidence: Evidence;
	faults: Map<string, number>;
	/** What n8n has logged. */
	log: string;
	/** Seconds. */
	took: number;
}

/** One run from its plan to its evidence, in an n8n and against a simulator of its own. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
	const since = Date.now();
	const { api, line } = options;
	const stage = await Stage.open(line, {
		api,
		simulator: {
			accounts: [...ACCOUNTS],
			// Long enough that a callback can outlast a restart.
			callbacks: { timeoutMs: 5000, retries: 4, retryDelayMs: 4000 },
		},
		webhookSecret: ACCOUNTS[0].webhookHmacKey,
		// What is still running then is killed by n8n itself. 1.x keeps files in memory unless told otherwise.
		env: { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '4', N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
	});
	try {
		const run = new ChaosRun(stage, await openReceivers(stage, api), options);
		const evidence = await run.play();
		const faults = run.injector.hits();
		return { evidence, faults, log: stage.n8n.log(), took: (Date.now() - since) / 1000 };
	} finally {
		await stage.close();
	}
}

class ChaosRun {
	readonly injector: Injector;
	private readonly plan: Step[];
	private readonly known: Known;
	private readonly forging: Array<Promise<void>> = [];
	/** Executions that are known to have ended. */
	private readonly ended = new Set<string>();
	/** When Kie reported a video again for an execution that a restart left alone. */
	private readonly reminded = new Map<string, number>();
	private readonly deadline: number;

	constructor(
		private readonly stage: Stage,
		private readonly receivers: Receivers,
		options: ChaosOptions,
	) {
		this.injector = new Injector(stage.simulator, options.api);
		this.deadline = Date.now() + options.minutes * 60_000;
		this.plan = makePlan(options);
		this.known = {
			videos: this.plan.flatMap((step) => (step.kind === 'batch' ? step.batch.videos : [])),
			started: [],
			interrupted: new Set(),
			forged: [],
			restarts: [],
			aborted: null,
		};
	}

	async play(): Promise<Evidence> {
		try {
			for (const step of this.plan) {
				if (step.kind === 'restart') await this.restart(step.how);
				else if (step.kind === 'burst') this.injector.burst(step);
				else if (step.kind === 'batch') await this.startBatch(step.batch);
				// Callbacks that arrive meanwhile resume nothing.
				else await whileNothingResumes(this.stage.n8n.userFolder, () => pause(BLIP_MS));
			}
			await this.settle();
			for (let round = 1; round <= ROUNDS; round++) {
				const left = ordersLeft(await this.evidence());
				if (left.length === 0) break;
				const count = left.reduce((sum, { orders }) => sum + orders.length, 0);
				console.error(`Round ${round} of the user: ${count} videos are asked for again`);
				for (const { batch, orders } of left) await this.askAgain(batch, orders);
				await this.settle();
			}
		} catch (error) {
			this.known.aborted = error instanceof Error ? (error.stack ?? error.message) : String(error);
		}
		return await this.evidence();
	}

	private async evidence(): Promise<Evidence> {
		return await collect(this.stage, this.receivers, this.known);
	}

	private async startBatch(batch: PlannedBatch): Promise<void> {
		await this.waitUntil('fewer videos are worked on', async () => {
			const running = await this.running();
			const busy = this.known.started.filter(({ id }) => running.has(id));
			const orders = busy.flatMap((one) => one.orders);
			return orders.length === 0 || orders.length + batch.videos.length <= MOST_RUNNING;
		});
		const orders = batch.videos.map((video) => orderOf(video));
		for (const order of orders) {
			const { video, taskId } = order;
			if (makesVideos(batch.workload)) this.script(order);
			else this.stage.simulator.addVideo({ ...video.scenario, taskId });
			this.injector.arm(order);
		}
		if (batch.retry === 'onFail') {
			for (let tries = 1; tries < MOST_TRIES; tries++) this.scriptAgain(orders, tries);
		}
		const id = await this.start({ batch, orders, byUser: false, retry: 0 }, batch.confirm);
		if (batch.forgeries.length > 0) this.forging.push(this.sendForgeries(id, batch));
	}

	private async askAgain(batch: BatchSettings, orders: Order[]): Promise<void> {
		for (let from = 0; from < orders.length; from += VIDEOS_PER_ROUND) {
			const some = orders.slice(from, from + VIDEOS_PER_ROUND);
			if (makesVideos(batch.workload)) for (const order of some) this.script(order);
			await this.start({ batch, orders: some, byUser: true, retry: 0 });
		}
	}

	private async start(what: Omit<Started, 'id' | 'workflow'>, confirm = false): Promise<string> {
		const { batch, orders } = what;
		const { client } = this.stage;
		const { credentials, url: urlOf } = this.receivers;
		const credential = credentials[batch.account];
		const url = batch.workload === 'trigger4k' ? urlOf(batch.account, confirm) : undefined;
		const workflow = await client.createWorkflow(workflowOf(batch, orders, credential, url));
		const id = await client.runWorkflow(workflow.id);
		this.known.started.push({ id, workflow: workflow.id, ...what });
		return id;
	}

	/** Tells Kie what will come of an order. */
	private script({ video, taskId, prompt }: Order): void {
		this.stage.simulator.nextTask({ ...video.scenario, taskId, prompt });
	}

	/** What Kie has failed to make is ordered again by a retry, and fails again. */
	private scriptAgain(orders: readonly Order[], attempt: number): void {
		for (const order of orders.filter(({ video }) => video.ending === 'failure')) {
			this.script({ ...order, taskId: orderOf(order.video, FIRST_RETRY + attempt).taskId });
		}
	}

	/** Runs the node of a failed execution again, as its user would. */
	private async retryFailed(failed: Started): Promise<ExecutionSummary[]> {
		const { batch, orders, workflow, retry } = failed;
		if (batch.retry === null || batch.retry === 'onFail' || retry === MOST_RETRIES) return [];
		if (makesVideos(batch.workload)) this.scriptAgain(orders, retry + 1);
		const { client } = this.stage;
		// n8n answers when the retry has ended.
		void client.retryExecution(failed.id, batch.retry).catch(() => undefined);
		let begun: ExecutionSummary | undefined;
		await this.waitUntil('a retry has begun', async () => {
			begun = (await client.listExecutions(workflow)).find(
				({ id }) => Number(id) > Number(failed.id),
			);
			return begun !== undefined;
		});
		if (!begun) return [];
		this.known.started.push({ ...failed, id: begun.id, retry: retry + 1 });
		return [begun];
	}

	private async restart(how: RestartWay): Promise<void> {
		const { n8n, client } = this.stage;
		const { interrupted, restarts } = this.known;
		const running = await this.running();
		for (const id of running) interrupted.add(id);
		console.error(`${how} while ${running.size} executions run`);
		const from = Date.now();
		if (how === 'SIGKILL') await n8n.kill();
		await n8n.restart();
		await client.login();
		restarts.push({ how, from, until: Date.now() });
		// Began in the last moment, and not all of them are ever marked as crashed.
		for (const id of await this.running()) interrupted.add(id);
	}

	/** Executions that neither ended nor are suspended. n8n may never mark what it did not survive. */
	private async running(): Promise<Set<string>> {
		return new Set(
			(await this.open()).filter(({ status }) => status !== 'waiting').map(({ id }) => id),
		);
	}

	/** Executions that have not ended. */
	private async open(): Promise<ExecutionSummary[]> {
		const { started, interrupted } = this.known;
		const open: ExecutionSummary[] = [];
		for (const one of started.filter(({ id }) => !this.ended.has(id))) {
			const execution = await this.look(one.id);
			const isInterrupted = interrupted.has(one.id);
			if (!this.ended.has(one.id)) {
				if (!isInterrupted) open.push(execution);
			} else if (execution.status === 'error' && !isInterrupted) {
				open.push(...(await this.retryFailed(one)));
			}
		}
		const triggered = await this.receivers.executions();
		return [...open, ...triggered.filter((one) => !hasEnded(one) && !interrupted.has(one.id))];
	}

	/** Notes when it has ended. */
	private async look(id: string): Promise<ExecutionSummary> {
		const execution = await this.stage.client.getExecution(id);
		if (hasEnded(execution) && isWhole(execution)) this.ended.add(id);
		return execution;
	}

	/** Waits until every execution has ended and no callback is under way. */
	private async settle(): Promise<void> {
		await Promise.all(this.forging);
		const hasSettled = async () => {
			const open = await this.open();
			for (const execution of open) await this.remind(execution);
			return open.length === 0;
		};
		await this.waitUntil('all executions have ended', hasSettled);
		await this.stage.simulator.callbacksSettled();
		await pause(LOOK_MS);
		await this.waitUntil('what the last callbacks started has ended', hasSettled);
	}

	/**
	 * After a restart nothing watches a suspended execution until one of its callbacks arrives. Where all were
	 * lost it would wait for n8n's own limit: then Kie reports one video again.
	 */
	private async remind({ id, status, waitTill, startedAt }: ExecutionSummary): Promise<void> {
		const { simulator } = this.stage;
		const started = this.known.started.find((one) => one.id === id);
		const timedOutAt = Date.parse(waitTill ?? '') - LAST_RESORT_MS;
		const restart = this.known.restarts.at(-1);
		if (status !== 'waiting' || !started || !restart) return;
		if (Date.parse(startedAt ?? '') > restart.until) return;
		const last = Math.max(timedOutAt, restart.until, this.reminded.get(id) ?? 0);
		if (Date.now() < last + FORGOTTEN_MS) return;
		this.reminded.set(id, Date.now());
		const isOwn = (taskId: string) => started.orders.some((order) => order.taskId === taskId);
		const report = simulator.deliveries.find(
			({ taskId, body }) => isOwn(taskId) && !body.includes(FORGED),
		);
		if (!report) return;
		await simulator.repeatCallback({ ...report, retries: 4, lostAttempts: 0, lostAnswers: 0 });
	}

	private async waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
		while (!(await isSo())) {
			if (Date.now() > this.deadline) throw new Error(`Given up while waiting until ${what}`);
			await pause(LOOK_MS);
		}
	}

	/** Sends a batch's forgeries while its execution is suspended, or its videos are worked on. */
	private async sendForgeries(id: string, batch: PlannedBatch): Promise<void> {
		const [video, other = this.known.videos[0]] = batch.videos;
		if (!video || !other) return;
		const address = await this.addressOf(video, id, batch);
		if (address === undefined) return;
		for (const kind of batch.forgeries) {
			const { url, callback } = forge(kind, address, batch.account, video, other);
			const { attempts } = await this.stage.simulator.sendCallback(url, callback);
			this.known.forged.push({ kind, video, status: attempts[0]?.status ?? null });
		}
	}

	/** The address Kie was given for a video, once it was submitted and its execution is suspended, if it ever is. */
	private async addressOf(
		{ taskId }: PlannedVideo,
		id: string,
		{ workload }: PlannedBatch,
	): Promise<string | undefined> {
		const until = Date.now() + FORGE_LIMIT_MS;
		for (; Date.now() < until; await pause(LOOK_MS / 4)) {
			// n8n may be restarting.
			const execution = await this.look(id).catch(() => undefined);
			const submission = this.stage.simulator
				.requests({ taskId, method: 'POST' })
				.find(({ body }) => typeof Object(body).callBackUrl === 'string');
			const isReady = workload === 'trigger4k' || execution?.status === 'waiting';
			if (submission && isReady) return String(Object(submission.body).callBackUrl);
			if (this.ended.has(id)) return undefined;
		}
		return undefined;
	}
}
