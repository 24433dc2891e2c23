import { readJob, resolutionOfJob } from './job';
import { isJsonObject, parseIfJson, toId, toNumber, toText, type JsonObject } from './guards';

/** The files Kie names in the `data` of an answer or a callback. Lists keep Kie's order. */
export interface ResultFiles {
	videoUrls: string[];
	/** After an extension: the whole video, of which `videoUrls` is the new part. */
	fullVideoUrls: string[];
	imageUrls: string[];
	/** As Kie spells it, e.g. `1080p`. */
	resolution: string | null;
	creditsConsumed: number | null;
	/** The id Kie answers with; not always the requested one. */
	taskId: string | null;
}

/**
 * Reads result URLs from every place and shape Kie is known to use: `data.info`, `data.response`,
 * `data.resultJson` (the last two also as JSON text) or `data` itself; camelCase or snake_case; an array,
 * JSON text, a bare URL or a bracketed list without quotes. Never throws; anything but an http(s) URL is left
 * out, and so are `originUrls`: they show the video before it was cropped or upgraded.
 *
 * @param options.trustResponse whether URLs under `data.response` and `data.resultJson` are used. Those are
 * the shapes of records, which show the base video while a 4K upgrade is still running.
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readResultFiles(
	data: unknown,
	options: { trustResponse: (resolution: string | null) => boolean } = {
		trustResponse: () => true,
	},
): ResultFiles {
	const outer = parseIfJson(data);
	const files: ResultFiles = {
		videoUrls: [],
		fullVideoUrls: [],
		imageUrls: [],
		resolution: null,
		creditsConsumed: null,
		taskId: null,
	};
	if (!isJsonObject(outer)) return files;

	for (const { container, resolution, isRecord } of containersIn(outer)) {
		if (isRecord && !options.trustResponse(resolution)) continue;

		if (files.videoUrls.length === 0) {
			files.videoUrls = firstUrls(
				container.resultUrls,
				container.result_urls,
				container.resultUrl,
				container.result_url,
			);
		}
		if (files.fullVideoUrls.length === 0) {
			files.fullVideoUrls = firstUrls(container.fullResultUrls, container.full_result_urls);
		}
		if (files.imageUrls.length === 0) {
			files.imageUrls = firstUrls(container.imageUrls, container.image_urls);
		}
		files.resolution ??= resolution;
		files.creditsConsumed ??=
			toNumber(container.creditsConsumed) ?? toNumber(container.credits_consumed);
	}
	const job = readJob(outer);
	if (job !== null) files.resolution ??= resolutionOfJob(job);
	files.taskId = toId(outer.taskId) ?? toId(outer.task_id);
	return files;
}

interface Container {
	container: JsonObject;
	resolution: string | null;
	/** Whether this is where a record keeps its results. */
	isRecord: boolean;
}

/**
 * The objects that can hold results, innermost first. A job with Resolution 1080p or 4k has its results one
 * level deeper, in `resultJson.data`.
 */
function containersIn(outer: JsonObject): Container[] {
	const records = [...objectsIn(outer.response), ...objectsIn(resultOf(outer.resultJson))];
	return [
		...objectsIn(outer.info).map((info) => toContainer(info, { isRecord: false })),
		...records.flatMap((record) =>
			[...objectsIn(record.data), record].map((container) =>
				toContainer(container, { isRecord: true, within: record }),
			),
		),
		toContainer(outer, { isRecord: false }),
	];
}

function toContainer(
	container: JsonObject,
	{ isRecord, within = container }: { isRecord: boolean; within?: JsonObject },
): Container {
	const resolution = toText(container.resolution) ?? toText(within.resolution);
	return { container, resolution, isRecord };
}

/** A job's result can also be the list itself, or one URL. */
function resultOf(value: unknown): JsonObject {
	const result = parseIfJson(value);
	return isJsonObject(result) ? result : { resultUrls: result };
}

/** A finished 1080P video can also be the URL itself, or be called just `url`. */
export function withBareUrl(data: unknown): JsonObject {
	const result = resultOf(data);
	return { result_url: result.url, ...result };
}

function objectsIn(value: unknown): JsonObject[] {
	return [parseIfJson(value)].filter(isJsonObject);
}

/** Kie guarantees neither list of videos: for an extension, the whole alone is also a result. */
export function withWholeVideo(files: ResultFiles): ResultFiles {
	return files.videoUrls.length > 0 ? files : { ...files, videoUrls: files.fullVideoUrls };
}

/** Whether Kie calls a resolution 4K. */
export function is4k(resolution: string | null): boolean {
	return resolution !== null && /4k|2160/i.test(resolution);
}

/** Whether Kie calls a resolution the one that an upgrade gives. */
export function isUpgradedTo(wanted: string | undefined, resolution: string | null): boolean {
	return wanted === '4k' ? is4k(resolution) : resolution?.toLowerCase() === wanted;
}

function firstUrls(...candidates: unknown[]): string[] {
	for (const candidate of candidates) {
		const urls = readUrls(candidate);
		if (urls.length > 0) return urls;
	}
	return [];
}

/** A list, which may contain a list as JSON text. Kie never nests deeper; treat that as hostile. */
const MAX_LIST_DEPTH = 3;

function readUrls(value: unknown, depth = 0): string[] {
	const parsed = parseIfJson(value);
	if (Array.isArray(parsed)) {
		if (depth === MAX_LIST_DEPTH) return [];
		return unique(parsed.flatMap((entry) => readUrls(entry, depth + 1)));
	}
	const text = toText(parsed);
	if (text === null) return [];
	// "[http://a/1.mp4, http://a/2.mp4]": printed in Kie's own OpenAPI file, not valid JSON.
	const bracketed = /^\[.*\]$/s.test(text);
	const parts = bracketed ? text.slice(1, -1).split(/,(?=\s*["']?https?:)/) : [text];
	return unique(parts.map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2')).filter(isHttpUrl));
}

function isHttpUrl(text: string): boolean {
	return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}

function unique(urls: string[]): string[] {
	return [...new Set(urls)];
}
