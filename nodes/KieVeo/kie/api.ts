import type { JsonObject } from '../values';
import type {
	Creation,
	ModelOperation,
	TaskOperation,
	Upgrade,
	VideoCreation,
} from '../operations';
import type { ApiName, Meaning, Said } from './meaning/answer';
import type { CreateMeaning } from './meaning/money';

/** What Kie's answer means, and Kie's own words. */
export interface Answered<M> extends Said {
	meaning: M;
	/** The whole answer, as far as it could be parsed. */
	raw: unknown;
	/** Milliseconds that Kie asked to wait before the next request. */
	retryAfterMs: number | null;
	/** Set when an order that gave nothing may still have been accepted, and paid for. */
	mayBePaid?: true;
	/** Set when the 4K request was sent again to learn the state: after a failed upgrade that is a new order. */
	repeatedOrder?: true;
	/** Set when the API that was asked knows no such task: the other one may. */
	isUnknown?: true;
}

export type { ApiName };

export type TaskAnswer = Answered<Meaning>;

export type SubmissionAnswer = Answered<Meaning | Exclude<CreateMeaning, { kind: 'created' }>>;

/** What a new video is made from, in the panel's terms. */
export interface CreationParameters {
	prompt: string;
	model: string;
	/** The task whose video is extended. */
	taskId?: string;
	generationType?: string;
	imageUrls?: string[];
	aspectRatio?: string;
	resolution?: string;
	/** Seconds. */
	duration?: number;
	enableTranslation?: boolean;
	seed?: number;
	watermark?: string;
}

/** A new video. Each accepted one is paid for. */
export interface CreationOrder {
	kind: 'creation';
	operation: VideoCreation;
	parameters: CreationParameters;
	/** Where Kie reports the end. */
	callBackUrl?: string;
}

/** A job of any model. Each accepted one is paid for. */
export interface ModelOrder {
	kind: 'model';
	operation: Extract<Creation, ModelOperation>;
	/** As Kie's catalogue names it. */
	model: string;
	/** As the user gave it: names the order, whatever Kie's catalogue makes of it. */
	given: JsonObject;
	/** Under Kie's own names. */
	input: JsonObject;
	callBackUrl?: string;
}

/** An upgrade of one finished video. A task can hold several; `index` counts from 0. */
export interface UpgradeOrder {
	kind: 'upgrade';
	operation: Upgrade;
	taskId: string;
	index: number;
	callBackUrl?: string;
}

/** The state of any task. Free of charge. */
export interface StateOrder {
	kind: 'state';
	operation: Exclude<TaskOperation, Creation | Upgrade>;
	taskId: string;
}

/** What both APIs take, and are paid for. A model runs through the jobs API alone. */
export type VideoOrder = CreationOrder | UpgradeOrder;
export type Order = VideoOrder | ModelOrder | StateOrder;

/** A task that Kie has accepted. */
export interface SubmittedTask {
	operation: TaskOperation;
	/** The id the user knows. */
	taskId: string;
	/** Set when Kie accepted it under another id. */
	kieTaskId: string | null;
	/** `null` where it has no meaning. */
	index: number | null;
	/** Whether an upgrade was ordered through the jobs API; unset where that is not known. */
	isJob?: boolean;
	/** Kie's codes in the answers so far, the submission's first. */
	codes: ReadonlyArray<number | null>;
	/** The model or, of Veo 3.1, the tier that was asked for, where that is known. */
	model?: string;
}

/**
 * How Kie is asked about a task.
 *
 * - `poll`: one request, by who has ordered it and waits for it.
 * - `check`: for a caller that may have missed a callback or wants one confirmed. Free requests first; one that
 *   may start and bill another upgrade is sent only if they do not settle the matter.
 * - `free`: the same with free requests only, for a video Kie was already asked about.
 */
export type Asking = 'poll' | 'check' | 'free';
