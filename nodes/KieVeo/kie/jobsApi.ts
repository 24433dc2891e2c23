import {
	isCreation,
	isOfAnyModel,
	isUpgrade,
	type Upgrade,
	type VideoCreation,
} from '../operations';
import { inputErrors } from '../messages/input';
import { tierLine } from '../messages/run';
import { withModel } from '../addresses/submission';
import type {
	Asking,
	CreationOrder,
	CreationParameters,
	KieApi,
	Order,
	SubmissionAnswer,
	SubmittedTask,
	UpgradeOrder,
	TaskAnswer,
} from './api';
import { BaseApi, kieTaskIdOf, type ApiParts } from './baseApi';
import { otherTier, withTierNote } from './meaning/fields';
import { NO_FILES } from './meaning/files';
import { isJsonObject, toText } from '../values';

/*
 * Kie's unified jobs API: every order is a job of a model, and its state the record of that job. The names
 * of models and fields appear only here; those of each model differ, and Kie ignores what it does not know.
 *
 * See https://docs.kie.ai/veo3-api/generate-veo-3-video and https://docs.kie.ai/market/common/get-task-detail
 */

const CREATE_PATH = '/api/v1/jobs/createTask';

type Input = { [field: string]: unknown };

const CREATIONS: Record<
	VideoCreation,
	{
		model: string;
		/** Kie's field names. What has none is refused: Kie would ignore it silently, and bill the video. */
		fields: Record<keyof CreationParameters, string | null>;
	}
> = {
	generate: {
		model: 'veo-3-1',
		fields: {
			prompt: 'prompt',
			// Always given: without it, or with another name, Kie makes and bills Fast.
			model: 'model',
			taskId: null,
			generationType: 'generation_type',
			imageUrls: 'image_urls',
			aspectRatio: 'aspect_ratio',
			resolution: 'resolution',
			duration: 'duration',
			enableTranslation: 'enable_translation',
			seed: null,
			watermark: 'watermark',
		},
	},
	extend: {
		model: 'veo/extend',
		fields: {
			prompt: 'prompt',
			model: null,
			taskId: 'task_id',
			generationType: null,
			imageUrls: null,
			aspectRatio: null,
			resolution: null,
			duration: null,
			enableTranslation: null,
			seed: 'seeds',
			watermark: 'watermark',
		},
	},
};

/** What Kie makes where no tier can be chosen. */
const ONLY_TIER = 'fast';

/** Kie spells the two in different ways. */
const UPGRADES: Record<
	Upgrade,
	{ model: string; toInput(video: Pick<UpgradeOrder, 'taskId' | 'index'>): Input }
> = {
	get4k: {
		model: 'veo/get-4k-video',
		toInput: ({ taskId, index }) => ({ task_id: taskId, index }),
	},
	get1080p: {
		model: 'veo/get-1080p-video',
		toInput: ({ taskId, index }) => ({ taskId, index: String(index) }),
	},
};

interface JobsApiParts extends ApiParts {
	/** Proves the content of a callback address. */
	addressKey: Buffer;
	/** Writes to n8n's log. */
	warn(line: string): void;
}

export class JobsApi extends BaseApi implements KieApi {
	readonly upgradesAreTasks = true;

	protected readonly recordPath = '/api/v1/jobs/recordInfo';

	constructor(private readonly jobs: JobsApiParts) {
		super(jobs);
	}

	assertOffered(order: Order): void {
		if (order.kind !== 'creation') return;
		const { fields } = CREATIONS[order.operation];
		for (const [name, value] of given(order.parameters)) {
			const isOffered = fields[name] !== null || (name === 'model' && value === ONLY_TIER);
			if (!isOffered) throw inputErrors.parameterNotOffered(order.operation, name, value);
		}
	}

	override async submit(order: Order, deadline?: number): Promise<SubmissionAnswer> {
		if (order.kind !== 'model') return await super.submit(order, deadline);
		const { model, input, callBackUrl } = order;
		// Some models continue a task of another.
		const baseTaskId = toText(input.task_id) ?? toText(input.taskId) ?? undefined;
		return await this.createJob(model, input, callBackUrl, baseTaskId, deadline);
	}

	async fetchTask(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		const ownId = kieTaskIdOf(video);
		if (ownId === null) return NO_JOB;
		const { operation } = video;
		const isOurs = isCreation(operation) || isUpgrade(operation);
		const as = isOfAnyModel(operation) ? 'task' : 'video';
		return this.withTier(
			video,
			how === 'poll'
				? await this.fetchRecord(ownId, isOurs, 1, as)
				: await this.fetchEnd(ownId, () => true, as),
		);
	}

	protected async create(
		{ operation, parameters, callBackUrl }: CreationOrder,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const { model, fields } = CREATIONS[operation];
		const input: Input = {};
		for (const [name, value] of given(parameters)) {
			const field = fields[name];
			if (field !== null) input[field] = value;
		}
		const address =
			callBackUrl === undefined || fields.model === null
				? callBackUrl
				: withModel(callBackUrl, parameters.model, this.jobs.addressKey);
		return await this.createJob(model, input, address, parameters.taskId, deadline);
	}

	/** Paid for each time it is accepted, so treated like a new video. */
	protected async upgrade(order: UpgradeOrder, deadline?: number): Promise<SubmissionAnswer> {
		const { model, toInput } = UPGRADES[order.operation];
		const { callBackUrl, taskId } = order;
		return await this.createJob(model, toInput(order), callBackUrl, taskId, deadline);
	}

	private async createJob(
		model: string,
		input: Input,
		callBackUrl: string | undefined,
		baseTaskId: string | undefined,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const body = { model, ...(callBackUrl === undefined ? {} : { callBackUrl }), input };
		return await this.startTask({ path: CREATE_PATH, body }, baseTaskId, deadline);
	}

	/** Kie bills the tier that it repeats, which is not always the one that was asked for. */
	private withTier({ operation, taskId, model }: SubmittedTask, answer: TaskAnswer): TaskAnswer {
		if (!isCreation(operation) || isOfAnyModel(operation)) return answer;
		if (CREATIONS[operation].fields.model === null || answer.meaning.kind !== 'success')
			return answer;
		const record = isJsonObject(answer.raw) ? answer.raw.data : null;
		const made = otherTier(model, record);
		if (made === null || model === undefined) return answer;
		this.jobs.warn(tierLine(taskId, model, made));
		return { ...answer, message: withTierNote(answer.message, model, made) };
	}
}

function given(parameters: CreationParameters): Array<[keyof CreationParameters, unknown]> {
	const names = Object.keys(parameters) as Array<keyof CreationParameters>;
	return names.flatMap((name) =>
		parameters[name] === undefined ? [] : [[name, parameters[name]]],
	);
}

/** An upgrade that was not ordered as a job. */
const NO_JOB: TaskAnswer = {
	meaning: { kind: 'processing', files: NO_FILES },
	code: null,
	message: '',
	raw: null,
	retryAfterMs: null,
	isUnknown: true,
};
