import { createHash } from 'node:crypto';
import { type Resolution, type Tier, PRICES, generatePrice } from '../state/account';
import { type ApiRequest, type ApiRoute, limited, unpaid } from './route';
import {
	boolean,
	filledText,
	httpUrl,
	integer,
	listOf,
	object,
	oneOf,
	optional,
	required,
	text,
} from './check';
import {
	type Envelope,
	RECORD_NOT_SUCCESS,
	RECORD_TOO_OLD,
	envelopeReply,
	failure,
	told,
} from './envelope';
import type { Reply } from '../http/reply';
import { type JobOrder, type Task, isTooOld, writtenId } from '../state/tasks';

/** Names of the same three tiers, as documented and as one observer found them wanted. */
export const MODELS = new Map<unknown, Tier>([
	['veo3', 'quality'],
	['veo3_fast', 'fast'],
	['veo3_lite', 'lite'],
	['veo3.1', 'quality'],
	['veo3.1-fast', 'fast'],
	['veo3.1-lite', 'lite'],
]);

const SEED = optional(integer(10_000, 99_999));
const RATIO = optional(oneOf('16:9', '9:16', 'Auto'));

export const generate: ApiRoute = {
	operation: 'generate',
	fields: object({
		prompt: required(filledText),
		imageUrls: optional(listOf(httpUrl, 1, 3)),
		model: optional(text),
		generationType: optional(
			oneOf('TEXT_2_VIDEO', 'FIRST_AND_LAST_FRAMES_2_VIDEO', 'REFERENCE_2_VIDEO'),
		),
		aspect_ratio: RATIO,
		// The older spelling, which the provider's own playground still sends.
		aspectRatio: RATIO,
		resolution: optional(oneOf('720p', '1080p', '4k')),
		duration: optional(oneOf(4, 6, 8)),
		seeds: SEED,
		callBackUrl: optional(httpUrl),
		enableTranslation: optional(boolean),
		watermark: optional(text),
		enableFallback: optional(boolean),
	}),
	answer: (request) => {
		const { fields, world } = request;
		// Live answers refuse a missing model too, although the documents call it optional.
		const tier = MODELS.get(fields.model);
		if (!tier) return envelopeReply(failure(422, 'Invalid model'));
		const images = Array.isArray(fields.imageUrls) ? fields.imageUrls.map(String) : [];
		const problem = modeProblem(fields, tier, images.length);
		if (problem !== undefined) return envelopeReply(failure(422, problem));
		if (images.some((url) => !isFetchable(request, url))) {
			return envelopeReply(
				failure(
					400,
					'Failed to fetch the image. Kindly verify any access limits set by you or your ' +
						'service provider.',
				),
			);
		}
		const refused = limited(request);
		if (refused) return refused;
		const resolution = (fields.resolution ?? '720p') as Resolution;
		const ratio = fields.aspect_ratio ?? fields.aspectRatio;
		const next = world.takeNext(String(fields.prompt), 'veo_task');
		if (ratio === '9:16') next.scenario = { ...next.scenario, aspectRatio: ratio };
		return create(request, 'generate', next, generatePrice(tier, resolution, images.length > 0));
	},
};

export const extend: ApiRoute = {
	operation: 'extend',
	fields: object({
		taskId: required(filledText),
		prompt: required(filledText),
		seeds: SEED,
		model: optional(oneOf('fast', 'quality', 'lite')),
		watermark: optional(text),
		callBackUrl: optional(httpUrl),
	}),
	answer: (request) => {
		const { account, fields, world } = request;
		const original = world.tasks.find(String(fields.taskId), account, 'veo');
		if (!original) return envelopeReply(failure(404, 'The original video or task was not found'));
		const unfit = unextendable(original);
		if (unfit) return envelopeReply(unfit);
		const refused = limited(request);
		if (refused) return refused;
		const next = world.takeNext(String(fields.prompt), 'veo_extend_task');
		return create(request, 'extend', next, PRICES.extend[(fields.model ?? 'fast') as Tier]);
	},
};

/** Why a video cannot be extended. */
export function unextendable(original: Task): Envelope | undefined {
	if (isTooOld(original)) return RECORD_TOO_OLD;
	if (original.generation.state !== 'success') return RECORD_NOT_SUCCESS;
	const isUpgraded = original.upgrades.some(
		(job) => job.operation === 'get1080p' && job.state !== 'failed',
	);
	return isUpgraded ? failure(400, 'Videos upgraded to 1080P cannot be extended') : undefined;
}

/** Bills and starts a new task, unless it must be refused. */
export function create(
	request: ApiRequest,
	operation: 'generate' | 'extend',
	{ id, scenario }: ReturnType<ApiRequest['world']['takeNext']>,
	credits: number,
	order?: JobOrder,
): Reply {
	const { account, fields, world } = request;
	const { envelope, generation } = scenario;
	if (generation.outcome === 'refused') {
		return { ...envelopeReply(told(generation.failure), envelope), submission: true };
	}
	if (!account.charge({ operation, taskId: id, index: 0, credits })) return unpaid(request);
	const { callBackUrl, ...sent } = fields;
	world.tasks.create(
		{
			id,
			api: order ? 'jobs' : 'veo',
			operation,
			scenario,
			owner: account,
			request: order?.input ?? sent,
		},
		{ order, callBackUrl: callBackUrl as string | undefined, account, charged: credits },
	);
	const data = {
		taskId: writtenId(scenario, id),
		...(order ? { recordId: recordIdOf(id) } : {}),
	};
	const reply = envelopeReply({ ...generation.accepted, data }, envelope);
	return { ...reply, submission: true, creditsCharged: credits, taskId: id };
}

/** The other id of a job, which nothing can be read by. */
export function recordIdOf(id: string): string {
	return createHash('md5').update(id).digest('hex');
}

/** What does not go together in a request to generate. */
export function modeProblem(
	fields: Record<string, unknown>,
	tier: Tier,
	images: number,
): string | undefined {
	const inferred = images === 0 ? 'TEXT_2_VIDEO' : 'FIRST_AND_LAST_FRAMES_2_VIDEO';
	const mode = fields.generationType ?? inferred;
	if (mode === 'TEXT_2_VIDEO') {
		return images > 0 ? 'TEXT_2_VIDEO takes no imageUrls' : undefined;
	}
	if (images === 0) return `imageUrls is required for ${String(mode)}`;
	if (mode === 'FIRST_AND_LAST_FRAMES_2_VIDEO') {
		return images > 2 ? 'FIRST_AND_LAST_FRAMES_2_VIDEO takes 1 or 2 imageUrls' : undefined;
	}
	if (tier === 'quality') return 'REFERENCE_2_VIDEO supports only the Fast and Lite models';
	return fields.duration === undefined || fields.duration === 8
		? undefined
		: 'REFERENCE_2_VIDEO supports only a duration of 8';
}

/** Images on this simulator's file host must exist; others are believed, never fetched. */
export function isFetchable({ world }: ApiRequest, url: string): boolean {
	if (!url.startsWith(`${world.fileUrl}/`)) return true;
	return (
		world.files.taskOf(new URL(url).pathname) !== null ||
		world.uploads.some(({ downloadUrl }) => downloadUrl === url)
	);
}
