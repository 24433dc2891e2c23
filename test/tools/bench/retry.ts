import { setTimeout as pause } from 'node:timers/promises';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { chain, KIE } from '../../spec/e2e/workflows';
import { expectSuccess } from './executions';
import { Contender, median, table, type Section } from './figures';
import { APIS, type Lab } from './lab';

const VIDEOS = 20;

/** Retry of an execution whose waiting time was too short. */
export async function measureRetry(lab: Lab): Promise<Section> {
	const both = APIS.map(({ api, name }) => new Contender(name, () => retry(lab, api)));
	await Contender.inTurn('retry', 1, both, 'no warm-up');
	return {
		title: 'Retry',
		method: `Generate with Wait by Polling for ${VIDEOS} videos, which take 4 s, with a Timeout of 2 s. Then n8n's Retry.`,
		tables: [
			table(both, [
				['', ({ name }) => name],
				['Paid orders', (one) => one.shown('first', 0)],
				['New orders after a retry', (one) => one.shown('again', 0)],
				['Free reads by the retry, per video', (one) => one.shown('reads', 0)],
			]),
		],
		reading:
			'The node remembers in the execution what it has ordered, and asks how these videos are instead of ordering them again.',
		targets: both.map((one) => ({
			promise: `Retry, ${one.name}: 0 new orders`,
			measured: `${one.shown('again', 0)} after ${one.shown('first', 0)}`,
			held: median(one.of('again')) === 0 && median(one.of('first')) === VIDEOS,
		})),
	};
}

/** Paid orders of a failed execution and of its retry, and what the retry asked about each video. */
async function retry(lab: Lab, api: ApiName) {
	const { client, simulator } = lab.stage;
	simulator.reset();
	simulator.setDefaults({ timings: { generate: 4_000 } });
	const { credential } = await lab.newAccount(api);
	const items = Array.from({ length: VIDEOS }, () => ({}));
	const options = { pollInterval: 1, timeout: 2 };
	const parameters = { operation: 'generate', prompt: 'A dog', waitMode: 'poll', options };
	const failed = await lab.run(chain(credential, items, parameters));
	if (failed.status !== 'error') throw new Error(`It ended as "${failed.status}"`);
	const [first, requests] = [simulator.paid().length, simulator.requests().length];
	await pause(3_000);
	expectSuccess(await client.retryExecution(failed.id, 'original'), KIE);
	const again = simulator.paid().length - first;
	const reads = simulator.requests().length - requests - again;
	return { first, again, reads: reads / VIDEOS };
}
