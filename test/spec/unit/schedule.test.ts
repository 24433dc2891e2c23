import { nextCheck, type Check } from '../../../nodes/KieVeo/suspension/watch';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SINCE = 1_700_000_000_000;
/** More checks than any waiting time may need. */
const TOO_MANY = 40;

type Plan = Partial<Parameters<typeof nextCheck>[0]> & { wait: number };

/** All checks of a plan, as "kind seconds", when each is made as soon as it is due. */
function checksOf({ wait, ...plan }: Plan, lateness = 0) {
	const whole = { overdueAfter: 12 * MINUTE, hasUnreported: false, ...plan };
	const checks: Array<{ kind: string; at: number }> = [];
	for (let last: Check | null = null; checks.length < TOO_MANY; ) {
		const check: Check | null = nextCheck({ ...whole, since: SINCE, deadline: SINCE + wait }, last);
		if (check === null) break;
		checks.push({ kind: check.kind, at: (check.at - SINCE) / SECOND });
		last = { ...check, at: check.at + lateness };
	}
	return checks;
}

const inWords = (plan: Plan) => checksOf(plan).map(({ kind, at }) => `${kind} ${at}`);

describe('when a suspended execution is checked', () => {
	it.each<[waiting: string, plan: Plan, checks: string[]]>([
		[
			'the default time: when a report is overdue, at growing pauses, and at the end',
			{ wait: 30 * MINUTE },
			['all 720', 'all 900', 'all 1260', 'final 1800'],
		],
		[
			'less than usual: halfway',
			{ wait: 10 * MINUTE },
			['all 300', 'all 375', 'all 525', 'final 600'],
		],
		['40 s', { wait: 40 * SECOND }, ['all 20', 'all 25', 'all 35', 'final 40']],
		['a moment', { wait: SECOND }, ['all 0.5', 'final 1']],
		['no time at all', { wait: 0 }, ['final 0']],
		[
			'what may never be reported, earlier',
			{ wait: 30 * MINUTE, hasUnreported: true },
			[
				...[60, 75, 105, 165, 285, 525].map((at) => `unreported ${at}`),
				...[720, 900, 1260].map((at) => `all ${at}`),
				'final 1800',
			],
		],
		[
			'what may never be reported, for a short time',
			{ wait: 40 * SECOND, hasUnreported: true },
			['unreported 10', 'unreported 15', 'all 20', 'all 25', 'all 35', 'final 40'],
		],
	])('for %s', (_waiting, plan, checks) => {
		const finals = ['final', 'final', 'final'].map(
			(kind, i) => `${kind} ${plan.wait / SECOND + (i + 1) * 60}`,
		);
		expect(inWords(plan)).toStrictEqual([...checks, ...finals]);
	});

	it('14 days are checked 20 times at most', () => {
		const wait = 14 * 24 * 60 * MINUTE;
		const regular = checksOf({ wait }).filter(({ kind }) => kind !== 'final');
		expect(regular.length).toBeLessThanOrEqual(14);
		expect(checksOf({ wait, hasUnreported: true }).length).toBeLessThanOrEqual(24);
	});

	const waits = [5, 10, 20, 33, 45, 60, 90, 300, 1000, 1800, 5000, 90_000].map((s) => s * SECOND);
	it.each(waits.flatMap((wait) => [true, false].map((unreported) => [wait, unreported] as const)))(
		'for %i ms (unreported: %s) no two checks come within moments, and the last is at the end',
		(wait, hasUnreported) => {
			for (const lateness of [0, 999]) {
				const checks = checksOf({ wait, hasUnreported }, lateness);
				const times = checks.map(({ at }) => at * SECOND);
				const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
				expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.min(2_500, wait / 8));
				expect(times[0]).toBeLessThanOrEqual(wait / 2);
				expect(checks.find(({ kind }) => kind === 'final')?.at).toBe(wait / SECOND);
			}
		},
	);

	const overdue = { overdueAfter: 8 * MINUTE, hasUnreported: true };
	it('a delayed process makes one check, not all it has missed', () => {
		const plan = { ...overdue, since: SINCE, deadline: SINCE + 30 * MINUTE };
		expect(nextCheck(plan, { kind: 'all', at: SINCE + 14 * MINUTE })).toStrictEqual({
			at: SINCE + 22 * MINUTE,
			kind: 'all',
		});
	});

	it('the final check is not missed when the one before came late', () => {
		const plan = { ...overdue, since: SINCE, deadline: SINCE + SECOND };
		const late = { kind: 'all' as const, at: SINCE + 2 * SECOND };
		expect(nextCheck(plan, late)).toStrictEqual({ at: SINCE + SECOND, kind: 'final' });
	});

	it('a process that learns of it after the end makes the final check at once', () => {
		const plan = { ...overdue, since: SINCE + 100 * SECOND, deadline: SINCE };
		expect(nextCheck(plan, null)).toStrictEqual({ at: SINCE, kind: 'final' });
		const next = nextCheck(plan, { kind: 'final', at: plan.since + SECOND });
		expect(next).toStrictEqual({ at: SINCE + 120 * SECOND, kind: 'final' });
		expect(nextCheck(plan, { kind: 'final', at: SINCE + 180 * SECOND })).toBeNull();
	});
});
