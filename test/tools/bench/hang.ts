import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { chain, KIE } from '../../spec/e2e/workflows';
import { itemsOf } from '../n8n/execution';
import { NEVER } from '../simulator';
import { expectSuccess, recordedSeconds } from './executions';
import { table, type Section } from './figures';
import { APIS, type Lab } from './lab';

/** Seconds. */
const TIMEOUT = 60;
const MOST_LATE = 90;

/** Wait by Polling while Kie takes requests and answers none. */
export async function measureHang(lab: Lab): Promise<Section> {
	const videos = lab.quick ? 100 : 1000;
	const { simulator } = lab.stage;
	simulator.reset();
	simulator.fault({ kind: 'slow', ms: 3_600_000, times: Infinity, host: 'api' });
	console.error(`hang: ${videos} videos with each API`);
	const both = await Promise.all(
		APIS.map(async ({ api, name }) => ({ name, ...(await hang(lab, api, videos)) })),
	);
	simulator.reset();
	return {
		title: 'A Kie.ai that hangs',
		method: `Get with Wait by Polling for ${videos} unfinished videos, On Error "Continue", while Kie.ai accepts every request and answers none. Timeout is ${TIMEOUT} s. One execution with each API, both at the same time.`,
		tables: [
			table(both, [
				[`${videos} videos`, ({ name }) => name],
				['Seconds', ({ seconds }) => seconds.toFixed(1)],
				['Task IDs in the output', ({ named }) => String(named)],
			]),
		],
		reading:
			'A request that gets no answer is given up after a minute. The requests of a run share what they learn: once Timeout is over and nothing answers, those that still wait for their turn are not sent.',
		targets: both.map(({ name, seconds, named }) => ({
			promise: `A Kie.ai that hangs, ${name}: the run ends within Timeout plus ${MOST_LATE} s, and names every task ID`,
			measured: `${seconds.toFixed(1)} s with a Timeout of ${TIMEOUT} s; ${named} of ${videos} task IDs`,
			held: seconds <= TIMEOUT + MOST_LATE && named === videos,
		})),
	};
}

/** How long an execution took to which Kie never answered, and how many ids are in the items that came out. */
async function hang(lab: Lab, api: ApiName, videos: number) {
	const { simulator } = lab.stage;
	const { credential } = await lab.newAccount(api);
	const taskIds = Array.from({ length: videos }, () =>
		simulator.addVideo({ state: 'waiting', timings: { generate: NEVER } }),
	);
	const parameters = { operation: 'get', waitMode: 'poll', options: { timeout: TIMEOUT } };
	const items = taskIds.map((taskId) => ({ taskId }));
	const settings = { onError: 'continueRegularOutput' } as const;
	const workflow = chain(credential, items, parameters, settings);
	const execution = await lab.run(workflow, (TIMEOUT + 3 * MOST_LATE) * 1000);
	expectSuccess(execution, KIE);
	const ids = new Set(itemsOf(execution, KIE).map(({ json }) => json.taskId));
	return {
		seconds: recordedSeconds(execution),
		named: taskIds.filter((taskId) => ids.has(taskId)).length,
	};
}
