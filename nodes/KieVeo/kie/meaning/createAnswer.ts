import {
	classifyServiceAnswer,
	readWordsOf,
	type KieAnswer,
	type Rejection,
	type Statement,
} from './answer';
import { objectsWithin, parseIfJson, toId, toText } from './guards';
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
	if (code === null) return false;
	return code === 501 || (code >= 400 && code < 500 && code !== 408);
}

/** The names of a field that holds the id of a task, or several. */
const ID_FIELD = /^(task|job)[_-]?ids?$/i;

/** Without such a name, only unmistakable forms: Kie's prefix, 32 hexadecimal digits, or a UUID. */
const BARE_ID = /^(veo_\w+|[\da-f]{32}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/i;

function newTaskId({ data, body }: KieAnswer, extendedTaskId: string | null): string | null {
	const ids = [...idsIn(data), ...idsIn(body)];
	return ids.find((id) => id !== extendedTaskId) ?? null;
}

/** The ids in an answer's `data` or body, at any depth. */
function idsIn(value: unknown): string[] {
	const named = objectsWithin(value).flatMap((object) =>
		Object.entries(object).flatMap(([name, field]) =>
			ID_FIELD.test(name) ? [field].flat().map(toId) : [],
		),
	);
	const bare = [parseIfJson(value)].flat().map(toText);
	return [...named, ...bare.filter(isBareId)].filter((id) => id !== null);
}

/** Whether a text by itself is the id of a task. */
export function isBareId(text: string | null): boolean {
	return text !== null && BARE_ID.test(text);
}
