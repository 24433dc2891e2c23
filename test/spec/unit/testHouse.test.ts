import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

const HOUSE = join(__dirname, '../..');
const FILES = readdirSync(HOUSE, { recursive: true, encoding: 'utf8' }).filter((path) =>
	/\.(ts|mjs|js)$/.test(path),
);
/** Names that tools ask for. */
const GIVEN_NAMES = /(^|\/)(jest|eslint)\.config\.m?js$/;
const MOST_LINES = 150;

/** The calls of `describe` in a file, with their first line and their length. */
function describesIn(file: string) {
	const text = readFileSync(join(HOUSE, file), 'utf8');
	const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
	const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
	const found: Array<{ line: number; lines: number }> = [];
	const visit = (node: ts.Node): void => {
		if (ts.isCallExpression(node) && /^describe\b/.test(node.expression.getText(source))) {
			const line = lineOf(node.getStart(source));
			found.push({ line: line + 1, lines: lineOf(node.getEnd()) - line + 1 });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

describe('the test house', () => {
	it('names its files in camelCase', () => {
		const named = /(^|\/)[a-z][a-zA-Z0-9]*(\.test)?\.(ts|mjs|js)$/;
		expect(FILES.filter((file) => !named.test(file) && !GIVEN_NAMES.test(file))).toStrictEqual([]);
	});

	it(`has no describe of more than ${MOST_LINES} lines`, () => {
		const long = FILES.filter((file) => file.endsWith('.test.ts')).flatMap((file) =>
			describesIn(file)
				.filter(({ lines }) => lines > MOST_LINES)
				.map(({ line, lines }) => `${file}:${line} has ${lines} lines`),
		);
		expect(long).toStrictEqual([]);
	});
});
