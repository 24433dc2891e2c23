import type { VideoResult } from '../videoResult';

/** How a video ended, by a callback or by Kie when asked. */
export interface Report {
	result: VideoResult;
	raw: unknown;
}

/** What this process knows about one suspension. Videos by {@link videoKey}. */
export interface Suspension {
	reports: Map<string, Report>;
	/** How many times this process received a callback about a video. */
	deliveries: Map<string, number>;
	/**
	 * The last video that Kie, when asked, said is unfinished, and when (milliseconds since the epoch). For a
	 * while nothing more needs to be asked: its own callback must arrive first.
	 */
	unfinished: { key: string; since: number } | null;
	/**
	 * Whether this process received every callback since the suspension, so that a missing one means an
	 * unfinished video, except for those in `possiblyMissed`. False after a restart, and when another
	 * process suspended the execution.
	 */
	complete: boolean;
	/** Videos that may have been reported before the suspension, or are never reported to this execution. */
	possiblyMissed: ReadonlySet<string>;
	/** Kie's codes in the answers about upgrades that were found running. */
	codes: Map<string, Array<number | null>>;
	/**
	 * Videos for which asking may have started, and billed, another upgrade. That one is never reported, and
	 * only the record is read from then on.
	 */
	perhapsReordered: Set<string>;
	/** Set once, by the call that resumes the execution. */
	resumed: boolean;
	/** Calls are handled one at a time. */
	queue: Promise<unknown>;
}

/**
 * n8n stores nothing that a waiting execution's webhook learns unless it resumes, so outcomes live in
 * memory. Their number is limited; for those dropped, or lost in a restart, Kie is asked again.
 */
export const MOST_SUSPENSIONS = 1000;
const suspensions = new Map<string, Suspension>();

/** Names a video within one suspension. */
export function videoKey({ taskId, index }: { taskId?: unknown; index?: unknown }): string {
	return JSON.stringify([taskId, index]);
}

/** Identifies a suspension within this n8n. */
export interface SuspensionPlace {
	execution: string;
	node: string;
	/** The same node can suspend one execution several times, in a loop. */
	round: number;
}

export function nameOf({ execution, node, round }: SuspensionPlace): string {
	return JSON.stringify([execution, node, round]);
}

/** Records that this process suspends an execution and will see its callbacks from then on. */
export function beginSuspension(
	place: SuspensionPlace,
	possiblyMissed: Suspension['possiblyMissed'],
): void {
	remember(nameOf(place), { complete: true, possiblyMissed });
}

/** What this process knows about a suspension; nothing at first, if another process suspended it. */
export function suspensionOf(place: SuspensionPlace): Suspension {
	const name = nameOf(place);
	return suspensions.get(name) ?? remember(name, { complete: false, possiblyMissed: new Set() });
}

function remember(
	name: string,
	known: Pick<Suspension, 'complete' | 'possiblyMissed'>,
): Suspension {
	const suspension: Suspension = {
		...known,
		reports: new Map(),
		deliveries: new Map(),
		unfinished: null,
		codes: new Map(),
		perhapsReordered: new Set(),
		resumed: false,
		queue: Promise.resolve(),
	};
	suspensions.delete(name);
	suspensions.set(name, suspension);
	const [oldest] = suspensions.keys();
	if (suspensions.size > MOST_SUSPENSIONS && oldest !== undefined) suspensions.delete(oldest);
	return suspension;
}
