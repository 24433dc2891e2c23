import type { Account, Rival, RivalOptions } from './account';
import { answerApi, operationOf } from './apiHost';
import type { Delivery } from './callbacks/deliveries';
import { callbackBody, type CallbackForm } from './callbacks/form';
import type { ArmedFault, Fault } from './faults';
import { type JournalEntry, type JournalFilter, matches } from './journal';
import { TEXTS } from './kieTexts';
import { statusPage } from './page';
import { textReply } from './reply';
import { overlay, type Operation, type VideoScenario } from './scenario';
import { HostServer } from './server';
import { answerUpload, type Upload } from './uploadHost';
import { upgradeOf, type Work } from './work';
import { type AddVideo, type NextTask, type SimulatorOptions, World } from './world';

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
	form?: CallbackForm;
	/** Replaces the body built from the above. Text is sent as it is, all else as JSON. */
	body?: unknown;
	contentType?: string;
	/** Added to, and over, the simulator's own headers. */
	headers?: Record<string, string>;
	/** Signs with this key; null sends it unsigned. Default: the first account's key. */
	hmacKey?: string | null;
	/** Signs for another task than the body's. */
	signedTaskId?: string;
	/** Unix seconds to claim as the time of sending. */
	timestamp?: number;
	/** Attempts after a failed one. Default 0. */
	retries?: number;
}

/** A running stand-in for Kie.ai on loopback. */
export class Simulator {
	apiUrl = '';
	uploadUrl = '';
	private readonly world: World;
	private readonly hosts: Record<'api' | 'upload' | 'file', HostServer>;

	constructor(private readonly options: SimulatorOptions) {
		const world = new World(options);
		this.world = world;
		this.hosts = {
			api: new HostServer(world, 'api', {
				answer: (incoming) => answerApi(world, incoming),
				operationOf,
				page: ({ method, path }) =>
					method === 'GET' && path === '/'
						? textReply(statusPage(this), 200, 'text/html;charset=UTF-8')
						: undefined,
			}),
			upload: new HostServer(world, 'upload', {
				answer: async (incoming) => await answerUpload(world, incoming),
			}),
			file: new HostServer(world, 'file', {
				answer: ({ method, path, headers }) => world.files.answer(method, path, headers.range),
			}),
		};
	}

	async listen(): Promise<void> {
		const { api = 0, upload = 0, file = 0 } = this.options.ports ?? {};
		try {
			this.world.files.url = await this.hosts.file.listen(file);
			this.uploadUrl = await this.hosts.upload.listen(upload);
			this.apiUrl = await this.hosts.api.listen(api);
		} catch (error) {
			await this.close();
			throw error;
		}
		this.world.reset();
	}

	get fileUrl(): string {
		return this.world.files.url;
	}

	/** All requests so far, oldest first. */
	get journal(): readonly JournalEntry[] {
		return this.world.journal;
	}

	requests(filter: JournalFilter = {}): JournalEntry[] {
		return this.world.journal.filter((entry) => matches(entry, filter));
	}

	/** Requests for new work, also those refused or turned away by the rate limit. */
	submissions(filter?: JournalFilter): JournalEntry[] {
		return this.requests(filter).filter(({ submission }) => submission);
	}

	/** Requests that cost credits. */
	paid(filter?: JournalFilter): JournalEntry[] {
		return this.requests(filter).filter(({ creditsCharged }) => creditsCharged > 0);
	}

	get accounts(): readonly Account[] {
		return this.world.accounts;
	}

	/** The account of a key; the first one without a key. */
	account(key?: string): Account {
		const account = key === undefined ? this.world.accounts[0] : this.world.account(key);
		if (!account) throw new Error('The simulator has no account with this key');
		return account;
	}

	/** Callbacks sent so far, with their attempts. */
	get deliveries(): readonly Delivery[] {
		return this.world.deliveries.entries;
	}

	get uploads(): readonly Upload[] {
		return this.world.uploads;
	}

	/** Ids of the videos the simulator knows. */
	get taskIds(): string[] {
		return [...this.world.works.values()].filter((work) => work === work.video).map(({ id }) => id);
	}

	/** Makes a video known, by default a finished one. Returns its id. */
	addVideo(video: AddVideo = {}): string {
		return this.world.addVideo(video);
	}

	/** Says how the video made by a coming generate or extend request behaves. */
	nextTask(task: NextTask): void {
		this.world.scriptNext(task);
	}

