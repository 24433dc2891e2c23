import { KIE } from '../../spec/e2e/workflows';
import { itemsOf } from '../n8n/execution';
import { Lab } from './lab';
import type { Section, Target } from './report';
import { spreadOf, type Spread } from './statistics';
import { table, written } from './table';
import { byPolling, UPGRADE_MS, type VideoRun } from './videoRuns';
import { floorOf, LIMIT, runWorkers, WINDOW, type WorkersRun } from './workers';

const WORKERS = 3;
const MOST_RATIO = { upgrades: 1.1, workers: 1.2 };
const SET_BY = `Kie.ai's limit of ${LIMIT} new requests in ${WINDOW} s`;

/** How much is measured. */
interface Extent {
	rounds: number;
	/** Videos of the one execution that upgrades. */
	upgrades: number;
	/** New videos of each worker. */
	perWorker: number;
}

/** What the workers are measured beside. Places are those another program takes in each window. */
const SITUATIONS = [
	{ how: 'alone', taken: 0 },
	{ how: 'beside a program that takes half of the limit', taken: LIMIT / 2 },
];

/** A measurement of the workers, and how often each video was paid for. */
interface PaidRun extends WorkersRun {
	/** Paid submissions per video that came out; more than 1 if one was paid for twice, or is missing. */
	paidPerVideo: number;
}

interface Situation {
	how: string;
	runs: PaidRun[];
}

/** More videos than Kie's limit accepts at once, against the time that the limit alone takes. */
export async function measureLimit(lab: Lab): Promise<Section> {
	const extent = lab.quick
		? { rounds: 1, upgrades: 40, perWorker: 15 }
		: { rounds: 2, upgrades: 120, perWorker: 60 };
	const upgrades = await measureUpgrades(lab, extent);
	const queue = { workers: WORKERS, concurrency: 1, webhookProcesses: 0 };
	const workersLab = new Lab(lab.quick, { queue });
	try {
		return toSection(extent, upgrades, await measureWorkers(workersLab, extent));
	} finally {
		await workersLab.close();
	}
}

async function measureUpgrades(lab: Lab, { rounds, upgrades }: Extent): Promise<VideoRun[]> {
	const runs: VideoRun[] = [];
	for (let round = 0; round < rounds; round++) {
		lab.tell(`limit: round ${round + 1} of ${rounds}, ${upgrades} videos to 4K`);
		runs.push(await byPolling(lab, upgrades));
	}
	return runs;
}

async function measureWorkers(lab: Lab, { rounds, perWorker }: Extent): Promise<Situation[]> {
	const situations = SITUATIONS.map(({ how, taken }) => ({ how, taken, runs: [] as PaidRun[] }));
	for (let round = 0; round < rounds; round++) {
		for (const { how, taken, runs } of situations) {
			lab.tell(`limit: round ${round + 1} of ${rounds}, ${WORKERS} workers ${how}`);
			runs.push(await runPaid(lab, perWorker, taken));
		}
	}
	return situations;
}

async function runPaid(lab: Lab, videos: number, taken: number): Promise<PaidRun> {
	const stage = await lab.stage();
	stage.simulator.reset();
	const run = await runWorkers(
		{ stage, ...(await lab.newAccount()) },
		{ workers: WORKERS, videos, taken },
	);
	const items = run.executions.flatMap((execution) => itemsOf(execution, KIE));
	const ready = items.filter(({ json }) => json.status === 'success');
	const different = new Set(ready.map(({ json }) => json.taskId)).size;
	if (different !== WORKERS * videos) {
		throw new Error(`${different} of ${WORKERS * videos} videos came out`);
	}
	return { ...run, paidPerVideo: stage.simulator.paid().length / different };
}

function toSection(extent: Extent, upgrades: VideoRun[], situations: Situation[]): Section {
	const { rounds, perWorker } = extent;
	const floor = floorOf(extent.upgrades) + UPGRADE_MS / 1000;
	const ratio = spreadOf(upgrades.map(({ seconds }) => seconds / floor));
	const upgradeRow = [
		written(spreadOf(upgrades.map(({ seconds }) => seconds)), 1),
		floor.toFixed(0),
		written(ratio, 2),
		written(spreadOf(upgrades.map(({ submissions }) => submissions)), 2),
	];
	return {
		title: "Against the floor of Kie.ai's limit",
		method: `Kie.ai accepts ${LIMIT} new requests of an account in ${WINDOW} s, and the simulator refuses more with 429. The floor is the time that the limit alone takes. First table: one execution, Get 4K Video with Wait by Polling for ${extent.upgrades} videos; ${LIMIT} are accepted at once, the others in further windows of ${WINDOW} s, and the last upgrade takes ${UPGRADE_MS / 1000} s. Second table: n8n in queue mode with PostgreSQL, Redis and ${WORKERS} workers, which know nothing of each other; each runs one execution that generates ${perWorker} videos, all on one account; then the same beside another program that takes ${LIMIT / 2} places in each window, at random moments. From the first accepted submission to the last; ${rounds} rounds, each with a fresh account.`,
		tables: [
			table(
				[`${extent.upgrades} videos to 4K, seconds`, 'Floor', 'Ratio', 'Submissions per video'],
				[upgradeRow],
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
				situations.map(workersRow),
			),
		],
		reading: `One process knows what it has sent, keeps to the limit, and never gets a 429. Several processes, or another program on the same account, learn from refusals how much of the limit they can have: that is the time above the floor. A refusal costs nothing, and what was refused is sent again. With real upgrades of 5 to 10 minutes the floor of the first table is longer, and the ratio closer to 1.`,
		targets: [
			ratioTarget(`${extent.upgrades} videos to 4K take`, ratio, MOST_RATIO.upgrades),
			...situations.flatMap((situation) => workersTargets(situation, perWorker)),
		],
	};
}

function ratioOf(runs: readonly WorkersRun[]): Spread {
	return spreadOf(runs.map(({ seconds, floor }) => seconds / floor));
}

function workersRow({ how, runs }: Situation): string[] {
	return [
		how,
		written(spreadOf(runs.map(({ seconds }) => seconds)), 1),
		written(spreadOf(runs.map(({ floor }) => floor)), 0),
		written(ratioOf(runs), 2),
		written(spreadOf(runs.map(({ refused }) => refused)), 0),
		written(spreadOf(runs.map(({ paidPerVideo }) => paidPerVideo)), 2),
	];
}

function workersTargets({ how, runs }: Situation, perWorker: number): Target[] {
	const who = `${WORKERS} workers with ${perWorker} new videos each on one account, ${how},`;
	const paid = spreadOf(runs.map(({ paidPerVideo }) => paidPerVideo));
	return [
		ratioTarget(`${who} take`, ratioOf(runs), MOST_RATIO.workers),
		{
			promise: `${who} get every video, and each is paid for once`,
			measured: `${written(paid, 2)} paid submissions per video`,
			held: paid.min === 1 && paid.max === 1,
		},
	];
}

function ratioTarget(what: string, ratio: Spread, most: number): Target {
	return {
		promise: `${what} at most ${most} times the floor`,
		setBy: SET_BY,
		measured: written(ratio, 2),
		held: ratio.median <= most,
	};
}
