import { isJsonObject, type JsonObject } from '../../../nodes/KieVeo/values';
import type { Delivery, JournalEntry, LedgerEntry } from '../simulator';
import type { BatchSettings, Forgery, PlannedVideo, RestartWay } from './plan';
import { tagsOf, type Order } from './workloads';

/** What the last node of a workflow got for one input item. */
export interface Seen {
	/** Names the input item, see `tagsOf`. */
	tag: string;
	json: JsonObject;
}

/** One execution that submits or fetches videos. */
export interface Started {
	id: string;
	/** Id of its workflow. */
	workflow: string;
	batch: BatchSettings;
	orders: Order[];
	/** Whether it fetches what an earlier execution has left. */
	byUser: boolean;
	/** Which retry of the failed execution it is, from 1; 0 for none. */
	retry: number;
}

/** What came of it. */
export interface RunRecord extends Started {
	status: string;
	/** Epoch milliseconds. */
	startedAt: number;
	/** Epoch milliseconds; `null` while it has not ended. */
	endedAt: number | null;
	/** A restart of n8n ended it. */
	killed: boolean;
	seen: Seen[];
	/** Message and description of the error that ended it. */
	error: string | null;
	/** Downloaded files that are not the whole file, as a sentence each. */
	brokenFiles: string[];
}

/** All that is known at the end of a run. */
export interface Evidence {
	videos: PlannedVideo[];
	fileUrl: string;
	runs: RunRecord[];
	/** Executions started by Kie.ai Trigger, and what they were given. */
	triggered: Array<{ id: string; json: JsonObject | null }>;
	ledger: readonly LedgerEntry[];
	journal: readonly JournalEntry[];
	/** Of true callbacks. */
	deliveries: readonly Delivery[];
	/** With the HTTP status of the answer; null where none came. */
	forged: Array<{ kind: Forgery; video: PlannedVideo; status: number | null }>;
	/** In epoch milliseconds: from the signal until n8n served again. */
	restarts: Array<{ how: RestartWay; from: number; until: number }>;
	/** Executions whose data holds something forged. */
	forgedTraces: string[];
	/** Places in which a key was found. */
	leaks: string[];
	/** Why the run could not be brought to its end, if so. */
	aborted: string | null;
}

/** Whether an execution tells its user the id of a task. */
export function isNamedIn({ seen, error }: RunRecord, taskId: string): boolean {
	// One id can begin with another.
	return new RegExp(`${taskId}(?!\\w)`).test(JSON.stringify([seen, error]));
}

/** The executions a video was part of, oldest first. */
export function runsOf({ runs }: Evidence, { number }: PlannedVideo): RunRecord[] {
	return runs.filter(({ orders }) => orders.some(({ video }) => video.number === number));
}

/** Fields of an order, whichever API it went through. */
function fieldsOf({ body }: JournalEntry): JsonObject {
	if (!isJsonObject(body)) return {};
	return isJsonObject(body.input) ? body.input : body;
}

/** The prompt of a request to generate; no other has one. */
export function promptOf(entry: JournalEntry): string | null {
	const { prompt } = fieldsOf(entry);
	return typeof prompt === 'string' ? prompt : null;
}

/** Ids of the upgrades of a video that were ordered as jobs and paid for. */
export function jobsOf({ journal }: Evidence, { taskId, index }: PlannedVideo): string[] {
	return journal.flatMap((entry) => {
		const isPaid = entry.taskId === taskId && entry.creditsCharged > 0;
		return isPaid && Number(fieldsOf(entry).index) === index ? (entry.jobId ?? []) : [];
	});
}

/** What downstream nodes got about a video in one execution. */
function seenIn({ seen }: RunRecord, video: PlannedVideo): JsonObject[] {
	const tags = tagsOf(video);
	return seen.flatMap(({ tag, json }) => (tags.includes(tag) ? [json] : []));
}

/** Whether an execution tells its user that the answer to a paid request was lost. */
export function tellsOfLoss(run: RunRecord, video: PlannedVideo): boolean {
	const own = seenIn(run, video).flatMap((json) => [json.error, json.message]);
	return [run.error, ...own].some((text) => String(text).includes('answer was lost'));
}

/** Everything downstream nodes got about a video, in executions and from the trigger. */
export function seenOf(evidence: Evidence, video: PlannedVideo): JsonObject[] {
	const items = runsOf(evidence, video).flatMap((run) => seenIn(run, video));
	return [...items, ...eventsOf(evidence, video)];
}

/** What the trigger gave out about a video. */
export function eventsOf({ triggered }: Evidence, video: PlannedVideo): JsonObject[] {
	return triggered.flatMap(({ json }) =>
		json !== null && json.taskId === video.taskId && json.index === video.index ? [json] : [],
	);
}

/** What is known of a video from all executions together. */
export function stateOf(evidence: Evidence, video: PlannedVideo): 'success' | 'failed' | 'unknown' {
	const seen = seenOf(evidence, video);
	if (seen.some(({ status }) => status === 'success')) return 'success';
	// Kie's own refusal, as polling tells it: nothing is won by asking again.
	const refused = seen.some(
		({ status, error }) => status === 'failed' && String(error).startsWith('Could not get'),
	);
	return refused ? 'failed' : 'unknown';
}
