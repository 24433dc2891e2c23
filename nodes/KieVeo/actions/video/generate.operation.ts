import type { INodeProperties } from 'n8n-workflow';

import { publicUrlFault } from '../../addresses/publicUrl';
import type { CreationParameters } from '../../kie/api';
import type { UploadFile } from '../../kie/http/client';
import { inputErrors } from '../../messages/input';
import { promptProperty, seedOption, watermarkOption } from '../../panel';
import { toText } from '../../values';
import {
	addressesIn,
	isBlank,
	namesIn,
	readBoolean,
	readChoice,
	readModel,
	readPrompt,
	readSeedAndWatermark,
	toSeconds,
	type Item,
} from '../parameters';
import { taskOperation } from '../taskOperation';

/** The generation types that take images, with the maximum Kie accepts. */
const MOST_IMAGES = new Map([
	['FIRST_AND_LAST_FRAMES_2_VIDEO', 2],
	['REFERENCE_2_VIDEO', 3],
]);
const WITH_IMAGES = [...MOST_IMAGES.keys()];

/** The image types Kie accepts, by file extension. */
const IMAGE_TYPES = new Map([
	['jpg', 'image/jpeg'],
	['jpeg', 'image/jpeg'],
	['png', 'image/png'],
	['webp', 'image/webp'],
]);

/** Types that storage (S3), chats (Telegram) and n8n's HTTP Request give to files whose type they do not know. */
const GENERIC_TYPES = ['', 'application/octet-stream', 'binary/octet-stream', 'text/plain'];

const imageProperties: INodeProperties[] = [
	{
		displayName: 'Image Source',
		name: 'imageSource',
		type: 'options',
		default: 'url',
		options: [
			{ name: 'Binary', value: 'binary', description: 'Images in binary fields of the item' },
			{ name: 'URL', value: 'url', description: 'Images that Kie.ai fetches from the internet' },
		],
		displayOptions: { show: { generationType: WITH_IMAGES } },
		description: 'Where the images come from',
	},
	{
		displayName: 'Image URLs',
		name: 'imageUrls',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/first.jpg, https://example.com/last.jpg',
		displayOptions: { show: { generationType: WITH_IMAGES, imageSource: ['url'] } },
		description:
			'Public URLs of the images, separated by commas, or an expression that returns a list. Frames: 1 or 2 images, the first and the last frame. Reference: 1 to 3 images.',
	},
	{
		displayName: 'Image Binary Fields',
		name: 'imageBinaryPropertyNames',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. first, last',
		hint: 'The names of the input binary fields that hold the images, separated by commas',
		displayOptions: { show: { generationType: WITH_IMAGES, imageSource: ['binary'] } },
		description:
			'The images are uploaded to Kie.ai first, free of charge. Frames: 1 or 2 images, the first and the last frame. Reference: 1 to 3 images.',
	},
];

