import type { Operation } from '../state/scenario';

/** The four places in which callbacks were seen to carry the task's id. */
export type IdPlace = 'data.taskId' | 'data.task_id' | 'taskId' | 'task_id';

/** How the body of a callback is written; all are documented or were observed. */
export interface CallbackForm {
	/** `nested`: URLs in `data.info`, camelCase. `flat`: directly in `data`, snake_case. */
	shape?: 'nested' | 'flat';
	/** `bare`: only the first URL, as text. `bracketed`: a list without quotes, no valid JSON. */
	urls?: 'array' | 'json-text' | 'bare' | 'bracketed';
	/** Default: `data.taskId`, for the flat shape `data.task_id`. */
	ids?: IdPlace[];
	/** Adds `data.creditsConsumed`. */
	credits?: boolean;
	/** Of generate and extend. `broken`: with an escape that makes it invalid JSON. */
	promptJson?: 'text' | 'object' | 'broken' | 'absent';
	/** `data` of a failure. */
	failureData?: 'object' | 'null';
}

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

/** What a callback tells, independent of how it is written. */
export interface CallbackFacts {
	operation: Operation;
	taskId: string;
	code: number;
	msg: string;
	/** Empty for a failure. */
	videoUrls: string[];
	imageUrls: string[];
	/** Only results that are not 16:9 have them. */
	originUrls: string[];
	resolution: string;
	creditsConsumed: number;
	request: Record<string, unknown>;
}

/** Writes the body of a callback in the chosen form. */
export function callbackBody(facts: CallbackFacts, form: CallbackForm = {}): unknown {
	const ids = form.ids ?? [form.shape === 'flat' ? 'data.task_id' : 'data.taskId'];
	const succeeded = facts.code === 200;
	const data = succeeded ? successData(facts, form) : failureData(facts, form);
	const body: Record<string, unknown> = { code: facts.code, msg: facts.msg, data };
	for (const place of ids) {
		if (!place.startsWith('data.')) body[place] = facts.taskId;
		else if (data !== null) data[place.slice('data.'.length)] = facts.taskId;
	}
	return body;
}

function successData(facts: CallbackFacts, form: CallbackForm): Record<string, unknown> {
	const list = (urls: string[]) => writeUrls(urls, form.urls ?? 'array');
	const data: Record<string, unknown> = {};
	if (form.credits) data.creditsConsumed = facts.creditsConsumed;
	if (form.shape === 'flat') {
		data.result_urls = list(facts.videoUrls);
		data.media_ids = facts.videoUrls.map((url) => Buffer.from(url).toString('base64url'));
		data.image_urls = list(facts.imageUrls);
		return data;
	}
	if (facts.operation === 'get4k') {
		data.info = { resultUrls: list(facts.videoUrls), imageUrls: list(facts.imageUrls) };
		return data;
	}
	const promptJson = writePromptJson(facts.request, form.promptJson ?? 'text');
	if (promptJson !== undefined) data.promptJson = promptJson;
	data.info = {
		resultUrls: list(facts.videoUrls),
		...(facts.originUrls.length > 0 ? { originUrls: list(facts.originUrls) } : {}),
		resolution: facts.resolution,
	};
	data.fallbackFlag = false;
	return data;
}

function failureData(facts: CallbackFacts, form: CallbackForm): Record<string, unknown> | null {
	if (form.failureData === 'null') return null;
	return facts.operation === 'get4k' ? {} : { fallbackFlag: false };
}

function writeUrls(urls: string[], as: NonNullable<CallbackForm['urls']>): unknown {
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

function writePromptJson(
	request: Record<string, unknown>,
	as: NonNullable<CallbackForm['promptJson']>,
): unknown {
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
