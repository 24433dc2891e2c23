import { isObject, type Failure, type Operation } from '../scenario';

/** The four places in which callbacks were seen to carry the task's id. */
type IdPlace = 'data.taskId' | 'data.task_id' | 'taskId' | 'task_id';

interface FullForm {
	/** `nested`: URLs in `data.info`, camelCase. `flat`: directly in `data`, snake_case. */
	shape: 'nested' | 'flat';
	/** `bare`: only the first URL, as text. `bracketed`: a list without quotes, not valid JSON. */
	urls: 'array' | 'json-text' | 'bare' | 'bracketed';
	/** Where the task's id is. */
	ids: IdPlace[];
	/** Adds `data.creditsConsumed`. */
	credits: boolean;
	/** Of generate and extend. `broken`: with an escape that makes it invalid JSON. */
	promptJson: 'text' | 'object' | 'broken';
	/** `data` of a failure. */
	failureData: 'object' | 'null';
}

/** How the body of a callback is written; all are documented or were observed. */
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

/** What a callback tells, independent of how it is written. */
export interface CallbackFacts extends Failure {
	operation: Operation;
	taskId: string;
	/** Empty for a failure. */
	videoUrls: string[];
	imageUrls: string[];
	/** Only results that are not 16:9 have them. */
	originUrls: string[];
	resolution: string;
	creditsConsumed: number;
	request: Record<string, unknown>;
}

/** Writes the body of a callback of the Veo endpoints in the chosen form. */
export function callbackBody(facts: CallbackFacts, chosen: CallbackForm = {}): unknown {
	const isFlat = chosen.shape === 'flat';
	const form: FullForm = {
		shape: 'nested',
		urls: 'array',
		ids: isFlat ? ['data.task_id'] : ['data.taskId'],
		credits: false,
		promptJson: 'text',
		failureData: 'object',
		...chosen,
	};
	const { code, msg, taskId } = facts;
	const data = dataOf(facts, form);
	const body: Record<string, unknown> = { code, msg, data };
	for (const place of form.ids) {
		if (!place.startsWith('data.')) body[place] = taskId;
		else if (isObject(data)) data[place.slice('data.'.length)] = taskId;
	}
	return body;
}

function dataOf(facts: CallbackFacts, form: FullForm): Record<string, unknown> | null {
	const is4k = facts.operation === 'get4k';
	if (facts.code !== 200) {
		if (form.failureData === 'null') return null;
		return is4k ? {} : { fallbackFlag: false };
	}
	const urls = (list: string[]) => writeUrls(list, form.urls);
	const credits = form.credits ? { creditsConsumed: facts.creditsConsumed } : {};
	const resultUrls = urls(facts.videoUrls);
	const imageUrls = urls(facts.imageUrls);
	if (form.shape === 'flat') {
		const media_ids = mediaIdsOf(facts.videoUrls);
		return { ...credits, result_urls: resultUrls, media_ids, image_urls: imageUrls };
	}
	if (is4k) return { ...credits, info: { resultUrls, imageUrls } };
	const { originUrls, resolution } = facts;
	const origins = originUrls.length > 0 ? { originUrls: urls(originUrls) } : {};
	return {
		...credits,
		promptJson: writePromptJson(facts.request, form.promptJson),
		info: { resultUrls, ...origins, resolution },
		fallbackFlag: false,
	};
}

export function mediaIdsOf(videoUrls: string[]): string[] {
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
	}
}
