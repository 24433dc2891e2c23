import type { StoredFile } from '../files/download';
import type { Order } from '../kie/api';
import type { Connection } from '../kie/connection';
import type { ImageFile } from '../kie/http/multipart';
import { differentCallbackError, uploadRejectedError } from '../messages/errors';
import type { Gate } from './gate';
import type { Work } from './itemRun';
import { isUnfinished, submitVideo, subjectOf, waitByPolling, type VideoRun } from './videoRun';

/** How the node gets a result. */
export type WaitMode = 'none' | 'poll' | 'callback';

/** The Options collection, with defaults filled in. Durations in seconds. */
export interface VideoOptions {
	pollInterval: number;
	timeout: number;
	onTimeout: 'error' | 'continue';
	simplify: boolean;
}

export interface VideoWorkOptions extends VideoOptions {
	waitMode: WaitMode;
	/** Images of a new video that have to be uploaded first. */
	images: ImageFile[];
	/** Set when the video is wanted as a file, too. */
	download?: (run: VideoRun) => Promise<StoredFile>;
	/** Bound how much of each happens at the same time. */
	gates: { uploads: Gate; polls: Gate; downloads: Gate };
}

/** One video, for every input item that asks for it: prepared, submitted, waited for, downloaded. */
export class VideoWork implements Work {
	/** Unset until submitted. */
	run?: VideoRun;
	/** Milliseconds since the epoch; 0 until submitted. */
	submittedAt = 0;
	file?: StoredFile;

	constructor(
		public order: Order,
		private readonly connection: Connection,
		private readonly options: VideoWorkOptions,
	) {}

	get key(): string | null {
		const { order } = this;
		switch (order.kind) {
			case 'creation':
				return null;
			case 'upgrade':
				return JSON.stringify([order.taskId, order.index]);
			case 'state':
				return order.taskId;
		}
	}

	/** The task an error names. While an extension has none, the one to extend. */
	get taskId(): string | null {
		const { taskId, extendedTaskId } = subjectOf(this.order);
		return this.run?.result.taskId ?? taskId ?? extendedTaskId ?? null;
	}

	get submittedTaskId(): string | null {
		// Asking for a state submits nothing.
		return this.order.kind === 'state' ? null : (this.run?.result.taskId ?? null);
	}

	get index(): number | null {
		return subjectOf(this.order).index;
	}

	/** Kie's code for the submission. */
	get code(): number | null {
		return this.run?.result.code ?? null;
	}

	/** Seconds. */
	get timeout(): number {
		return this.options.timeout;
	}

	get isFinished(): boolean {
		return this.run?.result.status === 'success';
	}

	get isUnfinished(): boolean {
		return this.run !== undefined && isUnfinished(this.run);
	}

	/** Kie is asked once, by this work; it is to download and to report what the other item wants, too. */
	join({ order, options }: VideoWork): void {
		// The addresses of a suspended execution differ, but lead to the same place.
		if (options.waitMode !== 'callback') this.joinCallback(order);
		this.options.download ??= options.download;
	}

	private joinCallback(other: Order): void {
		if (other.kind === 'state' || other.callBackUrl === undefined) return;
		const own = this.order.kind === 'state' ? undefined : this.order.callBackUrl;
		if (own === undefined) this.order = other;
		else if (own !== other.callBackUrl) throw differentCallbackError();
	}

	/** What can be done, and can fail, before anything is paid for: uploads the images one after the other. */
	async prepare(): Promise<void> {
		const { images, gates } = this.options;
		const { order } = this;
		if (images.length === 0 || order.kind !== 'creation') return;
		const imageUrls = await gates.uploads.run(async () => await this.upload(images));
		this.order = { ...order, parameters: { ...order.parameters, imageUrls } };
	}

	async submit(): Promise<void> {
		const { waitMode, timeout } = this.options;
		const { clock } = this.connection;
		const deadline = waitMode === 'none' ? undefined : clock.now() + timeout * 1000;
		const submit = async () => await submitVideo(this.connection, this.order, deadline);
		// A state is only read: nothing else bounds how many are asked for at once.
		const { polls } = this.options.gates;
		this.run = await (this.order.kind === 'state' ? polls.run(submit) : submit());
		this.submittedAt = clock.now();
	}

	/** @param isSuspending whether the file is to wait until the execution is resumed */
	async finish(isSuspending: boolean): Promise<void> {
		const { waitMode, download, gates } = this.options;
		if (this.run && this.isUnfinished && waitMode === 'poll') {
			const wait = { ...this.options, submitted: this.run, submittedAt: this.submittedAt };
			this.run = await waitByPolling(this.connection, this.order, { ...wait, gate: gates.polls });
		}
		const { run } = this;
		if (run && this.isFinished && download && !isSuspending) {
			this.file = await gates.downloads.run(async () => await download(run));
		}
	}

	private async upload(images: ImageFile[]): Promise<string[]> {
		const urls: string[] = [];
		for (const image of images) {
			const answer = await this.connection.api.uploadImage(image);
			const { meaning } = answer;
			if (meaning.kind !== 'success') throw uploadRejectedError(meaning, answer);
			urls.push(meaning.url);
		}
		return urls;
	}
}
