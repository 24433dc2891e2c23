import type { INodeParameters } from 'n8n-workflow';

import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { caught, OF_A_MODEL, runOperation } from './runNode';

useFastTime();
const kie = useAccounts();

const SCHEMA = '/api/v1/models/bytedance/seedance-2-5/schema';
const CREATE = '/api/v1/jobs/createTask';
const MODEL = { __rl: true, mode: 'id', value: 'bytedance/seedance-2-5' };

const run = async (parameters: INodeParameters, items: object[] = [{}]) =>
	await runOperation(kie.credentials, {
		operation: 'runModel',
		items: items.map((json) => ({ json: json as INodeParameters })),
		parameters: { ...OF_A_MODEL, modelId: MODEL, waitMode: 'none', ...parameters },
	});

/** What the run says, but for what is always said last: that the task is not finished. */
async function hintsOf(...given: Parameters<typeof run>): Promise<string[]> {
	const { hints } = await run(...given);
	return hints.slice(0, -1).map(({ message }) => message);
}

const fields = (value: INodeParameters, schema: INodeParameters[] = []) => ({
	inputMode: 'fields',
	modelFields: { mappingMode: 'defineBelow', value, schema },
});
const ordered = () => kie.simulator.requests({ path: CREATE }).map(({ body }) => body);

describe('the fields of a model', () => {
	it('are converted by what Kie says now, not by what n8n has stored', async () => {
		const number = { id: 'duration', type: 'number', required: false, display: true };
		const value = { prompt: '={{ $json.n }}', duration: '={{ $json.n }}', seed: '' };
		const { items } = await run(
			fields({ ...value, reference_image_urls: '={{ $json.urls }}' }, [number as never]),
			[
				{ n: '7', urls: 'https://a.com/1, asset://2' },
				{ n: '', urls: 'https://a.com/1' },
			],
		);
		const inputs = ordered().map((body) => (body as { input: object }).input);
		expect(inputs).toStrictEqual([
			{ prompt: '7', duration: 7, reference_image_urls: ['https://a.com/1', 'asset://2'] },
			{ reference_image_urls: ['https://a.com/1'] },
		]);
		expect(items).toHaveLength(2);
	});

	it('of different models are those of the model of each item', async () => {
		const parameters = fields({ prompt: 'x', duration: '5' });
		await run({ ...parameters, modelId: { ...MODEL, value: '={{ $json.model }}' } }, [
			{ model: 'bytedance/seedance-2-5' },
			{ model: 'kling/v2-1-master-text-to-video' },
		]);
		expect(ordered()).toMatchObject([{ input: { duration: 5 } }, { input: { duration: '5' } }]);
	});
});

describe('an input as JSON', () => {
	const json = { inputMode: 'json', inputJson: '{"prompt": "x", "duration": "5"}' };

	it('waits 5 s for the catalogue at most', async () => {
		kie.simulator.fault({ path: SCHEMA, kind: 'slow', ms: 7_000 });
		const start = performance.now();
		const [hint] = await hintsOf(json);
		expect(performance.now() - start).toBeLessThan(6_500);
		expect(ordered()).toMatchObject([{ input: { prompt: 'x', duration: '5' } }]);
		expect(hint).toContain('no answer within 5 s');
	});

	it('is sent as it is, with one hint for all items', async () => {
		const [hint, ...others] = await hintsOf(json, [{}, {}]);
		expect(ordered()).toHaveLength(2);
		expect(hint).toContain("'duration' must be of type integer");
		expect(others).toStrictEqual([]);
	});

	it('that differs from item to item has five hints, and the number of the others', async () => {
		const inputJson = '={{ { "prompt": "x", "duration": $json.text } }}';
		const items = ['5', '6', '7', '8', '9', '10', '11'].map((text) => ({ text }));
		const hints = await hintsOf({ inputMode: 'json', inputJson }, items);
		expect(hints).toHaveLength(6);
		expect(hints).toContain('2 more items have hints such as these.');
	});
});

describe('Get Model', () => {
	it('tells what it takes and costs', async () => {
		const { items } = await run({
			operation: 'getModel',
			modelId: { ...MODEL, value: 'topaz/image-upscale' },
		});
		expect(items).toMatchObject([
			{
				json: {
					modelId: 'topaz/image-upscale',
					title: 'Topaz Image Upscale',
					provider: 'Topaz',
					price: expect.stringContaining('credits'),
					fields: [
						{ name: 'image_url', type: 'string', required: true, options: null, default: null },
						{ name: 'upscale_factor', options: ['1', '2', '4'], default: '2', minimum: null },
					],
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(kie.simulator.paid()).toStrictEqual([]);
	});

	it('of a model without fields tells what it costs', async () => {
		const modelId = { ...MODEL, value: 'google/gemini-3-8-flash-tts' };
		const { items } = await run({ operation: 'getModel', modelId });
		expect(items).toMatchObject([{ json: { fields: [], price: expect.any(String) } }]);
	});

	it('of an unknown model is an error, which names no input', async () => {
		const error = await caught(
			run({ operation: 'getModel', modelId: { ...MODEL, value: 'veo3' } }),
		);
		expect(error.message).toBe('Kie.ai does not list the model veo3');
		expect(error.description).toBe('Check the ID, or choose a model from the list.');
	});

	it('reads any number of models, one each second', async () => {
		const modelId = { ...MODEL, value: '={{ $json.model }}' };
		const { items } = await runOperation(kie.credentials, {
			operation: 'getModel',
			items: Array.from({ length: 32 }, (_, number) => ({ json: { model: `a/m-${number}` } })),
			parameters: { ...OF_A_MODEL, modelId },
			onError: 'continueRegularOutput',
		});
		expect(items.at(-1)?.json.error).toBe('Kie.ai does not list the model a/m-31');
	});
});

describe('the fields of a task that this execution has paid for', () => {
	it.each<[what: string, value: INodeParameters, schema: INodeParameters[]]>([
		['can no longer be read', { prompt: 'x' }, []],
		[
			'are converted otherwise by now',
			{ prompt: 'x', duration: '5' },
			[
				{ id: 'prompt', type: 'string' },
				{ id: 'duration', type: 'string' },
			],
		],
	])('%s: it is picked up, and not ordered again', async (_what, value, schema) => {
		const contextData = {};
		const attempt = async (timeout: number, credentials = kie.credentials) =>
			await runOperation(credentials, {
				operation: 'runModel',
				parameters: { ...OF_A_MODEL, modelId: MODEL, ...fields(value, schema) },
				options: { timeout },
				contextData,
			});
		kie.simulator.nextTask({ taskId: 'task_retried', timings: { runModel: 2_000 } });
		const error = await caught(attempt(1));
		expect(error.message).toBe(
			`The result of task task_retried (${MODEL.value}) was not ready after 1 s`,
		);
		expect(error.description).toContain('Run Get Task with task ID');
		kie.simulator.fault({ path: SCHEMA, kind: 'status', code: 433, times: 9 });
		// By another name, under which nothing of the catalogue was read.
		const baseUrl = kie.credentials.baseUrl.replace('127.0.0.1', 'localhost');
		const { items, hints } = await attempt(60, { ...kie.credentials, baseUrl });
		expect(items).toMatchObject([{ json: { taskId: 'task_retried', status: 'success' } }]);
		expect(hints.map(({ message }) => message)).toContainEqual(
			expect.stringContaining('Picked up from the run before: 1 of 1 tasks.'),
		);
		expect(ordered()).toHaveLength(1);
	});
});
