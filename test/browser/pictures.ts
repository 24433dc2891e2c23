// Takes the pictures of README and docs from a real editor: `npm run pictures`.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import { Stage } from '../e2e/stage';
import { Editor } from '../n8n/browser';
import { describeError } from '../n8n/errors';
import { readExample } from '../n8n/examples';
import { DEMO_VIDEOS } from '../simulator';

const FOLDER = resolve(__dirname, '..', '..', 'docs', 'images');

async function main(): Promise<void> {
	mkdirSync(FOLDER, { recursive: true });
	const stage = await Stage.open('2.x', {
		simulator: { videos: DEMO_VIDEOS, timings: { upgrade4k: 5000 } },
	});
	const editor = await Editor.open({
		url: stage.n8n.url,
		viewport: { width: 1280, height: 800 },
	});
	const picture = async (name: string) => {
		await editor.dismissNotices();
		// The editor fades panels and edges in.
		await editor.page.waitForTimeout(1000);
		await editor.screenshot(`${FOLDER}/${name}.png`);
	};

	try {
		const open = async (file: string) => {
			const example = readExample(file, stage.credential);
			const { id } = await stage.client.createWorkflow(example);
			await editor.openWorkflow(id);
		};

		await open('upgrade-to-1080p-and-4k.json');
		await editor.executeWorkflow();
		await editor.waitForNode('URLs');
		await picture('canvas-1080p-and-4k');
		await editor.openNode('Get 4K Video');
		await picture('panel-get-4k');
		await editor.closeNode();
		await editor.openNode('Get 1080P Video');
		await picture('panel-get-1080p');
		await editor.closeNode();

		await open('many-videos-to-4k.json');
		await editor.executeWorkflow();
		await editor.waitForNode('In 4K');
		await picture('canvas-many-to-4k');

		await open('wait-for-callback-to-4k.json');
		const executionId = String(await editor.executeWorkflow());
		await stage.client.waitForExecution(executionId, { until: 'waiting' });
		await picture('canvas-waiting');
		await editor.waitForNode('Finished');
		await editor.openNode('Get 4K Video');
		await picture('panel-wait-for-callback');
		await editor.closeNode();

		await open('4k-with-callback-receive.json');
		await editor.openNode('4K finished');
		await picture('panel-trigger');
	} finally {
		await editor.close();
		await stage.close();
	}
}

main().catch((error: unknown) => {
	console.error(describeError(error));
	process.exitCode = 1;
});
