import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { readModelInput } from '../../../nodes/KieVeo/actions/task/modelInput';
import { Item, modelIdIn } from '../../../nodes/KieVeo/actions/parameters';
import { methods } from '../../../nodes/KieVeo/actions/task/modelMethods';
import { parseSchema, type CataloguedModel } from '../../../nodes/KieVeo/kie/catalogue';
import { MODELS, openapiOf } from '../../tools/simulator/models';

const unread = {
	kind: 'unread',
	rejection: { kind: 'retry', reason: 'server' },
	said: { code: null, message: 'no answer within 30 s' },
} as const;

function cataloguedModel(id: string): CataloguedModel {
	return { kind: 'job', ...parseSchema(openapiOf(id, MODELS[id]!))! };
}

/** Reads the input of a node with these fields. */
function readFields(
	id: string,
	value: object | null,
	{ known = cataloguedModel(id), schema = [] as object[], isReported = false } = {},
) {
	return read(
		{ modelId: id, inputMode: 'fields', modelFields: { value, schema } },
		known,
		isReported,
	);
}

function readJson(id: string, inputJson: unknown, known = cataloguedModel(id)) {
	return read(
		{ modelId: { __rl: true, mode: 'id', value: id }, inputMode: 'json', inputJson },
		known,
	);
}

function read(parameters: { [name: string]: unknown }, known: CataloguedModel, isReported = false) {
	const context = {
		getNode: () => ({ parameters }),
		getNodeParameter: (path: string, _item: number, fallback: unknown) =>
			path
				.split('.')
				.reduce(
					(inner: unknown, name) => (inner as { [name: string]: unknown })[name],
					parameters,
				) ?? fallback,
	} as unknown as IExecuteFunctions;
	const models = new Map([[modelIdIn(parameters.modelId) ?? '', known]]);
	const { refusal, model, input, hint } = readModelInput(new Item(context, 0), models, isReported);
	if (refusal) throw refusal;
	return { model, input, hints: hint === undefined ? [] : [hint] };
}

/** What the editor gets from a Kie that answers like this, with an API key of its own. */
let accounts = 0;
function editor(modelId: unknown, ...answers: object[]) {
	let calls = 0;
	const apiKey = `the-key-of-account-${++accounts}`;
	const context = {
		getNode: () => ({ name: 'Kie.ai', type: 'kieVeo', typeVersion: 1, parameters: {} }),
		getCredentials: async () => ({ apiKey: answers.length > 0 ? apiKey : '' }),
		getCurrentNodeParameter: () => {
			if (modelId instanceof Error) throw modelId;
			return modelId;
		},
		helpers: {
			httpRequestWithAuthentication: async () => {
				const body = JSON.stringify(answers[Math.min(calls++, answers.length - 1)]);
				return { statusCode: 200, headers: {}, body };
			},
		},
	} as unknown as ILoadOptionsFunctions;
	return {
		search: async (filter?: string) =>
			(await methods.listSearch.searchModels.call(context, filter)).results,
		fields: async () => await methods.resourceMapping.getModelFields.call(context),
	};
}

const NANO = 'google/nano-banana';
const KLING = 'kling/v2-1-master-text-to-video';
const SEEDANCE = 'bytedance/seedance-2-5';
const DIALOGUE = 'elevenlabs/text-to-dialogue-v3';
const WAN = 'wan/2-7-image';
const TOPAZ = 'topaz/image-upscale';
const NANO_PRO = 'nano-banana-pro';
const OMNI = 'kling-3.0-omni/image-to-video';
const MUSIC = 'ai-music-api/generate';
const UNAUTHORIZED = { code: 401, msg: 'Unauthorized' };
const success = (data: unknown) => ({ code: 200, msg: 'success', data });
const schemaAnswer = (id: string) => success({ model: id, openapi: openapiOf(id, MODELS[id]!) });
const fieldsOf = async (id: string) =>
	await editor({ __rl: true, mode: 'list', value: id }, schemaAnswer(id)).fields();

