import type { CreateBody, KieClient, UpgradeRequest } from './http/client';
import type { ImageFile } from './http/multipart';
import { classifyUpgradeAnswer, type Meaning, type Upgrade } from './meaning/answer';
import type { Told } from './meaning/recordAnswer';
import { readResultFiles } from './meaning/resultFiles';
import type { Creation, Subject } from './meaning/videoResult';
import { uploadImages } from './uploadImages';

/** `lost`: the answer to a paid request never came. */
export type VideoAnswer = Told<Meaning | { kind: 'lost' }>;

/** How one video is asked for at Kie, and how its state is read afterwards. */
export interface VideoRequest {
	readonly subject: Subject;
	/** Items with the same key share one request. `null`: each is paid for and made on its own. */
	readonly key: string | null;
	/** Where Kie reports the end, for requests that can be shared. */
	readonly callBackUrl?: string;
	/**
	 * What can be done, and can fail, before anything is paid for.
	 *
	 * @throws KieVeoError
	 */
	prepare?(client: KieClient): Promise<void>;
	submit(client: KieClient): Promise<VideoAnswer>;
	check(client: KieClient, taskId: string): Promise<VideoAnswer>;
}

/**
 * So often may Kie accept the same upgrade as new. A question for one that runs is answered with 422, as
 * far as Kie documents it; an upgrade that fails before the next question is never seen running.
 */
const MAX_ORDERS = 5;

/** An upgrade of a finished video. Asked again, Kie answers with the state of the running one. */
export function upgradeRequest(upgrade: Upgrade, request: UpgradeRequest): VideoRequest {
	const { taskId, index } = request;
	let orders = 0;
	let wasRunning = false;
	const told = (answer: VideoAnswer['answer']): VideoAnswer => {
		const meaning = classifyUpgradeAnswer(upgrade, answer);
		if (upgrade !== 'get4k' || meaning.kind !== 'processing') return { answer, meaning };
		if (answer.code !== 200) wasRunning = true;
		else if (wasRunning || ++orders > MAX_ORDERS) {
			// The first one has failed. Asking on would start, and may bill, one after the other.
			return { answer, meaning: { kind: 'failed', reason: 'reordered' } };
		}
		return { answer, meaning };
	};
	return {
		subject: { operation: upgrade, taskId, index },
		key: JSON.stringify([taskId, index]),
		callBackUrl: request.callBackUrl,
		submit: async (client) => told(await client.submitUpgrade(upgrade, request)),
		check: async (client) => told(await client.checkUpgrade(upgrade, request)),
	};
}

/** The state of any task. A read that costs nothing. */
export function stateRequest(taskId: string): VideoRequest {
	return {
		subject: { operation: 'get', taskId, index: null },
		key: taskId,
		submit: async (client) => await client.getTaskState(taskId, 'many'),
		check: async (client) => await client.getTaskState(taskId, 'one'),
	};
}

/**
 * A new task.
 *
 * @param images uploaded beforehand, and sent as `imageUrls` in their order
 * @param extendedTaskId the task that is extended
 */
export function creationRequest(
	creation: Creation,
	body: CreateBody,
	{ images = [], extendedTaskId }: { images?: ImageFile[]; extendedTaskId?: string },
): VideoRequest {
	let uploaded: CreateBody = {};
	return {
		subject: { operation: creation, taskId: null, extendedTaskId, index: null },
		key: null,
		prepare: async (client) => {
			if (images.length > 0) uploaded = { imageUrls: await uploadImages(client, images) };
		},
		submit: async (client) => {
			const { answer, meaning } = await client.create(creation, { ...body, ...uploaded });
			if (meaning.kind !== 'created') return { answer, meaning };
			const files = { ...readResultFiles(null), taskId: meaning.taskId };
			return { answer, meaning: { kind: 'processing', files } };
		},
		check: async (client, taskId) => await client.getTaskState(taskId, 'one'),
	};
}
