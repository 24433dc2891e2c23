import type { IDataObject } from 'n8n-workflow';

import { Editor } from '../../tools/n8n/browser';
import type { Reference, WorkflowDefinition } from '../../tools/n8n/client';
import { createPromptTable, exampleFiles, readExample } from '../../tools/n8n/examples';
import { itemsOf } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { DEMO_VIDEOS, NEVER } from '../../tools/simulator';
import { Stage } from '../e2e/stage';
import { chain, KIE } from '../e2e/workflows';

const MP4: unknown = expect.stringContaining('.mp4');
const FOUR_K: unknown = expect.stringContaining('4k.mp4');

/** Nodes whose items show that an example did its work, and some of what they hold. */
const RESULTS: { [file: string]: { [node: string]: object[] } } = {
	'4k-with-callback-submit.json': {
		'Get 4K Video': [{ taskId: 'veo_task_demo_1', status: 'processing' }],
	},
	'wait-for-callback-to-4k.json': {
		Finished: ['veo_task_demo_3', 'veo_task_demo_4', 'veo_task_demo_5'].map((taskId) => ({
			...{ taskId, asked: taskId, status: 'success', url4k: FOUR_K },
		})),
	},
	'prompt-to-4k-file.json': {
		'4K File': [{ operation: 'get4k', status: 'success', resolution: '4k' }],
	},
	'wait-without-public-address.json': {
		Finished: [{ taskId: expect.any(String), videoUrl: MP4 }],
	},
	'longer-film.json': { 'Scene 3': [{ operation: 'extend', status: 'success' }] },
	'image-to-4k-video.json': {
		'First Frame': [{ operation: 'runModel', status: 'success' }],
		'4K File': [{ operation: 'get4k', status: 'success', resolution: '4k' }],
	},
	'table-of-prompts-every-night.json': {
		'Write Task ID': Array(2).fill({ status: 'ordered', taskId: expect.any(String) }),
		// Its last run: what was ordered on an earlier night.
		'Write Result': [{ taskId: 'veo_task_demo_2', status: 'done', reason: '' }],
	},
	'upgrade-to-1080p-and-4k.json': {
		URLs: [
			{
				taskId: 'veo_task_demo_1',
				url1080p: expect.stringContaining('1080p.mp4'),
				url4k: FOUR_K,
			},
		],
	},
	'many-videos-to-4k.json': {
		'In 4K': [{ taskId: 'veo_task_demo_2' }, { taskId: 'veo_task_demo_3' }],
		'Not in 4K': [
			{
				taskId: 'veo_task_demo_no4k',
				status: 'failed',
				reason: expect.stringContaining('unavailable'),
			},
		],
	},
};

/** Run without a browser (e2e/trigger, e2e/agents, e2e/models): started by Kie, a chat or a form. */
const OTHERS = [
	'4k-with-callback-receive.json',
	'agent-asks-before-it-spends.json',
	'idea-to-scenes-of-a-film.json',
	'product-photo-to-advertisement.json',
];

/** Node whose output holds a video that the browser is to play. */
const FILES = new Map([
	['prompt-to-4k-file.json', '4K File'],
	['longer-film.json', 'Scene 3'],
	['image-to-4k-video.json', '4K File'],
	['table-of-prompts-every-night.json', 'Get Video'],
]);

it('Every example is known', () => {
	const known = [...Object.keys(RESULTS), ...OTHERS];
	expect(known.sort()).toStrictEqual(exampleFiles().sort());
});

