import { mock } from 'jest-mock-extended';
import type { IWebhookFunctions } from 'n8n-workflow';

import { parseCallback, type Callback } from '../../../nodes/KieVeo/kie/callback/parse';
import { readCallbackRequest } from '../../../nodes/KieVeo/kie/callback/request';
import { VIDEO } from '../corpus/answers';

function parse(body: unknown): Callback {
	const parsed = parseCallback(body);
	if ('reason' in parsed) throw new Error(parsed.reason);
	return parsed.read();
}

describe('a callback', () => {
	const SILENT = { code: 200, message: '' };
	it.each<[what: string, body: object, told: Partial<Callback>]>([
		['URLs count before a code', { code: 422, data: { resultUrls: [VIDEO] } }, { code: 422 }],
		['a code can be text, Kie silent', { code: '200', data: { resultUrls: [VIDEO] } }, SILENT],
		['a record can stand at the top', { code: 200, taskId: 'T', resultUrls: [VIDEO] }, {}],
	])('with a video is a success: %s', (_what, body, told) => {
		const files = { videoUrls: [VIDEO] };
		expect(parse(body)).toMatchObject({ outcome: 'success', files, ...told });
	});

	it.each<[what: string, outcome: string, body: object]>([
		['no data', 'unknown', { code: 200, msg: 'Success', data: null }],
		['the last code that is not an error', 'unknown', { code: 399, msg: 'ok', data: {} }],
		['the first code that is one', 'failed', { code: 400, msg: 'ok', data: {} }],
		['a known reason', 'failed', { code: 200, msg: 'Credits insufficient', data: {} }],
		['a reason within', 'failed', { code: 200, data: { errorMessage: 'new' } }],
		['a success without a video', 'unknown', { code: 500, data: { successFlag: 1 } }],
		['a running task', 'unknown', { code: 500, data: { state: 'generating' } }],
		['one of any model', 'unknown', { code: 200, data: { model: 'm', state: 'generating' } }],
	])('with %s has the outcome "%s"', (_what, outcome, body) => {
		expect(parse(body)).toMatchObject({ outcome });
	});

	it.each<[what: string, contentType: string, sent: string, body: unknown]>([
		['as n8n has parsed it', 'application/json', '{"code":200}', { parsed: 'by n8n' }],
		[
			'from its bytes, without the mark before UTF-8',
			'text/plain',
			'\ufeff{"code":200}',
			{ code: 200 },
		],
		['as text, if it is not JSON', 'text/plain', 'hello', 'hello'],
	])('is read %s', async (_what, contentType, sent, body) => {
		const context = mock<IWebhookFunctions>();
		const rawBody = Buffer.from(sent);
		context.getBodyData.mockReturnValue({ parsed: 'by n8n' });
		context.getRequestObject.mockReturnValue({ rawBody, contentType, query: {} } as never);
		const size = rawBody.length;
		expect(await readCallbackRequest(context)).toMatchObject({ body, size });
	});

	it('that failed never has 200 as its code, but that of the task or none', () => {
		const failed = { code: 200, msg: 'success', data: { successFlag: 3, errorMessage: 'why' } };
		expect(parse(failed)).toMatchObject({ code: null, message: 'why' });
		const withCode = { ...failed, data: { ...failed.data, errorCode: '501' } };
		expect(parse(withCode)).toMatchObject({ code: 501, message: 'why' });
	});

	const ids = { taskId: 'a', task_id: 'b' };
	it.each<[what: string, body: object, taskIds: string[]]>([
		['in each place', { code: 200, taskId: 'a', task_id: 'c', data: ids }, ['a', 'b', 'c']],
		['beside an empty text', { code: 500, data: '', taskId: 'a' }, ['a']],
		['beside an empty list', { code: 500, data: [], taskId: 'a' }, ['a']],
		['beside a null', { code: 500, data: { taskId: null, task_id: 'a' } }, ['a']],
		['beside an empty one', { code: 500, data: { taskId: '', task_id: 'a' } }, ['a']],
	])('is understood with an id %s', (_what, body, taskIds) => {
		expect(parse(body).taskIds).toStrictEqual(taskIds);
	});

	const NO_OBJECT = 'the body is not a JSON object';
	const NO_CODE = "the body has no numeric 'code'";
	const NO_DATA = "'data' is not an object";
	const NO_ID = "the body has neither 'data' nor a task ID";
	it.each<[body: unknown, reason: string]>([
		[[{ code: 200 }], NO_OBJECT],
		[{ code: 'ok', data: { taskId: 'a' } }, NO_CODE],
		[{ code: 500 }, NO_ID],
		[{ code: 200, data: [VIDEO] }, NO_DATA],
		[{ code: 500, data: { taskId: {} } }, 'the task ID is not text'],
	])('is not seen in %j', (body, reason) => {
		expect(parseCallback(body)).toStrictEqual({ reason });
	});
});
