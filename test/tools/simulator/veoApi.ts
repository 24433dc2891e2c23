import type { Tier } from './account';
import { mediaIdsOf } from './callbacks/form';
import {
	boolean,
	DURATION,
	filled,
	integer,
	listOf,
	MODE,
	oneOf,
	RATIO,
	RESOLUTION,
	SEEDS,
	text,
	url,
} from './fields';
import { TEXTS } from './kieTexts';
import {
	type ApiRequest,
	mustBeUpgradable,
	orderExtension,
	orderUpgrade,
	orderVideo,
	type Route,
	tierOf,
} from './order';
import { type Envelope, envelopeReply, refuse, type Reply, success } from './reply';
import type { Scenario } from './scenario';
import { isBlank, isTooOld, upgradeOf, type Video, type Work } from './work';

const failure = (code: number, msg: string, data: unknown = null) => ({ code, msg, data });

/** The Veo endpoints, as `docs.kie.ai/old-model/veo3-api` has them. */
export const VEO_ROUTES: Record<string, Route> = {
	'POST /api/v1/veo/generate': {
		operation: 'generate',
		fields: {
			required: { prompt: filled },
			optional: {
				...{ imageUrls: listOf(url, 3), model: text, generationType: MODE, aspect_ratio: RATIO },
				...{ resolution: RESOLUTION, duration: DURATION, seeds: SEEDS, callBackUrl: url },
				...{ enableTranslation: boolean, watermark: text, enableFallback: boolean },
			},
		},
		answer: (request) => {
			const { fields, world } = request;
			// Live answers refuse a missing model too, although the documents call it optional.
			const tier = tierOf(fields.model) ?? refuse(422, TEXTS.invalidModel);
			const { generationType: mode, duration, imageUrls: images, resolution } = fields;
			const order = { tier, mode, duration, images, resolution, ratio: fields.aspect_ratio };
			return orderVideo(request, order, () => world.takeNext(String(fields.prompt), 'veo_task'));
		},
	},
	'POST /api/v1/veo/extend': {
		operation: 'extend',
		fields: {
			required: { taskId: filled, prompt: filled },
			optional: {
				...{ seeds: SEEDS, model: oneOf('fast', 'quality', 'lite'), watermark: text },
				callBackUrl: url,
			},
		},
		answer: (request) => {
			const { account, fields, world } = request;
			const original = world.findVideo(fields.taskId, account, 'veo');
			const tier = (fields.model ?? 'fast') as Tier;
			return orderExtension(request, original ?? refuse(404, TEXTS.notFound), tier, () =>
				world.takeNext(String(fields.prompt), 'veo_extend_task'),
			);
		},
	},
	'GET /api/v1/veo/record-info': { fields: { required: { taskId: filled } }, answer: recordInfo },
	/** A GET that starts and bills the upgrade when it is asked for the first time. */
	'GET /api/v1/veo/get-1080p-video': {
		operation: 'get1080p',
		fields: { required: { taskId: filled }, optional: { index: integer(0) } },
		answer: (request) => upgrade(request, 'get1080p'),
	},
	/** A POST that starts and bills the upgrade; a repeat tells how far it is. */
	'POST /api/v1/veo/get-4k-video': {
		operation: 'get4k',
		fields: { required: { taskId: filled }, optional: { index: integer(0), callBackUrl: url } },
		answer: (request) => upgrade(request, 'get4k'),
	},
};

/** Finds or starts the upgrade of one video, and tells how far it is. */
function upgrade(request: ApiRequest, operation: 'get1080p' | 'get4k'): Reply {
	const { account, fields, world } = request;
	const index = Number(fields.index ?? 0);
	const video = world.findVideo(fields.taskId, account, 'veo') ?? refuse(422, TEXTS.recordNull);
	const { envelope, upgrade4k } = video.scenario;
	mustBeUpgradable(video, index);
	const tell = (work: Work, isFirst: boolean) =>
		operation === 'get4k'
			? state4k(work, world.files.urlsOf(work), isFirst)
			: state1080p(work, world.files.urlsOf(work).videos[0]);
	const earlier = upgradeOf(video, operation, index, 'veo');
	// Reading is the only way to learn of a 1080P failure, so a repeat cannot restart it.
	const restarts = operation === 'get4k' && upgrade4k.afterFailure === 'restart';
	if (earlier && !(earlier.state === 'failed' && restarts)) {
		return envelopeReply(tell(earlier, false), envelope);
	}
	const id = operation === 'get4k' && upgrade4k.ownTaskId ? `${video.id}_4k_${index}` : video.id;
	const work = orderUpgrade(request, video, { id, operation, index }, earlier);
	const notes = { submission: true, creditsCharged: work.charged };
	return envelopeReply(tell(work, true), envelope, notes);
}

const NOT_READY: Record<Scenario['upgrade1080p']['notReady'], Envelope> = {
	'400': failure(400, TEXTS.processing1080p),
	'422': failure(422, TEXTS.processing1080p),
	'no-url': success({}),
	'null-data': success(null),
	'absent-data': { code: 200, msg: 'success' },
};

