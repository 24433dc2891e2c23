import { inDatabase, whileNothingResumes } from '../../tools/n8n/database';
import { nodeError } from '../../tools/n8n/execution';
import { freePorts } from '../../tools/n8n/ports';
import { LINES, type LineName } from '../../tools/n8n/versions';
import { startFront, type Front } from './front';
import { Stage } from './stage';
import { statusesIn, Suspensions } from './suspensions';
import { KIE } from './workflows';

let stage: Stage;
let front: Front;
let executions: Suspensions;

describe.each(LINES.map(({ name }) => name))('n8n %s behind a proxy', (line: LineName) => {
	beforeAll(async () => {
		const [port = 0] = await freePorts(1);
		front = await startFront(port);
		stage = await Stage.open(line, {
			simulator: { callbacks: { retryDelayMs: 1000, retries: 3 } },
			env: { WEBHOOK_URL: front.url, N8N_WEBHOOK_URL: front.url },
		});
		front.target = stage.n8n.url;
		executions = new Suspensions(stage);
	}, 600_000);
	beforeEach(() => {
		stage.simulator.reset();
		front.way = 'through';
	});
	afterAll(async () => {
		await stage?.close();
		await front?.close();
	});

	it.each<[way: Front['way'], cause: string]>([
		['redirect', 'it is redirected (301)'],
		['password', 'it asks for a password (401)'],
		['page', 'what answers there is not n8n (200)'],
	])('that answers with a %s: the node refuses to order, and says why', async (way, cause) => {
		front.way = way;
		const { client, simulator } = stage;
		const { id } = await client.createWorkflow(executions.workflowFor(executions.add(2), 60));
		const error = nodeError(await client.runToEnd(id, { timeoutMs: 60_000 }), KIE);
		console.log(`n8n ${line}, ${way}: ${error?.message} | ${error?.description}`);
		expect(error?.message).toContain(cause);
		expect(simulator.requests()).toHaveLength(0);
	});

	it('that n8n cannot reach: the log says so, and the node orders', async () => {
		front.way = 'unreachable';
		const taskIds = executions.add(2);
		const id = await executions.start(taskIds, 600);
		executions.finish(taskIds);
		const execution = await stage.client.waitForExecution(id);
		expect(statusesIn(execution)).toStrictEqual(['success', 'success']);
		expect(stage.n8n.log()).toContain('n8n did not answer when it was called at its own address');
	});

	it('resumes again when its database has failed to store that', async () => {
		const taskIds = executions.add(3);
		const id = await executions.start(taskIds, 600);
		await whileNothingResumes(stage.n8n.userFolder, async () => {
			executions.finish(taskIds);
			await stage.simulator.callbacksSettled();
			await new Promise((resolve) => setTimeout(resolve, 3_000));
			expect((await stage.client.getExecution(id)).status).toBe('waiting');
		});
		const { length } = stage.simulator.requests({ host: 'api' });
		const execution = await stage.client.waitForExecution(id, { timeoutMs: 90_000 });
		expect(statusesIn(execution)).toStrictEqual(['success', 'success', 'success']);
		executions.expectWhole(execution, taskIds);
		expect(stage.simulator.requests({ host: 'api' })).toHaveLength(length);
		expect(stage.simulator.paid()).toHaveLength(3);
	}, 150_000);

	if (line === '2.x') {
		it('names the setting with which n8n cannot authenticate, and sends nothing', async () => {
			const { client, simulator } = stage;
			const workflow = executions.workflowFor(executions.add(1), 60);
			const settings = { binaryMode: 'combined' };
			const { id } = await client.createWorkflow({ ...workflow, settings } as typeof workflow);
			const error = nodeError(await client.runToEnd(id), KIE);
			expect(error?.message).toContain("'Execution Logic' is v2");
			expect(simulator.requests()).toHaveLength(0);
		});
	}

	it('warns of an execution that was deleted while it waited, with its tasks', async () => {
		const taskIds = executions.add(1);
		const id = await executions.start(taskIds, 10);
		await inDatabase(stage.n8n.userFolder, `DELETE FROM execution_entity WHERE id = ${Number(id)}`);
		const limit = Date.now() + 20_000;
		while (!stage.n8n.log().includes('n8n no longer has this execution') && Date.now() < limit) {
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
		expect(stage.n8n.log()).toMatch(new RegExp(`no longer has this execution.*${taskIds[0]}`));
	});
});
