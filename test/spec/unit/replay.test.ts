import { isReplayed } from '../../../nodes/KieVeo/kie/callback/request';

const signed = (signature: string, body: unknown, submission?: string) => ({
	body,
	size: 0,
	headers: { 'x-webhook-signature': signature },
	submission,
});

/** Each case has signatures of its own. */
let cases = 0;
beforeEach(() => void cases++);
const replayed = (...[signature, ...rest]: Parameters<typeof signed>) =>
	isReplayed(signed(`${cases} ${signature}`, ...rest));

describe('a signature', () => {
	// Signature, body and address of each call; `!` marks what is found out.
	it.each([
		['with other bodies, and with its own again', 's1 !s2 !s3 s1'],
		['with another body at its address', 's1x !s2x'],
		['of two videos that end in the same second', 's1x s2y'],
		['with another body at the bare address', 's1x !s2'],
		['with its body at the bare address', 's1x !s1'],
		['at the bare address first', 's1 s2x s1 !s2'],
		['beside another one', 's1 t2'],
		['without a body', 's !s1'],
	])('%s', (_situation, calls) => {
		for (const call of calls.split(' ')) {
			const [signature = '', body, address] = call.replace('!', '');
			expect([call, replayed(signature, body, address)]).toStrictEqual([
				call,
				call.startsWith('!'),
			]);
		}
	});

	it('that is missing is for others to judge', () => {
		const unsigned = { ...signed('s', 1), headers: {} };
		expect(isReplayed(unsigned)).toBe(false);
		expect(isReplayed({ ...unsigned, body: 2 })).toBe(false);
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
