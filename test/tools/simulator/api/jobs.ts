import { type Resolution, PRICES, generatePrice } from '../state/account';
import type { Operation } from '../state/scenario';
import { type Task, newTaskId, writtenId } from '../state/tasks';
import {
	type Check,
	type Shape,
	boolean,
	filledText,
	httpUrl,
	integer,
	isPlainObject,
	listOf,
	object,
	oneOf,
	optional,
	required,
	text,
} from './check';
import { create, isFetchable, MODELS, modeProblem, recordIdOf, unextendable } from './creation';
import { envelopeReply, failure, success, told } from './envelope';
import { jobRecord } from './jobRecord';
import type { Reply } from '../http/reply';
import { type ApiRequest, type ApiRoute, limited, unpaid } from './route';
import { unfitness } from './upgrades';

/*
 * The unified jobs API as far as it is about Veo. As strict as Kie is known to be: names and types of what a
 * model knows are checked, a field it does not know is ignored without a word, and so is a tier that is
 * missing or misspelt: the video is Fast then. Every accepted order is a job of its own, and paid for.
 */

export const CREATE_TASK = 'POST /api/v1/jobs/createTask';

const RECORD_INFO_IS_NULL = failure(422, 'recordInfo is null');

interface Model {
	operation: Operation;
	input: Shape;
	order(request: ApiRequest, model: string): Reply;
}

const SEED = optional(integer(10_000, 99_999));

const GENERATE: Model = {
	operation: 'generate',
	input: {
		prompt: required(filledText),
		model: optional(text),
		image_urls: optional(listOf(httpUrl, 1, 3)),
		generation_type: optional(
			oneOf('TEXT_2_VIDEO', 'FIRST_AND_LAST_FRAMES_2_VIDEO', 'REFERENCE_2_VIDEO'),
		),
		aspect_ratio: optional(oneOf('16:9', '9:16', 'Auto')),
		resolution: optional(oneOf('720p', '1080p', '4k')),
		duration: optional(oneOf(4, 6, 8)),
		enable_translation: optional(boolean),
		watermark: optional(text),
		enable_fallback: optional(boolean),
	},
	order: (request, model) => {
		const { world } = request;
		const input = inputOf(request);
		const images = Array.isArray(input.image_urls) ? input.image_urls.map(String) : [];
		const next = world.takeNext(String(input.prompt), 'veo_job');
		const honoured = next.scenario.jobs.tier === 'honoured' && MODELS.has(input.model);
		const tierName = honoured ? String(input.model) : 'veo3_fast';
		const tier = MODELS.get(tierName) ?? 'fast';
		const fields = { generationType: input.generation_type, duration: input.duration };
		const problem = modeProblem(fields, tier, images.length);
		if (problem !== undefined) return envelopeReply(failure(422, problem));
		if (images.some((url) => !isFetchable(request, url))) {
			return envelopeReply(failure(400, 'Failed to fetch the image.'));
		}
		const refused = limited(request);
		if (refused) return refused;
		if (input.aspect_ratio === '9:16') next.scenario = { ...next.scenario, aspectRatio: '9:16' };
		const resolution = (input.resolution ?? '720p') as Resolution;
		const price = generatePrice(tier, resolution, images.length > 0);
		return create(request, 'generate', next, price, {
			model,
			input: { ...input, model: tierName },
		});
	},
};

const EXTEND: Model = {
	operation: 'extend',
	input: {
		task_id: required(filledText),
		prompt: required(filledText),
		seeds: SEED,
		watermark: optional(text),
	},
	order: (request, model) => {
		const input = inputOf(request);
		const original = knownTask(request, input.task_id);
		if (!original) return envelopeReply(RECORD_INFO_IS_NULL);
		const unfit = unextendable(original);
		if (unfit) return envelopeReply(unfit);
		const refused = limited(request);
		if (refused) return refused;
		const next = request.world.takeNext(String(input.prompt), 'veo_extend_job');
		return create(request, 'extend', next, PRICES.extend.fast, { model, input });
	},
};

const GET_4K: Model = {
	operation: 'get4k',
	input: { task_id: required(filledText), index: optional(integer(0)) },
	order: (request, model) => upgrade(request, 'get4k', model),
};

const GET_1080P: Model = {
	operation: 'get1080p',
	input: { taskId: required(filledText), index: optional(numericText) },
	order: (request, model) => upgrade(request, 'get1080p', model),
};

/** The names of the tiers are taken as well, and make Fast. */
const JOB_MODELS = new Map<unknown, Model>([
	['veo-3-1', GENERATE],
	['veo3', GENERATE],
	['veo3_fast', GENERATE],
	['veo3_lite', GENERATE],
	['veo/extend', EXTEND],
	['veo/get-4k-video', GET_4K],
	['veo/get-1080p-video', GET_1080P],
]);

