import type { Rival, RivalOptions } from './account';
import { answerApi, operationOf } from './apiHost';
import type { Delivery } from './callbacks/deliveries';
import { callbackBody, type CallbackForm } from './callbacks/form';
import { matches } from './faults';
import type { JournalEntry, JournalFilter } from './journal';
import { TEXTS } from './kieTexts';
import { statusPage } from './page';
import { textReply } from './reply';
import type { Operation } from './scenario';
import { HostServer } from './server';
import { answerUpload } from './uploadHost';
import { upgradeOf, type Work } from './work';
import { type SimulatorOptions, World } from './world';

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
	/** Signs with this key; null sends it unsigned. Default: the first account's key. */
	hmacKey?: string | null;
	/** Attempts after a failed one. Default 0. */
	retries?: number;
}

/** A running stand-in for Kie.ai on loopback. */
export class Simulator extends World {
	apiUrl = '';
	uploadUrl = '';
	private readonly hosts = {
		api: new HostServer(this, 'api', {
			answer: (incoming) => answerApi(this, incoming),
			operationOf,
			page: ({ method, path }) =>
				method === 'GET' && path === '/'
					? textReply(statusPage(this), 200, 'text/html;charset=UTF-8')
					: undefined,
		}),
		upload: new HostServer(this, 'upload', {
			answer: async (incoming) => await answerUpload(this, incoming),
		}),
		file: new HostServer(this, 'file', {
			answer: ({ method, path }) => this.files.answer(method, path),
		}),
	};

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

	get fileUrl(): string {
		return this.files.url;
	}

	/** The requests so far that are meant, oldest first. */
	requests(filter: JournalFilter = {}): JournalEntry[] {
		return this.journal.filter((entry) => matches(entry, filter));
	}

	/** Requests for new work, also those refused or turned away by the rate limit. */
	submissions(filter?: JournalFilter): JournalEntry[] {
		return this.requests(filter).filter(({ submission }) => submission);
	}

	/** Requests that cost credits. */
	paid(filter?: JournalFilter): JournalEntry[] {
		return this.requests(filter).filter(({ creditsCharged }) => creditsCharged > 0);
	}

	/** Callbacks sent so far, with their attempts. */
	get deliveries(): readonly Delivery[] {
		return this.callbacks.entries;
	}

	/** Ids of the videos the simulator knows. */
	get taskIds(): string[] {
		return [...this.works.values()].filter((work) => work === work.video).map(({ id }) => id);
	}

	/** SHA-256, in hex, of the file behind one of the file host's URLs. */
	async fileSha256(url: string): Promise<string> {
		return await this.files.sha256(new URL(url).pathname);
	}

	/** Ends running work now, whatever its timing. */
	finish(taskId: string, operation: Operation = 'generate', index = 0): void {
		const work = this.known(taskId, operation, index);
		if (work?.operation !== operation) {
			throw new Error(`The simulator has no ${operation} of ${taskId} ${index}`);
		}
		this.end(work);
	}

	/** Lets another client take a part of an account's rate limit. */
	rival({ key, ...options }: RivalOptions & { key: string }): Rival {
		return this.account(key).startRival(options, this.timers);
	}

	/** Sends a callback by hand, true, forged or broken. Resolves after its last attempt. */
	async sendCallback(url: string, callback: ManualCallback = {}): Promise<Delivery> {
		const { taskId = 'veo_task_example123', operation = 'get4k', index = 0 } = callback;
		const { body, contentType, retries = 0 } = callback;
		const { hmacKey: key = this.account().webhookHmacKey } = callback;
		const known = this.known(taskId, operation, index);
		const id = known?.id ?? taskId;
		const written = body ?? this.writtenByHand(callback, id, known);
		return await this.callbacks.send({
			...{ url, taskId, operation, index, contentType, retries },
			body: typeof written === 'string' ? written : JSON.stringify(written),
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

	/** The upgrade of a video, where there is one, else the video. */
	private known(taskId: string, operation: Operation, index: number): Work | undefined {
		const video = this.works.get(taskId)?.video;
		return video && (upgradeOf(video, operation, index) ?? video);
	}

	private writtenByHand(callback: ManualCallback, taskId: string, known?: Work): unknown {
		const { operation = 'get4k', index = 0, code = 200, form } = callback;
		const { msg = code === 200 ? 'success' : TEXTS.timeout } = callback;
		const urls = known && this.files.urlsOf({ ...known, operation, index });
		const { videos = [`${this.fileUrl}/v/example.mp4`] } = urls ?? {};
		const { images = [`${this.fileUrl}/v/example.jpg`] } = urls ?? {};
		const { videoUrls = videos, imageUrls = images } = callback;
		const originUrls = urls?.origins ?? [];
		const more = { originUrls, resolution: urls?.resolution ?? '720p', creditsConsumed: 120 };
		const request = { prompt: 'A dog playing in a park' };
		const facts = { operation, taskId, code, msg, videoUrls, imageUrls, ...more, request };
		return callbackBody(facts, form);
	}
}

/** Starts a simulator; it listens when this resolves. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const simulator = new Simulator(options);
	await simulator.listen();
	return simulator;
}
