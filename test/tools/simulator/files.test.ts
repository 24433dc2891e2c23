import { createHash, randomBytes } from 'node:crypto';
import { type Simulator, sha256Of, startSimulator, syntheticContent } from './';
import { call, until } from './testing';

const KEY = { authorization: 'Bearer kie-simulator-key' };
const DOWNLOAD_URL = '/api/v1/common/download-url';

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({
		timings: { upgrade1080p: 0, upgrade4k: 0 },
		renewedLinkMs: 200,
	});
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = async (url: string, headers: Record<string, string> = {}) => {
	const response = await fetch(url, { headers, redirect: 'manual' });
	return { response, bytes: Buffer.from(await response.arrayBuffer()) };
};
const baseUrl = (taskId: string) => `${simulator.fileUrl}/v/${taskId}-0-base.mp4`;
const renew = async (url: string) =>
	((await call(simulator.apiUrl + DOWNLOAD_URL, { body: { url } })).body as { data: string }).data;

/** Width and height as the track header of an MP4 has them. */
function dimensions(mp4: Buffer): [number, number] {
	const at = mp4.indexOf('tkhd') + 4 + 76;
	return [mp4.readUInt32BE(at) >>> 16, mp4.readUInt32BE(at + 4) >>> 16];
}

describe('the file host', () => {
	it('serves real videos of the promised size, each under its own URL, without a key', async () => {
		const taskId = simulator.addVideo();
		const api = simulator.apiUrl + '/api/v1/veo';
		const hd = await call(`${api}/get-1080p-video?taskId=${taskId}`);
		await call(`${api}/get-4k-video`, { body: { taskId } });
		const uhd = await call(`${api}/get-4k-video`, { body: { taskId } });
		const { resultUrls, imageUrls } = (
			uhd.body as { data: { resultUrls: string[]; imageUrls: string[] } }
		).data;
		const urls = [
			baseUrl(taskId),
			(hd.body as { data: { resultUrl: string } }).data.resultUrl,
			resultUrls[0] ?? '',
		];
		expect(new Set(urls).size).toBe(3);
		const sizes: Array<[number, number]> = [];
		for (const url of urls) {
			const { response, bytes } = await bytesOf(url);
			expect(response.headers.get('content-type')).toBe('video/mp4');
			expect(response.headers.get('content-length')).toBe(String(bytes.length));
			expect(sha256(bytes)).toBe(await simulator.fileSha256(url));
			sizes.push(dimensions(bytes));
		}
		expect(sizes).toEqual([
			[1280, 720],
			[1920, 1080],
			[3840, 2160],
		]);
		const preview = await bytesOf(imageUrls[0] ?? '');
		expect(preview.response.headers.get('content-type')).toBe('image/jpeg');
	});

	it('has no file before the work is done', async () => {
		const taskId = simulator.addVideo({ state: 'waiting', timings: { generate: 5000 } });
		expect((await bytesOf(baseUrl(taskId))).response.status).toBe(404);
		simulator.finish(taskId);
		expect((await bytesOf(baseUrl(taskId))).response.status).toBe(200);
	});

	it.each([
		['bytes=0-9', 206, 'bytes 0-9/1000', 10],
		['bytes=990-', 206, 'bytes 990-999/1000', 10],
		['bytes=-5', 206, 'bytes 995-999/1000', 5],
		['bytes=990-2000', 206, 'bytes 990-999/1000', 10],
		['bytes=1000-', 416, 'bytes */1000', 21],
		['lines=1-2', 200, null, 1000],
	])('answers the range %s with %d', async (range, status, contentRange, length) => {
		const whole = await bytesOf(
			baseUrl(simulator.addVideo({ taskId: 'r', files: { bytes: 1000 } })),
		);
		const { response, bytes } = await bytesOf(baseUrl('r'), { range });
		expect(response.status).toBe(status);
		expect(response.headers.get('content-range')).toBe(contentRange);
		expect(bytes).toHaveLength(length);
		if (status === 206) {
			const [, start = '0'] = /bytes (\d+)/.exec(contentRange ?? '') ?? [];
			expect(bytes.equals(whole.bytes.subarray(Number(start), Number(start) + length))).toBe(true);
		}
	});

	it('answers HEAD without a body, and nothing that would write', async () => {
		const taskId = simulator.addVideo({ files: { bytes: 1000 } });
		const head = await fetch(baseUrl(taskId), { method: 'HEAD' });
		expect(head.headers.get('content-length')).toBe('1000');
		expect((await fetch(baseUrl(taskId), { method: 'DELETE' })).status).toBe(405);
	});

	it('makes big files of any size, whose hash is known', async () => {
		const size = 1_000_003;
		const taskId = simulator.addVideo({ files: { bytes: size } });
		const { bytes } = await bytesOf(baseUrl(taskId));
		expect(bytes).toHaveLength(size);
		expect(sha256(bytes)).toBe(await simulator.fileSha256(baseUrl(taskId)));
		expect(await sha256Of(syntheticContent(10, 'a'))).not.toBe(
			await sha256Of(syntheticContent(10, 'b')),
		);
	});

	it('can refuse the bare URL, and serves a renewed link for its time', async () => {
		const taskId = simulator.addVideo({ files: { bare: 'refused' } });
		expect((await bytesOf(baseUrl(taskId))).response.status).toBe(403);
		const link = await renew(baseUrl(taskId));
		expect(link.startsWith(simulator.fileUrl)).toBe(true);
		const { bytes } = await bytesOf(link);
		expect(sha256(bytes)).toBe(await simulator.fileSha256(baseUrl(taskId)));
		await until(
			async () => (await bytesOf(link)).response.status,
			(status) => status === 403,
		);
	});

	it('has lost the files of old and of gone videos, renewed or not', async () => {
		for (const video of [{ ageDays: 15 }, { files: { bare: 'gone' as const } }]) {
			const url = baseUrl(simulator.addVideo(video));
			expect((await bytesOf(url)).response.status).toBe(404);
			expect((await bytesOf(await renew(url))).response.status).toBe(404);
		}
	});

	it.each([
		[{ kind: 'status' as const, code: 403 }, 403],
		[{ kind: 'status' as const, code: 404 }, 404],
		[{ kind: 'redirect' as const, location: 'http://localhost:1/' }, 302],
		[{ kind: 'html' as const, httpStatus: 200 }, 200],
	])('fails on demand: %j', async (effect, status) => {
		const taskId = simulator.addVideo();
		simulator.fault({ host: 'file', taskId, ...effect });
		expect((await bytesOf(baseUrl(taskId))).response.status).toBe(status);
		expect((await bytesOf(baseUrl(taskId))).response.status).toBe(200);
	});

	it.each([{ kind: 'cut-transfer' as const, bytes: 300_000 }, { kind: 'wrong-length' as const }])(
		'breaks transfers on demand: %j',
		async (effect) => {
			const taskId = simulator.addVideo({ files: { bytes: 500_000 } });
			simulator.fault({ host: 'file', ...effect });
			await expect(bytesOf(baseUrl(taskId))).rejects.toThrow();
		},
	);

	it('notes the headers it was sent', async () => {
		const taskId = simulator.addVideo();
		await bytesOf(baseUrl(taskId), KEY);
		expect(simulator.requests({ host: 'file', taskId })).toMatchObject([{ headers: KEY }]);
	});
});

