// Takes the pictures of README and docs from a real editor, in light and dark: `npm run pictures`, or only some
// of them: `npm run pictures -- agent`.
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

import type { INode, INodeParameters } from 'n8n-workflow';

import { Stage } from '../spec/e2e/stage';
import { node } from '../spec/e2e/workflows';
import { Editor } from './n8n/browser';
import type { WorkflowDefinition } from './n8n/client';
import { runCommand } from './n8n/command';
import { readExample, RECEIVER_PATH } from './n8n/examples';
import { DEMO_VIDEOS, SIMULATOR_KEY } from './simulator';

const FOLDER = resolve(__dirname, '..', '..', 'docs', 'images');
const START = 'Start';
const PHOTO = resolve(__dirname, 'simulator', 'media', 'picture.png');
const HMAC_KEY = 'picture-hmac-key';
const THEMES = ['light', 'dark'] as const;
/** Every address of this machine. No picture may show one. */
const LOCAL = /127\.0\.0\.1|localhost/;

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
	[
		'Options',
		{
			operation: 'get4k',
			taskId: 'veo_task_demo_1',
			options: {
				pollInterval: 30,
				timeout: 3600,
				onTimeout: 'continue',
				minimumCredits: 500,
				on4kUnavailable: 'get1080p',
			},
		},
	],
	['Upload', { resource: 'file', operation: 'upload' }],
	['Download', { operation: 'download', url: 'https://tempfile.aiquickdraw.com/v/video.mp4' }],
	['Get Credits', { resource: 'account', operation: 'getCredits' }, 'run'],
	[
		'Run a Model',
		{
			resource: 'task',
			operation: 'runModel',
			modelId: {
				__rl: true,
				mode: 'list',
				value: 'google/nano-banana',
				cachedResultName: 'Nano Banana',
			},
			modelFields: {
				mappingMode: 'defineBelow',
				value: { prompt: 'A red fox in the snow, photograph' },
				schema: [],
			},
		},
		'run',
	],
];

/** Canvases, and panels and the credential, which are taller. */
const CANVAS = { width: 1280, height: 800 };
const PANEL = { width: 1280, height: 1080 };

/** An editor in one theme that saves what it shows. */
class Camera {
	private constructor(
		private readonly stage: Stage,
		readonly editor: Editor,
		private readonly folder: string,
	) {}

	static async open(stage: Stage, theme: (typeof THEMES)[number]): Promise<Camera> {
		const folder = `${FOLDER}/${theme}`;
		mkdirSync(folder, { recursive: true });
		const editor = await Editor.open({ url: stage.n8n.url, theme, viewport: CANVAS });
		// n8n's hint about pinning would lie over the first output.
		await editor.page.addInitScript(() =>
			localStorage.setItem('N8N_PIN_DATA_DISCOVERY_NDV', 'true'),
		);
		return new Camera(stage, editor, folder);
	}

	async picture(name: string): Promise<void> {
		const { editor } = this;
		await editor.dismissNotices();
		// The editor fades panels and edges in.
		await editor.page.waitForTimeout(1000);
		await editor.replaceShown(this.publicAddresses());
		const local = LOCAL.exec(await editor.shownText());
		if (local) throw new Error(`The picture ${name} would show ${local[0]}`);
		await editor.screenshot(`${this.folder}/${name}.png`);
	}

	/** @param prepare what is done in the open panel first */
	async panel(name: string, node: string, prepare?: () => Promise<unknown>): Promise<void> {
		await this.editor.openNode(node);
		await this.editor.page.setViewportSize(PANEL);
		await prepare?.();
		await this.picture(name);
		await this.editor.closeNode();
		await this.editor.page.setViewportSize(CANVAS);
	}

	/** With the output as a list of fields: as a table it would be cut off before the URL. */
	async finishedPanel(name: string, node: string): Promise<void> {
		await this.panel(name, node, () => this.editor.showOutputFields());
	}

	async openWorkflow(workflow: WorkflowDefinition): Promise<void> {
		this.stage.simulator.reset();
		const { id } = await this.stage.client.createWorkflow(workflow);
		await this.editor.openWorkflow(id);
	}

	async openExample(file: string): Promise<void> {
		await this.openWorkflow(readExample(file, this.stage.credential));
	}

	/** Presses "Execute workflow" and waits for the end. */
	async runToEnd(last: string): Promise<void> {
		const id = String(await this.editor.executeWorkflow());
		// Nodes that poll every 30 s.
		await this.stage.client.waitForExecution(id, { timeoutMs: 150_000 });
		await this.editor.waitForNode(last);
	}

	/**
	 * n8n and the simulated Kie call each other on this machine, so their real addresses cannot be public.
	 * The pictures show the ones a user would see instead.
	 */
	private publicAddresses(): Array<[shown: string, instead: string]> {
		const { n8n, simulator } = this.stage;
		return [
			[n8n.url, 'https://n8n.example.com'],
			[simulator.fileUrl, 'https://tempfile.aiquickdraw.com'],
			[simulator.apiUrl, 'https://api.kie.ai'],
			[simulator.uploadUrl, 'https://kieai.redpandaai.co'],
		];
	}
}

async function takeCredential({ credential }: Stage, camera: Camera): Promise<void> {
	await camera.editor.page.setViewportSize(PANEL);
	await camera.editor.openCredential(credential);
	await camera.picture('credential');
	await camera.editor.page.setViewportSize(CANVAS);
}

async function takeSearch(_: Stage, camera: Camera): Promise<void> {
	const { editor } = camera;
	await editor.openNodeSearch('empty canvas');
	await editor.searchNodes('kie');
	await camera.picture('search');
}

