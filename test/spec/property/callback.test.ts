import fc from 'fast-check';

import { checkCallback } from '../../../nodes/KieVeo/kie/callback/check';
import { addressKey, readSubmission } from '../../../nodes/KieVeo/addresses/submission';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import type { Incoming } from '../../../nodes/KieVeo/kie/callback/request';
import { callbackSignature } from '../../tools/simulator/callbacks';
import * as kieLike from './kieLike';

const RUNS = { numRuns: 10_000 };
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
const sign = (taskId: string, timestamp: string) => callbackSignature(KEY, taskId, timestamp);

/** Often close to a callback, so that many get past the first checks. */
const body = fc.oneof(
	{ weight: 4, arbitrary: kieLike.body },
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
/** A pair that Kie did send, for a task the body may or may not be about. */
const captured = fc
	.tuple(fc.constantFrom('veo_task_1', 'veo_task_2'), timestamp)
	.map(([id, at]) => ({ 'x-webhook-timestamp': at, 'x-webhook-signature': sign(id, at) }));
const claimed = fc
	.tuple(timestamp, signature)
	.map(([at, text]) => ({ 'x-webhook-timestamp': at, 'x-webhook-signature': text }));
const headers: fc.Arbitrary<Incoming['headers']> = fc.oneof(
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
		fc.assert(
			fc.property(body, (value) => {
				const parsed = parseCallback(value);
				if ('reason' in parsed) return expect(parsed.reason).not.toBe('');
				const { outcome, files } = parsed.read();
				if (outcome === 'success') expect(files.videoUrls.length).toBeGreaterThan(0);
				expect(files.videoUrls).not.toContain(kieLike.ORIGIN);
			}),
			{ numRuns: 10_000 },
		);
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
				const at = String(sent['x-webhook-timestamp']);
				expect(sent['x-webhook-signature']).toBe(sign(id, at));
				expect(Math.abs(NOW - Number(at))).toBeLessThanOrEqual(300);
				expect(checked.event.callback.taskIds).toStrictEqual([id]);
				expect(part).toBeUndefined();
			}),
			RUNS,
		);
		expect(accepted).toBeGreaterThan(0);
	});
});
