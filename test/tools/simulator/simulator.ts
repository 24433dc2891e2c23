import { Account, type AccountOptions } from './account';
import { answerApi } from './apiHost';
import { callbackBody, Deliveries, type Delivery, KIE_CALLBACKS } from './callbacks';
import { kindOf } from './models';
import { type ArmedFault, type Fault, matches, type RequestFilter, takes } from './faults';
import { Files, type ResultUrls } from './files';
import { jobCallback, stageOf } from './jobsApi';
import { DONE_TEXTS, TEXTS } from './kieTexts';
import {
	type Api,
	DEFAULT_SCENARIO,
	type Operation,
	overlay,
	planOf,
	type Scenario,
	type VideoScenario,
} from './scenario';
import { HostServer, type JournalEntry } from './server';
import { answerUpload, type Upload } from './uploadHost';
import { newId, type Ordered, Timers, upgradeOf, type Video, type Work } from './work';

/** The key that opens the simulator unless `accounts` says otherwise. */
export const SIMULATOR_KEY = 'kie-simulator-key';

/** A video to put in, with what differs from the defaults. */
export type AddVideo = VideoScenario & {
	/** Default: a new random one. */
	taskId?: string;
	/** The one API that knows it. Default: both. */
	api?: Api;
	/** Default `success`. `waiting` ends after its timing as `generation.outcome` says. */
	state?: 'waiting' | 'success';
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
	callbacks?: Partial<typeof KIE_CALLBACKS>;
}

/** A callback written by hand. What is not given is taken from the task, else from an example. */
export interface ManualCallback {
	/** Default `veo_task_example123`. */
	taskId?: string;
	/** Default `get4k`. */
	operation?: Exclude<Operation, 'get1080p'>;
	/** Default 0. */
	index?: number;
	/** Default 200; any other code makes it a failure. */
	code?: number;
	msg?: string;
	videoUrls?: string[];
	imageUrls?: string[];
	/** Replaces the body built from the above. Text is sent as it is, all else as JSON. */
	body?: unknown;
	contentType?: string;
	/** Signs with this key; null sends it unsigned. Default: the first account's key. */
	hmacKey?: string | null;
	/** Attempts after a failed one. Default 0. */
	retries?: number;
}

/** A running stand-in for Kie.ai on loopback: its three hosts, and what Kie would keep in its database. */
export class Simulator {
	apiUrl = '';
	uploadUrl = '';
	/** All requests so far, oldest first. */
	readonly journal: JournalEntry[] = [];
	readonly uploads: Upload[] = [];
	readonly files = new Files();
	accounts: Account[] = [];
	/** All that has an id of its own: videos, and upgrades that were given one. */
	private readonly works = new Map<string, Work>();
	private readonly timers = new Timers();
	private readonly callbacks: Deliveries;
	/** What a video does unless it is told otherwise. */
	private defaults = DEFAULT_SCENARIO;
	private scripted: NextTask[] = [];
	private faults: ArmedFault[] = [];
	private readonly hosts = {
		api: new HostServer(this, 'api', (incoming) => answerApi(this, incoming)),
		upload: new HostServer(this, 'upload', async (incoming) => await answerUpload(this, incoming)),
		file: new HostServer(this, 'file', ({ method, path }) => this.files.answer(method, path)),
	};

	constructor(private readonly options: SimulatorOptions) {
		this.callbacks = new Deliveries({ ...KIE_CALLBACKS, ...options.callbacks }, this.timers);
	}

	async listen(): Promise<void> {
		const { api, upload, file } = this.options.ports ?? {};
		try {
			this.files.url = await this.hosts.file.listen(file);
			this.uploadUrl = await this.hosts.upload.listen(upload);
			this.apiUrl = await this.hosts.api.listen(api);
		} catch (error) {
			await this.close();
			throw error;
		}
		this.reset();
	}

	/** Stops listening and sending. Nothing goes out afterwards. */
	async close(): Promise<void> {
		this.stop();
		await Promise.all(Object.values(this.hosts).map(async (host) => await host.close()));
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
		this.accounts = accounts.map((account, at) => new Account(account, at + 1));
		this.defaults = overlay(DEFAULT_SCENARIO, { timings });
		for (const video of videos) this.addVideo(video);
	}

