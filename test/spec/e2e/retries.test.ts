import { setTimeout as pause } from 'node:timers/promises';

import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { itemsOf } from '../../tools/n8n/execution';
import { NEVER } from '../../tools/simulator';
import { inBothModes, Stage } from './stage';
import { AFTER, chain, connect, ITEMS, KIE, looped, RUN_MODEL } from './workflows';

const GENERATE = '/api/v1/veo/generate';
const CREATE_TASK = '/api/v1/jobs/createTask';
const TRIES = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1_000 };

// A worker runs all, and one process is called about all.
const STAGES = inBothModes({ webhookProcesses: 0 });

describe.each(STAGES)('an order that n8n %s runs again', (_name, line, queue) => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open(line, { queue });
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
		parameters: INodeParameters = {},
	) =>
		chain(
			stage.credential,
			prompts.map((tag): IDataObject => ({ tag })),
			{
				operation: 'generate',
				prompt: '={{ $json.tag }}',
				waitMode: 'poll',
				options: { pollInterval: 1, ...options },
				...parameters,
			},
			settings,
		);
	const create = async (...workflow: Parameters<typeof workflowFor>): Promise<string> =>
		(await stage.client.createWorkflow(workflowFor(...workflow))).id;
	const paid = () => stage.simulator.paid().length;
	const sent = (path = GENERATE) => stage.simulator.requests({ path }).length;

	it.each<['original' | 'stored', path: string, INodeParameters]>([
		['original', GENERATE, {}],
		['stored', CREATE_TASK, RUN_MODEL],
	])(
		'by a retry of the %s workflow is new only where Kie.ai says that it failed (%s)',
		async (from, path, parameters) => {
			const prompts = ['a', 'bad 1', 'b', 'bad 2', 'c', 'bad 3', 'd', 'lost', 'slow', 'e'];
			for (const prompt of ['bad 1', 'bad 2', 'bad 3']) {
				stage.simulator.nextTask({ prompt, generation: { outcome: 'failure' } });
			}
			stage.simulator.nextTask({
				prompt: 'slow',
				timings: { generate: NEVER, runModel: NEVER },
			});
			stage.simulator.fault({
				kind: 'reset-after',
				path,
				when: ({ body }) => JSON.stringify(body).includes('"lost"'),
			});
			const id = await create(prompts, { timeout: 10 }, {}, parameters);
			const first = await stage.client.runToEnd(id);
			expect(first.error?.message).toContain("Kie.ai's answer was lost");
			expect(sent(path)).toBe(prompts.length);
			await pause(1_000);

			const retry = await stage.client.retryExecution(first.id, from);
			expect(retry.status).toBe('error');
			expect(retry.error?.message).toBe(first.error?.message);
			expect(sent(path)).toBe(prompts.length + 3);
		},
	);

	if (queue) {
		// n8n 2.x refuses to save such a workflow.
		if (line === '1.x') {
			it('is waited for at each of two nodes that have the same ID', async () => {
				await expectTwoWaits(stage);
			});
		}
		return;
	}

	it('by Retry On Fail is paid for once', async () => {
		stage.simulator.nextTask({ timings: { generate: 7_000 } });
		const id = await create(['A dog'], { timeout: 2 }, TRIES);
		const execution = await stage.client.runToEnd(id);
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, KIE)).toMatchObject([{ json: { status: 'success' } }]);
		expect({ paid: paid(), sent: sent() }).toStrictEqual({ paid: 1, sent: 1 });
	});

	it('by Retry On Fail, which Continue does not prevent, is new only where it failed', async () => {
		stage.simulator.nextTask({ prompt: 'bad', generation: { outcome: 'failure' } });
		const id = await create(['bad', 'good'], {}, { ...TRIES, onError: 'continueRegularOutput' });
		const execution = await stage.client.runToEnd(id);
		expect(itemsOf(execution, KIE)).toMatchObject(Array(2).fill({ json: { status: 'success' } }));
		expect(sent()).toBe(3);
	});

	it('is none while the execution is suspended, with Retry On Fail and Continue', async () => {
		const isBad = ({ body }: { body: unknown }) => (body as { prompt?: string }).prompt === 'bad';
		stage.simulator.fault({ kind: 'status', code: 400, when: isBad });
		const settings = { ...TRIES, onError: 'continueRegularOutput' } as const;
		const id = await create(['bad', 'good'], {}, settings, { waitMode: 'callback' });
		const execution = await stage.client.runToEnd(id);
		expect(itemsOf(execution, KIE)).toMatchObject([
			{ json: { status: 'failed', error: expect.any(String) } },
			{ json: { status: 'success' } },
		]);
		expect(sent()).toBe(2);
	});

	it('is one in each round of a loop, also when the last round is retried', async () => {
		const workflow = looped(workflowFor(Array(6).fill('A dog')), 2);
		for (let order = 1; order < 6; order++) stage.simulator.nextTask({});
		stage.simulator.nextTask({ generation: { outcome: 'failure' } });
		const { id } = await stage.client.createWorkflow(workflow);
		const first = await stage.client.runToEnd(id);
		expect({ status: first.status, sent: sent() }).toStrictEqual({ status: 'error', sent: 6 });
		const retry = await stage.client.retryExecution(first.id, 'original');
		expect({ status: retry.status, sent: sent() }).toStrictEqual({ status: 'success', sent: 7 });
		expect(itemsOf(retry, AFTER)).toHaveLength(6);
	});
});

/** Of two nodes with the same ID, one after the other. */
async function expectTwoWaits(stage: Stage): Promise<void> {
	const [base, second] = ['first', 'second'].map((prompt) =>
		chain(stage.credential, [{}], { operation: 'generate', prompt, waitMode: 'callback' }),
	);
	const [kie, other] = [base, second].map((one) => one?.nodes.find(({ name }) => name === KIE));
	if (!base || !kie || !other) throw new Error('The workflow has no such node');
	const { id } = await stage.client.createWorkflow({
		...base,
		nodes: [...base.nodes, { ...other, id: kie.id, name: 'Second' }],
		connections: { ...connect(ITEMS, KIE), ...connect(KIE, 'Second') },
	});
	const execution = await stage.client.runToEnd(id);
	for (const name of [KIE, 'Second']) {
		expect(itemsOf(execution, name)).toMatchObject([{ json: { status: 'success' } }]);
	}
	expect(stage.simulator.paid()).toHaveLength(2);
}
