import { randomBytes } from 'node:crypto';
import type { Account } from './account';
import type { Api, Failure, Operation, Scenario } from './scenario';

/** What was ordered, and who pays. */
export interface Ordered {
	/** The id it answers under, which its callback carries and signs. */
	id: string;
	operation: Operation;
	index: number;
	/** The order, where it came through the jobs API. */
	job?: { model: string; input: Record<string, unknown> };
	callBackUrl?: string;
	/** Undefined for videos that were put in by hand: every key sees them. */
	account?: Account;
	charged: number;
}

/** One piece of work: a video, or an upgrade of one. */
export interface Work extends Ordered {
	/** What it upgrades; a video's is itself. */
	video: Video;
	state: 'running' | 'success' | 'failed';
	/** Set when it is known from the start that the work will fail. */
	failure: Failure | undefined;
	startedAt: number;
	endedAt: number | undefined;
}

/** A generation or extension, known from its order on. */
export interface Video extends Work {
	/** The one API that knows it; both know what was put in by hand. */
	api: Api | undefined;
	scenario: Scenario;
	/** The fields of the request that made it. */
	request: Record<string, unknown>;
	upgrades: Work[];
}

export function newId(prefix: string): string {
	return `${prefix}_${randomBytes(8).toString('hex')}`;
}

/** The newest upgrade of one video, of one API if told so. */
export function upgradeOf(
	video: Video,
	operation: Operation,
	index: number,
	api?: Api,
): Work | undefined {
	return video.upgrades.findLast(
		(work) =>
			work.operation === operation &&
			work.index === index &&
			(api === undefined || (api === 'jobs') === (work.job !== undefined)),
	);
}

/** Longest delay Node's timers take; beyond it they fire at once. */
const LONGEST = 2 ** 31 - 1;

/** All pending timers of a simulator, so that none fires after a reset or the end. */
export class Timers {
	private readonly pending = new Set<NodeJS.Timeout>();

	/** Runs `action` after `ms` milliseconds; never, when that is beyond what a timer can hold. */
	after(ms: number, action: () => void): void {
		if (ms > LONGEST) return;
		const timer = setTimeout(() => {
			this.pending.delete(timer);
			action();
		}, ms);
		this.pending.add(timer);
	}

	clear(): void {
		for (const timer of this.pending) clearTimeout(timer);
		this.pending.clear();
	}
}
