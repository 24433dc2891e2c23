import * as fc from 'fast-check';

import { readAnswer } from '../../nodes/KieVeo/kie/http/envelope';
import {
	classifyCreditsAnswer,
	classifyUpgradeAnswer,
} from '../../nodes/KieVeo/kie/meaning/answer';
import { readResultFiles } from '../../nodes/KieVeo/kie/meaning/resultFiles';

const url = fc.webUrl({ validSchemes: ['http', 'https'] });
const urls = fc.oneof(
	fc.array(url),
	url,
	fc.array(url).map((list) => JSON.stringify(list)),
	fc.array(url).map((list) => `[${list.join(', ')}]`),
	fc.anything(),
);
/** Something like Kie's `data`: its field names with anything in them, in any place. */
const fields = fc.dictionary(
	fc.constantFrom('resultUrls', 'result_urls', 'resultUrl', 'imageUrls', 'originUrls', 'taskId'),
	urls,
);
const data = fc.oneof(
	fields,
	fields.map((info) => ({ info })),
	fields.map((response) => ({ response: JSON.stringify(response) })),
	fc.anything(),
);
const envelope = fc.record(
	{ code: fc.oneof(fc.integer(), fc.string()), msg: fc.string(), data },
	{ requiredKeys: [] },
);
const body = fc.oneof(
	fc.string(),
	fc.json(),
	envelope.map((value) => JSON.stringify(value)),
	// Cut anywhere.
	fc.tuple(envelope, fc.nat(200)).map(([value, length]) => JSON.stringify(value).slice(0, length)),
);
const reply = fc.record({
	statusCode: fc.integer({ min: 100, max: 599 }),
	headers: fc.dictionary(fc.constant('retry-after'), fc.anything()),
	body,
});

describe('any reply from the wire', () => {
	it('gets a meaning without an exception, and is a success only with web addresses', () => {
		fc.assert(
			fc.property(reply, fc.constantFrom('get4k' as const, 'get1080p' as const), (raw, upgrade) => {
				const answer = readAnswer(raw, 0);
				expect(answer.code === null || Number.isFinite(answer.code)).toBe(true);
				classifyCreditsAnswer(answer);
				const meaning = classifyUpgradeAnswer(upgrade, answer);
				if (meaning.kind !== 'success') return;
				expect(meaning.files.videoUrls.length).toBeGreaterThan(0);
				for (const found of meaning.files.videoUrls) expect(found).toMatch(/^https?:\/\//i);
			}),
			{ numRuns: 5_000 },
		);
	});

	it('yields every URL of a list, in order and once, in each of the known spellings', () => {
		// A comma is what separates the entries of a bracketed list.
		const plain = url.filter((text) => !/[,\]]/.test(text));
		fc.assert(
			fc.property(fc.uniqueArray(plain, { minLength: 1, maxLength: 4 }), (list) => {
				const bracketed = `[${list.join(', ')}]`;
				for (const value of [list, JSON.stringify(list), bracketed]) {
					expect(readResultFiles({ info: { resultUrls: value } }).videoUrls).toStrictEqual(list);
				}
			}),
			{ numRuns: 1_000 },
		);
	});
});