	get fileUrl(): string {
		return this.files.url;
	}

	/** The account of a key; the first one without a key. */
	account(key = this.accounts[0]?.key): Account {
		const account = this.accounts.find((one) => one.key === key);
		if (!account) throw new Error('The simulator has no account with this key');
		return account;
	}

	/** Ids of the videos the simulator knows. */
	get taskIds(): string[] {
		return [...this.works.values()].filter((work) => work === work.video).map(({ id }) => id);
	}

	/** The requests so far that are meant, oldest first. */
	requests(filter: RequestFilter = {}): JournalEntry[] {
		return this.journal.filter((entry) => matches(entry, filter));
	}

	/** Requests for new work, also those refused or turned away by the rate limit. */
	submissions(filter?: RequestFilter): JournalEntry[] {
		return this.requests(filter).filter(({ submission }) => submission);
	}

	/** Requests that cost credits. */
	paid(filter?: RequestFilter): JournalEntry[] {
		return this.requests(filter).filter(({ creditsCharged }) => creditsCharged > 0);
	}

	/** SHA-256, in hex, of the file behind one of the file host's URLs. */
	async fileSha256(url: string): Promise<string> {
		return await this.files.sha256(new URL(url).pathname);
	}

	/** Orders a fault; hits one request unless `times` says otherwise. */
	fault(fault: Fault): ArmedFault {
		const order = { ...fault, hits: 0 };
		this.faults.push(order);
		return order;
	}

	/** The oldest fault on order that hits this request. */
	takeFault(request: JournalEntry): Fault | undefined {
		return this.faults.find((fault) => takes(fault, request));
	}

	/** Lets another client take places of an account's rate limit. Returns what ends it. */
	rival(key: string, perWindow: number): () => void {
		return this.account(key).startRival(perWindow, this.timers);
	}

	/** Changes what videos do that become known from now on. */
	setDefaults(differences: VideoScenario): void {
		this.defaults = overlay(this.defaults, differences);
	}

