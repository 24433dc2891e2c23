import { is4k, readJob, resolutionOfJob, topicOf } from './fields';
import {
	isJsonObject,
	parseIfJson,
	parseNested,
	toNumber,
	toText,
	type JsonObject,
} from '../../values';

/** What Kie names in the `data` of an answer or a callback. Lists keep Kie's order. */
export interface ResultFiles {
	/** All files of a job of any model, its main ones first. */
	fileUrls: string[];
	/** What a job gave, whatever it is: files, texts, a verdict. */
	result: JsonObject | null;
	/** Of a job. */
	model: string | null;
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

/** The resolutions a finished Veo video can be upgraded to. */
export type UpgradeResolution = '4k' | '1080p';

/** No files, yet or at all. */
export const NO_FILES: Readonly<ResultFiles> = Object.freeze({
	fileUrls: [],
	result: null,
	model: null,
	videoUrls: [],
	fullVideoUrls: [],
	imageUrls: [],
	resolution: null,
	creditsConsumed: null,
	taskId: null,
});

/**
 * Reads result URLs from every place and shape Kie is known to use: `data.info`, `data.response`,
 * `data.resultJson` (the last two also as JSON text) or `data` itself; camelCase or snake_case; an array,
 * JSON text, a bare URL or a list without quotes. Never throws; anything but an http(s) URL is left
 * out, and so are `originUrls`: they show the video before it was cropped or upgraded.
 *
 * @param wanted for an upgrade: files that are said to be something else are left out, and so are those in
 * a record's place that do not say what they are, since a record shows the base video while it is upgraded to 4K
 * @see https://docs.kie.ai/market/common/get-task-detail
 */
export function readResultFiles(data: unknown, wanted?: UpgradeResolution): ResultFiles {
	const outer = parseNested(data);
	if (!isJsonObject(outer)) return { ...NO_FILES };
	const { ordered, ...made } = readResult(outer);
	const files: ResultFiles = { ...NO_FILES, ...made };

	for (const { container, resolution, isRecord } of containersIn(outer)) {
		const stated = resolution ?? ordered;
		if (wanted !== undefined && !fits(wanted, stated, isRecord)) continue;

		if (files.videoUrls.length === 0) {
			files.videoUrls = firstUrls(container.resultUrls, container.result_urls, container.resultUrl);
		}
		if (files.fullVideoUrls.length === 0) {
			files.fullVideoUrls = firstUrls(container.fullResultUrls, container.full_result_urls);
		}
		if (files.imageUrls.length === 0) {
			files.imageUrls = firstUrls(container.imageUrls, container.image_urls);
		}
		files.resolution ??= resolution;
		files.creditsConsumed ??= toNumber(container.creditsConsumed);
	}
	files.resolution ??= ordered;
	files.taskId = toText(outer.taskId) ?? toText(outer.task_id);
	return files;
}

function fits(wanted: UpgradeResolution, stated: string | null, isRecord: boolean): boolean {
	if (stated === null) return !isRecord || wanted === '1080p';
	return isUpgradedTo(wanted, stated);
}

/** Whether Kie calls a resolution the one that an upgrade gives. */
export function isUpgradedTo(wanted: UpgradeResolution | undefined, given: string | null): boolean {
	return wanted === '4k' ? is4k(given) : given?.toLowerCase() === wanted;
}

/**
 * Whether a body says that it is about something else than an upgrade: the base video and its upgrades can be told
 * under the same task id. Pure; never throws.
 *
 * @param record of an answer or a callback
 * @param said Kie's text beside it
 */
export function isAboutOther(wanted: UpgradeResolution, record: JsonObject, said: string): boolean {
	const { resolution } = readResultFiles(record);
	const topic = topicOf(record, said);
	if (readJob(record)?.model == null && resolution !== null)
		return !isUpgradedTo(wanted, resolution);
	return topic !== 'unknown' && topic !== `get${wanted}`;
}

/**
 * The objects that can hold results, innermost first, and whether a record keeps its results there. A job with
 * Resolution 1080p or 4k has its results one level deeper, in `resultJson.data`.
 */
function containersIn(outer: JsonObject) {
	const told = (container: JsonObject, isRecord: boolean, within = container) => {
		const resolution = toText(container.resolution) ?? toText(within.resolution);
		return { container, resolution, isRecord };
	};
	const records = [...objectsIn(outer.response), ...objectsIn(withUrls(outer.resultJson))];
	return [
		...objectsIn(outer.info).map((info) => told(info, false)),
		...records.flatMap((record) =>
			[...objectsIn(record.data), record].map((container) => told(container, true, record)),
		),
		told(outer, false),
	];
}

/** A job's result can also be the list itself, or one URL. */
function withUrls(value: unknown): JsonObject {
	const result = parseNested(value);
	if (isJsonObject(result)) return result;
	return result ? { resultUrls: result } : {};
}

/** What a job of any model gave, and the resolution that a Veo video was ordered in. */
function readResult(outer: JsonObject) {
	const job = readJob(outer);
	const result = resultOf(outer);
	return {
		ordered: job && resolutionOfJob(job),
		model: job?.model ?? null,
		result,
		fileUrls: fileUrlsIn(result, job?.input),
	};
}

/** What a job gave. Text that is not JSON becomes `{ text }`. */
function resultOf({ response, resultJson }: JsonObject): JsonObject | null {
	// Whole, whatever its length: it is what was paid for.
	const given = [...objectsIn(response), parseIfJson(resultJson)].filter(isJsonObject);
	const result = given.find((one) => Object.keys(one).length > 0) ?? given[0];
	const text = toText(resultJson);
	if (result || text === null) return result ?? null;
	return Array.isArray(parseNested(text)) ? withUrls(text) : { text };
}

/**
 * The files of a job: its main ones, then those in other fields that are named after an address. The files it was
 * made from are none, and neither is an address in a text.
 */
function fileUrlsIn(result: JsonObject | null, input: JsonObject = {}): string[] {
	if (result === null) return [];
	const urls = new Set(readUrls(result.resultUrls));
	for (const [name, text] of textsIn(result)) {
		if (!/url/i.test(name) || /origin|stream/i.test(name)) continue;
		for (const url of urlsInText(text)) urls.add(url);
	}
	for (const [, text] of textsIn(input)) for (const url of urlsInText(text)) urls.delete(url);
	return [...urls].slice(0, MOST_URLS);
}

/** How much of a result is searched. */
const MOST_VALUES = 2_000;

/** Each text, with the name of its field. A track of music has a cover, which nobody ordered. */
function textsIn(root: JsonObject): Array<[name: string, text: string]> {
	const found: Array<[string, string]> = [];
	const values = Object.entries(root);
	for (const [name, value] of values) {
		if (typeof value === 'string') found.push([name, value]);
		else if (isJsonObject(value) && value.audio_url !== undefined) {
			values.push(['audio_url', value.audio_url]);
		} else if (values.length <= MOST_VALUES) {
			for (const [key, one] of Object.entries((value ?? {}) as JsonObject)) {
				values.push([Array.isArray(value) ? name : key, one]);
			}
		}
	}
	return found;
}

function objectsIn(value: unknown): JsonObject[] {
	return [parseNested(value)].filter(isJsonObject);
}

/** Kie guarantees neither list of videos: for an extension, the whole alone is also a result. */
export function withWholeVideo(files: ResultFiles): ResultFiles {
	return files.videoUrls.length > 0 ? files : { ...files, videoUrls: files.fullVideoUrls };
}

/** The names of the fields in which a result could stand, to report one that was not understood. At most 20. */
export function resultFieldsIn(data: unknown): string[] {
	const containers = objectsIn(data).flatMap(containersIn);
	const names = containers.flatMap(({ container }) => Object.keys(container));
	return [...new Set(names)].slice(0, 20).map((name) => name.slice(0, 40));
}

function firstUrls(...candidates: unknown[]): string[] {
	for (const candidate of candidates) {
		const urls = readUrls(candidate);
		if (urls.length > 0) return urls;
	}
	return [];
}

/** Kie's lists have a few. */
const MOST_URLS = 100;

function readUrls(value: unknown): string[] {
	const parsed = parseNested(value);
	const texts = Array.isArray(parsed) ? parsed.slice(0, MOST_URLS) : [parsed];
	return [...new Set(texts.flatMap(urlsInText))];
}

/** "[http://a/1.mp4, http://a/2.mp4]": printed in Kie's own OpenAPI file, not valid JSON. */
function urlsInText(value: unknown): string[] {
	const text = toText(value)?.replace(/^\[|\]$/g, '') ?? '';
	return (
		text
			.split(/,(?=\s*["']?https?:)/, MOST_URLS)
			.map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'))
			// Kie's have some hundred characters.
			.filter((url) => /^https?:\/\/(?:\S| ){1,10000}$/i.test(url) && URL.canParse(url))
			.map((url) => url.replace(/ /g, '%20'))
	);
}
