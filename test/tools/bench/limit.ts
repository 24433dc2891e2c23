import { KIE } from '../../spec/e2e/workflows';
import { itemsOf } from '../n8n/execution';
import { median, ratios, shown, table, type Section, type Target } from './figures';
import { inLab, Lab } from './lab';
import {
	byModel,
	byPolling,
	IMAGE_MS,
	UPGRADE_MS,
	type VideoRun,
	type VideoRunner,
} from './videoRuns';
import { floorOf, LIMIT, runWorkers, WINDOW } from './workers';

const WORKERS = 3;
const IMAGES = 25;
const MOST_RATIO = { alone: 1.1, workers: 1.2 };

/** What the workers are measured beside. Places are those another program takes in each window. */
const SITUATIONS = [
	{ how: 'alone', taken: 0 },
	{ how: 'beside a program that takes half of the limit', taken: LIMIT / 2 },
];

/** One execution, and what it took, round by round, also with one item. */
interface Alone {
	what: string;
	run: VideoRunner;
	count: number;
	/** Milliseconds that Kie works on each. */
	ms: number;
	one: VideoRun[];
	many: VideoRun[];
}

interface PaidRun {
	seconds: number;
	floor: number;
	/** Submissions answered with 429. */
	refused: number;
	/** Paid submissions per result that came out; more than 1 if one was paid for twice. */
	paid: number;
}

interface Situation {
	how: string;
	taken: number;
	runs: PaidRun[];
}

/** More videos than Kie's limit accepts at once, against the time that the limit alone takes. */
export async function measureLimit(lab: Lab): Promise<Section> {
	const extent = lab.quick
		? { rounds: 1, upgrades: 40, perWorker: 15 }
		: { rounds: 2, upgrades: 120, perWorker: 60 };
	const { rounds, perWorker } = extent;
	const alone: Alone[] = [
		{
			what: `${extent.upgrades} videos to 4K`,
			run: byPolling,
			count: extent.upgrades,
			ms: UPGRADE_MS,
		},
		{ what: `${IMAGES} images`, run: byModel, count: IMAGES, ms: IMAGE_MS },
	].map((each) => ({ ...each, one: [], many: [] }));
	for (let round = 0; round < rounds; round++) {
		for (const { what, run, count, one, many } of alone) {
			lab.tell(`limit: round ${round + 1} of ${rounds}, ${what}`);
			one.push(await run(lab, 1));
			many.push(await run(lab, count));
		}
	}
	const situations = SITUATIONS.map((one): Situation => ({ ...one, runs: [] }));
	const queue = { workers: WORKERS, concurrency: 1, webhookProcesses: 0 };
	await inLab(new Lab(lab.quick, { queue }), async (workersLab) => {
		for (let round = 0; round < rounds; round++) {
			for (const { how, taken, runs } of situations) {
				lab.tell(`limit: round ${round + 1} of ${rounds}, ${WORKERS} workers ${how}`);
				runs.push(await runPaid(workersLab, perWorker, taken));
			}
		}
	});
	return {
		title: "Against the floor of Kie.ai's limit",
		method: `Kie.ai accepts ${LIMIT} new requests of an account in ${WINDOW} s, and the simulator refuses more with 429. The floor is the time that the limit alone takes. First table: one execution with Wait by Polling, Get 4K Video for ${extent.upgrades} videos and Run a Model for ${IMAGES} images of an image model; ${LIMIT} are accepted at once, the others in further windows of ${WINDOW} s, and the last upgrade takes ${UPGRADE_MS / 1000} s, the last image ${IMAGE_MS / 1000} s. Second table: n8n in queue mode with PostgreSQL, Redis and ${WORKERS} workers, which know nothing of each other; two run one execution that generates ${perWorker} videos, one as many images with Run a Model, all on one account; then the same beside another program that takes ${LIMIT / 2} places in each window, at random moments. From the first accepted submission to the last; ${rounds} rounds, each with a fresh account.`,
		tables: [
			table(
				['', 'Seconds', 'Floor', 'Ratio', 'Against one alone', 'Submissions of each'],
				...alone.map((each) => [
					each.what,
					shown(secondsOf(each.many), 1),
					floorOfAll(each).toFixed(0),
					shown(toFloorOfAll(each), 2),
					shown(ratios(secondsOf(each.many), secondsOf(each.one)), 2),
					shown(submissionsOf(each), 2),
				]),
			),
			table(
				[
					`${WORKERS} workers, ${perWorker} orders each`,
					'Seconds',
					'Floor',
					'Ratio',
					'Refused with 429',
					'Paid for, per order',
				],
				...situations.map(({ how, runs }) => [
					how,
					shown(figures(runs, 'seconds'), 1),
					shown(figures(runs, 'floor'), 0),
					shown(toFloor(runs), 2),
					shown(figures(runs, 'refused'), 0),
					shown(figures(runs, 'paid'), 2),
				]),
			),
		],
		reading: `One process knows what it has sent, keeps to the limit, and never gets a 429. Several processes, or another program on the same account, learn from refusals how much of the limit they can have: that is the time above the floor. A refusal costs nothing, and what was refused is sent again. With real upgrades of 5 to 10 minutes the floor of the first table is longer, and both ratios are closer to 1.`,
		targets: [
			...alone.flatMap(aloneTargets),
			...situations.flatMap((situation) => workersTargets(situation, perWorker)),
		],
	};
}

