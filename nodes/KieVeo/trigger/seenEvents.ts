import { createHash } from 'crypto';
import { sleep, type IDataObject } from 'n8n-workflow';

import { isJsonObject, toNumber } from '../kie/meaning/guards';

/** Longer than Kie retries. */
const KEPT_SECONDS = 24 * 60 * 60;
/** About 30 KB in the workflow's static data. */
const KEPT_EVENTS = 1000;

/** In place of the seconds: no event is as old. */
const TAKEN_BACK = 0;

/** Digest of an event -> Unix seconds at which it was accepted. */
interface SeenEvents {
	[digest: string]: number;
}

/** What became of an event. Only what was accepted is remembered. */
interface Outcome {
	kind: string;
}

/** One entry per trigger node that received something since n8n started. */
const memory = new Map<string, SeenEvents>();
const underWay = new Map<string, Promise<Outcome>>();

export interface Place {
	/** Identifies the trigger node within this n8n. */
	node: string;
	/** The node's static data, which n8n stores when it was changed. */
	staticData: IDataObject;
	/** Unix seconds. */
	now: number;
}

/**
 * Delivers an event once: `deliver` runs unless the event was accepted before, or is being delivered.
 *
 * Two layers. n8n gives every call a copy of the stored static data and stores it whole afterwards, so
 * calls at the same time neither see each other's marks nor keep them; hence the memory of this process
 * decides. The static data carries it over a restart, and to other webhook processes as far as they do
 * not receive the same event at the same moment.
 *
 * @param key names the event
 * @returns what `deliver` gave, here or in the parallel call; `null` for a duplicate
 */
export async function deliverOnce<T extends Outcome>(
	place: Place,
	key: string,
	deliver: () => Promise<T>,
): Promise<T | null> {
	const seen = recall(place);
	const digest = digestOf(key);
	if (isRecent(seen[digest] ?? TAKEN_BACK, place.now)) return null;

	const id = `${place.node} ${digest}`;
	const parallel = underWay.get(id);
	if (parallel) {
		const outcome = await parallel;
		// A duplicate shares the fate of the first: when that one must come again, so must this.
		return outcome.kind === 'accepted' ? null : (outcome as T);
	}
	const delivery = deliver();
	underWay.set(id, delivery);
	try {
		const outcome = await delivery;
		if (outcome.kind === 'accepted') {
			seen[digest] = place.now;
			forgetOldest(seen, place.now);
			store(place, seen);
		}
		return outcome;
	} finally {
		underWay.delete(id);
	}
}

/** Takes back that an event was delivered. For when n8n could not start an execution, so that Kie calls again. */
export function forgetDelivery({ node }: Pick<Place, 'node'>, key: string): void {
	const seen = memory.get(node);
	// Kept as a mark that does not count: another event may have had n8n store the one that did.
	if (seen) seen[digestOf(key)] = TAKEN_BACK;
}

function digestOf(key: string): string {
	return createHash('sha256').update(key).digest('base64url').slice(0, 16);
}

/**
 * Has n8n store the marks. Only called when one was added, so other calls cause no write.
 *
 * The object itself is handed over, not a copy: whichever of several parallel calls n8n stores last, it
 * then stores the marks of all.
 *
 * Twice: n8n 1.x looks whether static data changed as soon as the node has returned. 2.x looks after it
 * has created the execution, and in creating it takes the data for unchanged first. The second time falls
 * between these two. Should a mark miss the write after all, it is stored with the next event.
 */
function store({ staticData }: Place, seen: SeenEvents): void {
	staticData.seen = seen;
	void sleep(0).then(() => {
		staticData.seen = seen;
	});
}

/** The marks of this process, joined by those another process or an earlier run has stored. */
function recall({ node, staticData, now }: Place): SeenEvents {
	const seen = memory.get(node) ?? {};
	memory.set(node, seen);
	const stored = isJsonObject(staticData.seen) ? staticData.seen : {};
	for (const [digest, at] of Object.entries(stored)) {
		const seconds = toNumber(at);
		if (seconds !== null && isRecent(seconds, now)) seen[digest] ??= seconds;
	}
	return seen;
}

function forgetOldest(seen: SeenEvents, now: number): void {
	const newestFirst = Object.entries(seen).sort(([, a], [, b]) => b - a);
	newestFirst.forEach(([digest, at], rank) => {
		if (rank >= KEPT_EVENTS || !isRecent(at, now)) delete seen[digest];
	});
}

function isRecent(at: number, now: number): boolean {
	return now - at < KEPT_SECONDS;
}
