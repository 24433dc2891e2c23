import { CancelledError, type Clock } from '../../../nodes/KieVeo/kie/http/clock';

/** A clock whose pauses take no time: each one moves `time` to its end, in the order of their ends. */
export class FakeClock implements Clock {
	time = 0;
	private readonly sleepers: Array<{ at: number; wake: () => void }> = [];
	private scheduled = false;

	now = () => this.time;
	elapsed = () => this.time;
	random = () => 1;

	async pause(ms: number, signal?: AbortSignal): Promise<void> {
		await new Promise<void>((wake) => {
			this.sleepers.push({ at: this.time + ms, wake });
			this.schedule();
		});
		if (signal?.aborted) throw new CancelledError();
	}

	/** Wakes the next sleeper once everything that can run without time passing has run. */
	private schedule(): void {
		if (this.scheduled) return;
		this.scheduled = true;
		setImmediate(() => {
			this.scheduled = false;
			this.sleepers.sort((a, b) => a.at - b.at);
			const next = this.sleepers.shift();
			if (!next) return;
			this.time = Math.max(this.time, next.at);
			next.wake();
			if (this.sleepers.length > 0) this.schedule();
		});
	}
}
