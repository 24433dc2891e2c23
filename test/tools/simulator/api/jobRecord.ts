import type { ResultUrls } from '../state/results';
import { type Job, type JobOrder, type Task, writtenId } from '../state/tasks';
import { isBlank } from './recordInfo';

/*
 * A job as the unified jobs API shows it, in its record and in its callback. `param` is JSON text, and in it
 * `input` is JSON text again.
 */

/** Of Kie's world as much as a record needs. */
interface Results {
	urlsOf(task: Task, job: Job): ResultUrls;
}

/** The `data` of recordInfo. */
export function jobRecord(world: Results, task: Task, job: Job, id: string): object {
	const { scenario } = task;
	const { order, endedAt, startedAt, failure } = job;
	const failed = job.state === 'failed' ? failure : undefined;
	const isBlankYet = job === task.generation && isBlank(task);
	const result = job.state === 'success' && !isBlankYet ? resultOf(world, task, job) : null;
	const flags = { running: 0, success: 1, failed: 3 };
	const states = { running: scenario.jobs.running, success: 'success', failed: 'fail' };
	return {
		taskId: writtenId(scenario, id),
		model: order?.model ?? 'veo-3-1',
		state: states[job.state],
		successFlag: flags[job.state],
		param: paramOf(task, job),
		resultJson: result === null ? '' : JSON.stringify(result),
		...(scenario.jobs.result === 'both' ? { response: result } : {}),
		failCode: failed === undefined ? null : String(failed.code),
		failMsg: failed === undefined ? null : (failed.errorMessage ?? failed.msg),
		costTime: endedAt === undefined ? null : Math.round((endedAt - startedAt) / 1000),
		createTime: startedAt,
		updateTime: endedAt ?? startedAt,
		completeTime: endedAt ?? null,
		creditsConsumed: endedAt === undefined ? null : failed === undefined ? job.charged : 0,
		progress: null,
	};
}

/** The body that Kie posts when a job has ended. */
export function jobCallback(world: Results, task: Task, job: Job): object {
	const id = job.id ?? task.id;
	const isMade = job.state === 'success';
	return {
		code: isMade ? 200 : 501,
		msg: isMade ? 'Playground task completed successfully.' : 'Playground task failed.',
		data: jobRecord(world, task, job, id),
	};
}

function paramOf({ request }: Task, { order, callBackUrl }: Job): string {
	const { model, input } = order ?? putInByHand(request);
	return JSON.stringify({ model, callBackUrl, input: JSON.stringify(input) });
}

function putInByHand(request: Task['request']): JobOrder {
	return { model: 'veo-3-1', input: { model: 'veo3_fast', resolution: '720p', ...request } };
}

/** Larger videos stand one level deeper, beside the 720p one. */
function resultOf(world: Results, task: Task, job: Job): object {
	const { videos, images, full, origins, resolution } = world.urlsOf(task, job);
	const isUpgrade = job.id !== undefined;
	const isDeep = isUpgrade ? task.scenario.jobs.upgradeResult === 'data' : resolution !== '720p';
	if (!isDeep) {
		return {
			resultUrls: videos,
			...(images.length > 0 ? { imageUrls: images } : {}),
			...(full.length > 0 ? { fullResultUrls: full } : {}),
			...(origins.length > 0 ? { originUrls: origins } : {}),
		};
	}
	const base = isUpgrade ? world.urlsOf(task, task.generation).videos : videos;
	return {
		data: {
			result_urls: videos,
			origin_urls: base.map((url) => `${url}?720p`),
			...(images.length > 0 ? { image_urls: images } : {}),
		},
	};
}
