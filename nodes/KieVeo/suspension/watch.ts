import { createHmac } from 'crypto';

import { makeToken, readToken } from '../addresses/token';
import type { CallingContext, Connection } from '../kie/connection';
import { systemClock, type Clock } from '../kie/http/clock';
import { BoundedMap, isJsonObject, type JsonObject } from '../values';
import { Gate } from '../kie/http/turns';
import { goneLine, unreachedLine } from '../messages/run';
import { traitsOf } from '../operations';
import { isSigned } from './n8n';
import {
	endSuspension,
	MOST_SUSPENSIONS,
	nameOf,
	openVideos,
	willBeReported,
	type Suspension,
	type SuspensionPlace,
} from './state';

/* When a suspended execution is checked. Times in milliseconds since the epoch. */

/**
 * - `unreported`: Kie is asked about what may never be reported.
 * - `all`: about every open video.
 * - `final`: the same when the waiting time is over; whatever is still open has run out of time.
 * - `reported`: after a callback, or out of turn because another process may have received one that is missing here:
 *   about what may have been missed.
 * - `ping`: only asks whether the execution still waits.
 */
const KINDS = ['unreported', 'all', 'final', 'reported', 'ping'] as const;

export interface Check {
	at: number;
	kind: (typeof KINDS)[number];
}

/** A suspension, and how it is watched. */
interface Watched {
	place: SuspensionPlace;
	/** The resume address. */
	url: string;
	addressKey: Buffer;
	/** When this process started to watch it. */
	since: number;
	/** Milliseconds after which a callback is overdue. */
	overdueAfter: number;
	/** Whether it waits for something that may never be reported: Kie is asked about that earlier. */
	hasUnreported: boolean;
	/** When the waiting time ends. */
	deadline: number;
	/** This process's last check, and its time. */
	last: Check | null;
	/** The time of another process's last check. */
	lastElsewhere: number;
	/** A check out of turn. */
	soon: Check | null;
}

/** Kie is first asked about what may never be reported after this time. */
const UNREPORTED_AFTER_MS = 60_000;
/** The shortest pause between two checks. */
const SHORTEST_PAUSE_MS = 5_000;
/** The pause before the final check is repeated, in case n8n could not handle it. */
const FINAL_PAUSE_MS = 60_000;
const MOST_FINAL_CHECKS = 4;

/**
 * The check after `last`: when callbacks are overdue, then with doubling pauses, and at the
 * deadline. With a short waiting time the checks are closer together, the first one halfway. Pure.
 *
 * @param last the last check and its time; `null` before the first one
 * @returns `null` after the last one
 */
export function nextCheck(
	plan: Pick<Watched, 'since' | 'overdueAfter' | 'hasUnreported' | 'deadline'>,
	last: Check | null,
): Check | null {
	const { since, hasUnreported, deadline } = plan;
	if (last?.kind === 'final') {
		const made = Math.floor((last.at - deadline) / FINAL_PAUSE_MS) + 1;
		const at = deadline + made * FINAL_PAUSE_MS;
		return made < MOST_FINAL_CHECKS ? { at, kind: 'final' } : null;
	}
	const wait = deadline - since;
	const after = last?.at ?? since;
	const overdueAt = since + Math.min(plan.overdueAfter, wait / 2);
	const early = firstAfter(after, since, Math.min(UNREPORTED_AFTER_MS, wait / 4));
	const isEarly = hasUnreported && early <= overdueAt - SHORTEST_PAUSE_MS;
	const at = isEarly ? early : firstAfter(after, since, overdueAt - since);
	// A check shortly before the deadline would only ask twice.
	return at > deadline - Math.min(UNREPORTED_AFTER_MS / 2, wait / 8)
		? { at: deadline, kind: 'final' }
		: { at, kind: isEarly ? 'unreported' : 'all' };
}

/** The first time later than `last` among `since + first` and those that follow after doubling pauses. */
function firstAfter(last: number, since: number, first: number): number {
	let at = since + first;
	for (let pause = Math.max(first / 4, SHORTEST_PAUSE_MS); at <= last; pause *= 2) at += pause;
	return Math.round(at);
}

/* How it is checked: by a call of its own address. */

/** The query parameter that turns a call to the resume address into a wake-up. */
export const WAKE_UP_PARAMETER = 'kieVeoWakeUp';

/** Our own call of a suspended execution, and when it was sent. */
export interface WakeUp extends Check {
	place: SuspensionPlace;
}

