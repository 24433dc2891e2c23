import { randomUUID } from 'node:crypto';

import type { INode } from 'n8n-workflow';

import { AFTER, chain, connect, ITEMS, KIE, node } from '../../spec/e2e/workflows';
import type { CredentialReference, WorkflowDefinition } from '../n8n/client';
import { itemsOf } from '../n8n/execution';
import { NEVER } from '../simulator';
import { expectSuccess } from './executions';
import { ratios, shown, table, type Section } from './figures';
import type { Lab } from './lab';

const URL_NODE = 'Resume URL';
const WAIT = 'Wait';

/** Milliseconds from the sending of a call to the run of the node after the one that waited. */
type Wake = (lab: Lab, credential: CredentialReference) => Promise<number>;

/** The next node: notes when it runs. */
function noting(): INode {
	return node(AFTER, 'n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: '={{ ({ at: Date.now() }) }}',
	});
}

/** Runs a workflow until it is suspended, calls, and reads what the next node noted. */
async function wake(
	lab: Lab,
	workflow: WorkflowDefinition,
	call: (executionId: string) => Promise<void>,
): Promise<number> {
	const { client, simulator } = await lab.stage();
	const { id } = await client.createWorkflow(workflow);
	const execution = await client.runWorkflow(id);
	await client.waitForExecution(execution, { until: 'waiting' });
	await call(execution);
	await simulator.callbacksSettled();
	const ended = await client.waitForExecution(execution);
	expectSuccess(ended, AFTER);
	const [delivery] = simulator.deliveries;
	const sent = delivery?.attempts[0]?.at ?? NaN;
	if (delivery?.attempts.length !== 1) throw new Error('The call was not accepted at once');
	return Number(itemsOf(ended, AFTER)[0]?.json.at) - sent;
}

/** Wait for Callback: Kie's callback. */
const ours: Wake = async (lab, credential) => {
	const { simulator } = await lab.stage();
	simulator.reset();
	const taskId = simulator.addVideo({ timings: { upgrade4k: NEVER } });
	const parameters = { operation: 'get4k', waitMode: 'callback' };
	const base = chain(credential, [{ taskId }], parameters);
	const nodes = base.nodes.map((each) => (each.name === AFTER ? noting() : each));
	return await wake(lab, { ...base, nodes }, async () => {
		simulator.finish(taskId, 'get4k');
		await simulator.callbacksSettled();
	});
};

/** n8n's Wait node, resumed by the same callback. */
const theirs: Wake = async (lab) => {
	const { simulator, client } = await lab.stage();
	simulator.reset();
	const workflow: WorkflowDefinition = {
		name: `Wait ${randomUUID()}`,
		nodes: [
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
		],
		connections: {
			...connect(ITEMS, URL_NODE),
			...connect(URL_NODE, WAIT),
			...connect(WAIT, AFTER),
		},
	};
	return await wake(lab, workflow, async (id) => {
		const suspended = await client.getExecution(id);
		const url = String(itemsOf(suspended, URL_NODE)[0]?.json.url);
		await simulator.sendCallback(url);
	});
};

/** How soon an execution continues after the callback, against n8n's Wait node. */
export async function measureWake(lab: Lab): Promise<Section> {
	const repetitions = lab.quick ? 3 : 20;
	lab.tell(`wake: ${repetitions} repetitions`);
	const own: number[] = [];
	const core: number[] = [];
	const { credential } = await lab.newAccount();
	for (const run of [ours, theirs]) await run(lab, credential);
	for (let round = 0; round < repetitions; round++) {
		own.push(await ours(lab, credential));
		core.push(await theirs(lab, credential));
	}
	return {
		title: 'Wake-up after a callback',
		method: `From sending the callback until the next node runs, which notes the time. Wait for Callback with one video, against n8n's Wait node set to "On Webhook Call", called with the same callback; ${repetitions} repetitions in turn.`,
		tables: [
			table(
				['', 'Milliseconds', "Against n8n's Wait node"],
				[KIE, shown(own, 0), shown(ratios(own, core), 2)],
				['Wait, On Webhook Call', shown(core, 0), '1'],
			),
		],
		reading:
			"Both are resumed by n8n in the same way. This node also reads the credential, for which n8n makes another expression sandbox, verifies the proof in the address and Kie.ai's signature where a key is set, and looks up what else the execution waits for: tens of milliseconds after an upgrade of minutes.",
		targets: [],
	};
}
