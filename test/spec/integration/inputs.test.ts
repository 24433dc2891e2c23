import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	INodeExecutionData,
	INodeParameters,
	OnError,
} from 'n8n-workflow';

import { useAccounts } from './accounts';
import { caught, runOperation, useFiles, type OperationRun } from './runNode';

/* What people give: values of sheets, forms, agents and other nodes, keys and addresses as pasted. */

const kie = useAccounts();
useFiles();

interface Run extends OperationRun {
	/** What the expressions of the parameters read. */
	value?: unknown;
	binary?: { [name: string]: IBinaryData };
	credentials?: ICredentialDataDecryptedObject;
}

const run = async ({ value, binary, credentials, parameters, ...rest }: Run) => {
	const json = { given: value as string };
	const { items } = await runOperation(
		{ ...kie.credentials, ...credentials },
		{
			operation: 'generate',
			items: [{ json, ...(binary ? { binary } : {}) }],
			...rest,
			parameters: { waitMode: 'none', ...parameters },
		},
	);
	return items[0]?.json;
};

const bodyOf = (path: string) => kie.simulator.requests({ path }).at(-1)?.body;
const GENERATE = '/api/v1/veo/generate';
const EXTEND = '/api/v1/veo/extend';
const FRAMES = { generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO' };
const given = '={{ $json.given }}';

/** Reads a parameter, or an option, from the item. */
const reading = (parameter: string, { parameters, options, ...more }: Run = {}): Run => {
	const [name = '', option] = parameter.split('.');
	return option === undefined
		? { ...more, options, parameters: { ...parameters, [name]: given } }
		: { ...more, parameters, options: { ...options, [option]: given } };
};

/** The URL of a finished video. */
const urlOf = async () =>
	String(
		(await run({ operation: 'get', parameters: { taskId: kie.simulator.addVideo() } }))?.videoUrl,
	);

/** Refused before anything is sent, in a short text. */
async function refused(options: Run, words: string) {
	const error = await caught(run(options));
	expect(error.message).toContain(words);
	expect(error.message.length).toBeLessThan(500);
	expect(error.description).toBeTruthy();
	expect(error.description.length).toBeLessThan(500);
	expect(kie.simulator.requests()).toHaveLength(0);
	return error;
}

describe('a spelling of a sheet', () => {
	const SCENE = JSON.stringify({ scene: 'A dog', camera: 'static' });
	const IMAGE = 'https://example.com/a.jpg';

	it.each<[parameter: string, spelling: unknown, sent: object, run?: Run]>([
		['duration', '8s', { duration: 8 }],
		['duration', '', { duration: 8 }],
		['resolution', '720P', { resolution: '720p' }],
		['resolution', '4K', { resolution: '4k' }],
		['aspectRatio', 'auto', { aspect_ratio: 'Auto' }],
		['aspectRatio', '', { aspect_ratio: '16:9' }],
		['generationType', '', { generationType: 'TEXT_2_VIDEO' }],
		['model', ' VEO3 ', { model: 'veo3' }],
		['model', '', { model: 'veo3_fast' }],
		// Nobody knows it yet.
		['model', 'Veo4', { model: 'Veo4' }, { onError: 'continueRegularOutput' }],
		['options.seed', '12345', { seeds: 12345 }],
		['options.enableTranslation', 'FALSE', { enableTranslation: false }],
		['prompt', '"A dog", she says', { prompt: '"A dog", she says' }],
		['prompt', 1984, { prompt: '1984' }],
		['options.watermark', 2024, { watermark: '2024' }],
		['prompt', SCENE, { prompt: SCENE }],
		['imageSource', 'Url', { imageUrls: [IMAGE] }, { parameters: { ...FRAMES, imageUrls: IMAGE } }],
	])(
		'in %s, %p, is sent as what it can only mean',
		async (parameter, spelling, sent, more = {}) => {
			await run({ ...reading(parameter, more), value: spelling });
			expect(bodyOf(GENERATE)).toMatchObject(sent);
		},
	);

	it('is that of its own row', async () => {
		const rows = [
			{ model: 'veo3', aspectRatio: '9:16', resolution: '1080p', duration: 4, seed: 11111 },
			{ model: 'veo3_lite', aspectRatio: 'Auto', resolution: '4k', duration: 6, seed: 22222 },
		];
		const fields = ['model', 'aspectRatio', 'resolution', 'duration'];
		const columns = fields.map((name) => [name, `={{ $json.${name} }}`]);
		await runOperation(kie.credentials, {
			operation: 'generate',
			parameters: {
				...Object.fromEntries(columns),
				waitMode: 'none',
				generationType: `={{ $itemIndex ? 'TEXT_2_VIDEO' : '${FRAMES.generationType}' }}`,
				imageUrls: `=${IMAGE}?{{ $json.seed }}`,
			},
			options: { seed: '={{ $json.seed }}', watermark: '=W {{ $json.seed }}' },
			items: rows.map((json) => ({ json })),
		});
		const bodies = kie.simulator.requests({ path: GENERATE }).map(({ body }) => body);
		expect(bodies).toMatchObject(
			rows.map(({ aspectRatio, seed, ...same }, index) => ({
				...{ ...same, aspect_ratio: aspectRatio, seeds: seed, watermark: `W ${seed}` },
				...(index === 0 ? { ...FRAMES, imageUrls: [`${IMAGE}?${seed}`] } : {}),
			})),
		);
	});

	it.each(['', ' ', null])('that is a blank cell, %j, means what is not set', async (blank) => {
		const options = Object.fromEntries(
			['seed', 'watermark', 'enableTranslation', 'minimumCredits', 'timeout', 'passThrough'].map(
				(name) => [name, given],
			),
		);
		const parameters = { callBackUrl: given, download: given };
		await run({ value: blank, parameters, options });
		expect(bodyOf(GENERATE)).toMatchObject({ enableTranslation: true });
		for (const name of ['seeds', 'watermark', 'callBackUrl']) {
			expect(bodyOf(GENERATE)).not.toHaveProperty(name);
		}
	});

	it('that is a blank Index means the first video', async () => {
		const parameters = { taskId: kie.simulator.addVideo(), index: given };
		const item = await run({ operation: 'get4k', parameters, value: '' });
		expect(item).toMatchObject({ index: 0 });
	});
});

describe('a model of the other operation', () => {
	it.each([
		['veo3_fast', 'fast'],
		['veo3', 'quality'],
		['veo3_lite', 'lite'],
	])('%s is sent as %s to extend, and back', async (generate, extend) => {
		const taskId = kie.simulator.addVideo();
		await run({ operation: 'extend', parameters: { taskId, model: generate } });
		expect(bodyOf(EXTEND)).toMatchObject({ model: extend });
		await run({ parameters: { model: extend } });
		expect(bodyOf(GENERATE)).toMatchObject({ model: generate });
	});
});

describe('a prompt', () => {
	it('that is an object is refused with the field to use', async () => {
		const value = { output: 'A dog', steps: [1] };
		const { description } = await refused({ ...reading('prompt'), value }, "'Prompt'");
		expect(description).toContain('{{ $json.output }}');
	});

	it('into which an object was put is refused', async () => {
		const parameters = { prompt: '=Make this: {{ $json.given }}' };
		await refused({ value: { output: 'A dog' }, parameters }, '[object Object]');
	});
});

describe('an image in a binary field', () => {
	const field = (file: Partial<IBinaryData>): { [name: string]: IBinaryData } => ({
		data: { data: btoa('image'), mimeType: '', ...file },
	});
	// A blank name means 'data'.
	const parameters = { ...FRAMES, imageSource: 'binary', imageBinaryPropertyNames: ' ' };

	it.each<[file: Partial<IBinaryData>, mimeType: string, ending: string]>([
		[{ mimeType: 'application/octet-stream', fileName: 'file_12.jpg' }, 'image/jpeg', '.jpg'],
		[{ mimeType: 'application/octet-stream', fileExtension: 'PNG' }, 'image/png', '.png'],
		[{ mimeType: 'binary/octet-stream', fileName: 'product.png' }, 'image/png', '.png'],
		[{ mimeType: 'text/plain', fileName: 'frame.webp' }, 'image/webp', '.webp'],
		[{ mimeType: '', fileName: 'P.JPEG' }, 'image/jpeg', '.jpeg'],
		[{ mimeType: 'image/png; charset=utf-8', fileName: 'p' }, 'image/png', '.png'],
		[{ mimeType: 'IMAGE/JPEG', fileName: 'p.png' }, 'image/jpeg', '.jpeg'],
	])('%j is uploaded as what it is', async (file, mimeType, ending) => {
		await run({ parameters, binary: field(file) });
		expect(kie.simulator.uploads).toMatchObject([
			{ mimeType, fileName: expect.stringMatching(new RegExp(`\\${ending}$`)) },
		]);
	});

	it.each<[file: Partial<IBinaryData>, words: string]>([
		...['heic', 'heif', 'avif', 'gif', 'svg+xml', 'bmp', 'tiff'].map(
			(type): [Partial<IBinaryData>, string] => [
				{ mimeType: `image/${type}`, fileName: 'IMG_0001.jpg' },
				`image/${type}, not a JPG, PNG or WebP image`,
			],
		),
		[{ mimeType: 'application/pdf', fileName: 'a.png' }, 'application/pdf'],
		[{ mimeType: 'application/octet-stream', fileName: 'blob' }, 'application/octet-stream'],
		[{ mimeType: 'application/octet-stream', fileName: 'IMG_0001.HEIC' }, 'not a JPG'],
		[{ mimeType: '' }, 'a file of unknown type'],
	])('%j is refused', async (file, words) => {
		await refused({ parameters, binary: field(file) }, words);
	});
});

describe('a link that is not of Kie', () => {
	it('is not shown to Kie for renewal', async () => {
		const host = kie.simulator.fileUrl.replace('127.0.0.1', 'localhost');
		const url = `${host}/bucket/one.mp4?X-Amz-Signature=secret`;
		kie.simulator.fault({ kind: 'status', code: 403, host: 'file' });
		const error = await caught(run({ operation: 'download', parameters: { url } }));
		expect(error.message).toContain('answered 403');
		expect(error.message).not.toContain('secret');
		expect(error.description).toContain('Kie.ai was not asked');
		expect(kie.simulator.requests({ host: 'api' })).toHaveLength(0);
	});
});

describe('a credential as it was pasted', () => {
	it('works', async () => {
		const { apiUrl } = kie.simulator;
		const credentials = {
			apiKey: `"Bearer ${kie.credentials.apiKey}"\r\n`,
			baseUrl: `${apiUrl}/api/v1/veo`,
		};
		expect(await run({ credentials })).toMatchObject({ status: 'processing' });
		const parameters = { resource: 'account' };
		expect(await run({ credentials, operation: 'getCredits', parameters })).toHaveProperty(
			'credits',
		);
	});

	it.each([
		['without a protocol', 'api.kie.ai', ': api.kie.ai'],
		['with a query', 'https://api.kie.ai?x=1', ': https://api.kie.ai?x=1'],
		['that is a key', '0123456789abcdef', 'is not a web address'],
		['that is the key, with a dot', 'key.with.dots', 'is not a web address'],
	])('with a Base URL %s is refused, and quotes no key', async (_what, baseUrl, words) => {
		const credentials = { baseUrl, apiKey: 'key.with.dots' };
		const { message } = await refused({ credentials }, words);
		expect(message).not.toMatch(/0123|dots/);
	});

	it.each([
		['a Cyrillic letter', 'kе1', 'U+0435'],
		['nothing but quotes', '""', 'is empty'],
	])('with %s in API Key is refused', async (_what, apiKey, words) => {
		await refused({ credentials: { apiKey } }, `'API Key' of the Kie.ai API credential`);
		await refused({ credentials: { apiKey } }, words);
	});
});

describe('a value that cannot be used', () => {
	/** As they come from a wrong field: megabytes, of which only a part is shown. */
	const text = 'x'.repeat(2_000_000);
	const list = [text, { text }];
	const DATA = `data:image/png;base64,${text}`;
	const images = { parameters: FRAMES };
	const [A, B, C] = ['a,b.jpg', 'b.png', 'c.webp'].map((name) => `https://example.com/${name}`);
	const references = { parameters: { generationType: 'REFERENCE_2_VIDEO' } };
	const polling = { parameters: { waitMode: 'poll' } };
	const calling = { parameters: { callBackUrl: 'http://127.0.0.1:9/' } };
	const atKie = { credentials: { baseUrl: 'https://api.kie.ai' } };
	const get4k = { operation: 'get4k', parameters: { taskId: 'x' } };
	const download = { operation: 'download' };
	const ONE = 'https://tempfile.aiquickdraw.com/v/one.mp4';

	it.each<[words: string, value: unknown, parameter: string, run?: Run]>([
		["'Prompt' is empty", ' ', 'prompt'],
		["'Prompt' must be text", list, 'prompt'],
		["'Prompt' must be text", { prompt: 'A dog', style: 'film' }, 'prompt'],
		["'Model'", list, 'model'],
		['TEXT_2_VIDEO, FIRST_AND_LAST_FRAMES_2_VIDEO', 'IMAGE_2_VIDEO', 'generationType'],
		["'Aspect Ratio' must be one of 16:9, 9:16, Auto", '1:1', 'aspectRatio'],
		["'Resolution' must be one of 720p, 1080p, 4k", list, 'resolution'],
		['4, 6 or 8', '5s', 'duration'],
		["'Duration'", text, 'duration'],
		["'Image Source' must be one of url, binary", 'upload', 'imageSource', images],
		["'Image URLs'", '', 'imageUrls', images],
		["'Image URLs'", list, 'imageUrls', images],
		["'Image URLs'", `https://${text}`, 'imageUrls', images],
		["'Image URLs'", 'https://a.com/1.jpg, b.com/2.jpg', 'imageUrls', images],
		["'Image URLs' must name 1 to 2 images", [A, B, C].join(), 'imageUrls', images],
		["'Image URLs' must name 1 to 3 images", [A, A, B, C].join(), 'imageUrls', references],
		['of a private network', 'http://localhost/a.jpg', 'imageUrls', { ...images, ...atKie }],
		['contains a data URL', DATA, 'imageUrls', images],
		['contains a data URL', [DATA, DATA], 'imageUrls', images],
		['contains a data URL', `${A}, ${DATA}`, 'imageUrls', images],
		[
			"'Image Binary Fields'",
			text,
			'imageBinaryPropertyNames',
			{ parameters: { ...FRAMES, imageSource: 'binary' } },
		],
		["'Seed'", text, 'options.seed'],
		["'Seed'", 1, 'options.seed'],
		["'Seed'", 12345.5, 'options.seed'],
		["'Watermark'", list, 'options.watermark'],
		["'Enable Translation'", text, 'options.enableTranslation'],
		["'Simplify'", list, 'options.simplify'],
		["'Wait Mode'", 'later', 'waitMode'],
		// Left from another operation.
		["'Wait Mode'", 'callback', 'waitMode', { operation: 'get' }],
		["'Timeout'", text, 'options.timeout', polling],
		["'Timeout'", -5, 'options.timeout', polling],
		["'Poll Interval'", list, 'options.pollInterval', polling],
		["'Poll Interval'", 0.5, 'options.pollInterval', polling],
		["'On Timeout' must be one of error, continue", 'stop', 'options.onTimeout', polling],
		["'Keep at Least (Credits)' must be a number", text, 'options.minimumCredits'],
		["'Keep at Least (Credits)' must be a number", -1, 'options.minimumCredits'],
		["'Callback URL'", `ftp://${text}`, 'callBackUrl'],
		["'Callback URL'", `https://${text}.example.com/`, 'callBackUrl'],
		['line break', 'https://example.com/a\nhttps://example.com/b', 'callBackUrl'],
		["'Callback URL'", 'http://localhost:5678/webhook/x', 'callBackUrl', atKie],
		["'Pass Through' is not a JSON object", '{"a": ', 'options.passThrough', calling],
		["'Pass Through' is not a JSON object", '[1]', 'options.passThrough', calling],
		[
			"'Pass Through' is too large: 1211 bytes",
			{ text: 'ä'.repeat(600) },
			'options.passThrough',
			calling,
		],
		["'Download'", text, 'download'],
		["'Task ID'", list, 'taskId', { operation: 'extend' }],
		["'Task ID' is empty", '  ', 'taskId', get4k],
		["'Index'", text, 'index', get4k],
		["'Index'", -1, 'index', get4k],
		["'Index'", 1.5, 'index', get4k],
		["'URL'", `https://${text}`, 'url', download],
		["'URL'", 'file:///etc/passwd', 'url', download],
		['it lacks https://', 'tempfile.aiquickdraw.com/v/one.mp4', 'url', download],
		['a list of 2 addresses', [ONE, ONE], 'url', download],
		['a list of 2 addresses', `${ONE}, ${ONE}`, 'url', download],
		['is not text', { url: ONE }, 'url', download],
		['is empty', [], 'url', download],
	])('is refused by name, in a short text: %s', async (words, value, parameter, more = {}) => {
		await refused({ ...reading(parameter, more), value }, words);
	});
});

it('A URL is taken from a list with one entry', async () => {
	const url = await urlOf();
	const item = await run({ ...reading('url', { operation: 'download' }), value: [url] });
	expect(item).toMatchObject({ url, mimeType: 'video/mp4' });
});

describe('settings of items that ask for the same video', () => {
	const SLOW = 60_000;
	const both = async (upgrade4k: number, settings: INodeParameters[], onError?: OnError) => {
		const taskId = kie.simulator.addVideo({ timings: { upgrade4k } });
		const { items } = await runOperation(kie.credentials, {
			parameters: { taskId, download: '={{ $json.download ?? false }}' },
			options: {
				timeout: '={{ $json.timeout ?? 60 }}',
				onTimeout: '={{ $json.onTimeout ?? "error" }}',
				maxSize: '={{ $json.maxSize ?? 0 }}',
			},
			items: settings.map((json) => ({ json: json as INodeExecutionData['json'] })),
			onError,
		});
		expect(kie.simulator.paid()).toHaveLength(1);
		return items.map(({ json, binary }) => ({ ...json, file: binary !== undefined }));
	};
	const finished = { status: 'success', videoUrl: expect.stringContaining('http') };
	const tooLarge = { ...finished, file: false, error: expect.stringContaining('larger than') };
	const unusable = { error: expect.stringContaining("'Timeout'") };
	const brief = { timeout: 1, onTimeout: 'continue' };
	const late = { status: 'processing', timedOut: true };
	const tiny = { download: true, maxSize: 0.000001 };

	it.each<[what: string, upgrade4k: number, settings: INodeParameters[], items: object[]]>([
		[
			'a file only one wants and cannot get',
			0,
			[{}, tiny],
			[{ ...finished, file: false }, tooLarge],
		],
		['a size limit of the second', 0, [{ download: true }, tiny], [{ file: true }, { file: true }]],
		['a timeout of the second', 2_500, [{ timeout: 30 }, { timeout: 1 }], [finished, finished]],
		['a timeout that cannot be used', 0, [{ timeout: 'soon' }, {}], [unusable, finished]],
		['the end of the wait of the first', SLOW, [brief, { timeout: 60 }], [late, late]],
	])(
		'are those of the first, and cost no other its result: %s',
		async (_what, upgrade4k, settings, expected) => {
			const items = await both(upgrade4k, settings, 'continueRegularOutput');
			expect(items).toMatchObject(expected);
			expect(items.map((item) => 'error' in item)).toStrictEqual(
				expected.map((item) => 'error' in item),
			);
		},
	);

	it('end the run for the item whose setting it is', async () => {
		const { message, context } = await caught(both(0, [{}, tiny]));
		expect(message).toContain('larger than');
		expect(context).toMatchObject({ itemIndex: 1 });
	});
});
