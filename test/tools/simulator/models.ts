/*
 * Models of Kie's catalogue as their pages at docs.kie.ai/market described them from August to October 2026, without
 * descriptions, further task types and what lists of objects hold; most titles are ours. The answer about
 * `kling/v2-1-master-text-to-video` was recorded on 2026-10-01.
 */

interface Model {
	title: string;
	provider: string;
	taskType: string[];
	pricingDesc?: string;
	/** What the body requires. Default: the model. */
	required?: string[];
	/** The schema of its input, if Kie has published one. */
	input?: object;
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
const links = (maxItems: number) => ({
	type: 'array',
	maxItems,
	items: { type: 'string', format: 'uri' },
});
const texts = (more = {}) => ({ type: 'array', items: { type: 'string' }, ...more });
const input = (required: string[], properties: object) => ({
	type: 'object',
	properties,
	required,
});

const model = (
	title: string,
	provider: string,
	taskType: string,
	required: string[],
	properties: object,
): Model => ({ title, provider, taskType: [taskType], input: input(required, properties) });

/** One way to order kling-3.0-omni/image-to-video: the ways differ in little, and each has a meaningless `allOf`. */
const omni = (title: string, images: number, customize: object) => ({
	title,
	...input(['prompt', 'image_urls'], {
		prompt: text(3072, { pattern: '^.*\\S.*$' }),
		image_urls: {
			type: 'array',
			minItems: images,
			maxItems: images,
			items: { type: 'string', format: 'uri', pattern: '^(https?|oss)://' },
		},
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
			items: input(['duration', 'prompt'], {}),
		},
		elements: {
			type: 'array',
			maxItems: 3,
			default: [],
			items: input(['name', 'description', 'element_input_urls'], {}),
		},
	}),
	allOf: [{ type: 'string' }, { type: 'string' }, { type: 'string' }],
	additionalProperties: false,
});

