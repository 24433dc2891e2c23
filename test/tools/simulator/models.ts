/*
 * Models of Kie's catalogue as their pages at docs.kie.ai/market described them from August to October 2026, without
 * the descriptions; most titles are ours. The answer about `kling/v2-1-master-text-to-video` was recorded on 2026-10-01.
 */

interface Model {
	title: string;
	provider: string;
	taskType: string[];
	pricingDesc?: string;
	/** What the body requires. */
	required: string[];
	input: object;
}

const RATIOS = '1:1 9:16 16:9 3:4 4:3 3:2 2:3 5:4 4:5 21:9 auto';

const text = (maxLength?: number, more = {}) => ({
	type: 'string',
	...(maxLength && { maxLength }),
	...more,
});
const choice = (options: string, fallback?: string, more = {}) => ({
	type: 'string',
	enum: options.split(' '),
	...(fallback && { default: fallback }),
	...more,
});
const number = (minimum: number, maximum: number, more = {}) => ({
	type: 'number',
	minimum,
	maximum,
	...more,
});
const flag = (more = {}) => ({ type: 'boolean', ...more });
const links = (maxItems?: number) => ({
	type: 'array',
	...(maxItems && { maxItems }),
	items: { type: 'string', format: 'uri' },
});
const texts = (more = {}) => ({ type: 'array', items: { type: 'string' }, ...more });
const input = (required: string[] | undefined, properties: object) => ({
	type: 'object',
	properties,
	...(required && { required }),
});

const seed = { type: 'integer', minimum: 0, maximum: 2147483647 };
const ossLinks = (more = {}) => ({
	type: 'array',
	...more,
	items: { type: 'string', format: 'uri', pattern: '^(https?|oss)://' },
});

/** One way to order kling-3.0-omni/image-to-video: the ways differ in little, and each has a meaningless `allOf`. */
const omni = (title: string, images: number, customize: object) => ({
	title,
	...input(['prompt', 'image_urls'], {
		prompt: text(3072, { pattern: '^.*\\S.*$' }),
		image_urls: ossLinks({ minItems: images, maxItems: images }),
		duration: {
			type: 'integer',
			enum: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
			default: 5,
			minimum: 3,
			maximum: 15,
		},
		resolution: choice('720p 1080p 4k', '720p'),
		aspect_ratio: choice('16:9 9:16 1:1 auto', 'auto'),
		audio: flag(),
		customize_multi_shots: flag(customize),
		prefer_multi_shots: flag(),
		multi_prompt: {
			type: 'array',
			minItems: 1,
			maxItems: 6,
			items: input(['duration', 'prompt'], {
				duration: { type: 'integer', minimum: 1, maximum: 15 },
				prompt: text(512, { minLength: 1 }),
			}),
		},
		elements: {
			type: 'array',
			maxItems: 3,
			default: [],
			items: input(['name', 'description', 'element_input_urls'], {
				name: text(),
				description: text(),
				element_input_urls: ossLinks({ minItems: 1, maxItems: 4 }),
				element_input_audio_urls: ossLinks({ default: [] }),
				start_time: { type: 'integer', default: 0 },
				end_time: { type: 'integer', default: 8000 },
			}),
		},
	}),
	allOf: [{ type: 'string' }, { type: 'string' }, { type: 'string' }],
	additionalProperties: false,
});

