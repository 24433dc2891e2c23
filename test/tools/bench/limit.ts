import { chain, KIE, RUN_MODEL } from '../../spec/e2e/workflows';
import { itemsOf } from '../n8n/execution';
import { Contender, median, shown, table, type Section, type Target } from './figures';
import { Lab, LIMIT, SET_BY_LIMIT, WINDOW } from './lab';
import { byPolling, IMAGE_MS, UPGRADE_MS } from './videos';

const WORKERS = 3;
const IMAGES = 25;
const MOST_RATIO = { alone: 1.1, workers: 1.2 };
/** Milliseconds an order of the workers takes at the simulated Kie.ai. */
const ORDER_MS = 500;
/** Seconds between two checks of one. */
const POLL_SECONDS = 5;

/** More videos than Kie's limit accepts at once, against the time that the limit alone takes. */
export async function measureLimit(lab: Lab): Promise<Section> {
	const { rounds, upgrades, perWorker } = lab.quick
		? { rounds: 1, upgrades: 40, perWorker: 15 }
		: { rounds: 2, upgrades: 120, perWorker: 60 };
	const alone = [
		{ count: upgrades, what: 'videos to 4K', ms: UPGRADE_MS },
		{ count: IMAGES, what: 'images', ms: IMAGE_MS, order: RUN_MODEL },
	].map(({ count, what, ms, order }) => {
		const floor = floorOf(count) + ms / 1000;
		return new Contender(`${count} ${what}`, async () => {
			const one = await byPolling(lab, 1, 'veo', order);
			const { seconds, submissions } = await byPolling(lab, count, 'veo', order);
			return { seconds, floor, ratio: seconds / floor, toOne: seconds / one.seconds, submissions };
		});
	});
	await Contender.inTurn('limit', rounds, alone, 'no warm-up');
	const queue = { workers: WORKERS, concurrency: 1, webhookProcesses: 0 };
	const together = await Lab.open(
		lab.quick,
		async (workersLab) => {
			const situations = [
				new Contender('alone', () => runWorkers(workersLab, perWorker, 0)),
				new Contender('beside a program that takes half of the limit', () =>
					runWorkers(workersLab, perWorker, LIMIT / 2),
				),
			];
			await Contender.inTurn(`limit: ${WORKERS} workers`, rounds, situations, 'no warm-up');
			return situations;
		},
		{ queue },
	);
	return {
		title: "Against the floor of Kie.ai's limit",
		method: `Kie.ai accepts ${LIMIT} new requests of an account in ${WINDOW} s, and the simulator refuses more with 429. The floor is the time that the limit alone takes. First table: one execution with Wait by Polling, Get 4K Video for ${upgrades} videos and Run a Model for ${IMAGES} images of an image model; ${LIMIT} are accepted at once, the others in further windows of ${WINDOW} s, and the last upgrade takes ${UPGRADE_MS / 1000} s, the last image ${IMAGE_MS / 1000} s. Second table: n8n in queue mode with PostgreSQL, Redis and ${WORKERS} workers, which know nothing of each other; two run one execution that generates ${perWorker} videos, one as many images with Run a Model, all on one account; then the same beside another program that takes ${LIMIT / 2} places in each window, at random moments. From the first accepted submission to the last; ${rounds} rounds, each with a fresh account.`,
		tables: [
			table(alone, [
				['', ({ name }) => name],
				['Seconds', (one) => one.shown('seconds', 1)],
				['Floor', (one) => one.shown('floor', 0)],
				['Ratio', (one) => one.shown('ratio', 2)],
				['Against one alone', (one) => one.shown('toOne', 2)],
				['Submissions of each', (one) => one.shown('submissions', 2)],
			]),
			table(together, [
				[`${WORKERS} workers, ${perWorker} orders each`, ({ name }) => name],
				['Seconds', (one) => one.shown('seconds', 1)],
				['Floor', (one) => one.shown('floor', 0)],
				['Ratio', (one) => one.shown('ratio', 2)],
				['Refused with 429', (one) => one.shown('refused', 0)],
				['Paid for, per order', (one) => one.shown('paid', 2)],
			]),
		],
		reading: `One process knows what it has sent, keeps to the limit, and never gets a 429. Several processes, or another program on the same account, learn from refusals how much of the limit they can have: that is the time above the floor. A refusal costs nothing, and what was refused is sent again. With real upgrades of 5 to 10 minutes the floor of the first table is longer, and both ratios are closer to 1.`,
		targets: [
			...alone.flatMap((one) => [
				ratioTarget(`${one.name} take`, one.of('ratio'), MOST_RATIO.alone),
				{
					promise: `${one.name}: one submission each`,
					measured: one.shown('submissions', 2),
					held: one.of('submissions').every((each) => each === 1),
				},
			]),
			...together.flatMap((one) => {
				const who = `${WORKERS} workers with ${perWorker} new orders each on one account, ${one.name},`;
				return [
					ratioTarget(`${who} take`, one.of('ratio'), MOST_RATIO.workers),
					{
						promise: `${who} get every result, and each is paid for once`,
						measured: `${one.shown('paid', 2)} paid submissions of each`,
						held: one.of('paid').every((each) => each === 1),
					},
				];
			}),
		],
	};
}

function ratioTarget(what: string, ratio: number[], most: number): Target {
	return {
		promise: `${what} at most ${most} times the floor`,
		setBy: SET_BY_LIMIT,
		measured: shown(ratio, 2),
		held: median(ratio) <= most,
	};
}

/** Seconds in which Kie's limit accepts that many new videos, when another program takes a part. */
function floorOf(videos: number, taken = 0): number {
	// The first window may pass before the other program takes its part.
	return Math.ceil((videos - LIMIT) / (LIMIT - taken)) * WINDOW;
}

/**
 * Orders with one execution for each worker, all started at the same moment: new videos, and one as many images.
 *
 * @param taken places in each window of the limit that another program takes
 * @returns seconds from the first accepted submission to the last; how many were answered with 429; and how many were
 * paid for, per result that came out
 * @throws Error unless every result came out
 */
async function runWorkers(lab: Lab, orders: number, taken: number) {
	const { client, simulator } = lab.stage;
	simulator.reset();
	simulator.setDefaults({ timings: { generate: ORDER_MS, runModel: ORDER_MS } });
	const { credential, apiKey } = await lab.newAccount();
	const floor = floorOf(WORKERS * orders, taken);
	const items = Array.from({ length: orders }, () => ({ tag: 'A dog' }));
	const options = { waitMode: 'poll', options: { pollInterval: POLL_SECONDS } };
	const created = [];
	for (let worker = 0; worker < WORKERS; worker++) {
		const order = worker === 0 ? RUN_MODEL : { operation: 'generate', prompt: 'A dog' };
		created.push(await client.createWorkflow(chain(credential, items, { ...order, ...options })));
	}
	const endRival = simulator.rival(apiKey, taken);
	const timeoutMs = (3 * floor + 120) * 1000;
	const executions = await Promise.all(
		created.map(async ({ id }) => await client.runToEnd(id, { timeoutMs })),
	);
	endRival();
	const done = executions
		.flatMap((execution) => itemsOf(execution, KIE))
		.filter(({ json }) => json.status === 'success');
	const results = new Set(done.map(({ json }) => json.taskId)).size;
	const wanted = WORKERS * orders;
	if (results !== wanted) throw new Error(`${results} of ${wanted} results came out`);
	const times = simulator.paid().map(({ at }) => at);
	const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
	return {
		seconds,
		floor,
		ratio: seconds / floor,
		refused: simulator.submissions().length - times.length,
		paid: times.length / results,
	};
}
