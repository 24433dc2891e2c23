import { isJsonObject } from '../../../nodes/KieVeo/values';
import * as is from './fields';
import type { Files } from './files';
import { TEXTS } from './kieTexts';
import { ALL_MODELS, inputFault, kindOf, PRICES } from './models';
import {
	type ApiRequest,
	jobIds,
	mustBeUpgradable,
	orderExtension,
	orderTask,
	orderUpgrade,
	orderVideo,
	type Route,
	tierOf,
} from './order';
import { refuse, type Reply, success } from './reply';
import { newId, type Video, type Work } from './work';

/*
 * The unified jobs API. As strict about Veo's models as Kie is known to be: names and types of what a
 * model knows are checked, a field it does not know is ignored without a word, and so is a tier that is
 * missing or misspelt: the video is Fast then. Every accepted order is a job of its own, and paid for.
 */

export const CREATE_TASK = 'POST /api/v1/jobs/createTask';

interface JobRequest extends ApiRequest {
	job: NonNullable<ApiRequest['job']>;
}

interface Model {
	input: is.Fields;
	order(request: JobRequest): Reply;
}

const GENERATE: Model = {
	input: {
		...{ prompt: is.filled, model: is.text, image_urls: is.images, generation_type: is.mode },
		...{ aspect_ratio: is.ratio, resolution: is.resolution, duration: is.duration },
		...{ enable_translation: is.boolean, watermark: is.text, enable_fallback: is.boolean },
	},
	order: (request) => {
		const { job } = request;
		const { model, resolution, image_urls: images } = job.input;
		const tier = tierOf(model);
		const input = { ...job.input, model: tier ? model : 'veo3_fast' };
		const asMade = { ...request, job: { ...job, input } };
		return orderVideo(asMade, tier ?? 'fast', { images, resolution });
	},
};

const MODELS: Record<string, Model> = {
	'veo-3-1': GENERATE,
	// The names of the tiers are taken as well, and make Fast.
	veo3: GENERATE,
	veo3_fast: GENERATE,
	veo3_lite: GENERATE,
	'veo/extend': {
		input: { task_id: is.filled, prompt: is.filled, seeds: is.seeds, watermark: is.text },
		order: (request) => {
			const video = knownVideo(request, request.job.input.task_id);
			return orderExtension(request, video, 'fast');
		},
	},
	'veo/get-4k-video': {
		input: { task_id: is.filled, index: is.index },
		order: (request) => upgrade(request, 'get4k', request.job.input.task_id),
	},
	'veo/get-1080p-video': {
		input: { taskId: is.filled, index: is.indexText },
		order: (request) => upgrade(request, 'get1080p', request.job.input.taskId),
	},
};

/** What an order is answered by. */
export function createTask(body: unknown): Route {
	const name = isJsonObject(body) ? String(body.model) : '';
	const veo = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
	if (!veo && !Object.hasOwn(ALL_MODELS, name)) {
		return { fields: {}, answer: () => refuse(422, TEXTS.unknownModel) };
	}
	return {
		fields: { input: isJsonObject, callBackUrl: is.callBackUrl },
		answer: (request) => {
			const input = request.fields.input as Record<string, unknown>;
			const fault = veo ? is.faultOf(input, veo.input) : inputFault(name, input);
			if (fault !== undefined) refuse(veo ? 422 : 500, fault, { submission: !veo });
			const order = { ...request, job: { model: name, input } };
			return veo ? veo.order(order) : orderTask(order, 'runModel', PRICES[kindOf(name)]);
		},
	};
}

export const JOB_ROUTES: Record<string, Route> = {
	'GET /api/v1/jobs/recordInfo': {
		fields: { taskId: is.filled },
		answer: ({ account, fields, simulator }) => {
			const work = simulator.find(String(fields.taskId), account, 'jobs');
			const graceMs = work?.video.scenario.record.graceMs ?? 0;
			if (!work || Date.now() - work.startedAt < graceMs) return refuse(422, TEXTS.jobNull);
			return success(jobRecord(work, simulator.files));
		},
	},
};

function knownVideo({ account, simulator }: ApiRequest, id: unknown): Video {
	return simulator.findVideo(id, account, 'jobs') ?? refuse(422, TEXTS.jobNull);
}