export const generate = taskOperation({
	operation: 'generate',
	pollInterval: 30,
	fields: [
		promptProperty,
		{
			displayName: 'Model',
			name: 'model',
			type: 'options',
			allowArbitraryValues: true,
			default: 'veo3_fast',
			options: [
				{ name: 'Veo 3.1 Fast', value: 'veo3_fast' },
				{ name: 'Veo 3.1 Lite', value: 'veo3_lite', description: 'The cheapest' },
				{ name: 'Veo 3.1 Quality', value: 'veo3', description: 'The best and most expensive' },
			],
			description:
				'Tier of Veo 3.1. To use a model that is not listed, enter its name with an expression. Reference images need Fast or Lite.',
		},
		{
			displayName: 'Generation Type',
			name: 'generationType',
			type: 'options',
			default: 'TEXT_2_VIDEO',
			options: [
				{
					name: 'First and Last Frame to Video',
					value: 'FIRST_AND_LAST_FRAMES_2_VIDEO',
					description: 'Start with an image and, if there are two, end with the other',
				},
				{
					name: 'Reference to Video',
					value: 'REFERENCE_2_VIDEO',
					description: 'Use up to 3 images as references. Always 8 seconds long.',
				},
				{
					name: 'Text to Video',
					value: 'TEXT_2_VIDEO',
					description: 'Make the video from the prompt alone',
				},
			],
			description:
				'What the video is made from. Frames become the first and the last picture of the video; reference images show what should appear in it.',
		},
		...imageProperties,
		{
			displayName: 'Aspect Ratio',
			name: 'aspectRatio',
			type: 'options',
			default: '16:9',
			options: [
				{ name: 'Auto', value: 'Auto', description: 'Closest match to the image' },
				{ name: 'Portrait (9:16)', value: '9:16' },
				{ name: 'Widescreen (16:9)', value: '16:9' },
			],
			description: 'Shape of the video',
		},
		{
			displayName: 'Resolution',
			name: 'resolution',
			type: 'options',
			default: '720p',
			options: [
				{ name: '720p', value: '720p' },
				{ name: '1080p', value: '1080p' },
				{ name: '4K', value: '4k' },
			],
			description:
				'Higher resolutions cost more. A 720p video can be upgraded later with Get 1080P Video or Get 4K Video.',
		},
		{
			displayName: 'Duration',
			name: 'duration',
			type: 'options',
			default: 8,
			options: [
				{ name: '4 Seconds', value: 4 },
				{ name: '6 Seconds', value: 6 },
				{ name: '8 Seconds', value: 8 },
			],
			displayOptions: { hide: { generationType: ['REFERENCE_2_VIDEO'] } },
			description: 'Length of the video',
		},
	],
	waiting: 'How to get the result. Kie.ai usually takes 2 to 5 minutes.',
	costs:
		'Each item creates a new video and uses credits. To fetch a video that was generated earlier, use Get with its task ID.',
	options: [
		{
			displayName: 'Enable Translation',
			name: 'enableTranslation',
			type: 'boolean',
			default: true,
			description:
				'Whether Kie.ai translates the prompt into English first. Lines spoken in the video are translated too.',
		},
		seedOption,
		watermarkOption,
	],
	readOrder: (item, { baseUrl, callbackFor }) => {
		const callBackUrl = callbackFor();
		const types = ['TEXT_2_VIDEO', ...WITH_IMAGES] as const;
		const generationType = readChoice('Generation Type', types, item.given('generationType'));
		const { images, ...imageUrls } = readImages(item, generationType, baseUrl);
		const translation = item.given('options.enableTranslation');
		const parameters: CreationParameters = {
			prompt: readPrompt(item),
			model: readModel(item, 'generate'),
			generationType,
			...imageUrls,
			aspectRatio: readChoice('Aspect Ratio', ['16:9', '9:16', 'Auto'], item.given('aspectRatio')),
			resolution: readChoice('Resolution', ['720p', '1080p', '4k'], item.given('resolution')),
			duration: readDuration(item.given('duration'), generationType),
			// The API documentation contradicts itself about the default, so it is always sent.
			enableTranslation: readBoolean('Enable Translation', translation, true),
			...readSeedAndWatermark(item),
		};
		return { order: { kind: 'creation', operation: 'generate', parameters, callBackUrl }, images };
	},
});

function readDuration(given: unknown, generationType: string): number {
	// Videos from reference images have no other.
	if (generationType === 'REFERENCE_2_VIDEO') return 8;
	const duration = isBlank(given) ? 8 : toSeconds(given);
	if (duration !== null && [4, 6, 8].includes(duration)) return duration;
	throw inputErrors.duration(given);
}

/**
 * Reads and checks the images that belong to a generation type: addresses, or files that must be uploaded first.
 * Nothing is opened or sent.
 *
 * @param apiBaseUrl decides whether private addresses can work
 * @throws KieVeoError that names the parameter
 */
function readImages(
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
	const given = item.given('imageBinaryPropertyNames');
	const names = namesIn(isBlank(given) ? 'data' : given);
	return checkTexts(parameter, names, most).map((name) => {
		const { binary, ...file } = item.file(parameter, name);
		const type = (toText(binary.mimeType) ?? '').replace(/;.*$/s, '').trim().toLowerCase();
		const isGeneric = GENERIC_TYPES.includes(type);
		const extension = isGeneric ? file.extension.toLowerCase() : type.replace(/^image\//, '');
		const mimeType = IMAGE_TYPES.get(extension);
		if (mimeType === undefined) throw inputErrors.imageType(parameter, name, binary.mimeType);
		return { ...file, mimeType, extension };
	});
}

function checkTexts(parameter: string, entries: unknown[], most: number): string[] {
	const texts = entries.map((entry) => {
		if (typeof entry === 'string') return entry;
		throw inputErrors.imageList(parameter, entry);
	});
	if (texts.length >= 1 && texts.length <= most) return texts;
	throw inputErrors.imageCount(parameter, most, texts.length);
}
