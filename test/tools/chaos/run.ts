import { setTimeout as pause } from 'node:timers/promises';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { Stage } from '../../spec/e2e/stage';
import { whileNothingResumes } from '../n8n/database';
import { hasEnded, isWhole, type ExecutionSummary } from '../n8n/execution';
import type { LineName } from '../n8n/versions';
import { collect } from './collect';
import type { Evidence, RestartRecord, SentForgery } from './evidence';
import { forge, FORGED } from './forgeries';
import { Injector } from './faults';
import {
	makePlan,
	makesVideos,
	type PlannedBatch,
	type PlannedVideo,
	type RestartWay,
} from './plan';
import { ACCOUNTS, Receivers } from './receivers';
import { ordersLeft } from './user';
import { MOST_TRIES, orderOf, workflowOf, type BatchSettings, type Order } from './workloads';

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
/** n8n's own limit for a suspended execution comes so much after its timeout. */
const LAST_RESORT_MS = 300_000;
/** So long after its timeout an execution is taken for forgotten, and no longer than this between reports. */
const FORGOTTEN_MS = 75_000;

export interface ChaosOptions {
	line: LineName;
	/** Where the credential says that orders go. Default: the Veo endpoints. */
	api?: ApiName;
	seed: number;
	/** How many videos are submitted at least. */
	videos: number;
	/** How many of all callbacks are lost for good besides those that are anyway, from 0 to 1. Default 0. */
	lost?: number;
	/** The run is given up after this. */
	minutes: number;
	/** Told what is being done. */
	progress: (line: string) => void;
}

export interface Started {
	id: string;
	batch: BatchSettings;
	workflow: string;
	orders: Order[];
	byUser: boolean;
	/** Which retry of the failed execution it is, from 1; 0 for none. */
	retry: number;
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
	const { api = 'veo' } = options;
	const stage = await Stage.open(options.line, {
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
		const run = new ChaosRun(stage, await Receivers.open(stage, api), options);
		const { evidence, faults } = await run.play();
		return { evidence, faults, log: stage.n8n.log(), took: (Date.now() - since) / 1000 };
	} finally {
		await stage.close();
	}
}

class ChaosRun {
	private readonly started: Started[] = [];
	private readonly restarts: RestartRecord[] = [];
	private readonly forged: SentForgery[] = [];
	private readonly forging: Array<Promise<void>> = [];
	/** Executions that are known to have ended. */
	private readonly ended = new Set<string>();
	/** Executions a restart of n8n found running. */
	private readonly interrupted = new Set<string>();
	/** When Kie reported a video again for an execution that a restart left alone. */
	private readonly reminded = new Map<string, number>();
	private readonly injector: Injector;
	private readonly deadline: number;

	constructor(
		private readonly stage: Stage,
		private readonly receivers: Receivers,
		private readonly options: ChaosOptions,
	) {
		this.injector = new Injector(stage.simulator, options.api ?? 'veo');
		this.deadline = Date.now() + options.minutes * 60_000;
	}

	async play(): Promise<Pick<ChaosResult, 'evidence' | 'faults'>> {
		const plan = makePlan(this.options);
		const planned = plan.flatMap((step) => (step.kind === 'batch' ? step.batch.videos : []));
		let aborted: string | null = null;
		try {
			for (const step of plan) {
				if (step.kind === 'restart') await this.restart(step.how);
				else if (step.kind === 'burst') this.injector.burst(step);
				else if (step.kind === 'blip') await this.blip();
				else await this.startBatch(step.batch);
			}
			await this.settle();
			for (let round = 1; round <= ROUNDS; round++) {
				const left = ordersLeft(await this.collect(planned, null));
				if (left.length === 0) break;
				const count = left.reduce((sum, { orders }) => sum + orders.length, 0);
				this.options.progress(`Round ${round} of the user: ${count} videos are asked for again`);
				for (const { settings, orders } of left) await this.askAgain(settings, orders);
				await this.settle();
			}
		} catch (error) {
			aborted = error instanceof Error ? (error.stack ?? error.message) : String(error);
		}
		return { evidence: await this.collect(planned, aborted), faults: this.injector.hits() };
	}

