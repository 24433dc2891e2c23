import { classifyServiceAnswer, type KieAnswer, type Rejection } from './answer';
import { isJsonObject, parseIfJson, toText } from './guards';

export type CreateMeaning =
	| { kind: 'created'; taskId: string }
	/** Whether Kie has begun, and billed, is not known. Must never be sent again by itself. */
	| { kind: 'lost' }
	/** `retry`: Kie has certainly not begun, the same request may be sent again. */
	| Rejection;

/**
 * The meaning of an answer to generate or extend: requests that cost money each time they are accepted.
 *
 * Only an answer in Kie's own words counts as a refusal. What may hide an accepted request (no answer, a
 * web page, a server error, success without an id) is `lost`. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/generate-veo-3-video
 * @see https://docs.kie.ai/veo3-api/extend-video
 */
export function classifyCreateAnswer(answer: KieAnswer): CreateMeaning {
	// 429 means "not queued", also where a web server in front of Kie says it.
	if (answer.unreached !== undefined) return classifyServiceAnswer(answer);
	if (answer.fault && answer.code === 429) return { kind: 'retry', reason: 'rateLimit' };
	if (answer.fault) return { kind: 'lost' };

	if (answer.code === 200) {
		const data = parseIfJson(answer.data);
		const taskId = isJsonObject(data) ? (toText(data.taskId) ?? toText(data.task_id)) : null;
		return taskId === null ? { kind: 'lost' } : { kind: 'created', taskId };
	}
	const meaning = classifyServiceAnswer(answer);
	return meaning.kind === 'retry' && meaning.reason === 'server' ? { kind: 'lost' } : meaning;
}
