import {
	failureReasonOf,
	readStatement,
	type KieAnswer,
	type Meaning,
	type Statement,
} from './answer';
import { faultOfTask, readTaskState, topicOfModel } from './fields';
import { NO_FILES, readResultFiles, resultFieldsIn, withWholeVideo } from './files';
import { isJsonObject, parseNested } from '../../values';
import type { FailureReason } from './texts';

/** An answer and what it means for the requested video. */
export interface Told {
	answer: KieAnswer;
	meaning: Meaning;
}

/** Said about a task that exists, these mean "not yet". */
const NOT_YET: readonly FailureReason[] = ['baseNotFinished', 'noFile'];

/**
 * What record-info or recordInfo says about a task: its own fields first, then {@link readStatement}.
 * A failure can be told by the envelope, or in the record while the envelope says 200; in the second case `answer`
 * carries the record's own code and text, so that every reader sees the reason. A video's success without any known
 * address is unclear, and its text names the fields that came; a task of any model need not give a file. Pure; never
 * throws.
 *
 * @param known.isOurs whether Kie has certainly created the task: then it exists, whatever the record says
 * @param known.isNew whether that was seconds ago: Kie does not know it at once
 * @param known.as whether it is read as a video, or as a task of any model; by default its model decides
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readRecordAnswer(
	answer: KieAnswer,
	{ isOurs, isNew, as }: { isOurs: boolean; isNew: boolean; as?: 'video' | 'task' },
): Told {
	const record = parseNested(answer.data);
	const files = withWholeVideo(readResultFiles(record));
	const isTask = (as ?? topicOfModel(files.model)) === 'task';
	const state = readTaskState(record);
	if (state === 'failed') {
		const { code, message } = faultOfTask(record, answer, isTask);
		const reason = failureReasonOf(message, code);
		return { answer: { ...answer, code, message }, meaning: { kind: 'failed', reason } };
	}
	const isMade = isTask ? state === 'success' : files.videoUrls.length > 0;
	if (isMade) return { answer, meaning: { kind: 'success', files } };
	const running = { ...NO_FILES, model: files.model };
	const processing: Told = { answer, meaning: { kind: 'processing', files: running } };
	if (state === 'running') return processing;
	if (state === 'success') return { answer: withoutAddress(answer), meaning: { kind: 'unclear' } };

	const said = readStatement(answer);
	if (isMissing(answer, said)) return isNew ? processing : missing(answer);
	if (said.kind === 'progress') return processing;
	if (isOurs && said.kind === 'failed' && NOT_YET.includes(said.reason)) return processing;
	// The documented texts of a failed task come with the code of a broken service.
	const mayBeTask = said.kind === 'retry' && said.reason === 'server';
	return { answer, meaning: mayBeTask ? { kind: 'retry', reason: 'taskOrServer' } : said };
}

/** Whether an answer says that there is no such task. */
function isMissing({ code, data }: KieAnswer, said: Statement): boolean {
	if (said.kind === 'failed') return said.reason === 'unknownTask';
	return said.kind === 'unclear' && code === 200 && !isJsonObject(parseNested(data));
}

function missing(answer: KieAnswer): Told {
	// Kie also answers a read about an unknown id with success and no data.
	const message = answer.code === 200 ? 'record is null' : answer.message;
	return { answer: { ...answer, message }, meaning: { kind: 'failed', reason: 'unknownTask' } };
}

function withoutAddress(answer: KieAnswer): KieAnswer {
	const fields = resultFieldsIn(answer.data).join(', ');
	const message = `Kie.ai calls it finished, but none of its fields has an address: ${fields}`;
	return { ...answer, message };
}

/**
 * Whether an answer to a read says that this API has no such task, or that the API itself is gone.
 * What is known elsewhere can be asked there. Pure; never throws.
 */
export function isUnknownTask(answer: KieAnswer): boolean {
	if (answer.unreached !== undefined) return answer.unreached === 'wrongAddress';
	if (readTaskState(answer.data) !== null) return false;
	const said = readStatement(answer);
	if (said.kind === 'refused') return said.reason === 'featureDisabled';
	return isMissing(answer, said) || answer.code === 405;
}
