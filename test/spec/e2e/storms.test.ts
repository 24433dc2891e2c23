import type { INodeParameters } from 'n8n-workflow';

import { LIMIT, runWorkers } from '../../tools/bench/workers';
import { itemsOf, nodeError, type Execution } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { SIMULATOR_KEY, type Simulator } from '../../tools/simulator';
import { Relay } from '../../tools/simulator/network';
import { kieCredential, Stage } from './stage';
import { chain, KIE } from './workflows';

/** Seconds. Set `KIE_VEO_STORM_SECONDS=60` for the whole measurement. */
const STORM = Number(process.env.KIE_VEO_STORM_SECONDS ?? 15);
/** Per worker. Set `KIE_VEO_ITEMS_PER_WORKER=60` for the whole measurement. */
const ITEMS_PER_WORKER = Number(process.env.KIE_VEO_ITEMS_PER_WORKER ?? 15);
const WORKERS = 3;

interface Place {
	simulator: Simulator;
	relay: Relay;
}

interface StormKind {
	what: string;
	/** Part of the error when the storm does not end. */
	cause: string;
	begin(place: Place, ms: number): Promise<void>;
}

const STORMS: StormKind[] = [
	{
		what: 'answers 429',
		cause: 'Kie.ai accepts 20 new requests per 10 seconds',
		begin: async ({ simulator }, ms) => void simulator.storm({ ms, answer: 429 }),
	},
	{
		what: 'answers 455',
		cause: 'Kie.ai is under maintenance',
		begin: async ({ simulator }, ms) => void simulator.storm({ ms, answer: 455 }),
	},
	{
		what: 'refuses connections',
		cause: 'connection refused',
		begin: async ({ relay }, ms) => await relay.refuse(ms),
	},
];

interface Use {
	what: string;
	items: number;
	parameters: INodeParameters;
}

const USES: Use[] = [
	{
		what: 'Generate with polling',
		items: 3,
		parameters: { operation: 'generate', prompt: 'A dog', waitMode: 'poll' },
	},
	{
		what: 'Get 4K Video with polling',
		items: 3,
		parameters: { operation: 'get4k', waitMode: 'poll' },
	},
	{
		what: 'Get 4K Video with a callback',
		items: 2,
		parameters: { operation: 'get4k', waitMode: 'callback' },
	},
];
const ALL_ITEMS = USES.reduce((sum, { items }) => sum + items, 0);

describe.each(LINES.map(({ name }) => name))('a storm at Kie.ai, on n8n %s', (line) => {
	let stage: Stage;
	let place: Place;

	beforeAll(async () => {
		stage = await Stage.open(line, {
			simulator: {
				timings: { generate: 500, upgrade4k: 500 },
				// A report that comes before the execution is suspended, which it hardly does after minutes.
				callbacks: { retries: 5, retryDelayMs: 5_000 },
			},
		});
		place = { simulator: stage.simulator, relay: await Relay.start(stage.simulator.apiUrl) };
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => {
		await place?.relay.close();
		await stage?.close();
	});

	/** Starts each use at the same moment; all together take less than Kie's limit. */
	const start = async (timeout: number): Promise<string[]> => {
		const credential = await stage.client.createCredential(
			kieCredential(stage.simulator, { baseUrl: place.relay.url }),
		);
		const ids = [];
		for (const { items, parameters } of USES) {
			const inputs = Array.from({ length: items }, () => ({
				taskId: parameters.operation === 'get4k' ? stage.simulator.addVideo() : '',
			}));
			const options = { timeout, ...(parameters.waitMode === 'poll' && { pollInterval: 1 }) };
			const { id } = await stage.client.createWorkflow(
				chain(credential, inputs, { ...parameters, options }),
			);
			ids.push(id);
		}
		return await Promise.all(ids.map(async (id) => await stage.client.runWorkflow(id)));
	};
	const end = async (ids: string[], timeoutMs: number): Promise<Execution[]> =>
		await Promise.all(
			ids.map(async (id) => await stage.client.waitForExecution(id, { timeoutMs })),
		);

	it.each(STORMS)(
		`of ${STORM} s that $what costs nothing but time`,
		async (storm) => {
			const since = Date.now();
			await storm.begin(place, STORM * 1000);
			const executions = await end(await start(STORM + 120), (STORM + 180) * 1000);
			const seconds = (Date.now() - since) / 1000;
			console.log(`n8n ${line}, a storm that ${storm.what}: ${seconds.toFixed(1)} s of ${STORM} s`);
			expect(seconds).toBeGreaterThan(STORM);
			for (const [at, execution] of executions.entries()) {
				const items = itemsOf(execution, KIE).map(({ json }) => json.status);
				expect(items).toStrictEqual(Array.from({ length: USES[at]?.items ?? 0 }, () => 'success'));
			}
			expect(stage.simulator.paid()).toHaveLength(ALL_ITEMS);
		},
		400_000,
	);

	it.each(STORMS)(
		'without end that $what is reported at the timeout',
		async (storm) => {
			const timeout = 8;
			await storm.begin(place, 600_000);
			const since = Date.now();
			const executions = await end(await start(timeout), 60_000);
			expect((Date.now() - since) / 1000).toBeLessThan(timeout + 10);
			for (const execution of executions) {
				const error = nodeError(execution, KIE);
				const text = `${error?.message} ${error?.description}`;
				expect(text).toContain(storm.cause);
				expect(text).not.toContain('paid for');
			}
			expect(stage.simulator.paid()).toHaveLength(0);
			if (storm.cause === 'connection refused') {
				await place.relay.close();
				place.relay = await Relay.start(stage.simulator.apiUrl);
			}
		},
		90_000,
	);
});

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
