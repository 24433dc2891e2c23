import type { KieAnswer } from './answer';
import { isJsonObject, parseIfJson, toNumber, toText } from './guards';
import { readResultFiles, type ResultFiles } from './resultFiles';

/** What record-info says about a task. */
export type TaskRecord =
	| { kind: 'success'; files: ResultFiles }
	| { kind: 'failed'; code: number | null; message: string }
	| { kind: 'running' }
	/** No statement about the task: not found, or a fault of service, key or network. */
	| { kind: 'none' };

/** Kie's `successFlag`: 2 failed before completion, 3 created but failed upstream. */
const FAILED_FLAGS = [2, 3];

/** Codes under which the envelope itself tells that the task failed. */
const FAILED_CODES = [400, 451, 501];

/**
 * The meaning of an answer to record-info. For a base id it shows the base video, as a rule also while
 * a 4K upgrade runs and after it. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 */
export function classifyTaskRecord(answer: KieAnswer): TaskRecord {
	if (answer.fault || answer.code === null) return { kind: 'none' };
	const { code, message } = answer;
	if (FAILED_CODES.includes(code)) return { kind: 'failed', code, message };
	const data = parseIfJson(answer.data);
	if (answer.code !== 200 || !isJsonObject(data)) return { kind: 'none' };

	const flag = toNumber(data.successFlag);
	if (flag !== null && FAILED_FLAGS.includes(flag)) {
		// The envelope's own "success" is about the request, not about the task.
		const outer = message.toLowerCase() === 'success' ? 'Kie.ai gives no reason' : message;
		const reason = toText(data.errorMessage) ?? outer;
		return { kind: 'failed', code: toNumber(data.errorCode) ?? code, message: reason };
	}
	const found = readResultFiles(data);
	// Kie promises neither list: of an extension, the whole alone is a result, too.
	const files = found.videoUrls.length > 0 ? found : { ...found, videoUrls: found.fullVideoUrls };
	return flag === 1 && files.videoUrls.length > 0
		? { kind: 'success', files }
		: { kind: 'running' };
}
