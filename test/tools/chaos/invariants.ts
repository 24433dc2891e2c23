import { LAST_RESORT_MS } from '../../../nodes/KieVeo/suspension/suspend';
import type { JsonObject } from '../../../nodes/KieVeo/values';
import {
	eventsOf,
	isNamedIn,
	jobsOf,
	promptOf,
	runsOf,
	seenOf,
	stateOf,
	tellsOfLoss,
	type Evidence,
	type RunRecord,
} from './evidence';
import type { JournalEntry } from '../simulator';
import { makesVideos, suspends, type PlannedVideo } from './plan';
import { tagsOf } from './workloads';

/** A promise of the package, and what breaks it. */
export interface Verdict {
	invariant: string;
	/** Task ids, or places; empty when it holds. */
	offenders: string[];
}

/** A callback taken in so shortly before n8n was ended may have died with it. Milliseconds. */
const DYING_MS = 3000;
/** An answer to a paid request that does not say whether it was accepted. */
const LOSING_FAULTS = ['reset-before', 'reset-after', 'html', 'cut-json', 'empty', 'no-code'];

/**
 * Two minutes of the usual half an hour, in proportion to a run's short timeouts, and what Kie's faults and
 * three questions with pauses take. Milliseconds.
 */
const WELL_BEFORE_MS = 15_000;

/** A check asks Kie up to three times, with pauses. Milliseconds. */
const CHECK_MS = 30_000;
/** A callback causes a check no later than this. Milliseconds. */
const SOON_MS = 32_000;
/** Shortly before the last resort nothing is resumed. Milliseconds. */
const LAST_MOMENTS_MS = 75_000;

const INVARIANTS: ReadonlyArray<[name: string, check: (evidence: Evidence) => string[]]> = [
	['the run came to its end', ({ aborted }) => (aborted === null ? [] : [aborted])],
	['every item has exactly one outcome downstream', itemsWithoutOneOutcome],
	['every delivered callback of the trigger has exactly one execution', eventsWithoutOneExecution],
	['no execution runs out of time whose videos were all finished well before', leftWaiting],
	['no video is lost', lostVideos],
	['no video is paid for twice, unless Kie.ai has refunded the first', paidTwice],
	['a generation whose answer was lost is never sent again', sentAgain],
	['every paid generation is named, or its loss is told', unnamedGenerations],
	['no forged callback has an effect', effectsOfForgeries],
	['every URL is the one of the wanted video and resolution', wrongUrls],
	['every downloaded file is whole', ({ runs }) => runs.flatMap(({ brokenFiles }) => brokenFiles)],
	['the keys appear nowhere', ({ leaks }) => leaks],
];

/** Looks for everything that must not have happened. Pure. */
export function judge(evidence: Evidence): Verdict[] {
	return INVARIANTS.map(([invariant, check]) => ({
		invariant,
		offenders: [...new Set(check(evidence))],
	}));
}

/** Executions that were killed have no outcome; their videos are fetched later. */
function itemsWithoutOneOutcome({ runs }: Evidence): string[] {
	return runs.flatMap((run) => {
		if (run.killed) return [];
		const { id, status, batch, orders, seen, error } = run;
		const what = `${orders.map(({ taskId }) => taskId).join(', ')} (execution ${id}, ${batch.name}: ${status})`;
		if (status === 'error') {
			const isOne = batch.onError === 'stopWorkflow' && error !== null && seen.length === 0;
			// Where every video of a suspending batch fails at once there is nothing to suspend for.
			return isOne ? [] : [what];
		}
		if (status !== 'success') return [what];
		const wanted = orders.flatMap(({ video }) => tagsOf(video));
		const tags = seen.map(({ tag }) => tag);
		// Items of the error output come after the others.
		const inOrder = (list: string[]) =>
			batch.onError === 'continueErrorOutput' ? list.toSorted() : list;
		return inOrder(tags).join() === inOrder(wanted).join() ? [] : [what];
	});
}

