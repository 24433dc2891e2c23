import {
	boolean,
	digits,
	DURATION,
	faultOf,
	type Fields,
	filled,
	integer,
	listOf,
	MODE,
	RATIO,
	RESOLUTION,
	SEEDS,
	text,
	url,
} from './fields';
import { jobRecord } from './jobRecord';
import { TEXTS } from './kieTexts';
import {
	type ApiRequest,
	mustBeUpgradable,
	orderExtension,
	orderUpgrade,
	orderVideo,
	recordIdOf,
	type Route,
	tierOf,
} from './order';
import { envelopeReply, refuse, type Reply, success } from './reply';
import { isObject, type Operation } from './scenario';
import type { Video } from './work';
import { newId } from './world';

/*
 * The unified jobs API as far as it is about Veo. As strict as Kie is known to be: names and types of what a
 * model knows are checked, a field it does not know is ignored without a word, and so is a tier that is
 * missing or misspelt: the video is Fast then. Every accepted order is a job of its own, and paid for.
 */

interface JobRequest extends ApiRequest {
	model: string;
	input: Record<string, unknown>;
}

interface Model {
	operation: Operation;
	input: Fields;
	order(request: JobRequest): Reply;
}

const GENERATE: Model = {
	operation: 'generate',
	input: {
		required: { prompt: filled },
		optional: {
			...{ model: text, image_urls: listOf(url, 3), generation_type: MODE, aspect_ratio: RATIO },
			...{ resolution: RESOLUTION, duration: DURATION, enable_translation: boolean },
			...{ watermark: text, enable_fallback: boolean },
		},
	},
	order: (request) => {
		const { world, model, input } = request;
		const next = world.takeNext(String(input.prompt), 'veo_job');
		const asked = next.scenario.jobs.tier === 'honoured' ? tierOf(input.model) : undefined;
		const made = { ...input, model: asked ? input.model : 'veo3_fast' };
		const { generation_type: mode, duration, image_urls: images, resolution } = input;
		const ratio = input.aspect_ratio;
		const order = { tier: asked ?? 'fast', mode, duration, images, resolution, ratio } as const;
		return orderVideo(request, order, () => next, { model, input: made });
	},
};

const MODELS = new Map<unknown, Model>([
	['veo-3-1', GENERATE],
	// The names of the tiers are taken as well, and make Fast.
	['veo3', GENERATE],
	['veo3_fast', GENERATE],
	['veo3_lite', GENERATE],
	[
		'veo/extend',
		{
			operation: 'extend',
			input: {
				required: { task_id: filled, prompt: filled },
				optional: { seeds: SEEDS, watermark: text },
			},
			order: (request) => {
				const { world, model, input } = request;
				return orderExtension(
					request,
					knownVideo(request, input.task_id),
					'fast',
					() => world.takeNext(String(input.prompt), 'veo_extend_job'),
					{ model, input },
				);
			},
		},
	],
	[
		'veo/get-4k-video',
		{
			operation: 'get4k',
			input: { required: { task_id: filled }, optional: { index: integer(0) } },
			order: (request) => upgrade(request, 'get4k', request.input.task_id),
		},
	],
	[
		'veo/get-1080p-video',
		{
			operation: 'get1080p',
			input: { required: { taskId: filled }, optional: { index: digits } },
			order: (request) => upgrade(request, 'get1080p', request.input.taskId),
		},
	],
]);

/** What an order is answered by. */
export function createTask(body: unknown): Route {
	const name = isObject(body) ? body.model : undefined;
	const model = MODELS.get(name);
	return {
		operation: model?.operation,
		fields: model ? { required: { input: isObject }, optional: { callBackUrl: url } } : {},
		answer: (request) => {
			if (!model) refuse(422, TEXTS.invalidModel);
			const input = request.fields.input as Record<string, unknown>;
			const fault = faultOf(input, model.input);
			if (fault !== undefined) refuse(422, fault);
			return model.order({ ...request, model: String(name), input });
		},
	};
}

export const JOB_ROUTES: Record<string, Route> = {
	'GET /api/v1/jobs/recordInfo': {
		fields: { required: { taskId: filled } },
		answer: ({ account, fields, world }) => {
			const work = world.find(String(fields.taskId), account, 'jobs');
			if (!work) return refuse(422, TEXTS.jobNull);
			const { graceMs } = work.video.scenario.record;
			if (Date.now() - work.startedAt < graceMs) refuse(422, TEXTS.jobNull);
			return envelopeReply(success(jobRecord(work, world.files)));
		},
	},
	/** What Kie says about each of its models. Free. */
	...Object.fromEntries(
		[...MODELS].map(([model, { input }]): [string, Route] => [
			`GET /api/v1/models/${String(model)}/schema`,
			{ fields: {}, answer: () => envelopeReply(success({ model, openapi: schemaOf(input) })) },
		]),
	),
};

/** As much of an OpenAPI document as names the fields of an order. */
function schemaOf({ required = {}, optional = {} }: Fields): object {
	const names = Object.keys({ ...required, ...optional });
	const properties = Object.fromEntries(names.map((name) => [name, {}]));
	const input = { type: 'object', properties, required: Object.keys(required) };
	const content = { 'application/json': { schema: { properties: { input } } } };
	return { paths: { '/api/v1/jobs/createTask': { post: { requestBody: { content } } } } };
}

function knownVideo({ account, world }: ApiRequest, id: unknown): Video {
	return world.findVideo(id, account, 'jobs') ?? refuse(422, TEXTS.jobNull);
}

/** Every order of an upgrade starts and bills one. */
function upgrade(request: JobRequest, operation: 'get1080p' | 'get4k', taskId: unknown): Reply {
	const { fields, model, input } = request;
	const video = knownVideo(request, taskId);
	const index = Number(input.index ?? 0);
	const isAnonymous = operation === 'get1080p' && fields.callBackUrl === undefined;
	if (isAnonymous && video.scenario.jobs.callBackUrl1080p === 'required') {
		refuse(422, TEXTS.callBackUrlRequired);
	}
	mustBeUpgradable(video, index);
	const id = newId('veo_upgrade');
	const { charged } = orderUpgrade(request, video, { id, operation, index, job: { model, input } });
	const notes = { submission: true, creditsCharged: charged, taskId: video.id, jobId: id };
	return envelopeReply(success({ taskId: id, recordId: recordIdOf(id) }), {}, notes);
}
