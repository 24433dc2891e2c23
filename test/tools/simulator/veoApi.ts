import type { Tier } from './account';
import { mediaIdsOf } from './callbacks/form';
import * as is from './fields';
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
import { isBlank, upgradeOf, type Work } from './work';
import type { World } from './world';

const failure = (code: number, msg: string, data: unknown = null) => ({ code, msg, data });

/** The Veo endpoints, as `docs.kie.ai/old-model/veo3-api` has them. */
export const VEO_ROUTES: Record<string, Route> = {
	'POST /api/v1/veo/generate': {
		operation: 'generate',
		fields: {
			...{ prompt: is.filled, imageUrls: is.images, model: is.text, generationType: is.mode },
			...{ aspect_ratio: is.ratio, resolution: is.resolution, duration: is.duration },
			...{ seeds: is.seeds, callBackUrl: is.callBackUrl, enableTranslation: is.boolean },
			...{ watermark: is.text, enableFallback: is.boolean },
		},
		answer: (request) => {
			const { prompt, model, imageUrls: images, resolution, aspect_ratio: ratio } = request.fields;
			// Live answers refuse a missing model too, although the documents call it optional.
			const tier = tierOf(model) ?? refuse(422, TEXTS.invalidModel);
			return orderVideo(request, { prompt, tier, images, resolution, ratio });
		},
	},
	'POST /api/v1/veo/extend': {
		operation: 'extend',
		fields: {
			...{ taskId: is.filled, prompt: is.filled, seeds: is.seeds, model: is.tier },
			...{ watermark: is.text, callBackUrl: is.callBackUrl },
		},
		answer: (request) => {
			const { account, fields, world } = request;
			const { prompt, model = 'fast' } = fields;
			const original = world.findVideo(fields.taskId, account, 'veo');
			const found = original ?? refuse(404, TEXTS.notFound);
			return orderExtension(request, found, { prompt, tier: model as Tier });
		},
	},
	'GET /api/v1/veo/record-info': { fields: { taskId: is.filled }, answer: recordInfo },
	// A GET that starts and bills the upgrade when it is asked for the first time.
	'GET /api/v1/veo/get-1080p-video': {
		operation: 'get1080p',
		fields: { taskId: is.filled, index: is.index },
		answer: (request) => upgrade(request, 'get1080p'),
	},
	// A POST that starts and bills the upgrade; a repeat tells how far it is.
	'POST /api/v1/veo/get-4k-video': {
		operation: 'get4k',
		fields: { taskId: is.filled, index: is.index, callBackUrl: is.callBackUrl },
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
	const is4k = operation === 'get4k';
	const tell = (work: Work, isFirst: boolean) => {
		const { videos, images } = world.files.urlsOf(work);
		return is4k ? state4k(work, videos, images, isFirst) : state1080p(work, videos[0]);
	};
	const earlier = upgradeOf(video, operation, index, 'veo');
	// Reading is the only way to learn of a 1080P failure, so a repeat cannot restart it.
	const restarts = is4k && upgrade4k.afterFailure === 'restart';
	if (earlier && !(earlier.state === 'failed' && restarts)) {
		return envelopeReply(tell(earlier, false), envelope);
	}
	const id = is4k && upgrade4k.ownTaskId ? `${video.id}_4k_${index}` : video.id;
	const work = orderUpgrade(request, video, { id, operation, index }, earlier);
	const notes = { submission: true, creditsCharged: work.charged };
	return envelopeReply(tell(work, true), envelope, notes);
}

function state1080p({ state, video }: Work, resultUrl?: string): Envelope {
	const { notReady, result, failure: reason } = video.scenario.upgrade1080p;
	if (state === 'failed') return { ...reason, data: null };
	if (state === 'running') {
		return {
			'400': failure(400, TEXTS.processing1080p),
			'422': failure(422, TEXTS.processing1080p),
			'no-url': success({}),
			'null-data': success(null),
			'absent-data': { code: 200, msg: 'success' },
		}[notReady];
	}
	const data = { string: { resultUrl }, array: { resultUrl: [resultUrl] } };
	return success(result === 'urls' ? { resultUrls: [resultUrl] } : data[result]);
}

function state4k(
	{ id: taskId, state, video }: Work,
	resultUrls: string[],
	imageUrls: string[],
	isFirst: boolean,
): Envelope {
	const { first, pendingData, finished, failure: reason } = video.scenario.upgrade4k;
	const nulls = { taskId, resultUrls: null, imageUrls: null };
	const pending = { nulls: { data: nulls }, null: { data: null }, absent: {} }[pendingData];
	// The first answer never has URLs, however fast the work is, unless it was made before.
	if (isFirst && first === 'accepted') return { code: 200, msg: 'success', ...pending };
	if (state === 'failed') return { ...reason, data: null };
	if (state === 'running' || (isFirst && first === 'processing')) {
		return { code: 422, msg: TEXTS.processing4k, ...pending };
	}
	const data = { taskId, resultUrls, imageUrls };
	return finished === '200' ? success(data) : failure(422, TEXTS.done4k, data);
}

/** A lookup without result, in the three forms it was seen in. */
const NOT_FOUND: Record<'404' | '422' | 'null', Envelope> = {
	'404': failure(404, TEXTS.notFound),
	'422': failure(422, TEXTS.recordNull),
	null: success(null),
};

function recordInfo({ world, account, fields }: ApiRequest): Reply {
	const asked = world.find(String(fields.taskId), account, 'veo');
	if (!asked) return envelopeReply(NOT_FOUND['422']);
	const { video } = asked;
	const { envelope, record, upgrade4k } = video.scenario;
	if (Date.now() - video.startedAt < record.graceMs) {
		return envelopeReply(NOT_FOUND[record.graceAnswer], envelope);
	}
	// While a 4K upgrade runs, the base id shows the video, with the base URL and `successFlag: 1`: a client
	// that takes that for the 4K result is wrong.
	const isShown = ({ job, operation, endedAt }: Work) =>
		!job && operation === 'get4k' && endedAt !== undefined;
	const shown = upgrade4k.recordAfter === 'base' ? undefined : video.upgrades.findLast(isShown);
	const work = asked === video ? (shown ?? video) : asked;
	return envelopeReply(success(recordOf(work, asked.id, world.files.urlsOf(work))), envelope);
}

function recordOf(
	{ state, failure: reason, operation, startedAt, endedAt, video }: Work,
	taskId: string,
	{ videos, images, origins, full, resolution }: ReturnType<World['files']['urlsOf']>,
): object {
	const { record: form } = video.scenario;
	const flag = { running: 0, success: 1, failed: operation === 'get4k' ? 3 : 2 }[state];
	const failed = state === 'failed' ? reason : undefined;
	const isHidden = isBlank(video);
	const list = isHidden ? null : videos;
	const asText = list && JSON.stringify(list);
	const isBeside = form.urls === 'data-json-text';
	const response = {
		taskId,
		...(isBeside ? {} : { resultUrls: form.urls === 'array' ? list : asText }),
		originUrls: isHidden || origins.length === 0 ? null : origins,
		fullResultUrls: isHidden ? [] : full,
		resolution,
		hasAudioList: videos.map(() => true),
		seeds: videos.map(() => 12345),
		...(images.length > 0 ? { imageUrls: images, mediaIds: mediaIdsOf(videos) } : {}),
	};
	const shown = form.response === 'json-text' ? JSON.stringify(response) : response;
	return {
		taskId,
		paramJson: JSON.stringify(video.request),
		completeTime: endedAt === undefined ? null : timeText(endedAt),
		response: state === 'success' ? shown : null,
		...(state === 'success' && isBeside ? { resultUrls: asText } : {}),
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
