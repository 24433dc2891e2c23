import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/apis';
import { LOOK_EVERY_MS } from './executions';
import { APIS, type Lab } from './lab';
import type { Section, Target } from './report';
import { roundRatios, spreadOf, type Spread } from './statistics';
import { table, written } from './table';
import {
	byCallback,
	byLoop,
	byPolling,
	byTrigger,
	CALLBACKS_APART_MS,
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
		targets: (measured) => [requestTarget(measured, 1, 'the submission'), workerTarget(measured)],
	},
	{
		name: 'Return Immediately and the trigger',
		run: byTrigger,
		apis: APIS,
		targets: (measured) => [
			measured.api === 'veo'
				? requestTarget(measured, 1, 'the submission')
				: requestTarget(measured, 2, 'the submission and one free read'),
		],
	},
	{
		name: 'Loop of HTTP Request, IF and Wait',
		run: byLoop,
		apis: ['veo'],
		withOne: true,
		slow: true,
	},
];

type Figure = Exclude<keyof VideoRun, 'whileSuspended'>;

/** Many videos to 4K: time, requests and held workers of the wait modes, against n8n's own nodes. */
export async function measureVideos(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 3;
	const slowRounds = lab.quick ? 1 : 2;
	const all = WAYS.flatMap((way) =>
		way.apis.map((api): Measured => ({ ...way, api, one: [], many: [] })),
	);
	for (const { run, api } of all) await run(lab, 1, api);
	for (let round = 0; round < rounds; round++) {
		for (const each of all) {
			if (each.slow && round >= slowRounds) continue;
			lab.tell(`videos: round ${round + 1} of ${rounds}, ${each.name}, ${API_LABELS[each.api]}`);
			if (each.withOne) each.one.push(await each.run(lab, 1, each.api));
			each.many.push(await each.run(lab, MANY, each.api));
		}
	}
	return {
		title: `${MANY} videos to 4K`,
		method: `Get 4K Video for 1 and for ${MANY} videos, with both of Kie.ai's APIs, against the loop that is usually built: Loop Over Items, HTTP Request, IF, Wait, one video at a time. The simulated upgrade takes ${UPGRADE_MS / 1000} s instead of 5 to 10 minutes; every video is asked about each ${POLL_SECONDS} s; callbacks come ${CALLBACKS_APART_MS} ms apart. Seconds by n8n's own record of the executions; ${rounds} rounds, ${slowRounds} for the loop.`,
		tables: [timeTable(all), costTable(all)],
		reading: READING,
		targets: all.flatMap((each) => each.targets?.(each) ?? []),
	};
}

const READING = `The loop waits for each video before it submits the next, so its time grows with their number. This node submits all, then waits for all at once; ${MANY} are also what Kie.ai's limit lets in within 10 seconds, more take 10 seconds longer per ${MANY}. "Running" is the time an execution has the state "running" and holds a worker in queue mode, divided by the videos. With polling it lasts as long as the upgrade, whatever that takes, shared by all videos of the execution; the loop holds it for every video in turn. (n8n suspends Wait nodes of 65 s and more: a loop with such long pauses holds a worker for less.) With a callback only the submission and the end run, whatever the upgrade takes. That figure is an upper bound: n8n was asked every ${LOOK_EVERY_MS} ms, and gaps are included. For the trigger, one short execution per video is in it; callbacks ${CALLBACKS_APART_MS} ms apart are nearly as many as one n8n takes (see below), so these executions sometimes wait for each other. Requests with polling depend on upgrade time and poll interval; with Wait for Callback there is exactly one, because the suspended execution knows the ID of each job. The trigger does not: with the Unified Jobs API it reads each reported job once, which is free, to prove that it is the upgrade of the video its address names.`;

function timeTable(all: readonly Measured[]): string {
	return table(
		['Seconds', 'API', '1 video', `${MANY} videos`, `${MANY} against 1`],
		all
			.filter(({ withOne }) => withOne)
			.map((each) => [
				each.name,
				API_LABELS[each.api],
				written(spreadOf(figures(each.one, 'seconds')), 2),
				written(spreadOf(figures(each.many, 'seconds')), 2),
				written(toOne(each), 2),
			]),
	);
}

function costTable(all: readonly Measured[]): string {
	return table(
		[
			`${MANY} videos`,
			'API',
			'Requests per video',
			'Submissions per video',
			'Running seconds per video',
		],
		all.map(({ name, api, many }) => [
			name,
			API_LABELS[api],
			written(spreadOf(figures(many, 'requests')), 2),
			written(spreadOf(figures(many, 'submissions')), 2),
			written(spreadOf(figures(many, 'running')), 3),
		]),
	);
}

function figures(runs: readonly VideoRun[], what: Figure): number[] {
	return runs.map((run) => run[what]);
}

function toOne({ one, many }: Measured): Spread {
	return roundRatios(figures(many, 'seconds'), figures(one, 'seconds'));
}

/** As a promise begins. */
function whose({ name, api }: Measured): string {
	return `${name}, ${API_LABELS[api]}`;
}

function timeTarget(measured: Measured): Target {
	const ratio = toOne(measured);
	return {
		promise: `${whose(measured)}: ${MANY} videos take at most ${MOST_RATIO} times as long as one`,
		measured: written(ratio, 2),
		held: ratio.median <= MOST_RATIO,
	};
}

/** @param which the requests, in words */
function requestTarget(measured: Measured, count: number, which: string): Target {
	const submissions = spreadOf(figures(measured.many, 'submissions'));
	const requests = spreadOf(figures(measured.many, 'requests'));
	const isExactly = ({ min, max }: Spread, value: number) => min === value && max === value;
	return {
		promise: `${whose(measured)}: per video Kie.ai gets ${count === 1 ? 'one request' : `${count} requests`}, ${which}`,
		measured: `${written(submissions, 2)} submissions, ${written(requests, 2)} requests`,
		held: isExactly(submissions, 1) && isExactly(requests, count),
	};
}

function workerTarget(measured: Measured): Target {
	const seen = measured.many.flatMap(({ whileSuspended = [] }) => whileSuspended);
	const suspended = seen.filter((status) => status === 'waiting').length;
	return {
		promise: `${whose(measured)}: no worker is held while the execution is suspended`,
		measured: `In ${suspended} of ${seen.length} looks between suspension and last callback the execution was "waiting"`,
		held: seen.length > 0 && suspended === seen.length,
	};
}
