import { fakeKie } from './fakeKie';

const BASE = 'https://file.example/base.mp4';
const IN_4K = 'https://file.example/4k.mp4';

const record = (data: object) => ({ code: 200, msg: 'success', data });
const baseRecord = record({ successFlag: 1, response: { resultUrls: [BASE], resolution: '720p' } });

type Row = [
	situation: string,
	operation: 'get4k' | 'generate' | 'extend',
	answers: object[],
	state: string,
	calls: string[],
];

describe('the outcome of a submitted video', () => {
	it.each<Row>([
		[
			'a failure that the record knows is never answered with a second upgrade',
			'get4k',
			[record({ successFlag: 3, errorCode: 500, errorMessage: 'upstream failed' })],
			'failed',
			['GET'],
		],
		[
			'a record that shows the 4K video is enough',
			'get4k',
			[record({ successFlag: 1, response: { resultUrls: [IN_4K], resolution: '4k' } })],
			'success',
			['GET'],
		],
		[
			'a record that cannot be read ends the question',
			'get4k',
			[{ code: 500, msg: 'Server Error', data: null }],
			'retry',
			['GET'],
		],
		[
			'the base video says nothing: the 4K request tells that it is done',
			'get4k',
			[baseRecord, { code: 422, msg: 'done', data: { resultUrls: [IN_4K] } }],
			'success',
			['GET', 'POST'],
		],
		[
			'the 4K request tells that it runs',
			'get4k',
			[baseRecord, { code: 422, msg: '4k is processing.', data: null }],
			'processing',
			['GET', 'POST'],
		],
		[
			'the 4K request tells that it is refused',
			'get4k',
			[baseRecord, { code: 500, msg: 'The 4K version of this video is unavailable.' }],
			'failed',
			['GET', 'POST'],
		],
		[
			'a fault of the service leaves it open',
			'get4k',
			[baseRecord, { code: 455, msg: 'maintenance' }],
			'retry',
			['GET', 'POST'],
		],
		['the record reports a generated video', 'generate', [baseRecord], 'success', ['GET']],
		[
			'the record reports a generation that failed',
			'generate',
			[record({ successFlag: 2, errorCode: 400, errorMessage: 'flagged' })],
			'failed',
			['GET'],
		],
		[
			'the record reports an extension that runs',
			'extend',
			[record({ successFlag: 0 })],
			'processing',
			['GET'],
		],
	])('%s (%s)', async (_situation, operation, answers, expected, methods) => {
		const { api, calls } = fakeKie(answers);
		const video = { operation, taskId: 't', kieTaskId: 'kie-t', index: 1, codes: [200] };
		const { meaning } = await api.fetchOutcome(video);
		expect(meaning.kind).toBe(expected);
		if (operation === 'get4k') expect(JSON.stringify(meaning)).not.toContain(BASE);
		expect(calls.map(({ method }) => method)).toStrictEqual(methods);
		expect(calls[0]?.query).toStrictEqual({ taskId: 'kie-t' });
		if (calls[1]) expect(calls[1].body).toStrictEqual({ taskId: 't', index: 1 });
	});
});
