import type { Locator } from 'playwright-core';

import { Editor } from '../../tools/n8n/browser';
import { LINES } from '../../tools/n8n/versions';
import { Stage } from '../e2e/stage';
import { KIE, kieNode } from '../e2e/workflows';

/** Options of a list and entries of a menu, as either line draws them. */
const OFFERED = '.el-select-dropdown__item:visible, [role=menuitem]:visible, [role=option]:visible';

describe.each(LINES.map(({ name }) => name))('any model in the editor of n8n %s', (line) => {
	let stage: Stage;
	let editor: Editor;
	let workflow: string;

	beforeAll(async () => {
		stage = await Stage.open(line);
		editor = await Editor.open({ url: stage.n8n.url });
		const parameters = { resource: 'task', operation: 'runModel' };
		const nodes = [kieNode(KIE, stage.credential, parameters)];
		const created = await stage.client.createWorkflow({ name: 'Model', nodes, connections: {} });
		workflow = created.id;
		await editor.openWorkflow(workflow);
		await editor.openNode(KIE);
	}, 600_000);
	afterAll(async () => {
		await editor?.close();
		await stage?.close();
	});

	const shown = (id: string): Locator => editor.page.getByTestId(id);
	const fields = (): Locator => shown('mapping-fields-container');
	const offered = (text: string): Locator => editor.page.locator(OFFERED).filter({ hasText: text });
	const values = async (): Promise<string[]> =>
		await fields()
			.getByTestId('parameter-input')
			.locator('input, textarea')
			.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));

	/** Searches the list for a model, and takes it once its fields are there. */
	async function choose(model: string, field: string): Promise<string[]> {
		await shown('resource-locator-modelId').getByTestId('rlc-input').first().click();
		await shown('rlc-search').last().fill(model);
		await shown('rlc-item').filter({ hasText: model }).first().click();
		await fields().getByText(field, { exact: true }).waitFor();
		const labels = await fields().locator('label').allInnerTexts();
		return labels.map((label) => label.split('\n')[0] ?? '');
	}

	it('is found by its name, and its fields have choices, limits and defaults', async () => {
		const omni = await choose('Kling 3.0 Omni', 'Image URLs (list)');
		expect(omni).toContain('Prompt (at most 3072 characters)');
		const topaz = await choose('Topaz Image Upscale', 'Image URL');
		expect(topaz).toContain('Upscale Factor (default 2)');
		expect(await values()).toStrictEqual(['', '2']);
	});

	it('keeps its values after a reload, and loses them to another model', async () => {
		await choose('Nano Banana Pro', 'Prompt (at most 10000 characters)');
		await fields().locator('input, textarea').first().fill('A red fox');
		await shown('add-fields-select').locator('button, input').first().click();
		await offered('Aspect Ratio').first().click();
		const ratio = fields().getByTestId('parameter-input').nth(1);
		await ratio.click();
		await offered('16:9').first().click();
		// Where the list has the focus, the key that closes the panel closes only the list.
		await ratio.locator('input').first().blur();
		await editor.closeNode();
		await editor.page.keyboard.press('Control+s');
		const saved = { prompt: 'A red fox', aspect_ratio: '16:9' };
		const [stored] = await until(saved);
		expect(stored?.parameters).toMatchObject({
			modelId: { value: 'nano-banana-pro' },
			modelFields: { value: saved },
		});

		await editor.openWorkflow(workflow);
		await editor.openNode(KIE);
		await fields().getByText('Aspect Ratio (default 1:1)', { exact: true }).waitFor();
		expect(await values()).toStrictEqual(['A red fox', '16:9']);
		await choose('Topaz Image Upscale', 'Image URL');
		await choose('Nano Banana Pro', 'Prompt (at most 10000 characters)');
		expect(await values()).toStrictEqual(['']);
	});

	/** The nodes as n8n has stored them, once they hold these fields. */
	async function until(value: object) {
		for (;;) {
			const { nodes } = await stage.client.getWorkflow(workflow);
			if (JSON.stringify(nodes).includes(JSON.stringify(value))) return nodes;
			await editor.page.waitForTimeout(200);
		}
	}
});
