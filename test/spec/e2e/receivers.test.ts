import { itemsOf } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { NEVER } from '../../tools/simulator';
import { Stage } from './stage';
import { Suspensions } from './suspensions';
import { AFTER, chain, connect, ITEMS, KIE, node } from './workflows';

/* Who receives a result: n8n's own Wait node, and a workflow that called this one. */

const WAIT = 'Wait';
const CALL = 'Call';
const CALLED = 'When Called';

describe.each(LINES.map(({ name }) => name))('on n8n %s', (line) => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open(line);
	}, 600_000);
	afterAll(async () => await stage?.close());

	it.each(['', 'my-suffix'])(
		"a Wait node gets the callback at the execution's resume URL (suffix '%s')",
		async (suffix) => {
			const { client, simulator, credential } = stage;
			const taskId = simulator.addVideo({ timings: { upgrade4k: NEVER } });
			const submitting = chain(credential, [{ taskId }], {
				operation: 'get4k',
				waitMode: 'none',
				callBackUrl: `={{ $execution.resumeUrl }}${suffix ? `/${suffix}` : ''}`,
			});
			const wait = {
				...node(WAIT, 'n8n-nodes-base.wait', 1.1, {
					resume: 'webhook',
					httpMethod: 'POST',
					options: { webhookSuffix: suffix },
				}),
				webhookId: taskId,
			};
			const { id: workflowId } = await client.createWorkflow({
				...submitting,
				nodes: [...submitting.nodes, wait],
				connections: { ...connect(ITEMS, KIE), ...connect(KIE, WAIT), ...connect(WAIT, AFTER) },
			});
			const id = await client.runWorkflow(workflowId);
			await client.waitForExecution(id, { until: 'waiting' });
			simulator.finish(taskId, 'get4k');
			await simulator.callbacksSettled();
			const execution = await client.waitForExecution(id);
			expect(itemsOf(execution, WAIT).map(({ json }) => json.body)).toMatchObject([
				{ code: 200, data: { taskId } },
			]);
		},
	);

	if (line === '1.x') return;

	it('a workflow that calls this one once for each item continues with the first video only', async () => {
		const { client } = stage;
		const executions = new Suspensions(stage);
		const taskIds = executions.add(3);
		const { nodes, pinData } = executions.workflowFor(taskIds, 120);
		const [items, kie, after] = nodes;
		if (!items || !kie || !after) throw new Error('The chain has changed');
		const called = node(CALLED, 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
			inputSource: 'passthrough',
		});
		const { id: childId } = await client.createWorkflow({
			name: 'Called for each item',
			nodes: [called, kie],
			connections: connect(CALLED, KIE),
		});
		await client.activateWorkflow(childId);
		const call = node(CALL, 'n8n-nodes-base.executeWorkflow', 1.2, {
			workflowId: { __rl: true, mode: 'id', value: childId },
			mode: 'each',
			options: { waitForSubWorkflow: true },
		});
		const { id: parentId } = await client.createWorkflow({
			name: 'Calls for each item',
			nodes: [items, call, after],
			connections: { ...connect(ITEMS, CALL), ...connect(CALL, AFTER) },
			pinData,
		});
		const id = await client.runWorkflow(parentId);
		await client.waitForExecution(id, { until: 'waiting' });
		const [first, ...others] = taskIds;
		executions.finish([String(first)]);
		const execution = await client.waitForExecution(id);
		executions.finish(others);
		const got = itemsOf(execution, AFTER).map(({ json }) => json.got);
		expect(got).toMatchObject([{ taskId: first, status: 'success' }]);
		expect(execution.runs[AFTER]).toHaveLength(1);
		for (const taskId of taskIds) expect(stage.simulator.submissions({ taskId })).toHaveLength(1);
	});
});
