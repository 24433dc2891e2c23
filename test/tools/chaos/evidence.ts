import type { Delivery, JournalEntry, LedgerEntry } from '../simulator';
import type { Forgery, PlannedVideo, RestartWay } from './plan';
import { tagsOf, type BatchSettings, type Order } from './workloads';
import { isRecord } from '../n8n/wire';

/** What the last node of a workflow got for one input item. */
export interface Seen {
	/** Names the input item, see `tagsOf`. */
	tag: string;
	json: Record<string, unknown>;
}

/** One execution that submits or fetches videos. */
export interface RunRecord {
	id: string;
	batch: BatchSettings;
	orders: Order[];
	/** Whether it fetches what an earlier execution has left. */
	byUser: boolean;
	/** Which retry of the failed execution it is, from 1; 0 for none. */
	retry: number;
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

/** One execution started by Kie.ai Trigger. */
export interface TriggeredRecord {
	id: string;
	status: string;
	killed: boolean;
	json: Record<string, unknown> | null;
}

export interface SentForgery {
	kind: Forgery;
	video: PlannedVideo;
	/** HTTP status of the answer; null where none came. */
	status: number | null;
}

export interface RestartRecord {
	how: RestartWay;
	/** Epoch milliseconds: from the signal until n8n served again. */
	from: number;
	until: number;
}

/** All that is known at the end of a run. */
export interface Evidence {
	videos: PlannedVideo[];
	fileUrl: string;
	runs: RunRecord[];
	triggered: TriggeredRecord[];
	ledger: readonly LedgerEntry[];
	journal: readonly JournalEntry[];
	/** Of true callbacks. */
	deliveries: readonly Delivery[];
	forged: SentForgery[];
	restarts: RestartRecord[];
	/** Executions whose data holds something forged. */
	forgedTraces: string[];
	/** Places in which a key was found. */
	leaks: string[];
	/** Why the run could not be brought to its end, if so. */
	aborted: string | null;
}

/** All task ids that an execution names to its user. */
export function taskIdsIn({ seen, error }: RunRecord): Set<string> {
	const text = JSON.stringify([seen, error]);
	return new Set(text.match(/veo_task_c\d+_\d{4}(?:_again\d+)?/g) ?? []);
}

/** The executions a video was part of, oldest first. */
export function runsOf({ runs }: Evidence, { number }: PlannedVideo): RunRecord[] {
	return runs.filter(({ orders }) => orders.some(({ video }) => video.number === number));
}

/** Where everything is ordered through the jobs API. */
export const CREATE_TASK = '/api/v1/jobs/createTask';

/** The prompt of a request to generate, else null. */
export function promptOf({ path, body }: JournalEntry): string | null {
	if (!isRecord(body)) return null;
	const order = path === CREATE_TASK && isRecord(body.input) ? body.input : body;
	const isGeneration = path === '/api/v1/veo/generate' || order !== body;
	return isGeneration && typeof order.prompt === 'string' ? order.prompt : null;
}

/** Ids of the upgrades of a video that were ordered as jobs and paid for. */
export function jobsOf({ journal }: Evidence, { taskId, index }: PlannedVideo): string[] {
	return journal.flatMap((entry) => {
		if (entry.path !== CREATE_TASK || entry.taskId !== taskId || entry.creditsCharged === 0) {
			return [];
		}
		const { input } = isRecord(entry.body) ? entry.body : {};
		const isOwn = isRecord(input) && Number(input.index) === index;
		return isOwn && entry.jobId !== null ? [entry.jobId] : [];
	});
}

/** Whether an execution tells its user that the answer to a paid request was lost. */
export function tellsOfLoss({ error, seen }: RunRecord, video: PlannedVideo): boolean {
	const tags = tagsOf(video);
	const own = seen.filter(({ tag }) => tags.includes(tag));
	return [error, ...own.flatMap(({ json }) => [json.error, json.message])].some((text) =>
		String(text).includes('answer was lost'),
	);
}

/** Everything downstream nodes got about a video, in executions and from the trigger. */
export function seenOf(evidence: Evidence, video: PlannedVideo): Array<Seen['json']> {
	const tags = tagsOf(video);
	const items = runsOf(evidence, video).flatMap(({ seen }) =>
		seen.filter(({ tag }) => tags.includes(tag)).map(({ json }) => json),
	);
	return [...items, ...eventsOf(evidence, video)];
}

/** What the trigger gave out about a video. */
export function eventsOf({ triggered }: Evidence, video: PlannedVideo): Array<Seen['json']> {
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
