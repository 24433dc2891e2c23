import { LIMIT, runWorkers } from '../../tools/bench/workers';
import { itemsOf } from '../../tools/n8n/execution';
import { SIMULATOR_KEY } from '../../tools/simulator';
import { Stage } from './stage';
import { KIE } from './workflows';

/** Per worker. Set `KIE_VEO_ITEMS_PER_WORKER=60` for the whole measurement. */
const ITEMS_PER_WORKER = Number(process.env.KIE_VEO_ITEMS_PER_WORKER ?? 15);
const WORKERS = 3;

describe(`${WORKERS} workers with ${ITEMS_PER_WORKER} new videos each on one account`, () => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open('2.x', {
			queue: { workers: WORKERS, concurrency: 1, webhookProcesses: 0 },
			simulator: {
				accounts: [{ key: SIMULATOR_KEY, credits: 1_000_000 }],
			},
		});
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage?.close());

	it.each([
		['alone', 0],
		['beside a program that takes half of the limit', LIMIT / 2],
	])(
		'%s: each one is submitted and paid for once',
		async (how, taken) => {
			const all = WORKERS * ITEMS_PER_WORKER;
			const { simulator, credential } = stage;
			const { executions, seconds, floor, refused } = await runWorkers(
				{ stage, credential, apiKey: SIMULATOR_KEY },
				{ workers: WORKERS, videos: ITEMS_PER_WORKER, taken },
			);
			console.log(
				`${WORKERS} workers, ${how}: ${all} videos submitted in ${seconds.toFixed(1)} s, floor ${floor} s, ratio ${(seconds / floor).toFixed(2)}; ${refused} answers of 429`,
			);
			const items = executions.flatMap((execution) => itemsOf(execution, KIE));
			expect(items.map(({ json }) => json.status)).toStrictEqual(
				Array.from({ length: all }, () => 'success'),
			);
			expect(new Set(items.map(({ json }) => json.taskId)).size).toBe(all);
			expect(simulator.paid()).toHaveLength(all);
		},
		900_000,
	);
});
