import { isReplayed } from '../../../nodes/KieVeo/kie/callback/request';

const signed = (signature: string, body: unknown, submission?: string) => ({
	body,
	size: 0,
	headers: { 'X-Webhook-Signature': signature },
	submission,
});

/** Each case has signatures of its own. */
let cases = 0;
beforeEach(() => void cases++);
const replayed = (...[signature, ...rest]: Parameters<typeof signed>) =>
	isReplayed(signed(`${cases} ${signature}`, ...rest));

describe('a signature', () => {
	it.each<[situation: string, calls: Array<Parameters<typeof signed>>, found: boolean[]]>([
		[
			'with its body again',
			[
				['s', '{"a":1}'],
				['s', '{"a":1}'],
			],
			[false, false],
		],
		[
			'with another body',
			[
				['s', '{"a":1}'],
				['s', '{"a":2}'],
			],
			[false, true],
		],
		[
			'with a third body',
			[
				['s', 1],
				['s', 2],
				['s', 3],
				['s', 1],
			],
			[false, true, true, false],
		],
		[
			'with another body at its address',
			[
				['s', 1, 'x'],
				['s', 2, 'x'],
			],
			[false, true],
		],
		[
			'of two videos that end in the same second',
			[
				['s', 1, 'x'],
				['s', 2, 'y'],
			],
			[false, false],
		],
		[
			'with another body at the bare address',
			[
				['s', 1, 'x'],
				['s', 2],
			],
			[false, true],
		],
		[
			'with its body at the bare address',
			[
				['s', 1, 'x'],
				['s', 1],
			],
			[false, true],
		],
		[
			'at the bare address first',
			[
				['s', 1],
				['s', 2, 'x'],
				['s', 1],
				['s', 2],
			],
			[false, false, false, true],
		],
		[
			'beside another one',
			[
				['s', 1],
				['t', 2],
			],
			[false, false],
		],
	])('%s', (_situation, calls, found) => {
		expect(calls.map((call) => replayed(...call))).toStrictEqual(found);
	});

	it('that is missing is for others to judge', () => {
		const unsigned = { ...signed('s', 1), headers: {} };
		expect(isReplayed(unsigned)).toBe(false);
		expect(isReplayed({ ...unsigned, body: 2 })).toBe(false);
	});

	it('also counts without a body', () => {
		expect(replayed('s', undefined)).toBe(false);
		expect(replayed('s', 1)).toBe(true);
	});

	it.each([
		[9_999, true],
		[10_000, false],
	])('is remembered beside %s others: %s', (others, remembered) => {
		replayed('first', 1);
		for (let i = 0; i < others; i++) replayed(String(i), 1);
		expect(replayed('first', 2)).toBe(remembered);
	});
});
