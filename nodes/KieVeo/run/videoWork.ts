import type { Gate } from './gate';
import type { VideoRequest } from '../kie/videoRequest';
import { isUnfinished, submitVideo, waitByPolling, type Outcome } from './videoRun';
import type { StoredFile } from '../files/download';
import type { Connection } from '../kie/connection';
import { differentCallbackError } from '../messages/errors';
import type { VideoOptions, WaitMode } from '../actions/parameters';
import type { Work } from './itemRun';

export type Result = Extract<Outcome, { kind: 'result' }>;

export interface VideoWorkOptions extends VideoOptions {
	waitMode: WaitMode;
	/** Set when the video is wanted as a file, too. */
	download?: (result: Result) => Promise<StoredFile>;
	/** Asked once all videos are submitted. */
	isSuspending: () => boolean;
	/** Bound how much of each goes on at the same time. */
	gates: { uploads: Gate; polls: Gate; downloads: Gate };
}

/** One video, for every input item that asks for it: prepared, submitted, waited for, downloaded. */
export class VideoWork implements Work {
	/** Unset until submitted. */
	result?: Result;
	/** Milliseconds since the epoch; 0 until submitted. */
	submittedAt = 0;
	file?: StoredFile;
	readonly phases = [
		async () => await this.prepare(),
		async () => await this.submit(),
		async () => await this.finish(),
	];

	constructor(
		public request: VideoRequest,
		private readonly connection: Connection,
		private readonly options: VideoWorkOptions,
	) {}

	get key(): string | null {
		return this.request.key;
	}

	/** The task an error tells of. While an extension has none, the one to extend. */
	get taskId(): string | null {
		const { taskId, extendedTaskId } = this.request.subject;
		return this.result?.result.taskId ?? taskId ?? extendedTaskId ?? null;
	}

	get submittedTaskId(): string | null {
		// Asking for a state submits nothing.
		if (this.request.subject.operation === 'get') return null;
		return this.result?.result.taskId ?? null;
	}

	get index(): number | null {
		return this.request.subject.index;
	}

	/** Seconds. */
	get timeout(): number {
		return this.options.timeout;
	}

	get isFinished(): boolean {
		return this.result?.result.status === 'success';
	}

	get isUnfinished(): boolean {
		return this.result !== undefined && isUnfinished(this.result);
	}

	/** Kie is asked once, by this work; it is to download and to report what the other item wants, too. */
	join({ request, options }: VideoWork): void {
		// The addresses of a suspended execution differ, but lead to the same place.
		if (options.waitMode !== 'callback' && request.callBackUrl !== undefined) {
			if (this.request.callBackUrl === undefined) this.request = request;
			if (this.request.callBackUrl !== request.callBackUrl) throw differentCallbackError();
		}
		this.options.download ??= options.download;
	}

	private async prepare(): Promise<void> {
		await this.options.gates.uploads.run(
			async () => await this.request.prepare?.(this.connection.client),
		);
	}

	private async submit(): Promise<void> {
		const submit = async () => await submitVideo(this.connection, this.request);
		// A state is only read: nothing else bounds how many are asked for at once.
		const { polls } = this.options.gates;
		this.settle(await (this.request.subject.operation === 'get' ? polls.run(submit) : submit()));
		this.submittedAt = this.connection.clock.now();
	}

	private async finish(): Promise<void> {
		const { waitMode, download, gates, isSuspending } = this.options;
		if (this.result && this.isUnfinished && waitMode === 'poll') {
			const { submittedAt } = this;
			const wait = { ...this.options, outcome: this.result, submittedAt, gate: gates.polls };
			this.settle(await waitByPolling(this.connection, this.request, wait));
		}
		const { result } = this;
		if (result && this.isFinished && download && !isSuspending()) {
			this.file = await gates.downloads.run(async () => await download(result));
		}
	}

	private settle(outcome: Outcome): void {
		if (outcome.kind === 'error') throw outcome.error;
		this.result = outcome;
	}
}
