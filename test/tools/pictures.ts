// Takes the pictures of README and docs from a real editor, in light and dark: `npm run pictures`.
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

import type { INode, INodeParameters } from 'n8n-workflow';

import { Stage } from '../spec/e2e/stage';
import { node } from '../spec/e2e/workflows';
import { Editor } from './n8n/browser';
import type { WorkflowDefinition } from './n8n/client';
import { describeError } from './n8n/errors';
import { readExample } from './n8n/examples';
import { DEMO_VIDEOS, SIMULATOR_KEY } from './simulator';

const FOLDER = resolve(__dirname, '..', '..', '..', 'docs', 'images');
/** Of the example that receives. */
const RECEIVER_PATH = 'kie-veo-4k-receive-example/webhook';
const START = 'Start';
const HMAC_KEY = 'picture-hmac-key';
const THEMES = ['light', 'dark'] as const;

/** Operations that are shown by their panel alone, with what is filled in. Some are run. */
const PANELS: Array<[name: string, parameters: INodeParameters, run?: 'run']> = [
	['Get', { operation: 'get', taskId: 'veo_task_demo_1' }, 'run'],
	[
		'Generate From Images',
		{
			operation: 'generate',
			prompt: 'The dog starts to run towards the camera',
			generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO',
			imageUrls: 'https://example.com/first.jpg, https://example.com/last.jpg',
		},
	],
	[
		'Extend',
		{ operation: 'extend', taskId: 'veo_task_demo_1', prompt: 'The dog lies down and sleeps' },
	],
	['Download', { operation: 'download', url: 'https://tempfile.aiquickdraw.com/v/video.mp4' }],
	['Get Credits', { resource: 'account', operation: 'getCredits' }, 'run'],
];

async function takePictures(stage: Stage, theme: (typeof THEMES)[number]): Promise<void> {
	const { client, credential, simulator } = stage;
	const folder = `${FOLDER}/${theme}`;
	mkdirSync(folder, { recursive: true });
	const viewport = { width: 1280, height: 800 };
	const editor = await Editor.open({ url: stage.n8n.url, theme, viewport });
	// n8n's hint about pinning would lie over the first output.
	await editor.page.addInitScript(() => localStorage.setItem('N8N_PIN_DATA_DISCOVERY_NDV', 'true'));

	const picture = async (name: string) => {
		await editor.dismissNotices();
		// The editor fades panels and edges in.
		await editor.page.waitForTimeout(1000);
		await editor.screenshot(`${folder}/${name}.png`);
	};
	const panel = async (name: string, node: string) => {
		await editor.openNode(node);
		await picture(name);
		await editor.closeNode();
	};
	/** With the output as a list of fields: as a table it would be cut off before the URL. */
	const finishedPanel = async (name: string, node: string) => {
		await editor.openNode(node);
		await editor.showOutputFields();
		await picture(name);
		await editor.closeNode();
	};
	const open = async (workflow: WorkflowDefinition) => {
		simulator.reset();
		const { id } = await client.createWorkflow(workflow);
		await editor.openWorkflow(id);
	};
	const openExample = async (file: string) => await open(readExample(file, credential));

	try {
		await openExample('upgrade-to-1080p-and-4k.json');
		await editor.executeWorkflow();
		await editor.waitForNode('URLs');
		await picture('canvas-1080p-and-4k');
		await finishedPanel('panel-get-4k', 'Get 4K Video');
		await finishedPanel('panel-get-1080p', 'Get 1080P Video');

		await openExample('many-videos-to-4k.json');
		await editor.executeWorkflow();
		await editor.waitForNode('In 4K');
		await picture('canvas-many-to-4k');

		await openExample('wait-for-callback-to-4k.json');
		const executionId = String(await editor.executeWorkflow());
		await client.waitForExecution(executionId, { until: 'waiting' });
		await picture('canvas-waiting');
		await editor.waitForNode('Finished');
		await finishedPanel('panel-wait-for-callback', 'Get 4K Video');

		await openExample('prompt-to-4k-file.json');
		const generation = String(await editor.executeWorkflow());
		// Two nodes that poll every 30 s.
		await client.waitForExecution(generation, { timeoutMs: 150_000 });
		await editor.waitForNode('4K File');
		await picture('canvas-prompt-to-4k-file');
		await panel('panel-generate', 'Generate');
		await editor.openNode('4K File');
		await editor.playOutputFile();
		await picture('output-video');
		await editor.closeNode();

		await openExample('4k-with-callback-submit.json');
		await picture('canvas-callback-submit');
		await openExample('4k-with-callback-receive.json');
		await picture('canvas-callback-receive');
		await editor.openNode('4K finished');
		await editor.page.getByText('Webhook URLs', { exact: true }).click();
		await picture('panel-trigger');
		await editor.page.getByText('Webhook URLs', { exact: true }).click();
		await editor.executeStep();
		await picture('trigger-listening');
		await simulator.sendCallback(`${stage.n8n.url}/webhook-test/${RECEIVER_PATH}`, {
			taskId: 'veo_task_demo_1',
		});
		await editor.waitForStep();
		await picture('trigger-output');
		await editor.closeNode();

		await open({
			name: 'Veo: other operations',
			nodes: [
				node(START, 'n8n-nodes-base.manualTrigger', 1, {}),
				...PANELS.map(
					([name, parameters], i): INode => ({
						...node(name, 'n8n-nodes-kie-veo.kieVeo', 1, { resource: 'video', ...parameters }),
						position: [240, 240 * i],
						credentials: { kieVeoApi: credential },
					}),
				),
			],
			connections: {
				[START]: { main: [PANELS.map(([name]) => ({ node: name, type: 'main', index: 0 }))] },
			},
		});
		for (const [name, , run] of PANELS) {
			await editor.openNode(name);
			if (run) {
				await editor.executeStep();
				await editor.waitForStep();
				await editor.showOutputFields();
			}
			await picture(`panel-${name.toLowerCase().replaceAll(' ', '-')}`);
			await editor.closeNode();
		}
	} finally {
		await editor.close();
	}
}

async function main(): Promise<void> {
	rmSync(FOLDER, { recursive: true, force: true });
	const stage = await Stage.open('2.x', {
		simulator: {
			accounts: [{ key: SIMULATOR_KEY, webhookHmacKey: HMAC_KEY }],
			videos: DEMO_VIDEOS,
			timings: { upgrade4k: 5000 },
		},
		webhookSecret: HMAC_KEY,
	});
	try {
		for (const theme of THEMES) await takePictures(stage, theme);
	} finally {
		await stage.close();
	}
}

main().catch((error: unknown) => {
	console.error(describeError(error));
	process.exitCode = 1;
});
