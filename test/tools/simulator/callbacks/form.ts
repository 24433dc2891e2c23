import { listOf, oneOf } from '../api/check';
import { Choice, type Chosen, fallbacksOf, flag, oneFrom } from '../state/choice';
import type { Failure } from '../state/failure';
import type { Operation } from '../state/scenario';

/** The four places in which callbacks were seen to carry the task's id. */
export type IdPlace = 'data.taskId' | 'data.task_id' | 'taskId' | 'task_id';

/** How the body of a callback is written; all are documented or were observed. */
export const formChoices = {
	/**
	 * `nested`: URLs in `data.info`, camelCase. `flat`: directly in `data`, snake_case.
	 * `taskOnly`: Kie's own sample, which names the task and no URL. `record`: as record-info answers,
	 * so that a failed task has code 200 as well. `job`: as the unified jobs API reports.
	 */
	shape: oneFrom('nested', 'flat', 'taskOnly', 'record', 'job'),
	/** `bare`: only the first URL, as text. `bracketed`: a list without quotes, not valid JSON. */
	urls: oneFrom('array', 'json-text', 'bare', 'bracketed'),
	/** Where the task's id is. Default: where the shape has it. */
	ids: new Choice<IdPlace[]>([], listOf(oneOf('data.taskId', 'data.task_id', 'taskId', 'task_id'))),
	/** Adds `data.creditsConsumed`. */
	credits: flag(false),
	/** Adds `data.info.mediaIds`, which base videos have as well. */
	mediaIds: flag(false),
	/** Of generate and extend. `broken`: with an escape that makes it invalid JSON. */
	promptJson: oneFrom('text', 'object', 'broken', 'absent'),
	/** `data` of a failure. */
	failureData: oneFrom('object', 'null'),
};

type FullForm = Chosen<typeof formChoices>;
export type CallbackForm = Partial<FullForm>;

/** The named forms, for tables of tests. */
export const CALLBACK_FORMS = {
	nested: {},
	nestedWithCredits: { credits: true },
	flat: { shape: 'flat' },
	urlsAsJsonText: { urls: 'json-text' },
	bareUrl: { urls: 'bare' },
	bracketedList: { urls: 'bracketed' },
	brokenPromptJson: { promptJson: 'broken' },
	promptJsonAsObject: { promptJson: 'object' },
	topLevelTaskId: { ids: ['taskId'] },
	topLevelSnakeTaskId: { ids: ['task_id'] },
	bothIds: { ids: ['taskId', 'data.task_id'] },
	failureDataNull: { failureData: 'null' },
} satisfies Record<string, CallbackForm>;

/** Forms of Kie's other pages: the webhook sample, a record, a job. */
export const OTHER_CALLBACK_FORMS = {
	taskOnly: { shape: 'taskOnly' },
	record: { shape: 'record' },
	job: { shape: 'job' },
} satisfies Record<string, CallbackForm>;

/** What a callback tells, independent of how it is written. */
export interface CallbackFacts extends Failure {
	operation: Operation;
	/** A number where the task's ids are written as numbers. */
	taskId: string | number;
	/** Empty for a failure. */
	videoUrls: string[];
	imageUrls: string[];
	/** Only results that are not 16:9 have them. */
	originUrls: string[];
	resolution: string;
	creditsConsumed: number;
	request: Record<string, unknown>;
}

type Fields = Record<string, unknown>;

/** One way to write a callback: its body without the task's id, and where that stands. */
interface Shape {
	ids: IdPlace[];
	body(facts: CallbackFacts, form: FullForm): { code: unknown; msg: string; data: Fields | null };
}

const SHAPES: Record<FullForm['shape'], Shape> = {
	nested: { ids: ['data.taskId'], body: toldBy(nestedData) },
	flat: { ids: ['data.task_id'], body: toldBy(flatData) },
	taskOnly: {
		ids: ['taskId', 'data.task_id'],
		body: toldBy(() => ({ callbackType: 'task_completed' })),
	},
	record: { ids: ['data.taskId'], body: recordBody },
	job: { ids: ['data.taskId'], body: jobBody },
};

/** Writes the body of a callback in the chosen form. */
export function callbackBody(facts: CallbackFacts, chosen: CallbackForm = {}): unknown {
	const form = { ...fallbacksOf(formChoices), ...chosen };
	const shape = SHAPES[form.shape];
	const { code, msg, data } = shape.body(facts, form);
	const body: Fields = { code, msg, data };
	for (const place of form.ids.length > 0 ? form.ids : shape.ids) {
		if (!place.startsWith('data.')) body[place] = facts.taskId;
		else if (data !== null) data[place.slice('data.'.length)] = facts.taskId;
	}
	return body;
}