export const MODELS: { [id: string]: Model } = {
	'ai-music-api/generate': model(
		'Suno Generate',
		'Suno',
		'Text to Music',
		['custom_mode', 'instrumental', 'model'],
		{
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
		},
	),
	'elevenlabs/text-to-dialogue-v3': model(
		'Dialogue V3',
		'Elevenlabs',
		'Text to Speech',
		['dialogue'],
		{
			dialogue: {
				type: 'array',
				items: input(['text', 'voice'], { text: text(), voice: text() }),
			},
			// The first 8 of 74.
			language_code: choice('af ar hy as az be bn bs'),
			stability: { type: 'number', enum: [0, 0.5, 1], default: 0.5 },
		},
	),
	'google/nano-banana': model('Nano Banana', 'Google', 'Text to Image', ['prompt'], {
		prompt: text(5000),
		output_format: choice('png jpeg', 'png'),
		aspect_ratio: choice(RATIOS, '1:1'),
		image_size: choice(RATIOS, '1:1', { deprecated: true }),
		nsfw_checker: flag(),
	}),
	'gpt-image-2-text-to-image': model('GPT Image 2', 'OpenAI', 'Text to Image', ['prompt'], {
		prompt: text(20000, { minLength: 1 }),
		aspect_ratio: choice('auto 1:1 3:2 2:3 4:3 3:4 5:4 4:5 16:9 9:16 2:1 1:2 3:1 1:3 21:9 9:21'),
		resolution: choice('1K 2K 4K'),
	}),
	'kling-3.0/motion-control': {
		required: ['model', 'callBackUrl'],
		...model('Motion Control', 'Kling', 'Video to Video', ['input_urls', 'video_urls'], {
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
		input: {
			oneOf: [
				omni('Single First Frame', 1, {}),
				omni('First and Last Frames', 2, { default: false }),
			],
		},
	},
	'kling/v2-1-master-text-to-video': {
		pricingDesc: '5 s: 160 credits ($0.80), 10 s: 320 credits ($1.60).\nsecond line about top-ups',
		...model('Kling 2.1 Master', 'Kling', 'Text to Video', ['prompt'], {
			prompt: text(5000),
			duration: choice('5 10', '5'),
			aspect_ratio: choice('16:9 9:16 1:1', '16:9'),
			negative_prompt: text(500),
			cfg_scale: number(0, 1, { default: 0.5 }),
		}),
	},
	'nano-banana-pro': model('Nano Banana Pro', 'Google', 'Text to Image', ['prompt'], {
		prompt: text(10000),
		aspect_ratio: choice('1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 auto', '1:1'),
		image_input: links(8),
		output_format: choice('png jpg', 'png'),
		resolution: choice('1K 2K 4K', '1K'),
	}),
	'bytedance/seedance-2-5': model('Seedance 2.5', 'ByteDance', 'Video to Video', [], {
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
	'topaz/image-upscale': model(
		'Topaz Image Upscale',
		'Topaz',
		'Image to Image',
		['image_url', 'upscale_factor'],
		{
			image_url: text(),
			upscale_factor: choice('1 2 4', '2'),
		},
	),
	'veo-3-1': model('Veo 3.1', 'Google', 'Text to Video', ['prompt'], {
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
	'veo/extend': model('Veo Extend', 'Google', 'Video to Video', ['task_id', 'prompt'], {
		task_id: text(),
		prompt: text(),
		seeds: number(10_000, 99_999),
		watermark: text(),
	}),
	'veo/get-4k-video': model('Veo 4K', 'Google', 'Video to Video', ['task_id'], {
		task_id: text(),
		index: { type: 'integer', default: 0 },
	}),
	'veo/get-1080p-video': {
		required: ['model', 'callBackUrl'],
		...model('Veo 1080P', 'Google', 'Video to Video', ['taskId'], {
			taskId: text(),
			index: text(),
		}),
	},
	'wan/2-7-image': model('Wan 2.7 Image', 'Wan', 'Text to Image', ['prompt'], {
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
		seed: { type: 'integer', minimum: 0, maximum: 2147483647, default: 0 },
		thinking_mode: flag({ default: false }),
		watermark: flag({ default: false }),
	}),
};

/** Models of which Kie has published no schema. */
const WITHOUT_SCHEMA: { [id: string]: Model } = {
	'ai-music-api/lyrics': { title: 'Suno Lyrics', provider: 'Suno', taskType: ['Text to Music'] },
	'ai-music-api/sounds': { title: 'Suno Sounds', provider: 'Suno', taskType: ['Text to Music'] },
	'google/gemini-3-8-flash-tts': {
		title: 'Gemini 3.8 Flash TTS',
		provider: 'Google',
		taskType: ['Text to Speech'],
	},
};

/** All of which createTask takes. */
export const ALL_MODELS = { ...MODELS, ...WITHOUT_SCHEMA };

/** What a model makes. Kie's own task types are not reliable, but those of these models are. */
export type Kind = 'picture' | 'video' | 'speech' | 'music' | 'text';

export function kindOf(model: string): Kind {
	const said = ALL_MODELS[model]?.taskType[0] ?? '';
	if (model.includes('lyrics')) return 'text';
	if (said.endsWith('Music')) return 'music';
	if (said.endsWith('Speech')) return 'speech';
	return said.endsWith('Video') ? 'video' : 'picture';
}

/** Credits of one task, about what was recorded. */
export const PRICES: Record<Kind, number> = {
	picture: 4,
	video: 70,
	speech: 0.19,
	music: 2.5,
	text: 0.5,
};

/** Kie's words about an input it refuses. What a model does not know is ignored. */
export function inputFault(model: string, input: Record<string, unknown>): string | undefined {
	const { properties = {}, required = [] } = (MODELS[model]?.input ?? {}) as {
		properties?: Record<string, { enum?: unknown[] }>;
		required?: string[];
	};
	const missing = required.find((name) => input[name] === undefined || input[name] === '');
	if (missing !== undefined) return `${missing} is required`;
	const wrong = Object.entries(input).find(([name, value]) => {
		const allowed = properties[name]?.enum;
		return allowed && !allowed.includes(value);
	});
	return wrong && `${wrong[0]} is not within the range of allowed options`;
}

/** The OpenAPI document that Kie returns about a model. */
export function openapiOf(
	id: string,
	{ required = ['model'], input }: Partial<Model>,
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
	return {
		openapi: '3.1.0',
		paths: {
			[path]: {
				post: {
					requestBody: { content: { 'application/json': { schema } }, required: true },
				},
			},
		},
	};
}
