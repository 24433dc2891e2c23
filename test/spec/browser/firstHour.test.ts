import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeParameters } from 'n8n-workflow';

import { Editor } from '../../tools/n8n/browser';
import type { WorkflowDefinition } from '../../tools/n8n/client';
import { LINES } from '../../tools/n8n/versions';
import { Stage } from '../e2e/stage';
import { connect, ITEMS, KIE, kieNode, kieTool, node } from '../e2e/workflows';

/** What the tests saw. */
const PICTURES = join(__dirname, '../../../coverage/editor');
const AGENT = 'AI Agent';
const CODE = 'Videos';

describe.each(LINES.map(({ name }) => name))('the first hour in the editor of n8n %s', (line) => {
	let stage: Stage;
	let editor: Editor;

	beforeAll(async () => {
		stage = await Stage.open(line);
		editor = await Editor.open({ url: stage.n8n.url });
		mkdirSync(PICTURES, { recursive: true });
	}, 600_000);
	afterAll(async () => {
		await editor?.close();
		await stage?.close();
	});

	const picture = async (name: string) =>
		await editor.screenshot(join(PICTURES, `${name}-${line}.png`));
	const open = async (definition: WorkflowDefinition) => {
		const { id } = await stage.client.createWorkflow(definition);
		await editor.openWorkflow(id);
		return id;
	};
	const kie = (name: string, parameters: INodeParameters) =>
		kieNode(name, stage.credential, parameters);

	it('says in the credential where the keys are, and asks what to order through', async () => {
		await editor.openCredential(stage.credential);
		const dialog = editor.page.getByTestId('credential-edit-dialog');
		await picture('credential');
		const links = dialog.getByText('Create the API key at').locator('a');
		expect(await links.allInnerTexts()).toStrictEqual(['kie.ai/api-key', 'kie.ai/settings']);
		const labels = await dialog.locator('label').allInnerTexts();
		expect(labels.map((label) => label.split(/ \*|\n/)[0])).toEqual(
			expect.arrayContaining(['API Key', 'Webhook HMAC Key', 'Order Through', 'Base URL']),
		);
	});

	it.each([
		['1 item', ['a'], '$json', '1 new paid request.'],
		[
			'12 items with 3 equal ones',
			[...'aaabcdefghij'],
			"$('Videos').all()[$itemIndex].json",
			'at most 10 new paid requests.',
		],
		[
			'items of an earlier node',
			['a', 'b'],
			"$('Videos').item.json",
			'a new paid request for each different video.',
		],
	])('tells before the run how many paid requests %s are', async (title, ids, from, expected) => {
		const source = node(CODE, 'n8n-nodes-base.code', 2, {
			jsCode: `return ${JSON.stringify(ids.map((id) => ({ json: { taskId: `veo_task_${id}` } })))};`,
		});
		await open({
			name: `Hint for ${title}`,
			nodes: [
				node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
				{ ...source, position: [220, 0] },
				{ ...kie(KIE, { taskId: `={{ ${from}.taskId }}` }), position: [440, 0] },
			],
			connections: { ...connect(ITEMS, CODE), ...connect(CODE, KIE) },
		});
		await editor.openNode(CODE);
		await editor.executeStep();
		await editor.waitForStep();
		await editor.closeNode();
		await editor.openNode(KIE);
		const hints = editor.panel.getByTestId('node-hint');
		await hints.first().waitFor();
		await picture(title.replaceAll(' ', '-'));
		expect((await hints.allInnerTexts()).join().trim()).toBe(`These items make ${expected}`);
		expect(stage.simulator.paid()).toHaveLength(0);
		await editor.closeNode();
	});

	it('does not offer Wait for Callback in the tool', async () => {
		await open({
			name: 'Tool',
			nodes: [
				node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
				{
					...node(AGENT, '@n8n/n8n-nodes-langchain.agent', 2, {
						promptType: 'define',
						text: 'A film',
					}),
					position: [220, 0],
				},
				{
					...kieTool('Generate', stage.credential, { operation: 'generate' }),
					position: [220, 200],
				},
			],
			connections: { ...connect(ITEMS, AGENT), ...connect('Generate', AGENT, 'ai_tool') },
		});
		await editor.openNode('Generate');
		expect(await editor.optionsOf('Wait Mode')).toStrictEqual([
			'Return Immediately',
			'Wait by Polling',
		]);
		await picture('tool-of-an-agent');
	});

	it('maps videoUrl of a node that has never run', async () => {
		const before = stage.simulator.requests().length;
		await open({
			name: 'Schema',
			nodes: [
				node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
				{ ...kie(KIE, { operation: 'generate', prompt: 'A dog' }), position: [220, 0] },
				{ ...kie('Download', { operation: 'download' }), position: [440, 0] },
			],
			connections: { ...connect(ITEMS, KIE), ...connect(KIE, 'Download') },
		});
		await editor.openNode('Download');
		const expression = await editor
			.mapField('videoUrl', 'URL')
			.finally(async () => await picture('fields-before-the-first-run'));
		expect(expression).toBe('{{ $json.videoUrl }}');
		expect(stage.simulator.requests()).toHaveLength(before);
	});
});
