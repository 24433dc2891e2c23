import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import {
	choiceError,
	dataUrlError,
	imageCountError,
	imageListError,
	imageTypeError,
	imageUrlError,
	missingImageError,
} from '../../messages/errors';
import type { ImageFile } from '../../kie/http/multipart';
import { publicUrlFault } from '../../kie/meaning/publicUrl';
import { addressesIn, namesIn } from '../lists';
import { chosenOf } from '../spellings';
import { imageOfDataUrl, isDataUrl } from './dataUrl';
import { imageTypeOf } from './imageType';

/** The generation types that take images, with the maximum Kie accepts. */
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
 * @param apiBaseUrl decides whether private addresses can work
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
	if (readImageSource(context, itemIndex) === 'binary') {
		return { urls: [], files: readImageFiles(context, itemIndex, most) };
	}
	return readImageUrls(context, itemIndex, most, apiBaseUrl);
}

function readImageSource(context: IExecuteFunctions, itemIndex: number): string {
	const given: unknown = context.getNodeParameter('imageSource', itemIndex, 'url');
	const sources = ['url', 'binary'];
	const source = chosenOf(sources, given);
	if (source !== null) return source;
	throw choiceError('Image Source', sources, given);
}

function readImageUrls(
	context: IExecuteFunctions,
	itemIndex: number,
	most: number,
	apiBaseUrl: string,
): Images {
	const value: unknown = context.getNodeParameter('imageUrls', itemIndex, '');
	const urls = checkTexts('Image URLs', addressesIn(value));
	checkCount('Image URLs', urls.length, most);
	if (urls.some(isDataUrl)) return { urls: [], files: urls.map(readDataUrl) };
	for (const url of urls) {
		const fault = publicUrlFault(url, apiBaseUrl);
		if (fault !== null) throw imageUrlError(url, fault);
	}
	return { urls, files: [] };
}

function readDataUrl(url: string): ImageFile {
	const image = isDataUrl(url) ? imageOfDataUrl(url) : { fault: 'both an address and a data URL' };
	if (!('fault' in image)) return image;
	throw dataUrlError(image.fault);
}

function readImageFiles(context: IExecuteFunctions, itemIndex: number, most: number): ImageFile[] {
	const parameter = 'Image Binary Fields';
	const value: unknown = context.getNodeParameter('imageBinaryPropertyNames', itemIndex, 'data');
	const names = checkTexts(parameter, namesIn(value));
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
	binary: IBinaryData,
): ImageFile {
	const { id, data, mimeType } = binary;
	const type = imageTypeOf(binary);
	if (type === null) throw imageTypeError(parameter, name, mimeType);
	const { helpers } = context;
	return {
		...type,
		identity: id ?? data,
		open: async () => {
			if (!id) {
				// n8n already holds the file in memory.
				const content = Buffer.from(data, 'base64');
				return { content, size: content.length };
			}
			const { fileSize: size } = await helpers.getBinaryMetadata(id);
			return { content: await helpers.getBinaryStream(id), size };
		},
	};
}

function checkTexts(parameter: string, entries: unknown[]): string[] {
	return entries.map((entry) => {
		if (typeof entry === 'string') return entry;
		throw imageListError(parameter, entry);
	});
}

function checkCount(parameter: string, count: number, most: number): void {
	if (count < 1 || count > most) throw imageCountError(parameter, most, count);
}