async function takeUpgrades(_: Stage, camera: Camera): Promise<void> {
	const { editor } = camera;
	await camera.openExample('upgrade-to-1080p-and-4k.json');
	await camera.runToEnd('URLs');
	await camera.picture('canvas-1080p-and-4k');
	await camera.finishedPanel('panel-get-4k', 'Get 4K Video');
	await camera.finishedPanel('panel-get-1080p', 'Get 1080P Video');

	await camera.openExample('many-videos-to-4k.json');
	await editor.openNode('One item per video');
	await editor.executeStep();
	await editor.waitForStep();
	await editor.closeNode();
	await camera.panel('credit-hint', 'Get 4K Video');
	await camera.runToEnd('In 4K');
	await camera.picture('canvas-many-to-4k');

	await camera.openExample('wait-for-callback-to-4k.json');
	await camera.runToEnd('Finished');
	await camera.picture('canvas-waiting');
	await camera.finishedPanel('panel-wait-for-callback', 'Get 4K Video');
}

async function takeGeneration(_: Stage, camera: Camera): Promise<void> {
	const { editor } = camera;
	await camera.openExample('prompt-to-4k-file.json');
	await camera.runToEnd('4K File');
	await camera.picture('canvas-prompt-to-4k-file');
	await camera.finishedPanel('panel-generate', 'Generate');
	await camera.panel('output-video', '4K File', () => editor.playOutputFile());
}

/** What a form starts: the form, and the canvas once it has been filled in. */
async function takeForm({ client, credential }: Stage, camera: Camera): Promise<void> {
	const { editor } = camera;
	const file = 'product-photo-to-advertisement.json';
	await camera.openWorkflow(readExample(file, credential, { pollInterval: 1 }));
	const opened = editor.page.context().waitForEvent('page');
	await editor.executeWorkflow();
	const form = await opened;
	await form.locator('input[type=file]').setInputFiles(PHOTO);
	const [scene, movement] = await form.locator('textarea, input[type=text]').all();
	await scene?.fill('On a wet rock by the sea at sunrise');
	await movement?.fill('A wave breaks, the camera moves closer');
	await form.locator('#submit-btn, button[type=submit]').first().click();
	await form.getByText('Form Submitted').waitFor();
	const [started] = await client.listExecutions();
	await client.waitForExecution(String(started?.id), { timeoutMs: 150_000 });
	await form.close();
	await editor.waitForNode('4K File');
	await camera.picture('canvas-photo-to-advert');
}

async function takeTrigger({ n8n, simulator }: Stage, camera: Camera): Promise<void> {
	const { editor } = camera;
	await camera.openExample('4k-with-callback-submit.json');
	await camera.picture('canvas-callback-submit');
	await camera.openExample('4k-with-callback-receive.json');
	await camera.picture('canvas-callback-receive');
	await camera.panel('panel-trigger', '4K finished', () =>
		editor.page.getByText('Webhook URLs', { exact: true }).click(),
	);
	await editor.openNode('4K finished');
	await editor.page.getByText('Webhook URLs', { exact: true }).click();
	await editor.executeStep();
	await camera.picture('trigger-listening');
	await simulator.sendCallback(`${n8n.url}/webhook-test/${RECEIVER_PATH}`, {
		taskId: 'veo_task_demo_1',
	});
	await editor.waitForStep();
	await camera.picture('trigger-output');
	await editor.closeNode();
}

async function takeAgent(_: Stage, camera: Camera): Promise<void> {
	await camera.openExample('agent-asks-before-it-spends.json');
	await camera.picture('canvas-agent');
	await camera.panel('panel-tool', 'Generate');
}

async function takePanels({ credential }: Stage, camera: Camera): Promise<void> {
	const { editor } = camera;
	await camera.openWorkflow({
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
		await camera.panel(`panel-${name.toLowerCase().replaceAll(' ', '-')}`, name, async () => {
			if (run === undefined) return;
			await editor.executeStep();
			await editor.waitForStep();
			await editor.showOutputFields();
		});
	}
}

/** Each takes its pictures, in a minute or two. */
const CHAPTERS: { [name: string]: (stage: Stage, camera: Camera) => Promise<void> } = {
	search: takeSearch,
	credential: takeCredential,
	upgrades: takeUpgrades,
	generation: takeGeneration,
	form: takeForm,
	trigger: takeTrigger,
	agent: takeAgent,
	panels: takePanels,
};

/** @param names of chapters; without any, all are taken again, and pictures that nobody takes are removed */
async function takePictures(stage: Stage, names: string[]): Promise<void> {
	const chapters = (names.length > 0 ? names : Object.keys(CHAPTERS)).map((name) => {
		const chapter = CHAPTERS[name];
		if (chapter === undefined)
			throw new Error(`${name} is none of ${Object.keys(CHAPTERS).join(', ')}`);
		return chapter;
	});
	if (names.length === 0) rmSync(FOLDER, { recursive: true, force: true });
	for (const theme of THEMES) {
		const camera = await Camera.open(stage, theme);
		try {
			for (const take of chapters) await take(stage, camera);
		} finally {
			await camera.editor.close();
		}
	}
}

async function main(): Promise<void> {
	const stage = await Stage.open('2.x', {
		simulator: {
			accounts: [{ key: SIMULATOR_KEY, webhookHmacKey: HMAC_KEY }],
			videos: DEMO_VIDEOS,
			timings: { upgrade4k: 5000 },
		},
		webhookSecret: HMAC_KEY,
	});
	try {
		await takePictures(stage, process.argv.slice(2));
	} finally {
		await stage.close();
	}
}

runCommand(main);