function hasSucceeded({ code }: CallbackFacts): boolean {
	return code === 200;
}

/** A body whose code says how the work ended. */
function toldBy(successData: (facts: CallbackFacts, form: FullForm) => Fields): Shape['body'] {
	return (facts, form) => {
		const data = hasSucceeded(facts) ? successData(facts, form) : failureData(facts, form);
		return { code: facts.code, msg: facts.msg, data };
	};
}

function nestedData(facts: CallbackFacts, form: FullForm): Fields {
	const list = (urls: string[]) => writeUrls(urls, form.urls);
	const credits = form.credits ? { creditsConsumed: facts.creditsConsumed } : {};
	const media = form.mediaIds ? { mediaIds: mediaIds(facts) } : {};
	if (facts.operation === 'get4k') {
		const info = { resultUrls: list(facts.videoUrls), imageUrls: list(facts.imageUrls), ...media };
		return { ...credits, info };
	}
	const promptJson = writePromptJson(facts.request, form.promptJson);
	return {
		...credits,
		...(promptJson === undefined ? {} : { promptJson }),
		info: {
			resultUrls: list(facts.videoUrls),
			...(facts.originUrls.length > 0 ? { originUrls: list(facts.originUrls) } : {}),
			resolution: facts.resolution,
			...media,
		},
		fallbackFlag: false,
	};
}

function flatData(facts: CallbackFacts, form: FullForm): Fields {
	return {
		...(form.credits ? { creditsConsumed: facts.creditsConsumed } : {}),
		result_urls: writeUrls(facts.videoUrls, form.urls),
		media_ids: mediaIds(facts),
		image_urls: writeUrls(facts.imageUrls, form.urls),
	};
}

function failureData(facts: CallbackFacts, form: FullForm): Fields | null {
	if (form.failureData === 'null') return null;
	const { errorMessage } = facts;
	return {
		...(facts.operation === 'get4k' ? {} : { fallbackFlag: false }),
		...(errorMessage === undefined ? {} : { errorMessage }),
	};
}

function recordBody(facts: CallbackFacts, form: FullForm): ReturnType<Shape['body']> {
	const { taskId, code, msg, errorMessage = msg, resolution } = facts;
	const ok = hasSucceeded(facts);
	const data = {
		paramJson: JSON.stringify(facts.request),
		successFlag: ok ? 1 : 3,
		errorCode: ok ? null : code,
		errorMessage: ok ? '' : errorMessage,
		response: ok ? { taskId, resultUrls: writeUrls(facts.videoUrls, form.urls), resolution } : null,
	};
	return { code: 200, msg: 'success', data };
}

/** Names of the jobs that stand for the operations. */
const JOB_MODELS: Record<Operation, string> = {
	generate: 'veo3_fast',
	extend: 'veo/extend',
	get1080p: 'veo/get-1080p-video',
	get4k: 'veo/get-4k-video',
};

function jobBody(facts: CallbackFacts): ReturnType<Shape['body']> {
	const { operation, code, msg, errorMessage = msg, creditsConsumed } = facts;
	const ok = hasSucceeded(facts);
	const data = {
		model: JOB_MODELS[operation],
		state: ok ? 'success' : 'fail',
		param: JSON.stringify({ model: JOB_MODELS[operation], input: facts.request }),
		resultJson: ok ? JSON.stringify({ resultUrls: facts.videoUrls }) : '',
		failCode: ok ? null : String(code),
		failMsg: ok ? null : errorMessage,
		creditsConsumed: ok ? creditsConsumed : 0,
	};
	const text = ok ? 'Playground task completed successfully.' : 'Playground task failed.';
	return { code: ok ? 200 : 501, msg: text, data };
}

function mediaIds({ videoUrls }: CallbackFacts): string[] {
	return videoUrls.map((url) => Buffer.from(url).toString('base64url'));
}

function writeUrls(urls: string[], as: FullForm['urls']): unknown {
	switch (as) {
		case 'array':
			return urls;
		case 'json-text':
			return JSON.stringify(urls);
		case 'bare':
			return urls[0] ?? '';
		case 'bracketed':
			return `[${urls.join(',')}]`;
	}
}

function writePromptJson(request: Record<string, unknown>, as: FullForm['promptJson']): unknown {
	switch (as) {
		case 'text':
			return JSON.stringify(request);
		case 'object':
			return request;
		case 'broken':
			return '{"prompt":"A dog","imageUrls":["\\https://file.example/one.jpg"]}';
		case 'absent':
			return undefined;
	}
}
