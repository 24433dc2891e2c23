import { readFileSync } from 'node:fs';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { readExample } from '../../tools/n8n/examples';
import { itemsOf } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { Stage } from './stage';
import { AFTER, chain, KIE, RUN_MODEL } from './workflows';

const PICTURE = readFileSync('test/tools/simulator/media/picture.png');

/** With the names of the files they give. */
const KINDS: Array<[model: string, files: string[]]> = [
	['google/nano-banana', ['data']],
	['kling/v2-1-master-text-to-video', ['data']],
	['google/gemini-3-8-flash-tts', ['data']],
	['ai-music-api/sounds', ['data', 'data_1']],
	['ai-music-api/lyrics', []],
];
/** 25 items: more than Kie takes at once. */
const MODELS = Array.from({ length: 5 }, () => KINDS).flat();

let stage: Stage;
const run = async (parameters: INodeParameters = {}, items: IDataObject[] = one()) => {
	const { client, credential } = stage;
	const { id } = await client.createWorkflow(
		chain(credential, items, {
			...RUN_MODEL,
			modelId: { __rl: true, mode: 'id', value: '={{ $json.model }}' },
			options: { pollInterval: 1 },
			...parameters,
		}),
	);
	return await client.runWorkflow(id);
};
const ended = async (id: string) => await stage.client.waitForExecution(id);
const one = (): IDataObject[] => [{ model: 'google/nano-banana', tag: 'item 0' }];
const each = () => MODELS.map(([model], i) => ({ model, tag: `item ${i}` }));
const paid = () => stage.simulator.paid().length;

describe.each(LINES.map(({ name }) => name))('any model on n8n %s', (line) => {
	beforeAll(async () => {
		stage = await Stage.open(line, { webhookSecret: 'models-hmac-key' });
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage?.close());

	it.each(['poll', 'callback'])(
		'makes pictures, videos, sound and text by "%s"',
		async (waitMode) => {
			const execution = await ended(await run({ waitMode, download: true }, each()));
			const items = itemsOf(execution, KIE);
			expect(items).toMatchObject(
				MODELS.map(([model]) => ({ json: { model, operation: 'runModel', status: 'success' } })),
			);
			expect(items.map(({ binary = {} }) => Object.keys(binary))).toStrictEqual(
				MODELS.map(([, files]) => files),
			);
			const tags = itemsOf(execution, AFTER).map(({ json }) => json.tag);
			expect(tags).toStrictEqual(each().map(({ tag }) => tag));
			expect(paid()).toBe(MODELS.length);
		},
	);

	it('makes an advertisement of the photo that a form was given', async () => {
		const { client, credential, n8n, simulator } = stage;
		const file = 'product-photo-to-advertisement.json';
		const { id } = await client.createWorkflow(readExample(file, credential, { pollInterval: 1 }));
		await client.activateWorkflow(id);
		const form = new FormData();
		form.set('field-0', new Blob([PICTURE], { type: 'image/png' }), 'product.png');
		form.set('field-1', 'On a wet rock');
		form.set('field-2', 'A wave breaks');
		await fetch(`${n8n.url}/form/kie-veo-advert-example`, { method: 'POST', body: form });
		const [started] = await client.listExecutions(id);
		const execution = await ended(String(started?.id));
		await client.deactivateWorkflow(id);
		expect(itemsOf(execution, '4K File')).toMatchObject([
			{
				json: { status: 'success', resolution: '4k' },
				binary: { data: { mimeType: 'video/mp4' } },
			},
		]);
		expect(simulator.uploads).toMatchObject([{ mimeType: 'image/png' }]);
		expect(paid()).toBe(3);
	});
});
