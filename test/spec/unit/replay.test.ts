import { SignatureMemory } from '../../../nodes/KieVeo/kie/callback/replay';

const signed = (signature: string, body: unknown, submission?: string) => ({
	body,
	size: 0,
	headers: { 'X-Webhook-Signature': signature },
	submission,
});

describe('a signature', () => {
	it.each<[situation: string, calls: Array<Parameters<typeof signed>>, replayed: boolean[]]>([
		[
			'with its body again',
			[
				['s', '{"a":1}'],
				['s', '{"a":1}'],
			],
			[false, false],
		],
		[
			'with its body in other spaces, or parsed',
			[
				['s', '{"a":1}'],
				['s', { a: 1 }],
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
	])('%s', (_situation, calls, replayed) => {
		const memory = new SignatureMemory();
		expect(calls.map((call) => memory.isReplayed('node', signed(...call)))).toStrictEqual(replayed);
	});

	it('is good at each receiver', () => {
		const memory = new SignatureMemory();
		expect(memory.isReplayed('one', signed('s', 1))).toBe(false);
		expect(memory.isReplayed('other', signed('s', 2))).toBe(false);
	});

	it('that is missing is for others to judge', () => {
		const memory = new SignatureMemory();
		const unsigned = { ...signed('s', 1), headers: {} };
		expect(memory.isReplayed('node', unsigned)).toBe(false);
		expect(memory.isReplayed('node', { ...unsigned, body: 2 })).toBe(false);
	});

	it('also counts without a body', () => {
		const memory = new SignatureMemory();
		expect(memory.isReplayed('node', signed('s', undefined))).toBe(false);
		expect(memory.isReplayed('node', signed('s', 1))).toBe(true);
	});

	it.each([
		[9_999, true],
		[10_000, false],
	])('is remembered beside %s others: %s', (others, remembered) => {
		const memory = new SignatureMemory();
		memory.isReplayed('node', signed('first', 1));
		for (let i = 0; i < others; i++) memory.isReplayed('node', signed(String(i), 1));
		expect(memory.isReplayed('node', signed('first', 2))).toBe(remembered);
	});
});
