import type { Tier } from './account';
import * as is from './fields';
import type { ResultUrls } from './files';
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
import { envelope, refuse, type Reply, success } from './reply';
import { upgradeOf, type Work } from './work';

/** The Veo endpoints, as `docs.kie.ai/old-model/veo3-api` has them. */
export const VEO_ROUTES: Record<string, Route> = {
	'POST /api/v1/veo/generate': {
		fields: {
			...{ prompt: is.filled, imageUrls: is.images, model: is.text, generationType: is.mode },
			...{ aspect_ratio: is.ratio, resolution: is.resolution, duration: is.duration },
			...{ seeds: is.seeds, callBackUrl: is.callBackUrl, enableTranslation: is.boolean },
			...{ watermark: is.text, enableFallback: is.boolean },
		},
		answer: (request) => {
			const { model, imageUrls: images, resolution } = request.fields;
			// Live answers refuse a missing model too, although the documents call it optional.
			const tier = tierOf(model) ?? refuse(422, TEXTS.invalidModel);
			return orderVideo(request, tier, { images, resolution });
		},
	},
	'POST /api/v1/veo/extend': {
		fields: {
			...{ taskId: is.filled, prompt: is.filled, seeds: is.seeds, model: is.tier },
			...{ watermark: is.text, callBackUrl: is.callBackUrl },
		},
		answer: (request) => {
			const { account, fields, simulator } = request;
			const original = simulator.findVideo(fields.taskId, account, 'veo');
			const found = original ?? refuse(404, TEXTS.notFound);
			return orderExtension(request, found, (fields.model ?? 'fast') as Tier);
		},
	},
	'GET /api/v1/veo/record-info': { fields: { taskId: is.filled }, answer: recordInfo },
	// A GET that starts and bills the upgrade when it is asked for the first time.
	'GET /api/v1/veo/get-1080p-video': {
		fields: { taskId: is.filled, index: is.indexText },
		answer: (request) => upgrade(request, 'get1080p'),
	},
	// A POST that starts and bills the upgrade; a repeat tells how far it is.
	'POST /api/v1/veo/get-4k-video': {
		fields: { taskId: is.filled, index: is.index, callBackUrl: is.callBackUrl },
		answer: (request) => upgrade(request, 'get4k'),
	},
};

/** Finds or starts the upgrade of one video, and tells how far it is. */
function upgrade(request: ApiRequest, operation: 'get1080p' | 'get4k'): Reply {
	const { account, fields, simulator } = request;
	const index = Number(fields.index ?? 0);
	const video = simulator.findVideo(fields.taskId, account, 'veo') ?? refuse(422, TEXTS.recordNull);
	mustBeUpgradable(video, index);
	const tell = (work: Work, isFirst: boolean) => {
		const urls = simulator.files.urlsOf(work);
		return operation === 'get4k' ? state4k(work, urls, isFirst) : state1080p(work, urls);
	};
	const earlier = upgradeOf(video, operation, index, 'veo');
	const { ownTaskId, afterFailure } = video.scenario.upgrade4k;
	// Reading is the only way to learn of a 1080P failure, so a repeat cannot restart it.
	const restarts = operation === 'get4k' && afterFailure === 'restart';
	if (earlier && !(earlier.state === 'failed' && restarts)) return tell(earlier, false);
	const id = operation === 'get4k' && ownTaskId ? `${video.id}_4k_${index}` : video.id;
	const work = orderUpgrade(request, video, { id, operation, index }, earlier);
	return { ...tell(work, true), submission: true, creditsCharged: work.charged };
}

function state1080p({ state, failure }: Work, { videos: [resultUrl] }: ResultUrls): Reply {
	if (state === 'running') return envelope(400, TEXTS.processing1080p);
	return failure ? envelope(failure.code, failure.msg) : success({ resultUrl });
}

function state4k(
	{ id: taskId, state, failure, video }: Work,
	{ videos: resultUrls, images: imageUrls }: ResultUrls,
	isFirst: boolean,
): Reply {
	const { first } = video.scenario.upgrade4k;
	const pending = { taskId, resultUrls: null, imageUrls: null };
	// The first answer never has URLs, however fast the work is, unless it was made before.
	if (isFirst && first === 'accepted') return success(pending);
	if (state === 'failed' && failure) return envelope(failure.code, failure.msg);
	if (state === 'running' || (isFirst && first === 'processing')) {
		return envelope(422, TEXTS.processing4k, pending);
	}
	return envelope(422, TEXTS.done4k, { taskId, resultUrls, imageUrls });
}

function recordInfo({ simulator, account, fields }: ApiRequest): Reply {
	const asked = simulator.find(String(fields.taskId), account, 'veo');
	if (!asked) return envelope(422, TEXTS.recordNull);
	const { video } = asked;
	const { record, upgrade4k } = video.scenario;
	if (Date.now() - video.startedAt < record.graceMs) return envelope(422, TEXTS.recordNull);
	// While a 4K upgrade runs, the base id shows the video, with the base URL and `successFlag: 1`: a client
	// that takes that for the 4K result is wrong.
	const isShown = ({ job, operation, endedAt }: Work) =>
		!job && operation === 'get4k' && endedAt !== undefined;
	const shown = upgrade4k.recordAfter === 'base' ? undefined : video.upgrades.findLast(isShown);
	const work = asked === video ? (shown ?? video) : asked;
	return success(recordOf(work, asked.id, simulator.files.urlsOf(work)));
}

function recordOf(
	{ state, failure: reason, operation, startedAt, endedAt, video }: Work,
	taskId: string,
	{ videos, images, origins, full, resolution }: ResultUrls,
): object {
	const failed = state === 'failed' ? reason : undefined;
	const response = {
		taskId,
		resultUrls: videos,
		originUrls: origins.length === 0 ? null : origins,
		fullResultUrls: full,
		resolution,
		hasAudioList: videos.map(() => true),
		seeds: videos.map(() => 12345),
		...(images.length > 0 ? { imageUrls: images } : {}),
	};
	return {
		taskId,
		paramJson: JSON.stringify(video.request),
		completeTime: endedAt === undefined ? null : timeText(endedAt),
		response: state === 'success' ? response : null,
		successFlag: { running: 0, success: 1, failed: operation === 'get4k' ? 3 : 2 }[state],
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