	private async collect(videos: PlannedVideo[], aborted: string | null): Promise<Evidence> {
		const { stage, receivers, started, forged, restarts, interrupted } = this;
		const own = { videos, started, forged, restarts, interrupted, aborted };
		return await collect(stage, receivers, own);
	}

	private async startBatch(batch: PlannedBatch): Promise<void> {
		await this.waitUntil('fewer videos are worked on', async () => {
			const running = await this.running();
			const orders = this.started.filter(({ id }) => running.has(id)).flatMap((one) => one.orders);
			return orders.length === 0 || orders.length + batch.videos.length <= MOST_RUNNING;
		});
		const { simulator } = this.stage;
		const orders = batch.videos.map((video) => orderOf(video));
		for (const { video, taskId, prompt } of orders) {
			if (makesVideos(batch.workload)) simulator.nextTask({ ...video.scenario, taskId, prompt });
			else simulator.addVideo({ ...video.scenario, taskId });
		}
		for (const order of orders) this.injector.arm(order);
		if (batch.retry === 'onFail') {
			for (let tries = 1; tries < MOST_TRIES; tries++) this.scriptAgain(orders, tries);
		}
		const id = await this.start({ batch, orders, byUser: false, retry: 0 }, batch.confirm);
		if (batch.forgeries.length > 0) this.forging.push(this.sendForgeries(id, batch));
	}

	private async askAgain(settings: BatchSettings, orders: Order[]): Promise<void> {
		for (let from = 0; from < orders.length; from += VIDEOS_PER_ROUND) {
			const some = orders.slice(from, from + VIDEOS_PER_ROUND);
			if (makesVideos(settings.workload)) {
				for (const { video, taskId, prompt } of some) {
					this.stage.simulator.nextTask({ ...video.scenario, taskId, prompt });
				}
			}
			await this.start({ batch: settings, orders: some, byUser: true, retry: 0 });
		}
	}

	private async start(what: Omit<Started, 'id' | 'workflow'>, confirm = false): Promise<string> {
		const { batch, orders } = what;
		const credential = this.receivers.credentials[batch.account];
		const url =
			batch.workload === 'trigger4k' ? this.receivers.url(batch.account, confirm) : undefined;
		const { client } = this.stage;
		const workflow = await client.createWorkflow(workflowOf(batch, orders, credential, url));
		const id = await client.runWorkflow(workflow.id);
		this.started.push({ id, workflow: workflow.id, ...what });
		return id;
	}

