import { isCreation, isOfAnyModel, type Upgrade, type VideoCreation } from '../operations';
import { inputErrors } from '../messages/input';
import { tierLine } from '../messages/run';
import { withModel } from '../addresses/submission';
import type {
	Asking,
	ModelOrder,
	SubmissionAnswer,
	SubmittedTask,
	UpgradeOrder,
	VideoOrder,
	TaskAnswer,
} from './api';
import { BaseApi, FIELDS, given, kieTaskIdOf, toFields } from './baseApi';
import { otherTier, withTierNote } from './meaning/fields';
import { NO_FILES } from './meaning/files';
import { at, toText, type JsonObject } from '../values';

/*
 * Kie's unified jobs API: every order is a job of a model, and its state the record of that job. Which
 * models are ordered appears only here; the fields of each model differ, and Kie ignores what it does not know.
 *
 * See https://docs.kie.ai/veo3-api/generate-veo-3-video and https://docs.kie.ai/market/common/get-task-detail
 */

const CREATE_PATH = '/api/v1/jobs/createTask';

const MODELS: Record<VideoCreation, string> = { generate: 'veo-3-1', extend: 'veo/extend' };

/** What Kie makes where no tier can be chosen. */
const ONLY_TIER = 'fast';

/** Kie spells the two in different ways. */
const UPGRADES: Record<
	Upgrade,
	{ model: string; toInput(video: Pick<UpgradeOrder, 'taskId' | 'index'>): JsonObject }
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

export class JobsApi extends BaseApi {
	readonly upgradesAreTasks = true;

	protected readonly recordPath = '/api/v1/jobs/recordInfo';

	assertOffered(order: VideoOrder): void {
		if (order.kind !== 'creation') return;
		const { operation } = order;
		for (const [name, value] of given(order.parameters)) {
			const isOffered =
				FIELDS[name][operation] !== null || (name === 'model' && value === ONLY_TIER);
			if (!isOffered) throw inputErrors.parameterNotOffered(operation, name, value);
		}
	}

	/** Each job is paid for, those of upgrades included: only what Kie has certainly not accepted is sent again. */
	async submit(order: VideoOrder | ModelOrder, deadline?: number): Promise<SubmissionAnswer> {
		switch (order.kind) {
			case 'upgrade': {
				const { model, toInput } = UPGRADES[order.operation];
				return await this.startJob(model, toInput(order), order.callBackUrl, deadline);
			}
			case 'model':
				return await this.startJob(order.model, order.input, order.callBackUrl, deadline);
			case 'creation': {
				const { operation, parameters, callBackUrl } = order;
				const address =
					callBackUrl === undefined || FIELDS.model[operation] === null
						? callBackUrl
						: withModel(callBackUrl, parameters.model, this.account.addressKey);
				const input = toFields(parameters, operation);
				return await this.startJob(MODELS[operation], input, address, deadline);
			}
		}
	}

	private async startJob(
		model: string,
		input: JsonObject,
		callBackUrl: string | undefined,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		// Some continue a task of another.
		const baseTaskId = toText(input.task_id) ?? toText(input.taskId) ?? undefined;
		return await this.startTask(CREATE_PATH, { model, callBackUrl, input }, baseTaskId, deadline);
	}

	async fetchTask(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		const { operation } = video;
		const ownId = kieTaskIdOf(video);
		if (ownId === null) return NO_JOB;
		const answer =
			how === 'poll'
				? await this.fetchRecord(ownId, operation)
				: await this.fetchEnd(ownId, operation);
		return this.withTier(video, answer);
	}

	/** Kie bills the tier that it repeats, which is not always the one that was asked for. */
	private withTier({ operation, taskId, model }: SubmittedTask, answer: TaskAnswer): TaskAnswer {
		if (!isCreation(operation) || isOfAnyModel(operation)) return answer;
		if (FIELDS.model[operation] === null || answer.meaning.kind !== 'success') return answer;
		const made = otherTier(model, at(answer.raw, 'data'));
		if (made === null || model === undefined) return answer;
		this.account.warn(tierLine(taskId, model, made));
		return { ...answer, message: withTierNote(answer.message, model, made) };
	}
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
