import { randomBytes } from 'node:crypto';
import { Account, type AccountOptions, KIE_RATE_LIMIT } from './account';
import { callbackBody } from './callbacks/form';
import { Deliveries, KIE_CALLBACKS } from './callbacks/deliveries';
import { armed, type ArmedFault, type Fault } from './faults';
import { Files } from './files';
import { kindOf } from './catalogue';
import { jobCallback, stageOf } from './jobRecord';
import type { JournalEntry } from './journal';
import { DONE_TEXTS } from './kieTexts';
import {
	type Api,
	DEFAULT_SCENARIO,
	type Operation,
	overlay,
	type Scenario,
	type VideoScenario,
} from './scenario';
import { Timers } from './timers';
import type { Upload } from './uploadHost';
import type { Ordered, Video, Work } from './work';

/** The key that opens the simulator unless `accounts` says otherwise. */
export const SIMULATOR_KEY = 'kie-simulator-key';

/** A video to put in, with what differs from the defaults. */
export type AddVideo = VideoScenario & {
	/** Default: a new random one. */
	taskId?: string;
	/** The one API that knows it. Default: both. */
	api?: Api;
	/** Default `success`. `waiting` ends after its timing as `generation.outcome` says. */
	state?: 'waiting' | 'success' | 'failed';
};

/** How a video that will be made by generate or extend is to behave. */
export type NextTask = VideoScenario & {
	taskId?: string;
	/** Only for a request whose prompt, or input of another model, contains this. Default: the next one, whatever its prompt. */
	prompt?: string;
};

export interface SimulatorOptions {
	/** Ports; 0 or none takes any free one. */
	ports?: { api?: number; upload?: number; file?: number };
	/** Default: one account with `SIMULATOR_KEY`. */
	accounts?: AccountOptions[];
	timings?: VideoScenario['timings'];
	/** Known from the start, and again after each reset. */
	videos?: AddVideo[];
	rateLimit?: Partial<typeof KIE_RATE_LIMIT>;
	callbacks?: Partial<typeof KIE_CALLBACKS>;
}

/** Everything the three hosts share: what Kie would keep in its database. */
export class World {
	readonly journal: JournalEntry[] = [];
	readonly uploads: Upload[] = [];
	readonly files = new Files();
	readonly timers = new Timers();
	readonly callbacks: Deliveries;
	accounts: Account[] = [];
	/** What a video does unless it is told otherwise. */
	defaults = DEFAULT_SCENARIO;
	/** All that has an id of its own: videos, and upgrades that were given one. */
	readonly works = new Map<string, Work>();
	private scripted: NextTask[] = [];
	private faults: ArmedFault[] = [];

	constructor(protected readonly options: SimulatorOptions) {
		this.callbacks = new Deliveries({ ...KIE_CALLBACKS, ...options.callbacks }, this.timers);
	}

	/** Forgets all videos, requests, callbacks, faults and payments; the addresses stay. */
	reset(): void {
		this.stop();
		this.journal.length = 0;
		this.uploads.length = 0;
		this.files.clear();
		this.works.clear();
		this.scripted = [];
		this.faults = [];
		const { accounts = [{ key: SIMULATOR_KEY }], timings = {}, videos = [] } = this.options;
		const limit = { ...KIE_RATE_LIMIT, ...this.options.rateLimit };
		this.accounts = accounts.map((account, at) => new Account(account, at + 1, limit));
		this.defaults = overlay(DEFAULT_SCENARIO, { timings });
		for (const video of videos) this.addVideo(video);
	}

	/** Nothing is sent any longer: no timer fires, no callback is sent or repeated. */
	stop(): void {
		this.timers.clear();
		this.callbacks.stop();
	}

	/** The account of a key; the first one without a key. */
	account(key = this.accounts[0]?.key): Account {
		const account = this.accounts.find((one) => one.key === key);
		if (!account) throw new Error('The simulator has no account with this key');
		return account;
	}

	/** The oldest fault on order that hits this request. */
	takeFault(request: JournalEntry): Fault | undefined {
		return this.faults.find((one) => one.takes(request))?.fault;
	}

	/** Orders a fault; hits one request unless `times` says otherwise. */
	fault(fault: Fault): ArmedFault {
		const order = armed(fault);
		this.faults.push(order);
		return order;
	}

	/** Makes a video known, by default a finished one. Returns its id. */
	addVideo(video: AddVideo = {}): string {
		const { taskId = newId('veo_task'), api, state = 'success' } = video;
		let scenario = overlay(this.defaults, video);
		if (state !== 'waiting') {
			const outcome = state === 'success' ? state : 'failure';
			scenario = overlay(scenario, { generation: { outcome }, timings: { generate: 0 } });
		}
		const request = { prompt: 'A futuristic city with flying cars at sunset.' };
		const ordered = { id: taskId, operation: 'generate', index: 0, charged: 0 } as const;
		this.create({ api, scenario, request }, ordered);
		return taskId;
	}

	/** Says how the video made by a coming generate or extend request behaves. */
	nextTask(task: NextTask): void {
		this.scripted.push(task);
	}

	/** Id and behaviour of a video about to be made. */
	takeNext(prompt: string, idPrefix: string): { id: string; scenario: Scenario } {
		const at = this.scripted.findIndex((one) => prompt.includes(one.prompt ?? ''));
		const [next = {}] = at < 0 ? [] : this.scripted.splice(at, 1);
		return { id: next.taskId ?? newId(idPrefix), scenario: overlay(this.defaults, next) };
	}

