import { readFileSync } from 'node:fs';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { pollingEvery, readExample } from '../../tools/n8n/examples';
import { itemsOf, nodeError } from '../../tools/n8n/execution';
import { N8n } from '../../tools/n8n/n8n';
import { LINES } from '../../tools/n8n/versions';
import { NEVER } from '../../tools/simulator';
import { until } from '../../tools/simulator/testing';
import { Stage } from './stage';
import { AFTER, chain, KIE, triggerWorkflow } from './workflows';

const CREATE = '/api/v1/jobs/createTask';
const PICTURE = readFileSync('test/tools/simulator/media/picture.png');
const HMAC_KEY = 'models-hmac-key';

/** With the number of files they give. */
const MODELS = [
	['google/nano-banana', 1],
	['kling/v2-1-master-text-to-video', 1],
	['google/gemini-3-8-flash-tts', 1],
	['ai-music-api/sounds', 2],
	['ai-music-api/lyrics', 0],
] as const;

let stage: Stage;
const run = async (parameters: INodeParameters = {}, items: IDataObject[] = one()) => {
	const { client, credential } = stage;
	const { id } = await client.createWorkflow(
		chain(credential, items, {
			resource: 'task',
			operation: 'runModel',
			modelId: { __rl: true, mode: 'id', value: '={{ $json.model }}' },
			inputMode: 'json',
			inputJson: '={{ { "prompt": $json.tag } }}',
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
		stage = await Stage.open(line, {
			simulator: {
				accounts: [{ key: 'kie-simulator-key', credits: 100_000, webhookHmacKey: HMAC_KEY }],
			},
			webhookSecret: HMAC_KEY,
		});
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
			expect(items.map(({ binary = {} }) => Object.keys(binary).length)).toStrictEqual(
				MODELS.map(([, files]) => files),
			);
			expect(Object.keys(items[3]?.binary ?? {})).toStrictEqual(['data', 'data_1']);
			const tags = itemsOf(execution, AFTER).map(({ json }) => json.tag);
			expect(tags).toStrictEqual(each().map(({ tag }) => tag));
			expect(paid()).toBe(MODELS.length);
		},
	);

	it('returns a task at once, which Get Task reads', async () => {
		const [started] = itemsOf(await ended(await run({ waitMode: 'none' })), KIE);
		const { taskId } = started?.json ?? {};
		expect(started?.json).toMatchObject({ status: 'processing', fileUrl: null });
		const [found] = itemsOf(
			await ended(await run({ operation: 'getTask', taskId: String(taskId), waitMode: 'poll' })),
			KIE,
		);
		expect(found?.json).toMatchObject({ taskId, operation: 'getTask', status: 'success' });
		expect(paid()).toBe(1);
	});

	it('makes an advertisement of the photo that a form was given', async () => {
		const { client, credential, n8n, simulator } = stage;
		const example = readExample('product-photo-to-advertisement.json', credential);
		const { id } = await client.createWorkflow(pollingEvery(1, example));
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

	it('outlives a restart of n8n while its execution is suspended', async () => {
		stage.simulator.nextTask({ taskId: 'task_restart', timings: { runModel: NEVER } });
		const id = await run({ waitMode: 'callback' });
		await stage.client.waitForExecution(id, { until: 'waiting' });
		await (stage.n8n as N8n).restart();
		stage.simulator.finish('task_restart', 'runModel');
		const [item] = itemsOf(await ended(id), KIE);
		expect(item?.json).toMatchObject({ taskId: 'task_restart', status: 'success' });
		expect(paid()).toBe(1);
	});

	it('takes up a task when the execution is retried, and orders nothing', async () => {
		stage.simulator.nextTask({ taskId: 'task_retry', timings: { runModel: NEVER } });
		const id = await run({ options: { pollInterval: 1, timeout: 2 } });
		const failed = await ended(id);
		expect(nodeError(failed, KIE)?.message).toContain('task_retry');
		stage.simulator.finish('task_retry', 'runModel');
		const [item] = itemsOf(await stage.client.retryExecution(id, 'original'), KIE);
		expect(item?.json).toMatchObject({ taskId: 'task_retry', status: 'success' });
		expect(paid()).toBe(1);
	});

	it('sends an order once although its answer is lost', async () => {
		stage.simulator.fault({ kind: 'reset-after', path: CREATE });
		const execution = await ended(await run());
		expect(nodeError(execution, KIE)?.message).toContain("Kie.ai's answer was lost");
		expect(stage.simulator.requests({ path: CREATE })).toHaveLength(1);
	});

	it('reports a task to the trigger, which Kie confirms', async () => {
		const { client, credential, n8n } = stage;
		const { definition, path } = triggerWorkflow(credential, { options: { confirm: true } });
		const { id } = await client.createWorkflow(definition);
		await client.activateWorkflow(id);
		await run({
			waitMode: 'none',
			callBackUrl: `${n8n.url}/webhook/${path}`,
			options: { passThrough: '{"order":7}' },
		});
		const [{ id: started } = { id: '' }] = await until(
			async () => await client.listExecutions(id),
			({ length }) => length > 0,
		);
		const execution = await ended(started);
		expect(itemsOf(execution, AFTER)[0]?.json).toMatchObject({
			event: 'task.success',
			operation: 'runModel',
			model: 'google/nano-banana',
			passThrough: { order: 7 },
		});
	});
});
