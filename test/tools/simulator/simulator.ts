import type { Account } from './state/account';
import { answerApi, operationOf } from './api/host';
import { type CallbackForm, callbackBody } from './callbacks/form';
import { controlReply } from './control/host';
import type { Delivery } from './callbacks/deliveries';
import { type ArmedFault, type Fault, type Storm, stormFault } from './http/faults';
import type { JournalEntry, JournalFilter } from './http/journal';
import type { AddVideo, NextTask, SimulatorOptions } from './options';
import type { Operation, VideoScenario } from './state/scenario';
import { type Rival, type RivalOptions, startRival } from './state/rival';
import { HostServer } from './http/server';
import { answerUpload } from './upload/host';
import { type Upload, World, callbackTaskId } from './state/world';

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
	/** Claimed instead of the computed signature. */
	signature?: string;
	/** Attempts after a failed one. Default 0. */
	retries?: number;
}

/** A running stand-in for Kie.ai on loopback. */
export class Simulator {
	apiUrl = '';
	uploadUrl = '';
	fileUrl = '';
	private readonly world: World;
	private readonly hosts: { api: HostServer; upload: HostServer; file: HostServer };

	constructor(private readonly options: SimulatorOptions) {
		const world = new World(options);
		this.world = world;
		this.hosts = {
			api: new HostServer(world, 'api', {
				answer: (incoming) => answerApi(world, incoming),
				operationOf,
				control: (incoming) => controlReply(this, incoming),
			}),
			upload: new HostServer(world, 'upload', {
				answer: (incoming) => answerUpload(world, incoming),
			}),
			file: new HostServer(world, 'file', {
				answer: ({ method, path, headers }) => world.files.answer(method, path, headers.range),
			}),
		};
	}

	async listen(): Promise<void> {
		const { api = 0, upload = 0, file = 0 } = this.options.ports ?? {};
		try {
			this.fileUrl = await this.hosts.file.listen(file);
			this.uploadUrl = await this.hosts.upload.listen(upload);
			this.apiUrl = await this.hosts.api.listen(api);
		} catch (error) {
			await this.close();
			throw error;
		}
		this.world.fileUrl = this.fileUrl;
		this.world.reset();
	}

	/** All requests so far, oldest first. */
	get journal(): readonly JournalEntry[] {
		return this.world.journal.entries;
	}

	requests(filter?: JournalFilter): JournalEntry[] {
		return this.world.journal.requests(filter);
	}

	/** Requests for new work, also those refused or turned away by the rate limit. */
	submissions(filter?: JournalFilter): JournalEntry[] {
		return this.world.journal.submissions(filter);
	}

	/** Requests that cost credits. */
	paid(filter?: JournalFilter): JournalEntry[] {
		return this.world.journal.paid(filter);
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

	/** Ids of the tasks the simulator knows. */
	get taskIds(): string[] {
		return this.world.tasks.all().map(({ id }) => id);
	}

	/** Makes a task known, by default a finished video. Returns its id. */
	addVideo(video: AddVideo = {}): string {
		return this.world.addVideo(video);
	}

	/** Says how the task made by a coming generate or extend request behaves. */
	nextTask(task: NextTask): void {
		this.world.scriptNext(task);
	}

	/** Changes what tasks do that become known from now on. */
	setDefaults(differences: VideoScenario): void {
		this.world.setDefaults(differences);
	}

	/** Ends running work now, whatever its timing. */
	finish(taskId: string, operation: Operation = 'generate', index = 0): void {
		const task = this.world.tasks.get(taskId);
		const job =
			task?.generation.operation === operation
				? task.generation
				: task && this.world.tasks.upgrade(task, operation, index);
		if (!task || !job) throw new Error(`The simulator has no ${operation} of ${taskId} ${index}`);
		this.world.tasks.end(task, job);
	}

	/** Orders a fault; hits one request unless `times` says otherwise. */
	fault(fault: Fault): ArmedFault {
		return this.world.faults.add(fault);
	}

	/** Turns away all requests of a kind for a while; the journal calls it `storm`. */
	storm(storm: Storm): ArmedFault {
		return this.fault(stormFault(storm));
	}

	/** Lets another client take a part of an account's rate limit. Default: the first account's. */
	rival({ key, ...options }: RivalOptions & { key?: string }): Rival {
		return startRival(this.account(key), options, this.world);
	}

	/** Sends a callback by hand, true, forged or broken. Resolves after its last attempt. */
	async sendCallback(url: string, callback: ManualCallback = {}): Promise<Delivery> {
		const { taskId = 'veo_task_example123', operation = 'get4k', index = 0 } = callback;
		const key = callback.hmacKey === undefined ? this.account().webhookHmacKey : callback.hmacKey;
		const known = this.known(taskId, operation, index);
		const signing = key
			? {
					key,
					taskId: callback.signedTaskId ?? known?.id ?? taskId,
					timestamp: callback.timestamp,
					signature: callback.signature,
				}
			: undefined;
		return await this.world.deliveries.send({
			url,
			taskId,
			operation,
			index,
			body: this.manualBody(callback, known),
			contentType: callback.contentType ?? 'application/json',
			headers: callback.headers ?? {},
			signing,
			retries: callback.retries ?? 0,
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

	/** Forgets all tasks, requests, callbacks, faults and payments; the addresses stay. */
	reset(): void {
		for (const host of Object.values(this.hosts)) host.releaseHeld();
		this.world.reset();
	}

	/** Stops listening and sending. Nothing goes out afterwards. */
	async close(): Promise<void> {
		this.world.stop();
		await Promise.all(Object.values(this.hosts).map(async (host) => await host.close()));
	}

	private known(taskId: string, operation: Operation, index: number): KnownWork | undefined {
		const task = this.world.tasks.get(taskId);
		if (!task) return undefined;
		const job = {
			...(this.world.tasks.upgrade(task, operation, index) ?? task.generation),
			operation,
			index,
		};
		return { id: callbackTaskId(task, job), urls: this.world.urlsOf(task, job) };
	}

	private manualBody(callback: ManualCallback, known: KnownWork | undefined): string {
		if (typeof callback.body === 'string') return callback.body;
		if (callback.body !== undefined) return JSON.stringify(callback.body);
		const { operation = 'get4k', code = 200, taskId = 'veo_task_example123' } = callback;
		const facts = {
			operation,
			taskId: known?.id ?? taskId,
			code,
			msg: callback.msg ?? (code === 200 ? 'success' : 'Internal Error - Timeout'),
			videoUrls: callback.videoUrls ?? known?.urls.videos ?? [`${this.fileUrl}/v/example.mp4`],
			imageUrls: callback.imageUrls ?? known?.urls.images ?? [`${this.fileUrl}/v/example.jpg`],
			originUrls: known?.urls.origins ?? [],
			resolution: known?.urls.resolution ?? '720p',
			creditsConsumed: operation === 'get4k' ? 120 : 60,
			request: { prompt: 'A dog playing in a park' },
		};
		return JSON.stringify(callbackBody(facts, callback.form));
	}
}

interface KnownWork {
	/** The id the callback carries. */
	id: string;
	urls: ReturnType<World['urlsOf']>;
}

/** Starts a simulator; it listens when this resolves. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const simulator = new Simulator(options);
	await simulator.listen();
	return simulator;
}
