import { KIE } from '../../spec/e2e/workflows';
import { itemsOf } from '../n8n/execution';
import { median, ratios, shown, table, type Section, type Target } from './figures';
import { inLab, Lab } from './lab';
import { byPolling, UPGRADE_MS, type VideoRun } from './videoRuns';
import { floorOf, LIMIT, runWorkers, WINDOW } from './workers';

const WORKERS = 3;
const MOST_RATIO = { upgrades: 1.1, workers: 1.2 };

/** What the workers are measured beside. Places are those another program takes in each window. */
const SITUATIONS = [
	{ how: 'alone', taken: 0 },
	{ how: 'beside a program that takes half of the limit', taken: LIMIT / 2 },
];

interface PaidRun {
	seconds: number;
	floor: number;
	/** Submissions answered with 429. */
	refused: number;
	/** Paid submissions per video that came out; more than 1 if one was paid for twice. */
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
	const upgrades: VideoRun[] = [];
	for (let round = 0; round < rounds; round++) {
		lab.tell(`limit: round ${round + 1} of ${rounds}, ${extent.upgrades} videos to 4K`);
		upgrades.push(await byPolling(lab, extent.upgrades));
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
	const floor = floorOf(extent.upgrades) + UPGRADE_MS / 1000;
	const seconds = upgrades.map((run) => run.seconds);
	const ratio = seconds.map((each) => each / floor);
	const submissions = upgrades.map((run) => run.submissions);
	return {
		title: "Against the floor of Kie.ai's limit",
		method: `Kie.ai accepts ${LIMIT} new requests of an account in ${WINDOW} s, and the simulator refuses more with 429. The floor is the time that the limit alone takes. First table: one execution, Get 4K Video with Wait by Polling for ${extent.upgrades} videos; ${LIMIT} are accepted at once, the others in further windows of ${WINDOW} s, and the last upgrade takes ${UPGRADE_MS / 1000} s. Second table: n8n in queue mode with PostgreSQL, Redis and ${WORKERS} workers, which know nothing of each other; each runs one execution that generates ${perWorker} videos, all on one account; then the same beside another program that takes ${LIMIT / 2} places in each window, at random moments. From the first accepted submission to the last; ${rounds} rounds, each with a fresh account.`,
		tables: [
			table(
				[`${extent.upgrades} videos to 4K, seconds`, 'Floor', 'Ratio', 'Submissions per video'],
				[shown(seconds, 1), floor.toFixed(0), shown(ratio, 2), shown(submissions, 2)],
			),
			table(
				[
					`${WORKERS} workers, ${perWorker} videos each`,
					'Seconds',
					'Floor',
					'Ratio',
					'Refused with 429',
					'Paid for, per video',
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
		reading: `One process knows what it has sent, keeps to the limit, and never gets a 429. Several processes, or another program on the same account, learn from refusals how much of the limit they can have: that is the time above the floor. A refusal costs nothing, and what was refused is sent again. With real upgrades of 5 to 10 minutes the floor of the first table is longer, and the ratio closer to 1.`,
		targets: [
			ratioTarget(`${extent.upgrades} videos to 4K take`, ratio, MOST_RATIO.upgrades),
			...situations.flatMap((situation) => workersTargets(situation, perWorker)),
		],
	};
}

/** @throws Error unless every video came out */
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
		throw new Error(`${different} of ${WORKERS * videos} videos came out`);
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
	const who = `${WORKERS} workers with ${perWorker} new videos each on one account, ${how},`;
	const paid = figures(runs, 'paid');
	return [
		ratioTarget(`${who} take`, toFloor(runs), MOST_RATIO.workers),
		{
			promise: `${who} get every video, and each is paid for once`,
			measured: `${shown(paid, 2)} paid submissions per video`,
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
