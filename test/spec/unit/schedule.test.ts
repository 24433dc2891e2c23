import { nextLook, type Look, type WatchPlan } from '../../../nodes/KieVeo/suspension/schedule';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SINCE = 1_700_000_000_000;
/** More looks than any waiting time may need. */
const TOO_MANY = 40;

type Plan = Partial<Omit<WatchPlan, 'since' | 'deadline'>> & { wait: number };

/** All looks of a plan, as "kind seconds", when each is made as soon as it is due. */
function looksOf({ wait, ...plan }: Plan, lateness = 0) {
	const whole = { overdueAfter: 12 * MINUTE, hasUnreported: false, ...plan };
	const looks: Array<{ kind: string; at: number }> = [];
	for (let last: Look | null = null; looks.length < TOO_MANY; ) {
		const look: Look | null = nextLook({ ...whole, since: SINCE, deadline: SINCE + wait }, last);
		if (look === null) break;
		looks.push({ kind: look.kind, at: (look.at - SINCE) / SECOND });
		last = { ...look, at: look.at + lateness };
	}
	return looks;
}

const inWords = (plan: Plan) => looksOf(plan).map(({ kind, at }) => `${kind} ${at}`);

describe('when a suspended execution is looked after', () => {
	it.each<[waiting: string, plan: Plan, looks: string[]]>([
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
		['20 s', { wait: 20 * SECOND }, ['all 10', 'all 15', 'final 20']],
		['40 s', { wait: 40 * SECOND }, ['all 20', 'all 25', 'all 35', 'final 40']],
		['60 s', { wait: 60 * SECOND }, ['all 30', 'all 37.5', 'all 52.5', 'final 60']],
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
	])('for %s', (_waiting, plan, looks) => {
		const finals = ['final', 'final', 'final'].map(
			(kind, i) => `${kind} ${plan.wait / SECOND + (i + 1) * 60}`,
		);
		expect(inWords(plan)).toStrictEqual([...looks, ...finals]);
	});

	it('14 days are looked after 20 times at most', () => {
		const wait = 14 * 24 * 60 * MINUTE;
		const regular = looksOf({ wait }).filter(({ kind }) => kind !== 'final');
		expect(regular.length).toBeLessThanOrEqual(14);
		expect(looksOf({ wait, hasUnreported: true }).length).toBeLessThanOrEqual(24);
	});

	const waits = [5, 10, 20, 33, 45, 60, 90, 300, 1000, 1800, 5000, 90_000].map((s) => s * SECOND);
	it.each(waits.flatMap((wait) => [true, false].map((unreported) => [wait, unreported] as const)))(
		'for %i ms (unreported: %s) no two looks come within moments, and the last is at the end',
		(wait, hasUnreported) => {
			for (const lateness of [0, 999]) {
				const looks = looksOf({ wait, hasUnreported }, lateness);
				const times = looks.map(({ at }) => at * SECOND);
				const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
				expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.min(2_500, wait / 8));
				expect(times[0]).toBeLessThanOrEqual(wait / 2);
				expect(looks.find(({ kind }) => kind === 'final')?.at).toBe(wait / SECOND);
			}
		},
	);

	it('a process that was held up makes one look, not all it has missed', () => {
		const plan = {
			since: SINCE,
			overdueAfter: 8 * MINUTE,
			hasUnreported: true,
			deadline: SINCE + 30 * MINUTE,
		};
		expect(nextLook(plan, { kind: 'all', at: SINCE + 14 * MINUTE })).toStrictEqual({
			at: SINCE + 22 * MINUTE,
			kind: 'all',
		});
	});

	it('the final look is not missed when the one before came late', () => {
		const plan = {
			since: SINCE,
			overdueAfter: MINUTE,
			hasUnreported: false,
			deadline: SINCE + SECOND,
		};
		const late = { kind: 'all' as const, at: SINCE + 2 * SECOND };
		expect(nextLook(plan, late)).toStrictEqual({ at: SINCE + SECOND, kind: 'final' });
	});

	it('a process that learns of it after the end makes the final look at once', () => {
		const plan = {
			since: SINCE + 100 * SECOND,
			overdueAfter: 8 * MINUTE,
			hasUnreported: true,
			deadline: SINCE,
		};
		expect(nextLook(plan, null)).toStrictEqual({ at: SINCE, kind: 'final' });
		const next = nextLook(plan, { kind: 'final', at: plan.since + SECOND });
		expect(next).toStrictEqual({ at: SINCE + 120 * SECOND, kind: 'final' });
		expect(nextLook(plan, { kind: 'final', at: SINCE + 180 * SECOND })).toBeNull();
	});
});
