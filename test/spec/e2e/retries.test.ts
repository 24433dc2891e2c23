import { setTimeout as pause } from 'node:timers/promises';

import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { itemsOf } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { NEVER } from '../../tools/simulator';
import { Stage } from './stage';
import { chain, KIE } from './workflows';

/** n8n's own limit for every execution, in seconds. */
const LIMIT = 60;
const GENERATE = '/api/v1/veo/generate';
const TRIES = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1_000 };

describe.each(LINES.map(({ name }) => name))('an order that n8n %s runs again', (line) => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open(line, { env: { EXECUTIONS_TIMEOUT: String(LIMIT) } });
	}, 600_000);
	beforeEach(async () => {
		stage.simulator.reset();
		// Kie's limit is one of the account: 20 orders in 10 s.
		await pause(10_000);
	});
	afterAll(async () => await stage.close());

	const workflowFor = (
		prompts: string[],
		options: INodeParameters = {},
		settings: Partial<INode> = {},
	) =>
		chain(
			stage.credential,
			prompts.map((tag): IDataObject => ({ tag })),
			{
				operation: 'generate',
				prompt: '={{ $json.tag }}',
				waitMode: 'poll',
				options: { pollInterval: 1, ...options },
			},
			settings,
		);
	const create = async (...workflow: Parameters<typeof workflowFor>): Promise<string> =>
		(await stage.client.createWorkflow(workflowFor(...workflow))).id;
	const paid = () => stage.simulator.paid().length;
	const sent = () => stage.simulator.requests({ path: GENERATE }).length;

	it('by Retry On Fail is paid for once', async () => {
		stage.simulator.nextTask({ timings: { generate: 7_000 } });
		const id = await create(['A dog'], { timeout: 2 }, TRIES);
		const execution = await stage.client.runToEnd(id);
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, KIE)).toMatchObject([{ json: { status: 'success' } }]);
		expect({ paid: paid(), sent: sent() }).toStrictEqual({ paid: 1, sent: 1 });
	});

	it.each(['original', 'stored'] as const)(
		'by a retry of the %s workflow is new only where Kie.ai says that it failed',
		async (from) => {
			const prompts = ['a', 'bad 1', 'b', 'bad 2', 'c', 'bad 3', 'd', 'lost', 'slow', 'e'];
			for (const prompt of ['bad 1', 'bad 2', 'bad 3']) {
				stage.simulator.nextTask({ prompt, generation: { outcome: 'failure' } });
			}
			stage.simulator.nextTask({ prompt: 'slow', timings: { generate: NEVER } });
			stage.simulator.fault({
				kind: 'reset-after',
				path: GENERATE,
				when: ({ body }) => (body as { prompt?: string }).prompt === 'lost',
			});
			const id = await create(prompts, { timeout: 20 });
			const first = await stage.client.runToEnd(id);
			expect(first.error?.message).toContain("Kie.ai's answer was lost");
			expect(sent()).toBe(prompts.length);
			await pause(1_000);

			const retry = await stage.client.retryExecution(first.id, from);
			expect(retry.status).toBe('error');
			expect(retry.error?.message).toBe(first.error?.message);
			expect(sent()).toBe(prompts.length + 3);
		},
	);

	it('in a new execution is a new order', async () => {
		const id = await create(['A dog']);
		await stage.client.runToEnd(id);
		await stage.client.runToEnd(id);
		expect(paid()).toBe(2);
	});

	it('has its task ID in the stored execution after an error', async () => {
		stage.simulator.nextTask({ prompt: 'slow', timings: { generate: NEVER } });
		stage.simulator.nextTask({ prompt: 'bad', generation: { outcome: 'failure' } });
		const execution = await stage.client.runToEnd(await create(['slow', 'bad']));
		const stored = JSON.stringify(execution.data);
		expect(execution.status).toBe('error');
		for (const taskId of stage.simulator.taskIds) expect(stored).toContain(taskId);
	});

	it('is named by the log and by the execution after a stop by hand', async () => {
		stage.simulator.nextTask({ timings: { generate: NEVER } });
		const id = await stage.client.runWorkflow(await create(['A dog']));
		while (stage.simulator.taskIds.length === 0) await pause(100);
		await pause(1_000);
		await stage.client.stopExecution(id);
		const [taskId = ''] = stage.simulator.taskIds;
		const stopped = await stage.client.waitForExecution(id);
		expect(stage.n8n.log()).toContain(taskId);
		expect(stopped).toMatchObject({
			status: 'canceled',
			customData: { kieVeoTasks: taskId },
		});
	});
});
