import {
	isNamedIn,
	jobsOf,
	promptOf,
	runsOf,
	stateOf,
	tellsOfLoss,
	type Evidence,
	type RunRecord,
	type Started,
} from './evidence';
import { makesVideos, type PlannedVideo } from './plan';
import { orderOf } from './workloads';

type Batch = Pick<Started, 'batch' | 'orders'>;

/** How batches of the user run. */
export const AGAIN = {
	onError: 'continueRegularOutput',
	onTimeout: 'error',
	retry: null,
	timeout: 60,
	download: false,
} as const;

/**
 * What a user would ask for again, knowing what was asked for and what items, errors and Kie's own log say:
 * every video that was neither had nor finally refused.
 */
export function ordersLeft(evidence: Evidence): Batch[] {
	const left = new Map<string, Batch>();
	for (const video of evidence.videos) {
		const runs = runsOf(evidence, video);
		const [first] = runs;
		if (first === undefined || stateOf(evidence, video) !== 'unknown') continue;
		const { workload: original, account } = first.batch;
		const attempts = runs.filter(({ batch }) => makesVideos(batch.workload)).length;
		const upgrade = original === 'poll1080p' ? original : 'poll4k';
		const again = makesVideos(original) ? 'generate' : upgrade;
		const taskId = knownTask(evidence, video, runs);
		const workload = taskId === undefined ? again : 'get';
		const order = taskId === undefined ? orderOf(video, attempts) : { ...orderOf(video), taskId };
		const name = `${workload} again, account ${account}`;
		const same = left.get(name) ?? { batch: { ...AGAIN, name, workload, account }, orders: [] };
		same.orders.push(order);
		left.set(name, same);
	}
	return [...left.values()];
}

/**
 * The task of a generation, or the job that an upgrade is by now, as far as its user can know; undefined where it has to
 * be ordered again. At the Veo endpoints an upgrade has no job: there, ordering again tells the state.
 */
function knownTask(
	evidence: Evidence,
	video: PlannedVideo,
	runs: readonly RunRecord[],
): string | undefined {
	for (const run of runs.toReversed()) {
		// The error that ended a run names the video that failed, so its job is not ordered again.
		const [message = ''] = run.error?.split('\n') ?? [];
		const hasFailed = message.startsWith('Could not get') && message.includes(video.taskId);
		// Where nothing is named, the user looks at kie.ai/logs.
		const isKnown = hasFailed || run.killed || tellsOfLoss(run, video);
		const paid = makesVideos(run.batch.workload)
			? generationsOf(evidence, video, run)
			: jobsOf(evidence, video);
		const known = paid.findLast((taskId) => isKnown || isNamedIn(run, taskId));
		if (known !== undefined) return known;
	}
	return undefined;
}

/** Tasks that a run has ordered and paid for to make a video. */
function generationsOf({ journal }: Evidence, { number }: PlannedVideo, { orders }: RunRecord) {
	const prompts = orders.flatMap((one) => (one.video.number === number ? one.prompt : []));
	return journal.flatMap((entry) => {
		const isPaid = entry.creditsCharged > 0 && prompts.includes(promptOf(entry) ?? '');
		return isPaid && entry.taskId !== null ? entry.taskId : [];
	});
}
