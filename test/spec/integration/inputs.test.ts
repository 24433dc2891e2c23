import { createServer, type Server } from 'node:http';

import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	INodeExecutionData,
	INodeParameters,
	OnError,
} from 'n8n-workflow';

import { listen } from '../../tools/simulator/network';
import { useAccounts } from './accounts';
import { caught, runNode, useFiles } from './runNode';

/* What people give: values of sheets, forms, agents and other nodes, keys and addresses as pasted. */

const kie = useAccounts();
useFiles();

interface Run {
	operation?: string;
	parameters?: INodeParameters;
	options?: INodeParameters;
	json?: INodeExecutionData['json'];
	binary?: { [name: string]: IBinaryData };
	credentials?: ICredentialDataDecryptedObject;
	onError?: OnError;
}

async function run({
	operation = 'generate',
	parameters,
	options = {},
	json = {},
	binary,
	credentials,
	onError,
}: Run) {
	const { items } = await runNode({
		parameters: {
			resource: operation === 'getCredits' ? 'account' : 'video',
			operation,
			waitMode: 'none',
			prompt: 'A dog playing',
			options,
			...parameters,
		},
		items: [{ json, ...(binary ? { binary } : {}) }],
		credentials: { ...kie.credentials, ...credentials },
		onError,
	});
	return items[0]?.json;
}