function state1080p({ state, failure: reason, video }: Work, resultUrl?: string): Envelope {
	const { notReady, result, failure: planned } = video.scenario.upgrade1080p;
	if (state === 'running') return NOT_READY[notReady];
	if (state === 'failed') return { ...(reason ?? planned), data: null };
	return success(
		{
			string: { resultUrl },
			array: { resultUrl: [resultUrl] },
			urls: { resultUrls: [resultUrl] },
		}[result],
	);
}

function state4k(
	{ id, state, failure: reason, video }: Work,
	{ videos: resultUrls, images: imageUrls }: { videos: string[]; images: string[] },
	isFirst: boolean,
): Envelope {
	const { first, pendingData, finished, failure: planned } = video.scenario.upgrade4k;
	const nulls = { taskId: id, resultUrls: null, imageUrls: null };
	const pending = { nulls: { data: nulls }, null: { data: null }, absent: {} }[pendingData];
	// The first answer never has URLs, however fast the work is, unless it was made before.
	if (isFirst && first === 'accepted') return { code: 200, msg: 'success', ...pending };
	if (state === 'failed') return { ...(reason ?? planned), data: null };
	if (state === 'running' || (isFirst && first === 'processing')) {
		return { code: 422, msg: TEXTS.processing4k, ...pending };
	}
	const data = { taskId: id, resultUrls, imageUrls };
	return finished === '200' ? success(data) : failure(422, TEXTS.done4k, data);
}

/** A lookup without result, in the three forms it was seen in. */
const NOT_FOUND: Record<Scenario['record']['graceAnswer'], Envelope> = {
	'404': failure(404, TEXTS.notFound),
	'422': failure(422, TEXTS.recordNull),
	null: success(null),
};

function recordInfo({ world, account, fields }: ApiRequest): Reply {
	const asked = world.find(String(fields.taskId), account, 'veo');
	if (!asked) return envelopeReply(NOT_FOUND[world.defaults.record.unknownId]);
	const { video } = asked;
	const { envelope, record, generation } = video.scenario;
	const tell = () => {
		if (Date.now() - video.startedAt < record.graceMs) return NOT_FOUND[record.graceAnswer];
		if (isTooOld(video)) return failure(422, TEXTS.recordTooOld);
		if (asked.state === 'failed' && asked === video && generation.failureIn === 'envelope') {
			return failure(generation.failure.code, generation.failure.msg);
		}
		const work = asked === video ? shownWork(video) : asked;
		return success(recordOf(work, fields.taskId, world.files.urlsOf(work)));
	};
	return envelopeReply(tell(), envelope);
}

/**
 * Which work the base id shows. While a 4K upgrade runs it is always the generation, with the
 * base URL and `successFlag: 1`: a client that takes that for the 4K result is wrong.
 */
function shownWork(video: Video): Work {
	if (video.scenario.upgrade4k.recordAfter === 'base') return video;
	const isShown = ({ job, operation, endedAt }: Work) =>
		!job && operation === 'get4k' && endedAt !== undefined;
	return video.upgrades.findLast(isShown) ?? video;
}

function recordOf(
	{ state, failure: reason, operation, startedAt, endedAt, video }: Work,
	taskId: unknown,
	urls: ReturnType<ApiRequest['world']['files']['urlsOf']>,
): Record<string, unknown> {
	const { record: form, generation } = video.scenario;
	const failedFlag = operation === 'get4k' ? 3 : generation.failureFlag;
	const flag = { running: form.runningFlag, success: 1, failed: failedFlag }[state];
	const failed = state === 'failed' ? reason : undefined;
	const isHidden = isBlank(video);
	const list = isHidden ? null : urls.videos;
	const isBeside = form.urls === 'data-json-text';
	const response = {
		taskId,
		...(isBeside
			? {}
			: { resultUrls: form.urls === 'array' ? list : list && JSON.stringify(list) }),
		originUrls: isHidden || urls.origins.length === 0 ? null : urls.origins,
		fullResultUrls: isHidden ? [] : urls.full,
		resolution: urls.resolution,
		hasAudioList: urls.videos.map(() => true),
		seeds: urls.videos.map(() => 12345),
		...(urls.images.length > 0
			? { imageUrls: urls.images, mediaIds: mediaIdsOf(urls.videos) }
			: {}),
	};
	const shown = form.response === 'json-text' ? JSON.stringify(response) : response;
	return {
		taskId,
		paramJson: JSON.stringify(video.request),
		completeTime: endedAt === undefined ? null : timeText(endedAt),
		response: state === 'success' ? shown : null,
		...(state === 'success' && isBeside ? { resultUrls: list && JSON.stringify(list) } : {}),
		successFlag: form.flag === 'text' ? String(flag) : flag,
		errorCode: failed?.code ?? null,
		errorMessage: failed?.msg ?? '',
		createTime: timeText(startedAt),
		fallbackFlag: false,
	};
}

/** `2025-06-06 10:30:00`, without a zone. */
function timeText(at: number): string {
	return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
