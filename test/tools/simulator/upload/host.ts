import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Account } from '../state/account';
import { type Check, filledText, httpUrl, object, optional, required } from '../api/check';
import { uploadError } from '../api/envelope';
import { BodyTooLarge, type Incoming, chunksOf, readBody } from '../http/incoming';
import { MultipartReader } from './multipart';
import { type Reply, UPLOAD_JSON, jsonReply } from '../http/reply';
import type { Upload, World } from '../state/world';

/** Base64 uploads are for small files: 10 MB, a third more on the wire. */
const MAX_JSON_BODY = 14 * 1024 * 1024;
/** The ordinary fields of a multipart body are short texts; bytes of all together. */
const MAX_TEXTS = 16 * 1024;
const URL_DOWNLOAD_MS = 30_000;

/** What was received: its bytes are counted and hashed while they pass, and not kept. */
class Received {
	size = 0;
	private readonly hash = createHash('sha256');

	add(chunk: Uint8Array): void {
		this.size += chunk.length;
		this.hash.update(chunk);
	}

	sha256(): string {
		return this.hash.digest('hex');
	}
}

/** A finished reading of the request; a refusal is thrown as `Refused`. */
interface UploadedFile {
	content: Received;
	mimeType: string;
	/** Suggested by the file itself, used when the request names none. */
	ownName: string;
	fields: Record<string, unknown>;
}

class Refused extends Error {
	constructor(
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}

const ROUTES = new Map<string, (incoming: Incoming) => Promise<UploadedFile>>([
	['/api/file-stream-upload', readStream],
	['/api/file-base64-upload', readBase64],
	['/api/file-url-upload', readUrl],
]);

/** Plays the upload host: errors are real HTTP statuses. */
export async function answerUpload(world: World, incoming: Incoming): Promise<Reply> {
	const account = world.account(incoming.bearer);
	if (!account) return uploadError(401, 'Authentication failed: Invalid API Key');
	const read = ROUTES.get(incoming.path);
	if (!read) return uploadError(404, `No endpoint ${incoming.path}`);
	if (incoming.method !== 'POST') return uploadError(405, 'Method not allowed');
	try {
		const file = await read(incoming);
		return stored(world, account, incoming.path, file);
	} catch (error) {
		if (error instanceof Refused) return uploadError(error.code, error.message);
		if (error instanceof BodyTooLarge) return uploadError(400, 'File is too large for this upload');
		throw error;
	}
}

/** Notes the upload and gives it an address. The same name overwrites. */
function stored(world: World, account: Account, route: string, file: UploadedFile): Reply {
	const { uploadPath, fileName: wanted } = file.fields;
	const random = randomBytes(6).toString('hex') + (/\.\w+$/.exec(file.ownName)?.[0] ?? '');
	const fileName = wanted === undefined ? random : String(wanted);
	const filePath = `kieai/${account.number}/${String(uploadPath)}/${fileName}`;
	const url = new URL(
		`/uploads/${filePath.split('/').map(encodeURIComponent).join('/')}`,
		world.fileUrl,
	);
	const upload: Upload = {
		at: Date.now(),
		route,
		fileName,
		filePath,
		downloadUrl: url.href,
		fileSize: file.content.size,
		mimeType: file.mimeType,
		sha256: file.content.sha256(),
	};
	world.uploads.push(upload);
	const { downloadUrl, fileSize, mimeType } = upload;
	const uploadedAt = new Date(upload.at).toISOString();
	const data = { success: true, fileName, filePath, downloadUrl, fileSize, mimeType, uploadedAt };
	const answer = { success: true, code: 200, msg: 'File uploaded successfully', data };
	return jsonReply(answer, 200, UPLOAD_JSON);
}

/** No slash at either end, and no way up. */
const uploadPath: Check = (value, name) =>
	filledText(value, name) ??
	(/^\/|\/$|(^|\/)\.\.(\/|$)/.test(String(value))
		? `${name} must not begin or end with a slash`
		: undefined);

const COMMON = { uploadPath: required(uploadPath), fileName: optional(filledText) };

function checked(value: unknown, check: Check): Record<string, unknown> {
	const problem = check(value, '');
	if (problem !== undefined) throw new Refused(400, problem);
	return value as Record<string, unknown>;
}

async function readStream(incoming: Incoming): Promise<UploadedFile> {
	const { contentType, headers, message } = incoming;
	const [, quoted, plain] =
		/boundary=(?:"([^"]+)"|([^;\s]+))/.exec(headers['content-type'] ?? '') ?? [];
	const boundary = quoted ?? plain;
	if (contentType !== 'multipart/form-data' || boundary === undefined) {
		throw new Refused(400, 'Content-Type must be multipart/form-data with a boundary');
	}
	const content = new Received();
	const texts = new Map<string, Buffer[]>();
	let file: { name: string; mimeType: string } | undefined;
	let current: Buffer[] | undefined;
	let textBytes = 0;
	const reader = new MultipartReader(boundary, {
		begin: (name, fileName, mimeType) => {
			current = undefined;
			if (name === 'file') {
				if (fileName === undefined || file) throw new Refused(400, 'file must be one file');
				file = { name: fileName, mimeType };
				return;
			}
			current = [];
			texts.set(name, current);
		},
		data: (chunk) => {
			if (!current) {
				content.add(chunk);
				return;
			}
			textBytes += chunk.length;
			if (textBytes > MAX_TEXTS) throw new Refused(400, 'A form field is too long');
			// A copy, since the reader's buffers are as large as what arrived with the field.
			current.push(Buffer.from(chunk));
		},
	});
	for await (const chunk of chunksOf(message)) {
		try {
			reader.push(chunk);
		} catch (error) {
			throw error instanceof Refused ? error : new Refused(400, String(error));
		}
	}
	if (!reader.complete) throw new Refused(400, 'The multipart body is incomplete');
	const fields = Object.fromEntries(
		[...texts].map(([name, chunks]) => [name, Buffer.concat(chunks).toString('utf8')]),
	);
	incoming.body = { ...fields, ...(file ? { file: { ...file, size: content.size } } : {}) };
	if (!file) throw new Refused(400, 'Missing required parameter: file');
	return {
		content,
		mimeType: file.mimeType,
		ownName: file.name,
		fields: checked(fields, object(COMMON)),
	};
}

