import { isUpgrade, OPERATIONS, type Upgrade, type VideoCreation } from '../operations';
import { inputErrors } from '../messages/input';
import type {
	Asking,
	CommonOrder,
	CreationOrder,
	SubmissionAnswer,
	SubmittedTask,
	UpgradeOrder,
	TaskAnswer,
} from './api';
import { answered, BaseApi, kieTaskIdOf, orderAnswered, toFields } from './baseApi';
import type { HttpCall } from './http/client';
import { classifyUpgradeAnswer, type KieAnswer, type Meaning } from './meaning/answer';
import { is4k } from './meaning/fields';
import { judgeRepeat, type Repeat } from './meaning/repeat';

/* Kie's dedicated Veo endpoints. Kie has moved its documentation before, so the paths appear only here. */

const CREATION_PATHS: Record<VideoCreation, string> = {
	generate: '/api/v1/veo/generate',
	extend: '/api/v1/veo/extend',
};

const UPGRADES: Record<
	Upgrade,
	{
		toCall(order: Pick<UpgradeOrder, 'taskId' | 'index' | 'callBackUrl'>): HttpCall;
		ordersAgain: boolean;
		callsBack: boolean;
	}
> = {
	get4k: {
		toCall: ({ taskId, index, callBackUrl }) => ({
			method: 'POST',
			path: '/api/v1/veo/get-4k-video',
			body: { taskId, index, ...(callBackUrl ? { callBackUrl } : {}) },
		}),
		ordersAgain: true,
		callsBack: true,
	},
	get1080p: {
		toCall: ({ taskId, index }) => ({
			method: 'GET',
			path: '/api/v1/veo/get-1080p-video',
			query: { taskId, index },
		}),
		ordersAgain: false,
		callsBack: false,
	},
};

export class VeoApi extends BaseApi {
	readonly upgradesAreTasks = false;

	protected readonly recordPath = '/api/v1/veo/record-info';

	assertOffered(order: CommonOrder): void {
		if (order.kind !== 'upgrade' || order.callBackUrl === undefined) return;
		if (!UPGRADES[order.operation].callsBack) throw inputErrors.callbackNotOffered(order.operation);
	}

	/**
	 * Reading the record is free, and for a new task it says everything. About an upgrade it may know
	 * a failure, but usually shows the base video. The 4K request returns the state and the URLs of an upgrade
	 * that is running or done, free of charge; after a failed one it may start, and bill, another. So a
	 * failure or a result on record ends the matter. Under the base video's id its own URL is on record, perhaps also
	 * in 4K: only a separate id belongs to the upgrade.
	 */
	async fetchTask(video: SubmittedTask, how: Asking): Promise<TaskAnswer> {
		const { operation, taskId } = video;
		const ownId = kieTaskIdOf(video);
		if (!isUpgrade(operation)) {
			const id = how === 'poll' ? taskId : (ownId ?? taskId);
			return await this.fetchState(id, operation, how);
		}
		if (how === 'poll') return await this.repeatUpgrade(operation, video);
		const recorded = await this.fetchEnd(
			ownId ?? taskId,
			({ resolution }) => ownId !== null && is4k(resolution),
		);
		// An upgrade's own id may be one that only the 4K request knows.
		const isOpen = recorded.meaning.kind === 'processing' || (recorded.isUnknown && ownId !== null);
		return how === 'check' && isOpen ? await this.repeatUpgrade(operation, video) : recorded;
	}

	protected async create(
		{ operation, parameters, callBackUrl }: CreationOrder,
		deadline?: number,
	): Promise<SubmissionAnswer> {
		const path = CREATION_PATHS[operation];
		const body = {
			...toFields(parameters, 'veo'),
			...(callBackUrl === undefined ? {} : { callBackUrl }),
		};
		return await this.startTask({ path, body }, parameters.taskId, deadline);
	}

	/**
	 * Repeated after faults, including the 4K request: Kie answers a repeat for the same video with 422 and its
	 * state instead of starting a second upgrade.
	 */
	protected async upgrade(order: UpgradeOrder, deadline?: number): Promise<TaskAnswer> {
		const call = UPGRADES[order.operation].toCall(order);
		const meaningOf = (answer: KieAnswer) =>
			classifyUpgradeAnswer(OPERATIONS[order.operation].upgradesTo, answer);
		const answer = await this.submitCall(call, meaningOf, deadline);
		return orderAnswered(answer, meaningOf(answer));
	}

	/**
	 * The same request again: the only one whose "done" answer Kie documents. One attempt; it never
	 * carries a callback address.
	 */
	private async repeatUpgrade(
		upgrade: Upgrade,
		{ taskId, index, codes }: SubmittedTask,
	): Promise<TaskAnswer> {
		const { toCall, ordersAgain } = UPGRADES[upgrade];
		const answer = await this.account.http.call(toCall({ taskId, index: index ?? 0 }));
		const meaning = classifyUpgradeAnswer(OPERATIONS[upgrade].upgradesTo, answer);
		if (!ordersAgain) return answered(answer, meaning);
		return {
			...answered(answer, judged(meaning, judgeRepeat(codes, answer))),
			repeatedOrder: true,
		};
	}
}

function judged(meaning: Meaning, repeat: Repeat): Meaning {
	if (meaning.kind !== 'processing' || repeat === 'running') return meaning;
	return repeat === 'reordered'
		? { kind: 'failed', reason: 'reordered' }
		: { ...meaning, perhapsReordered: true };
}
