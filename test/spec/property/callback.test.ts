import { createHmac } from 'node:crypto';
import fc from 'fast-check';

import { checkCallback } from '../../../nodes/KieVeo/kie/callback/check';
import {
	addressKey,
	readSubmission,
	withSubmission,
} from '../../../nodes/KieVeo/addresses/submission';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import { signatureFault, type Incoming } from '../../../nodes/KieVeo/kie/callback/request';
import * as kieLike from './kieLike';

const RUNS = { numRuns: 3_000 };
const KEY = 'webhook-hmac-key';
const NOW = 1_760_000_000;
const ADDRESS_KEY = addressKey('api-key');
const options = {
	signatureRequired: true,
	webhookSecret: KEY,
	submission: null,
	tolerance: 300,
	now: NOW,
};
const sign = (taskId: string, timestamp: string) =>
	createHmac('sha256', KEY).update(`${taskId}.${timestamp}`).digest('base64');

const url = fc.constantFrom('https://a.example/1.mp4', 'http://b.example/2.mp4');
const urls = fc.oneof(
	url,
	fc.array(url),
	fc.array(url).map((list) => JSON.stringify(list)),
	fc.array(url).map((list) => `[${list.join(',')}]`),
	fc.jsonValue(),
);
const taskId = fc.oneof(
	{ weight: 8, arbitrary: fc.constantFrom('veo_task_1', 'veo_task_2', '') },
	{ weight: 1, arbitrary: fc.string() },
	{ weight: 1, arbitrary: fc.jsonValue() },
);
const field = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const result = fc.record({
	resultUrls: field(urls),
	result_urls: field(urls),
	imageUrls: field(urls),
	resolution: field(fc.oneof(fc.constant('720p'), fc.jsonValue())),
});
const data = fc.oneof(
	fc.record({
		taskId: field(taskId),
		task_id: field(taskId),
		info: field(fc.oneof(result, fc.jsonValue())),
		result_urls: field(urls),
		promptJson: field(fc.oneof(fc.string(), fc.jsonValue())),
	}),
	fc.jsonValue(),
);
/** Close to a callback, so that many get past the first checks. */
const nearCallback = fc.record({
	code: fc.oneof(fc.constantFrom(200, 400, '422', 500), fc.jsonValue()),
	msg: field(fc.oneof(fc.constantFrom('4K Video generated successfully.'), fc.jsonValue())),
	data: field(data),
	taskId: field(taskId),
	task_id: field(taskId),
});
const body = fc.oneof(
	{ weight: 4, arbitrary: nearCallback },
	{ weight: 1, arbitrary: fc.jsonValue() },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
	{ weight: 1, arbitrary: fc.anything() },
);

const timestamp = fc.oneof(
	{ weight: 3, arbitrary: fc.integer({ min: NOW - 400, max: NOW + 400 }).map(String) },
	{ weight: 1, arbitrary: fc.string() },
);
const signature = fc.oneof(
	fc.string(),
	fc
		.uint8Array({ minLength: 32, maxLength: 32 })
		.map((bytes) => Buffer.from(bytes).toString('base64')),
	fc.tuple(fc.constantFrom('veo_task_1', 'veo_task_2'), timestamp).map(([id, at]) => sign(id, at)),
);
const headerName = (name: string) =>
	fc.mixedCase(fc.constant(name), {
		toggleCase: (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()),
	});
/** A pair that Kie did send, for a task the body may or may not be about. */
const captured = fc
	.tuple(fc.constantFrom('veo_task_1', 'veo_task_2'), timestamp)
	.map(([id, at]) => ({ 'x-webhook-timestamp': at, 'x-webhook-signature': sign(id, at) }));
const claimed = fc
	.tuple(headerName('x-webhook-timestamp'), timestamp, headerName('x-webhook-signature'), signature)
	.map(([a, at, b, text]) => ({ [a]: at, [b]: text }));
const headers = fc.oneof(
	{ weight: 3, arbitrary: captured },
	{ weight: 1, arbitrary: claimed },
	{
		weight: 1,
		arbitrary: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
	},
);
const submission = fc.oneof(
	{ weight: 3, arbitrary: fc.constant(undefined) },
	{ weight: 1, arbitrary: fc.oneof(fc.string(), fc.array(fc.string()), fc.anything()) },
);

