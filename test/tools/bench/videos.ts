import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/advice';
import { median, ratios, shown, table, type Section, type Target } from './figures';
import { APIS, type Lab } from './lab';
import {
	byCallback,
	byLoop,
	byPolling,
	byTrigger,
	CALLBACKS_APART_MS,
	LOOK_EVERY_MS,
	POLL_SECONDS,
	UPGRADE_MS,
	type VideoRun,
	type VideoRunner,
} from './videoRuns';

const MANY = 20;
const MOST_RATIO = 1.3;

interface Way {
	name: string;
	run: VideoRunner;
	/** The APIs it is measured with. */
	apis: readonly ApiName[];
	/** Also with one video, to compare with. */
	withOne?: boolean;
	/** The loop takes a minute for 20 videos: fewer rounds for it. */
	slow?: boolean;
	targets?(measured: Measured): Target[];
}

/** One way with one API, and what it took, round by round. */
interface Measured extends Way {
	api: ApiName;
	/** As a promise begins. */
	whose: string;
	/** With one video. */
	one: VideoRun[];
	many: VideoRun[];
}

const WAYS: readonly Way[] = [
	{
		name: 'Wait by Polling',
		run: byPolling,
		apis: APIS,
		withOne: true,
		targets: (measured) => [timeTarget(measured)],
	},
	{
		name: 'Wait for Callback',
		run: byCallback,
		apis: APIS,
		targets: (measured) => [requestTarget(measured, 1), workerTarget(measured)],
	},
	{
		name: 'Return Immediately and the trigger',
		run: byTrigger,
		apis: APIS,
		targets: (measured) => [requestTarget(measured, measured.api === 'veo' ? 1 : 2)],
	},
	{
		name: 'Loop of HTTP Request, IF and Wait',
		run: byLoop,
		apis: ['veo'],
		withOne: true,
		slow: true,
	},
];

/** Many videos to 4K: time, requests and held workers of the wait modes, against n8n's own nodes. */
export async function measureVideos(lab: Lab): Promise<Section> {
	const [rounds, slowRounds] = lab.quick ? [1, 1] : [3, 2];
	const all = WAYS.flatMap((way) =>
		way.apis.map((api): Measured => {
			const whose = `${way.name}, ${API_LABELS[api]}`;
			return { ...way, api, whose, one: [], many: [] };
		}),
	);
	for (const { run, api } of all) await run(lab, 1, api);
	for (let round = 0; round < rounds; round++) {
		for (const { slow, whose, withOne, run, api, one, many } of all) {
			if (slow && round >= slowRounds) continue;
			lab.tell(`videos: round ${round + 1} of ${rounds}, ${whose}`);
			if (withOne) one.push(await run(lab, 1, api));
			many.push(await run(lab, MANY, api));
		}
	}
	return {
		title: `${MANY} videos to 4K`,
		method: `Get 4K Video for 1 and for ${MANY} videos, with both of Kie.ai's APIs, against the loop that is usually built: Loop Over Items, HTTP Request, IF, Wait, one video at a time. The simulated upgrade takes ${UPGRADE_MS / 1000} s instead of 5 to 10 minutes; every video is asked about each ${POLL_SECONDS} s; callbacks come ${CALLBACKS_APART_MS} ms apart. Seconds by n8n's own record of the executions; ${rounds} rounds, ${slowRounds} for the loop.`,
		tables: [
			table(
				['Seconds', 'API', '1 video', `${MANY} videos`, `${MANY} against 1`],
				...all
					.filter(({ withOne }) => withOne)
					.map((each) => [
						each.name,
						API_LABELS[each.api],
						shown(figures(each.one, 'seconds'), 2),
						shown(figures(each.many, 'seconds'), 2),
						shown(toOne(each), 2),
					]),
			),
			table(
				[
					`${MANY} videos`,
					'API',
					'Requests per video',
					'Submissions per video',
					'Running seconds per video',
				],
				...all.map(({ name, api, many }) => [
					name,
					API_LABELS[api],
					shown(figures(many, 'requests'), 2),
					shown(figures(many, 'submissions'), 2),
					shown(figures(many, 'running'), 3),
				]),
			),
		],
		reading: READING,
		targets: all.flatMap((each) => each.targets?.(each) ?? []),
	};
}

const READING = `The loop waits for each video before it submits the next. This node submits all, then waits for all at once: ${MANY} are what Kie.ai's limit lets in within 10 seconds, and ${MANY} more take 10 seconds longer.

"Running" is the time an execution has the state "running" and holds a worker in queue mode, divided by the videos: with polling as long as the upgrade takes, shared by all videos; with a callback only the submission and the end. It is an upper bound, because n8n was asked every ${LOOK_EVERY_MS} ms. (n8n suspends Wait nodes of 65 s and more: a loop with such pauses holds a worker for less.)

The trigger reads each reported job of the Unified Jobs API once, which is free, to prove that it is the upgrade of the video its address names. A suspended execution knows the ID of each job.`;

function figures(runs: readonly VideoRun[], what: Exclude<keyof VideoRun, 'whileSuspended'>) {
	return runs.map((run) => run[what]);
}

function toOne({ one, many }: Measured): number[] {
	return ratios(figures(many, 'seconds'), figures(one, 'seconds'));
}

function timeTarget(measured: Measured): Target {
	const ratio = toOne(measured);
	return {
		promise: `${measured.whose}: ${MANY} videos take at most ${MOST_RATIO} times as long as one`,
		measured: shown(ratio, 2),
		held: median(ratio) <= MOST_RATIO,
	};
}

function requestTarget({ whose, many }: Measured, count: 1 | 2): Target {
	const submissions = figures(many, 'submissions');
	const requests = figures(many, 'requests');
	const what =
		count === 1 ? 'one request, the submission' : '2 requests, the submission and one free read';
	return {
		promise: `${whose}: per video Kie.ai gets ${what}`,
		measured: `${shown(submissions, 2)} submissions, ${shown(requests, 2)} requests`,
		held: submissions.every((each) => each === 1) && requests.every((each) => each === count),
	};
}

function workerTarget({ whose, many }: Measured): Target {
	const seen = many.flatMap(({ whileSuspended = [] }) => whileSuspended);
	const suspended = seen.filter((status) => status === 'waiting').length;
	return {
		promise: `${whose}: no worker is held while the execution is suspended`,
		measured: `In ${suspended} of ${seen.length} looks between suspension and last callback the execution was "waiting"`,
		held: seen.length > 0 && suspended === seen.length,
	};
}
