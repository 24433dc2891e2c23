import {
	readStatement,
	readWordsOf,
	type FailureReason,
	type KieAnswer,
	type Rejection,
	type Statement,
} from './answer';
import { isJsonObject, parseIfJson } from './guards';
import { readResultFiles, withWholeVideo, type ResultFiles } from './resultFiles';
import { readTaskFault, readTaskState, withoutSuccess } from './taskFields';
import { failureReasonOf, readWords, tellingOf } from './words';

/** What record-info says about a task. */
export type TaskRecord =
	| { kind: 'success'; files: ResultFiles }
	| {
			kind: 'failed';
			code: number | null;
			message: string;
			/** `refused`: it failed for lack of credits or the like. */
			meaning: Extract<Rejection, { kind: 'failed' | 'refused' }>;
	  }
	| { kind: 'running' }
	/** No statement about the task: not found, or a fault of service, key or network. */
	| { kind: 'none' };

/** Codes with which the envelope itself says that the task failed. */
const FAILED_CODES: ReadonlyArray<number | null> = [400, 451, 501];

/** Kie does not know the task, or has no result for it yet. */
const MISSING: readonly FailureReason[] = ['unknownTask', 'noFile', 'baseNotFinished', 'retention'];

/**
 * The meaning of an answer to record-info: what the record says about its task first, then Kie's words, then
 * the code. For a base id it shows the base video, usually also while a 4K upgrade runs and after it. Pure;
 * never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 */
export function classifyTaskRecord(answer: KieAnswer): TaskRecord {
	const record = parseIfJson(answer.data);
	const state = readTaskState(record);
	if (state === 'failed') return failedRecord(answer);
	if (state === 'running' && !isRefused(answer)) return { kind: 'running' };
	const files = withWholeVideo(readResultFiles(record));
	if (files.videoUrls.length > 0) return { kind: 'success', files };
	// A success without URLs: the file is about to appear.
	if (state === 'success') return { kind: 'running' };

	const said = readStatement(answer);
	if (said?.kind === 'progress') return { kind: 'running' };
	if (said !== null) {
		return said.kind === 'failed' && !isAboutMissing(said)
			? failedRecord(answer)
			: { kind: 'none' };
	}
	if (FAILED_CODES.includes(answer.code)) return failedRecord(answer);
	return answer.code === 200 && isJsonObject(record) ? { kind: 'running' } : { kind: 'none' };
}

/** Whether Kie's words refuse what the fields of the record still show as running. */
function isRefused(answer: KieAnswer): boolean {
	const said = readWordsOf(answer);
	return said !== null && said.kind !== 'progress' && !isAboutMissing(said);
}

/** Whether a failure says only that there is no record to show. */
export function isAboutMissing(said: Statement): boolean {
	return 'reason' in said && MISSING.some((reason) => reason === said.reason);
}

function failedRecord(answer: KieAnswer): TaskRecord {
	const inner = readTaskFault(answer.data);
	const message = tellingOf(inner.message, [withoutSuccess(answer.message)]);
	const code = inner.code ?? answer.code;
	const words = readWords(message);
	if (words?.kind === 'account') {
		// The task is over: for a request this would mean "try again", here it is why the task failed.
		// Its own record could be read, so a rejected key is not this account's.
		const { rejection } = words;
		const isOurs = rejection.kind === 'refused' && rejection.reason !== 'unauthorized';
		const meaning = isOurs ? rejection : ({ kind: 'failed', reason: 'upstream' } as const);
		return { kind: 'failed', code, message, meaning };
	}
	const reason = failureReasonOf(message, code);
	return { kind: 'failed', code, message, meaning: { kind: 'failed', reason } };
}
