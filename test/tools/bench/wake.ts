import { randomUUID } from 'node:crypto';

import { AFTER, chain, ITEMS, KIE, node } from '../../spec/e2e/workflows';
import type { WorkflowDefinition } from '../n8n/client';
import { itemsOf } from '../n8n/execution';
import { NEVER } from '../simulator';
import { expectSuccess, inRow } from './executions';
import { Contender, shown, table, type Section } from './figures';
import type { Lab } from './lab';

const URL_NODE = 'Resume URL';
const WAIT = 'Wait';

/** How soon an execution continues after the callback, against n8n's Wait node. */
export async function measureWake(lab: Lab): Promise<Section> {
	const repetitions = lab.quick ? 3 : 20;
	const own = new Contender(KIE, () => wakeOurs(lab));
	const core = new Contender('Wait, On Webhook Call', () => wakeTheirs(lab));
	await Contender.inTurn('wake', repetitions, [own, core], 'warm-up');
	return {
		title: 'Wake-up after a callback',
		method: `From sending the callback until the next node runs, which notes the time. Wait for Callback with one video, against n8n's Wait node set to "On Webhook Call", called with the same callback; ${repetitions} repetitions in turn.`,
		tables: [
			table(
				[own, core],
				[
					['', ({ name }) => name],
					['Milliseconds', (one) => one.shown('ms', 0)],
					[
						"Against n8n's Wait node",
						(one) => (one === core ? '1' : shown(one.against(core, 'ms'), 2)),
					],
				],
			),
		],
		reading:
			"Both are resumed by n8n in the same way. This node also reads the credential, for which n8n makes another expression sandbox, verifies the proof in the address and Kie.ai's signature where a key is set, and looks up what else the execution waits for: tens of milliseconds after an upgrade of minutes.",
		targets: [],
	};
}

/** The next node: notes when it runs. */
function noting() {
	const jsonOutput = '={{ ({ at: Date.now() }) }}';
	return node(AFTER, 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput });
}

/** Wait for Callback: Kie's callback. */
async function wakeOurs(lab: Lab) {
	const { simulator } = lab.stage;
	simulator.reset();
	const { credential } = await lab.newAccount();
	const taskId = simulator.addVideo({ timings: { upgrade4k: NEVER } });
	const parameters = { operation: 'get4k', waitMode: 'callback' };
	const base = chain(credential, [{ taskId }], parameters);
	const nodes = base.nodes.map((each) => (each.name === AFTER ? noting() : each));
	return await wake(lab, { ...base, nodes }, async () => simulator.finish(taskId, 'get4k'));
}

/** n8n's Wait node, resumed by the same callback. */
async function wakeTheirs(lab: Lab) {
	const { simulator, client } = lab.stage;
	simulator.reset();
	const workflow = inRow(
		node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
		node(URL_NODE, 'n8n-nodes-base.set', 3.4, {
			mode: 'raw',
			jsonOutput: '={{ ({ url: $execution.resumeUrl }) }}',
		}),
		{
			...node(WAIT, 'n8n-nodes-base.wait', 1.1, { resume: 'webhook', httpMethod: 'POST' }),
			webhookId: randomUUID(),
		},
		noting(),
	);
	return await wake(lab, workflow, async (id) => {
		const suspended = await client.getExecution(id);
		await simulator.sendCallback(String(itemsOf(suspended, URL_NODE)[0]?.json.url));
	});
}

/**
 * Runs a workflow until it is suspended, calls, and reads what the next node noted.
 *
 * @returns milliseconds from the sending of the call to the run of that node
 */
async function wake(
	lab: Lab,
	workflow: WorkflowDefinition,
	call: (executionId: string) => Promise<void>,
) {
	const { client, simulator } = lab.stage;
	const { id } = await client.createWorkflow(workflow);
	const execution = await client.runWorkflow(id);
	await client.waitForExecution(execution, { until: 'waiting' });
	await call(execution);
	await simulator.callbacksSettled();
	const ended = await client.waitForExecution(execution);
	expectSuccess(ended, AFTER);
	const [delivery] = simulator.deliveries;
	if (delivery?.attempts.length !== 1) throw new Error('The call was not accepted at once');
	const sent = delivery.attempts[0]?.at ?? NaN;
	return { ms: Number(itemsOf(ended, AFTER)[0]?.json.at) - sent };
}
