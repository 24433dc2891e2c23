import { Editor } from '../../tools/n8n/browser';
import { LINES } from '../../tools/n8n/versions';
import { Stage } from '../e2e/stage';
import { ITEMS, node } from '../e2e/workflows';

/** n8n shows the node and its trigger as one entry. */
const ENTRY = 'Kie.ai';

describe.each(LINES.map(({ name }) => name))('the search for nodes of n8n %s', (line) => {
	let stage: Stage;
	let editor: Editor;

	beforeAll(async () => {
		stage = await Stage.open(line);
		editor = await Editor.open({ url: stage.n8n.url });
	}, 600_000);
	afterAll(async () => {
		await editor?.close();
		await stage?.close();
	});

	it.each(['empty canvas', 'corner', 'plus'] as const)('finds Kie.ai from the %s', async (from) => {
		if (from !== 'empty canvas') {
			const trigger = node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {});
			const { id } = await stage.client.createWorkflow({
				name: `Search from the ${from}`,
				nodes: [trigger],
				connections: {},
			});
			await editor.openWorkflow(id);
		}
		await editor.openNodeSearch(from);
		expect((await editor.searchNodes('kie'))[0]).toBe(ENTRY);
		for (const text of ['kie.ai', 'veo', '4k', '1080p', 'upscale', 'text to video']) {
			const found = await editor.searchNodes(text);
			expect({ text, found }).toMatchObject({ found: expect.arrayContaining([ENTRY]) });
		}
	});
});
