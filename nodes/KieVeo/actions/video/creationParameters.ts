import type { IBinaryData } from 'n8n-workflow';

import { publicUrlFault } from '../../addresses/publicUrl';
import type { UploadFile } from '../../kie/http/multipart';
import { inputErrors } from '../../messages/input';
import { isJsonObject, toNumber, toText } from '../../values';
import { addressesIn, isBlank, namesIn, readChoice, readText, type Item } from '../parameters';

/* What a new video is made from. All readers throw a KieVeoError that names the parameter. */

/** What the video should show, or how it should continue. */
export function readPrompt(item: Item): string {
	const given = item.given('prompt');
	// Agents and other nodes pass objects, whose text form is never what was meant.
	if (Array.isArray(given)) throw inputErrors.promptObject([]);
	if (isJsonObject(given)) {
		throw inputErrors.promptObject(Object.keys(given).filter((name) => toText(given[name])));
	}
	const prompt = readText('Prompt', given);
	if (prompt === null) throw inputErrors.emptyPrompt();
	if (prompt.includes('[object Object]')) throw inputErrors.promptOfObject();
	return prompt;
}

/** What the API calls the tiers of Veo 3.1 in each operation. The default first. */
const TIERS = [
	{ generate: 'veo3_fast', extend: 'fast' },
	{ generate: 'veo3_lite', extend: 'lite' },
	{ generate: 'veo3', extend: 'quality' },
] as const;

/**
 * The model under the name the operation uses. n8n keeps the value when the user changes the operation, so the
 * other operation's names are recognized too. Any other name is passed through: Kie adds models before this
 * package knows them.
 */
export function readModel(item: Item, operation: keyof (typeof TIERS)[number]): string {
	const given = readText('Model', item.given('model'));
	if (given === null) return TIERS[0][operation];
	const name = given.toLowerCase();
	const tier = TIERS.find(({ generate, extend }) => name === generate || name === extend);
	return tier?.[operation] ?? given;
}

/** Both are omitted when empty. */
export function readSeedAndWatermark({ options: { seed, watermark } }: Item) {
	const text = readText('Watermark', watermark);
	return {
		...(isBlank(seed) ? {} : { seed: checkedSeed(seed) }),
		...(text === null ? {} : { watermark: text }),
	};
}

function checkedSeed(value: unknown): number {
	const seed = toNumber(value);
	if (seed === null || !Number.isInteger(seed) || seed < 10_000 || seed > 99_999) {
		throw inputErrors.seed(value);
	}
	return seed;
}

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

/**
 * Reads and checks the images that belong to a generation type: addresses, or files that must be uploaded first.
 * Nothing is opened or sent.
 *
 * @param apiBaseUrl decides whether private addresses can work
 * @throws KieVeoError that names the parameter
 */
export function readImages(
	item: Item,
	generationType: string,
	apiBaseUrl: string,
): { imageUrls?: string[]; images?: UploadFile[] } {
	const most = MOST_IMAGES.get(generationType);
	if (most === undefined) return {};
	return readChoice('Image Source', ['url', 'binary'], item.given('imageSource')) === 'binary'
		? { images: readImageFiles(item, most) }
		: { imageUrls: readImageUrls(item, most, apiBaseUrl) };
}

function readImageUrls(item: Item, most: number, apiBaseUrl: string): string[] {
	const urls = checkTexts('Image URLs', addressesIn(item.given('imageUrls')), most);
	for (const url of urls) {
		if (/^data:/i.test(url)) throw inputErrors.dataUrl();
		const fault = publicUrlFault(url, apiBaseUrl);
		if (fault !== null) throw inputErrors.imageUrl(url, fault);
	}
	return urls;
}

function readImageFiles(item: Item, most: number): UploadFile[] {
	const parameter = 'Image Binary Fields';
	const names = namesIn(item.given('imageBinaryPropertyNames', 'data'));
	return checkTexts(parameter, names, most).map((name) => {
		const { binary, ...file } = item.file(parameter, name);
		const extension = imageExtensionOf(binary);
		const mimeType = IMAGE_TYPES.get(extension);
		if (mimeType === undefined) throw inputErrors.imageType(parameter, name, binary.mimeType);
		return { ...file, mimeType, extension };
	});
}

/** By the file's type; if n8n does not know it, by the end of its name. Not necessarily an image's. */
function imageExtensionOf({ mimeType, fileName, fileExtension }: Partial<IBinaryData>): string {
	const type = (mimeType ?? '').replace(/;.*$/s, '').trim().toLowerCase();
	if (!GENERIC_TYPES.includes(type)) return type.replace(/^image\//, '');
	const [, ending] = /\.(\w+)$/.exec(fileName ?? '') ?? [];
	return (ending ?? fileExtension ?? '').toLowerCase();
}

function checkTexts(parameter: string, entries: unknown[], most: number): string[] {
	const texts = entries.map((entry) => {
		if (typeof entry === 'string') return entry;
		throw inputErrors.imageList(parameter, entry);
	});
	if (texts.length >= 1 && texts.length <= most) return texts;
	throw inputErrors.imageCount(parameter, most, texts.length);
}
