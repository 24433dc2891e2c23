import { classifyServiceAnswer, readStatement, type KieAnswer, type Meaning } from './answer';
import { readResultFiles } from './resultFiles';
import { classifyTaskRecord, isAboutMissing } from './taskRecord';

/** An answer and what it means for the requested video. */
export interface Told<M = Meaning> {
	answer: KieAnswer;
	meaning: M;
}

/** What Kie says about an id it does not know. */
const RECORD_MISSING = 'record is null';

/**
 * What record-info says about a requested task. A failure can be reported in two places: by the code of
 * the envelope, or in the record while the envelope says 200. In the second case `answer` carries the
 * record's own code and text, so that every reader sees the reason. Pure; never throws.
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
		case 'failed': {
			const { code, message, meaning } = record;
			return { answer: { ...answer, code, message }, meaning };
		}
	}
	const said = readStatement(answer);
	const missing = said === null ? isMissing(answer) : isAboutMissing(said);
	if (missing && isNew) return { answer, meaning: processing };
	// Kie also answers a read about an unknown id with success and no data.
	if (missing && said === null && answer.code === 200) {
		return {
			answer: { ...answer, message: RECORD_MISSING },
			meaning: { kind: 'failed', reason: 'unknownTask' },
		};
	}
	const meaning = classifyServiceAnswer(answer);
	// The documented texts of a failed task come with the code of a broken service.
	const aboutTask = meaning.reason === 'server';
	return { answer, meaning: aboutTask ? { kind: 'retry', reason: 'taskOrServer' } : meaning };
}

/**
 * Whether an answer to a read says that this API has no such task, or that the API itself is gone.
 * What is known elsewhere can be asked there. Pure; never throws.
 */
export function isUnknownTask(answer: KieAnswer): boolean {
	if (answer.unreached !== undefined) return answer.unreached === 'wrongAddress';
	if (classifyTaskRecord(answer).kind !== 'none') return false;
	const said = readStatement(answer);
	if (said === null) return isMissing(answer) || answer.code === 405;
	return 'reason' in said && (said.reason === 'unknownTask' || said.reason === 'featureDisabled');
}

/** No record under this id, or none yet. */
function isMissing({ code }: KieAnswer): boolean {
	return code === 404 || code === 422 || code === 200;
}
