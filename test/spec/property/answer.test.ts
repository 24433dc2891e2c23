import * as fc from 'fast-check';

import { readAnswer } from '../../../nodes/KieVeo/kie/http/client';
import {
	classifyCreditsAnswer,
	classifyFileUrlAnswer,
	classifyUpgradeAnswer,
	type KieAnswer,
} from '../../../nodes/KieVeo/kie/meaning/answer';
import {
	classifyCreateAnswer,
	mayBePaid,
	wasNotAccepted,
} from '../../../nodes/KieVeo/kie/meaning/money';
import { isUnknownTask, readRecordAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import { fakeKie, GENERATE } from '../unit/fakeKie';
import { body, ORIGIN } from './kieLike';

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
		readRecordAnswer(answer, { isOurs: false, isNew: false }).meaning,
		readRecordAnswer(answer, { isOurs: true, isNew: true }).meaning,
		classifyCreateAnswer(answer),
		classifyCreditsAnswer(answer),
		classifyFileUrlAnswer(answer),
	];
}

/** The codes after which a paid request may be sent again. */
const NOT_ACCEPTED = [429, 430, 455];

describe('any reply from the wire', () => {
	it('has a meaning everywhere, a success has a URL, and an order is sent again only where it was not accepted', () => {
		fc.assert(
			fc.property(reply, (raw) => {
				const answer = readAnswer(raw, 0);
				expect(answer.code === null || Number.isFinite(answer.code)).toBe(true);
				expect(answer.retryAfterMs ?? 0).toBeLessThanOrEqual(60_000);
				expect(typeof isUnknownTask(answer)).toBe('boolean');
				for (const meaning of meaningsOf(answer)) {
					if (meaning.kind !== 'success' || !('files' in meaning)) continue;
					const { videoUrls } = meaning.files;
					expect(videoUrls.length).toBeGreaterThan(0);
					for (const url of videoUrls) expect(url).toMatch(/^https?:\/\//i);
					expect(videoUrls).not.toContain(ORIGIN);
				}
				const order = classifyCreateAnswer(answer);
				if (wasNotAccepted(order)) {
					expect(NOT_ACCEPTED).toContain(answer.code);
					expect(answer.taskIds).toStrictEqual([]);
					expect(mayBePaid(order, false)).toBe(false);
				}
				if (!/(?<!\\)"taskId":"veo_task_1"/.test(raw.body)) return;
				expect(['created', 'failed', 'refused']).toContain(order.kind);
				expect(order).toHaveProperty('taskId');
			}),
			{ numRuns: 20_000 },
		);
	}, 120_000);

	it('to a paid request makes the package send it once, unless it was not accepted', async () => {
		const names = fc.constantFrom('veo' as const, 'jobs' as const);
		await fc.assert(
			fc.asyncProperty(bytes, names, async (sent, name) => {
				const { api, calls } = fakeKie([sent], {}, name);
				const { meaning } = await api.submit(GENERATE, 5_000);
				if (calls.length > 1) expect(wasNotAccepted(meaning)).toBe(true);
			}),
			{ numRuns: 1_000 },
		);
	}, 60_000);
});

describe('a body that is made to be expensive', () => {
	const MB = 1_000_000;
	const sent = (data: unknown, msg = 'x') => JSON.stringify({ code: 422, msg, data });
	const urls = Array.from({ length: MB / 30 }, (_, index) => `https://a.example/${index}.mp4`);
	const deep = sent(null).replace(
		'null',
		`${'{"data":['.repeat(100_000)}"https://a.example/1.mp4"${']}'.repeat(100_000)}`,
	);
	const opened = `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`;
	const blanks = ' '.repeat(MB);
	it.each<[what: string, text: string]>([
		['nested 100,000 times', deep],
		['with a list of 1 MB', sent({ resultUrls: urls })],
		['with the list as text', sent({ resultUrls: `[${urls.join()}]` })],
		['with a long list of blanks', sent({ resultUrls: `,${blanks}x` })],
		['with a long address of blanks', sent({ resultUrls: `https://a.example/${blanks}x` })],
		['with short entries', `{"code":500,"data":{"resultUrls":[${'"a",'.repeat(MB / 4)}"a"]}}`],
		['with a text of 1 MB', sent(null, 'x'.repeat(MB))],
		['of blanks', sent(null, `a${blanks}b`)],
		['of brackets', sent(null, 'flow('.repeat(MB / 5))],
		['of open ids', '{"taskId":'.repeat(MB / 10)],
		['of quotes', '"taskId" '.repeat(MB / 9)],
		['with a text within texts', sent(JSON.stringify({ param: deep }))],
		['with an order as text', sent({ param: deep })],
		['with an order that is just opened', sent({ param: opened })],
		[
			'with __proto__',
			'{"code":422,"data":{"__proto__":{"taskId":"x","state":"fail"},"constructor":1}}',
		],
	])('%s is read in a moment, as an answer and as a callback', (_what, text) => {
		const answer = readAnswer({ statusCode: 200, headers: {}, body: text }, 0);
		const since = process.cpuUsage();
		const meanings = meaningsOf(answer);
		const parsed = parseCallback(answer.body);
		if ('read' in parsed) expect(parsed.read().outcome).not.toBe('');
		// By all eight readers together, and whatever else the machine does.
		expect(process.cpuUsage(since).user / 1_000).toBeLessThan(250);
		for (const meaning of meanings) expect(meaning.kind).not.toBe('');
		expect(({} as { state?: string }).state).toBeUndefined();
	});
});
