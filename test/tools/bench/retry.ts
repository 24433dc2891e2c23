import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/advice';
import { chain, KIE } from '../../spec/e2e/workflows';
import { expectSuccess } from './executions';
import { table, type Section } from './figures';
import { APIS, type Lab } from './lab';

const VIDEOS = 20;

/** Paid orders of a failed execution and of its retry, and what the retry asked. */
interface Orders {
	first: number;
	retry: number;
	reads: number;
}

/** Retry of an execution whose waiting time was too short. */
export async function measureRetry(lab: Lab): Promise<Section> {
	const measured: Array<[ApiName, Orders]> = [];
	for (const api of APIS) {
		lab.tell(`retry: ${API_LABELS[api]}`);
		measured.push([api, await retry(lab, api)]);
	}
	return {
		title: 'Retry',
		method: `Generate with Wait by Polling for ${VIDEOS} videos, which take 4 s, with a Timeout of 2 s. Then n8n's Retry.`,
		tables: [
			table(
				['', 'Paid orders', 'New orders after a retry', 'Free reads by the retry, per video'],
				...measured.map(([api, { first, retry: again, reads }]) =>
					[API_LABELS[api], first, again, reads / VIDEOS].map(String),
				),
			),
		],
		reading:
			'The node remembers in the execution what it has ordered, and asks how these videos are instead of ordering them again.',
		targets: measured.map(([api, { first, retry: again }]) => ({
			promise: `Retry, ${API_LABELS[api]}: 0 new orders`,
			measured: `${again} after ${first}`,
			held: again === 0 && first === VIDEOS,
		})),
	};
}

async function retry(lab: Lab, api: ApiName): Promise<Orders> {
	const { client, simulator } = await lab.stage();
	simulator.reset();
	simulator.setDefaults({ timings: { generate: 4_000 } });
	const { credential } = await lab.newAccount(api);
	const workflow = chain(
		credential,
		Array.from({ length: VIDEOS }, () => ({})),
		{
			operation: 'generate',
			prompt: 'A dog',
			waitMode: 'poll',
			options: { pollInterval: 1, timeout: 2 },
		},
	);
	const failed = await client.runToEnd((await client.createWorkflow(workflow)).id);
	if (failed.status !== 'error') throw new Error(`It ended as "${failed.status}"`);
	const [first, requests] = [simulator.paid().length, simulator.requests().length];
	await new Promise((done) => setTimeout(done, 3_000));
	expectSuccess(await client.retryExecution(failed.id, 'original'), KIE);
	const paid = simulator.paid().length - first;
	return { first, retry: paid, reads: simulator.requests().length - requests - paid };
}
