import { kindOf, LYRICS, takesOf } from './catalogue';
import type { Files } from './files';
import { TEXTS } from './kieTexts';
import { isBlank, type Work } from './work';

/**
 * A job as the unified jobs API shows it: the `data` of its record and its callback. `param` is JSON text, and
 * in it `input` is JSON text again.
 */
export function jobRecord(work: Work, files: Files) {
	const { id, job, endedAt, startedAt, failure, state, charged, callBackUrl, video } = work;
	const { model, input } = job ?? {
		model: 'veo-3-1',
		input: { model: 'veo3_fast', resolution: '720p', ...video.request },
	};
	const failed = state === 'failed' ? failure : undefined;
	const isOfVideo = work.operation !== 'runModel';
	const isBlankYet = work === video && isBlank(video);
	const result = state === 'success' && !isBlankYet ? resultOf(work, files) : null;
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
	if (work.state === 'success') {
		return { code: 200, msg: TEXTS.jobDone, data: jobRecord(work, files) };
	}
	const { taskId, model, state, param, failCode, failMsg, ...more } = jobRecord(work, files);
	const reason = { taskId, model, state, param, failCode, failMsg };
	const isShort = work.video.scenario.jobs.failure === 'reason';
	return { code: 501, msg: TEXTS.jobFailed, data: isShort ? reason : { ...reason, ...more } };
}

/** What Suno's own endpoints post three times. */
export function stageOf(work: Work, files: Files, callbackType: 'text' | 'first' | 'complete') {
	const { videos } = files.urlsOf(work);
	const takes = { text: [], first: videos.slice(0, 1), complete: videos }[callbackType];
	const { data } = takesOf(work.id, takes);
	const msg = callbackType === 'complete' ? TEXTS.allDone : 'success';
	return { code: 200, msg, data: { callbackType, task_id: work.id, data } };
}

/** Larger videos stand one level deeper, beside the 720p one. */
function resultOf(work: Work, files: Files): object {
	if (work.operation === 'runModel') return resultOfModel(work, files);
	const { videos, images, full, origins, resolution } = files.urlsOf(work);
	const isUpgrade = work !== work.video;
	const isDeep = isUpgrade
		? work.video.scenario.jobs.upgradeResult === 'data'
		: resolution !== '720p';
	if (isDeep) {
		const base = files.urlsOf(work.video).videos;
		return {
			data: {
				result_urls: videos,
				origin_urls: base.map((url) => `${url}?720p`),
				...(images.length > 0 ? { image_urls: images } : {}),
			},
		};
	}
	return {
		resultUrls: videos,
		...(images.length > 0 ? { imageUrls: images } : {}),
		...(full.length > 0 ? { fullResultUrls: full } : {}),
		...(origins.length > 0 ? { originUrls: origins } : {}),
	};
}

function resultOfModel(work: Work, files: Files): object {
	const { videos } = files.urlsOf(work);
	const kind = kindOf(String(work.job?.model));
	if (kind === 'text') return LYRICS;
	return kind === 'music' ? takesOf(work.id, videos) : { resultUrls: videos };
}
