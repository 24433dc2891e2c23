import { Account, KIE_RATE_LIMIT, type RateLimit } from './account';
import { type CallbackForm, callbackBody } from '../callbacks/form';
import { Deliveries, KIE_CALLBACKS } from '../callbacks/deliveries';
import { Faults } from '../http/faults';
import { Files } from './files';
import { Journal } from '../http/journal';
import { type AddVideo, type NextTask, SIMULATOR_KEY, type SimulatorOptions } from '../options';
import { jobCallback } from '../api/jobRecord';
import { publishResults, resultUrls } from './results';
import { BUILT_IN_SCENARIO, type Scenario, type VideoScenario, withScenario } from './scenario';
import { type Job, type Task, Tasks, newTaskId, upgradeTaskId, writtenId } from './tasks';
import { Timers } from './timers';

/** A file received by the upload host. Its bytes were counted and hashed, not kept. */
export interface Upload {
	at: number;
	route: string;
	fileName: string;
	filePath: string;
	downloadUrl: string;
	fileSize: number;
	mimeType: string;
	sha256: string;
}

/** Success texts of callbacks. */
const DONE_TEXTS = {
	generate: 'Veo3.1 video generated successfully.',
	extend: 'Veo3.1 video extension successful.',
	get1080p: '1080P Video generated successfully.',
	get4k: '4K Video generated successfully.',
};

/** Everything the three hosts share: what Kie would keep in its database. */
export class World {
	readonly journal = new Journal();
	readonly faults = new Faults();
	readonly files: Files;
	readonly tasks: Tasks;
	readonly deliveries: Deliveries;
	readonly rateLimit: RateLimit;
	readonly uploads: Upload[] = [];
	accounts: Account[] = [];
	/** What a task does unless it is told otherwise. */
	defaults: Scenario = BUILT_IN_SCENARIO;
	/** Address of the file host; known once it listens. */
	fileUrl = '';
	readonly timers = new Timers();
	readonly random: () => number;
	private scripted: NextTask[] = [];

	constructor(private readonly options: SimulatorOptions) {
		this.files = new Files(options.renewedLinkMs ?? 20 * 60_000);
		this.tasks = new Tasks(this.timers, (task, job) => this.onEnd(task, job));
		this.deliveries = new Deliveries({ ...KIE_CALLBACKS, ...options.callbacks }, this.timers);
		this.rateLimit = { ...KIE_RATE_LIMIT, ...options.rateLimit };
		this.random = options.random ?? Math.random;
	}

	/** Puts everything back to the state right after the start. */
	reset(): void {
		this.stop();
		this.journal.clear();
		this.faults.clear();
		this.files.clear();
		this.tasks.clear();
		this.uploads.length = 0;
		this.scripted = [];
		const { accounts = [{ key: SIMULATOR_KEY }], defaults = {}, timings = {} } = this.options;
		this.accounts = accounts.map((account, at) => new Account(account, at + 1));
		this.defaults = withScenario(withScenario(BUILT_IN_SCENARIO, defaults), { timings });
		for (const video of this.options.videos ?? []) this.addVideo(video);
	}

	/** Nothing is sent any longer: no timer fires, no callback is sent or repeated. */
	stop(): void {
		this.timers.clear();
		this.deliveries.stop();
	}

	account(key: string): Account | undefined {
		return this.accounts.find((account) => account.key === key);
	}

	addVideo(video: AddVideo): string {
		const { taskId, api, operation = 'generate', state = 'success', ...more } = video;
		const { key, callBackUrl, ...rest } = more;
		let scenario = withScenario(this.defaults, rest);
		if (state !== 'waiting') {
			const outcome = state === 'success' ? state : 'failure';
			scenario = withScenario(scenario, {
				generation: { outcome },
				timings: { generate: 0, extend: 0 },
			});
		}
		const owner = key === undefined ? undefined : this.account(key);
		if (key !== undefined && !owner) throw new Error('addVideo: no account has this key');
		const task = this.tasks.create(
			{
				id: taskId ?? newTaskId(scenario),
				api,
				operation,
				scenario,
				owner,
				request: { prompt: 'A futuristic city with flying cars at sunset.' },
			},
			{ callBackUrl, account: owner, charged: 0 },
		);
		return task.id;
	}

	scriptNext(task: NextTask): void {
		this.scripted.push(task);
	}

	/** Id and behaviour of a task about to be created. */
	takeNext(prompt: string, idPrefix: string): { id: string; scenario: Scenario } {
		const at = this.scripted.findIndex((one) => prompt.includes(one.prompt ?? ''));
		const [next = {}] = at < 0 ? [] : this.scripted.splice(at, 1);
		const { taskId, ...differences } = next;
		delete differences.prompt;
		const scenario = withScenario(this.defaults, differences);
		return { id: taskId ?? newTaskId(scenario, idPrefix), scenario };
	}

	setDefaults(differences: VideoScenario): void {
		this.defaults = withScenario(this.defaults, differences);
	}

	urlsOf(task: Task, job: Job): ReturnType<typeof resultUrls> {
		return resultUrls(this.fileUrl, task, job);
	}

	/** The body Kie would post about a piece of work. */
	callbackBodyOf(task: Task, job: Job, form: CallbackForm): string {
		const { operation, failure, order } = job;
		const urls = this.urlsOf(task, job);
		const msg = DONE_TEXTS[operation];
		if (order && task.scenario.jobs.callback === 'job') {
			return JSON.stringify(jobCallback(this, task, job));
		}
		const body = callbackBody(
			{
				operation,
				...(failure ?? { code: 200, msg }),
				taskId: writtenId(task.scenario, callbackTaskId(task, job)),
				videoUrls: urls.videos,
				imageUrls: urls.images,
				originUrls: urls.origins,
				resolution: urls.resolution,
				creditsConsumed: job.charged,
				request: task.request,
			},
			form,
		);
		return JSON.stringify(body);
	}

	private onEnd(task: Task, job: Job): void {
		if (job.state === 'success') publishResults(this.files, task, job);
		else this.refund(task, job);
		this.callBack(task, job);
	}

	private refund(task: Task, job: Job): void {
		if (this.options.refundFailures === false || job.charged === 0) return;
		const { operation, index, charged } = job;
		job.account?.charge({ operation, taskId: task.id, index, credits: -charged });
	}

	private callBack(task: Task, job: Job): void {
		const { callBackUrl, operation, index } = job;
		if (callBackUrl === undefined) return;
		const { form, copies, lossRate, ...way } = task.scenario.callback;
		const key = (job.account ?? this.accounts[0])?.webhookHmacKey;
		const body = this.callbackBodyOf(task, job, form);
		if (this.random() < lossRate) way.lostAttempts = Infinity;
		for (let copy = 0; copy < copies; copy += 1) {
			void this.deliveries.send({
				url: callBackUrl,
				taskId: task.id,
				operation,
				index,
				body,
				contentType: 'application/json',
				headers: {},
				signing: key === undefined ? undefined : { key, taskId: callbackTaskId(task, job) },
				...way,
			});
		}
	}
}

/** The id a callback carries, which is also the one that is signed. */
export function callbackTaskId(task: Task, job: Job): string {
	if (job.id !== undefined) return job.id;
	return job.operation === 'get4k' ? upgradeTaskId(task, job.index) : task.id;
}
