import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { inputErrors } from '../messages/input';
import type { UploadFile } from '../kie/http/multipart';
import { publicUrlFault } from '../addresses/publicUrl';
import { addressesIn, namesIn, readChoice } from './parameters';

/** The image types Kie accepts, by file extension. */
const IMAGE_TYPES = new Map([
	['jpg', 'image/jpeg'],
	['jpeg', 'image/jpeg'],
	['png', 'image/png'],
	['webp', 'image/webp'],
]);

/** Types that storage (S3), chats (Telegram) and n8n's HTTP Request give to files whose type they do not know. */
const GENERIC_TYPES = ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain'];

/** The generation types that take images, with the maximum Kie accepts. */
export const MOST_IMAGES = new Map([
	['FIRST_AND_LAST_FRAMES_2_VIDEO', 2],
	['REFERENCE_2_VIDEO', 3],
]);

/** The images of a generation: addresses, or files that must be uploaded first. */
export interface Images {
	urls: string[];
	files: UploadFile[];
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
	const given: unknown = context.getNodeParameter('imageSource', itemIndex, '');
	return readChoice('Image Source', ['url', 'binary'], given) === 'binary'
		? { urls: [], files: readImageFiles(context, itemIndex, most) }
		: { urls: readImageUrls(context, itemIndex, most, apiBaseUrl), files: [] };
}

function readImageUrls(
	context: IExecuteFunctions,
	itemIndex: number,
	most: number,
	apiBaseUrl: string,
): string[] {
	const value: unknown = context.getNodeParameter('imageUrls', itemIndex, '');
	const urls = checkTexts('Image URLs', addressesIn(value));
	checkCount('Image URLs', urls.length, most);
	for (const url of urls) {
		if (/^data:/i.test(url)) throw inputErrors.dataUrl();
		const fault = publicUrlFault(url, apiBaseUrl);
		if (fault !== null) throw inputErrors.imageUrl(url, fault);
	}
	return urls;
}

function readImageFiles(context: IExecuteFunctions, itemIndex: number, most: number): UploadFile[] {
	const parameter = 'Image Binary Fields';
	const value: unknown = context.getNodeParameter('imageBinaryPropertyNames', itemIndex, 'data');
	const names = checkTexts(parameter, namesIn(value));
	checkCount(parameter, names.length, most);
	const binary = new Map(Object.entries(context.getInputData()[itemIndex]?.binary ?? {}));
	return names.map((name) => {
		const data = binary.get(name);
		if (data === undefined)
			throw inputErrors.missingBinaryField(parameter, name, [...binary.keys()]);
		return toImageFile(context, parameter, name, data);
	});
}

function toImageFile(
	context: IExecuteFunctions,
	parameter: string,
	name: string,
	binary: IBinaryData,
): UploadFile {
	const extension = imageExtensionOf(binary);
	const mimeType = IMAGE_TYPES.get(extension);
	if (mimeType === undefined) throw inputErrors.imageType(parameter, name, binary.mimeType);
	const identity = binary.id ?? binary.data;
	return { mimeType, extension, identity, open: openerOf(context, binary) };
}

/** Opens a binary field of an item. */
export function openerOf(
	{ helpers }: IExecuteFunctions,
	{ id, data }: IBinaryData,
): UploadFile['open'] {
	return async () => {
		if (!id) {
			// n8n already holds the file in memory.
			const content = Buffer.from(data, 'base64');
			return { content, size: content.length };
		}
		const { fileSize: size } = await helpers.getBinaryMetadata(id);
		return { content: await helpers.getBinaryStream(id), size };
	};
}

/** By the file's type; if n8n does not know it, by the end of its name. Not necessarily an image's. */
function imageExtensionOf({ mimeType, fileName, fileExtension }: Partial<IBinaryData>): string {
	const type = (mimeType ?? '').replace(/;.*$/s, '').trim().toLowerCase();
	if (!GENERIC_TYPES.includes(type)) return type.replace(/^image\//, '');
	const [, ending] = /\.(\w+)$/.exec(fileName ?? '') ?? [];
	return (ending ?? fileExtension ?? '').toLowerCase();
}

function checkTexts(parameter: string, entries: unknown[]): string[] {
	return entries.map((entry) => {
		if (typeof entry === 'string') return entry;
		throw inputErrors.imageList(parameter, entry);
	});
}

function checkCount(parameter: string, count: number, most: number): void {
	if (count < 1 || count > most) throw inputErrors.imageCount(parameter, most, count);
}
