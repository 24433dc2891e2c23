import type { IDataObject, INode } from 'n8n-workflow';

import { itemsOf, type Execution } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import type { Fault } from '../../tools/simulator';
import { SCHEMAS } from '../package/schemas/schema';
import { kieCredential, Stage } from './stage';
import { chain, KIE } from './workflows';

describe.each(LINES.map(({ name }) => name))('n8n %s', (line) => {
	let stage: Stage;
	const run = async (
		items: IDataObject[],
		waitMode = 'poll',
		settings: Partial<INode> = {},
	): Promise<Execution> => {
		const options = waitMode === 'poll' ? { pollInterval: 1 } : {};
		const parameters = { operation: 'get4k', waitMode, options };
		const workflow = chain(stage.credential, items, parameters, settings);
		return await stage.client.runToEnd((await stage.client.createWorkflow(workflow)).id);
	};
	const json = (execution: Execution, output = 0) =>
		itemsOf(execution, KIE, output).map((item) => item.json);

	beforeAll(async () => {
		stage = await Stage.open(line);
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage.close());

	it.each([...SCHEMAS])('serves the output schema %s', async (path, schema) => {
		const url = `${stage.n8n.url}/schemas/n8n-nodes-kie-veo.kieVeo/${path.slice(1)}`;
		await expect((await fetch(url)).json()).resolves.toStrictEqual(schema);
	});

	describe('the credential test', () => {
		const test = async (data: { apiKey?: string; baseUrl?: string }) =>
			await stage.client.testCredential(stage.credential, kieCredential(stage.simulator, data));

		it('passes with a good key, and spaces around the base URL', async () => {
			const baseUrl = ` ${stage.simulator.apiUrl}/ `;
			await expect(test({ baseUrl })).resolves.toMatchObject({ status: 'OK' });
			expect(stage.simulator.requests()).toMatchObject([
				{ method: 'GET', path: '/api/v1/chat/credit' },
			]);
		});

		it.each<[what: string, apiKey: string, fault: Fault | null, words: string]>([
			['401 under HTTP 200', 'wrong', null, 'did not accept this API key'],
			[
				'a code it has no words for',
				'good',
				{ kind: 'answer', body: { code: 422, msg: 'x', data: null } },
				'did not return the balance',
			],
			['something else', 'good', { kind: 'html', httpStatus: 200 }, 'Check the Base URL'],
		])('fails when Kie answers with %s', async (_what, apiKey, fault, words) => {
			if (fault) stage.simulator.fault(fault);
			await expect(test(apiKey === 'good' ? {} : { apiKey })).resolves.toMatchObject({
				status: 'Error',
				message: expect.stringContaining(words),
			});
		});
	});

	it.each(['poll', 'callback', 'none'])(
		'sends failed items to the error output, Wait Mode %s',
		async (mode) => {
			const good = stage.simulator.addVideo({ upgrade4k: { first: 'done' } });
			const refused = stage.simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
			const items = [{ taskId: refused }, { taskId: good }];
			const execution = await run(items, mode, { onError: 'continueErrorOutput' });
			expect(json(execution, 0)).toMatchObject([{ taskId: good, status: 'success' }]);
			expect(json(execution, 1)).toMatchObject([
				{ taskId: refused, index: 0, operation: 'get4k', status: 'failed' },
			]);
		},
	);
});
