import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import * as is from './fields';
import { TEXTS } from './kieTexts';
import { jsonReply, Refusal, type Reply, uploadError } from './reply';
import type { Incoming } from './server';
import type { Simulator } from './simulator';

/** A file received by the upload host. Its bytes were counted and hashed, not kept. */
export interface Upload {
	at: number;
	route: string;
	fileName: string;
	filePath: string;
	downloadUrl: string;
	fileSize: number;
	mimeType: string;
	sha256: string;
}

/** Plays the upload host: errors are real HTTP statuses. The same name overwrites. */
export async function answerUpload(simulator: Simulator, incoming: Incoming): Promise<Reply> {
	const { method, path: route } = incoming;
	const account = simulator.accounts.find(({ key }) => key === incoming.bearer);
	if (!account) return refuse(401, TEXTS.uploadKey);
	if (route !== '/api/file-stream-upload') refuse(404, `No endpoint ${route}`);
	if (method !== 'POST') refuse(405, 'Method not allowed');
	const form = await readForm(incoming);
	const { file, ...texts } = form;
	const told = file instanceof File ? { name: file.name, size: file.size } : undefined;
	incoming.body = { ...form, file: told };
	if (!(file instanceof File)) return refuse(400, `${TEXTS.missing}file`);
	const fault = is.faultOf(texts, FIELDS);
	if (fault !== undefined) refuse(400, fault);
	const random = randomBytes(6).toString('hex') + (/\.\w+$/.exec(file.name)?.[0] ?? '');
	const fileName = String(texts.fileName ?? random);
	const filePath = `kieai/${account.number}/${String(texts.uploadPath)}/${fileName}`;
	const path = filePath.split('/').map(encodeURIComponent).join('/');
	const downloadUrl = `${simulator.files.url}/uploads/${path}`;
	const about = { fileName, filePath, downloadUrl, fileSize: file.size, mimeType: file.type };
	const bytes = Buffer.from(await file.arrayBuffer());
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	const at = Date.now();
	simulator.uploads.push({ at, route, ...about, sha256 });
	const data = { success: true, ...about, uploadedAt: new Date(at).toISOString() };
	const answer = { success: true, code: 200, msg: TEXTS.uploaded, data };
	return jsonReply(answer, 200, 'application/json');
}

/** No slash at either end, and no way up. */
const isPath = (value: unknown) =>
	is.filled(value) && !/^\/|\/$|(^|\/)\.\.(\/|$)/.test(String(value));

const FIELDS = { uploadPath: isPath, fileName: is.name };

async function readForm({
	contentType,
	headers,
	message,
}: Incoming): Promise<Record<string, unknown>> {
	if (contentType !== 'multipart/form-data') refuse(400, 'The body must be multipart/form-data');
	const type = { 'content-type': String(headers['content-type']) };
	const fields: Record<string, unknown> = {};
	try {
		const body = Readable.toWeb(message) as BodyInit;
		const form = await new Response(body, { headers: type }).formData();
		form.forEach((value, name) => (fields[name] = value));
		return fields;
	} catch (error) {
		return refuse(400, String(error));
	}
}

function refuse(code: number, msg: string): never {
	throw new Refusal(uploadError(code, msg));
}
