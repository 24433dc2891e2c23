import { createHash } from 'crypto';
import { sleep, type IDataObject } from 'n8n-workflow';

import { BoundedMap, isJsonObject, toNumber } from '../values';

/** Longer than Kie retries. */
const KEPT_SECONDS = 24 * 60 * 60;
/** About 30 KB in the workflow's static data. */
const KEPT_EVENTS = 1000;

/** Beyond that the node called longest ago has what is stored. */
const MOST_NODES = 1_000;

/** Instead of the seconds: older than any event. */
const TAKEN_BACK = 0;

/** Trigger node -> digest of an event -> Unix seconds at which it was accepted, since n8n started. */
const memory = new BoundedMap<string, Record<string, number>>(MOST_NODES);
/** How events that are being delivered end, by node and digest. */
const underWay = new Map<string, Promise<{ kind: string }>>();

/**
 * Delivers an event once: `deliver` runs unless the event was accepted before. A call that comes while the event is
 * being delivered ends as that delivery does: the first one may be a forgery that Kie will not repeat.
 *
 * Two layers. n8n gives every call a copy of the stored static data and stores it whole afterwards, so
 * simultaneous calls neither see nor keep each other's marks; hence the memory of this process
 * decides. The static data preserves it across restarts, and shares it with other webhook processes unless they
 * receive the same event at the same moment.
 *
 * @param receiver.node identifies the trigger node within this n8n
 * @param receiver.staticData that of the node, which n8n stores when it was changed
 * @param receiver.now Unix seconds
 * @param key names the event
 * @returns what `deliver` returned, of which only `accepted` is remembered; `null` for a duplicate
 */
export async function deliverOnce<T extends { kind: string }>(
	{ node, staticData, now }: { node: string; staticData: IDataObject; now: number },
	key: string,
	deliver: () => Promise<T>,
): Promise<T | null> {
	const seen = memory.get(node) ?? {};
	memory.set(node, seen);
	recall(seen, staticData, now);
	const digest = digestOf(key);
	const id = `${node} ${digest}`;
	if (isRecent(seen[digest] ?? TAKEN_BACK, now)) return null;
	const earlier = underWay.get(id) as Promise<T> | undefined;
	if (earlier !== undefined) {
		const outcome = await earlier;
		return outcome.kind === 'accepted' ? null : outcome;
	}
	const delivery = deliver();
	underWay.set(id, delivery);
	try {
		const outcome = await delivery;
		if (outcome.kind === 'accepted') {
			// An old mark would keep its rank, and the first ones are forgotten first.
			delete seen[digest];
			seen[digest] = now;
			for (const oldest of Object.keys(seen).slice(0, -KEPT_EVENTS)) delete seen[oldest];
			store(seen, staticData);
		}
		return outcome;
	} finally {
		underWay.delete(id);
	}
}

/** Forgets a delivery, for when n8n could not start an execution, so that Kie calls again. */
export function forgetDelivery(node: string, key: string): void {
	const seen = memory.get(node);
	// Kept as an invalid mark: n8n may have stored the valid one with another event.
	if (seen) seen[digestOf(key)] = TAKEN_BACK;
}

function digestOf(key: string): string {
	return createHash('sha256').update(key).digest('base64url').slice(0, 16);
}

/**
 * Has n8n store the marks. Only called when one was added, so other calls cause no write.
 *
 * The object itself is passed, not a copy: whichever of several parallel calls n8n stores last, it
 * then stores the marks of all.
 *
 * Twice: n8n 1.x checks whether static data changed as soon as the node has returned. 2.x checks after it
 * has created the execution, but creating it first marks the data as unchanged. The second time falls
 * between these two. If a mark still misses the write, it is stored with the next event.
 */
function store(seen: Record<string, number>, staticData: IDataObject): void {
	staticData.seen = seen;
	void sleep(0).then(() => {
		staticData.seen = seen;
	});
}

/** Adds the marks stored by another process or an earlier run. */
function recall(seen: Record<string, number>, staticData: IDataObject, now: number): void {
	const stored = isJsonObject(staticData.seen) ? staticData.seen : {};
	for (const [digest, at] of Object.entries(stored)) {
		const seconds = toNumber(at);
		if (seconds !== null && isRecent(seconds, now)) seen[digest] ??= seconds;
	}
}

function isRecent(at: number, now: number): boolean {
	return now - at < KEPT_SECONDS;
}
