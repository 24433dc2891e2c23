import type { IExecuteFunctions, IWebhookFunctions, Logger } from 'n8n-workflow';

import { systemClock, type Clock } from '../kie/http/clock';
import { Gate } from '../run/gate';
import { callOwnAddress, type Send } from './ownAddress';
import { nextLook, type Look, type WatchPlan } from './schedule';
import { MOST_SUSPENSIONS, nameOf, type SuspensionPlace } from './suspension';
import { withWakeUp, type WakeUp } from './wakeUp';

/** Of n8n's contexts: of these parts one set at a time is kept, the newest, whatever it serves. */
export type WatchContext = Pick<IExecuteFunctions | IWebhookFunctions, 'helpers' | 'logger'>;

/** A suspension, and how to look after it. */
export interface Assignment {
	/** The resume address. */
	url: string;
	key: Buffer;
	plan: WatchPlan;
}

interface Watched extends Assignment {
	/** The last look of this process, with the time at which it was made. */
	last: Look | null;
	/** When another process last did. */
	lastElsewhere: number;
	/** When a report makes it look out of turn. */
	soonAt: number | null;
	/** Whether a wake-up is under way. */
	isBusy: boolean;
}

/** Milliseconds between two looks at the clock. */
const TICK_MS = 1_000;
/** Milliseconds until an answer must be there: Kie is asked about many videos meanwhile. */
const ANSWER_MS = 120_000;
/** After a report, a look out of turn comes this late at least: until then it may be delivered again. */
const SOON_MS = 2_000;
/** The processes that received reports look at different moments: the first look may be the last one. */
const SOON_SPREAD_MS = 30_000;
/** Hundreds of suspensions can be due at the same moment. */
const PARALLEL_WAKE_UPS = 10;

/**
 * Looks after suspended executions: wakes each up by its own address when it is due, until it is resumed or
 * its waiting time is over. Holds no execution and no worker; one timer serves all suspensions of the
 * process, and runs only while there are some.
 */
export class Watch {
	/** By {@link nameOf}; the oldest first. */
	private readonly watched = new Map<string, Watched>();
	private readonly gate = new Gate(PARALLEL_WAKE_UPS);
	/** Origins that did not answer the last look. */
	private readonly unreachable = new Set<string>();
	/** An address that cannot be reached is logged once. */
	private readonly warned = new Set<string>();
	/** n8n's request helper can hold the whole data of its execution: only one is kept. */
	private newest: { send: Send; logger: Logger } | undefined;
	private isRunning = false;

	/** @param tick waits for about {@link TICK_MS} */
	constructor(
		private readonly clock: Pick<Clock, 'now' | 'random'>,
		private readonly tick: () => Promise<void>,
	) {}

	/** How many suspensions are looked after. */
	get size(): number {
		return this.watched.size;
	}

	begin({ helpers, logger }: WatchContext, place: SuspensionPlace, assignment: Assignment): void {
		this.newest = { send: helpers.httpRequest, logger };
		const name = nameOf(place);
		this.watched.delete(name);
		const fresh = { last: null, lastElsewhere: 0, soonAt: null, isBusy: false };
		this.watched.set(name, { ...assignment, ...fresh });
		const [oldest] = this.watched.keys();
		if (this.watched.size > MOST_SUSPENSIONS && oldest !== undefined) this.watched.delete(oldest);
		if (!this.isRunning) void this.run();
	}

	has(place: SuspensionPlace): boolean {
		return this.watched.has(nameOf(place));
	}

	/** Whether this process looks after it and, as far as it knows, can reach it. */
	canLook(place: SuspensionPlace): boolean {
		const entry = this.watched.get(nameOf(place));
		return entry !== undefined && !this.unreachable.has(new URL(entry.url).origin);
	}

	/** A report came, and other processes may know more: one look out of turn brings all together. */
	lookSoon(place: SuspensionPlace): void {
		const entry = this.watched.get(nameOf(place));
		if (entry) entry.soonAt ??= this.clock.now() + SOON_MS + this.clock.random() * SOON_SPREAD_MS;
	}

	/** An execution was woken up, by this process or another one, which spares the next look. */
	noteWakeUp(place: SuspensionPlace, { at, kind }: WakeUp): void {
		const entry = this.watched.get(nameOf(place));
		if (entry && kind !== 'reported' && at !== entry.last?.at) entry.lastElsewhere = at;
	}

	end(place: SuspensionPlace): void {
		this.watched.delete(nameOf(place));
	}

	private async run(): Promise<void> {
		this.isRunning = true;
		while (this.watched.size > 0) {
			await this.tick();
			for (const [name, entry] of this.watched) this.lookWhenDue(name, entry);
		}
		this.newest = undefined;
		this.isRunning = false;
	}

	private lookWhenDue(name: string, entry: Watched): void {
		if (entry.isBusy) return;
		const now = this.clock.now();
		if (entry.soonAt !== null && now >= entry.soonAt) {
			entry.soonAt = null;
			return this.start(name, entry, 'reported');
		}
		const look = nextLook(entry.plan, entry.last);
		if (look === null) this.watched.delete(name);
		if (look === null || now < look.at) return;
		const isSpared = entry.lastElsewhere > (entry.last?.at ?? 0) && look.kind !== 'final';
		// A process that was held up makes the look that is due now, not all it has missed.
		entry.last = { at: now, kind: look.kind };
		if (!isSpared) this.start(name, entry, look.kind);
	}

	private start(name: string, entry: Watched, kind: Look['kind'] | 'reported'): void {
		entry.isBusy = true;
		void this.gate.run(async () => await this.wakeUp(name, entry, kind));
	}

	private async wakeUp(
		name: string,
		entry: Watched,
		kind: Look['kind'] | 'reported',
	): Promise<void> {
		const { url, key } = entry;
		const { newest } = this;
		// Resumed while it waited for its turn.
		if (this.watched.get(name) !== entry || newest === undefined) return;
		const at = this.clock.now();
		if (kind !== 'reported') entry.last = { at, kind };
		const address = withWakeUp(url, { kind, at }, key);
		const found = await callOwnAddress(newest.send, address, ANSWER_MS);
		entry.isBusy = false;
		if (found === 'over' && this.watched.get(name) === entry) this.watched.delete(name);
		const { origin } = new URL(url);
		if (found !== 'unreachable') this.unreachable.delete(origin);
		else this.warn(newest.logger, origin);
	}

	private warn(logger: Logger, origin: string): void {
		this.unreachable.add(origin);
		if (this.warned.has(origin)) return;
		this.warned.add(origin);
		logger.warn(
			`Kie.ai Veo: n8n did not answer when it was called by its own address ${origin}. If this lasts, executions whose callbacks get lost wait until 5 minutes after their time-out, and give nothing but what was ready at once. Allow n8n to call N8N_WEBHOOK_URL (in older n8n WEBHOOK_URL).`,
		);
	}
}

/** Unlike `sleep` of n8n-workflow, this timer does not keep a process alive that is shutting down. */
export async function tick(): Promise<void> {
	const signal = AbortSignal.timeout(TICK_MS);
	await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** All that this process looks after. */
export const watch = new Watch(systemClock, tick);