	/** Changes what videos do that become known from now on. */
	setDefaults(differences: VideoScenario): void {
		this.world.defaults = overlay(this.world.defaults, differences);
	}

	/** Ends running work now, whatever its timing. */
	finish(taskId: string, operation: Operation = 'generate', index = 0): void {
		const work = this.known(taskId, operation, index);
		if (work?.operation !== operation) {
			throw new Error(`The simulator has no ${operation} of ${taskId} ${index}`);
		}
		this.world.end(work);
	}

	/** Orders a fault; hits one request unless `times` says otherwise. */
	fault(fault: Fault): ArmedFault {
		return this.world.faults.add(fault);
	}

	/** Turns away, for a while, all requests for paid work, and repeats that ask about it. */
	storm({ ms, answer }: { ms: number; answer: number }): void {
		const when = ({ operation }: JournalEntry) => operation !== null;
		this.fault({ kind: 'status', code: answer, host: 'api', forMs: ms, when });
	}

	/** Lets another client take a part of an account's rate limit. Default: the first account's. */
	rival({ key, ...options }: RivalOptions & { key?: string }): Rival {
		return this.account(key).startRival(options, this.world.timers);
	}

	/** Sends a callback by hand, true, forged or broken. Resolves after its last attempt. */
	async sendCallback(url: string, callback: ManualCallback = {}): Promise<Delivery> {
		const { taskId = 'veo_task_example123', operation = 'get4k', index = 0 } = callback;
		const { body, contentType, headers, timestamp, retries = 0 } = callback;
		const { hmacKey: key = this.account().webhookHmacKey } = callback;
		const known = this.known(taskId, operation, index);
		const id = known?.id ?? taskId;
		const written = body ?? this.callbackBody(callback, id, operation, known);
		return await this.world.deliveries.send({
			...{ url, taskId, operation, index, contentType, headers, retries },
			body: typeof written === 'string' ? written : JSON.stringify(written),
			signing: key ? { key, taskId: callback.signedTaskId ?? id, timestamp } : undefined,
		});
	}

	/** Sends a callback again, `times` times in parallel. */
	async repeatCallback(delivery: Delivery, times = 1): Promise<Delivery[]> {
		return await this.world.deliveries.repeat(delivery, times);
	}

	/**
	 * Sends a callback again like someone who intercepted it: the signature is the old
	 * one, and the body may be another. Text is sent as it is, all else as JSON.
	 */
	async replayCallback(delivery: Delivery, body?: unknown): Promise<Delivery> {
		const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
		return await this.world.deliveries.replay(delivery, text);
	}

	/** Waits until every callback under way was received or given up. */
	async callbacksSettled(): Promise<void> {
		await this.world.deliveries.settled();
	}

	/** SHA-256, in hex, of the file behind one of the file host's URLs. */
	async fileSha256(url: string): Promise<string> {
		return await this.world.files.sha256(new URL(url).pathname);
	}

	/** Forgets all videos, requests, callbacks, faults and payments; the addresses stay. */
	reset(): void {
		this.world.reset();
	}

	/** Stops listening and sending. Nothing goes out afterwards. */
	async close(): Promise<void> {
		this.world.stop();
		await Promise.all(Object.values(this.hosts).map(async (host) => await host.close()));
	}

	/** The upgrade of a video, where there is one, else the video. */
	private known(taskId: string, operation: Operation, index: number): Work | undefined {
		const video = this.world.works.get(taskId)?.video;
		return video && (upgradeOf(video, operation, index) ?? video);
	}

	private callbackBody(
		{ code = 200, msg, videoUrls, imageUrls, form, index = 0 }: ManualCallback,
		taskId: string,
		operation: Operation,
		known?: Work,
	): unknown {
		const urls = known && this.world.files.urlsOf({ ...known, operation, index });
		const facts = {
			...{ operation, taskId, code, msg: msg ?? (code === 200 ? 'success' : TEXTS.timeout) },
			videoUrls: videoUrls ?? urls?.videos ?? [`${this.fileUrl}/v/example.mp4`],
			imageUrls: imageUrls ?? urls?.images ?? [`${this.fileUrl}/v/example.jpg`],
			originUrls: urls?.origins ?? [],
			resolution: urls?.resolution ?? '720p',
			creditsConsumed: operation === 'get4k' ? 120 : 60,
			request: { prompt: 'A dog playing in a park' },
		};
		return callbackBody(facts, form);
	}
}

/** Starts a simulator; it listens when this resolves. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const simulator = new Simulator(options);
	await simulator.listen();
	return simulator;
}
