import type { JsonObject } from '../values';
import type {
	Creation,
	ModelOperation,
	TaskOperation,
	Upgrade,
	VideoCreation,
} from '../operations';
import type { UploadFile } from './http/multipart';
import type {
	ApiName,
	CreditsMeaning,
	FileUrlMeaning,
	Meaning,
	Said,
	UploadMeaning,
} from './meaning/answer';
import type { CreateMeaning } from './meaning/create';

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

/** What both APIs take. A model runs through the jobs API alone. */
export type CommonOrder = CreationOrder | UpgradeOrder | StateOrder;
export type Order = CommonOrder | ModelOrder;

/** A task that Kie has accepted. */
export interface SubmittedTask {
	operation: TaskOperation;
	/** The id the user knows. */
	taskId: string;
	/** Set when Kie accepted it under another id. */
	kieTaskId: string | null;
	/** `null` where it has no meaning. */
	index: number | null;
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

/**
 * Kie's API, in this package's terms. An answer is returned with its meaning, never thrown.
 *
 * Every method throws CancelledError when the execution is stopped before anything was sent. Those that take an
 * order are properties: of methods the compiler would not check which orders an API takes.
 */
export interface KieApi<O extends Order = Order> {
	/**
	 * Whether an upgrade is a task of its own: then it has a `kieTaskId`, under which its state is a free
	 * read, and ordering it again is paid for again. Otherwise a repeated order tells the state.
	 */
	readonly upgradesAreTasks: boolean;

	/**
	 * @throws KieVeoError for what this API cannot do, and might ignore silently; nothing is sent
	 */
	assertOffered: (order: O) => void;

	/**
	 * Submits an order, within Kie's limit of submissions. What costs money each time it is accepted is
	 * repeated only after answers that say it was not accepted. A creation's task id is in `files`.
	 *
	 * @param deadline until when it is retried while Kie has certainly not accepted it, by the even clock; by
	 * default for 120 s
	 */
	submit: (order: O, deadline?: number) => Promise<SubmissionAnswer>;

	/** How a submitted task stands. What free requests do not settle is `processing`. */
	fetchTask(task: SubmittedTask, how: Asking): Promise<TaskAnswer>;

	/** What Kie has on record about any task. Free of charge. For an upgrade it is usually the base video. */
	fetchRecord(taskId: string): Promise<TaskAnswer>;

	/** A fresh link, good for 20 minutes, to a file that Kie made. Free of charge. */
	fetchFreshUrl(url: string): Promise<Answered<FileUrlMeaning>>;

	/** Stores a file where Kie can fetch it, for about a day. Free of charge. */
	uploadFile(file: UploadFile): Promise<Answered<UploadMeaning>>;

	/** The credit balance, a decimal number. */
	fetchCredits(): Promise<Answered<CreditsMeaning>>;
}
