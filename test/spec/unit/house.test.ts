import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { Linter } from 'eslint';
import ts from 'typescript';

import { OPERATIONS } from '../../../nodes/KieVeo/operations';

const ROOT = join(__dirname, '../../..');
const HOUSE = join(ROOT, 'nodes/KieVeo');
const FILES = readdirSync(HOUSE, { recursive: true, encoding: 'utf8' })
	.filter((path) => path.endsWith('.ts'))
	.map((path) => path.split(sep).join('/'));
const sourceOf = (file: string) => readFileSync(join(HOUSE, file), 'utf8');

/** The lines `room -> rooms it may import` of CONTRIBUTING.md. A room stands for all in it. */
function readMap(): Map<string, string[]> {
	const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
	const lines = [...text.matchAll(/^(\S+) +-> +(.+)$/gm)];
	return new Map(lines.map(([, room = '', rooms = '']) => [room, rooms.split(/[ ,]+/)]));
}

const isIn = (path: string, outer: string) => path === outer || path.startsWith(`${outer}/`);

describe('the house', () => {
	const map = readMap();
	/** The innermost entry of the map that a path is in. */
	const mapped = (path: string) =>
		[...map.keys()].filter((outer) => isIn(path, outer)).sort((a, b) => b.length - a.length)[0] ??
		`${path} is not on the map`;

	it.each(FILES)('%s imports only what the map in CONTRIBUTING.md allows', (file) => {
		const from = mapped(file.replace(/\.ts$/, ''));
		const allowed = map.get(from) ?? [];
		const imports = ts.preProcessFile(sourceOf(file)).importedFiles.map(({ fileName }) => fileName);
		const forbidden = imports
			.filter((name) => name.startsWith('.'))
			.map((name) =>
				relative(HOUSE, resolve(HOUSE, dirname(file), name))
					.split(sep)
					.join('/'),
			)
			.filter((path) => mapped(path) !== from && !allowed.some((outer) => isIn(path, outer)));
		expect(forbidden).toStrictEqual([]);
	});

	it('names operations only in their table and in their own files', () => {
		const names = Object.keys(OPERATIONS).join('|');
		const quoted = new RegExp(`'(${names})'|operation === '`);
		// A parameter and a host have the name of an operation.
		const parameter =
			/(given\(|, )'download'(\)|, false)|name: 'download'|(host\??:?|===|reason\]?,) .*'upload'/;
		const guesses = ['kie/meaning/fields.ts'];
		const found = FILES.filter((file) => !/operations?\.ts$/.test(file) && !guesses.includes(file))
			.flatMap((file) =>
				sourceOf(file)
					.split('\n')
					.map((line) => `${file}: ${line.trim()}`),
			)
			.filter((line) => quoted.test(line) && !parameter.test(line));
		expect(found).toStrictEqual([]);
	});

	it('has no function that is too long or has too many branches', () => {
		const linter = new Linter();
		const tooMuch = FILES.flatMap((file) => {
			const { outputText } = ts.transpileModule(sourceOf(file), {
				compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
			});
			const messages = linter.verify(outputText, {
				rules: {
					complexity: ['error', 15],
					'max-lines-per-function': [
						'error',
						{ max: 60, skipComments: true, skipBlankLines: true },
					],
				},
			});
			return messages.map(({ message }) => `${file}: ${message}`);
		});
		expect(tooMuch).toStrictEqual([]);
	});
});

const TESTS = join(ROOT, 'test');
const TEST_FILES = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((path) =>
	/\.(ts|mjs|js)$/.test(path),
);
/** Names that tools ask for. */
const GIVEN_NAMES = /(^|\/)(jest|eslint)\.config\.m?js$/;
const MOST_LINES = 150;

/** The calls of `describe` in a file, with their first line and their length. */
function describesIn(file: string) {
	const text = readFileSync(join(TESTS, file), 'utf8');
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
		expect(TEST_FILES.filter((file) => !named.test(file) && !GIVEN_NAMES.test(file))).toStrictEqual(
			[],
		);
	});

	it(`has no describe of more than ${MOST_LINES} lines`, () => {
		const long = TEST_FILES.filter((file) => file.endsWith('.test.ts')).flatMap((file) =>
			describesIn(file)
				.filter(({ lines }) => lines > MOST_LINES)
				.map(({ line, lines }) => `${file}:${line} has ${lines} lines`),
		);
		expect(long).toStrictEqual([]);
	});
});
