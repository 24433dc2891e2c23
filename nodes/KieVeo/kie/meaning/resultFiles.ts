import { isJsonObject, parseIfJson, toNumber, toText } from './guards';

/** The files Kie names in the `data` of an answer or a callback. Lists keep Kie's order. */
export interface ResultFiles {
	videoUrls: string[];
	/** After an extension: the whole video, of which `videoUrls` is the new part. */
	fullVideoUrls: string[];
	imageUrls: string[];
	/** As Kie spells it, e.g. `1080p`. */
	resolution: string | null;
	creditsConsumed: number | null;
	/** The id Kie answers with; not always the one that was asked for. */
	taskId: string | null;
}

/**
 * Reads result URLs from every place and shape Kie is known to use: `data.info`, `data.response`
 * (also as JSON text) or `data` itself; camelCase or snake_case; an array, JSON text, a bare URL or
 * a bracketed list without quotes. Never throws; what is no http(s) URL is left out.
 *
 * @param options.trustResponse whether URLs under `data.response` count. That is the shape of
 * record-info, which shows the base video while a 4K upgrade is still running.
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

	for (const place of ['info', 'response', undefined]) {
		const container = place === undefined ? outer : parseIfJson(outer[place]);
		if (!isJsonObject(container)) continue;
		const resolution = toText(container.resolution);
		if (place === 'response' && !options.trustResponse(resolution)) continue;

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
	files.taskId = toText(outer.taskId) ?? toText(outer.task_id);
	return files;
}

/** Whether Kie calls a resolution 4K. */
export function is4k(resolution: string | null): boolean {
	return resolution !== null && /4k|2160/i.test(resolution);
}

function firstUrls(...candidates: unknown[]): string[] {
	for (const candidate of candidates) {
		const urls = readUrls(candidate);
		if (urls.length > 0) return urls;
	}
	return [];
}

/** A list, in it perhaps JSON text that is a list again. Deeper is no form of Kie's, but an attack. */
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
