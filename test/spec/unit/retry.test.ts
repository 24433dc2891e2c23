import { CancelledError } from '../../../nodes/KieVeo/kie/http/clock';
import { MAX_ATTEMPTS, submitPatiently } from '../../../nodes/KieVeo/kie/http/retry';
import { SubmissionLimiter } from '../../../nodes/KieVeo/kie/http/limiter';
import { classifyUpgradeAnswer, type KieAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../../nodes/KieVeo/kie/meaning/money';
import { answerWith, SeededClock } from './sharedAccount';

const NO_CONNECTION: KieAnswer = {
	...answerWith(0),
	code: null,
	message: 'connection refused',
	fault: true,
	unreached: 'noConnection',
};
const MEANINGS = {
	generate: (answer: KieAnswer) => classifyCreateAnswer(answer),
	'Get 4K': (answer: KieAnswer) => classifyUpgradeAnswer('4k', answer),
};

interface Storm {
	videos: number;
	bad: KieAnswer;
	/** Milliseconds. */
	until: number;
	deadline: number;
	operation?: keyof typeof MEANINGS;
	stop?: AbortController;
}

/** Submits several videos at once while Kie gives a bad answer. */
async function submitIn({ videos, bad, until, deadline, operation = 'generate', stop }: Storm) {
	const clock = new SeededClock(videos);
	const limiter = new SubmissionLimiter(clock);
	let accepted = 0;
	let requests = 0;
	let lastRequestAt = 0;
	const call = async () => {
		requests++;
		lastRequestAt = clock.now();
		await clock.pause(200);
		if (clock.now() < until) return bad;
		accepted++;
		return answerWith(200);
	};
	const submissions = Array.from(
		{ length: videos },
		async () =>
			await submitPatiently(call, MEANINGS[operation], {
				limiter,
				deadline,
				clock,
				signal: stop?.signal,
			}),
	);
	const answers = await Promise.all(submissions);
	return { answers, accepted, requests, lastRequestAt, end: clock.now() };
}

const STORMS: Array<[string, KieAnswer]> = [
	['429', answerWith(429)],
	['429 with Retry-After', { ...answerWith(429), retryAfterMs: 3_000 }],
	['455', answerWith(455)],
	['refused connections', NO_CONNECTION],
];

describe.each(STORMS)('a storm of %s', (_name, bad) => {
	describe.each(['generate', 'Get 4K'] as const)('while submitting %s', (operation) => {
		it.each([1, 3, 60])('for 60 s costs none of %i videos', async (videos) => {
			const storm = { videos, bad, until: 60_000, deadline: 1_800_000, operation };
			const { answers, accepted, end } = await submitIn(storm);
			expect(answers.every(({ code }) => code === 200)).toBe(true);
			expect(accepted).toBe(videos);
			expect(end).toBeLessThan(60_000 + 31_000 + (videos / 20) * 11_000);
		});

		it.each([
			[1, 1_800_000],
			[3, 120_000],
			[60, 120_000],
			[60, 15_000],
			[3, 4_000],
		])('without end ends for %i videos soon after %i ms', async (videos, deadline) => {
			const storm = { videos, bad, until: Infinity, deadline, operation };
			const { answers, lastRequestAt, end } = await submitIn(storm);
			expect(answers.every((answer) => answer === bad)).toBe(true);
			expect(lastRequestAt).toBeLessThanOrEqual(deadline);
			expect(end).toBeGreaterThanOrEqual(deadline - 1_000);
			expect(end).toBeLessThan(deadline + 6_000);
		});
	});
});

it.each([
	['455', answerWith(455)],
	['refused connections', NO_CONNECTION],
])(
	'The last attempt in a storm of %s is about a second before the deadline',
	async (_name, bad) => {
		const storm = { videos: 3, bad, until: Infinity, deadline: 300_000 };
		expect((await submitIn(storm)).lastRequestAt).toBe(299_000);
	},
);

it('What Kie may have accepted keeps its number of attempts, however late the deadline', async () => {
	const storm = { videos: 1, bad: answerWith(500), until: Infinity, deadline: 1_800_000 };
	expect((await submitIn({ ...storm, operation: 'Get 4K' })).requests).toBe(MAX_ATTEMPTS);
	expect((await submitIn({ ...storm, operation: 'generate' })).requests).toBe(1);
});

it.each(STORMS)('A stop in a storm of %s ends the waiting', async (_name, bad) => {
	const stop = new AbortController();
	const storm = { videos: 3, bad, until: Infinity, deadline: 1_800_000, stop };
	const running = submitIn(storm);
	setImmediate(() => stop.abort());
	await expect(running).rejects.toThrow(CancelledError);
});

describe('A request whose answer was lost', () => {
	/** Gives these answers one after the other; the user stops during the first pause after the last. */
	async function submitAfter(answers: KieAnswer[], { stops }: { stops: boolean }) {
		const clock = new SeededClock(1);
		const stop = new AbortController();
		let calls = 0;
		const call = async () => {
			const answer = answers[Math.min(calls++, answers.length - 1)] ?? NO_CONNECTION;
			if (stops && calls === answers.length) stop.abort();
			return answer;
		};
		const limiter = new SubmissionLimiter(clock);
		const parts = { limiter, deadline: 60_000, clock, signal: stop.signal };
		return await submitPatiently(call, MEANINGS['Get 4K'], parts);
	}
	const LOST = answerWith(500);

	it.each([
		['no connection', NO_CONNECTION],
		['429', answerWith(429)],
		['455', answerWith(455)],
	])('is what remains when %s follows until the deadline', async (_name, next) => {
		expect(await submitAfter([LOST, next], { stops: false })).toBe(LOST);
	});

	it('is what remains when the user stops', async () => {
		expect(await submitAfter([LOST], { stops: true })).toBe(LOST);
		expect(await submitAfter([LOST, NO_CONNECTION], { stops: true })).toBe(LOST);
	});

	it.each([
		['a bad key', answerWith(401)],
		['a proxy', { ...answerWith(407), fault: true, unreached: 'proxyLogin' as const }],
	])('is not forgotten after %s', async (_name, next) => {
		const expected = { ...next, wasLost: true };
		expect(await submitAfter([LOST, next], { stops: false })).toStrictEqual(expected);
		const later = await submitAfter([LOST, NO_CONNECTION, next], { stops: false });
		expect(later).toStrictEqual(expected);
		expect(await submitAfter([next], { stops: false })).toBe(next);
	});
});