describe('whatever is sent', () => {
	it('the parser does not throw, and calls a success only what shows a video', () => {
		const sent = fc.oneof({ weight: 2, arbitrary: kieLike.body }, { weight: 1, arbitrary: body });
		fc.assert(
			fc.property(sent, (value) => {
				const parsed = parseCallback(value);
				if ('reason' in parsed) return expect(parsed.reason).not.toBe('');
				const { outcome, succeeded, files } = parsed.read();
				expect(succeeded).toBe(outcome === 'success');
				if (succeeded) expect(files.videoUrls.length).toBeGreaterThan(0);
				expect(files.videoUrls).not.toContain(kieLike.ORIGIN);
			}),
			{ numRuns: 10_000 },
		);
	});

	it.each([10, 1_000, 100_000])('the parser reads a body that is %d levels deep', (depth) => {
		const value = { code: 200, data: kieLike.buried('https://a.example/1.mp4', depth) };
		const outcomes = [value, { ...value, data: { resultJson: value.data, info: value.data } }];
		for (const sent of outcomes) {
			const parsed = parseCallback(sent);
			expect('read' in parsed && parsed.read()).toHaveProperty('code', 200);
		}
	});

	it('nothing is accepted that is not signed for its one task, now', () => {
		let accepted = 0;
		fc.assert(
			fc.property(body, headers, submission, (value, sent, part) => {
				const incoming: Incoming = { body: value, size: 0, headers: sent, submission: part };
				const checked = checkCallback(incoming, {
					...options,
					submission: readSubmission(incoming.submission, ADDRESS_KEY),
				});
				if (checked.kind === 'refused') return;
				accepted++;
				const id = String(checked.event.taskId);
				const find = (name: string) =>
					Object.entries(sent).find(([header]) => header.toLowerCase() === name)?.[1];
				const at = String(find('x-webhook-timestamp'));
				expect(find('x-webhook-signature')).toBe(sign(id, at));
				expect(Math.abs(NOW - Number(at))).toBeLessThanOrEqual(300);
				expect(checked.event.callback.taskIds).toStrictEqual([id]);
				expect(part).toBeUndefined();
			}),
			RUNS,
		);
		expect(accepted).toBeGreaterThan(0);
	});

	it('what is signed is accepted, if its form is right', () => {
		const at = fc.integer({ min: NOW - 300, max: NOW + 300 }).map(String);
		fc.assert(
			fc.property(nearCallback, at, headerName('x-webhook-signature'), (value, time, name) => {
				const parsed = parseCallback(value);
				// What shows no end of a task is refused for its form.
				if ('reason' in parsed || parsed.taskIds.length !== 1) return;
				if (parsed.read().outcome === 'unknown') return;
				const [id = ''] = parsed.taskIds;
				const sent = { 'x-webhook-timestamp': time, [name]: sign(id, time) };
				const incoming: Incoming = { body: value, size: 0, headers: sent, submission: undefined };
				expect(
					checkCallback(incoming, {
						...options,
						submission: readSubmission(incoming.submission, ADDRESS_KEY),
					}).kind,
				).toBe('genuine');
			}),
			RUNS,
		);
	});

	it('the verifier accepts no headers for a task they were not made for', () => {
		fc.assert(
			fc.property(fc.string(), headers, (text, sent) => {
				const id = `other ${text}`;
				const check = { key: 'k', taskId: id, now: NOW, tolerance: 300 };
				const fault = signatureFault(sent, check);
				expect(typeof fault).toBe('string');
			}),
			RUNS,
		);
	});

	it('an address that was changed anywhere is refused', () => {
		const made = withSubmission(
			'https://n8n.example/webhook',
			{ operation: 'get4k', taskId: 'veo_task_1', index: 0, passThrough: { a: 1 } },
			ADDRESS_KEY,
		);
		const token = new URL(made).searchParams.get('kieVeo') ?? '';
		const place = fc.nat({ max: token.length - 1 });
		fc.assert(
			fc.property(place, fc.string({ maxLength: 3 }), fc.nat({ max: 3 }), (at, text, cut) => {
				const changed = token.slice(0, at) + text + token.slice(at + cut);
				const read = readSubmission(changed, ADDRESS_KEY);
				expect(read === null).toBe(changed !== token);
			}),
			RUNS,
		);
	});
});
