import { Readable } from 'node:stream';

import { Downloads } from '../../../nodes/KieVeo/files/download';
import type { CallingContext, Connection } from '../../../nodes/KieVeo/kie/connection';
import type { Patience } from '../../../nodes/KieVeo/kie/http/turns';
import { FakeClock } from './fakeClock';
import { errorOf } from './fakeKie';
import { errorOf2x, TRANSPORT_FAULTS } from './transportFaults';

const ORDER = {
	url: 'https://tempfile.example.com/v.mp4',
	taskId: 'veo_task_1',
	name: 'video',
	maxBytes: null,
};

interface Answer {
	statusCode: number;
	headers?: { [name: string]: string };
}

/** A host that gives these answers in order, the last one again and again; an error stands for no answer. */
function hostOf(...answers: Array<Answer | Error>) {
	const clock = new FakeClock();
	const requests: Array<{ url: string; at: number }> = [];
	const store = jest.fn(async (content: Readable): Promise<object> => {
		for await (const chunk of content) expect(String(chunk)).toBe('film');
		return {};
	});
	const httpRequest = async ({ url }: { url: string }) => {
		const answer = answers[Math.min(requests.length, answers.length - 1)];
		requests.push({ url, at: clock.now() });
		if (answer === undefined || answer instanceof Error) throw answer;
		return { headers: {}, ...answer, body: Readable.from([Buffer.from('film')]) };
	};
	const fetchFreshUrl = async (url: string) => ({
		meaning: { kind: 'success', url: `${url}?fresh` },
	});
	const context = { helpers: { httpRequest, prepareBinaryData: store } };
	const patience: Patience = {};
	const connection = { api: { fetchFreshUrl }, baseUrl: 'https://api.kie.ai', clock, patience };
	const downloads = new Downloads(
		context as unknown as CallingContext,
		connection as unknown as Connection,
	);
	return {
		clock,
		requests,
		store,
		patience,
		get: async () => await downloads.file(ORDER),
		fail: async (changes: { maxBytes?: number } = {}) =>
			await errorOf(downloads.file({ ...ORDER, ...changes })),
	};
}

function fault(name: string) {
	const found = TRANSPORT_FAULTS.find((one) => one.name === name);
	if (!found) throw new Error(`No fault ${name}`);
	return found;
}

it.each<[fault: string, requests: number, words: string, advice: string]>([
	['address blocked by n8n', 1, 'restricted IP address', 'N8N_SSRF_ALLOWED_IP_RANGES'],
	['unknown authority', 1, 'does not trust the issuer', 'NODE_EXTRA_CA_CERTS'],
	['refused', 3, 'connection refused', 'tried several times'],
	['unknown name', 3, 'host name not found', 'tried several times'],
	['reset after the request', 3, 'connection lost', 'tried several times'],
])('A file that cannot be fetched: after "%s" it is asked for %i times', async (...row) => {
	const [name, expected, words, advice] = row;
	const host = hostOf(errorOf2x(fault(name)));
	const error = await host.fail();
	expect(error.message).toContain(words);
	expect(error.message).toContain(ORDER.taskId);
	expect(error.description).toContain(advice);
	expect(host.requests).toHaveLength(expected);
});

describe('a busy file host', () => {
	const OK = { statusCode: 200 };
	const busy = (statusCode: number, retryAfter?: string): Answer => ({
		statusCode,
		headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
	});
	const times = (count: number, answer: Answer) => Array.from({ length: count }, () => answer);

	it.each([429, 503])('is asked again more and more rarely after %i', async (status) => {
		const host = hostOf(...times(7, busy(status)), OK);
		await host.get();
		const pauses = host.requests.map(({ at }, index, all) => at - (all[index - 1]?.at ?? 0));
		expect(pauses).toStrictEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
	});

	it.each([
		['as it asks', '7', 7_000],
		['at most a minute, whatever it asks', '3600', 60_000],
	])('is waited for %s', async (_how, retryAfter, pause) => {
		const host = hostOf(busy(503, retryAfter), OK);
		await host.get();
		expect(host.requests.map(({ at }) => at)).toStrictEqual([0, pause]);
	});

	it('is asked for the last time when the wait for the video ends', async () => {
		const host = hostOf(busy(503, '40'));
		host.patience.until = 100_000;
		const error = await host.fail();
		expect(error.message).toContain('answered 503');
		expect(host.requests.map(({ at }) => at)).toStrictEqual([
			0, 40_000, 80_000, 100_000, 101_000, 102_000,
		]);
	});

	it('costs all files of an execution two minutes together', async () => {
		const host = hostOf(busy(503));
		const errors = await Promise.all(Array.from({ length: 10 }, async () => await host.fail()));
		for (const { message } of errors) expect(message).toContain('answered 503');
		// Each file is tried three times in any case.
		expect(host.clock.now()).toBe(122_000);
	});

	it('gets the same patience again once it has given a file', async () => {
		const outage = times(5, busy(503, '20'));
		const host = hostOf(...outage, OK, ...outage, OK);
		await host.get();
		await host.get();
		expect(host.clock.now()).toBe(200_000);
	});
});

describe('a file', () => {
	it.each([
		[401, 'refuses', 'another network'],
		[403, 'refuses', 'another network'],
		[404, 'keeps files for 14 days', 'must be ordered again'],
		[410, 'keeps files for 14 days', 'must be ordered again'],
	])('that answers %i even to a fresh link: its host %s', async (statusCode, words, advice) => {
		const host = hostOf({ statusCode });
		const error = await host.fail();
		expect(error.message).toContain(`answered ${statusCode}`);
		expect(error.description).toContain(words);
		expect(error.description).toContain(advice);
		expect(host.requests.map(({ url }) => url)).toStrictEqual([ORDER.url, `${ORDER.url}?fresh`]);
	});

	it('that the disk does not take is fetched once, and told as that', async () => {
		const host = hostOf({ statusCode: 200 });
		host.store.mockRejectedValue(Object.assign(new Error('write'), { code: 'ENOSPC' }));
		const error = await host.fail();
		expect(error.message).toContain('n8n could not write it to its disk (ENOSPC)');
		expect(error.description).toContain('full');
		expect(host.requests).toHaveLength(1);
	});

	it('is not too large because an error page of its host is', async () => {
		const headers = { 'content-type': 'text/html', 'content-length': '5000000' };
		const host = hostOf({ statusCode: 200, headers });
		const error = await host.fail({ maxBytes: 1_000_000 });
		expect(error.message).toContain('answered with a text page');
		expect(host.requests).toHaveLength(3);
	});

	it('behind a proxy that wants a login is asked for once', async () => {
		const host = hostOf({ statusCode: 407 });
		const error = await host.fail();
		expect(error.description).toContain('http://user:password@host:port');
		expect(host.requests).toHaveLength(1);
	});

	it.each<[what: string, answer: Answer | Error]>([
		['no answer', errorOf2x(fault('refused'))],
		['a certificate', errorOf2x(fault('unknown authority'))],
		['a refusal', { statusCode: 403 }],
	])('of a task is never a reason to order the video again: %s', async (_what, answer) => {
		const { description } = await hostOf(answer).fail();
		expect(description).not.toMatch(/run (the|this) node again|generate/i);
		expect(description).toContain(ORDER.url);
		expect(description).toContain('it is free');
	});
});
