import { faultAnswer, readAnswer } from '../../../nodes/KieVeo/kie/http/client';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import {
	classifyCreditsAnswer,
	classifyFileUrlAnswer,
	classifyServiceAnswer,
	classifyUpgradeAnswer,
	classifyUploadAnswer,
	type KieAnswer,
	type UnreachedReason,
} from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer, mayBePaid } from '../../../nodes/KieVeo/kie/meaning/money';
import { isUnknownTask, readRecordAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { KNOWN_TEXTS, readText } from '../../../nodes/KieVeo/kie/meaning/texts';
import * as kieTexts from '../../tools/simulator/kieTexts';
import { ANSWERS, TASK, VIDEO, type AnswerRow } from '../corpus/answers';
import { CALLBACKS } from '../corpus/callbacks';
import { TASK_CALLBACKS, TASKS } from '../corpus/tasks';
import { TEXTS } from '../corpus/texts';

/** An answer as it comes over the wire: an object is sent as JSON, text as it is. */
function answer(body: unknown, statusCode = 200): KieAnswer {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return readAnswer({ statusCode, headers: {}, body: text }, 0);
}

const OLD = { isOurs: true, isNew: false };
const FOREIGN = { isOurs: false, isNew: false };

const READERS = {
	order: classifyCreateAnswer,
	get4k: (given: KieAnswer) => classifyUpgradeAnswer('4k', given),
	get1080p: (given: KieAnswer) => classifyUpgradeAnswer('1080p', given),
	ownRecord: (given: KieAnswer) => readRecordAnswer(given, OLD).meaning,
	record: (given: KieAnswer) => readRecordAnswer(given, FOREIGN).meaning,
	service: classifyServiceAnswer,
};
type Reader = keyof typeof READERS;

/** On one line: why, or what. */
function said(meaning: { kind: string; reason?: string }): string {
	return meaning.reason ?? meaning.kind;
}

function outcomeOf(body: unknown): string {
	const parsed = parseCallback(body);
	return 'reason' in parsed ? parsed.reason : parsed.read().outcome;
}

describe('the corpus', () => {
	it.each([
		['texts', TEXTS],
		['answers', ANSWERS],
		['callbacks', [...CALLBACKS, ...TASK_CALLBACKS]],
		['tasks of other models', TASKS],
	])('has a source for each of its %s', (_what, rows) => {
		expect(rows.length).toBeGreaterThan(10);
		for (const { source } of rows) {
			expect(source).toMatch(/^https:\/\/docs\.kie\.ai\/|client|workflow|github|supercode/i);
		}
	});

	it('has each known text', () => {
		const seen = JSON.stringify([TEXTS, ANSWERS]).toLowerCase();
		const known = KNOWN_TEXTS.flatMap(([, ...texts]) => texts);
		expect(known.filter((one) => !seen.includes(one))).toStrictEqual([]);
	});

	it('has each text that the simulator says, or begins with', () => {
		const seen = JSON.stringify([TEXTS, ANSWERS, CALLBACKS, TASK_CALLBACKS]);
		const said = [kieTexts.TEXTS, kieTexts.DONE_TEXTS].flatMap((texts) => Object.values(texts));
		const all = [...said, ...kieTexts.CODE_TEXTS.values()];
		expect(all.filter((one) => !seen.includes(`"${one}`))).toStrictEqual([]);
	});
});

describe('the meaning of a text', () => {
	const rows = TEXTS.map((row) => [row.code, row.text, row] as const);

	it.each(rows)('%d "%s"', (code, text, { means: { callback, reason, ...means } }) => {
		for (const data of [null, undefined]) {
			const given = answer({ code, msg: text, data });
			const found = Object.keys(means).map((reader) => [
				reader,
				said(READERS[reader as Reader](given)),
			]);
			expect(Object.fromEntries(found)).toStrictEqual(means);
		}
		expect(outcomeOf({ code, msg: text, data: { taskId: TASK } })).toBe(callback);
		if (reason === 'other' && callback === 'unknown') return;
		for (const failed of [
			{ successFlag: 3, errorCode: code, errorMessage: text },
			{ state: 'fail', failCode: String(code), failMsg: text },
		]) {
			const told = readRecordAnswer(answer({ code: 200, msg: 'success', data: failed }), FOREIGN);
			expect(told).toMatchObject({
				answer: { code, message: text },
				meaning: { kind: 'failed', reason },
			});
			expect(outcomeOf({ code: 200, msg: 'success', data: failed })).toBe('failed');
		}
	});

	it('is that of its beginning: what follows a whole phrase may be anything', () => {
		expect(readText('record is null. Please check')).toBe('unknownTask');
		expect(readText('  Record   IS null')).toBe('unknownTask');
		expect(readText('record is nullable')).toBeNull();
		expect(readText('Timeout of the upload')).toBeNull();
		expect(readText('It says: record is null')).toBeNull();
		expect(readText('Note: your request was rejected by Flow(INTERNAL)')).toBeNull();
		expect(readText('Your request was rejected by Flow(INTERNAL)')).toBe('upstream');
	});
});

describe('the meaning of an answer', () => {
	const rows = ANSWERS.flatMap((row) =>
		(Object.keys(row.means) as Reader[]).map((reader) => [reader, row.what, row] as const),
	);

	it.each(rows)('%s: %s', (reader, _what, row: AnswerRow) => {
		const given = answer(row.body, row.httpStatus);
		const meaning = READERS[reader](given);
		expect(said(meaning)).toBe(row.means[reader]);
		if (meaning.kind === 'created') expect(given.taskIds).toContain(meaning.taskId);
		if (meaning.kind === 'success') expect(meaning.files).toMatchObject(row.files ?? {});
		if (reader !== 'record' && reader !== 'ownRecord') return;
		const told = readRecordAnswer(given, FOREIGN).answer;
		if (row.message !== undefined) expect(told.message).toBe(row.message);
		if (row.code !== undefined) expect(told.code).toBe(row.code);
	});

	it.each<[reason: UnreachedReason, kind: string]>([
		['noConnection', 'retry'],
		['noName', 'retry'],
		['blocked', 'unreached'],
	])('a request that reached nobody (%s) is "%s" for everybody', (unreached, kind) => {
		const given = { ...faultAnswer('record is null'), unreached };
		for (const read of Object.values(READERS)) {
			expect(read(given)).toStrictEqual({ kind, reason: unreached });
		}
	});

	it.each<[what: string, body: string, status: number, meaning: string]>([
		['a page with 404', '<html></html>', 404, 'wrongAddress'],
		['a redirect', '', 302, 'wrongAddress'],
		['a page with 401', '<html></html>', 401, 'accessDenied'],
		['a page with 407', '', 407, 'proxyLogin'],
		['a page with 429', '<html></html>', 429, 'rateLimit'],
		['a page with 500', '<html></html>', 500, 'unreadable'],
		['a page with 200', '<html></html>', 200, 'unreadable'],
		['text', 'not found', 404, 'wrongAddress'],
		["another server's JSON", '{"status":404,"path":"/"}', 404, 'wrongAddress'],
		["another server's list", '[]', 404, 'wrongAddress'],
		['a list', '[]', 200, 'unreadable'],
		['no code', '{"msg":"success","data":null}', 200, 'unreadable'],
		['a code that is not a number', '{"code":"ok","data":null}', 200, 'unreadable'],
		['JSON that was cut off', '{"code":404,"msg":"Ta', 404, 'unreadable'],
		["Kie's own 404", '{"code":404,"msg":"Not Found"}', 404, 'unknownTask'],
	])('%s is an answer of Kie.ai or not: %d %s', (_what, body, status, meaning) => {
		const given = answer(body, status);
		expect(said(classifyUpgradeAnswer('4k', given))).toBe(meaning);
		expect(said(classifyServiceAnswer(given))).toBe(meaning);
		const isLost = meaning === 'unreadable';
		expect(said(classifyCreateAnswer(given))).toBe(isLost ? 'lost' : meaning);
	});

	it.each([
		['fail', 'failed'],
		['generating', 'processing'],
	])('to an upgrade in which the task is in the state "%s" is "%s"', (state, kind) => {
		const given = answer({ code: 422, msg: 'x', data: { state } });
		expect(classifyUpgradeAnswer('4k', given).kind).toBe(kind);
	});

	it('about credits is the balance, which can be zero', () => {
		const credits = (body: unknown) => classifyCreditsAnswer(answer(body));
		expect(credits({ code: 200, data: 5916.25 })).toStrictEqual({
			kind: 'success',
			credits: 5916.25,
		});
		expect(credits({ code: 200, data: 0 })).toMatchObject({ credits: 0 });
		expect(credits({ code: 422, msg: 'x', data: 7 })).toMatchObject({ kind: 'failed' });
		expect(credits({ msg: 'success', data: 7 })).toMatchObject({ reason: 'unreadable' });
		expect(credits({ code: 200, data: null })).toMatchObject({ kind: 'failed', reason: 'other' });
		expect(classifyServiceAnswer(answer({ code: 422, msg: '4k is processing' }))).toStrictEqual({
			kind: 'failed',
			reason: 'other',
		});
	});

	it('about a file is its address, if it is one', () => {
		const file = (data: unknown, code = 200) =>
			classifyFileUrlAnswer(answer({ code, msg: 'x', data }));
		for (const data of [VIDEO, { downloadUrl: VIDEO }, { fileUrl: VIDEO }]) {
			expect(file(data)).toStrictEqual({ kind: 'success', url: VIDEO });
		}
		expect(file('http://a.example/1')).toMatchObject({ kind: 'success' });
		for (const data of [`javascript:${VIDEO}`, `x ${VIDEO}`, 'https://', {}, null, [VIDEO]]) {
			expect(file(data)).toStrictEqual({ kind: 'failed', reason: 'other' });
		}
		expect(file(null, 401)).toMatchObject({ kind: 'refused' });
	});

	it('about an upload says what was stored, as far as it is told', () => {
		const row = ANSWERS.find(({ what }) => what === 'an uploaded file');
		expect(classifyUploadAnswer(answer(row?.body))).toStrictEqual({
			kind: 'success',
			url: 'https://tempfile.redpandaai.co/xxx/uploaded-image.png',
			fileName: 'uploaded-image.png',
			mimeType: 'image/png',
			fileSize: 154832,
			expiresAt: null,
		});
		const expiresAt = '2025-01-04T12:00:00.000Z';
		const data = { fileUrl: VIDEO, expiresAt };
		expect(classifyUploadAnswer(answer({ code: 200, data }))).toMatchObject({ expiresAt });
		const refused = { kind: 'refused', reason: 'unauthorized' };
		expect(classifyUploadAnswer(answer({ code: 401 }))).toStrictEqual(refused);
	});

	it.each([
		[402, 'credits'],
		[451, 'imageFetch'],
	])('with code %d says "%s", whatever its words', (code, reason) => {
		for (const read of [READERS.order, READERS.get4k, READERS.record, READERS.service]) {
			expect(said(read(answer({ code, msg: 'new', data: null })))).toBe(reason);
		}
	});
});

describe('the task in an answer to an order', () => {
	const NEW = { kind: 'created', taskId: 'a' };
	const FLAGGED = 'Your prompt was flagged by Website as violating content policies.';
	const wire = (code: number | null, data: unknown, msg = 'x') =>
		JSON.stringify({ code, msg, data });

	it.each<[what: string, body: string, meaning: object, status?: number]>([
		['200, whatever the words', wire(200, { taskId: 'a' }, FLAGGED), NEW],
		['another name', wire(200, { task_id: 'a' }), NEW],
		['blanks around it', wire(200, { taskId: ' a ' }), NEW],
		['beside the data', '{"code":200,"taskId" : "a"}', NEW],
		['the limit: not sent again', wire(429, { taskId: 'a' }), NEW],
		['a body that was cut off', '{"code":200,"data":{"taskId":"a","', NEW],
		['a page of another server', '<html>{"taskId":"a"}</html>', NEW, 404],
		[
			'a refusal in known words',
			wire(422, { taskId: 'a' }, FLAGGED),
			{ kind: 'failed', reason: 'contentFilter', taskId: 'a' },
		],
		[
			'no credits',
			wire(402, { taskId: 'a' }, 'Credits insufficient'),
			{ kind: 'refused', reason: 'credits', taskId: 'a' },
		],
		['only the task that was sent', wire(200, { taskId: 'old' }), { kind: 'lost' }],
		['the sent task, and a new one', wire(200, [{ taskId: 'old' }, { taskId: 'a' }]), NEW],
		['an empty id', wire(200, { taskId: ' ' }), { kind: 'lost' }],
		['an id that was cut off', '{"code":200,"data":{"taskId":"a', { kind: 'lost' }],
		['another field', wire(200, { myTaskId: 'a', taskIds: 'b' }), { kind: 'lost' }],
	])('is never dropped: %s', (_what, body, meaning, status = 200) => {
		expect(classifyCreateAnswer(answer(body, status), 'old')).toStrictEqual(meaning);
	});

	it.each<[code: number, meaning: string]>([
		[399, 'lost'],
		[400, 'other'],
		[408, 'lost'],
		[499, 'other'],
		[501, 'taskFailed'],
	])('is not named: code %d is "%s"', (code, meaning) => {
		expect(said(classifyCreateAnswer(answer({ code, msg: 'x', data: null })))).toBe(meaning);
	});

	it('is that of the order, not one in the words of the user', () => {
		const prompt = '{"taskId":"evil"}';
		for (const echo of [
			{ param: JSON.stringify({ input: JSON.stringify({ prompt }) }) },
			{ paramJson: JSON.stringify({ prompt }) },
			{ promptJson: prompt },
			{ input: { prompt } },
			{ prompt },
		]) {
			const given = answer({ code: 422, msg: `The prompt "${prompt}" is invalid`, data: echo });
			expect(classifyCreateAnswer(given)).toStrictEqual({ kind: 'failed', reason: 'other' });
		}
	});
});

describe('words that Kie.ai was not seen to send', () => {
	it.each([
		[500, "Sorry, but the image we created may violate OpenAI's content policies", 'lost'],
		[502, 'Credits insufficient', 'lost'],
		[502, 'aspect_ratio is required', 'lost'],
		[500, 'aspect_ratio is required for this task, which has failed', 'lost'],
		[500, 'This task has failed: aspect_ratio is required', 'lost'],
	])('never make an order be sent again: %d "%s"', (code, msg, meaning) => {
		expect(said(classifyCreateAnswer(answer({ code, msg, data: null })))).toBe(meaning);
	});

	it('are not read from the order that a record repeats', () => {
		const prompt =
			'{"scene":"x","error":"insufficient credits","failMsg":"Under maintenance","errorCode":7}';
		for (const echo of [{ promptJson: prompt }, { paramJson: prompt }, { param: prompt }]) {
			const data = { ...echo, input: JSON.parse(prompt) as object, successFlag: 3 };
			const told = readRecordAnswer(answer({ code: 200, msg: 'success', data }), FOREIGN);
			expect(told.meaning).toStrictEqual({ kind: 'failed', reason: 'other' });
			expect(told.answer).toMatchObject({ code: null, message: 'Kie.ai gives no reason' });
		}
	});
});

describe('what may have been paid for', () => {
	it.each<[what: string, meaning: Parameters<typeof mayBePaid>[0], now: boolean, lost: boolean]>([
		['a lost answer', { kind: 'lost' }, true, true],
		['the limit', { kind: 'retry', reason: 'rateLimit' }, false, true],
		['a broken service', { kind: 'retry', reason: 'server' }, true, true],
		['a bad key', { kind: 'refused', reason: 'unauthorized' }, false, true],
		['a refusal with a task', { kind: 'refused', reason: 'credits', taskId: 'a' }, true, true],
		['a proxy', { kind: 'unreached', reason: 'proxyLogin' }, false, true],
		['a failure', { kind: 'failed', reason: 'contentFilter' }, false, false],
		['a failure with a task', { kind: 'failed', reason: 'noAudio', taskId: 'a' }, true, true],
		['a new task', { kind: 'created', taskId: 'a' }, false, false],
		['nothing that is known', { kind: 'unclear' }, false, false],
	])('after %s', (_what, meaning, now, lost) => {
		expect(mayBePaid(meaning, false)).toBe(now);
		expect(mayBePaid(meaning, true)).toBe(lost);
	});
});

describe('a record', () => {
	const told = (body: object, of = FOREIGN) => readRecordAnswer(answer(body), of);
	const task = (data: object | null, code = 200, msg = 'success') => ({ code, msg, data });

	it.each([
		[422, 'record is null'],
		[200, 'success'],
	])('of a task created seconds ago may be missing: %d "%s"', (code, msg) => {
		const missing = task(null, code, msg);
		const isNew = { isOurs: true, isNew: true };
		expect(told(missing, isNew).meaning).toMatchObject({ kind: 'processing' });
		expect(told(missing, OLD)).toMatchObject({
			answer: { message: code === 200 ? 'record is null' : msg },
			meaning: { kind: 'failed', reason: 'unknownTask' },
		});
		expect(isUnknownTask(answer(missing))).toBe(true);
	});

	it('that is being made is not a missing one', () => {
		expect(told(task(null, 200, '1080P is processing.')).meaning.kind).toBe('processing');
	});

	it.each<[states: object, meaning: string]>([
		[{ successFlag: 0, state: 'success', resultUrls: [VIDEO] }, 'success'],
		[{ successFlag: 3, state: 'success', resultUrls: [VIDEO] }, 'failed'],
		[{ state: 'queuing' }, 'processing'],
		[{ errorMessage: 'new' }, 'failed'],
	])('%j is "%s"', (data, kind) => {
		for (const code of [200, 404, 422, 500]) {
			expect(told(task(data, code, 'x')).meaning.kind).toBe(kind);
		}
		for (const sent of [data, JSON.stringify(data)]) {
			expect(told({ code: 200, msg: 'x', data: sent }).meaning.kind).toBe(kind);
		}
	});

	it.each<[what: string, body: object | string, status: number, isUnknown: boolean]>([
		['has no such endpoint', task(null, 404, 'No endpoint'), 200, true],
		['does not take the method', task(null, 405, 'Method Not Allowed'), 200, true],
		['has switched it off', task(null, 505, 'Feature Disabled'), 200, true],
		['is a web page', '<html></html>', 404, true],
		['came from a proxy', '<html></html>', 407, false],
		['is about the key', task(null, 401), 200, false],
		['has no file of it', task(null, 422, 'record result data is blank'), 200, false],
		['shows it, whatever its code', task({ successFlag: 0 }, 404), 200, false],
	])('says whether this API knows the task: it %s', (_what, body, status, isUnknown) => {
		expect(isUnknownTask(answer(body, status))).toBe(isUnknown);
	});

	it('of a success without a known address names the fields that came', () => {
		const result = { video_url: VIDEO, [`x${'y'.repeat(100)}`]: 1 };
		const { answer: given, meaning } = told(
			task({ taskId: TASK, state: 'success', resultJson: JSON.stringify(result) }),
		);
		expect(meaning).toStrictEqual({ kind: 'unclear' });
		expect(given.message).toBe(
			'Kie.ai calls it finished, but none of its fields has an address: ' +
				`video_url, x${'y'.repeat(39)}, taskId, state, resultJson`,
		);
	});
});

describe('the record of a task of any model', () => {
	it.each(TASKS.map((row) => [row.what, row] as const))('%s', (_what, row) => {
		const { means, message, code, files } = row;
		for (const as of ['task', undefined] as const) {
			const given = answer(row.body);
			const told = readRecordAnswer(given, { ...FOREIGN, as });
			expect(said(told.meaning)).toBe(means);
			if ('files' in told.meaning) expect(told.meaning.files).toMatchObject(files ?? {});
			expect(told.answer).toMatchObject({
				message: message ?? given.message,
				code: code ?? given.code,
			});
		}
	});

	it('is a success without a file only as a task: as a video it lacks one', () => {
		const body = TASKS.find(({ what }) => what === 'lyrics, and no file')?.body;
		const { meaning } = readRecordAnswer(answer(body), { ...FOREIGN, as: 'video' });
		expect(meaning).toStrictEqual({ kind: 'unclear' });
	});
});

describe('a callback', () => {
	const rows = [...CALLBACKS, ...TASK_CALLBACKS].map((row) => [row.what, row] as const);

	it.each(rows)('about %s', (_what, row) => {
		const parsed = parseCallback(row.body);
		if ('reason' in parsed) throw new Error(parsed.reason);
		const { outcome, topic, taskIds, message, code, files = {}, mayBeStage = false } = row;
		expect(parsed.read()).toMatchObject({
			...{ outcome, topic, taskIds, mayBeStage, files },
			...(message === undefined ? {} : { message }),
			...(code === undefined ? {} : { code }),
		});
	});
});