/** Milliseconds by which the clocks of two processes of one n8n may differ. */
const TOLERANCE_MS = 60_000;
/** n8n's own answers about an execution that is not waiting, and about one that it does not have. */
const NOT_WAITING = /\bexecution "/i;
const NOT_THERE = /\bexecution ".*" does not exist/i;

/**
 * The key that proves a wake-up of one execution. Derived from the key of callback addresses, but whatever is
 * signed with it is only sent to n8n's own address: a callback address, which Kie knows, is useless here,
 * and so is a wake-up of another execution.
 */
function wakeUpKey(addressKey: Buffer, execution: string): Buffer {
	// The colon separates it from what is signed in a callback address: base64url text.
	return createHmac('sha256', addressKey).update(`wake-up:${execution}`).digest();
}

/** An address whose call only tells whether the execution still waits. */
export function pingUrl(
	url: string,
	place: SuspensionPlace,
	{ clock, addressKey }: Pick<Connection, 'clock' | 'addressKey'>,
): string {
	return withWakeUp(url, { kind: 'ping', at: clock.now(), place }, addressKey);
}

/** @param url the resume address of the suspension */
export function withWakeUp(url: string, wakeUp: WakeUp, addressKey: Buffer): string {
	const address = new URL(url);
	const key = wakeUpKey(addressKey, wakeUp.place.execution);
	address.searchParams.set(WAKE_UP_PARAMETER, makeToken(wakeUp, key));
	return address.href;
}

/**
 * Reads what {@link withWakeUp} added. Pure; never throws.
 *
 * @param value the query parameter as the web server parsed it
 * @returns `foreign` if it was not made with this key for this execution; `old` if it was captured and sent again,
 * or the clocks differ
 */
export function readWakeUp(
	value: unknown,
	{ addressKey, execution, now }: { addressKey: Buffer; execution: string; now: number },
): WakeUp | 'foreign' | 'old' {
	const content = readToken(value, wakeUpKey(addressKey, execution));
	const { kind, at, place } = isJsonObject(content) ? content : {};
	const known = KINDS.find((one) => one === kind);
	if (known === undefined || typeof at !== 'number' || !isPlace(place)) return 'foreign';
	return Math.abs(now - at) <= TOLERANCE_MS ? { kind: known, at, place } : 'old';
}

function isPlace(value: unknown): value is SuspensionPlace {
	if (!isJsonObject(value)) return false;
	const { execution, node, round } = value;
	return typeof execution === 'string' && typeof node === 'string' && typeof round === 'number';
}

/**
 * Calls a suspended execution at its own address, from within n8n. Never throws.
 *
 * @param timeout milliseconds within which the answer must arrive
 * @returns nothing when no answer came
 */
export async function callOwnAddress(
	{ helpers }: Pick<CallingContext, 'helpers'>,
	url: string,
	timeout: number,
): Promise<JsonObject> {
	const reply: unknown = await helpers
		.httpRequest({
			method: 'POST',
			url,
			body: {},
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout,
		})
		.catch(() => undefined);
	return isJsonObject(reply) ? reply : {};
}

/**
 * What the answer says about the execution. `more`: it waits, and a check was cut short; `over`: it was resumed or has
 * ended; `gone`: n8n does not have it.
 */
export function stateIn({
	statusCode,
	body,
}: JsonObject): 'waits' | 'more' | 'over' | 'gone' | 'unreachable' {
	const { waiting, message } = isJsonObject(body) ? body : {};
	// Our own answer, whatever its status.
	if (typeof waiting === 'boolean') {
		return !waiting ? 'over' : statusCode === 503 ? 'more' : 'waits';
	}
	// Anything else comes from something in front of n8n.
	if (typeof message !== 'string' || !NOT_WAITING.test(message)) return 'unreachable';
	return NOT_THERE.test(message) ? 'gone' : 'over';
}

/**
 * Whether n8n itself has answered. While the execution runs, n8n says that it does, refuses its token, or, as long as
 * nothing of it is stored, reports a fault of its own with code 0.
 */
function isOfN8n(reply: JsonObject): boolean {
	const { message, code, error } = isJsonObject(reply.body) ? reply.body : {};
	if (error === 'Invalid token' || (code === 0 && typeof message === 'string')) return true;
	return stateIn(reply) !== 'unreachable';
}

