import { LOOK_EVERY_MS } from './executions';
import type { Lab } from './lab';
import type { Section } from './report';
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
	count: number;
	/** The loop takes a minute for 20 videos: fewer rounds for it. */
	slow?: boolean;
}

const LOOP = 'Loop of HTTP Request, IF and Wait';
const WAYS = {
	pollOne: { name: 'Wait by Polling', run: byPolling, count: 1 },
	poll: { name: 'Wait by Polling', run: byPolling, count: MANY },
	callback: { name: 'Wait for Callback', run: byCallback, count: MANY },
	trigger: { name: 'Return Immediately and the trigger', run: byTrigger, count: MANY },
	loopOne: { name: LOOP, run: byLoop, count: 1, slow: true },
	loop: { name: LOOP, run: byLoop, count: MANY, slow: true },
} satisfies Record<string, Way>;

type WayName = keyof typeof WAYS;

/** Many videos to 4K: time, requests and held workers of the wait modes, against n8n's own nodes. */
export async function measureVideos(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 3;
	const slowRounds = lab.quick ? 1 : 2;
	const ways = Object.entries(WAYS) as Array<[WayName, Way]>;
	const runs = new Map<WayName, VideoRun[]>(ways.map(([name]) => [name, []]));
	const of = (way: WayName): VideoRun[] => runs.get(way) ?? [];
	const secondsOf = (way: WayName) => of(way).map(({ seconds }) => seconds);

	for (const [, { run }] of ways.filter(([, { count }]) => count === 1)) await run(lab, 1);
	for (let round = 0; round < rounds; round++) {
		for (const [name, { run, count, slow }] of ways) {
			if (slow && round >= slowRounds) continue;
			lab.tell(`videos: round ${round + 1} of ${rounds}, ${count} by ${WAYS[name].name}`);
			of(name).push(await run(lab, count));
		}
	}

	const toOne = roundRatios(secondsOf('poll'), secondsOf('pollOne'));
	const loopToOne = roundRatios(secondsOf('loop'), secondsOf('loopOne'));
	const timeRow = (name: string, one: WayName, many: WayName, ratio: Spread) => [
		name,
		written(spreadOf(secondsOf(one)), 2),
		written(spreadOf(secondsOf(many)), 2),
		written(ratio, 2),
	];
	const costRow = (way: WayName) => [
		WAYS[way].name,
		written(spreadOf(of(way).map(({ requests }) => requests)), 2),
		written(spreadOf(of(way).map(({ submissions }) => submissions)), 2),
		written(spreadOf(of(way).map(({ running }) => running)), 3),
	];
	const submissions = spreadOf(of('callback').map((run) => run.submissions));
	const requests = spreadOf(of('callback').map((run) => run.requests));
	const seen = of('callback').flatMap(({ whileSuspended = [] }) => whileSuspended);
	const suspended = seen.filter((status) => status === 'waiting').length;

	return {
		title: `${MANY} videos to 4K`,
		method: `Get 4K Video for 1 and for ${MANY} videos, against the loop that is usually built: Loop Over Items, HTTP Request, IF, Wait, one video at a time. The simulated upgrade takes ${UPGRADE_MS / 1000} s instead of 5 to 10 minutes; every video is asked about each ${POLL_SECONDS} s; callbacks come ${CALLBACKS_APART_MS} ms apart. Seconds by n8n's own record of the executions; ${rounds} rounds, ${slowRounds} for the loop.`,
		tables: [
			table(
				['Seconds', '1 video', `${MANY} videos`, `${MANY} against 1`],
				[
					timeRow(WAYS.poll.name, 'pollOne', 'poll', toOne),
					timeRow(LOOP, 'loopOne', 'loop', loopToOne),
				],
			),
			table(
				[
					`${MANY} videos`,
					'Requests per video',
					'Submissions per video',
					'Running seconds per video',
				],
				(['trigger', 'poll', 'callback', 'loop'] as const).map(costRow),
			),
		],
		reading: `The loop waits for each video before it submits the next, so its time grows with their number. This node submits all, then waits for all at once; ${MANY} are also what Kie.ai's limit lets in within 10 seconds, more take 10 seconds longer per ${MANY}. "Running" is the time an execution has the state "running" and holds a worker in queue mode, divided by the videos. With polling it lasts as long as the upgrade, whatever that takes, shared by all videos of the execution; the loop holds it for every video in turn. (n8n suspends Wait nodes of 65 s and more: a loop with such long pauses holds a worker for less.) With a callback only the submission and the end run, whatever the upgrade takes. That figure is an upper bound: n8n was asked every ${LOOK_EVERY_MS} ms, and gaps are included. For the trigger, one short execution per video is in it. Requests with polling depend on upgrade time and poll interval; with callbacks there is exactly one.`,
		targets: [
			{
				promise: `${MANY} videos take at most ${MOST_RATIO} times as long as one`,
				measured: written(toOne, 2),
				held: toOne.median <= MOST_RATIO,
			},
			{
				promise: 'Wait for Callback sends Kie.ai exactly one request per video, the submission',
				measured: `${written(submissions, 2)} submissions, ${written(requests, 2)} requests`,
				held: [submissions, requests].every(({ min, max }) => min === 1 && max === 1),
			},
			{
				promise: 'Wait for Callback holds no worker while it is suspended',
				measured: `In ${suspended} of ${seen.length} looks between suspension and last callback the execution was "waiting"`,
				held: seen.length > 0 && suspended === seen.length,
			},
		],
	};
}