/** What an order is answered by. */
export function jobOf(body: unknown): ApiRoute {
	const name = isPlainObject(body) ? body.model : undefined;
	const model = JOB_MODELS.get(name);
	if (!model) {
		return { fields: () => undefined, answer: () => envelopeReply(failure(422, 'Invalid model')) };
	}
	return {
		operation: model.operation,
		fields: knownFields({
			model: required(filledText),
			callBackUrl: optional(httpUrl),
			input: required(knownFields(model.input)),
		}),
		answer: (request) => model.order(request, String(name)),
	};
}

export const jobRecordRoute: ApiRoute = {
	fields: object({ taskId: required(filledText) }),
	answer: ({ world, account, fields }) => {
		const id = String(fields.taskId);
		const own = world.tasks.findJob(id, account);
		const task = own?.task ?? world.tasks.find(id, account, 'jobs');
		if (!task) return envelopeReply(RECORD_INFO_IS_NULL);
		const since = own?.upgrade.startedAt ?? task.createdAt;
		if (Date.now() - since < task.scenario.record.graceMs) {
			return envelopeReply(RECORD_INFO_IS_NULL);
		}
		return envelopeReply(success(jobRecord(world, task, own?.upgrade ?? task.generation, id)));
	},
};

/** What Kie says about each of its models, by path. Free. */
export const SCHEMA_ROUTES: Array<[name: string, route: ApiRoute]> = [...JOB_MODELS].map(
	([name, { input }]) => [
		`GET /api/v1/models/${String(name)}/schema`,
		{
			fields: object({}),
			answer: () => envelopeReply(success({ model: name, openapi: schemaOf(input) })),
		},
	],
);

/** As much of an OpenAPI document as names the fields of an order. */
function schemaOf(input: Shape): object {
	const names = Object.keys(input);
	const properties = Object.fromEntries(names.map((name) => [name, {}]));
	const isRequired = (name: string) => input[name]?.required;
	const schema = {
		properties: { input: { type: 'object', properties, required: names.filter(isRequired) } },
	};
	const content = { 'application/json': { schema } };
	return { paths: { '/api/v1/jobs/createTask': { post: { requestBody: { content } } } } };
}

/** What is known is checked; what is not is ignored. */
function knownFields(shape: Shape): Check {
	const check = object(shape);
	return (value, name) => {
		if (!isPlainObject(value)) return check(value, name);
		const known = Object.entries(value).filter(([field]) => Object.hasOwn(shape, field));
		return check(Object.fromEntries(known), name);
	};
}

function numericText(value: unknown, name: string): string | undefined {
	return typeof value === 'string' && /^\d+$/.test(value)
		? undefined
		: `${name} must be a string with a number`;
}

function inputOf({ fields }: ApiRequest): Record<string, unknown> {
	return isPlainObject(fields.input) ? fields.input : {};
}

function knownTask({ world, account }: ApiRequest, id: unknown): Task | undefined {
	return world.tasks.find(String(id), account, 'jobs');
}

/** Every order of an upgrade starts and bills one. */
function upgrade(request: ApiRequest, operation: 'get1080p' | 'get4k', model: string): Reply {
	const { account, fields, world } = request;
	const input = inputOf(request);
	const index = Number(input.index ?? 0);
	const callBackUrl = fields.callBackUrl as string | undefined;
	const task = knownTask(request, input.task_id ?? input.taskId);
	if (!task) return envelopeReply(RECORD_INFO_IS_NULL);
	const { upgrade1080p, upgrade4k, jobs } = task.scenario;
	const scenario = operation === 'get4k' ? upgrade4k : upgrade1080p;
	const isAnonymous = operation === 'get1080p' && callBackUrl === undefined;
	if (isAnonymous && jobs.callBackUrl1080p === 'required') {
		return envelopeReply(failure(422, 'Please enter callBackUrl.'));
	}
	const unfit = unfitness(task, index);
	if (unfit) return envelopeReply(unfit);
	const refused = limited(request);
	if (refused) return refused;
	if (scenario.outcome === 'refused') {
		return { ...envelopeReply(told(scenario.failure)), submission: true };
	}
	const credits = PRICES[operation];
	if (!account.charge({ operation, taskId: task.id, index, credits })) return unpaid(request);
	const id = newTaskId(task.scenario, 'veo_upgrade');
	const order = { model, input };
	world.tasks.startUpgrade(task, {
		id,
		order,
		operation,
		index,
		callBackUrl,
		account,
		charged: credits,
	});
	const data = { taskId: writtenId(task.scenario, id), recordId: recordIdOf(id) };
	return {
		...envelopeReply(success(data)),
		submission: true,
		creditsCharged: credits,
		taskId: task.id,
		jobId: id,
	};
}
