import {
	classifyServiceAnswer,
	readWordsOf,
	type KieAnswer,
	type Rejection,
	type Statement,
} from './answer';
import { placesWithin, toId, toText, type Place } from './guards';
import { isNotAccepted } from './words';

export type CreateMeaning =
	| { kind: 'created'; taskId: string }
	/** Whether Kie has started, and billed, is unknown. Must never be sent again automatically. */
	| { kind: 'lost' }
	/**
	 * `retry`: Kie has certainly not started, the same request may be sent again. `taskId`: Kie refused, but
	 * still named a task, so it cannot be said that nothing was started.
	 */
	| (Rejection & { taskId?: string });

/**
 * The meaning of an answer to generate or extend: requests that cost money each time they are accepted.
 *
 * A task id is never dropped: with one the task was created, whatever the code, unless Kie's own words
 * refuse it. Without one, only an answer in Kie's own words is a refusal. Anything that may hide an accepted request
 * (no answer, a server error, success without an id) is `lost`. Pure; never throws.
 *
 * @param extendedTaskId the id that was sent; if Kie repeats it, that does not name a new task
 * @see https://docs.kie.ai/veo3-api/generate-veo-3-video
 * @see https://docs.kie.ai/veo3-api/extend-video
 */
export function classifyCreateAnswer(
	answer: KieAnswer,
	extendedTaskId: string | null = null,
): CreateMeaning {
	const words = readWordsOf(answer);
	const taskId = newTaskId(answer, extendedTaskId);
	if (taskId !== null) {
		const isRefused = words?.kind === 'failed' || words?.kind === 'refused';
		return isRefused ? { ...words, taskId } : { kind: 'created', taskId };
	}
	return withoutTask(answer, { words, isExtension: extendedTaskId !== null });
}

/** The meaning of an answer that names no task. */
function withoutTask(
	answer: KieAnswer,
	{ words, isExtension }: { words: Statement | null; isExtension: boolean },
): CreateMeaning {
	const meaning = classifyServiceAnswer(answer);
	switch (meaning.kind) {
		case 'retry':
			if (isNotAccepted(meaning.reason)) return meaning;
			// Said about the video to extend.
			return isExtension && words?.kind === 'progress' && isRefusal(answer.code)
				? { kind: 'failed', reason: 'baseNotFinished' }
				: { kind: 'lost' };
		case 'failed': {
			// A failed task implies that one was started.
			const isRefused = words?.kind === 'failed' && words.reason !== 'taskFailed';
			return isRefused || isRefusal(answer.code) ? meaning : { kind: 'lost' };
		}
		default:
			return meaning;
	}
}

/** 408 is a fault of the service behind Kie, after Kie has accepted. */
function isRefusal(code: number | null): boolean {
	const status = code ?? 0;
	return status === 501 || (status >= 400 && status < 500 && status !== 408);
}

function newTaskId({ data, body }: KieAnswer, extendedTaskId: string | null): string | null {
	const ids = [...taskIdsIn({ data }), ...taskIdsIn(body)];
	return ids.find((id) => id !== extendedTaskId) ?? null;
}

/** The ids of tasks in an answer, at any depth, first those with a name that says so. Pure; never throws. */
export function taskIdsIn(value: unknown): string[] {
	const places = placesWithin(value);
	return [
		...places.filter(isNamedAsTask).map(({ value: id }) => toId(id)),
		...places.map(bareId),
	].filter((id) => id !== null);
}

/** `taskId`, `job_ids`, `videoTaskId`. */
const ID_NAME = /(task|job)[_-]?ids?$/i;

/** `{ taskId: 'a' }`, `{ taskId: { id: 'a' } }` */
function isNamedAsTask({ path }: Place): boolean {
	const name = path.at(-1) === 'id' ? path.at(-2) : path.at(-1);
	return name !== undefined && ID_NAME.test(name);
}

/** Kie's prefix; after it, `veo_3_fast` and the like have the version of a model. */
const VEO_ID = /^veo_(?!\d+(_\d+)?(_[a-z]+)?$)\w+$/i;
/** 32 hexadecimal digits, or a UUID. */
const HEX_ID = /^([\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i;
/** Fields about something else than the task, or that repeat the order. */
const OTHER_FIELD =
	/(request|trace|span|session|user|account|client|log)(_?id)?$|(model|prompt|watermark|msg|message|error|reason|detail|title|description|code|type|status|state|event|name)$/i;
/** The fields in which an id can be only the task's. */
const TASK_FIELD = /^(data|tasks?|jobs?|records?|results?|info|response|items?|(record_?)?id)$/i;

/** An unmistakable id whose field has another name. Requests and users have ids as well, in the same forms. */
function bareId({ path, value }: Place): string | null {
	const text = toText(value);
	if (text === null) return null;
	if (VEO_ID.test(text)) return OTHER_FIELD.test(String(path.at(-1))) ? null : text;
	const isTasks = path[0] === 'data' && path.every((name) => TASK_FIELD.test(name));
	return isTasks && HEX_ID.test(text) ? text : null;
}

/** Whether a text by itself is the id of a task. */
export function isBareId(text: string): boolean {
	return VEO_ID.test(text) || HEX_ID.test(text);
}