function eventsWithoutOneExecution(evidence: Evidence): string[] {
	const { videos, deliveries, restarts, triggered } = evidence;
	const isDying = (at: number) =>
		restarts.some(({ from, until }) => at > from - DYING_MS && at < until);
	const submitted = videos.filter(
		(video) => runsOf(evidence, video)[0]?.batch.workload === 'trigger4k',
	);
	const unasked = triggered.filter(
		({ json }) => json !== null && !submitted.some(({ taskId }) => taskId === json.taskId),
	);
	const miscounted = submitted.filter((video) => {
		const events = eventsOf(evidence, video).length;
		const own = deliveries.filter(
			({ taskId, index }) => taskId === video.taskId && index === video.index,
		);
		const attempts = own.flatMap((one) => (one.state === 'delivered' ? one.attempts : []));
		const isDelivered = attempts.length > 0 && !attempts.some(({ at }) => isDying(at));
		return events > 1 || (isDelivered && events === 0);
	});
	return [
		...unasked.map(({ id, json }) => `${String(json?.taskId)} (execution ${id})`),
		...miscounted.map(({ taskId }) => taskId),
	];
}

/** A lost callback must not make an execution wait in vain. */
function leftWaiting(evidence: Evidence): string[] {
	const { runs, deliveries, journal } = evidence;
	return runs.flatMap((run) => {
		const { id, batch, killed, endedAt, seen, orders } = run;
		const unfinished = seen.filter(({ json }) => json.status === 'processing');
		if (!suspends(batch.workload) || killed || endedAt === null || unfinished.length === 0)
			return [];
		const isStored = unfinished.every(({ json }) => json.timedOut !== true);
		if (isStored && isForgotten(evidence, run)) return [];
		const finishes = unfinished.map(({ json: { taskId, index } }) => {
			// However often it was asked in its last moments, Kie did not say how far the video is.
			const last = journal.findLast((entry) => entry.taskId === taskId && entry.at <= endedAt);
			if (last !== undefined && !last.submission && last.fault !== null) return Infinity;
			const reports = deliveries.filter(
				(one) => one.taskId === taskId && (index === null || one.index === index),
			);
			// The first attempt is made when the video is finished, whether or not it arrives.
			return Math.min(...reports.map(({ attempts }) => attempts[0]?.at ?? Infinity));
		});
		const isInVain = Math.max(...finishes) < endedAt - WELL_BEFORE_MS;
		const left = unfinished.map(({ json }) =>
			[json.taskId, json.timedOut === true ? 'timed out' : 'as stored', json.message].join(' '),
		);
		return isInVain ? [`execution ${id} with ${orders.length} videos: ${left.join('; ')}`] : [];
	});
}

/**
 * A restart ends the watch over suspended executions, and only a callback begins it again. Where no watch
 * lasted until its check at the timeout was done, n8n outputs the stored items at its own limit.
 */
function isForgotten(
	{ restarts, deliveries, journal }: Evidence,
	{ orders, endedAt }: RunRecord,
): boolean {
	const isOwn = ({ taskId }: { taskId: string | null }) =>
		orders.some((order) => order.taskId === taskId);
	const submittedAt = Math.min(
		...journal.filter((entry) => entry.submission && isOwn(entry)).map(({ at }) => at),
	);
	const calls = deliveries
		.filter(isOwn)
		.flatMap(({ attempts }) => attempts)
		// Whatever else n8n answers, the node was not called.
		.filter(({ status }) => status === 200 || status === 503)
		.map(({ at }) => ({ begin: at, checkAt: at + SOON_MS }));
	const end = endedAt ?? 0;
	const deadline = end - LAST_RESORT_MS;
	return ![{ begin: submittedAt, checkAt: deadline }, ...calls].some(({ begin, checkAt }) => {
		const ends = restarts.filter(({ until }) => until > begin).map(({ from }) => from);
		const watchEnd = Math.min(end - LAST_MOMENTS_MS, ...ends);
		return watchEnd > Math.max(checkAt, deadline) + CHECK_MS;
	});
}

function lostVideos(evidence: Evidence): string[] {
	return evidence.videos
		.filter((video) => {
			const wanted = video.ending === 'success' ? 'success' : 'failed';
			return stateOf(evidence, video) !== wanted;
		})
		.map(({ taskId }) => taskId);
}

/**
 * 4K and 1080P: once for each task and index. Generate: once for each video that was wanted. A refund means that Kie
 * has said that the task failed.
 */