async function readJson(incoming: Incoming): Promise<unknown> {
	if (incoming.contentType !== 'application/json') {
		throw new Refused(400, 'Content-Type must be application/json');
	}
	incoming.body = await readBody(incoming.message, MAX_JSON_BODY);
	return incoming.body;
}

async function readBase64(incoming: Incoming): Promise<UploadedFile> {
	const fields = checked(
		await readJson(incoming),
		object({ base64Data: required(filledText), ...COMMON }),
	);
	const data = String(fields.base64Data);
	const [prefix = '', mimeType = 'application/octet-stream'] =
		/^data:([^;,]+);base64,/.exec(data.slice(0, 200)) ?? [];
	const encoded = data.slice(prefix.length);
	const bytes = Buffer.from(encoded, 'base64');
	// Buffer skips anything but Base64; only a proper text comes back the same.
	if (bytes.toString('base64') !== encoded) {
		throw new Refused(400, 'Base64 decoding failed: Invalid Base64 format');
	}
	const content = new Received();
	content.add(bytes);
	return { content, mimeType, ownName: '', fields };
}

async function readUrl(incoming: Incoming): Promise<UploadedFile> {
	const fields = checked(
		await readJson(incoming),
		object({ fileUrl: required(httpUrl), ...COMMON }),
	);
	const content = new Received();
	try {
		const response = await fetch(String(fields.fileUrl), {
			signal: AbortSignal.timeout(URL_DOWNLOAD_MS),
		});
		if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
		for await (const chunk of Readable.fromWeb(response.body as ReadableStream)) {
			content.add(chunk as Uint8Array);
		}
		return {
			content,
			mimeType: response.headers.get('content-type') ?? 'application/octet-stream',
			ownName: new URL(String(fields.fileUrl)).pathname,
			fields,
		};
	} catch (error) {
		throw new Refused(400, `Failed to download the file: ${String(error)}`);
	}
}
