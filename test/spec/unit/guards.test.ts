import { inspect } from 'node:util';

import {
	objectsWithin,
	parseJson,
	toBoolean,
	toId,
	toNumber,
	toText,
} from '../../../nodes/KieVeo/kie/meaning/guards';

type Case = [value: unknown, expected: unknown];
const table = (cases: Case[]) =>
	cases.map(([value, expected]): [string, unknown, unknown] => [inspect(value), value, expected]);

describe('a switch', () => {
	it.each(
		table([
			[true, true],
			[false, false],
			['true', true],
			[' FALSE ', false],
			['yes', null],
			['', null],
			[1, null],
			[0, null],
			[null, null],
			[undefined, null],
			[[true], null],
		]),
	)('%s', (_name, value, expected) => expect(toBoolean(value)).toBe(expected));
});

describe('a number', () => {
	it.each(
		table([
			[0, 0],
			[5916.25, 5916.25],
			['422', 422],
			[' 7 ', 7],
			['', null],
			[' ', null],
			['4k', null],
			[Number.NaN, null],
			[Number.POSITIVE_INFINITY, null],
			[true, null],
			[null, null],
		]),
	)('%s', (_name, value, expected) => expect(toNumber(value)).toBe(expected));
});

describe('a text', () => {
	it.each(
		table([
			[' a b ', 'a b'],
			['', null],
			[' \n', null],
			[7, null],
			[null, null],
		]),
	)('%s', (_name, value, expected) => expect(toText(value)).toBe(expected));
});

describe('an id', () => {
	it.each(
		table([
			[' a ', 'a'],
			[7, '7'],
			[0, '0'],
			[1.5, null],
			[2 ** 60, null],
			['', null],
			[null, null],
			[{}, null],
		]),
	)('%s', (_name, value, expected) => expect(toId(value)).toBe(expected));
});

describe('JSON text', () => {
	it.each(
		table([
			['{"a":1947123456789012345}', { a: '1947123456789012345' }],
			['[-1947123456789012345, 9007199254740991]', ['-1947123456789012345', 9007199254740991]],
			['[1.5947123456789012345, 1234567890123456e1]', [1.5947123456789012, 1.234567890123456e16]],
			['{"1947123456789012345":1e400}', { '1947123456789012345': Infinity }],
			['["\\" 1947123456789012345,"]', ['" 1947123456789012345,']],
			['["a \\"b\\" 1947123456789012345 c"]', ['a "b" 1947123456789012345 c']],
			['{"a":1947123456789012345', undefined],
			['', undefined],
		]),
	)('%s', (_name, value, expected) => expect(parseJson(String(value))).toStrictEqual(expected));
});

describe('the objects within a value', () => {
	const [a, b] = [{ a: 1 }, { b: null }];
	it.each(
		table([
			[a, [a]],
			['{"a":1}', [a]],
			[
				[a, b],
				[a, b],
			],
			[[[a]], [a]],
			['[{"a":1}]', [a]],
			[['{"a":1}', 'text', 7], [a]],
			['text', []],
			[null, []],
			[undefined, []],
		]),
	)('%s', (_name, value, expected) => expect(objectsWithin(value)).toStrictEqual(expected));

	it('are listed from the outside in', () => {
		const inner = { c: { d: 1 } };
		const outer = { x: inner, y: [a], z: '{"b":null}' };
		expect(objectsWithin(outer)).toStrictEqual([outer, inner, a, b, { d: 1 }]);
	});

	it('are five levels at most', () => {
		const nested = { 1: { 2: { 3: { 4: { 5: { 6: 'x' } } } } } };
		expect(objectsWithin(nested)).toHaveLength(5);
	});

	it('are found however many there are', () => {
		const many = Array.from({ length: 300_000 }, () => ({}));
		expect(objectsWithin({ many })).toHaveLength(300_001);
	});
});
