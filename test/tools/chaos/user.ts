import {
	jobsOf,
	promptOf,
	runsOf,
	stateOf,
	taskIdsIn,
	tellsOfLoss,
	type Evidence,
	type RunRecord,
} from './evidence';
import { makesVideos, type PlannedVideo } from './plan';
import { orderOf, type BatchSettings, type Order } from './workloads';

/** Videos to ask for again, in one workflow. */
export interface Left {
	settings: BatchSettings;
	orders: Order[];
}

/**
 * What a user would ask for again, knowing what was asked for and what items, errors and Kie's own log say:
 * every video that was neither had nor finally refused.
 */
export function ordersLeft(evidence: Evidence): Left[] {
	const left = new Map<string, Left>();
	for (const video of evidence.videos) {
		const runs = runsOf(evidence, video);
		const [first] = runs;
		if (first === undefined || stateOf(evidence, video) !== 'unknown') continue;
		const { workload: original, account } = first.batch;
		const generates = makesVideos(original);
		const known = generates ? createdTask(evidence, video, runs) : video.taskId;
		const job = generates ? null : knownJob(evidence, video, runs);
		const upgrade = original === 'poll1080p' ? original : 'poll4k';
		const creation = known === null ? 'generate' : 'get';
		const workload = generates ? creation : job === null ? upgrade : 'get';
		const attempts = runs.filter(({ batch }) => makesVideos(batch.workload)).length;
		const task = job ?? known;
		const order = task === null ? orderOf(video, attempts) : { ...orderOf(video), taskId: task };
		const name = `${workload} again, account ${account}`;
		const settings: BatchSettings = {
			name,
			workload,
			account,
			onError: 'continueRegularOutput',
			onTimeout: 'error',
			retry: null,
			timeout: 60,
			download: false,
		};
		const same = left.get(name) ?? { settings, orders: [] };
		same.orders.push(order);
		left.set(name, same);
	}
	return [...left.values()];
}

/**
 * The job that an upgrade is by now, as far as its user can know; null when it has to be ordered again. At
 * the Veo endpoints there is none: there, ordering again tells the state.
 */
function knownJob(evidence: Evidence, video: PlannedVideo, runs: RunRecord[]): string | null {
	const isKnown = (job: string) =>
		runs.some((run) => {
			const isNamed = JSON.stringify([run.seen, run.error]).includes(job);
			// The error that ended a run names the video that failed, so its job is not ordered again.
			const [message = ''] = run.error?.split('\n') ?? [];
			const hasFailed = message.startsWith('Could not get') && message.includes(video.taskId);
			// Otherwise the user looks at kie.ai/logs.
			return isNamed || hasFailed || run.killed || tellsOfLoss(run, video);
		});
	return jobsOf(evidence, video).findLast(isKnown) ?? null;
}

/** The task a generation has made, as far as its user can know; null when it has to be generated again. */
function createdTask({ journal }: Evidence, video: PlannedVideo, runs: RunRecord[]): string | null {
	for (const run of [...runs].reverse()) {
		if (!makesVideos(run.batch.workload)) continue;
		const order = run.orders.find((one) => one.video.number === video.number);
		const named = taskIdsIn(run);
		if (order && named.has(order.taskId)) return order.taskId;
		if (order && (run.killed || tellsOfLoss(run, video))) {
			// The user looks at kie.ai/logs.
			const paid = journal.find(
				(entry) => entry.creditsCharged > 0 && promptOf(entry) === order.prompt,
			);
			if (paid?.taskId) return paid.taskId;
		}
	}
	return null;
}