describe('the fields of a model', () => {
	it.each(Object.keys(MODELS))('%s has all of them, each with its own label', async (id) => {
		const { fields, emptyFieldsNotice } = await fieldsOf(id);
		expect(emptyFieldsNotice).toBeUndefined();
		const known = cataloguedModel(id);
		expect(fields.map((field) => field.id)).toStrictEqual(
			known.kind === 'job' && known.fields.map(({ name }) => name),
		);
		// The name of an agent's parameter is made of the label.
		const keys = fields.map(({ displayName }) => displayName.replace(/[^\w-]/g, '_').slice(0, 63));
		expect(new Set(keys).size).toBe(fields.length);
		for (const { type, options } of fields) expect(type === 'options').toBe(options !== undefined);
	});

	it.each([
		// Kie asks for it
		[NANO, 'prompt', 'Prompt (at most 5000 characters)', 'string', 'asked'],
		['gpt-image-2-text-to-image', 'prompt', 'Prompt (1-20000 characters)', 'string', 'asked'],
		[TOPAZ, 'image_url', 'Image URL', 'string', 'asked'],
		['kling-3.0/motion-control', 'input_urls', 'Input URLs (list)', 'string', 'asked'],
		[DIALOGUE, 'dialogue', 'Dialogue (list)', 'array', 'asked'],
		[MUSIC, 'custom_mode', 'Custom Mode', 'boolean', 'asked'],
		// and has a default
		[TOPAZ, 'upscale_factor', 'Upscale Factor (default 2)', 'options', 'shown'],
		// Not asked for
		[NANO, 'aspect_ratio', 'Aspect Ratio (default 1:1)', 'options', 'hidden'],
		[NANO, 'image_size', 'Image Size (deprecated, default 1:1)', 'options', 'hidden'],
		[NANO, 'nsfw_checker', 'NSFW Checker', 'boolean', 'hidden'],
		[NANO_PRO, 'image_input', 'Image Input (at most 8 entries)', 'string', 'hidden'],
		[KLING, 'cfg_scale', 'CFG Scale (0-1, default 0.5)', 'number', 'hidden'],
		[OMNI, 'duration', 'Duration (3-15, default 5)', 'options', 'hidden'],
		[SEEDANCE, 'prompt', 'Prompt (at most 30000 characters)', 'string', 'shown'],
		[SEEDANCE, 'duration', 'Duration (default 5)', 'number', 'hidden'],
		[SEEDANCE, 'generate_audio', 'Generate Audio (default true)', 'boolean', 'hidden'],
		[WAN, 'color_palette', 'Color Palette (3-10 entries)', 'array', 'hidden'],
		[MUSIC, 'persona_id', 'Persona ID', 'string', 'hidden'],
	])('%s: %s', async (id, name, label, type, when) => {
		const { fields } = await fieldsOf(id);
		expect(fields.find((field) => field.id === name)).toMatchObject({
			displayName: label,
			type,
			required: when === 'asked',
			removed: when === 'hidden',
			display: true,
		});
	});

	it('keep the type of their choices, and a default where Kie asks for the field', async () => {
		const { fields: veo } = await fieldsOf('veo-3-1');
		expect(veo.find(({ id }) => id === 'duration')?.options).toStrictEqual([
			{ name: '4', value: 4 },
			{ name: '6', value: 6 },
			{ name: '8', value: 8 },
		]);
		const { fields: topaz } = await fieldsOf(TOPAZ);
		expect(topaz.map((field) => 'defaultValue' in field && field.defaultValue)).toStrictEqual([
			false,
			'2',
		]);
	});
});