function paidTwice({ ledger, journal }: Evidence): string[] {
	const wanted = new Map(
		journal.flatMap((entry) => {
			const [number] = /#\d+\./.exec(promptOf(entry) ?? '') ?? [];
			return number !== undefined && entry.taskId !== null ? [[entry.taskId, number]] : [];
		}),
	);
	const standing = new Map<string, number>();
	return ledger.flatMap(({ operation, taskId, index, credits }) => {
		const video = operation === 'generate' ? (wanted.get(taskId) ?? taskId) : taskId;
		const key = `${video} ${index} (${operation})`;
		const paid = (standing.get(key) ?? 0) + Math.sign(credits);
		standing.set(key, paid);
		return paid > 1 ? [`${taskId} (${operation})`] : [];
	});
}

function sentAgain({ journal }: Evidence): string[] {
	const lost = new Set<string>();
	const again: string[] = [];
	for (const entry of journal) {
		const prompt = promptOf(entry);
		if (prompt === null) continue;
		if (lost.has(prompt)) again.push(`${entry.taskId ?? 'refused'} (${prompt})`);
		if (hasLostAnswer(entry)) lost.add(prompt);
	}
	return again;
}

function hasLostAnswer({ fault, answer }: JournalEntry): boolean {
	const code = Number(Object(answer).code);
	return LOSING_FAULTS.includes(fault ?? '') || code === 408 || code >= 500;
}

function unnamedGenerations({ runs, journal, ledger }: Evidence): string[] {
	return runs.flatMap((run) => {
		if (run.killed || !makesVideos(run.batch.workload)) return [];
		const until = run.endedAt ?? Infinity;
		const isOwn = ({ at }: JournalEntry) => at >= run.startedAt && at <= until;
		return run.orders.flatMap(({ prompt, video }) => {
			const isPaid = (entry: JournalEntry) =>
				isOwn(entry) && entry.creditsCharged > 0 && promptOf(entry) === prompt;
			// What Retry On Fail has ordered again replaces what failed.
			const taskId = journal.findLast(isPaid)?.taskId ?? null;
			if (taskId === null || isNamedIn(run, taskId) || tellsOfLoss(run, video)) return [];
			// Or Kie refused that order, and the error is about it.
			const isRefunded = ledger.some((one) => one.taskId === taskId && one.credits < 0);
			if (run.batch.retry === 'onFail' && isRefunded) return [];
			return [`${taskId} (execution ${run.id}: ${run.error ?? 'no error'})`];
		});
	});
}

/** One that swaps URLs repeats what Kie has signed: it may be accepted, but not its URLs. */
function effectsOfForgeries({ forged, forgedTraces }: Evidence): string[] {
	const accepted = forged.filter(({ kind, status }) => kind !== 'swapped URLs' && status === 200);
	return [...forgedTraces, ...accepted.map(({ kind, video }) => `${video.taskId} (${kind})`)];
}

function wrongUrls(evidence: Evidence): string[] {
	return evidence.videos.flatMap((video) =>
		seenOf(evidence, video)
			.filter((json) => json.status === 'success' && !hasRightUrl(evidence, video, json))
			.map(({ videoUrl }) => `${video.taskId}: ${String(videoUrl)}`),
	);
}

function hasRightUrl(evidence: Evidence, video: PlannedVideo, json: JsonObject): boolean {
	const { operation, taskId, videoUrl, videoUrls } = json;
	// Fetched by the id of its job, an upgrade is the upgrade.
	const isJob = jobsOf(evidence, video).includes(String(taskId));
	const workload = runsOf(evidence, video)[0]?.batch.workload;
	const upgrade = workload === 'poll1080p' ? 'get1080p' : 'get4k';
	const [resolution = 'base'] = /4k|1080p/.exec(isJob ? upgrade : String(operation)) ?? [];
	const made = isJob ? video.taskId : String(taskId);
	const right = `${evidence.fileUrl}/v/${made}-${video.index}-${resolution}.mp4`;
	return (
		made.startsWith(video.taskId) &&
		videoUrl === right &&
		Array.isArray(videoUrls) &&
		videoUrls.every((url) => url === right)
	);
}
