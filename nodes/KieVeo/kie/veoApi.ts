import { isUpgrade, OPERATIONS, type Upgrade, type VideoCreation } from '../operations';
import { inputErrors } from '../messages/input';
import type {
	Asking,
	SubmissionAnswer,
	SubmittedTask,
	TaskAnswer,
	UpgradeOrder,
	VideoOrder,
} from './api';
import { answered, BaseApi, kieTaskIdOf, toFields } from './baseApi';
import type { HttpCall } from './http/client';
import { classifyUpgradeAnswer, type KieAnswer, type Meaning } from './meaning/answer';
import { is4k } from './meaning/fields';
import { judgeRepeat, type Repeat } from './meaning/money';

/* Kie's dedicated Veo endpoints. Kie has moved its documentation before, so the paths appear only here. */

const CREATION_PATHS: Record<VideoCreation, string> = {
	generate: '/api/v1/veo/generate',
	extend: '/api/v1/veo/extend',
};

/** About what is a GET, Kie calls nobody; repeated, it starts nothing. A repeated POST may. */
const UPGRADES: Record<Upgrade, Pick<HttpCall, 'method' | 'path'>> = {
	get4k: { method: 'POST', path: '/api/v1/veo/get-4k-video' },
	get1080p: { method: 'GET', path: '/api/v1/veo/get-1080p-video' },
};

function upgradeCall(order: Omit<UpgradeOrder, 'kind'>): HttpCall {
	const { operation, taskId, index, callBackUrl } = order;
	const call = UPGRADES[operation];
	return call.method === 'GET'
		? { ...call, query: { taskId, index } }
		: { ...call, body: { taskId, index, callBackUrl } };
}

export class VeoApi extends BaseApi {
	readonly upgradesAreTasks = false;

	protected readonly recordPath = '/api/v1/veo/record-info';

	assertOffered(order: VideoOrder): void {
		if (order.kind !== 'upgrade' || order.callBackUrl === undefined) return;
		if (UPGRADES[order.operation].method === 'GET') {
			throw inputErrors.callbackNotOffered(order.operation);
		}
	}

	/**
	 * An upgrade is repeated after faults, including the 4K request: Kie answers a repeat for the same video with 422
	 * and its state instead of starting a second upgrade.
	 */
	async submit(order: VideoOrder, deadline?: number): Promise<SubmissionAnswer> {
		if (order.kind === 'creation') {
			const { operation, parameters, callBackUrl } = order;
			const body = { ...toFields(parameters, 'veo'), callBackUrl };
			return await this.startTask(CREATION_PATHS[operation], body, parameters.taskId, deadline);
		}
		const { upgradesTo } = OPERATIONS[order.operation];
		const meaningOf = (answer: KieAnswer) => classifyUpgradeAnswer(upgradesTo, answer);
		return await this.submitCall(upgradeCall(order), meaningOf, deadline);
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
			return how === 'poll'
				? await this.fetchRecord(taskId, operation)
				: await this.fetchEnd(ownId ?? taskId, operation);
		}
		if (how === 'poll') return await this.repeatUpgrade(operation, video);
		const recorded = await this.fetchEnd(
			ownId ?? taskId,
			operation,
			({ resolution }) => ownId !== null && is4k(resolution),
		);
		// An upgrade's own id may be one that only the 4K request knows.
		const isOpen = recorded.meaning.kind === 'processing' || (recorded.isUnknown && ownId !== null);
		return how === 'check' && isOpen ? await this.repeatUpgrade(operation, video) : recorded;
	}

	/**
	 * The same request again: the only one whose "done" answer Kie documents. One attempt; it never
	 * carries a callback address.
	 */
	private async repeatUpgrade(
		operation: Upgrade,
		{ taskId, index, codes }: SubmittedTask,
	): Promise<TaskAnswer> {
		const call = upgradeCall({ operation, taskId, index: index ?? 0 });
		const answer = await this.account.http.call(call);
		const meaning = classifyUpgradeAnswer(OPERATIONS[operation].upgradesTo, answer);
		if (call.method === 'GET') return answered(answer, meaning);
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