/** What is in front of n8n and would meet Kie in its place, in words; `null` if nothing is known to be. */
function obstacleIn({ statusCode, headers }: JsonObject): string | null {
	if (typeof statusCode !== 'number') return null;
	const { location } = isJsonObject(headers) ? headers : {};
	if (statusCode >= 300 && statusCode < 400) {
		const target =
			typeof location === 'string' && URL.canParse(location) ? new URL(location) : null;
		return `it is redirected (${statusCode})${target ? ` to ${target.origin}` : ''}`;
	}
	if (statusCode === 401) return 'it asks for a password (401)';
	const isPage = statusCode < 300 || statusCode === 404;
	return isPage ? `what answers there is not n8n (${statusCode})` : null;
}

/** Milliseconds within which n8n must answer before anything is paid for. */
const PREFLIGHT_MS = 10_000;
/** Milliseconds that n8n may take to start. */
const START_MS = 20_000;
/** Milliseconds between two ticks. */
const TICK_MS = 1_000;
/** Milliseconds within which an answer must arrive: Kie is asked about many videos meanwhile. */
const ANSWER_MS = 120_000;
/** The shortest pause between a callback and the check out of turn it causes: it may be delivered again first. */
const SOON_MS = 2_000;
/** Processes that received callbacks check at different moments: often the first check is the last. */
const SOON_SPREAD_MS = 30_000;
/** The suspending process checks first, the others after this time, spread over the second one. */
const FIRST_PLACE_MS = 20_000;
const OTHER_PLACES_MS = 40_000;
/** Hundreds of suspensions can be due at the same moment. */
const PARALLEL_WAKE_UPS = 10;

/**
 * Watches suspended executions: wakes each at its own address when it is due, until it is resumed or
 * its waiting time is over. Occupies no execution and no worker; one timer serves all suspensions of the
 * process, and runs only while there are any.
 */
export class Watch {
	/** By {@link nameOf}. */
	private readonly watched = new BoundedMap<string, Watched>(MOST_SUSPENSIONS);
	private readonly gate = new Gate(PARALLEL_WAKE_UPS);
	/** Whether n8n answered last time, by origin: of its own addresses, so there are only a few. */
	private readonly reach = new Map<string, boolean>();
	/** Origins that failed to answer: each is logged once. */
	private readonly warned = new Set<string>();
	/** It can keep all data of its execution in memory, so only the newest one is kept. */
	private newest: CallingContext | undefined;
	/** Shared by all loops. */
	private nextTick: Promise<void> | undefined;

	/** @param tick waits for about {@link TICK_MS} */
	constructor(
		private readonly clock: Pick<Clock, 'now' | 'random'>,
		private readonly tick: () => Promise<void>,
	) {}

	/** How many suspensions are watched. */
	get size(): number {
		return this.watched.size;
	}

	/**
	 * On n8n 1.x, which resumes an execution for each process that decides at the same moment, a process that has not
	 * suspended it checks slightly after the waiting time, and not at the same moment as others.
	 */
	begin(
		context: CallingContext,
		{ place, awaited, deadline, complete }: Suspension,
		{ url, addressKey }: Pick<Watched, 'url' | 'addressKey'>,
	): void {
		const [first] = awaited.filter((video) => video !== null);
		if (first === undefined) return;
		this.newest = context;
		const { usualMinutes = 0 } = traitsOf(first.operation);
		const since = this.clock.now();
		const later = complete || isSigned(url) ? 0 : FIRST_PLACE_MS + (since % OTHER_PLACES_MS);
		const entry: Watched = {
			place,
			url,
			addressKey,
			since,
			overdueAfter: usualMinutes * 60_000,
			hasUnreported: !openVideos({ awaited }).every(willBeReported),
			deadline: deadline + later,
			last: null,
			lastElsewhere: 0,
			soon: null,
		};
		this.watched.set(nameOf(place), entry);
		void this.follow(entry);
	}

	has(place: SuspensionPlace): boolean {
		return this.watched.has(nameOf(place));
	}

	/** Whether this process watches it and, as far as it knows, can reach it. */
	canCheck(place: SuspensionPlace): boolean {
		const entry = this.watched.get(nameOf(place));
		return entry !== undefined && this.reach.get(new URL(entry.url).origin) !== false;
	}

