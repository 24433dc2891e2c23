import { inspect } from 'node:util';

import { addressesIn, namesIn } from '../../../nodes/KieVeo/actions/lists';

const A = 'https://example.com/a,b.jpg';
const B = 'http://example.com/b;c.png?x=[1]';
const DATA = 'data:image/png;base64,AAAA';
type Case = [value: unknown, entries: unknown[]];
const table = (cases: Case[]) =>
	cases.map(([value, entries]): [string, unknown, unknown[]] => [inspect(value), value, entries]);

describe('a list of addresses', () => {
	it.each(
		table([
			['', []],
			[null, []],
			[undefined, []],
			['[]', []],
			[[], []],
			[A, [A]],
			[` ${A},\n`, [A]],
			[`"${A}"`, [A]],
			[`'${A}'`, [A]],
			[`<${A}>`, [A]],
			[`(${A})`, [A]],
			[`“${A}”`, [A]],
			[`\u200b${A}\ufeff`, [A]],
			[`${A}\\n${B}\\n`, [A, B]],
			[`${A}\\r\\n${B}`, [A, B]],
			[`‘${A}’`, [A]],
			[[[A]], [A]],
			['https://example.com/a_(b)', ['https://example.com/a_(b)']],
			[`[${A}]`, [A]],
			[[A], [A]],
			[
				[` ${A} `, '', ` "${B}"`],
				[A, B],
			],
			[JSON.stringify([A, B]), [A, B]],
			[JSON.stringify([A, B], null, 2), [A, B]],
			[`${A},${B}`, [A, B]],
			[`${A}, ${B}`, [A, B]],
			[`${A};${B}`, [A, B]],
			[`${A} ; ${B};`, [A, B]],
			[`${A}\n${B}`, [A, B]],
			[`${A}\r\n\r\n${B}\r\n`, [A, B]],
			[`${A}  ${B}`, [A, B]],
			[`${A} | ${B}`, [A, B]],
			[`${A}，${B}`, [A, B]],
			[`“${A}”、“${B}”`, [A, B]],
			[`- ${A}\n- ${B}`, [A, B]],
			[` 1. ${A}\n 2) ${B}`, [A, B]],
			[`"${A}", "${B}"`, [A, B]],
			[`'${A}';'${B}'`, [A, B]],
			[`['${A}', '${B}']`, [A, B]],
			[`[${A}, ${B}]`, [A, B]],
			[`${A},ftp://example.com/c.jpg`, [A, 'ftp://example.com/c.jpg']],
			[DATA, [DATA]],
			[`${DATA}, ${A} ${DATA}`, [DATA, A, DATA]],
			// What does not begin like an address is left for the check to refuse.
			['https://a.com/1.jpg, b.com/2.jpg', ['https://a.com/1.jpg, b.com/2.jpg']],
			[
				[A, 7, null, { url: B }],
				[A, 7, null, { url: B }],
			],
			[{ url: A }, [{ url: A }]],
			[JSON.stringify({ url: A, and: ` ${B}` }), [{ url: A, and: ` ${B}` }]],
			[7, [7]],
		]),
	)('%s', (_name, value, entries) => expect(addressesIn(value)).toStrictEqual(entries));

	it('of several megabytes is read at once', () => {
		const data = `data:image/png;base64,${'A'.repeat(3_000_000)}`;
		expect(addressesIn(data)).toStrictEqual([data]);
		expect(addressesIn(`${A}${' '.repeat(300_000)}x`)).toHaveLength(1);
		expect(addressesIn('a '.repeat(300_000))).toHaveLength(1);
	});
});

describe('a list of names', () => {
	it.each(
		table([
			['', []],
			['data', ['data']],
			['first, last', ['first', 'last']],
			['first;last', ['first', 'last']],
			['first，last', ['first', 'last']],
			['`first` | “last”', ['first', 'last']],
			['first\nlast\r\n', ['first', 'last']],
			['"first", "last"', ['first', 'last']],
			["['first', 'last']", ['first', 'last']],
			['["first","last"]', ['first', 'last']],
			['[first, last]', ['first', 'last']],
			[
				['first', ' last'],
				['first', 'last'],
			],
			['my file', ['my file']],
			[[1], [1]],
		]),
	)('%s', (_name, value, entries) => expect(namesIn(value)).toStrictEqual(entries));
});
