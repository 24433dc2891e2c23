import { isJsonObject, parseNested, toNumber, toText, type JsonObject } from '../../values';

/*
 * The fields in which Kie tells about a task. record-info of the Veo endpoints has `successFlag` and
 * `errorMessage`, the jobs API `state` and `failMsg`; answers and callbacks show either. Fields that repeat the
 * order are read only for the model and the video it names, never for Kie's words.
 */

/** 0 generating, 1 success, 2 failed before completion, 3 created but failed upstream. The first one wins. */
const STATES: ReadonlyArray<[TaskState, ...values: unknown[]]> = [
	['failed', 2, 3, 'fail'],
	['success', 1, 'success'],
	['running', 0, 'waiting', 'queuing', 'generating'],
];

type TaskState = 'running' | 'success' | 'failed';

/**
 * The state of the task, by its own fields; `null` if it has none that is known. If the two disagree a failure
 * wins, then a success. Pure; never throws.
 *
 * @see https://docs.kie.ai/veo3-api/get-veo-3-video-details
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readTaskState(data: unknown): TaskState | null {
	const record = parseNested(data);
	if (!isJsonObject(record)) return null;
	const given = [toNumber(record.successFlag), toText(record.state)];
	return STATES.find(([, ...values]) => given.some((one) => values.includes(one)))?.[0] ?? null;
}

/**
 * Why the task failed, by its own fields, not by the envelope; `null` for what is not given, also if it is running or
 * has succeeded. Pure; never throws.
 */
export function readTaskFault(data: unknown): { code: number | null; message: string | null } {
	const record = parseNested(data);
	const state = readTaskState(record);
	if (!isJsonObject(record) || state === 'running' || state === 'success') {
		return { code: null, message: null };
	}
	return {
		code: toNumber(record.errorCode) ?? toNumber(record.failCode),
		message: toText(record.errorMessage) ?? toText(record.failMsg),
	};
}

/**
 * How a failed task is told: by its own code and reason. The envelope's "success" is about the request, and so is
 * its 200, which stands for a missing code only with a task of any model.
 */
export function faultOfTask(
	data: unknown,
	envelope: { code: number | null; message: string },
	isTask: boolean,
) {
	const { code, message } = readTaskFault(data);
	return {
		code: code ?? (envelope.code === 200 && !isTask ? null : envelope.code),
		message:
			message ??
			(/^success$/i.test(envelope.message) ? 'Kie.ai gives no reason' : envelope.message),
	};
}

/** The order of a job, as Kie repeats it; `model` is one of the jobs API, such as `veo/get-4k-video`. */
export interface Job {
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
	const record = parseNested(data);
	if (!isJsonObject(record)) return null;
	const param = parseNested(record.param);
	const order = isJsonObject(param) ? param : {};
	const given = parseNested(order.input);
	const model = toText(record.model) ?? toText(order.model);
	if (model === null && !isJsonObject(given)) return null;
	return { model, input: isJsonObject(given) ? given : {} };
}

/** What a job is about, by its model. */
export function topicOfModel(model: string | null): Topic {
	return model === null ? 'unknown' : (operationOf(model) ?? 'task');
}

/** The operation a job is of, by its model; `null` for a model that is none of Veo's. */
function operationOf(model: string | null): Exclude<Topic, 'task' | 'unknown'> | null {
	return MODELS.find(([pattern]) => model !== null && pattern.test(model))?.[1] ?? null;
}

/**
 * The upgrade that a job is, and the video it improves; `null` if it is none, or names no video.
 *
 * @param data of a record or a callback
 */
export function readUpgradeJob(
	data: unknown,
): { operation: 'get4k' | 'get1080p'; taskId: string; index: number } | null {
	const job = readJob(data);
	const operation = operationOf(job?.model ?? null);
	if (job === null || (operation !== 'get4k' && operation !== 'get1080p')) return null;
	const taskId = toText(job.input.task_id) ?? toText(job.input.taskId);
	return taskId === null ? null : { operation, taskId, index: toNumber(job.input.index) ?? 0 };
}

