import {
	parseIfJson,
	parseNested,
	toBoolean,
	toId,
	toNumber,
	toText,
} from '../../../nodes/KieVeo/values';

type Case = [value: unknown, expected: unknown];

describe('a switch', () => {
	it.each<Case>([
		[true, true],
		['true', true],
		[' FALSE ', false],
		['yes', null],
		[1, null],
		[null, null],
	])('%p', (value, expected) => expect(toBoolean(value)).toBe(expected));
});

describe('a number', () => {
	it.each<Case>([
		[0, 0],
		[5916.25, 5916.25],
		['422', 422],
		[' ', null],
		['4k', null],
		[Number.POSITIVE_INFINITY, null],
		[true, null],
		[null, null],
	])('%p', (value, expected) => expect(toNumber(value)).toBe(expected));
});

describe('a text', () => {
	it.each<Case>([
		[' a b ', 'a b'],
		[' \n', null],
		[7, null],
	])('%p', (value, expected) => expect(toText(value)).toBe(expected));
});

describe('an id', () => {
	it.each<Case>([
		[' a ', 'a'],
		[7, '7'],
		[1.5, null],
		[2 ** 60, null],
		[{}, null],
	])('%p', (value, expected) => expect(toId(value)).toBe(expected));
});

describe('JSON text', () => {
	it.each<Case>([
		['{"a":1}', { a: 1 }],
		[' [1]', [1]],
		['"text"', '"text"'],
		['{"a":', '{"a":'],
		[7, 7],
	])('%p is opened if it is an object or a list', (value, expected) =>
		expect(parseIfJson(value)).toStrictEqual(expected),
	);
});

it('JSON text within JSON is opened up to 50,000 characters', () => {
	const longest = `["${'x'.repeat(49_996)}"]`;
	expect(parseNested(longest)).toStrictEqual([longest.slice(2, -2)]);
	expect(parseNested(`${longest} `)).toBe(`${longest} `);
	expect(parseNested(['{}'])).toStrictEqual(['{}']);
});
