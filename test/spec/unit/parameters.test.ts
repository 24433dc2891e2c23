import {
	addressesIn,
	Item,
	namesIn,
	readTaskOptions,
	toSeconds,
} from '../../../nodes/KieVeo/actions/parameters';
import { trimmedApiKey, trimmedBaseUrl } from '../../../nodes/KieVeo/kie/connection';

type Case = [value: unknown, expected: unknown];

describe('seconds', () => {
	it.each<Case>([
		[8, 8],
		['8s', 8],
		[' 8 S ', 8],
		['8m', null],
		['s', null],
	])('%p', (value, seconds) => expect(toSeconds(value)).toBe(seconds));

	it.each([
		[10_000 / 3, 3334],
		['90 s', 90],
		['1.5', 2],
		['', 1800],
	])('of a Timeout of %p are %i whole ones', (timeout, seconds) => {
		const context = { getNodeParameter: () => ({ timeout }) };
		expect(readTaskOptions(new Item(context as never, 0), 30)).toMatchObject({ timeout: seconds });
	});
});

describe('a list of addresses', () => {
	const A = 'https://example.com/a,b.jpg';
	const B = 'http://example.com/b;c.png?x=[1]';
	const DATA = 'data:image/png;base64,AAAA';

	it.each<Case>([
		['', []],
		[null, []],
		[[], []],
		[A, [A]],
		[` ${A},\n`, [A]],
		[
			[` ${A} `, '', `'${B}'`],
			[A, B],
		],
		[JSON.stringify([A, B], null, 2), [A, B]],
		[`${A},${B}`, [A, B]],
		[`"${A}", "${B}"`, [A, B]],
		[`${A}\r\n\r\n${B}\r\n`, [A, B]],
		[`${A}, ${DATA}`, [A, DATA]],
		[`${A},ftp://example.com/c.jpg`, [A, 'ftp://example.com/c.jpg']],
		// What does not begin like an address is left for the check to refuse.
		['https://a.com/1.jpg, b.com/2.jpg', ['https://a.com/1.jpg, b.com/2.jpg']],
		[
			[A, 7, null, { url: B }],
			[A, 7, null, { url: B }],
		],
		[JSON.stringify({ url: A, and: ` ${B}` }), [{ url: A, and: ` ${B}` }]],
		[7, [7]],
	])('%p', (value, entries) => expect(addressesIn(value)).toStrictEqual(entries));
});

describe('a list of names', () => {
	it.each<Case>([
		['my file', ['my file']],
		['first, last', ['first', 'last']],
		['first\nlast\r\n', ['first', 'last']],
		['"first", \'last\'', ['first', 'last']],
		['["first","last"]', ['first', 'last']],
		[
			['first', ' last'],
			['first', 'last'],
		],
	])('%p', (value, entries) => expect(namesIn(value)).toStrictEqual(entries));
});

it.each([
	['spaces', ' '],
	['slashes', '/'],
	['line breaks', '\n'],
	['commas', ', '],
	['quotes', '"'],
	['letters', 's'],
])('100,000 %s are read in no time', (_what, part) => {
	const long = part.repeat(100_000);
	const readers = [toSeconds, addressesIn, namesIn, trimmedApiKey, trimmedBaseUrl];
	const start = performance.now();
	for (const value of [long, `1${long}x`, `https://a.com/,${long}x`]) {
		for (const read of readers) read(value);
	}
	expect(performance.now() - start).toBeLessThan(3_000);
});
