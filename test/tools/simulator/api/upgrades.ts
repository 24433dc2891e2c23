import { PRICES } from '../state/account';
import { type ApiRequest, type ApiRoute, limited, unpaid } from './route';
import { filledText, httpUrl, integer, object, optional, required } from './check';
import {
	type Envelope,
	RECORD_IS_NULL,
	RECORD_NOT_SUCCESS,
	RECORD_RESULT_BLANK,
	RECORD_RESULT_MISSING,
	RECORD_TOO_OLD,
	envelopeReply,
	failure,
	success,
	told,
} from './envelope';
import { isBlank } from './recordInfo';
import type { Reply } from '../http/reply';
import type { Scenario } from '../state/scenario';
import { type Job, type Task, isTooOld, upgradeTaskId, writtenId } from '../state/tasks';

/** A GET that starts and bills the upgrade when it is asked for the first time. */
export const get1080p: ApiRoute = {
	operation: 'get1080p',
	fields: object({ taskId: required(filledText), index: optional(integer(0)) }),
	answer: (request) =>
		upgrade(request, 'get1080p', (task, job) => {
			const scenario = task.scenario.upgrade1080p;
			if (job.state === 'running') return NOT_READY[scenario.notReady](scenario.runningText);
			if (job.state === 'failed') return told(scenario.failure);
			const [url = ''] = request.world.urlsOf(task, job).videos;
			return success(RESULT_1080P[scenario.result](url));
		}),
};

/** A POST that starts and bills the upgrade; a repeat tells how far it is. */
export const get4k: ApiRoute = {
	operation: 'get4k',
	fields: object({
		taskId: required(filledText),
		index: optional(integer(0)),
		callBackUrl: optional(httpUrl),
	}),
	answer: (request) =>
		upgrade(request, 'get4k', (task, job, isFirst) => {
			const scenario = task.scenario.upgrade4k;
			const taskId = writtenId(task.scenario, upgradeTaskId(task, job.index));
			const pending = PENDING_DATA[scenario.pendingData](taskId);
			// The first answer never has URLs, however fast the work is, unless it was made before.
			if (isFirst && scenario.first === 'accepted') return { ...scenario.accepted, ...pending };
			if (job.state === 'failed') return told(scenario.failure);
			if (job.state === 'running' || (isFirst && scenario.first === 'processing')) {
				return { code: scenario.runningCode, msg: scenario.runningText, ...pending };
			}
			const urls = request.world.urlsOf(task, job);
			const data = { taskId, resultUrls: urls.videos, imageUrls: urls.images };
			return scenario.finished === '200'
				? success(data)
				: failure(422, scenario.finishedText, data);
		}),
};

type Upgrade1080p = Scenario['upgrade1080p'];

const NOT_READY: Record<Upgrade1080p['notReady'], (text: string) => Envelope> = {
	'400': (text) => failure(400, text),
	'422': (text) => failure(422, text),
	'no-url': () => success({}),
	'null-data': () => success(null),
	'absent-data': () => ({ code: 200, msg: 'success' }),
};

const RESULT_1080P: Record<Upgrade1080p['result'], (url: string) => unknown> = {
	string: (url) => ({ resultUrl: url }),
	array: (url) => ({ resultUrl: [url] }),
	urls: (url) => ({ resultUrls: [url] }),
};

const PENDING_DATA: Record<
	Scenario['upgrade4k']['pendingData'],
	(taskId: string | number) => Pick<Envelope, 'data'>
> = {
	nulls: (taskId) => ({ data: { taskId, resultUrls: null, imageUrls: null } }),
	empty: (taskId) => ({ data: { taskId, resultUrls: [], imageUrls: [] } }),
	null: () => ({ data: null }),
	absent: () => ({}),
};

/** Finds or starts the upgrade of one video, and lets `tell` answer how far it is. */
function upgrade(
	request: ApiRequest,
	operation: 'get1080p' | 'get4k',
	tell: (task: Task, job: Job, isFirst: boolean) => Envelope,
): Reply {
	const { account, fields, world } = request;
	const index = Number(fields.index ?? 0);
	const callBackUrl = fields.callBackUrl as string | undefined;
	const task = world.tasks.find(String(fields.taskId), account, 'veo');
	if (!task) return envelopeReply(RECORD_IS_NULL);
	const { envelope, upgrade1080p, upgrade4k } = task.scenario;
	const reply = (answer: Envelope) => envelopeReply(answer, envelope);
	const unfit = unfitness(task, index);
	if (unfit) return reply(unfit);

	const earlier = world.tasks.upgrade(task, operation, index, 'veo');
	// Reading is the only way to learn of a 1080P failure, so a repeat cannot restart it.
	const restarts = operation === 'get4k' && upgrade4k.afterFailure === 'restart';
	if (earlier && !(earlier.state === 'failed' && restarts)) {
		if (callBackUrl !== undefined && upgrade4k.repeatCallBackUrl === 'replace') {
			earlier.callBackUrl = callBackUrl;
		}
		return reply(tell(task, earlier, false));
	}

	const refused = limited(request);
	if (refused) return refused;
	const scenario = operation === 'get4k' ? upgrade4k : upgrade1080p;
	if (scenario.outcome === 'refused') {
		return { ...reply(told(scenario.failure)), submission: true };
	}
	const madeBefore = operation === 'get4k' && upgrade4k.first === 'done';
	const credits = madeBefore ? 0 : PRICES[operation];
	if (!madeBefore && !account.charge({ operation, taskId: task.id, index, credits })) {
		return unpaid(request);
	}
	const job = world.tasks.startUpgrade(task, {
		operation,
		index,
		callBackUrl: madeBefore ? undefined : callBackUrl,
		account,
		charged: credits,
	});
	if (madeBefore) world.tasks.end(task, job);
	return { ...reply(tell(task, job, true)), submission: true, creditsCharged: credits };
}

/** Why a video cannot be upgraded. */
export function unfitness(task: Task, index: number): Envelope | undefined {
	if (isTooOld(task)) return RECORD_TOO_OLD;
	if (task.generation.state !== 'success') return RECORD_NOT_SUCCESS;
	if (isBlank(task)) return RECORD_RESULT_BLANK;
	return index < task.scenario.videos ? undefined : RECORD_RESULT_MISSING;
}
