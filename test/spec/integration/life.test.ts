import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import type { IBinaryData, INodeParameters } from 'n8n-workflow';

import { syntheticContent, type AddVideo } from '../../tools/simulator';
import { closeServer, listen } from '../../tools/simulator/network';
import { useFastTime } from './fastTime';
import { useAccounts } from './accounts';
import {
	caught,
	jsonOf,
	runOperation,
	useFiles,
	type OperationRun,
	type RunResult,
} from './runNode';

useFastTime();

const kie = useAccounts();
const files = useFiles();

const run = async (operation: string, given: OperationRun = {}) =>
	await runOperation(kie.credentials, { operation, ...given });
const generate = async ({ parameters, ...rest }: OperationRun = {}) =>
	await run('generate', { parameters: { waitMode: 'none', ...parameters }, ...rest });
const bodies = (path: string) => kie.simulator.requests({ path }).map(({ body }) => body);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const GENERATE = '/api/v1/veo/generate';
const EXTEND = '/api/v1/veo/extend';

const FRAMES = { generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO', imageSource: 'url' };
const REFERENCE = { generationType: 'REFERENCE_2_VIDEO', imageSource: 'url' };
const A = 'https://example.com/a,b.jpg';
const B = 'https://example.com/b.png';
const C = 'https://example.com/c.webp';

describe('Generate', () => {
	// One parameter after the other: inputs.test.ts.
	it.each<[what: string, parameters: INodeParameters, body: object]>([
		['nothing but a prompt', {}, {}],
		['images that do not belong to the type', { imageUrls: A }, {}],
		[
			'two frames',
			{ ...FRAMES, imageUrls: `${A}, ${B}` },
			{ generationType: FRAMES.generationType, imageUrls: [A, B] },
		],
		[
			'three references, of 8 seconds whatever was chosen before',
			{ ...REFERENCE, imageUrls: [A, B, C].join('\n'), duration: 4 },
			{ generationType: REFERENCE.generationType, imageUrls: [A, B, C] },
		],
	])('sends %s as the API has it', async (_what, parameters, body) => {
		await generate({ parameters });
		expect(bodies(GENERATE)).toStrictEqual([
			{
				prompt: 'A dog playing',
				model: 'veo3_fast',
				generationType: 'TEXT_2_VIDEO',
				aspect_ratio: '16:9',
				resolution: '720p',
				duration: 8,
				enableTranslation: true,
				...body,
			},
		]);
		expect(kie.simulator.paid()).toHaveLength(1);
	});
});

/** Accepted and paid for, but the answer does not name the task. */
const LOST = {
	kind: 'answer',
	body: { code: 200, msg: 'success', data: null },
	processed: true,
} as const;

describe('Generate and faults of Kie', () => {
	it('reports a lost answer also when the first item fails for another reason', async () => {
		const prompts = ['refused', 'lost', 'also lost'];
		const about = (prompt: string) => (request: { body: unknown }) =>
			(request.body as { prompt?: string }).prompt === prompt;
		kie.simulator.fault({ kind: 'status', code: 400, when: about('refused') });
		// Slow enough to be under way when the first one fails.
		for (const prompt of prompts.slice(1)) {
			kie.simulator.fault({ ...LOST, ms: 300, when: about(prompt) });
		}
		const error = await caught(
			generate({
				parameters: { prompt: '={{ $json.prompt }}' },
				items: prompts.map((prompt) => ({ json: { prompt } })),
			}),
		);
		expect(kie.simulator.paid()).toHaveLength(2);
		expect(error.message).toContain('answer was lost');
		expect(error.description).toContain('https://kie.ai/logs');
		expect(error.description).toContain('2 requests');
		expect(error.context).toMatchObject({ itemIndex: 1 });
	});

	it('hides the API key where Kie repeats it', async () => {
		const { apiKey } = kie.credentials;
		kie.simulator.fault({ kind: 'status', code: 401, msg: `no key ${apiKey}`, path: GENERATE });
		const error = await caught(generate());
		expect(error.message).toContain('no key ***');
		expect(JSON.stringify([error.message, error.description, error.context])).not.toContain(apiKey);
	});
});

describe('Generate for several items', () => {
	it('counts a video that failed while polling not among those Kie still works on', async () => {
		kie.simulator.nextTask({ prompt: 'bad', generation: { outcome: 'failure' } });
		kie.simulator.nextTask({ prompt: 'slow', timings: { generate: 60_000 } });
		const { items, hints } = await generate({
			parameters: { waitMode: 'poll', prompt: '={{ $json.prompt }}' },
			items: ['bad', 'slow'].map((prompt) => ({ json: { prompt } })),
			options: { timeout: 5, onTimeout: 'continue' },
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => json.status)).toStrictEqual(['failed', 'processing']);
		expect(hints.map(({ message }) => message).join()).toContain('still working on 1 of 1 videos');
	});

	it('ends with the user, telling of a lost answer', async () => {
		kie.simulator.fault({ ...LOST, ms: 600 });
		const stop = new AbortController();
		const running = caught(generate({ signal: stop.signal }));
		setTimeout(() => stop.abort(), 200);
		expect((await running).description).toContain('The answer to 1 paid request was lost');
		expect(kie.simulator.paid()).toHaveLength(1);
	});
});

describe('images in binary fields', () => {
	const image = (bytes: Buffer, mimeType = 'image/png'): IBinaryData => ({
		data: bytes.toString('base64'),
		mimeType,
	});
	const binary = { ...FRAMES, imageSource: 'binary', imageBinaryPropertyNames: 'first, last' };

	it('are uploaded in order, and their addresses sent', async () => {
		const [first, last] = [Buffer.from('one'), Buffer.from('two')];
		const items = [{ json: {}, binary: { first: image(first), last: image(last, 'image/jpeg') } }];
		await generate({ items, parameters: binary });
		expect(kie.simulator.uploads).toMatchObject([
			{ route: '/api/file-stream-upload', sha256: sha256(first), mimeType: 'image/png' },
			{ sha256: sha256(last), mimeType: 'image/jpeg', fileName: expect.stringMatching(/\.jpeg$/) },
		]);
		const imageUrls = kie.simulator.uploads.map(({ downloadUrl }) => downloadUrl);
		expect(bodies(GENERATE)).toMatchObject([{ imageUrls }]);
	});

	it('are streamed from where n8n keeps them, and sent again from the start after a fault', async () => {
		const content = syntheticContent(3_000_000, 'image');
		const data: IBinaryData = { data: '', mimeType: 'image/webp' };
		const location = { type: 'execution', workflowId: '1', executionId: '1' } as const;
		const stored = await files.service.store(location, content.open(), data);
		kie.simulator.fault({ kind: 'status', code: 500, host: 'upload' });
		const opened = jest.spyOn(files.service, 'getAsStream');
		await generate({
			items: [{ json: {}, binary: { data: stored } }],
			parameters: { ...binary, imageBinaryPropertyNames: 'data' },
		});
		const streams = await Promise.all(opened.mock.results.map(({ value }) => value as Readable));
		expect(streams.map(({ destroyed }) => destroyed)).toStrictEqual([true, true]);
		expect(kie.simulator.uploads.at(-1)).toMatchObject({ fileSize: 3_000_000 });
		const hash = createHash('sha256');
		for await (const chunk of content.open() as Readable) hash.update(chunk);
		expect(kie.simulator.uploads.at(-1)?.sha256).toBe(hash.digest('hex'));
		expect(kie.simulator.requests({ host: 'upload' }).at(-1)?.headers['content-length']).toMatch(
			/^\d+$/,
		);
	});

	it('that cannot be uploaded cost nothing', async () => {
		kie.simulator.fault({ kind: 'status', code: 400, msg: 'Too odd', host: 'upload' });
		const items = [{ json: {}, binary: { first: image(Buffer.from('x')) } }];
		const parameters = { ...binary, imageBinaryPropertyNames: 'first' };
		const error = await caught(generate({ items, parameters }));
		expect(error.message).toContain('Too odd');
		expect(kie.simulator.paid()).toHaveLength(0);
	});
});

describe('Extend', () => {
	const extend = async ({ parameters, ...rest }: OperationRun = {}) =>
		await run('extend', { parameters: { prompt: 'It runs on', ...parameters }, ...rest });

	it('sends every field, and gives the whole video first, then the new part', async () => {
		const taskId = kie.simulator.addVideo();
		const options = { seed: 54321, watermark: 'MyBrand' };
		const [item] = jsonOf(await extend({ parameters: { taskId, model: 'quality' }, options }));
		expect(bodies(EXTEND)).toStrictEqual([
			{ taskId, prompt: 'It runs on', model: 'quality', seeds: 54321, watermark: 'MyBrand' },
		]);
		expect(item).toMatchObject({
			operation: 'extend',
			index: null,
			status: 'success',
			videoUrl: expect.stringContaining('full.mp4'),
			videoUrls: [expect.stringContaining('full.mp4'), expect.stringContaining('base.mp4')],
		});
		expect(item?.taskId).not.toBe(taskId);
	});

	it('leaves out what is empty, but never the model', async () => {
		const taskId = kie.simulator.addVideo();
		await extend({ parameters: { taskId, waitMode: 'none' } });
		expect(bodies(EXTEND)).toStrictEqual([{ taskId, prompt: 'It runs on', model: 'fast' }]);
	});

	it('keeps the id of the original on the item of an extension that was refused', async () => {
		const parameters = { taskId: 'veo_task_x' };
		const result = await extend({ parameters, onError: 'continueRegularOutput' });
		expect(jsonOf(result)).toStrictEqual([
			{
				error: expect.stringMatching(/extension of task veo_task_x.*not found/),
				taskId: 'veo_task_x',
				index: null,
				operation: 'extend',
				status: 'failed',
			},
		]);
	});
});

describe('Get', () => {
	const get = async (taskId: string, { parameters, ...rest }: OperationRun = {}) =>
		await run('get', { parameters: { taskId, waitMode: 'none', ...parameters }, ...rest });

	it('asks for a few tasks at a time, however many items there are', async () => {
		const ids = Array.from({ length: 30 }, () => kie.simulator.addVideo());
		kie.simulator.fault({ kind: 'slow', ms: 300, times: 99 });
		const begin = Date.now();
		const result = await run('get', { parameters: { waitMode: 'none' }, taskIds: ids });
		expect(jsonOf(result).map(({ taskId }) => taskId)).toStrictEqual(ids);
		// 10 at a time.
		expect(Date.now() - begin).toBeGreaterThanOrEqual(900);
	});

	it('is patient with a task that another node of this n8n has just created', async () => {
		kie.simulator.nextTask({ taskId: 'veo_task_new', record: { graceMs: 60_000 } });
		await generate();
		expect(jsonOf(await get('veo_task_new'))).toMatchObject([{ status: 'processing' }]);
	});

	it.each([429, 455])('by polling waits for a Kie that answers %i', async (code) => {
		const taskId = kie.simulator.addVideo();
		kie.simulator.fault({ kind: 'status', code, times: 20 });
		const result = await get(taskId, { parameters: { waitMode: 'poll' } });
		expect(jsonOf(result)).toMatchObject([{ status: 'success' }]);
	});
});

it.each([{}, { aspectRatio: 'preexisting' }])(
	'keeps words in which n8n finds the name of a system fault: %j',
	async (given) => {
		const failure = { code: 500, msg: 'A preexisting condition' };
		kie.simulator.nextTask({ generation: { outcome: 'failure', failure } });
		const parameters = { prompt: 'A dog', waitMode: 'poll', ...given };
		expect((await caught(run('generate', { parameters }))).message).toContain('preexisting');
	},
);

const download = async (url: string, options: INodeParameters = {}) =>
	await run('download', { parameters: { url }, options });
const fileRequests = () => kie.simulator.requests({ host: 'file' });
/** Where a new video is. */
const urlOf = async (video: AddVideo = {}) => {
	const parameters = { taskId: kie.simulator.addVideo(video) };
	return String(jsonOf(await run('get', { parameters }))[0]?.videoUrl);
};
const sumOf = async ({ items }: RunResult) => {
	const [file = { data: '', mimeType: '' }] = Object.values(items[0]?.binary ?? {});
	return sha256(await files.service.getAsBuffer(file));
};

describe('files', () => {
	it.each([
		['get4k', '-0-4k.mp4'],
		['get1080p', '-0-1080p.mp4'],
		['get', '-720p.mp4'],
		['generate', '-720p.mp4'],
		['extend', '-720p.mp4'],
	])('%s also gives the file when asked to, named after the task', async (operation, ending) => {
		const given = { taskId: kie.simulator.addVideo(), download: true };
		const parameters = { ...given, binaryPropertyName: 'video' };
		const result = await run(operation, { parameters });
		const [item] = result.items;
		const fileName = `${String(item?.json.taskId)}${ending}`;
		expect(item?.binary?.video).toMatchObject({ fileName, mimeType: 'video/mp4' });
		expect(await sumOf(result)).toBe(await kie.simulator.fileSha256(String(item?.json.videoUrl)));
		for (const { headers } of fileRequests()) expect(headers).not.toHaveProperty('authorization');
	});

	it('an unfinished video has no file', async () => {
		const taskId = kie.simulator.addVideo({ state: 'waiting', timings: { generate: 60_000 } });
		const { items } = await run('get', {
			parameters: { taskId, waitMode: 'none', download: true },
		});
		expect(items[0]).not.toHaveProperty('binary');
	});

	it('that cannot be got leave the finished video to the item with Continue on fail', async () => {
		const taskId = kie.simulator.addVideo({ files: { bare: 'gone' } });
		const parameters = { taskId, download: true };
		const onError = 'continueRegularOutput';
		const { items } = await run('get4k', { parameters, onError });
		expect(items).toMatchObject([
			{
				json: {
					error: expect.stringContaining('could not be downloaded'),
					taskId,
					index: 0,
					operation: 'get4k',
					status: 'success',
					videoUrl: expect.stringMatching(/^http/),
				},
			},
		]);
		expect(items[0]).not.toHaveProperty('binary');
	});

	it('of a video on several items go to those that want it', async () => {
		const taskId = kie.simulator.addVideo();
		const { items } = await run('get4k', {
			parameters: { taskId, download: '={{ $json.wanted }}' },
			items: [false, true, true].map((wanted) => ({ json: { wanted } })),
		});
		expect(items.map(({ binary }) => binary !== undefined)).toStrictEqual([false, true, true]);
		expect(fileRequests()).toHaveLength(1);
		expect(kie.simulator.submissions()).toHaveLength(1);
	});
});

describe('Download', () => {
	it('gives file, name, type and size', async () => {
		const url = await urlOf({ files: { bytes: 2_500_000 } });
		const result = await download(url);
		expect(result.items[0]?.json).toStrictEqual({
			url,
			fileName: expect.stringMatching(/^veo_task_\w+-0-base\.mp4$/),
			mimeType: 'video/mp4',
			fileSize: 2_500_000,
		});
		expect(await sumOf(result)).toBe(await kie.simulator.fileSha256(url));
	});

	it('renews a refused link, once', async () => {
		const url = await urlOf({ files: { bare: 'refused' } });
		const result = await download(url);
		expect(await sumOf(result)).toBe(await kie.simulator.fileSha256(url));
		expect(fileRequests().map(({ httpStatus }) => httpStatus)).toStrictEqual([403, 200]);
		expect(bodies('/api/v1/common/download-url')).toStrictEqual([{ url }]);
	});

	it('renews no foreign address', async () => {
		const error = await caught(download(`${kie.simulator.fileUrl}/v/foreign.mp4`));
		expect(error.message).toContain('404');
		expect(error.message).toContain('url is wrong');
	});

	it.each(['cut-transfer', 'wrong-length', 'html'] as const)('begins a %s again', async (kind) => {
		const url = await urlOf({ files: { bytes: 1_000_000 } });
		kie.simulator.fault({ kind, host: 'file' });
		const result = await download(url);
		expect(result.items[0]?.json.fileSize).toBe(1_000_000);
		expect(await sumOf(result)).toBe(await kie.simulator.fileSha256(url));
	});

	it('ends with the execution, in the middle of a file', async () => {
		const stop = new AbortController();
		const host = createServer((_request, response) => {
			response.writeHead(200, { 'content-type': 'video/mp4' }).write('film');
			setTimeout(() => stop.abort(), 100);
		});
		const url = `http://127.0.0.1:${await listen(host)}/v.mp4`;
		const running = run('download', { parameters: { url }, signal: stop.signal });
		await expect(running).rejects.toThrow('stopped');
		await closeServer(host);
	});

	const [plain, dense] = [Buffer.alloc(100_000, 'film'), randomBytes(100_000)];

	it.each([
		['gzip', 'shorter', gzipSync(plain), plain],
		['br', 'shorter', brotliCompressSync(plain), plain],
		['deflate', 'shorter', deflateSync(plain), plain],
		['gzip', 'longer', gzipSync(dense), dense],
		['br', 'longer', brotliCompressSync(dense), dense],
	])('takes a file that its host has made %s %s unasked', async (encoding, _how, packed, film) => {
		const host = createServer((_request, response) => {
			response.writeHead(200, {
				'content-type': 'video/mp4',
				'content-encoding': encoding,
				'content-length': packed.length,
			});
			response.end(packed);
		});
		const port = await listen(host);
		const result = await download(`http://127.0.0.1:${port}/v.mp4`).finally(() => host.close());
		expect(result.items[0]?.json.fileSize).toBe(film.length);
		expect(await sumOf(result)).toBe(sha256(film));
	});

	it('follows a redirect, without credentials', async () => {
		const [url, other] = [await urlOf(), await urlOf()];
		kie.simulator.fault({ kind: 'redirect', location: other, host: 'file' });
		expect(await sumOf(await download(url))).toBe(await kie.simulator.fileSha256(other));
		for (const { headers } of fileRequests()) expect(headers).not.toHaveProperty('authorization');
	});

	it.each([
		['to another protocol', 'file:///etc/passwd', 'http'],
		['in circles', '/again', 'too many redirects'],
	])('ends a redirect %s', async (_where, location, what) => {
		const url = await urlOf();
		kie.simulator.fault({ kind: 'redirect', location, host: 'file', times: 99 });
		expect((await caught(download(url))).message).toContain(what);
	});

	it.each([1, 9_999])('keeps to the maximum size, %i bytes over', async (bytesOver) => {
		const bytes = 1_000_000 + bytesOver;
		const url = await urlOf({ files: { bytes } });
		const error = await caught(download(url, { maxSize: 1 }));
		expect(error.message).toContain('larger than 1 MB');
		await expect(download(url, { maxSize: 2 })).resolves.toBeDefined();
	});
});
