import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import type { SubmittedTask } from '../kie/api';
import type { CallingContext } from '../kie/connection';
import { ORDERED } from '../kie/meaning/money';
import { readText } from '../kie/meaning/texts';
import { BoundedMap, toNumber, toText } from '../values';
import { PERHAPS_REORDERED } from '../messages/error';
import { givesResult } from '../operations';
import type { TaskResult } from '../taskResult';
import { nodeData, roundOf } from './n8n';

/* What this process knows about suspensions. */

/** Identifies a suspension within this n8n. */
export interface SuspensionPlace {
	execution: string;
	node: string;
	/** The same node can suspend one execution several times, in a loop. */
	round: number;
}

/** A video that items wait for, and what this process knows about it. */
export interface AwaitedVideo extends SubmittedTask {
	/** How it ended, by a callback or by Kie when asked, with Kie's whole answer; `null` while that is unknown. */
	report: { result: TaskResult; raw: unknown } | null;
	/** How many times this process received a callback about it. */
	deliveries: number;
	/** When Kie, asked, last said that it is unfinished, by the even clock. */
	unfinishedAt: number | null;
	/** Whether it may have been reported before the suspension. */
	possiblyMissed: boolean;
	/** Whether Kie reports its end here: not if it was already being made when it was submitted. */
	isReported: boolean;
	/**
	 * Whether asking may have started, and billed, another upgrade. That one is never reported, and only the record
	 * is read from then on.
	 */
	perhapsReordered: boolean;
}

/** What this process knows about one suspension. */
export interface Suspension {
	place: SuspensionPlace;
	/** What each item waits for, the same object for the same video; `null` where it was finished before. */
	awaited: ReadonlyArray<AwaitedVideo | null>;
	/** When the waiting time ends, in milliseconds since the epoch. */
	deadline: number;
	/**
	 * Whether this process received every callback since the suspension, so that a missing one means an
	 * unfinished video. False after a restart, and when another process suspended the execution.
	 */
	complete: boolean;
	/**
	 * When the output was handed to n8n, by the even clock; `Infinity` while it is being made. Reports are kept until
	 * n8n says that the execution no longer waits, because n8n may fail to store what it was handed.
	 */
	resumedAt: number | null;
	/** How many times the output was handed to n8n. */
	resumptions: number;
	/** Calls are handled one at a time. */
	queue: Promise<unknown>;
}

/**
 * n8n stores nothing that a waiting execution's webhook learns unless it resumes, so outcomes live in
 * memory. Their number is limited; for those forgotten, or lost in a restart, Kie is asked again.
 */
export const MOST_SUSPENSIONS = 1000;
const suspensions = new BoundedMap<string, Suspension>(MOST_SUSPENSIONS);
/** What this process has suspended, also what has ended since. */
const begun = new BoundedMap<string, true>(MOST_SUSPENSIONS);

export function placeOf(context: CallingContext, round = roundOf(context)): SuspensionPlace {
	return { execution: String(context.getExecutionId()), node: context.getNode().name, round };
}

export function nameOf({ execution, node, round }: SuspensionPlace): string {
	return JSON.stringify([execution, node, round]);
}

/** Names a video within one suspension. */
export function videoKey({ taskId, index }: { taskId?: unknown; index?: unknown }): string {
	return JSON.stringify([taskId, index]);
}

/**
 * Remembers a suspension from now on, and forgets an earlier one at the same place.
 *
 * @param items as they are stored
 * @param facts.complete whether this process will see its callbacks from now on
 */
export function beginSuspension(
	place: SuspensionPlace,
	items: readonly INodeExecutionData[],
	facts: Pick<Suspension, 'deadline' | 'complete'>,
): Suspension {
	const videos = new Map<string, AwaitedVideo>();
	const awaited = items.map((item) => {
		const found = videoAwaitedBy(item);
		if (found === null) return null;
		const video = videos.get(videoKey(found)) ?? found;
		videos.set(videoKey(video), video);
		return video;
	});
	const fresh = { resumedAt: null, resumptions: 0, queue: Promise.resolve() };
	const suspension = { ...facts, ...fresh, place, awaited };
	suspensions.set(nameOf(place), suspension);
	if (facts.complete) begun.set(nameOf(place), true);
	return suspension;
}

/** Whether this process has suspended the execution at this place before. */
export function wasSuspended(place: SuspensionPlace): boolean {
	return begun.has(nameOf(place));
}