const bodyOf = (path: string) => kie.simulator.requests({ path }).at(-1)?.body;
const GENERATE = '/api/v1/veo/generate';
const EXTEND = '/api/v1/veo/extend';
const FRAMES = { generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO' };
const given = '={{ $json.given }}';

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
	const setting = (parameter: string): Run => {
		const [name = '', option] = parameter.split('.');
		return option === undefined
			? { parameters: { [name]: given } }
			: { options: { [option]: given } };
	};

	it.each<[parameter: string, spelling: unknown, sent: object]>([
		['duration', '8s', { duration: 8 }],
		['duration', '', { duration: 8 }],
		['resolution', '720P', { resolution: '720p' }],
		['resolution', '4K', { resolution: '4k' }],
		['aspectRatio', 'auto', { aspect_ratio: 'Auto' }],
		['aspectRatio', '', { aspect_ratio: '16:9' }],
		['generationType', '', { generationType: 'TEXT_2_VIDEO' }],
		['model', ' VEO3 ', { model: 'veo3' }],
		['model', 'quality', { model: 'veo3' }],
		['model', '', { model: 'veo3_fast' }],
		['options.seed', '12345', { seeds: 12345 }],
		['options.enableTranslation', 'FALSE', { enableTranslation: false }],
		['prompt', '"A dog", she says', { prompt: '"A dog", she says' }],
		['prompt', 1984, { prompt: '1984' }],
		['options.watermark', 2024, { watermark: '2024' }],
	])('in %s, %p, is sent as what it can only mean', async (parameter, spelling, sent) => {
		await run({ json: { given: spelling as string }, ...setting(parameter) });
		expect(bodyOf(GENERATE)).toMatchObject(sent);
	});

	it('is that of its own row', async () => {
		const rows = [
			{ model: 'veo3', aspectRatio: '9:16', resolution: '1080p', duration: 4, seed: 11111 },
			{ model: 'veo3_lite', aspectRatio: 'Auto', resolution: '4k', duration: 6, seed: 22222 },
		];
		const fields = ['model', 'aspectRatio', 'resolution', 'duration'];
		const columns = fields.map((name) => [name, `={{ $json.${name} }}`]);
		const image = 'https://example.com/a.jpg';
		await runNode({
			parameters: {
				...{ resource: 'video', operation: 'generate', waitMode: 'none', prompt: 'A dog' },
				...Object.fromEntries(columns),
				generationType: `={{ $itemIndex ? 'TEXT_2_VIDEO' : '${FRAMES.generationType}' }}`,
				imageUrls: `=${image}?{{ $json.seed }}`,
				options: { seed: '={{ $json.seed }}', watermark: '=W {{ $json.seed }}' },
			},
			items: rows.map((json) => ({ json })),
			credentials: kie.credentials,
		});
		const bodies = kie.simulator.requests({ path: GENERATE }).map(({ body }) => body);
		expect(bodies).toMatchObject(
			rows.map(({ aspectRatio, seed, ...same }, index) => ({
				...{ ...same, aspect_ratio: aspectRatio, seeds: seed, watermark: `W ${seed}` },
				...(index === 0 ? { ...FRAMES, imageUrls: [`${image}?${seed}`] } : {}),
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
		await run({ json: { given: blank }, parameters, options });
		expect(bodyOf(GENERATE)).toMatchObject({ enableTranslation: true });
		for (const name of ['seeds', 'watermark', 'callBackUrl']) {
			expect(bodyOf(GENERATE)).not.toHaveProperty(name);
		}
	});

	it('that is a blank cell does not make a prompt', async () => {
		await refused({ json: { given: ' ' }, parameters: { prompt: given } }, "'Prompt' is empty");
	});

	it('that is a blank Index means the first video', async () => {
		const parameters = { taskId: kie.simulator.addVideo(), index: given };
		const item = await run({ operation: 'get4k', parameters, json: { given: '' } });
		expect(item).toMatchObject({ index: 0 });
	});

	it.each<[parameter: string, spelling: string, words: string]>([
		['callBackUrl', 'https://example.com/a\nhttps://example.com/b', 'line break'],
		['generationType', 'IMAGE_2_VIDEO', 'TEXT_2_VIDEO, FIRST_AND_LAST_FRAMES_2_VIDEO'],
		['resolution', '8k', '720p, 1080p, 4k'],
		['aspectRatio', '1:1', '16:9, 9:16, Auto'],
		['duration', '5s', '4, 6 or 8'],
	])('in %s, %p, is refused with the values there are', async (parameter, spelling, words) => {
		await refused({ json: { given: spelling }, ...setting(parameter) }, words);
	});

	it('of what to do on a timeout is refused with the values there are', async () => {
		const parameters = { waitMode: 'poll' };
		const options = { onTimeout: given };
		await refused({ json: { given: 'stop' }, parameters, options }, 'error, continue');
	});

	it('of the image source is also taken or refused', async () => {
		const parameters = { ...FRAMES, imageSource: given, imageUrls: 'https://example.com/a.jpg' };
		await run({ parameters, json: { given: 'Url' } });
		expect(bodyOf(GENERATE)).toMatchObject({ imageUrls: ['https://example.com/a.jpg'] });
		kie.simulator.reset();
		await refused({ parameters, json: { given: 'upload' } }, 'url, binary');
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

it('A model nobody knows yet is sent as it is', async () => {
	await run({ parameters: { model: 'Veo4' }, onError: 'continueRegularOutput' });
	expect(bodyOf(GENERATE)).toMatchObject({ model: 'Veo4' });
});

describe('a prompt', () => {
	it('that is an object is refused with the field to use', async () => {
		const json = { given: { output: 'A dog', steps: [1] } };
		const { description } = await refused({ json, parameters: { prompt: given } }, "'Prompt'");
		expect(description).toContain('{{ $json.output }}');
	});

	it.each([[{ prompt: 'A dog', style: 'film' }], [['A dog']]])(
		'that is %j is refused',
		async (value) => {
			await refused(
				{ json: { given: value }, parameters: { prompt: given } },
				"'Prompt' must be text",
			);
		},
	);

	it('into which an object was put is refused', async () => {
		const parameters = { prompt: '=Make this: {{ $json.given }}' };
		await refused({ json: { given: { output: 'A dog' } }, parameters }, '[object Object]');
	});

	it('in JSON is sent as it is', async () => {
		const prompt = JSON.stringify({ scene: 'A dog', camera: 'static' });
		await run({ json: { given: prompt }, parameters: { prompt: given } });
		expect(bodyOf(GENERATE)).toMatchObject({ prompt });
	});
});

describe('an image in a binary field', () => {
	const field = (file: Partial<IBinaryData>): { [name: string]: IBinaryData } => ({
		data: { data: btoa('image'), mimeType: '', ...file },
	});
	const parameters = { ...FRAMES, imageSource: 'binary', imageBinaryPropertyNames: '"data"' };

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

describe('a data URL among the images', () => {
	const image = `data:image/png;base64,${'A'.repeat(2_000_000)}`;
	const parameters = { ...FRAMES, imageSource: 'url', imageUrls: given };

	it.each<[what: string, value: unknown]>([
		['alone', image],
		['in a list', [image, image]],
		['beside an address', `https://example.com/a.jpg, ${image}`],
	])('is refused in a short text: %s', async (_what, value) => {
		const json = { given: value as string };
		const { description } = await refused({ parameters, json }, 'contains a data URL');
		expect(description).toContain("'Image Source' to Binary");
		expect(description).toContain('JPG, PNG and WebP');
		const item = await run({ parameters, json, onError: 'continueRegularOutput' });
		expect(JSON.stringify(item).length).toBeLessThan(1_000);
	});
});

describe('the URL to download', () => {
	const download = (value: unknown): Run => ({
		operation: 'download',
		parameters: { url: given },
		json: { given: value as string },
	});

	it('is taken from a list with one entry', async () => {
		const url = await urlOf();
		expect(await run(download([url]))).toMatchObject({ url, mimeType: 'video/mp4' });
	});

	const ONE = 'https://tempfile.aiquickdraw.com/v/one.mp4';
	const TWO = 'https://tempfile.aiquickdraw.com/v/two.mp4';
	it.each<[value: unknown, words: string]>([
		[[ONE, TWO], 'a list of 2 addresses'],
		[`${ONE}, ${TWO}`, 'a list of 2 addresses'],
		[{ url: ONE }, 'is not text'],
		[[], 'is empty'],
		['tempfile.aiquickdraw.com/v/one.mp4', 'it lacks https://'],
		['file:///etc/passwd', "'URL'"],
	])('%j is refused', async (value, words) => await refused(download(value), words));
});

describe('a link that is not of Kie', () => {
	let foreign: Server;
	let url = '';
	beforeAll(async () => {
		foreign = createServer((_request, response) => {
			response.writeHead(403).end();
		});
		url = `http://localhost:${await listen(foreign)}/bucket/one.mp4?X-Amz-Signature=secret`;
	});
	afterAll(() => foreign.close());

	it('is not shown to Kie for renewal', async () => {
		const error = await caught(run({ operation: 'download', parameters: { url } }));
		expect(error.message).toContain('answered 403');
		expect(error.message).not.toContain('secret');
		expect(error.description).toContain('Kie.ai was not asked');
		expect(kie.simulator.requests()).toHaveLength(0);
	});

	it('is shown to Kie when it came from Kie itself', async () => {
		const taskId = kie.simulator.addVideo({ files: { bare: 'refused' } });
		await run({ operation: 'get', parameters: { taskId, download: true } });
		expect(kie.simulator.requests({ path: '/api/v1/common/download-url' })).toHaveLength(1);
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
		expect(await run({ credentials, operation: 'getCredits' })).toHaveProperty('credits');
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

describe('a value of megabytes', () => {
	const text = 'x'.repeat(2_000_000);
	const list = [text, { text }];
	const frames = { ...FRAMES, imageSource: 'url', imageUrls: 'https://example.com/a.jpg' };
	const polling = { waitMode: 'poll' };
	const binary = { ...FRAMES, imageSource: 'binary' };

	const LARGE: Array<[name: string, value: unknown, run: Run]> = [
		['Prompt', list, { parameters: { prompt: given } }],
		['Model', list, { parameters: { model: given } }],
		['Generation Type', text, { parameters: { generationType: given } }],
		['Aspect Ratio', text, { parameters: { aspectRatio: given } }],
		['Resolution', list, { parameters: { resolution: given } }],
		['Duration', text, { parameters: { duration: given } }],
		['Image Source', text, { parameters: { ...frames, imageSource: given } }],
		['Image URLs', text, { parameters: { ...frames, imageUrls: given } }],
		['Image URLs', list, { parameters: { ...frames, imageUrls: given } }],
		['Image URLs', `https://${text}`, { parameters: { ...frames, imageUrls: given } }],
		[
			'Image URLs',
			Array(9_999).fill(text.slice(0, 99)),
			{ parameters: { ...frames, imageUrls: given } },
		],
		['Image URLs', `data:image/png,${text}`, { parameters: { ...frames, imageUrls: given } }],
		['Image Binary Fields', text, { parameters: { ...binary, imageBinaryPropertyNames: given } }],
		['Image Binary Fields', list, { parameters: { ...binary, imageBinaryPropertyNames: given } }],
		['Seed', text, { options: { seed: given } }],
		['Watermark', list, { options: { watermark: given } }],
		['Enable Translation', text, { options: { enableTranslation: given } }],
		['Simplify', list, { options: { simplify: given } }],
		['Timeout', text, { parameters: polling, options: { pollInterval: 1, timeout: given } }],
		['Poll Interval', list, { parameters: polling, options: { pollInterval: given } }],
		['Keep at Least (Credits)', text, { options: { minimumCredits: given } }],
		['Callback URL', `ftp://${text}`, { parameters: { callBackUrl: given } }],
		['Callback URL', `https://${text}.example.com/`, { parameters: { callBackUrl: given } }],
		['Callback URL', list, { parameters: { callBackUrl: given } }],
		['Download', text, { parameters: { download: given } }],
		['Task ID', list, { operation: 'extend', parameters: { taskId: given } }],
		['Task ID', list, { operation: 'get4k', parameters: { taskId: given } }],
		['Index', text, { operation: 'get4k', parameters: { taskId: 'x', index: given } }],
		['URL', text, { operation: 'download', parameters: { url: given } }],
		['URL', list, { operation: 'download', parameters: { url: given } }],
		['URL', `https://${text}`, { operation: 'download', parameters: { url: given } }],
	];

	it.each(LARGE.map(([name, value, options]) => [name, typeof value, value, options] as const))(
		"in '%s' (%s) is refused by name, in a short text",
		async (name, _type, value, options) => {
			const json = { given: value as string };
			await refused(
				{ parameters: { callBackUrl: 'http://127.0.0.1:9/' }, ...options, json },
				`'${name}'`,
			);
		},
	);
});

describe('settings of items that ask for the same video', () => {
	const SLOW = 60_000;
	const both = async (upgrade4k: number, settings: INodeParameters[], onError?: OnError) => {
		const taskId = kie.simulator.addVideo({ timings: { upgrade4k } });
		const { items } = await runNode({
			parameters: {
				resource: 'video',
				operation: 'get4k',
				taskId,
				waitMode: 'poll',
				download: '={{ $json.download ?? false }}',
				options: {
					pollInterval: 1,
					timeout: '={{ $json.timeout ?? 60 }}',
					onTimeout: '={{ $json.onTimeout ?? "error" }}',
					maxSize: '={{ $json.maxSize ?? 0 }}',
				},
			},
			items: settings.map((json) => ({ json: json as INodeExecutionData['json'] })),
			credentials: kie.credentials,
			onError,
		});
		expect(kie.simulator.paid()).toHaveLength(1);
		return items.map(({ json, binary }) => ({ ...json, file: binary !== undefined }));
	};
	const finished = { status: 'success', videoUrl: expect.stringContaining('http') };
	const tooLarge = { ...finished, file: false, error: expect.stringContaining('larger than') };
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
		[
			'a timeout that cannot be used',
			0,
			[{ timeout: 'soon' }, {}],
			[{ error: expect.stringContaining("'Timeout'") }, finished],
		],
		[
			'the end of the wait of the first',
			SLOW,
			[{ timeout: 1, onTimeout: 'continue' }, { timeout: 60 }],
			[late, late],
		],
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
