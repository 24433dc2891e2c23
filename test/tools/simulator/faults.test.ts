import { type Simulator, startSimulator } from './';
import { type Answer, call, until } from './testing';

const FOUR_K = '/api/v1/veo/get-4k-video';
const CREDIT = '/api/v1/chat/credit';
const taskId = 'veo_task_faulty';

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({ videos: [{ taskId }] });
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

const credit = async (): Promise<Answer> => await call(simulator.apiUrl + CREDIT);
const post4k = async (): Promise<Answer> =>
	await call(simulator.apiUrl + FOUR_K, { body: { taskId } });

describe('faults on demand', () => {
	it.each([429, 433, 455, 500, 501, 505])('code %d comes in the body of HTTP 200', async (code) => {
		simulator.fault({ kind: 'status', code });
		const { status, body } = await post4k();
		expect(status).toBe(200);
		expect(body).toEqual({ code, msg: expect.any(String), data: null });
		expect(simulator.account().spent).toBe(0);
		expect(simulator.journal[0]).toMatchObject({ fault: 'status', submission: false });
	});

	it('a status can be a real one with Retry-After', async () => {
		simulator.fault({
			kind: 'status',
			code: 429,
			httpStatus: 429,
			retryAfter: 3,
			msg: 'Slow down',
		});
		const { status, headers, body } = await credit();
		expect(status).toBe(429);
		expect(headers.get('retry-after')).toBe('3');
		expect(body).toMatchObject({ msg: 'Slow down' });
	});

	it('hit as many requests as ordered, after those to be skipped, then no more', async () => {
		const fault = simulator.fault({ kind: 'status', code: 455, times: 2, skip: 1, path: CREDIT });
		const codes: unknown[] = [];
		for (let request = 0; request < 4; request += 1) {
			codes.push(((await credit()).body as { code: unknown }).code);
		}
		expect(codes).toEqual([200, 455, 455, 200]);
		expect(fault.hits).toBe(2);
	});

	it('can end with the time', async () => {
		const fault = simulator.fault({ kind: 'status', code: 500, forMs: 500 });
		const codes = new Set<unknown>();
		await until(
			async () => (await credit()).body as { code: number },
			({ code }) => {
				codes.add(code);
				return code === 200;
			},
		);
		expect([...codes]).toEqual([500, 200]);
		expect(fault.hits).toBe(simulator.requests().filter(({ fault: kind }) => kind).length);
	});

	it('hit only what they are meant for, and can be taken back', async () => {
		simulator.fault({ kind: 'status', code: 500, taskId: 'other' });
		simulator.fault({ kind: 'status', code: 500, method: 'POST' });
		simulator.fault({ kind: 'status', code: 500, host: 'file' });
		simulator.fault({ kind: 'status', code: 500, path: /record-info/ });
		simulator.fault({ kind: 'status', code: 500, when: ({ headers }) => 'x-unlucky' in headers });
		simulator.fault({ kind: 'status', code: 500 }).remove();
		expect((await credit()).body).toMatchObject({ code: 200 });
	});

	it('a reset before leaves no trace on the account', async () => {
		simulator.fault({ kind: 'reset-before' });
		await expect(post4k()).rejects.toThrow();
		expect(simulator.account().spent).toBe(0);
		expect(simulator.journal[0]).toMatchObject({ httpStatus: null, submission: false });
		expect((await post4k()).body).toMatchObject({ code: 200 });
	});

	it('a reset after is a lost answer: accepted and billed', async () => {
		simulator.fault({ kind: 'reset-after' });
		await expect(post4k()).rejects.toThrow();
		expect(simulator.account().spent).toBe(120);
		expect(simulator.journal[0]).toMatchObject({
			httpStatus: null,
			submission: true,
			creditsCharged: 120,
			answer: { code: 200 },
		});
		expect((await post4k()).body).toMatchObject({ code: 422 });
	});

	it('a slow answer is processed at once and comes late', async () => {
		simulator.fault({ kind: 'slow', ms: 40 });
		const started = Date.now();
		const answer = post4k();
		await until(
			() => simulator.account().spent,
			(spent) => spent === 120,
		);
		expect((await answer).body).toMatchObject({ code: 200 });
		expect(Date.now() - started).toBeGreaterThanOrEqual(39);
	});
});

