import { isCreation, isUpgrade, type Creation, type Upgrade } from '../operations';
import { extendTierError, seedNotOfferedError, tierLine } from '../messages/errors';
import { withModel } from './address';
import type {
	CreationOrder,
	CreationParameters,
	Order,
	SubmissionAnswer,
	SubmittedVideo,
	Upgraded,
	UpgradeOrder,
	VideoAnswer,
} from './api';
import { BaseApi, ownIdOf, type ApiParts } from './baseApi';
import { otherTier, readJob, upgradedBy, withTierNote } from './meaning/fields';
import { NO_FILES } from './meaning/files';
import { isJsonObject } from './meaning/guards';
import { isUnknownTask } from './meaning/record';

/*
 * Kie's unified jobs API: every order is a job of a model, and its state the record of that job. The names
 * of models and fields appear only here; those of each model differ, and Kie ignores what it does not know.
 *
 * See https://docs.kie.ai/veo3-api/generate-veo-3-video and https://docs.kie.ai/market/common/get-task-detail
 */

const CREATE_PATH = '/api/v1/jobs/createTask';

type Input = { [field: string]: unknown };

const CREATIONS: Record<
	Creation,
	{
		model: string;
		/** Kie's field names; what has none cannot be ordered. */
		fields: { [Name in keyof CreationParameters]?: string };
		/** @throws KieVeoError for what the model has no field for */
		check(parameters: CreationParameters): void;
	}
> = {
	generate: {
		model: 'veo-3-1',
		fields: {
			prompt: 'prompt',
			// Always given: without it, or with another name, Kie makes and bills Fast.
			model: 'model',
			generationType: 'generation_type',
			imageUrls: 'image_urls',
			aspectRatio: 'aspect_ratio',
			resolution: 'resolution',
			duration: 'duration',
			enableTranslation: 'enable_translation',
			watermark: 'watermark',
		},
		check: ({ seed }) => {
			if (seed !== undefined) throw seedNotOfferedError();
		},
	},
	extend: {
		model: 'veo/extend',
		fields: { taskId: 'task_id', prompt: 'prompt', seed: 'seeds', watermark: 'watermark' },
		check: ({ model }) => {
			if (model !== ONLY_EXTEND_TIER) throw extendTierError(model);
		},
	},
};

/** The model has no field for a tier. */
const ONLY_EXTEND_TIER = 'fast';

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

export interface JobsApiParts extends ApiParts {
	/** Proves the content of a callback address. */
	addressKey: Buffer;
	/** Writes to n8n's log. */
	warn(line: string): void;
}

export class JobsApi extends BaseApi {
	readonly upgradesAreTasks = true;

	protected readonly recordPath = '/api/v1/jobs/recordInfo';

	constructor(private readonly jobs: JobsApiParts) {
		super(jobs);
	}

	check(order: Order): void {
		if (order.kind === 'creation') CREATIONS[order.operation].check(order.parameters);
	}

	async fetchState(video: SubmittedVideo): Promise<VideoAnswer> {
		const ownId = ownIdOf(video);
		if (ownId === null) return NO_JOB;
		return this.withTier(video, await this.fetchRecord(ownId, video.operation !== 'get'));
	}

	async fetchOutcome(video: SubmittedVideo): Promise<VideoAnswer> {
		return await this.fetchRecordedOutcome(video);
	}

	async fetchRecordedOutcome(video: SubmittedVideo): Promise<VideoAnswer> {
		const ownId = ownIdOf(video);
		if (ownId === null) return NO_JOB;
		return this.withTier(video, await this.fetchEnd(ownId, () => true));
	}

	async fetchUpgraded(taskId: string): Promise<Upgraded> {
		const record = await this.readRecord(taskId);
		if (isUnknownTask(record)) return { kind: 'none' };
		if (!isJsonObject(record.data)) return { kind: 'unanswered' };
		const job = readJob(record.data);
		const operation = upgradeOf(job?.model ?? null);
		const video = job === null ? null : upgradedBy(job);
		return operation === null || video === null
			? { kind: 'none' }
			: { kind: 'upgrade', operation, ...video };
	}

	protected async create(
		{ operation, parameters, callBackUrl }: CreationOrder,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const { model, fields } = CREATIONS[operation];
		const names = Object.keys(parameters) as Array<keyof CreationParameters>;
		const input: Input = {};
		for (const name of names) {
			const field = fields[name];
			if (field !== undefined && parameters[name] !== undefined) input[field] = parameters[name];
		}
		const address =
			callBackUrl === undefined || fields.model === undefined
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
	private withTier({ operation, taskId, model }: SubmittedVideo, answer: VideoAnswer): VideoAnswer {
		const isTold = isCreation(operation) && CREATIONS[operation].fields.model !== undefined;
		if (!isTold || answer.meaning.kind !== 'success') return answer;
		const record = isJsonObject(answer.raw) ? answer.raw.data : null;
		const made = otherTier(model, record);
		if (made === null || model === undefined) return answer;
		this.jobs.warn(tierLine(taskId, model, made));
		return { ...answer, message: withTierNote(answer.message, model, made) };
	}
}

/** An upgrade that was not ordered as a job. */
const NO_JOB: VideoAnswer = {
	meaning: { kind: 'processing', files: NO_FILES },
	code: null,
	message: '',
	raw: null,
	retryAfterMs: null,
	isUnknown: true,
};

function upgradeOf(model: string | null): Upgrade | null {
	const names = Object.keys(UPGRADES) as Upgrade[];
	return names.find((name) => isUpgrade(name) && UPGRADES[name].model === model) ?? null;
}
