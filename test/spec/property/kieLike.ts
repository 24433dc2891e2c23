import * as fc from 'fast-check';

import { TEXTS } from '../corpus/texts';

/*
 * What Kie could send: its field names and words, in either language, with anything in them, in any place
 * and at any depth.
 */

const FRAGMENTS = [...TEXTS.map(({ text }) => text), 'Flow(', '"', '。', ' '];
export const words = fc.oneof(
	{ weight: 4, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 4 }).map(join) },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
	{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);

function join(parts: string[]): string {
	return parts.join('');
}

export const ORIGIN = 'https://file.example/origin.mp4';
const url = fc.constantFrom('https://a.example/1.mp4', 'http://b.example/视频.mp4', 'ftp://c', '');
const urls = fc.oneof(
	url,
	fc.array(url, { maxLength: 3 }),
	fc.array(url, { maxLength: 3 }).map((list) => JSON.stringify(list)),
	fc.array(url, { maxLength: 3 }).map((list) => `[${list.join(', ')}]`),
	fc.jsonValue({ maxDepth: 2 }),
);
const codes = [0, 200, 201, 400, 401, 404, 408, 422, 429, 455, 500, 501, 504, 505];
const code = fc.constantFrom(...codes, '422', null);
const id = fc.constantFrom('veo_task_1', ' ', 7, '', null);

/** Sometimes as JSON text, as Kie does with some of its objects. */
const perhapsText = <T>(value: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: value.map(toJson) });

/** Keeps a value from growing with its depth. */
const seldom = <T>(value: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

function toJson(value: unknown): unknown {
	return JSON.stringify(value) ?? null;
}

/** A `data` of Kie's; one within the other. */
const { data } = fc.letrec<{ data: unknown; record: object }>((tie) => ({
	data: fc.oneof(
		{ maxDepth: 4 },
		{ weight: 1, arbitrary: fc.oneof(words, urls, id) },
		{ weight: 4, arbitrary: perhapsText(tie('record')) },
		{ weight: 1, arbitrary: fc.array(tie('data'), { maxLength: 3 }) },
	),
	record: fc.record(
		{
			taskId: id,
			task_id: id,
			successFlag: fc.constantFrom(0, 1, 2, 3, '3', 9, null),
			state: fc.constantFrom('success', 'fail', 'generating', '', null),
			errorMessage: words,
			errorCode: code,
			failMsg: words,
			failCode: code,
			resultUrls: urls,
			result_urls: urls,
			originUrls: fc.constant([ORIGIN]),
			origin_urls: fc.constant(ORIGIN),
			model: fc.constantFrom('veo-3-1', 'veo/get-4k-video', 7),
			resolution: fc.constantFrom('720p', '4k', null),
			info: seldom(tie('data')),
			response: seldom(tie('data')),
			resultJson: seldom(tie('data')),
			data: seldom(tie('data')),
		},
		{ requiredKeys: [] },
	),
}));

/** The whole body of an answer or a callback. */
export const body = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({ code, msg: words, data, taskId: id, task_id: id }, { requiredKeys: [] }),
	},
	{ weight: 1, arbitrary: data },
	{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 8 }) },
);