	/** Changes what videos do that become known from now on. */
	setDefaults(differences: VideoScenario): void {
		this.defaults = overlay(this.defaults, differences);
	}

	/** The work with this id, as far as the account and the API may see it. */
	find(id: string, account: Account, api: Api): Work | undefined {
		const work = this.works.get(id);
		if (!work) return undefined;
		const { video } = work;
		const owner = video.account ?? work.account ?? account;
		const itsApi = work === video ? video.api : work.job ? 'jobs' : 'veo';
		return owner === account && (itsApi ?? api) === api ? work : undefined;
	}

	/** The video of this id, as far as the account and the API may see it. */
	findVideo(id: unknown, account: Account, api: Api): Video | undefined {
		const work = this.find(String(id), account, api);
		return work?.video === work ? work?.video : undefined;
	}

	/** The id of the video that a job upgrades; any other id stays as it is. */
	baseOf(id: string): string {
		const work = this.works.get(id);
		return work?.job ? work.video.id : id;
	}

	/** Makes a video known and starts to make it. */
	create(about: Pick<Video, 'api' | 'scenario' | 'request'>, ordered: Ordered): void {
		if (this.works.has(ordered.id)) throw new Error(`There is already a task ${ordered.id}`);
		const begun = this.begun(about.scenario, ordered);
		const video: Video = {
			...about,
			...begun,
			upgrades: [],
			get video() {
				return video;
			},
		};
		this.works.set(video.id, video);
		this.run(video);
	}

	/** Starts an upgrade; one that failed before may be replaced by it. */
	startUpgrade(video: Video, ordered: Ordered, replaced?: Work): Work {
		const work = { ...this.begun(video.scenario, ordered), video };
		video.upgrades = [...video.upgrades.filter((one) => one !== replaced), work];
		if (work.id !== video.id) this.works.set(work.id, work);
		this.run(work);
		return work;
	}

	/** Ends running work now. */
	end(work: Work): void {
		if (work.state !== 'running') return;
		const { account, charged, operation, index, video } = work;
		work.endedAt = Date.now();
		if (work.failure) {
			work.state = 'failed';
			if (charged > 0) account?.charge({ operation, taskId: video.id, index, credits: -charged });
		} else {
			work.state = 'success';
			this.files.publish(work);
		}
		if (work.callBackUrl !== undefined) this.callBack(work, work.callBackUrl);
	}

	private begun(scenario: Scenario, ordered: Ordered): Omit<Work, 'video'> {
		const { outcome, failure } = planOf(scenario, ordered.operation);
		const plan = { failure: outcome === 'failure' ? failure : undefined };
		return { ...ordered, ...plan, state: 'running', startedAt: Date.now(), endedAt: undefined };
	}

	private run(work: Work): void {
		const { ms } = planOf(work.video.scenario, work.operation);
		const { callBackUrl } = work;
		if (callBackUrl !== undefined && hasStages(work)) {
			for (const [at, stage] of (['text', 'first'] as const).entries()) {
				const body = () => JSON.stringify(stageOf(work, this.files, stage));
				this.timers.after((ms * (at + 1)) / 3, () => this.callBack(work, callBackUrl, body()));
			}
		}
		if (ms <= 0) this.end(work);
		else this.timers.after(ms, () => this.end(work));
	}

	/** The body Kie would post about a piece of work. */
	private bodyOf(work: Work): string {
		const { id, operation, failure, job, charged, video } = work;
		const urls = this.files.urlsOf(work);
		if (failure === undefined && hasStages(work)) {
			return JSON.stringify(stageOf(work, this.files, 'complete'));
		}
		if (operation === 'runModel' || (job && video.scenario.jobs.callback === 'job')) {
			return JSON.stringify(jobCallback(work, this.files));
		}
		const facts = {
			...(failure ?? { code: 200, msg: DONE_TEXTS[operation] }),
			...{ operation, taskId: id, creditsConsumed: charged, request: video.request },
			...{ videoUrls: urls.videos, imageUrls: urls.images, originUrls: urls.origins },
			resolution: urls.resolution,
		};
		return JSON.stringify(callbackBody(facts, video.scenario.callback.form));
	}

	private callBack(work: Work, url: string, body = this.bodyOf(work)): void {
		const { id, operation, index, account, video } = work;
		const { copies, delayMs, lostAttempts, lostAnswers } = video.scenario.callback;
		const key = (account ?? this.accounts[0])?.webhookHmacKey;
		const signing = key === undefined ? undefined : { key, taskId: id };
		for (let copy = 0; copy < copies; copy += 1) {
			const about = { url, taskId: video.id, operation, index, body, signing };
			void this.callbacks.send({ ...about, delayMs, lostAttempts, lostAnswers });
		}
	}
}

/** How a piece of work goes, and how long it takes in milliseconds. */
function planOf({ timings, generation, upgrade1080p, upgrade4k }: Scenario, operation: Operation) {
	return {
		generate: { ms: timings.generate, ...generation },
		extend: { ms: timings.extend, ...generation },
		get1080p: { ms: timings.upgrade1080p, ...upgrade1080p },
		get4k: { ms: timings.upgrade4k, ...upgrade4k },
		runModel: { ms: timings.runModel, ...generation },
	}[operation];
}

function hasStages({ job, video }: Work): boolean {
	return video.scenario.jobs.stages && job !== undefined && kindOf(job.model) === 'music';
}

export function newId(prefix: string): string {
	return `${prefix}_${randomBytes(8).toString('hex')}`;
}