describe('a panel without fields', () => {
	it.each([
		['no model', { __rl: true, mode: 'list', value: '' }, /once a model is chosen/],
		['an expression without a value', null, /once a model is chosen/],
		['an expression that is left', '={{ $json.a }}', /once a model is chosen/],
		['an expression that throws', new Error("'A' hasn't been executed"), /^'A' hasn't been/],
		['no key', NANO, /^'API Key' of the Kie.ai API credential is empty/],
		['a wrong key', NANO, /did not accept the API key(?!.*JSON)/, UNAUTHORIZED],
		['an unknown model', 'nano', /^Kie.ai does not list the model nano\. .*JSON/, { code: 404 }],
		['no schema', NANO, /^Kie.ai has not published .*JSON/, success({ openapi: null })],
		['a helper', 'gemini-omni-audio', /as a task, but at \/api\/v1\/omni/, {}],
	])('says why: %s', async (_name, modelId, notice, ...answers) => {
		const { fields, emptyFieldsNotice } = await editor(modelId, ...(answers as object[])).fields();
		expect(fields).toStrictEqual([]);
		expect(emptyFieldsNotice).toMatch(notice);
	});
});

describe('the list of models', () => {
	const row = (model: string, title: string, provider: string, taskType: string) => ({
		...{ model, slug: model, title, provider, description: null },
		...{ taskType: [taskType], pricingDesc: model === KLING ? '5 s: 160 credits.\nmore' : null },
	});
	const list = success({
		total: 4,
		models: [
			row(KLING, 'Kling 2.1 Master', 'Kling', 'Text to Video'),
			row('recraft/crisp-upscale', 'Recraft Crisp Upscale', 'Elevenlabs', 'Text to Image'),
			row('gpt-6-sol', 'GPT 6', 'OpenAI', 'Chat'),
			row('gemini-omni-audio', 'Gemini Omni', 'Google', 'Text to Speech'),
		],
	});
	const KLING_ENTRY = { name: 'Kling 2.1 Master · Kling · 5 s: 160 credits.', value: KLING };
	const RECRAFT = { name: 'Recraft Crisp Upscale · Elevenlabs', value: 'recraft/crisp-upscale' };

	it.each([
		[undefined, [KLING_ENTRY, RECRAFT]],
		['master', [KLING_ENTRY]],
		['KLING text-to', [KLING_ENTRY]],
		['elevenlabs', [RECRAFT]],
		['gpt', []],
		['omni', []],
		['credits', []],
	])('searched for %p', async (filter, results) => {
		expect(await editor('', list).search(filter)).toStrictEqual(results);
	});

	it('tells models of the same title apart', async () => {
		const ids = ['kling/a', 'kling/b'];
		const models = ids.map((id) => row(id, 'Kling', 'Kling', 'Text to Video'));
		expect(await editor('', success({ models })).search()).toMatchObject([
			{ name: 'Kling · kling/a · Kling' },
			{ name: 'Kling · kling/b · Kling' },
		]);
	});

	it('says why it is empty', async () => {
		const search = editor('', UNAUTHORIZED).search();
		await expect(search).rejects.toThrow(/list of models could not be read. Kie.ai did not accept/);
	});
});

describe('the fields of an item', () => {
	/** Reads one field beside a prompt, where the model has one. */
	function readField(id: string, name: string, value: unknown) {
		const known = cataloguedModel(id);
		const hasPrompt = known.kind === 'job' && known.fields.some((field) => field.name === 'prompt');
		return readFields(id, { ...(hasPrompt ? { prompt: 'a fox' } : {}), [name]: value }).input;
	}
	const REFERENCES = 'reference_image_urls';
	const A = 'https://a.com/1';

	it.each<[what: string, id: string, name: string, given: unknown, sent: unknown]>([
		['text where Kie wants text', KLING, 'duration', 5, '5'],
		['a number', KLING, 'cfg_scale', '0.5', 0.5],
		['zero', KLING, 'cfg_scale', 0, 0],
		['a whole number', SEEDANCE, 'duration', ' 7 ', 7],
		['a switch', SEEDANCE, 'web_search', 'true', true],
		['an empty text', KLING, 'duration', '', undefined],
		['an empty list', SEEDANCE, REFERENCES, [], undefined],
		['a choice of numbers', 'veo-3-1', 'duration', '8', 8],
		['a list as JSON', SEEDANCE, REFERENCES, '["asset://1"]', ['asset://1']],
		['a comma in an address', SEEDANCE, REFERENCES, `${A},2, oss://3`, [`${A},2`, 'oss://3']],
		['one address a line', SEEDANCE, REFERENCES, `${A}\nasset://2\n`, [A, 'asset://2']],
		['objects as JSON', DIALOGUE, 'dialogue', '[{"text": "Hi"}]', [{ text: 'Hi' }]],
		['lists in lists', WAN, 'bbox_list', [[[1, '2']]], [[[1, 2]]]],
		['a required field without its default', TOPAZ, 'image_url', A, A],
	])('are sent as Kie wants them: %s', (_what, id, name, given, sent) => {
		expect(readField(id, name, given)[name]).toStrictEqual(sent);
	});

	it.each<[what: string, id: string, name: string, given: unknown, message: string]>([
		['nothing required', KLING, 'prompt', undefined, 'is missing'],
		['an empty required text', KLING, 'prompt', ' ', 'is missing'],
		['a word', KLING, 'cfg_scale', 'high', 'must be of type number, not "high"'],
		['a fraction', SEEDANCE, 'duration', 5.5, 'must be of type integer, not 5.5'],
		['a word for a switch', SEEDANCE, 'web_search', 'yes', 'must be of type boolean, not "yes"'],
		['an object for a text', KLING, 'prompt', { a: 1 }, 'must be of type string, not {"a":1}'],
		['an object in a list', SEEDANCE, REFERENCES, [{}], 'must be of type array of string'],
		['text for objects', DIALOGUE, 'dialogue', 'Hi', 'must be of type array of object, not "Hi"'],
		['an unknown field', KLING, 'seed', 1, 'is not a field of this model'],
		['a name every object has', KLING, 'constructor', 'x', 'is not a field'],
		['no choice', KLING, 'duration', ' 5', 'must be one of 5, 10, not " 5"'],
		['too much', KLING, 'cfg_scale', 2, 'must be 0-1, not 2'],
		['too little', KLING, 'cfg_scale', -1, 'must be 0-1, not -1'],
		['a long text', KLING, 'prompt', 'a'.repeat(5001), 'must be at most 5000 characters, not 5001'],
		['many entries', NANO_PRO, 'image_input', Array(9).fill(A), 'must be at most 8 entries, not 9'],
		['few entries', WAN, 'color_palette', [{}], 'must be 3-10 entries, not 1'],
		['almost a list', NANO_PRO, 'image_input', "['https://a.com/1']", 'must be of type array'],
	])('that are not as Kie says are refused, and JSON is named: %s', (...row) => {
		const [, id, name, given, message] = row;
		expect(() => readField(id, name, given)).toThrow(
			expect.objectContaining({
				message: expect.stringContaining(`'${name}' ${message}`) as string,
				description: expect.stringMatching(/JSON.*Nothing was sent/) as string,
			}),
		);
	});

	it('are asked for: Kie has charged for an order without input', () => {
		expect(() => readFields(SEEDANCE, null)).toThrow("'Fields' is empty");
	});

	it('are counted in characters, and a text of the limit is sent', () => {
		expect(readFields(KLING, { prompt: '🦊'.repeat(5000) }).input).toHaveProperty('prompt');
	});
});

describe('the stored fields', () => {
	it('are used while the catalogue cannot be read, with a hint', async () => {
		const { fields: schema } = await fieldsOf(KLING);
		const stored = { known: unread, schema };
		const { input, hints } = readFields(KLING, { prompt: 'x', duration: 5 }, stored);
		expect(input).toStrictEqual({ prompt: 'x', duration: '5' });
		expect(hints).toStrictEqual([
			expect.stringMatching(/no answer within 30 s\. .* stored in the workflow/),
		]);
		expect(() => readFields(KLING, { prompt: 'x', duration: 7 }, stored)).toThrow(
			"'duration' must be one of",
		);
	});

	it('know the type of what n8n has as text, and other lists as JSON', async () => {
		const { fields: schema } = await fieldsOf(WAN);
		const value = { prompt: 5, input_urls: 'https://a.com/1', bbox_list: '[[[1]]]', n: '2' };
		const { input } = readFields(WAN, value, { known: unread, schema });
		const expected = { prompt: '5', input_urls: ['https://a.com/1'], bbox_list: [[[1]]], n: 2 };
		expect(input).toStrictEqual(expected);
	});

	it.each([
		['none are stored', unread, [], 'could not be read'],
		['Kie has none either', { kind: 'noSchema' } as const, [], 'has not published'],
	])('are needed then: %s', (_name, known, schema, message) => {
		expect(() => readFields(KLING, { prompt: 'x' }, { known, schema })).toThrow(
			expect.objectContaining({
				message: expect.stringContaining(message) as string,
				description: expect.stringContaining("'Input Mode' JSON") as string,
			}),
		);
	});

	it('are not used where Kie tells the current ones', async () => {
		const { fields: schema } = await fieldsOf(NANO);
		expect(() => readFields(KLING, { prompt: 'x', output_format: 'png' }, { schema })).toThrow(
			"'output_format' is not a field of this model",
		);
	});

	it('tell which switches nobody has set', async () => {
		const { fields: schema } = await fieldsOf(NANO);
		const value = { prompt: 'x', nsfw_checker: false };
		expect(readFields(NANO, value, { schema }).input).toStrictEqual({
			prompt: 'x',
		});
	});
});

describe('a model', () => {
	const MOTION = 'kling-3.0/motion-control';
	const value = { input_urls: 'https://a.com', video_urls: 'https://a.com' };

	it.each([
		{ kind: 'otherApi', path: '/api/v1/omni/audio/create' },
		{ kind: 'otherApi', path: null },
	] as const)('that is not run as a task is refused in both modes: %j', (known) => {
		expect(() => readFields('x', {}, { known })).toThrow(known.path ?? 'chat model');
		expect(() => readJson('x', {}, known)).toThrow(known.path ?? 'chat model');
	});

	it('that is not listed is refused with fields, and sent with JSON', () => {
		const known = { kind: 'unlisted' } as const;
		expect(() => readFields('x', {}, { known })).toThrow('does not list the model x');
		expect(readJson('x', '{"a": 1}', known)).toStrictEqual({
			model: 'x',
			input: { a: 1 },
			hints: [expect.stringContaining('does not list the model x')],
		});
	});

	it('that needs a callback address is refused without one, and with JSON only a hint', () => {
		expect(() => readFields(MOTION, value)).toThrow(`'Callback URL' is needed for ${MOTION}`);
		expect(readFields(MOTION, value, { isReported: true }).hints).toStrictEqual([]);
		const { hints } = readJson(MOTION, {
			input_urls: ['https://a.com'],
			video_urls: ['https://a.com'],
		});
		expect(hints).toStrictEqual([expect.stringContaining("'Callback URL' is needed")]);
	});

	it.each(['', null, { __rl: true, mode: 'list', value: '' }])(
		'that is empty is refused: %j',
		(modelId) => {
			expect(() => read({ modelId, inputMode: 'json' }, unread)).toThrow("'Model' is empty");
		},
	);
});

describe('JSON', () => {
	it.each([[{ prompt: 'x', duration: '5' }], ['{"prompt": "x", "duration": "5"}']])(
		'is sent as it is: %j',
		(json) => {
			expect(readJson(KLING, json)).toStrictEqual({
				model: KLING,
				input: { prompt: 'x', duration: '5' },
				hints: [],
			});
		},
	);

	it('is sent with a hint about what is not as Kie says', () => {
		const input = { duration: 5, seed: null, cfg_scale: 7, more: '', aspect_ratio: '' };
		const { input: sent, hints } = readJson(KLING, input);
		expect(sent).toBe(input);
		expect(hints).toStrictEqual([
			`Input of ${KLING}, left as it is: 'cfg_scale' must be 0-1, not 7; 'prompt' is missing; 'duration' must be of type string, not 5; 'aspect_ratio' must be one of 16:9, 9:16, 1:1, not ""`,
		]);
	});

	it('is sent with a hint while the catalogue cannot be read', () => {
		expect(readJson(KLING, { prompt: 'x' }, unread).hints).toStrictEqual([
			expect.stringContaining('no answer within 30 s'),
		]);
	});

	it.each(['', 'a fox', '[1]', [1], 5, '{"prompt": '])('must be an object: %j', (json) => {
		expect(() => readJson(KLING, json)).toThrow("'Input (JSON)' must be a JSON object");
	});
});
