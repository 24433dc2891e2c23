import { CancelledError } from '../../../nodes/KieVeo/kie/http/clock';
import {
	SubmissionLimiter,
	type Acceptance,
	type Attempt,
} from '../../../nodes/KieVeo/kie/http/limiter';
import type { KieAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../../nodes/KieVeo/kie/meaning/money';
import { FakeClock } from './fakeClock';
import { answerWith, simulate, type Outcome, type Scenario } from './sharedAccount';

const SEEDS = [1, 2, 3, 4, 5, 6];

const judge = ({ code }: KieAnswer): Acceptance =>
	code === 429 ? 'overLimit' : code === 455 ? 'unavailable' : 'taken';

function setUp() {
	const clock = new FakeClock();
	const limiter = new SubmissionLimiter(clock);
	const run = async (submit: () => Promise<KieAnswer>, options: Partial<Attempt> = {}) =>
		await limiter.run(submit, {
			number: limiter.takeNumber(),
			judge,
			deadline: Infinity,
			...options,
		});
	return { clock, limiter, run };
}

const many = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));

/** The worst of several random runs. */
async function worstOf(scenario: Scenario): Promise<Omit<Outcome, 'acceptedAt'>> {
	const outcomes: Outcome[] = [];
	for (const seed of SEEDS) outcomes.push(await simulate(scenario, seed));
	const worst = (key: 'givenUp' | 'ratio' | 'requestsPerAccepted') =>
		Math.max(...outcomes.map((outcome) => outcome[key]));
	return {
		givenUp: worst('givenUp'),
		ratio: worst('ratio'),
		requestsPerAccepted: worst('requestsPerAccepted'),
	};
}

describe('a process that has the account to itself', () => {
	it('lets no 10 s hold more than 20 arrivals, however long requests are on the way', async () => {
		const { clock, run } = setUp();
		const arrivals: number[] = [];
		await Promise.all(
			many(70, async (i) => {
				await run(async () => {
					await clock.pause((i * 37) % 900);
					arrivals.push(clock.now());
					await clock.pause((i * 53) % 700);
					return answerWith(200);
				});
			}),
		);
		expect(arrivals).toHaveLength(70);
		for (const start of arrivals) {
			const inWindow = arrivals.filter((at) => at >= start && at < start + 10_000);
			expect(inWindow.length).toBeLessThanOrEqual(20);
		}
		expect(Math.max(...arrivals)).toBeLessThan(35_000);
	});

	it.each(['sliding', 'fixed'] as const)('never gets a 429 (%s window)', async (window) => {
		const { ratio, requestsPerAccepted } = await worstOf({ workers: [60], window });
		expect(requestsPerAccepted).toBe(1);
		expect(ratio).toBeLessThan(1.12);
	});

	it('keeps the order, and a cancelled caller does not block the next one', async () => {
		const { run } = setUp();
		const sent: number[] = [];
		const stop = new AbortController();
		const runs = many(23, async (i) => {
			const submit = async () => {
				sent.push(i);
				return answerWith(200);
			};
			return await run(submit, i === 20 ? { signal: stop.signal } : {});
		});
		stop.abort();
		const results = await Promise.allSettled(runs);
		expect(results[20]).toMatchObject({ status: 'rejected', reason: new CancelledError() });
		expect(sent).toStrictEqual([...many(20, (i) => i), 21, 22]);
	});

	it('frees the place of a request that failed', async () => {
		const { clock, run } = setUp();
		const fail = async () => await Promise.reject(new Error('lost'));
		await Promise.allSettled(many(20, async () => await run(fail)));
		await expect(run(async () => answerWith(200))).resolves.toMatchObject({ code: 200 });
		expect(clock.now()).toBe(10_000);
	});
});

describe('after a 429', () => {
	/** Every submission is tried until it is accepted. */
	async function submitAll(count: number, replies: (requests: number, now: number) => KieAnswer) {
		const { clock, limiter, run } = setUp();
		const sent: Array<{ video: number; at: number; code: number | null }> = [];
		const submitOrder = async (video: number) => {
			const number = limiter.takeNumber();
			let answer: KieAnswer;
			do {
				answer = await run(
					async () => {
						const reply = replies(sent.length + 1, clock.now());
						sent.push({ video, at: clock.now(), code: reply.code });
						return reply;
					},
					{ number },
				);
			} while (answer.code !== 200);
		};
		await Promise.all(many(count, submitOrder));
		return sent;
	}

	it('the whole process pauses, as long as Kie asks', async () => {
		const sent = await submitAll(30, (requests) =>
			requests === 20 ? { ...answerWith(429), retryAfterMs: 17_000 } : answerWith(200),
		);
		expect(sent.slice(20).every(({ at }) => at >= 17_000)).toBe(true);
		expect(sent).toHaveLength(31);
	});

	it('tries one request, not all of them, and speeds up once one is accepted', async () => {
		const sent = await submitAll(40, (_requests, now) => answerWith(now < 20_000 ? 429 : 200));
		const refused = sent.filter(({ code }) => code === 429);
		expect(refused.length).toBeLessThanOrEqual(20 + 6);
		const accepted = sent.filter(({ code }) => code === 200);
		// The refused one is the next one.
		expect(accepted.map(({ video }) => video)).toStrictEqual(many(40, (video) => video));
		const [first, ...others] = accepted.map(({ at }) => at);
		expect(first).toBeLessThan(27_000);
		expect(others.filter((at) => at < Number(first) + 10_000)).toHaveLength(19);
	});

	it('a stop ends waiting at once', async () => {
		const { clock, run } = setUp();
		await run(async () => ({ ...answerWith(429), retryAfterMs: 30_000 }));
		const stop = new AbortController();
		const waiting = run(async () => answerWith(200), { signal: stop.signal });
		stop.abort();
		await expect(waiting).rejects.toThrow(CancelledError);
		expect(clock.now()).toBeLessThanOrEqual(250);
	});
});

