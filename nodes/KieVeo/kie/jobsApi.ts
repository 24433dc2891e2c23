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
import { at, toText } from '../values';

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
const UPGRADES: Record<Upgrade, (video: UpgradeOrder) => Pick<ModelOrder, 'model' | 'input'>> = {
	get4k: ({ taskId, index }) => ({ model: 'veo/get-4k-video', input: { task_id: taskId, index } }),
	get1080p: ({ taskId, index }) => ({
		model: 'veo/get-1080p-video',
		input: { taskId, index: String(index) },
	}),
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
		const { model, input, callBackUrl } = this.jobOf(order);
		// Some continue a task of another.
		const baseTaskId = toText(input.task_id) ?? toText(input.taskId) ?? undefined;
		return await this.startTask(CREATE_PATH, { model, callBackUrl, input }, baseTaskId, deadline);
	}

	private jobOf(
		order: VideoOrder | ModelOrder,
	): Pick<ModelOrder, 'model' | 'input' | 'callBackUrl'> {
		if (order.kind === 'model') return order;
		const { callBackUrl } = order;
		if (order.kind === 'upgrade') return { ...UPGRADES[order.operation](order), callBackUrl };
		const { operation, parameters } = order;
		const job = { model: MODELS[operation], input: toFields(parameters, operation), callBackUrl };
		if (callBackUrl === undefined || FIELDS.model[operation] === null) return job;
		const { addressKey } = this.account;
		return { ...job, callBackUrl: withModel(callBackUrl, parameters.model, addressKey) };
	}

	async fetchTask(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		const { operation, taskId } = video;
		const ownId = kieTaskIdOf(video) ?? taskId;
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
