import { isJsonObject, parseIfJson, toId, toNumber, toText, type JsonObject } from './guards';

/* What a job of the unified jobs API tells about its own order. Records and callbacks have the same fields. */

/** The order of a job, as Kie repeats it. */
export interface Job {
	/** Of the jobs API, such as `veo/get-4k-video`. */
	model: string | null;
	input: JsonObject;
}

/**
 * Reads `model` and `param`, which is JSON text, and in it `input` is JSON text again. Pure; never throws.
 *
 * @param data of a record or a callback
 * @returns `null` if it is not a job
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readJob(data: unknown): Job | null {
	const record = parseIfJson(data);
	if (!isJsonObject(record)) return null;
	const param = parseIfJson(record.param);
	const order = isJsonObject(param) ? param : {};
	const given = parseIfJson(order.input);
	const model = toText(record.model) ?? toText(order.model);
	if (model === null && !isJsonObject(given)) return null;
	return { model, input: isJsonObject(given) ? given : {} };
}

/** The video that an upgrade improves; `null` where the job names none. */
export function upgradedBy({ input }: Job): { taskId: string; index: number } | null {
	const taskId = toId(input.task_id) ?? toId(input.taskId);
	return taskId === null ? null : { taskId, index: toNumber(input.index) ?? 0 };
}

/** What a job gives, where the model or the order says. */
export function resolutionOfJob({ model, input }: Job): string | null {
	const upgraded = model === null ? undefined : /get-(4k|1080p)/i.exec(model)?.[1];
	return upgraded?.toLowerCase() ?? toText(input.resolution);
}

/** The tier as Kie repeats it: what is billed. An order without one, or with a misspelt one, is Fast. */
export function tierOfJob({ model, input }: Job): string | null {
	return toText(input.model) ?? (model !== null && /^veo3(_|$)/i.test(model) ? model : null);
}

/**
 * The tier Kie made a video with, where it is another than the one that was asked for. Pure; never throws.
 *
 * @param data of a record or a callback
 */
export function otherTier(asked: string | undefined, data: unknown): string | null {
	const job = readJob(data);
	const made = job === null ? null : tierOfJob(job);
	if (asked === undefined || made === null) return null;
	return made.toLowerCase() === asked.toLowerCase() ? null : made;
}

/** Kie's words, and that the tier is another one. */
export function withTierNote(message: string, asked: string, made: string): string {
	const note = `Kie.ai made this video with ${made}, not with ${asked} as asked for.`;
	return message === '' ? note : `${message.replace(/\.?$/, '.')} ${note}`;
}
