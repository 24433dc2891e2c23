import { allHeld, durationLine, targetLines, toDocument, type Section } from './report';
import { roundRatios, spreadOf } from './statistics';
import { table, written } from './table';

describe('the spread of measurements', () => {
	it.each([
		['one value', [7], { median: 7, min: 7, max: 7 }],
		['an odd number, in any order', [30, 4, 5], { median: 5, min: 4, max: 30 }],
		['an even number: the mean of the middle two', [1, 10, 2, 4], { median: 3, min: 1, max: 10 }],
	])('of %s', (_what, values, spread) => {
		expect(spreadOf(values)).toStrictEqual(spread);
	});

	it('does not change the measurements', () => {
		const values = [3, 1, 2];
		spreadOf(values);
		expect(values).toStrictEqual([3, 1, 2]);
	});

	it.each([
		['nothing', []],
		['a measurement that failed', [1, NaN]],
		['a division by zero', [Infinity]],
	])('refuses %s', (_what, values) => {
		expect(() => spreadOf(values)).toThrow();
	});

	it('compares round by round, and leaves out rounds that one side lacks', () => {
		expect(roundRatios([2, 30, 9], [1, 10])).toStrictEqual({ median: 2.5, min: 2, max: 3 });
	});
});

describe('the tables', () => {
	it('are Markdown, with cells that cannot break them', () => {
		expect(table(['A', 'B'], [['1', 'x|y']])).toBe('| A | B |\n| --- | --- |\n| 1 | x\\|y |');
	});

	it('refuse a row with a missing cell', () => {
		expect(() => table(['A', 'B'], [['1']])).toThrow('1 cells under 2 headings');
	});

	it('show the range only where there is one', () => {
		expect(written({ median: 1.234, min: 1, max: 2 }, 2)).toBe('1.23 (1.00 to 2.00)');
		expect(written({ median: 4, min: 4, max: 4 }, 2)).toBe('4.00');
		expect(written({ median: -0.4, min: -3, max: 0.04 }, 0)).toBe('0 (-3 to 0)');
	});
});

describe('the report', () => {
	const section = (held: boolean): Section => ({
		title: 'Title',
		method: 'Method.',
		tables: ['| A |', '| B |'],
		reading: 'Reading.',
		targets: [{ promise: 'It is fast', measured: '1.00', held }],
	});
	const about = {
		date: '2030-01-02',
		packageVersion: '9.8.7',
		n8n: '2.0.0',
		node: '24.0.0',
		cpus: 3,
		command: 'npm run bench',
	};

	it('says of every target whether it held', () => {
		expect(targetLines([section(true), section(false)])).toBe(
			'- held: It is fast. 1.00\n- NOT HELD: It is fast. 1.00',
		);
	});

	it('fails when one target does not hold', () => {
		expect(allHeld([section(true)])).toBe(true);
		expect(allHeld([section(true), section(false)])).toBe(false);
	});

	it('says who sets a target that is not our own', () => {
		const targets = [{ promise: 'A', measured: '2', held: true, setBy: 'B' }];
		expect(targetLines([{ ...section(true), targets }])).toBe('- held: A (set by B). 2');
	});

	it('tells how long measuring took, part by part', () => {
		const parts = [
			{ name: 'videos', seconds: 200.4 },
			{ name: 'load', seconds: 39.6 },
		];
		expect(durationLine(parts)).toBe('Measuring took 4.0 minutes: videos 200 s, load 40 s.');
	});

	it('shows a target out of reach with the reason, and does not fail for it', () => {
		const targets = [{ promise: 'A', measured: '2', held: false, outOfReach: 'because.' }];
		const sections = [{ ...section(true), targets }];
		expect(targetLines(sections)).toBe('- NOT HELD: A. 2. Out of reach: because.');
		expect(allHeld(sections)).toBe(true);
	});

	it('holds the circumstances, every table and its explanation, in order', () => {
		const parts = [{ name: 'load', seconds: 90 }];
		const document = toDocument([section(true)], { ...about, parts });
		for (const fact of Object.values(about)) expect(document).toContain(String(fact));
		expect(document).toContain(durationLine(parts));
		expect(document).toMatch(/Title\n\nMethod\.\n\n\| A \|\n\n\| B \|\n\nReading\.$/);
	});
});
