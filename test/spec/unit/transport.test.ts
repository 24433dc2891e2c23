import { HttpClient, readAnswer } from '../../../nodes/KieVeo/kie/http/client';
import { retryDelay } from '../../../nodes/KieVeo/kie/http/retry';
import { FakeClock } from './fakeClock';
import { fakeKie, GET_4K } from './fakeKie';

const ACCEPTED = JSON.stringify({ code: 200, msg: 'success', data: { resultUrls: null } });

describe('requests', () => {
	it('4K is a POST with a JSON body, and carries the callback address only when submitted', async () => {
		const { api, calls } = fakeKie([ACCEPTED]);
		const request = { taskId: 'a/b?c', index: 2, callBackUrl: 'https://n8n.example.com/cb' };
		await api.submit({ ...GET_4K, ...request });
		await api.fetchTask({ ...GET_4K, ...request, kieTaskId: null, codes: [200] }, 'poll');
		const path = '/api/v1/veo/get-4k-video';
		expect(calls).toStrictEqual([
			{ method: 'POST', path, body: request },
			{ method: 'POST', path, body: { taskId: 'a/b?c', index: 2 } },
		]);
	});

	it('1080P is a GET with a query', async () => {
		const { api, calls } = fakeKie([ACCEPTED]);
		await api.submit({ ...GET_4K, operation: 'get1080p', taskId: 'a/b?c' });
		expect(calls).toStrictEqual([
			{
				method: 'GET',
				path: '/api/v1/veo/get-1080p-video',
				query: { taskId: 'a/b?c', index: 0 },
			},
		]);
	});
});

it('Retries spread randomly, double, and stay below 30 s', () => {
	expect(retryDelay(1, null, 0)).toBe(500);
	expect(retryDelay(1, null, 1)).toBe(1_000);
	expect(retryDelay(3, null, 1)).toBe(4_000);
	expect(retryDelay(20, null, 1)).toBe(30_000);
	expect(retryDelay(1, 3_600_000, 1)).toBe(30_000);
});

describe('an answer that repeats the API key', () => {
	const KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
	const read = async (body: string, apiKey: string) => {
		const send = async () => ({ statusCode: 200, headers: {}, body });
		const client = new HttpClient(send, new FakeClock(), undefined, apiKey);
		return await client.call({ method: 'GET', path: '/' });
	};

	it.each([
		['in its words', `{"code":401,"msg":"Invalid API key: ${KEY}"}`, 'Invalid API key: ***'],
		['twice', `{"code":401,"msg":"${KEY}, ${KEY}"}`, '***, ***'],
		['with the request', `{"code":500,"msg":"x","headers":{"a":"Bearer ${KEY}"}}`, 'x'],
	])('is read without it: %s', async (_where, body, message) => {
		const answer = await read(body, KEY);
		expect(answer.message).toBe(message);
		expect(JSON.stringify(answer)).not.toContain(KEY);
	});

	it('stays as it is where the key is too short to be one', async () => {
		const body = '{"code":200,"msg":"success","data":null}';
		for (const key of ['', 's', 'code']) {
			expect(await read(body, key)).toMatchObject({ code: 200, message: 'success' });
		}
	});
});

describe('Retry-After', () => {
	const read = (value: unknown, now = 0) =>
		readAnswer({ statusCode: 429, headers: { 'retry-after': value }, body: '{}' }, now)
			.retryAfterMs;

	it('is read as seconds or as a date', () => {
		expect(read('3')).toBe(3_000);
		expect(read('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000);
		expect(read('Thu, 01 Jan 1970 00:00:10 GMT', 60_000)).toBe(0);
	});

	it.each([undefined, '', 'soon', ['1'], {}])('%p is ignored', (value) => {
		expect(read(value)).toBeNull();
	});
});
