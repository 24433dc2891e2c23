import type { INodeExecutionData } from 'n8n-workflow';

import type { VideoResult } from '../videoResult';

/** How a video ended, by a callback or by Kie when asked. */
export interface Report {
	result: VideoResult;
	raw: unknown;
}

/** What this process knows about one suspension. */
export interface Suspension {
	/** By {@link videoKey}. */
	reports: Map<string, Report>;
	/** How often this process was told about a video, by {@link videoKey}. */
	deliveries: Map<string, number>;
	/**
	 * The last video that Kie, when asked, said is unfinished, and when (milliseconds since the epoch). For a
	 * while nothing more needs to be asked: its own report must come first.
	 */
	unfinished: { key: string; since: number } | null;
	/**
	 * Whether every callback since the suspension came to this process, so that a missing report means an
	 * unfinished video, but for those in `possiblyMissed`. False after a restart, and where another
	 * process suspended the execution.
	 */
	complete: boolean;
	/**
	 * Videos by {@link videoKey} that may have been reported before the suspension. n8n refuses such a
	 * report, and Kie repeats it a few times only.
	 */
	possiblyMissed: ReadonlySet<string>;
	/** Milliseconds since the epoch at which the time runs out; `null` where that is not known here. */
	waitTill: number | null;
	/** Set once, by the callback that resumes the execution. */
	resumed: boolean;
	/** Callbacks are worked on one after the other. */
	queue: Promise<unknown>;
}

/**
 * n8n stores nothing of what a waiting execution's webhook learns unless it resumes, so reports live in
 * memory. The number is bounded; what is dropped, or lost in a restart, is asked of Kie again.
 */
const MAX_SUSPENSIONS = 1000;
const suspensions = new Map<string, Suspension>();

/** Names a video among those of one suspension. */
export function videoKey({ taskId, index }: { taskId?: unknown; index?: unknown }): string {
	return JSON.stringify([taskId, index]);
}

/** How an unfinished item is stored; it comes out like this if the time runs out. */
export function pendingItem(item: INodeExecutionData): INodeExecutionData {
	return { ...item, json: { ...item.json, timedOut: true } };
}

export function isPending({ json }: INodeExecutionData): boolean {
	return json.status === 'processing' && json.timedOut === true;
}

/** Identifies a suspension within this n8n. */
export interface SuspensionPlace {
	execution: string;
	node: string;
	/** The same node can suspend one execution several times, in a loop. */
	round: number;
}

/** Notes that this process suspends an execution and will see its callbacks from then on. */
export function watch(
	place: SuspensionPlace,
	known: { waitTill: number; possiblyMissed: ReadonlySet<string> },
): void {
	remember(nameOf(place), known);
}

/** What this process knows about a suspension; nothing at first, when another one has suspended. */
export function suspensionOf(place: SuspensionPlace): Suspension {
	const name = nameOf(place);
	return suspensions.get(name) ?? remember(name);
}

function nameOf({ execution, node, round }: SuspensionPlace): string {
	return JSON.stringify([execution, node, round]);
}

/** @param known set by the process that suspends */
function remember(
	name: string,
	known?: Pick<Suspension, 'waitTill' | 'possiblyMissed'>,
): Suspension {
	const suspension: Suspension = {
		reports: new Map(),
		deliveries: new Map(),
		unfinished: null,
		complete: known !== undefined,
		possiblyMissed: known?.possiblyMissed ?? new Set(),
		waitTill: known?.waitTill ?? null,
		resumed: false,
		queue: Promise.resolve(),
	};
	suspensions.delete(name);
	suspensions.set(name, suspension);
	const [oldest] = suspensions.keys();
	if (suspensions.size > MAX_SUSPENSIONS && oldest !== undefined) suspensions.delete(oldest);
	return suspension;
}
