import type { Stage } from '../../spec/e2e/stage';
import { chain, RUN_MODEL } from '../../spec/e2e/workflows';
import type { CredentialReference } from '../n8n/client';
import type { Execution } from '../n8n/execution';
import { KIE_RATE_LIMIT } from '../simulator';

/** Kie's limit: new requests of an account in each window. */
export const LIMIT = KIE_RATE_LIMIT.limit;
/** Seconds. */
export const WINDOW = KIE_RATE_LIMIT.windowMs / 1000;

/** Milliseconds an order takes at the simulated Kie.ai. */
const ORDER_MS = 500;
/** Seconds between two checks of one video. */
const POLL_SECONDS = 5;

/** n8n in queue mode, and one of Kie's accounts. */
export interface WorkersPlace {
	stage: Stage;
	credential: CredentialReference;
	/** The account's key. */
	apiKey: string;
}

export interface WorkersLoad {
	/** Executions that start at the same moment. */
	workers: number;
	/** New videos of each, but for one worker that makes as many images. */
	videos: number;
	/** Places in each window of the limit that another program takes. */
	taken: number;
}

export interface WorkersRun {
	executions: Execution[];
	/** From the first accepted submission to the last. */
	seconds: number;
	/** Seconds that takes at least, by Kie's limit. */
	floor: number;
	/** Submissions answered with 429. */
	refused: number;
}

/** Seconds in which Kie's limit accepts that many new videos, when another program takes a part. */
export function floorOf(videos: number, taken = 0): number {
	// The first window may pass before the other program takes its part.
	return Math.ceil((videos - LIMIT) / (LIMIT - taken)) * WINDOW;
}

/** Orders with several executions at once, and waits until all have ended, however they do. */
export async function runWorkers(
	{ stage, credential, apiKey }: WorkersPlace,
	{ workers, videos, taken }: WorkersLoad,
): Promise<WorkersRun> {
	const { client, simulator } = stage;
	simulator.setDefaults({ timings: { generate: ORDER_MS, runModel: ORDER_MS } });
	const floor = floorOf(workers * videos, taken);
	const items = Array.from({ length: videos }, () => ({ tag: 'A dog' }));
	const options = { waitMode: 'poll', options: { pollInterval: POLL_SECONDS } };
	const created = [];
	for (let worker = 0; worker < workers; worker++) {
		const order = worker === 0 ? RUN_MODEL : { operation: 'generate', prompt: 'A dog' };
		created.push(await client.createWorkflow(chain(credential, items, { ...order, ...options })));
	}
	const endRival = simulator.rival(apiKey, taken);
	const ids = await Promise.all(created.map(async ({ id }) => await client.runWorkflow(id)));
	const timeoutMs = (3 * floor + 120) * 1000;
	const executions = await Promise.all(
		ids.map(async (id) => await client.waitForExecution(id, { timeoutMs })),
	);
	endRival();
	const times = simulator.paid().map(({ at }) => at);
	return {
		executions,
		seconds: (Math.max(...times) - Math.min(...times)) / 1000,
		floor,
		refused: simulator.submissions().length - times.length,
	};
}