/** What this process knows about a suspension; what n8n has stored, if another process suspended it. */
export function suspensionOf(place: SuspensionPlace, context: IWebhookFunctions): Suspension {
	return (
		suspensions.get(nameOf(place)) ??
		beginSuspension(place, storedItems(context), {
			deadline: toNumber(nodeData(context, `context.${DEADLINE}`)) ?? 0,
			complete: false,
		})
	);
}

/**
 * Forgets a suspension that is over.
 *
 * @returns the tasks it was about, if nothing has resumed it that this process knows of
 */
export function endSuspension(place: SuspensionPlace): string[] {
	const { awaited = [], resumedAt = null } = suspensions.get(nameOf(place)) ?? {};
	suspensions.delete(nameOf(place));
	return resumedAt === null ? awaited.flatMap((video) => video?.taskId ?? []) : [];
}

/*
 * What n8n stores: the items as the node would have returned them. Anyone who reads them early sees the truth
 * at that time; if nothing resumes the execution, they are output as they are.
 */

/** Names in the node's context, which only expressions can see. */
const DEADLINE = 'kieVeoDeadline';
const ITEMS = 'kieVeoItems';

/**
 * Stores the items as this node's data, and the end of the waiting time.
 *
 * @param deadline milliseconds since the epoch
 */
export function store(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	deadline: number,
): void {
	// A new array: changing the input items would change the output of the node before this one. And a
	// copy: with an error output n8n removes the items one by one from the array this node returns.
	const stored = [...items];
	context.getExecuteData().data.main = [stored];
	// What an expression sees of a node's data depends on the workflow's settings; its context does not. As text,
	// because n8n 2.x hands objects to an expression value by value: half a second for 1,000 items.
	const text = JSON.stringify(stored);
	Object.assign(context.getContext('node'), { [DEADLINE]: deadline, [ITEMS]: text });
}

/** Read once for a suspension, and once for its output. */
export function storedItems(context: IWebhookFunctions): INodeExecutionData[] {
	return JSON.parse(String(nodeData(context, `context.${ITEMS}`))) as INodeExecutionData[];
}

/** The video an item waits for; `null` if it was finished when the execution was suspended. */
function videoAwaitedBy({ json }: INodeExecutionData): AwaitedVideo | null {
	const { status, operation, taskId, kieTaskId, index, code, message, model } = json;
	if (status !== 'processing' || !givesResult(operation)) return null;
	// Kie's answer to the order said nothing that is known: perhaps nothing was started yet.
	const isUnclear =
		typeof code === 'number' && code >= 400 && readText(String(message)) !== 'processing';
	return {
		operation,
		taskId: String(taskId),
		kieTaskId: toText(kieTaskId),
		index: typeof index === 'number' ? index : null,
		codes: isUnclear ? [] : [toNumber(code)],
		...(typeof model === 'string' ? { model } : {}),
		report: null,
		deliveries: 0,
		unfinishedAt: null,
		possiblyMissed: false,
		isReported: code === ORDERED,
		perhapsReordered: false,
	};
}

/** Whether this process is still going to receive a callback about a video. */
export function willBeReported({ isReported, possiblyMissed }: AwaitedVideo): boolean {
	return isReported && !possiblyMissed;
}

/** The videos whose end is unknown, each once, in the order of their items. */
export function openVideos({ awaited }: Pick<Suspension, 'awaited'>): AwaitedVideo[] {
	return [...new Set(awaited)].flatMap((video) => (video?.report === null ? [video] : []));
}

/** The node's output: what was reported, and what was finished before. The rest has run out of time. */
export function toOutput(
	stored: INodeExecutionData[],
	{ awaited }: Suspension,
	simplify: boolean,
): INodeExecutionData[] {
	return stored.map((item, at) => {
		const video = awaited[at] ?? null;
		if (video === null) return item;
		const { report, perhapsReordered } = video;
		const json: IDataObject = report
			? { ...report.result, ...(simplify ? {} : { raw: report.raw as IDataObject }) }
			: { ...item.json, timedOut: true };
		const message = String(json.message);
		if (perhapsReordered && !message.endsWith(PERHAPS_REORDERED)) {
			json.message = `${message} ${PERHAPS_REORDERED}`;
		}
		return { ...item, json };
	});
}
