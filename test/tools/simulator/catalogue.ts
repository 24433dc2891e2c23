import { TEXTS } from './kieTexts';
import { MODELS, openapiOf } from './models';
import type { Route } from './order';
import { refuse, success } from './reply';

/* Kie's free catalogue, and what is known of its models without one. */

type Listed = Omit<(typeof MODELS)[string], 'required' | 'input'> & {
	required?: string[];
	input?: object;
	/** Where it is ordered, if not by createTask. */
	path?: string;
};

const ofVideo = (title: string, required: string[], names: string[]): Listed => {
	const properties = Object.fromEntries(names.map((name) => [name, {}]));
	const input = { type: 'object', properties, required };
	return { title, provider: 'Google', taskType: ['Video to Video'], required: ['model'], input };
};

/** More models, among them some without a schema, and two that are not run as jobs. */
const OTHERS: { [id: string]: Listed } = {
	'ai-music-api/lyrics': { title: 'Suno Lyrics', provider: 'Suno', taskType: ['Text to Music'] },
	'ai-music-api/sounds': { title: 'Suno Sounds', provider: 'Suno', taskType: ['Text to Music'] },
	'gemini-3-pro': { title: 'Gemini 3 Pro', provider: 'Google', taskType: ['Chat'] },
	'gemini-omni-audio': {
		title: 'Gemini Omni Audio',
		provider: 'Google',
		taskType: ['Text to Speech'],
		path: '/api/v1/omni/audio/create',
	},
	'google/gemini-3-8-flash-tts': {
		title: 'Gemini 3.8 Flash TTS',
		provider: 'Google',
		taskType: ['Text to Speech'],
	},
	'veo/extend': ofVideo(
		'Veo Extend',
		['task_id', 'prompt'],
		['task_id', 'prompt', 'seeds', 'watermark'],
	),
	'veo/get-4k-video': ofVideo('Veo 4K', ['task_id'], ['task_id', 'index']),
	'veo/get-1080p-video': {
		...ofVideo('Veo 1080P', ['taskId'], ['taskId', 'index']),
		required: ['model', 'callBackUrl'],
	},
};

const ALL: { [id: string]: Listed } = { ...MODELS, ...OTHERS };

/** What a model makes. Kie's own task types are not reliable, but those of these models are. */
export type Kind = 'picture' | 'video' | 'speech' | 'music' | 'text';

export function kindOf(model: string): Kind {
	const said = ALL[model]?.taskType[0] ?? '';
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

/** Whether createTask takes a model of this name. */
export function runsAsJob(model: string): boolean {
	const known = Object.hasOwn(ALL, model) ? ALL[model] : undefined;
	return known !== undefined && !known.taskType.includes('Chat') && known.path === undefined;
}

/** Voices outside the list were accepted. */
const OPEN_LISTS = ['voice'];

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
		return allowed && !OPEN_LISTS.includes(name) && !allowed.includes(value);
	});
	return wrong && `${wrong[0]} is not within the range of allowed options`;
}

const PATH = /^\/api\/v1\/models(?:\/(.+)\/(schema|price))?$/;

/** A question to the catalogue; `undefined` for any other path. */
export function catalogueRoute(method: string, path: string): Route | undefined {
	const found = method === 'GET' ? PATH.exec(path) : null;
	if (!found) return undefined;
	const [, model, what] = found;
	return {
		fields: {},
		answer: ({ account }) => {
			if (!account.mayReadCatalogue()) refuse(429, TEXTS.tooFast);
			if (model === undefined) return success(list());
			if (!Object.hasOwn(ALL, model)) refuse(404, TEXTS.unknownModel);
			const told =
				what === 'price' ? { pricingDesc: priceOf(model) } : { openapi: schemaOf(model) };
			return success({ model, ...told });
		},
	};
}

function list(): object {
	const models = Object.entries(ALL).map(([model, { title, provider, taskType }]) => ({
		...{ model, slug: model, title, provider, taskType },
		description: null,
		pricingDesc: priceOf(model),
	}));
	return { total: models.length, models };
}

function priceOf(model: string): string {
	return ALL[model]?.pricingDesc ?? `${PRICES[kindOf(model)]} credits per task`;
}

function schemaOf(model: string): object | null {
	const { required = [], input, path } = ALL[model] ?? {};
	if (path !== undefined) return openapiOf(model, { required, input: {} }, path);
	return input === undefined ? null : openapiOf(model, { required, input });
}