export const MODELS: { [id: string]: Model } = {
	'ai-music-api/generate': {
		title: 'Suno Generate',
		provider: 'Suno',
		taskType: ['Text to Music'],
		required: ['model', 'input'],
		input: input(['custom_mode', 'instrumental', 'model'], {
			custom_mode: flag(),
			instrumental: flag(),
			model: choice('V4 V4_5 V4_5PLUS V4_5ALL V5 V5_5 V6 V6_MINI V6_WILD', 'V6'),
			prompt: text(),
			style: text(),
			title: text(),
			lyrics: text(),
			negative_tags: text(),
			persona_id: text(),
			vocal_gender: choice('m f'),
			audio_urls: texts(),
			image_urls: texts({ maxItems: 5 }),
			duration: number(10, 360, { default: 20 }),
			style_weight: number(0, 1),
			weirdness_constraint: number(0, 1),
			audio_weight: number(0, 1),
			variety: { type: 'integer', minimum: 0, maximum: 4, default: 1 },
		}),
	},
	'elevenlabs/text-to-dialogue-v3': {
		title: 'ElevenLabs Dialogue V3',
		provider: 'Elevenlabs',
		taskType: ['Text to Speech'],
		required: ['model', 'input'],
		input: input(['dialogue'], {
			dialogue: {
				type: 'array',
				items: input(['text', 'voice'], { text: text(), voice: text() }),
			},
			// The first 8 of 74.
			language_code: choice('af ar hy as az be bn bs'),
			stability: { type: 'number', enum: [0, 0.5, 1], default: 0.5 },
		}),
	},
	'elevenlabs/text-to-speech-turbo-2-5': {
		title: 'ElevenLabs Turbo 2.5',
		provider: 'Elevenlabs',
		taskType: ['Text to Speech'],
		required: ['model'],
		input: input(['text'], {
			text: text(5000),
			language_code: text(500),
			next_text: text(5000),
			previous_text: text(5000),
			similarity_boost: number(0, 1, { default: 0.75 }),
			speed: number(0.7, 1.2, { default: 1 }),
			stability: number(0, 1, { default: 0.5 }),
			style: number(0, 1, { default: 0 }),
			timestamps: flag(),
			// The first 8 of 67.
			voice: choice(
				'EkK5I93UQWFDigLMpZcX Z3R5wn05IrDiVCyEkUrK NNl6r8mD7vthiJatiJt1 YOq2y2Up4RgXP2HyXjE5 B8gJV1IhpuegLxdpXFOE 2zRM7PkgwBPiau2jvVXc 1SM7GgM6IMuvQlz2BwM3 5l5f8iK3YPeGga21rQIX',
				'EkK5I93UQWFDigLMpZcX',
			),
		}),
	},
	'google/nano-banana': {
		title: 'Nano Banana',
		provider: 'Google',
		taskType: ['Text to Image'],
		required: ['model'],
		input: input(['prompt'], {
			prompt: text(5000),
			output_format: choice('png jpeg', 'png'),
			aspect_ratio: choice(RATIOS, '1:1'),
			image_size: choice(RATIOS, '1:1', { deprecated: true }),
			nsfw_checker: flag(),
		}),
	},
	'gpt-image-2-text-to-image': {
		title: 'GPT Image 2',
		provider: 'OpenAI',
		taskType: ['Text to Image'],
		required: ['model', 'input'],
		input: input(['prompt'], {
			prompt: text(20000, { minLength: 1 }),
			aspect_ratio: choice('auto 1:1 3:2 2:3 4:3 3:4 5:4 4:5 16:9 9:16 2:1 1:2 3:1 1:3 21:9 9:21'),
			resolution: choice('1K 2K 4K'),
		}),
	},
	'hailuo/2-3-image-to-video-standard': {
		title: 'Hailuo 2.3',
		provider: 'Hailuo',
		taskType: ['Image to Video'],
		required: ['model'],
		input: input(['image_url', 'prompt'], {
			image_url: text(),
			prompt: text(5000),
			duration: choice('6 10', '6'),
			resolution: choice('768P 1080P', '768P'),
		}),
	},
	'kling-3.0/motion-control': {
		title: 'Kling 3.0 Motion Control',
		provider: 'Kling',
		taskType: ['Video to Video'],
		required: ['model', 'callBackUrl', 'input'],
		input: input(['input_urls', 'video_urls'], {
			input_urls: texts(),
			video_urls: texts(),
			background_source: text(),
			character_orientation: text(),
			mode: text(),
			prompt: text(),
		}),
	},
	'kling-3.0-omni/image-to-video': {
		title: 'Kling 3.0 Omni',
		provider: 'Kling',
		taskType: ['Image to Video'],
		required: ['model'],
		input: {
			oneOf: [
				omni('Single First Frame', 1, {}),
				omni('First and Last Frames', 2, { default: false }),
			],
		},
	},
	'kling/v2-1-master-text-to-video': {
		title: 'Kling 2.1 Master',
		provider: 'Kling',
		taskType: ['Text to Video'],
		pricingDesc: '5 s: 160 credits ($0.80), 10 s: 320 credits ($1.60).\nsecond line about top-ups',
		required: ['model'],
		input: input(['prompt'], {
			prompt: text(5000),
			duration: choice('5 10', '5'),
			aspect_ratio: choice('16:9 9:16 1:1', '16:9'),
			negative_prompt: text(500),
			cfg_scale: number(0, 1, { default: 0.5 }),
		}),
	},
	'nano-banana-pro': {
		title: 'Nano Banana Pro',
		provider: 'Google',
		taskType: ['Text to Image', 'Image to Image'],
		required: ['model'],
		input: input(['prompt'], {
			prompt: text(10000),
			aspect_ratio: choice('1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 auto', '1:1'),
			image_input: links(8),
			output_format: choice('png jpg', 'png'),
			resolution: choice('1K 2K 4K', '1K'),
		}),
	},
	'bytedance/seedance-2-5': {
		title: 'Seedance 2.5',
		provider: 'ByteDance',
		taskType: ['Video to Video', 'Image to Video', 'Text to Video'],
		required: ['model', 'input'],
		input: input([], {
			aspect_ratio: choice('1:1 4:3 3:4 16:9 9:16 21:9 adaptive', 'adaptive'),
			duration: { type: 'integer', default: 5 },
			first_frame_url: text(),
			generate_audio: flag({ default: true }),
			last_frame_url: text(),
			nsfw_checker: flag(),
			output_format: choice('mp4 mov', 'mp4'),
			prompt: text(30000),
			reference_audio_urls: links(10),
			reference_image_urls: links(30),
			reference_video_urls: links(10),
			resolution: choice('480p 720p 1080p', '720p'),
			return_last_frame: flag({ default: false }),
			web_search: flag(),
		}),
	},
	'topaz/image-upscale': {
		title: 'Topaz Image Upscale',
		provider: 'Topaz',
		taskType: ['Image to Image'],
		required: ['model'],
		input: input(['image_url', 'upscale_factor'], {
			image_url: text(),
			upscale_factor: choice('1 2 4', '2'),
		}),
	},
	'veo-3-1': {
		title: 'Veo 3.1',
		provider: 'Google',
		taskType: ['Text to Video', 'Image to Video'],
		required: ['model', 'input'],
		input: input(['prompt'], {
			prompt: text(),
			model: choice('veo3_fast veo3_lite veo3', 'veo3_fast'),
			image_urls: texts(),
			generation_type: choice('TEXT_2_VIDEO FIRST_AND_LAST_FRAMES_2_VIDEO REFERENCE_2_VIDEO'),
			aspect_ratio: choice('16:9 9:16 Auto', '16:9'),
			resolution: choice('720p 1080p 4k', '720p'),
			duration: { type: 'integer', enum: [4, 6, 8], default: 8 },
			enable_translation: flag(),
			watermark: text(),
			enable_fallback: flag({ default: false, deprecated: true }),
		}),
	},
	'wan/2-7-image': {
		title: 'Wan 2.7 Image',
		provider: 'Wan',
		taskType: ['Text to Image', 'Image to Image'],
		required: ['model', 'input'],
		input: input(['prompt'], {
			prompt: text(5000),
			aspect_ratio: choice('1:1 16:9 4:3 21:9 3:4 9:16 8:1 1:8'),
			bbox_list: {
				type: 'array',
				items: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
			},
			color_palette: { type: 'array', minItems: 3, maxItems: 10, items: { type: 'object' } },
			enable_sequential: flag({ default: false }),
			input_urls: links(9),
			n: { type: 'integer' },
			nsfw_checker: flag(),
			resolution: choice('1K 2K 4K', '2K'),
			seed: { ...seed, default: 0 },
			thinking_mode: flag({ default: false }),
			watermark: flag({ default: false }),
		}),
	},
	'wan/3-0-video-prime': {
		title: 'Wan 3.0 Video Prime',
		provider: 'Wan',
		taskType: ['Text to Video', 'Image to Video', 'Video to Video'],
		required: ['model', 'input'],
		input: input(undefined, {
			prompt: text(20000),
			first_frame_url: text(undefined, { format: 'uri' }),
			last_frame_url: text(undefined, { format: 'uri' }),
			reference_image_urls: links(10),
			reference_video_urls: links(5),
			reference_audio_urls: links(5),
			reference_file_urls: links(1),
			reference_link_urls: links(1),
			resolution: choice('480P 720P 1080P', '1080P'),
			aspect_ratio: choice('adaptive 16:9 4:3 1:1 3:4 9:16', 'adaptive'),
			duration: { type: 'integer', default: 5 },
			audio: flag({ default: true }),
			seed,
			nsfw_checker: flag(),
		}),
	},
};

/** The OpenAPI document that Kie returns about a model. */
export function openapiOf(
	id: string,
	{ required, input }: Pick<Model, 'required' | 'input'>,
	path = '/api/v1/jobs/createTask',
) {
	const schema = {
		type: 'object',
		required,
		properties: {
			model: { type: 'string', enum: [id], default: id, examples: [id] },
			callBackUrl: { type: 'string', format: 'uri' },
			input,
		},
	};
	const answer = { allOf: [{ $ref: '#/components/schemas/response%20not%20with%20recordId' }] };
	return {
		openapi: '3.1.0',
		paths: {
			[path]: {
				post: {
					requestBody: { content: { 'application/json': { schema } }, required: true },
					responses: { 200: { content: { 'application/json': { schema: answer } } } },
				},
			},
		},
		components: { schemas: { 'response not with recordId': { type: 'object' } } },
	};
}
