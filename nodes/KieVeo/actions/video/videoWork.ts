import type { Gate } from '../../completion/concurrency';
import type { VideoRequest } from '../../completion/videoRequest';
import { isUnfinished, submitVideo, waitByPolling, type Outcome } from '../../completion/videoRun';
import type { StoredFile } from '../../output/download';
import type { Connection } from '../../transport/connection';
import type { VideoOptions, WaitMode } from '../parameters';
import type { Work } from '../itemRun';

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
	file?: StoredFile;
	readonly phases = [
		async () => await this.prepare(),
		async () => await this.submit(),
		async () => await this.finish(),
	];

	constructor(
		readonly request: VideoRequest,
		private readonly connection: Connection,
		private readonly options: VideoWorkOptions,
	) {}

	get key(): string | null {
		return this.request.key;
	}

	get taskId(): string | null {
		return this.result?.result.taskId ?? this.request.subject.taskId;
	}

	get submittedTaskId(): string | null {
		// Asking for a state submits nothing.
		if (this.request.subject.operation === 'get') return null;
		return this.result?.result.taskId ?? null;
	}

	/** Seconds. */
	get timeout(): number {
		return this.options.timeout;
	}

	get isUnfinished(): boolean {
		return this.result !== undefined && isUnfinished(this.result);
	}

	private async prepare(): Promise<void> {
		await this.options.gates.uploads.run(
			async () => await this.request.prepare?.(this.connection.client),
		);
	}

	private async submit(): Promise<void> {
		this.settle(await submitVideo(this.connection, this.request));
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
		if (result?.result.status === 'success' && download && !isSuspending()) {
			this.file = await gates.downloads.run(async () => await download(result));
		}
	}

	/** Milliseconds since the epoch; 0 until submitted. */
	private submittedAt = 0;

	private settle(outcome: Outcome): void {
		if (outcome.kind === 'error') throw outcome.error;
		this.result = outcome;
	}
}