	/** Makes a video known, by default a finished one. Returns its id. */
	addVideo(video: AddVideo = {}): string {
		const { taskId = newId('veo_task'), api, state = 'success' } = video;
		const ready = { generation: { outcome: 'success' }, timings: { generate: 0 } } as const;
		const scenario = overlay(this.defaults, video);
		const request = { prompt: 'A futuristic city with flying cars at sunset.' };
		this.create(
			{ api, scenario: state === 'waiting' ? scenario : overlay(scenario, ready), request },
			{ id: taskId, operation: 'generate', index: 0, charged: 0 },
		);
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
		const video: Video = {
			...about,
			...begun(about.scenario, ordered),
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
		const work = { ...begun(video.scenario, ordered), video };
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
		this.callBack(work, this.bodyOf(work));
	}

	/** Ends running work now, whatever its timing. */
	finish(taskId: string, operation: Operation = 'generate', index = 0): void {
		const work = this.known(taskId, operation, index);
		if (work?.operation !== operation) {
			throw new Error(`The simulator has no ${operation} of ${taskId} ${index}`);
		}
		this.end(work);
	}

	/** Callbacks sent so far, with their attempts. */
	get deliveries(): readonly Delivery[] {
		return this.callbacks.entries;
	}

	/** Sends a callback by hand, true, forged or broken. Resolves after its last attempt. */
	async sendCallback(url: string, callback: ManualCallback = {}): Promise<Delivery> {
		const { taskId = 'veo_task_example123', operation = 'get4k', index = 0 } = callback;
		const { contentType, retries = 0, hmacKey: key = this.account().webhookHmacKey } = callback;
		const known = this.known(taskId, operation, index);
		const id = known?.id ?? taskId;
		const example: ResultUrls = {
			videos: [`${this.fileUrl}/v/example.mp4`],
			images: [`${this.fileUrl}/v/example.jpg`],
			...{ origins: [], full: [], resolution: '720p' },
		};
		const urls = known ? this.files.urlsOf({ ...known, operation, index }) : example;
		const { code = 200, msg = code === 200 ? 'success' : TEXTS.timeout } = callback;
		const { videoUrls: videos = urls.videos, imageUrls: images = urls.images } = callback;
		const report = { operation, taskId: id, code, msg, urls: { ...urls, videos, images } };
		const request = { prompt: 'A dog playing in a park' };
		const { body = callbackBody({ ...report, credits: 120, request }) } = callback;
		return await this.callbacks.send({
			...{ url, taskId, operation, index, contentType, retries },
			body: typeof body === 'string' ? body : JSON.stringify(body),
			signing: key ? { key, taskId: id } : undefined,
		});
	}

	/** Sends a callback again, `times` times in parallel. */
	async repeatCallback(delivery: Delivery, times = 1): Promise<Delivery[]> {
		const again = { ...delivery, delayMs: 0 };
		return await Promise.all(Array.from({ length: times }, () => this.callbacks.send(again)));
	}

	/** Waits until every callback under way was received or given up. */
	async callbacksSettled(): Promise<void> {
		await this.callbacks.settled();
	}

	/** Nothing is sent any longer: no timer fires, no callback is sent or repeated. */
	private stop(): void {
		this.timers.clear();
		this.callbacks.stop();
	}

	/** The upgrade of a video, where there is one, else the video. */
	private known(taskId: string, operation: Operation, index: number): Work | undefined {
		const video = this.works.get(taskId)?.video;
		return video && (upgradeOf(video, operation, index) ?? video);
	}

	private run(work: Work): void {
		const { ms } = planOf(work.video.scenario, work.operation);
		if (hasStages(work)) {
			for (const [at, stage] of (['text', 'first'] as const).entries()) {
				const tell = () => this.callBack(work, stageOf(work, this.files, stage));
				this.timers.after((ms * (at + 1)) / 3, tell);
			}
		}
		if (ms <= 0) this.end(work);
		else this.timers.after(ms, () => this.end(work));
	}

	/** The body Kie would post about a piece of work that has ended. */
	private bodyOf(work: Work): object {
		const { id, operation, failure, job, charged, video } = work;
		const { callback, jobs } = video.scenario;
		if (!failure && hasStages(work)) return stageOf(work, this.files, 'complete');
		if (operation === 'runModel' || (job && jobs.callback === 'job')) {
			return jobCallback(work, this.files);
		}
		const report = {
			...(failure ?? { code: 200, msg: DONE_TEXTS[operation] }),
			...{ operation, taskId: id, credits: charged, request: video.request },
			urls: this.files.urlsOf(work),
		};
		return callbackBody(report, callback.form);
	}

	private callBack(work: Work, body: object): void {
		const { id, operation, index, account, callBackUrl: url, video } = work;
		if (url === undefined) return;
		const { copies, delayMs, lostAttempts, lostAnswers } = video.scenario.callback;
		const key = (account ?? this.accounts[0])?.webhookHmacKey;
		const signing = key === undefined ? undefined : { key, taskId: id };
		for (let copy = 0; copy < copies; copy += 1) {
			const about = {
				url,
				taskId: video.id,
				operation,
				index,
				body: JSON.stringify(body),
				signing,
			};
			void this.callbacks.send({ ...about, delayMs, lostAttempts, lostAnswers });
		}
	}
}

function begun(scenario: Scenario, ordered: Ordered): Omit<Work, 'video'> {
	const { outcome, failure } = planOf(scenario, ordered.operation);
	const plan = { failure: outcome === 'failure' ? failure : undefined };
	return { ...ordered, ...plan, state: 'running', startedAt: Date.now(), endedAt: undefined };
}

function hasStages({ job, video }: Work): boolean {
	return video.scenario.jobs.stages && job !== undefined && kindOf(job.model) === 'music';
}

/** Starts a simulator; it listens when this resolves. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const simulator = new Simulator(options);
	await simulator.listen();
	return simulator;
}
