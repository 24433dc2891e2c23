import type { IExecuteFunctions, IWebhookFunctions, Logger } from 'n8n-workflow';

import { systemClock, type Clock } from '../kie/http/clock';
import { Gate } from '../run/gate';
import { callOwnAddress, type Send } from './ownAddress';
import { nextCheck, type Check, type WatchPlan } from './schedule';
import { MOST_SUSPENSIONS, nameOf, type SuspensionPlace } from './suspension';
import { withWakeUp, type CheckKind, type WakeUp } from './wakeUp';

/** Parts of n8n's contexts. Only one set is kept at a time, the newest, whatever it belongs to. */
export type WatchContext = Pick<IExecuteFunctions | IWebhookFunctions, 'helpers' | 'logger'>;

/** A suspension, and how to watch it. */
export interface Assignment {
	/** The resume address. */
	url: string;
	key: Buffer;
	plan: WatchPlan;
}

interface Watched extends Assignment {
	/** This process's last check, and its time. */
	last: Check | null;
	/** The time of another process's last check. */
	lastElsewhere: number;
	/** When a callback makes it check out of turn. */
	soonAt: number | null;
	/** Whether a wake-up is in flight. */
	isBusy: boolean;
}

/** Milliseconds between two ticks. */
const TICK_MS = 1_000;
/** Milliseconds within which an answer must arrive: Kie is asked about many videos meanwhile. */
const ANSWER_MS = 120_000;
/** The shortest pause between a callback and the check out of turn it causes: it may be delivered again first. */
const SOON_MS = 2_000;
/** Processes that received callbacks check at different moments: often the first check is the last. */
const SOON_SPREAD_MS = 30_000;
/** Hundreds of suspensions can be due at the same moment. */
const PARALLEL_WAKE_UPS = 10;

/**
 * Watches suspended executions: wakes each at its own address when it is due, until it is resumed or
 * its waiting time is over. Occupies no execution and no worker; one timer serves all suspensions of the
 * process, and runs only while there are any.
 */
export class Watch {
	/** By {@link nameOf}; the oldest first. */
	private readonly watched = new Map<string, Watched>();
	private readonly gate = new Gate(PARALLEL_WAKE_UPS);
	/** Origins that did not answer the last check. */
	private readonly unreachable = new Set<string>();
	/** An address that cannot be reached is logged once. */
	private readonly warned = new Set<string>();
	/** n8n's request helper can keep all data of its execution in memory, so only one is kept. */
	private newest: { send: Send; logger: Logger } | undefined;
	private isRunning = false;

	/** @param tick waits for about {@link TICK_MS} */
	constructor(
		private readonly clock: Pick<Clock, 'now' | 'random'>,
		private readonly tick: () => Promise<void>,
	) {}

	/** How many suspensions are watched. */
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

	/** Whether this process watches it and, as far as it knows, can reach it. */
	canCheck(place: SuspensionPlace): boolean {
		const entry = this.watched.get(nameOf(place));
		return entry !== undefined && !this.unreachable.has(new URL(entry.url).origin);
	}

	/** A callback came, and other processes may know more: one check out of turn collects it all. */
	checkSoon(place: SuspensionPlace): void {
		const entry = this.watched.get(nameOf(place));
		if (entry) entry.soonAt ??= this.clock.now() + SOON_MS + this.clock.random() * SOON_SPREAD_MS;
	}

	/** An execution was woken, by this process or another, which makes the next check unnecessary. */
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
			for (const [name, entry] of this.watched) this.checkWhenDue(name, entry);
		}
		this.newest = undefined;
		this.isRunning = false;
	}

	private checkWhenDue(name: string, entry: Watched): void {
		if (entry.isBusy) return;
		const now = this.clock.now();
		if (entry.soonAt !== null && now >= entry.soonAt) {
			entry.soonAt = null;
			return this.start(name, entry, 'reported');
		}
		const check = nextCheck(entry.plan, entry.last);
		if (check === null) this.watched.delete(name);
		if (check === null || now < check.at) return;
		const isSpared = entry.lastElsewhere > (entry.last?.at ?? 0) && check.kind !== 'final';
		// A delayed process makes the check that is due now, not all it has missed.
		entry.last = { at: now, kind: check.kind };
		if (!isSpared) this.start(name, entry, check.kind);
	}

	private start(name: string, entry: Watched, kind: CheckKind): void {
		entry.isBusy = true;
		void this.gate.run(async () => await this.wakeUp(name, entry, kind));
	}

	private async wakeUp(name: string, entry: Watched, kind: CheckKind): Promise<void> {
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
			`Kie.ai: n8n did not answer when it was called at its own address ${origin}. If this continues, executions whose callbacks are lost wait until 5 minutes after their Timeout, and output only what was ready immediately. Allow n8n to call N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n).`,
		);
	}
}

/** Unlike n8n-workflow's `sleep`, this timer does not keep a process alive that is shutting down. */
export async function tick(): Promise<void> {
	const signal = AbortSignal.timeout(TICK_MS);
	await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** Everything this process watches. */
export const watch = new Watch(systemClock, tick);
