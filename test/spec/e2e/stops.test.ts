import { LINES } from '../../tools/n8n/versions';
import { NEVER } from '../../tools/simulator';
import { Stage } from './stage';
import { chain } from './workflows';

/** n8n's own limit for every execution, in seconds. */
const LIMIT = 12;

describe.each(LINES.map(({ name }) => name))('a paid task in the log of n8n %s', (line) => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open(line, {
			simulator: { timings: { generate: NEVER, upgrade4k: NEVER } },
			env: { EXECUTIONS_TIMEOUT: String(LIMIT) },
		});
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage.close());

	const start = async (): Promise<string> => {
		const workflow = chain(stage.credential, [{}], {
			operation: 'generate',
			prompt: 'A dog',
			waitMode: 'poll',
			options: { pollInterval: 1 },
		});
		const { id } = await stage.client.createWorkflow(workflow);
		return await stage.client.runWorkflow(id);
	};
	const submitted = async (execution: string) =>
		await stage.logged('was submitted', `(execution ${execution}, item 0)`);

	it('remains when the user stops the execution', async () => {
		const execution = await start();
		await submitted(execution);
		await stage.client.stopExecution(execution);
		const [taskId = ''] = stage.simulator.taskIds;
		const line = await stage.logged('The execution was stopped', `(execution ${execution})`);
		expect(line).toContain(taskId);
		const { status, customData } = await stage.client.waitForExecution(execution);
		expect(status).toBe('canceled');
		expect(customData).toStrictEqual({ kieVeoTasks: taskId });
	});

	it("remains when n8n's own limit ends the execution, which is told before", async () => {
		const execution = await start();
		await submitted(execution);
		const [taskId = ''] = stage.simulator.taskIds;
		const warning = await stage.logged(
			"'Timeout' is 1800 s, but n8n ends",
			`(execution ${execution})`,
		);
		expect(warning).toContain(`in ${LIMIT} s`);
		await stage.logged('The execution was stopped', taskId, `(execution ${execution})`);
		const ended = await stage.client.waitForExecution(execution);
		expect(JSON.stringify(ended.data)).toContain(taskId);
		// n8n usually does not run the node again; on a busy machine it can, until its limit ends that as well.
		const retry = stage.client.retryExecution(execution, 'original');
		await retry.catch((error: unknown) => expect(String(error)).toContain('timed out'));
		expect(stage.simulator.paid()).toHaveLength(1);
	});

	it('remains when n8n is killed', async () => {
		const execution = await start();
		await submitted(execution);
		await stage.n8n.kill();
		expect(await submitted(execution)).toContain(stage.simulator.taskIds[0]);
		await stage.n8n.restart();
		await stage.client.login();
		const retry = stage.client.retryExecution(execution, 'original');
		await expect(retry).rejects.toThrow('it cannot be retried');
	});
});