/** Every order of an upgrade starts and bills one. */
function upgrade(request: JobRequest, operation: 'get1080p' | 'get4k', taskId: unknown): Reply {
	const { job } = request;
	const video = knownVideo(request, taskId);
	const index = Number(job.input.index ?? 0);
	mustBeUpgradable(video, index);
	const id = newId('veo_upgrade');
	const { charged } = orderUpgrade(request, video, { id, operation, index });
	const notes = { submission: true, creditsCharged: charged, taskId: video.id, jobId: id };
	return success(jobIds(id), notes);
}

/**
 * A job as the unified jobs API shows it: the `data` of its record and its callback. `param` is JSON text, and
 * in it `input` is JSON text again.
 */
function jobRecord(work: Work, files: Files) {
	const { id, job, endedAt, startedAt, failure, state, charged, callBackUrl, video } = work;
	const { model, input } = job ?? {
		model: 'veo-3-1',
		input: { model: 'veo3_fast', resolution: '720p', ...video.request },
	};
	const failed = state === 'failed' ? failure : undefined;
	const isOfVideo = work.operation !== 'runModel';
	const result = state === 'success' ? resultOf(work, files) : null;
	return {
		taskId: id,
		model,
		state: { running: 'generating', success: 'success', failed: 'fail' }[state],
		successFlag: { running: 0, success: 1, failed: 3 }[state],
		param: JSON.stringify({ model, callBackUrl, input: JSON.stringify(input) }),
		resultJson: result === null ? '' : JSON.stringify(result),
		response: result,
		failCode: failed ? String(failed.code) : null,
		failMsg: failed ? failed.msg : null,
		costTime: endedAt === undefined ? null : Math.round((endedAt - startedAt) / 1000),
		createTime: startedAt,
		updateTime: endedAt ?? startedAt,
		completeTime: endedAt ?? null,
		// Of other models, those it has reserved until the end.
		creditsConsumed: failed ? 0 : endedAt === undefined && isOfVideo ? null : charged,
		progress: null,
	};
}

/** The body that Kie posts when a job has ended. */
export function jobCallback(work: Work, files: Files): object {
	const ended =
		work.state === 'success'
			? { code: 200, msg: TEXTS.jobDone }
			: { code: 501, msg: TEXTS.jobFailed };
	return { ...ended, data: jobRecord(work, files) };
}

/** What Suno's own endpoints post three times. */
export function stageOf(work: Work, files: Files, callbackType: 'text' | 'first' | 'complete') {
	const { videos } = files.urlsOf(work);
	const takes = { text: [], first: videos.slice(0, 1), complete: videos }[callbackType];
	const msg = callbackType === 'complete' ? TEXTS.allDone : 'success';
	return {
		code: 200,
		msg,
		data: { callbackType, task_id: work.id, data: takesOf(work.id, takes) },
	};
}

function resultOf(work: Work, files: Files): object {
	const { id, job, operation, video } = work;
	const { videos, images, full, origins, resolution } = files.urlsOf(work);
	const kind = operation === 'runModel' && kindOf(String(job?.model));
	if (kind === 'text') {
		const lyricsData = [1, 2].map((take) => ({ text: '[Verse]', title: `Waves ${take}` }));
		return { resultObject: { lyricsData } };
	}
	if (kind === 'music') {
		return { code: 200, msg: 'success', task_id: id, data: takesOf(id, videos) };
	}
	const some = (urls: string[]) => (urls.length > 0 ? urls : undefined);
	const isDeep =
		work === video ? resolution !== '720p' : video.scenario.jobs.upgradeResult === 'data';
	// Larger videos stand one level deeper, beside the 720p one.
	if (isDeep) {
		const origin_urls = files.urlsOf(video).videos.map((url) => `${url}?720p`);
		return { data: { result_urls: videos, origin_urls, image_urls: some(images) } };
	}
	const more = { imageUrls: some(images), fullResultUrls: some(full), originUrls: some(origins) };
	return { resultUrls: videos, ...more };
}

/** What a task of Suno's is shown as: two takes, no `resultUrls`. */
function takesOf(taskId: string, urls: string[]) {
	return urls.map((audio_url, at) => ({
		id: `${taskId}-${at}`,
		audio_url,
		stream_audio_url: `${audio_url}?stream`,
		image_url: `${audio_url}?cover`,
		title: 'waves',
		prompt: '',
		tags: 'waves',
		model_name: 'chirp-hawk',
		duration: 14.2,
		createTime: Date.now(),
	}));
}
