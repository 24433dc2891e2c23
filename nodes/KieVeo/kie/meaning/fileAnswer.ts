import { classifyServiceAnswer, type KieAnswer, type Rejection } from './answer';
import { isJsonObject, parseIfJson, toText } from './guards';

export type FileUrlMeaning = { kind: 'success'; url: string } | Rejection;

/**
 * The meaning of an answer to download-url: `data` is the link itself, whatever the code. Pure.
 *
 * @see https://docs.kie.ai/common-api/download-url
 */
export function classifyDownloadUrlAnswer(answer: KieAnswer): FileUrlMeaning {
	return withUrl(answer, answer.data);
}

/**
 * The meaning of an answer to file-stream-upload. Pure.
 *
 * @see https://docs.kie.ai/file-upload-api/quickstart
 */
export function classifyUploadAnswer(answer: KieAnswer): FileUrlMeaning {
	const data = parseIfJson(answer.data);
	// Kie's quickstart page shows both names.
	return withUrl(answer, isJsonObject(data) ? (data.downloadUrl ?? data.fileUrl) : undefined);
}

function withUrl(answer: KieAnswer, value: unknown): FileUrlMeaning {
	const url = toText(value);
	const isUrl = url !== null && /^https?:\/\//i.test(url) && URL.canParse(url);
	return isUrl ? { kind: 'success', url } : classifyServiceAnswer(answer);
}
