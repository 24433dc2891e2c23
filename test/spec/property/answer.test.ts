import * as fc from 'fast-check';

import { readAnswer } from '../../../nodes/KieVeo/kie/http/envelope';
import {
	classifyCreditsAnswer,
	classifyUpgradeAnswer,
	type KieAnswer,
} from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../../nodes/KieVeo/kie/meaning/createAnswer';
import {
	classifyDownloadUrlAnswer,
	classifyUploadAnswer,
} from '../../../nodes/KieVeo/kie/meaning/fileAnswer';
import { isJsonObject } from '../../../nodes/KieVeo/kie/meaning/guards';
import { readRecordAnswer } from '../../../nodes/KieVeo/kie/meaning/recordAnswer';
import { readResultFiles } from '../../../nodes/KieVeo/kie/meaning/files';
import { body, buried, data, ORIGIN } from './kieLike';

const bytes = fc.oneof(
	{ weight: 8, arbitrary: body.map((value) => JSON.stringify(value) ?? '') },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
	// Cut anywhere.
	{
		weight: 2,
		arbitrary: fc
			.tuple(body, fc.nat(200))
			.map(([value, length]) => (JSON.stringify(value) ?? '').slice(0, length)),
	},
);
const reply = fc.record({
	statusCode: fc.oneof(
		{ weight: 4, arbitrary: fc.constant(200) },
		{ weight: 1, arbitrary: fc.integer({ min: 100, max: 599 }) },
	),
	headers: fc.dictionary(fc.constant('retry-after'), fc.anything()),
	body: bytes,
});

function meaningsOf(answer: KieAnswer) {
	return [
		classifyUpgradeAnswer('4k', answer),
		classifyUpgradeAnswer('1080p', answer),
		readRecordAnswer(answer, false).meaning,
		readRecordAnswer(answer, true).meaning,
		classifyCreateAnswer(answer),
		classifyCreditsAnswer(answer),
		classifyDownloadUrlAnswer(answer),
		classifyUploadAnswer(answer),
	];
}

describe('any reply from the wire', () => {
	it('gets a meaning from every endpoint without an exception, and a paid task keeps its id', () => {
		fc.assert(
			fc.property(reply, (raw) => {
				const answer = readAnswer(raw, 0);
				expect(answer.code === null || Number.isFinite(answer.code)).toBe(true);
				for (const meaning of meaningsOf(answer)) {
					if (meaning.kind !== 'success' || !('files' in meaning)) continue;
					const { videoUrls } = meaning.files;
					expect(videoUrls.length).toBeGreaterThan(0);
					for (const url of videoUrls) expect(url).toMatch(/^https?:\/\//i);
					expect(videoUrls).not.toContain(ORIGIN);
				}
				if (!isJsonObject(answer.data) || answer.data.taskId !== 'veo_task_1') return;
				const created = classifyCreateAnswer(answer);
				expect(['created', 'failed', 'refused']).toContain(created.kind);
				expect(created).toHaveProperty('taskId', 'veo_task_1');
			}),
			{ numRuns: 8_000 },
		);
	});

	it('names a paid task at any depth Kie could nest it', () => {
		const depth = fc.integer({ min: 0, max: 4 });
		fc.assert(
			fc.property(depth, fc.constantFrom(0, 200, 422, 429, 500, null), (levels, code) => {
				const sent = { code, msg: 'x', data: buried({ taskId: 'a' }, levels) };
				const raw = { statusCode: 200, headers: {}, body: JSON.stringify(sent) };
				expect(classifyCreateAnswer(readAnswer(raw, 0))).toHaveProperty('taskId', 'a');
			}),
			{ numRuns: 100 },
		);
	});

	it('is understood alike with its data as JSON text', () => {
		fc.assert(
			fc.property(data, fc.constantFrom(200, 422, 500), (value, code) => {
				const given = (sent: unknown) =>
					meaningsOf(
						readAnswer(
							{ statusCode: 200, headers: {}, body: JSON.stringify({ code, msg: '', data: sent }) },
							0,
						),
					);
				if (isJsonObject(value)) expect(given(JSON.stringify(value))).toStrictEqual(given(value));
			}),
			{ numRuns: 1_500 },
		);
	});

	it('yields every URL of a list, in order and once, in each of the known spellings', () => {
		// A comma is what separates the entries of a bracketed list.
		const plain = fc
			.webUrl({ validSchemes: ['http', 'https'] })
			.filter((text) => !/[,\]]/.test(text));
		fc.assert(
			fc.property(fc.uniqueArray(plain, { minLength: 1, maxLength: 4 }), (list) => {
				const bracketed = `[${list.join(', ')}]`;
				for (const value of [list, JSON.stringify(list), bracketed]) {
					expect(readResultFiles({ info: { resultUrls: value } }).videoUrls).toStrictEqual(list);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