describe('at its deadline', () => {
	it('a submission that was tried before gets its last answer again', async () => {
		const { clock, run } = setUp();
		await run(async () => ({ ...answerWith(429), retryAfterMs: 60_000 }));
		const last = answerWith(455);
		const answer = await run(async () => answerWith(200), { last, deadline: 30_000 });
		expect(answer).toBe(last);
		expect(clock.now()).toBeCloseTo(30_000, -3);
	});

	it('one that was never sent gets the answer of another while Kie accepts nothing', async () => {
		const { clock, run } = setUp();
		const refusal = { ...answerWith(429), retryAfterMs: 60_000 };
		await run(async () => refusal);
		const answer = await run(async () => answerWith(200), { deadline: 30_000 });
		expect(answer).toBe(refusal);
		expect(clock.now()).toBeCloseTo(30_000, -3);
	});

	it('one that was never sent is told as that while nobody gets an answer, and may not have been paid', async () => {
		const { clock, run } = setUp();
		const lost = { ...answerWith(200), fault: true, code: null, message: 'no answer in time' };
		const hang = async () => {
			await clock.pause(60_000);
			return lost;
		};
		const answers = await Promise.all(
			many(1_000, async () => await run(hang, { deadline: 120_000 })),
		);
		const unsent = answers.filter(({ unreached }) => unreached === 'noConnection');
		// 20 slots, used again 10 s after each answer.
		expect(answers.length - unsent.length).toBe(40);
		expect(unsent[0]).toMatchObject({ taskIds: [], message: expect.stringContaining('not sent') });
		expect(classifyCreateAnswer(unsent[0] ?? lost)).toMatchObject({ reason: 'noConnection' });
		expect(clock.now()).toBe(130_000);
	});

	it('one that was never sent still gets its turn while Kie accepts others', async () => {
		const { clock, run } = setUp();
		const answers = await Promise.all(
			many(60, async () => await run(async () => answerWith(200), { deadline: 5_000 })),
		);
		expect(answers.every(({ code }) => code === 200)).toBe(true);
		expect(clock.now()).toBe(20_000);
	});
});

describe('several processes that share an account', () => {
	const same = (workers: number, videos: number) => many(workers, () => videos);

	/*
	 * The floor ignores latency: with these answers even a process alone needs 1.1 times as long. The
	 * shortest runs have six or eight rounds, so one place found late costs them a large share.
	 */
	describe.each([['sliding'], ['fixed']] as const)('%s window', (window) => {
		it.each<[string, Omit<Scenario, 'window'>, number]>([
			['2 with 60 videos', { workers: same(2, 60) }, 1.2],
			['3 with 60 videos', { workers: same(3, 60) }, 1.2],
			['4 with 100 videos', { workers: same(4, 100) }, 1.2],
			['8 with 20 videos', { workers: same(8, 20) }, 1.2],
			['3 with 60 videos, a polite rival', { workers: same(3, 60), rival: 'polite' }, 1.2],
			['3 with 60 videos, a greedy rival', { workers: same(3, 60), rival: 'greedy' }, 1.2],
		])('%s lose none and come near the floor', async (_name, scenario, limit) => {
			const { givenUp, ratio, requestsPerAccepted } = await worstOf({ ...scenario, window });
			expect(givenUp).toBe(0);
			expect(ratio).toBeLessThanOrEqual(limit);
			expect(requestsPerAccepted).toBeLessThan(3.2);
		});
	});

	it('get fair shares, also the one that comes late', async () => {
		for (const seed of SEEDS) {
			const { acceptedAt } = await simulate(
				{ workers: same(3, 300), startAt: [0, 0, 30_000], window: 'sliding' },
				seed,
			);
			const shares = acceptedAt.map(
				(times) => times.filter((at) => at >= 90_000 && at < 270_000).length,
			);
			const fair = shares.reduce((sum, share) => sum + share, 0) / shares.length;
			expect(Math.min(...shares)).toBeGreaterThan(fair / 2);
		}
	});
});