/** What a job gives, where the model or the order says. */
export function resolutionOfJob({ model, input }: Job): string | null {
	const operation = operationOf(model);
	if (operation === 'get4k') return '4k';
	return operation === 'get1080p' ? '1080p' : toText(input.resolution);
}

/**
 * The tier Kie made a video with, where it is another than the one that was asked for: that one is billed. An order
 * without a tier, or with a misspelt one, is Fast. Pure; never throws.
 *
 * @param data of a record or a callback
 */
export function otherTier(asked: string | undefined, data: unknown): string | null {
	const job = readJob(data);
	if (asked === undefined || job === null) return null;
	const { model, input } = job;
	const made = toText(input.model) ?? (model !== null && /^veo3(_|$)/i.test(model) ? model : null);
	if (made === null || made.toLowerCase() === asked.toLowerCase()) return null;
	// It comes from outside, and is shown and logged.
	return made.replace(/[^\w.-]/g, '?').slice(0, 40);
}

/** Kie's words, and that the video was made with another tier. */
export function withTierNote(message: string, asked: string, made: string): string {
	const note = `Kie.ai made this video with ${made}, not with ${asked} as asked for.`;
	return message === '' ? note : `${message.replace(/\.?$/, '.')} ${note}`;
}

/**
 * What the content of an answer or a callback says it is about: `task` is a job of another model than Veo's,
 * `unknown` would be a guess.
 */
export type Topic = 'get4k' | 'get1080p' | 'generate' | 'extend' | 'task' | 'unknown';

/** The models of the jobs API. */
const MODELS: ReadonlyArray<[model: RegExp, operation: Exclude<Topic, 'task' | 'unknown'>]> = [
	[/^veo\/get-4k/i, 'get4k'],
	[/^veo\/get-1080p/i, 'get1080p'],
	[/^veo\/extend/i, 'extend'],
	[/^veo/i, 'generate'],
];

/** Only a base video or an extension has these. A record of an upgrade can also have `resolution`. */
const GENERATION_FIELDS = ['promptJson', 'fallbackFlag', 'originUrls'];

/** Kie documents them for a 4K upgrade only. */
const PREVIEW_FIELDS = ['imageUrls', 'image_urls'];

/** Kie's texts of callbacks that name what they are about. */
const TEXT_TOPICS: ReadonlyArray<[text: RegExp, topic: Topic]> = [
	[/^4k video generated successfully/i, 'get4k'],
	[/^(?:the 4k version of this video is unavailable|该视频的 4k 版本不可用)/i, 'get4k'],
	[/^veo3\.1 video extension successful/i, 'extend'],
	[/^veo3(?:\.1)? (?:video generated successfully|视频生成成功)/i, 'generate'],
];

/**
 * What a record or the `data` of a callback is about. Base video and 4K upgrade can be told under the same task id.
 * A job names its model; otherwise fields that only a new video has count before the text, and preview images alone
 * mean a 4K upgrade. Pure; never throws.
 *
 * @param said Kie's text beside it
 */
export function topicOf(record: JsonObject, said: string): Topic {
	const model = readJob(record)?.model ?? null;
	if (model !== null) return topicOfModel(model);

	const places = [...[record.info, record.response].map(parseNested), record].filter(isJsonObject);
	const has = (field: string) => places.some((place) => isFilled(place[field]));
	const isOther = places.some(
		({ resolution }) => isFilled(resolution) && !is4k(toText(resolution)),
	);
	const told = TEXT_TOPICS.find(([pattern]) => pattern.test(said))?.[1];
	if (has('fullResultUrls')) return 'extend';
	if (isOther || GENERATION_FIELDS.some(has)) return told === 'extend' ? told : 'generate';
	if (told !== undefined) return told;
	if (PREVIEW_FIELDS.some(has)) return 'get4k';
	return has('resolution') ? 'generate' : 'unknown';
}

/** Whether Kie calls a resolution 4K. */
export function is4k(resolution: string | null): boolean {
	return resolution !== null && /4k|2160/i.test(resolution);
}

function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
