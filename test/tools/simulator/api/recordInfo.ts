import type { Account } from '../state/account';
import {
	type Envelope,
	RECORD_IS_NULL,
	RECORD_TOO_OLD,
	TASK_NOT_FOUND,
	failure,
	success,
	told,
} from './envelope';
import type { ResultUrls } from '../state/results';
import type { RecordForm } from '../state/scenario';
import { type Job, type Task, isTooOld, writtenId } from '../state/tasks';
import type { World } from '../state/world';

/** A lookup without result, in the three forms it was seen in. */
const NOT_FOUND: Record<RecordForm['graceAnswer'], Envelope> = {
	'404': TASK_NOT_FOUND,
	'422': RECORD_IS_NULL,
	null: success(null),
};

/** The state of a task, or of an upgrade that has an id of its own. */
export function recordInfo(world: World, account: Account, taskId: string): Envelope {
	const own = world.tasks.findOwnIdUpgrade(taskId, account);
	if (own) return success(record(world, own.task, own.upgrade, taskId));
	const task = world.tasks.find(taskId, account, 'veo');
	if (!task) return NOT_FOUND[world.defaults.record.unknownId];
	const { scenario, createdAt, generation } = task;
	if (Date.now() - createdAt < scenario.record.graceMs) {
		return NOT_FOUND[scenario.record.graceAnswer];
	}
	if (isTooOld(task)) return RECORD_TOO_OLD;
	if (generation.state === 'failed' && scenario.generation.failureIn === 'envelope') {
		return told(scenario.generation.failure);
	}
	if (generation.state === 'running' && scenario.record.running === '400') {
		return failure(400, scenario.record.runningText);
	}
	return success(record(world, task, shownJob(task), taskId));
}

/** Whether the results of a successful generation do not show yet. */
export function isBlank(task: Task): boolean {
	const { endedAt } = task.generation;
	return endedAt !== undefined && Date.now() - endedAt < task.scenario.record.urlsAfterMs;
}

/**
 * Which work the base id shows. While a 4K upgrade runs it is always the generation, with the
 * base URL and `successFlag: 1`: a client that takes that for the 4K result is wrong.
 */
function shownJob(task: Task): Job {
	if (task.scenario.upgrade4k.recordAfter === 'base') return task.generation;
	const ended = task.upgrades.filter(
		({ id, operation, endedAt }) =>
			id === undefined && operation === 'get4k' && endedAt !== undefined,
	);
	return ended.at(-1) ?? task.generation;
}

function record(world: World, task: Task, job: Job, askedId: string): Record<string, unknown> {
	const taskId = writtenId(task.scenario, askedId);
	const { record: form, generation } = task.scenario;
	const failedFlag = job.operation === 'get4k' ? 3 : generation.failureFlag;
	const flag = { running: form.runningFlag, success: 1, failed: failedFlag }[job.state];
	const failed = job.state === 'failed' ? job.failure : undefined;
	const data: Record<string, unknown> = {
		taskId,
		paramJson: paramJson(task.request),
		completeTime: job.endedAt === undefined ? null : timeText(job.endedAt),
		response: null,
		successFlag: form.flag === 'text' ? String(flag) : flag,
		errorCode: failed?.code ?? null,
		errorMessage: failed?.errorMessage ?? failed?.msg ?? '',
		createTime: timeText(job.operation === 'get4k' ? job.startedAt : task.createdAt),
		fallbackFlag: false,
	};
	if (job.state === 'success')
		addResult(data, taskId, world.urlsOf(task, job), form, isBlank(task));
	return data;
}

function addResult(
	data: Record<string, unknown>,
	taskId: string | number,
	urls: ResultUrls,
	form: RecordForm,
	blank: boolean,
): void {
	const list = blank ? null : urls.videos;
	const asText = list === null ? null : JSON.stringify(list);
	const response: Record<string, unknown> = {
		taskId,
		resultUrls: form.urls === 'json-text' ? asText : list,
		originUrls: blank || urls.origins.length === 0 ? null : urls.origins,
		fullResultUrls: blank ? [] : urls.full,
		resolution: urls.resolution,
		hasAudioList: urls.videos.map(() => true),
		seeds: urls.videos.map(() => 12345),
	};
	if (urls.images.length > 0) {
		response.imageUrls = urls.images;
		response.mediaIds = urls.videos.map((url) => Buffer.from(url).toString('base64url'));
	}
	if (form.urls === 'data-json-text') {
		delete response.resultUrls;
		data.resultUrls = asText;
	}
	data.response = form.response === 'json-text' ? JSON.stringify(response) : response;
}

/** The request as JSON text; the provider spells one field differently here. */
function paramJson({ watermark, ...request }: Record<string, unknown>): string {
	return JSON.stringify(watermark === undefined ? request : { ...request, waterMark: watermark });
}

/** `2025-06-06 10:30:00`, without a zone. */
function timeText(at: number): string {
	return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
