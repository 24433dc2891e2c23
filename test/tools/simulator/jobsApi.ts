import { inputFault, kindOf, PRICES, runsAsJob } from './catalogue';
import * as is from './fields';
import { jobRecord } from './jobRecord';
import { TEXTS } from './kieTexts';
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
import { envelopeReply, refuse, type Reply, success } from './reply';
import { isObject, type Operation } from './scenario';
import type { Video } from './work';
import { newId } from './world';

/*
 * The unified jobs API. As strict about Veo's models as Kie is known to be: names and types of what a
 * model knows are checked, a field it does not know is ignored without a word, and so is a tier that is
 * missing or misspelt: the video is Fast then. Every accepted order is a job of its own, and paid for.
 */

export const CREATE_TASK = 'POST /api/v1/jobs/createTask';

interface JobRequest extends ApiRequest {
	job: { model: string; input: Record<string, unknown> };
}

interface Model {
	operation: Operation;
	input: is.Fields;
	order(request: JobRequest): Reply;
}

const GENERATE: Model = {
	operation: 'generate',
	input: {
		...{ prompt: is.filled, model: is.text, image_urls: is.images, generation_type: is.mode },
		...{ aspect_ratio: is.ratio, resolution: is.resolution, duration: is.duration },
		...{ enable_translation: is.boolean, watermark: is.text, enable_fallback: is.boolean },
	},
	order: (request) => {
		const { job } = request;
		const { prompt, resolution, image_urls: images, aspect_ratio: ratio } = job.input;
		const asked = tierOf(job.input.model);
		const made = { ...job.input, model: asked ? job.input.model : 'veo3_fast' };
		const order = { prompt, tier: asked ?? 'fast', images, resolution, ratio };
		return orderVideo(request, order, { ...job, input: made });
	},
};

const MODELS: Record<string, Model> = {
	'veo-3-1': GENERATE,
	// The names of the tiers are taken as well, and make Fast.
	veo3: GENERATE,
	veo3_fast: GENERATE,
	veo3_lite: GENERATE,
	'veo/extend': {
		operation: 'extend',
		input: { task_id: is.filled, prompt: is.filled, seeds: is.seeds, watermark: is.text },
		order: (request) => {
			const { prompt, task_id: id } = request.job.input;
			const order = { prompt, tier: 'fast' } as const;
			return orderExtension(request, knownVideo(request, id), order, request.job);
		},
	},
	'veo/get-4k-video': {
		operation: 'get4k',
		input: { task_id: is.filled, index: is.index },
		order: (request) => upgrade(request, 'get4k', request.job.input.task_id),
	},
	'veo/get-1080p-video': {
		operation: 'get1080p',
		input: { taskId: is.filled, index: is.indexText },
		order: (request) => upgrade(request, 'get1080p', request.job.input.taskId),
	},
};

/** What an order is answered by. */
export function createTask(body: unknown): Route {
	const name = isObject(body) ? String(body.model) : '';
	const veo = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
	if (!veo && !runsAsJob(name)) {
		return { fields: {}, answer: () => refuse(422, TEXTS.unknownModel) };
	}
	return {
		operation: veo?.operation ?? 'runModel',
		fields: { input: isObject, callBackUrl: is.callBackUrl },
		answer: (request) => {
			const input = request.fields.input as Record<string, unknown>;
			const job = { model: name, input };
			if (!veo) return runModel({ ...request, job });
			const fault = is.faultOf(input, veo.input);
			if (fault !== undefined) refuse(422, fault);
			return veo.order({ ...request, job });
		},
	};
}

const recordInfo: Route = {
	fields: { taskId: is.filled },
	answer: ({ account, fields, world }) => {
		const work = world.find(String(fields.taskId), account, 'jobs');
		const graceMs = work?.video.scenario.record.graceMs ?? 0;
		if (!work || Date.now() - work.startedAt < graceMs) return refuse(422, TEXTS.jobNull);
		return envelopeReply(success(jobRecord(work, world.files)));
	},
};

export const JOB_ROUTES: Record<string, Route> = {
	'GET /api/v1/jobs/recordInfo': recordInfo,
};

/** A model other than Veo's. */
function runModel(request: JobRequest): Reply {
	const { job } = request;
	const fault = inputFault(job.model, job.input);
	if (fault !== undefined) refuse(500, fault, { submission: true });
	return orderTask(request, job, PRICES[kindOf(job.model)]);
}

function knownVideo({ account, world }: ApiRequest, id: unknown): Video {
	return world.findVideo(id, account, 'jobs') ?? refuse(422, TEXTS.jobNull);
}

/** Every order of an upgrade starts and bills one. */
function upgrade(request: JobRequest, operation: 'get1080p' | 'get4k', taskId: unknown): Reply {
	const { job } = request;
	const video = knownVideo(request, taskId);
	const index = Number(job.input.index ?? 0);
	mustBeUpgradable(video, index);
	const id = newId('veo_upgrade');
	const { charged } = orderUpgrade(request, video, { id, operation, index, job });
	const notes = { submission: true, creditsCharged: charged, taskId: video.id, jobId: id };
	return envelopeReply(success(jobIds(id)), {}, notes);
}