describe('the upload host', () => {
	const upload = async (form: FormData, headers: Record<string, string> = KEY) => {
		const response = await fetch(`${simulator.uploadUrl}/api/file-stream-upload`, {
			method: 'POST',
			headers,
			body: form,
		});
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	};
	const formOf = (fields: Record<string, string | Blob>): FormData => {
		const form = new FormData();
		for (const [name, value] of Object.entries(fields)) {
			if (typeof value === 'string') form.append(name, value);
			else form.append(name, value, 'picture.png');
		}
		return form;
	};
	const picture = randomBytes(300_000);
	const file = new Blob([picture], { type: 'image/png' });
	const missing = (name: string) => `Missing required parameter: ${name}`;

	it('takes a stream, counts and hashes it, and gives it an address for generate', async () => {
		const { status, body } = await upload(
			formOf({ file, uploadPath: 'n8n/images', fileName: 'a.png' }),
		);
		expect(status).toBe(200);
		expect(body).toMatchObject({
			success: true,
			code: 200,
			data: {
				success: true,
				fileName: 'a.png',
				filePath: 'kieai/1/n8n/images/a.png',
				fileSize: picture.length,
				mimeType: 'image/png',
			},
		});
		expect(simulator.uploads).toMatchObject([{ sha256: sha256(picture) }]);
		const { downloadUrl } = body.data as { downloadUrl: string };
		const generated = await call(`${simulator.apiUrl}/api/v1/veo/generate`, {
			body: { prompt: 'A dog', model: 'veo3_fast', imageUrls: [downloadUrl] },
		});
		expect(generated.body).toMatchObject({ code: 200 });
		expect(simulator.journal[0]).toMatchObject({
			host: 'upload',
			body: { uploadPath: 'n8n/images', file: { name: 'picture.png', size: picture.length } },
		});
	});

	it('finds the parts wherever the stream is cut', async () => {
		const content = '\r\n--not the end\r\n--x\r\n';
		const body =
			'--xyz\r\nContent-Disposition: form-data; name="uploadPath"\r\n\r\nup\r\n--xyz\r\n' +
			'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n' +
			`Content-Type: text/plain\r\n\r\n${content}\r\n--xyz--\r\n`;
		const pieces = new ReadableStream<Uint8Array>({
			async start(controller) {
				for (const character of body) {
					controller.enqueue(Buffer.from(character));
					if (character === '-') await new Promise((resolve) => setImmediate(resolve));
				}
				controller.close();
			},
		});
		const response = await fetch(`${simulator.uploadUrl}/api/file-stream-upload`, {
			method: 'POST',
			headers: { ...KEY, 'content-type': 'multipart/form-data; boundary=xyz' },
			body: pieces,
			duplex: 'half',
		} as RequestInit);
		expect(response.status).toBe(200);
		expect(simulator.uploads).toMatchObject([
			{
				fileSize: content.length,
				sha256: sha256(Buffer.from(content)),
				mimeType: 'text/plain',
				fileName: expect.stringMatching(/\.txt$/),
			},
		]);
	});

	it.each([
		['no path', { file }, missing('uploadPath')],
		['no file', { uploadPath: 'a' }, missing('file')],
		['a path with a slash at the end', { file, uploadPath: 'a/' }, 'uploadPath must not'],
		['an unknown field', { file, uploadPath: 'a', extra: 'x' }, 'Unknown parameter: extra'],
		['a file instead of a text', { file, uploadPath: file }, 'A form field is too long'],
	])('refuses a stream with %s by HTTP 400', async (_, fields, msg) => {
		const { status, body } = await upload(formOf(fields));
		expect(status).toBe(400);
		expect(body).toStrictEqual({ success: false, code: 400, msg: expect.stringContaining(msg) });
		expect(simulator.uploads).toEqual([]);
	});

	it.each([
		['a wrong key', 'file-stream-upload', 'POST', {}, 401, 'Authentication failed'],
		['another method', 'file-stream-upload', 'GET', KEY, 405, 'Method not allowed'],
		['an unknown path', 'file-upload', 'POST', KEY, 404, 'No endpoint'],
		['no multipart body', 'file-stream-upload', 'POST', KEY, 400, 'multipart/form-data'],
		['no JSON type', 'file-url-upload', 'POST', KEY, 400, 'application/json'],
	])('refuses %s', async (_, path, method, headers, code, msg) => {
		const response = await fetch(`${simulator.uploadUrl}/api/${path}`, {
			method,
			headers: headers as Record<string, string>,
		});
		expect(response.status).toBe(code);
		expect(response.headers.get('content-type')).toBe('application/json');
		expect(await response.json()).toMatchObject({
			success: false,
			msg: expect.stringContaining(msg),
		});
	});

	it.each([
		['bare', '', 'application/octet-stream'],
		['with its type', 'data:image/png;base64,', 'image/png'],
	])('takes base64, %s', async (_, prefix, mimeType) => {
		const { body } = await call(`${simulator.uploadUrl}/api/file-base64-upload`, {
			body: { base64Data: prefix + picture.toString('base64'), uploadPath: 'a', fileName: 'b.png' },
		});
		expect(body).toMatchObject({ code: 200, data: { mimeType, fileSize: picture.length } });
		expect(simulator.uploads[0]?.sha256).toBe(sha256(picture));
	});

	it('refuses what is not base64', async () => {
		const { status, body } = await call(`${simulator.uploadUrl}/api/file-base64-upload`, {
			body: { base64Data: 'no base64!', uploadPath: 'a' },
		});
		expect(status).toBe(400);
		expect(body).toMatchObject({ msg: 'Base64 decoding failed: Invalid Base64 format' });
	});

	it('fetches a file by its URL', async () => {
		const fileUrl = baseUrl(simulator.addVideo({ files: { bytes: 5000 } }));
		const url = `${simulator.uploadUrl}/api/file-url-upload`;
		const { body } = await call(url, { body: { fileUrl, uploadPath: 'a' } });
		expect(body).toMatchObject({ data: { fileSize: 5000, mimeType: 'video/mp4' } });
		const gone = await call(url, { body: { fileUrl: `${fileUrl}x`, uploadPath: 'a' } });
		expect(gone).toMatchObject({ status: 400, body: { msg: expect.stringContaining('HTTP 404') } });
	});
});