describe.each(LINES.map(({ name }) => name))('the editor of n8n %s', (line) => {
	let stage: Stage;
	let editor: Editor;
	let table: Reference;

	beforeAll(async () => {
		stage = await Stage.open(line, {
			simulator: { videos: DEMO_VIDEOS },
			webhookSecret: 'editor-test-hmac-key',
		});
		table = await createPromptTable(stage.client);
		editor = await Editor.open({ url: stage.n8n.url });
	}, 600_000);
	afterAll(async () => {
		await editor?.close();
		await stage?.close();
	});

	// The examples share videos: each begins with none of them upgraded.
	beforeEach(() => stage.simulator.reset());

	it.each(Object.entries(RESULTS))('runs the example %s from its button', async (file, results) => {
		const { client, credential } = stage;
		const picks = { table, n8nUrl: stage.n8n.url, pollInterval: 1 };
		const example = readExample(file, credential, picks);
		const { id } = await client.createWorkflow(example);
		await editor.openWorkflow(id);
		const executionId = await editor.executeWorkflow();
		const execution = await client.waitForExecution(String(executionId), { timeoutMs: 120_000 });
		for (const [node, items] of Object.entries(results)) {
			expect(itemsOf(execution, node).map(({ json }) => json)).toMatchObject(items);
			await expect(editor.waitForNode(node)).resolves.toBe('success');
		}
		const withFile = FILES.get(file);
		if (withFile === undefined) return;
		await editor.openNode(withFile);
		const { duration, width } = await editor.playOutputFile();
		expect(duration).toBeGreaterThan(0);
		expect(width).toBeGreaterThan(0);
		await editor.closeNode();
	});

	it('outputs the other videos of wait-without-public-address.json when Kie refuses one', async () => {
		const { client, simulator, credential } = stage;
		const refusal = { generation: { outcome: 'failure' } } as const;
		simulator.nextTask({ taskId: 'veo_refused', prompt: 'bad', ...refusal });
		const example = readExample('wait-without-public-address.json', credential);
		const jsCode = 'return ["bad", "good"].map((prompt) => ({ json: { prompt } }));';
		const nodes = example.nodes.map((node) => {
			if (node.name === 'Wait') return { ...node, parameters: { amount: 1, unit: 'seconds' } };
			if (node.name !== 'Prompt') return node;
			return { ...node, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
		});
		const { id } = await client.createWorkflow({ ...example, nodes });
		const execution = await client.runToEnd(id);
		expect(execution.status).toBe('success');
		const output = (node: string) => itemsOf(execution, node).map(({ json }) => json);
		expect(output('Failed')).toStrictEqual([
			{ taskId: 'veo_refused', status: 'failed', reason: expect.stringContaining('veo_refused') },
		]);
		expect(output('Finished')).toMatchObject([{ videoUrl: expect.stringContaining('.mp4') }]);
	});

	it('pays for no prompt of the table twice, and picks up what was slow', async () => {
		const { client, simulator, credential } = stage;
		const patient = readExample('table-of-prompts-every-night.json', credential, {
			table: await createPromptTable(client, 'Veo nights'),
			pollInterval: 1,
		});
		const hasty = JSON.stringify(patient).replace(
			'"pollInterval":1',
			'"pollInterval":1,"timeout":1',
		);
		simulator.setDefaults({ timings: { generate: 4000 } });
		const night = async (workflow: WorkflowDefinition) => {
			const { id } = await client.createWorkflow(workflow);
			return await client.runToEnd(id);
		};
		const written = ({ json }: { json: IDataObject }) => [json.status, json.reason];
		const first = await night(JSON.parse(hasty) as WorkflowDefinition);
		expect(itemsOf(first, 'Write Reason').map(written)).toMatchObject(
			Array(2).fill(['ordered', expect.stringContaining('not ready')]),
		);
		const second = await night(patient);
		expect(itemsOf(second, 'Write Result')).toHaveLength(2);
		await night(patient);
		expect(simulator.paid()).toHaveLength(2);
	});

	it('suspends and resumes with "Execute step"', async () => {
		const { client, simulator, credential } = stage;
		const taskIds = ['veo_step_3', 'veo_step_4', 'veo_step_5'];
		for (const taskId of taskIds) simulator.addVideo({ taskId, timings: { upgrade4k: NEVER } });
		const example = readExample('wait-for-callback-to-4k.json', credential);
		const text = JSON.stringify(example).replaceAll('veo_task_demo_', 'veo_step_');
		const { id } = await client.createWorkflow(JSON.parse(text) as WorkflowDefinition);
		await editor.openWorkflow(id);
		await editor.openNode('Get 4K Video');
		const executionId = String(await editor.executeStep());
		await client.waitForExecution(executionId, { until: 'waiting' });
		for (const taskId of taskIds) simulator.finish(taskId, 'get4k');
		await expect(editor.waitForStep()).resolves.toBe('success');
		const execution = await client.waitForExecution(executionId);
		expect(itemsOf(execution, 'Get 4K Video').map(({ json }) => json.status)).toStrictEqual(
			Array(3).fill('success'),
		);
		await editor.closeNode();
	});

	it('orders once more with each "Execute step"', async () => {
		const { client, simulator, credential } = stage;
		const parameters = { operation: 'generate', prompt: 'A dog', waitMode: 'poll' };
		const { id } = await client.createWorkflow(
			chain(
				credential,
				[{}],
				{ ...parameters, options: { pollInterval: 1 } },
				{ position: [220, 220] },
			),
		);
		await editor.openWorkflow(id);
		await editor.openNode(KIE);
		const before = simulator.paid().length;
		for (const orders of [1, 2]) {
			const execution = await client.waitForExecution(String(await editor.executeStep()));
			expect(itemsOf(execution, KIE)).toMatchObject([{ json: { status: 'success' } }]);
			await expect(editor.waitForStep()).resolves.toBe('success');
			expect(simulator.paid()).toHaveLength(before + orders);
		}
		await editor.closeNode();
	});
});
