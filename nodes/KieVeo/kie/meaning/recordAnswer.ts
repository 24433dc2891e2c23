import {
	classifyServiceAnswer,
	failureReasonOf,
	RECORD_MISSING,
	type KieAnswer,
	type Meaning,
} from './answer';
import { isJsonObject, parseIfJson } from './guards';
import { readResultFiles } from './resultFiles';
import { classifyTaskRecord } from './taskRecord';

/** An answer and what it means for the video it was asked for. */
export interface Told<M = Meaning> {
	answer: KieAnswer;
	meaning: M;
}

/**
 * What record-info says about a task that is wanted. A failure can be told in two places: by the code of
 * the envelope, or in the record while the envelope says 200. In the second case `answer` carries the
 * record's own code and text, so that all who read it see the reason. Pure; never throws.
 *
 * @param isNew whether the task was created seconds ago: Kie does not know it at once
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 */
export function readRecordAnswer(answer: KieAnswer, isNew: boolean): Told {
	const record = classifyTaskRecord(answer);
	const processing: Meaning = { kind: 'processing', files: readResultFiles(null) };
	switch (record.kind) {
		case 'success':
			return { answer, meaning: record };
		case 'running':
			return { answer, meaning: processing };
		case 'failed':
			return {
				answer: { ...answer, code: record.code, message: record.message },
				meaning: { kind: 'failed', reason: failureReasonOf(record.message) },
			};
	}
	const missing = isMissing(answer);
	if (missing && isNew) return { answer, meaning: processing };
	// Kie answers a read about an unknown id with success and no data, too.
	if (missing && answer.code === 200) {
		return {
			answer: { ...answer, message: RECORD_MISSING },
			meaning: { kind: 'failed', reason: 'unknownTask' },
		};
	}
	const meaning = classifyServiceAnswer(answer);
	const aboutTask = meaning.kind === 'retry' && meaning.reason === 'server' && !answer.fault;
	// The documented texts of a failed task come with the code of a broken service.
	return { answer, meaning: aboutTask ? { kind: 'retry', reason: 'taskOrServer' } : meaning };
}

/** No record under this id, or none yet. */
function isMissing({ fault, code, data }: KieAnswer): boolean {
	if (fault) return false;
	return code === 404 || code === 422 || (code === 200 && !isJsonObject(parseIfJson(data)));
}