	/** What Kie has failed to make is ordered again by a retry, and fails again. */
	private scriptAgain(orders: readonly Order[], attempt: number): void {
		for (const { video, prompt } of orders.filter((one) => one.video.ending === 'failure')) {
			const { taskId } = orderOf(video, FIRST_RETRY + attempt);
			this.stage.simulator.nextTask({ ...video.scenario, taskId, prompt });
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
		this.started.push({ ...failed, id: begun.id, retry: retry + 1 });
		return [begun];
	}

	private async restart(how: RestartWay): Promise<void> {
		const { n8n, client } = this.stage;
		const running = await this.running();
		for (const id of running) this.interrupted.add(id);
		this.options.progress(`${how} while ${running.size} executions run`);
		const from = Date.now();
		if (how === 'SIGKILL') await n8n.kill();
		await n8n.restart();
		await client.login();
		this.restarts.push({ how, from, until: Date.now() });
		// Began in the last moment, and not all of them are ever marked as crashed.
		for (const id of await this.running()) this.interrupted.add(id);
	}

	/** Callbacks that arrive meanwhile resume nothing. */
	private async blip(): Promise<void> {
		await whileNothingResumes(this.stage.n8n.userFolder, async () => await pause(BLIP_MS));
	}

	/** Executions that neither ended nor are suspended. n8n may never mark what it did not survive. */
	private async running(): Promise<Set<string>> {
		return new Set(
			(await this.open()).filter(({ status }) => status !== 'waiting').map(({ id }) => id),
		);
	}

	/** Executions that have not ended. */
	private async open(): Promise<ExecutionSummary[]> {
		const { client } = this.stage;
		const open: ExecutionSummary[] = [];
		for (const started of this.started.filter(({ id }) => !this.ended.has(id))) {
			const { id } = started;
			const execution = await client.getExecution(id);
			const isInterrupted = this.interrupted.has(id);
			if (hasEnded(execution) && isWhole(execution)) {
				this.ended.add(id);
				const hasFailed = execution.status === 'error' && !isInterrupted;
				if (hasFailed) open.push(...(await this.retryFailed(started)));
			} else if (!isInterrupted) open.push(execution);
		}
		const triggered = await this.receivers.executions(client);
		return [...open, ...triggered.filter((one) => !hasEnded(one) && !this.interrupted.has(one.id))];
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
		const started = this.started.find((one) => one.id === id);
		const timedOutAt = Date.parse(waitTill ?? '') - LAST_RESORT_MS;
		const restart = this.restarts.at(-1);
		if (status !== 'waiting' || !started || !restart) return;
		if (Date.parse(startedAt ?? '') > restart.until) return;
		const last = Math.max(timedOutAt, restart.until, this.reminded.get(id) ?? 0);
		if (Date.now() < last + FORGOTTEN_MS) return;
		this.reminded.set(id, Date.now());
		await this.reportAgain(started);
	}

	private async reportAgain({ orders, batch }: Started): Promise<void> {
		const { simulator } = this.stage;
		const isOwn = (id: string) => orders.some(({ taskId }) => taskId === id);
		const ended = simulator.deliveries.find(
			({ taskId, body }) => isOwn(taskId) && !body.includes(FORGED),
		);
		if (!ended) return;
		const { url, taskId, operation, index, body } = ended;
		await simulator.sendCallback(url, {
			taskId,
			index,
			body: JSON.parse(body) as unknown,
			hmacKey: ACCOUNTS[batch.account].webhookHmacKey,
			retries: 4,
			operation: operation === 'get1080p' ? 'get4k' : operation,
		});
	}

	private async waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
		while (!(await isSo())) {
			if (Date.now() > this.deadline) throw new Error(`Given up while waiting until ${what}`);
			await pause(LOOK_MS);
		}
	}

	/** Sends a batch's forgeries while its execution is suspended, or its videos are worked on. */
	private async sendForgeries(id: string, batch: PlannedBatch): Promise<void> {
		const { simulator } = this.stage;
		const [video, other = this.started[0]?.orders[0]?.video] = batch.videos;
		if (!video || !other) return;
		const address = await this.addressOf(video, id, batch);
		if (address === undefined) return;
		const hmacKey = ACCOUNTS[batch.account].webhookHmacKey;
		const strangersKey = ACCOUNTS[1 - batch.account]?.key ?? '';
		for (const kind of batch.forgeries) {
			const { url, callback } = forge(kind, { address, video, other, hmacKey, strangersKey });
			const { attempts } = await simulator.sendCallback(url, callback);
			this.forged.push({ kind, video, status: attempts[0]?.status ?? null });
		}
	}

	/** The address Kie was given for a video, once it was submitted. */
	private async addressOf(
		{ taskId }: PlannedVideo,
		id: string,
		{ workload }: PlannedBatch,
	): Promise<string | undefined> {
		const until = Date.now() + FORGE_LIMIT_MS;
		while (Date.now() < until) {
			const submission = this.stage.simulator
				.requests({ taskId, method: 'POST' })
				.find(({ body }) => typeof Object(body).callBackUrl === 'string');
			const isThere =
				submission !== undefined && (workload === 'trigger4k' || (await this.isSuspended(id)));
			if (isThere) return String(Object(submission.body).callBackUrl);
			if (this.ended.has(id)) return undefined;
			await pause(LOOK_MS / 4);
		}
		return undefined;
	}

	private async isSuspended(id: string): Promise<boolean> {
		try {
			const execution = await this.stage.client.getExecution(id);
			if (hasEnded(execution) && isWhole(execution)) this.ended.add(id);
			return execution.status === 'waiting';
		} catch {
			// n8n is being restarted.
			return false;
		}
	}
}