function secondsOf(runs: readonly VideoRun[]): number[] {
	return runs.map(({ seconds }) => seconds);
}

function floorOfAll({ count, ms }: Alone): number {
	return floorOf(count) + ms / 1000;
}

function toFloorOfAll(alone: Alone): number[] {
	return secondsOf(alone.many).map((each) => each / floorOfAll(alone));
}

function submissionsOf({ many }: Alone): number[] {
	return many.map(({ submissions }) => submissions);
}

function aloneTargets(alone: Alone): Target[] {
	const submissions = submissionsOf(alone);
	return [
		ratioTarget(`${alone.what} take`, toFloorOfAll(alone), MOST_RATIO.alone),
		{
			promise: `${alone.what}: one submission each`,
			measured: shown(submissions, 2),
			held: submissions.every((each) => each === 1),
		},
	];
}

/** @throws Error unless every result came out */
async function runPaid(lab: Lab, videos: number, taken: number): Promise<PaidRun> {
	const stage = await lab.stage();
	stage.simulator.reset();
	const { executions, ...run } = await runWorkers(
		{ stage, ...(await lab.newAccount()) },
		{ workers: WORKERS, videos, taken },
	);
	const items = executions.flatMap((execution) => itemsOf(execution, KIE));
	const ready = items.filter(({ json }) => json.status === 'success');
	const different = new Set(ready.map(({ json }) => json.taskId)).size;
	if (different !== WORKERS * videos) {
		throw new Error(`${different} of ${WORKERS * videos} results came out`);
	}
	return { ...run, paid: stage.simulator.paid().length / different };
}

function figures(runs: readonly PaidRun[], what: keyof PaidRun): number[] {
	return runs.map((run) => run[what]);
}

function toFloor(runs: readonly PaidRun[]): number[] {
	return ratios(figures(runs, 'seconds'), figures(runs, 'floor'));
}

function workersTargets({ how, runs }: Situation, perWorker: number): Target[] {
	const who = `${WORKERS} workers with ${perWorker} new orders each on one account, ${how},`;
	const paid = figures(runs, 'paid');
	return [
		ratioTarget(`${who} take`, toFloor(runs), MOST_RATIO.workers),
		{
			promise: `${who} get every result, and each is paid for once`,
			measured: `${shown(paid, 2)} paid submissions of each`,
			held: paid.every((each) => each === 1),
		},
	];
}

function ratioTarget(what: string, ratio: number[], most: number): Target {
	return {
		promise: `${what} at most ${most} times the floor`,
		setBy: `Kie.ai's limit of ${LIMIT} new requests in ${WINDOW} s`,
		measured: shown(ratio, 2),
		held: median(ratio) <= most,
	};
}
