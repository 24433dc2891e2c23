import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import {
	imageCountError,
	imageListError,
	imageTypeError,
	imageUrlError,
	missingImageError,
} from '../../messages/errors';
import type { ImageFile } from '../../kie/http/multipart';
import { parseIfJson } from '../../kie/meaning/guards';
import { publicUrlFault } from '../../kie/meaning/publicUrl';

/** The generation types that take images, with the most Kie accepts. */
const MOST_IMAGES = new Map([
	['FIRST_AND_LAST_FRAMES_2_VIDEO', 2],
	['REFERENCE_2_VIDEO', 3],
]);

/** The images of a generation: addresses, or files that must be uploaded first. */
export interface Images {
	urls: string[];
	files: ImageFile[];
}

/**
 * Reads and checks the images that belong to a generation type. Nothing is opened or sent.
 *
 * @param apiBaseUrl decides whether private addresses can work at all
 * @throws KieVeoError that names the parameter
 */
export function readImages(
	context: IExecuteFunctions,
	itemIndex: number,
	generationType: string,
	apiBaseUrl: string,
): Images {
	const most = MOST_IMAGES.get(generationType);
	if (most === undefined) return { urls: [], files: [] };
	if (context.getNodeParameter('imageSource', itemIndex, 'url') === 'binary') {
		return { urls: [], files: readImageFiles(context, itemIndex, most) };
	}
	return { urls: readImageUrls(context, itemIndex, most, apiBaseUrl), files: [] };
}

function readImageUrls(
	context: IExecuteFunctions,
	itemIndex: number,
	most: number,
	apiBaseUrl: string,
): string[] {
	const value: unknown = context.getNodeParameter('imageUrls', itemIndex, '');
	// A comma can also stand inside a URL: it separates only where another address begins.
	const urls = readList(value, /\n|,(?=\s*[a-z][a-z\d+.-]*:\/\/)/i, 'Image URLs');
	checkCount('Image URLs', urls.length, most);
	for (const url of urls) {
		const fault = publicUrlFault(url, apiBaseUrl);
		if (fault !== null) throw imageUrlError(url, fault);
	}
	return urls;
}

function readImageFiles(context: IExecuteFunctions, itemIndex: number, most: number): ImageFile[] {
	const parameter = 'Image Binary Fields';
	const value: unknown = context.getNodeParameter('imageBinaryPropertyNames', itemIndex, 'data');
	const names = readList(value, ',', parameter);
	checkCount(parameter, names.length, most);
	const binary = new Map(Object.entries(context.getInputData()[itemIndex]?.binary ?? {}));
	return names.map((name) => {
		const data = binary.get(name);
		if (data === undefined) throw missingImageError(parameter, name, [...binary.keys()]);
		return toImageFile(context, parameter, name, data);
	});
}

function toImageFile(
	context: IExecuteFunctions,
	parameter: string,
	name: string,
	{ id, data, mimeType }: IBinaryData,
): ImageFile {
	const [, subtype] = /^image\/([\w.+-]+)$/.exec(mimeType) ?? [];
	if (subtype === undefined) throw imageTypeError(parameter, name, mimeType);
	const { helpers } = context;
	return {
		mimeType,
		extension: subtype === 'jpeg' ? 'jpg' : subtype.replace(/\W.*$/, ''),
		open: async () => {
			if (!id) {
				// n8n holds the file in memory already.
				const content = Buffer.from(data, 'base64');
				return { content, size: content.length };
			}
			const { fileSize: size } = await helpers.getBinaryMetadata(id);
			return { content: await helpers.getBinaryStream(id), size };
		},
	};
}

/** Comma-separated text, an array, or an array as JSON text. Empty entries do not count. */
function readList(value: unknown, separator: string | RegExp, parameter: string): string[] {
	const parsed = parseIfJson(value);
	const entries: unknown[] = Array.isArray(parsed)
		? parsed
		: typeof value === 'string'
			? value.split(separator)
			: [value ?? ''];
	return entries
		.map((entry) => {
			if (typeof entry !== 'string') throw imageListError(parameter, entry);
			return entry.trim().replace(/,$/, '');
		})
		.filter((entry) => entry !== '');
}

function checkCount(parameter: string, count: number, most: number): void {
	if (count < 1 || count > most) throw imageCountError(parameter, most, count);
}