	/**
	 * Calls n8n's own address before anything is paid for, once for each address: what is in front of n8n may keep Kie
	 * from calling. The execution is running, so n8n refuses; nothing is resumed. What n8n cannot reach itself Kie may.
	 *
	 * @param url the resume address
	 * @returns what Kie would meet instead of n8n, in words; `null` if it is n8n, or nothing is known
	 */
	async findObstacle(
		context: CallingContext,
		{ clock, signal }: Pick<Connection, 'clock' | 'signal'>,
		url: string,
	): Promise<string | null> {
		const { origin } = new URL(url);
		if (this.reach.has(origin)) return null;
		for (let attempt = 1; ; attempt++) {
			const reply = await callOwnAddress(context, url, PREFLIGHT_MS);
			const isReached = isOfN8n(reply);
			const obstacle = isReached ? null : obstacleIn(reply);
			if (obstacle === null) this.noteReach(context, origin, isReached);
			const isPage = reply.statusCode === 200 || reply.statusCode === 404;
			if (obstacle === null || !isPage || attempt === 2) return obstacle;
			// Perhaps n8n is starting: until then it answers with pages.
			await clock.pause(START_MS, signal);
		}
	}

	/**
	 * Makes one check out of turn: a callback came, and other processes may know more, or the execution was resumed and
	 * n8n must have stored that by then.
	 *
	 * @param after milliseconds
	 */
	checkSoon(place: SuspensionPlace, after = SOON_MS): void {
		const entry = this.watched.get(nameOf(place));
		if (!entry || (entry.soon && after === SOON_MS)) return;
		const at = this.clock.now() + after + this.clock.random() * SOON_SPREAD_MS;
		entry.soon = { at, kind: 'reported' };
	}

	/** An execution was woken, by this process or another, which makes the next check unnecessary. */
	noteWakeUp({ at, kind, place }: WakeUp): void {
		const entry = this.watched.get(nameOf(place));
		if (entry && kind !== 'reported' && at !== entry.last?.at) entry.lastElsewhere = at;
	}

	private isWatched(entry: Watched): boolean {
		return this.watched.get(nameOf(entry.place)) === entry;
	}

	private forget({ place }: Watched): void {
		this.watched.delete(nameOf(place));
		if (this.watched.size === 0) this.newest = undefined;
	}

	private async follow(entry: Watched): Promise<void> {
		for (;;) {
			this.nextTick ??= this.tick().finally(() => (this.nextTick = undefined));
			await this.nextTick;
			if (!this.isWatched(entry)) return;
			const now = this.clock.now();
			const { soon } = entry;
			if (soon !== null && now >= soon.at) {
				entry.soon = null;
				await this.wakeUp(entry, soon.kind);
				continue;
			}
			const check = nextCheck(entry, entry.last);
			if (check === null && soon === null) return this.forget(entry);
			if (check === null || now < check.at) continue;
			const isSpared = entry.lastElsewhere > (entry.last?.at ?? 0) && check.kind !== 'final';
			// A delayed process makes the check that is due now, not all it has missed.
			entry.last = { at: now, kind: check.kind };
			if (!isSpared) await this.wakeUp(entry, check.kind);
		}
	}

	private async wakeUp(entry: Watched, kind: Check['kind']): Promise<void> {
		await this.gate.run(async () => {
			const { newest } = this;
			// Resumed while it waited for its turn.
			if (!this.isWatched(entry) || newest === undefined) return;
			const { place, addressKey } = entry;
			const at = this.clock.now();
			if (kind !== 'reported') entry.last = { at, kind };
			const url = withWakeUp(entry.url, { kind, at, place }, addressKey);
			const found = stateIn(await callOwnAddress(newest, url, ANSWER_MS));
			this.noteReach(newest, new URL(url).origin, found !== 'unreachable');
			if (!this.isWatched(entry)) return;
			if (found === 'more') entry.soon ??= { at: this.clock.now() + SHORTEST_PAUSE_MS, kind };
			if (found !== 'over' && found !== 'gone') return;
			this.forget(entry);
			const lost = endSuspension(place);
			if (found === 'gone' && lost.length > 0) {
				const { node, execution: executionId } = place;
				newest.logger.warn(goneLine({ node, executionId, items: [] }, lost));
			}
		});
	}

	private noteReach({ logger }: CallingContext, origin: string, isReached: boolean): void {
		this.reach.set(origin, isReached);
		if (isReached || this.warned.has(origin)) return;
		this.warned.add(origin);
		logger.warn(unreachedLine(origin));
	}
}

/** Unlike n8n-workflow's `sleep`, this timer does not keep a process alive that is shutting down. */
export async function tick(): Promise<void> {
	const signal = AbortSignal.timeout(TICK_MS);
	await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** Everything this process watches. */
export const watch = new Watch(systemClock, tick);
