import type { IExecuteFunctions, IWebhookFunctions, Logger } from 'n8n-workflow';

import type { Clock } from '../kie/http/clock';
import { isJsonObject } from '../kie/meaning/guards';
import { nextLook, type WatchPlan } from './schedule';
import { MOST_SUSPENSIONS, nameOf, type SuspensionPlace } from './suspension';
import { withWakeUp, type WakeUp } from './wakeUp';

/** Of n8n's contexts: of these parts one set at a time is kept, the newest, whatever it serves. */
export type WatchContext = Pick<IExecuteFunctions | IWebhookFunctions, 'helpers' | 'logger'>;

/** A suspension that this process looks after. */
interface Watched {
	/** The resume address. */
	url: string;
	key: Buffer;
	plan: WatchPlan;
	/** When the last look was due. */
	last: number;
	/** When another process last woke the execution up; then this one does not. */
	wokenAt: number;
}

/** By {@link nameOf}; the oldest first. */
const watched = new Map<string, Watched>();
let latest: { send: Send; logger: Logger } | undefined;
let isRunning = false;
/** An address that cannot be reached is logged once. */
const unreachable = new Set<string>();

type Send = WatchContext['helpers']['httpRequest'];

/** Milliseconds between two looks at the clock: a suspension that comes in meanwhile is due later than this. */
const TICK_MS = 1_000;
/** Milliseconds until an answer must be there: Kie is asked about many videos meanwhile. */
const ANSWER_MS = 120_000;

/**
 * Looks after a suspended execution: wakes it up by its own address when it is due, until it is resumed or
 * its waiting time is over. Holds no execution and no worker; one timer serves all suspensions of the
 * process, and keeps no process alive.
 *
 * @param url the resume address
 */
export function watch(
	context: WatchContext,
	place: SuspensionPlace,
	{ url, key, plan }: Pick<Watched, 'url' | 'key' | 'plan'>,
	clock: Pick<Clock, 'now'>,
): void {
	latest = { send: context.helpers.httpRequest, logger: context.logger };
	const name = nameOf(place);
	watched.delete(name);
	watched.set(name, { url, key, plan, last: plan.since, wokenAt: 0 });
	const [oldest] = watched.keys();
	if (watched.size > MOST_SUSPENSIONS && oldest !== undefined) watched.delete(oldest);
	if (!isRunning) void run(clock);
}

export function isWatched(place: SuspensionPlace): boolean {
	return watched.has(nameOf(place));
}

/** Another process, or this one, has woken the execution up. */
export function noteWakeUp(place: SuspensionPlace, at: number): void {
	const entry = watched.get(nameOf(place));
	if (entry) entry.wokenAt = at;
}

export function unwatch(place: SuspensionPlace): void {
	watched.delete(nameOf(place));
}

async function run(clock: Pick<Clock, 'now'>): Promise<void> {
	isRunning = true;
	while (watched.size > 0) {
		await tick();
		for (const [name, entry] of watched) lookWhenDue(name, entry, clock.now());
	}
	latest = undefined;
	isRunning = false;
}

/** Unlike `sleep` of n8n-workflow, this timer does not keep a process alive that is shutting down. */
async function tick(): Promise<void> {
	const signal = AbortSignal.timeout(TICK_MS);
	await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function lookWhenDue(name: string, entry: Watched, now: number): void {
	const look = nextLook(entry.plan, entry.last);
	if (look === null) watched.delete(name);
	if (look === null || now < look.at) return;
	const isCovered = entry.wokenAt > entry.last && !look.isFinal;
	// A process that was held up goes on with the look that is due now, not with all it missed.
	entry.last = look.isFinal ? look.at : now;
	const { scope, isFinal } = look;
	const { deadline } = entry.plan;
	if (!isCovered) void wakeUp(name, entry, { scope, isFinal, at: now, deadline });
}

async function wakeUp(name: string, { url, key }: Watched, wakeUp: WakeUp): Promise<void> {
	if (!latest) return;
	const { send, logger } = latest;
	const waits = await callOwnAddress(send, withWakeUp(url, wakeUp, key));
	if (waits === 'over') watched.delete(name);
	const { origin } = new URL(url);
	if (waits !== 'unreachable' || unreachable.has(origin)) return;
	unreachable.add(origin);
	logger.warn(
		`Kie.ai Veo: n8n cannot reach its own address ${origin}, so executions whose callbacks get lost wait until their time-out. Allow n8n to call N8N_WEBHOOK_URL (in older n8n WEBHOOK_URL).`,
	);
}

/** Whether an execution still waits, by its own address. */
export async function callOwnAddress(
	send: Send,
	url: string,
): Promise<'waits' | 'over' | 'unreachable'> {
	try {
		const reply: unknown = await send({
			method: 'POST',
			url,
			body: {},
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: ANSWER_MS,
		});
		const { statusCode, body } = isJsonObject(reply) ? reply : {};
		if (statusCode === 200 && isJsonObject(body) && 'waiting' in body) {
			return body.waiting === true ? 'waits' : 'over';
		}
		// n8n's own words about an execution that does not wait.
		return statusCode === 409 || statusCode === 404 ? 'over' : 'unreachable';
	} catch {
		return 'unreachable';
	}
}
