import type { Explained } from './explained';
import { judge, readMutants } from './report';

const SOURCE = 'const a = 1;\n\tif (a > 0) {\n\t\treturn a;\n\t}';
/** Positions count from 1, the end is the column after the last one. */
const condition = { start: { line: 2, column: 6 }, end: { line: 2, column: 11 } };
const block = { start: { line: 2, column: 13 }, end: { line: 4, column: 3 } };

/** A report in which the condition has this fate. */
const report = (status: string) => ({
	files: {
		'nodes/KieVeo/kie/meaning/a.ts': {
			source: SOURCE,
			mutants: [
				{ location: condition, replacement: 'a >= 0', status },
				{ location: block, replacement: '{}', status: 'Killed' },
			],
		},
	},
});
const explanation: Explained = {
	file: 'a.ts',
	line: 'if (a > 0) {',
	original: 'a > 0',
	replacement: 'a >= 0',
	why: 'a test',
};

describe('the report of a mutation run', () => {
	it('is read with the text of every mutant', () => {
		expect(readMutants(report('Survived'))).toStrictEqual([
			{
				file: 'a.ts',
				lineNumber: 2,
				line: 'if (a > 0) {',
				original: 'a > 0',
				replacement: 'a >= 0',
				status: 'Survived',
			},
			{
				file: 'a.ts',
				lineNumber: 2,
				line: 'if (a > 0) {',
				original: '{ return a; }',
				replacement: '{}',
				status: 'Killed',
			},
		]);
	});

	it.each<[status: string, explained: Explained[], unexplained: number, needless: number]>([
		['Killed', [], 0, 0],
		['Timeout', [], 0, 0],
		['RuntimeError', [], 0, 0],
		['CompileError', [], 0, 0],
		['Survived', [], 1, 0],
		['NoCoverage', [], 1, 0],
		['Ignored', [], 1, 0],
		['Survived', [explanation], 0, 0],
		['Survived', [{ ...explanation, replacement: 'true' }], 1, 1],
		['Killed', [explanation], 0, 1],
		['Killed', [{ ...explanation, file: 'b.ts' }], 0, 0],
	])('with "%s" and the explanations %j', (status, explained, unexplained, needless) => {
		const verdict = judge(readMutants(report(status)), explained);
		expect(verdict.unexplained).toHaveLength(unexplained);
		expect(verdict.needless).toHaveLength(needless);
	});

	it.each([[null], [{}], [{ files: { 'a.ts': {} } }]])('is refused in the form %j', (given) => {
		expect(() => readMutants(given)).toThrow();
	});
});