describe('connections and bodies', () => {
	it.each([
		[false, 0],
		[true, 120],
	])('a hanging request (processed: %s) costs %d', async (processed, credits) => {
		simulator.fault({ kind: 'hang', processed });
		await expect(
			fetch(simulator.apiUrl + FOUR_K, {
				method: 'POST',
				headers: {
					authorization: 'Bearer kie-simulator-key',
					'content-type': 'application/json',
				},
				body: JSON.stringify({ taskId }),
				signal: AbortSignal.timeout(60),
			}),
		).rejects.toThrow();
		expect(simulator.account().spent).toBe(credits);
	});

	it('a hanging request ends with a reset of the simulator', async () => {
		simulator.fault({ kind: 'hang' });
		const answer = credit();
		const failed = expect(answer).rejects.toThrow();
		await until(
			() => simulator.journal[0]?.fault,
			(fault) => fault === 'hang',
		);
		simulator.reset();
		await failed;
	});

	it.each([
		[undefined, 502],
		[200, 200],
	])('HTML comes instead of JSON (HTTP %s)', async (httpStatus, expected) => {
		simulator.fault({ kind: 'html', httpStatus });
		const { status, headers, body } = await credit();
		expect(status).toBe(expected);
		expect(headers.get('content-type')).toContain('text/html');
		expect(body).toContain('<!DOCTYPE html>');
	});

	it('an error page can hide that the request was processed', async () => {
		simulator.fault({ kind: 'html', processed: true });
		expect((await post4k()).status).toBe(502);
		expect(simulator.paid()).toHaveLength(1);
	});

	it('a body can be empty', async () => {
		simulator.fault({ kind: 'empty' });
		const { status, body, headers } = await credit();
		expect([status, body, headers.get('content-length')]).toEqual([200, '', '0']);
	});

	it('JSON can be cut with a length that fits', async () => {
		simulator.fault({ kind: 'cut-json' });
		const { body, headers } = await credit();
		expect(typeof body).toBe('string');
		expect(String(body)).toHaveLength(Number(headers.get('content-length')));
		expect(String(body)).toMatch(/^\{"code":200/);
	});

	it.each([
		{ kind: 'cut-transfer' as const },
		{ kind: 'cut-transfer' as const, bytes: 3 },
		{ kind: 'wrong-length' as const },
	])('%j breaks the transfer', async (fault) => {
		simulator.fault(fault);
		await expect(credit()).rejects.toThrow();
		expect((await credit()).body).toMatchObject({ code: 200 });
	});

	it('a length that is too short cuts the answer', async () => {
		simulator.fault({ kind: 'wrong-length', delta: -5 });
		expect(typeof (await credit()).body).toBe('string');
	});

	it('a redirect leads where it is told', async () => {
		simulator.fault({ kind: 'redirect', location: 'http://example.com/elsewhere' });
		const { status, headers } = await credit();
		expect([status, headers.get('location')]).toEqual([302, 'http://example.com/elsewhere']);
	});

	it('any answer can be put in, as text or as JSON', async () => {
		simulator.fault({ kind: 'answer', body: { code: 200, data: [] } });
		simulator.fault({ kind: 'answer', body: 'null', contentType: 'application/json' });
		expect((await credit()).body).toEqual({ code: 200, data: [] });
		expect((await credit()).body).toBeNull();
	});

	it('the envelope of a proper answer can change once', async () => {
		simulator.fault({ kind: 'envelope', code: 'absent', data: 'null' });
		simulator.fault({ kind: 'envelope', code: 'text' });
		expect((await credit()).body).toEqual({ msg: 'success', data: null });
		expect((await credit()).body).toEqual({ code: '200', msg: 'success', data: 5916.25 });
	});

	it('the upload host answers with the real HTTP status', async () => {
		simulator.fault({ kind: 'status', code: 500, host: 'upload' });
		const { status, body } = await call(`${simulator.uploadUrl}/api/file-base64-upload`, {
			body: {},
		});
		expect(status).toBe(500);
		expect(body).toMatchObject({ success: false, code: 500 });
	});
});

describe('a storm', () => {
	const generate = async () =>
		await call(`${simulator.apiUrl}/api/v1/veo/generate`, {
			body: { prompt: 'A dog', model: 'veo3_fast' },
		});
	const get1080p = async () =>
		await call(`${simulator.apiUrl}/api/v1/veo/get-1080p-video?taskId=${taskId}`);

	it.each([429, 455, 500])('turns away paid requests with %d, and no others', async (code) => {
		const storm = simulator.storm({ ms: 60_000, answer: code });
		for (const ask of [generate, post4k, get1080p]) {
			expect(await ask()).toMatchObject({ status: 200, body: { code } });
		}
		expect((await credit()).body).toMatchObject({ code: 200 });
		expect(storm.hits).toBe(3);
		expect(simulator.journal.map(({ fault }) => fault)).toEqual(['storm', 'storm', 'storm', null]);
		expect(simulator.submissions()).toEqual([]);
		storm.remove();
		expect((await generate()).body).toMatchObject({ code: 200 });
	});

	it('can be an error page, for everything', async () => {
		simulator.storm({ ms: 60_000, answer: 'html', on: 'all' });
		const { status, body } = await credit();
		expect(status).toBe(503);
		expect(body).toContain('503 Service Unavailable');
	});

	it('can be about some operations, and ends by itself', async () => {
		simulator.storm({ ms: 500, answer: 455, on: ['get4k'] });
		expect((await post4k()).body).toMatchObject({ code: 455 });
		expect((await generate()).body).toMatchObject({ code: 200 });
		await until(post4k, ({ body }) => (body as { code: number }).code === 200);
		expect(simulator.paid()).toHaveLength(2);
	});
});

describe('a rival on the account', () => {
	const limit = { limit: 4, windowMs: 500 };
	let shared: Simulator;
	beforeEach(async () => (shared = await startSimulator({ rateLimit: limit, random: () => 0 })));
	afterEach(async () => await shared.close());
	const submit = async () =>
		(
			await call(`${shared.apiUrl}/api/v1/veo/generate`, {
				body: { prompt: 'A dog', model: 'veo3_fast' },
			})
		).body as { code: number };

	it('takes its part of the limit, and leaves the rest', async () => {
		const rival = shared.rival({ perWindow: 3, ms: 400 });
		await until(
			() => rival.taken,
			(taken) => taken === 3,
		);
		expect([(await submit()).code, (await submit()).code]).toEqual([200, 429]);
		await until(submit, ({ code }) => code === 200);
		expect(rival.taken).toBe(3);
		expect(shared.account().spent).toBe(120);
	});

	it('waits for a place where there is none, and ends in time', async () => {
		for (let request = 0; request < 4; request += 1) await submit();
		const rival = shared.rival({ perWindow: 4, ms: 5000 });
		expect(rival.taken).toBe(0);
		await until(
			() => rival.taken,
			(taken) => taken >= 8,
		);
		rival.stop();
		const { taken } = rival;
		await new Promise((resolve) => setTimeout(resolve, 600));
		expect(rival.taken).toBe(taken);
	});
});
