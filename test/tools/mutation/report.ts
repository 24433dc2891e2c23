import { basename } from 'node:path';

import { asArray, asRecord, textOf, type UnknownRecord } from '../n8n/wire';
import type { Explained } from './explained';

/** One change that Stryker made to the code, and what came of it. */
export interface Mutant {
	/** Name of the file without its folder. */
	file: string;
	/** Counted from 1. */
	lineNumber: number;
	/** The line it begins in, without indentation. */
	line: string;
	original: string;
	replacement: string;
	/** Stryker's word, such as `Killed` or `Survived`. */
	status: string;
}

/** A test failed, did not end, or its file could not even be loaded. */
const DETECTED = ['Killed', 'Timeout', 'RuntimeError'];

export const isDetected = ({ status }: Mutant) => DETECTED.includes(status);

/** Code that does not compile is not a mutant a test could miss. */
export const isPossible = ({ status }: Mutant) => status !== 'CompileError';

/**
 * Reads Stryker's report.
 *
 * @param report the parsed JSON, in the schema of mutation-testing-elements
 * @throws Error when it has another form
 */
export function readMutants(report: unknown): Mutant[] {
	const files = asRecord(asRecord(report, 'report').files, 'files');
	return Object.entries(files).flatMap(([path, value]) => {
		const file = asRecord(value, path);
		const lines = textOf(file, 'source', path).split('\n');
		return asArray(file.mutants, path).map((mutant) =>
			toMutant(basename(path), lines, asRecord(mutant, path)),
		);
	});
}

function toMutant(file: string, lines: readonly string[], mutant: UnknownRecord): Mutant {
	const location = asRecord(mutant.location, file);
	const [startLine, startColumn] = position(location.start, file);
	const [endLine, endColumn] = position(location.end, file);
	const text = lines.slice(startLine - 1, endLine);
	// The end first: on a single line it would otherwise be shifted by the start.
	text.push((text.pop() ?? '').slice(0, endColumn - 1));
	text.unshift((text.shift() ?? '').slice(startColumn - 1));
	return {
		file,
		lineNumber: startLine,
		line: (lines[startLine - 1] ?? '').trim(),
		original: onOneLine(text.join('\n')),
		replacement: onOneLine(textOf(mutant, 'replacement', file)),
		status: textOf(mutant, 'status', file),
	};
}

function position(value: unknown, file: string): [line: number, column: number] {
	const { line, column } = asRecord(value, file);
	return [Number(line), Number(column)];
}

function onOneLine(text: string): string {
	return text.replace(/\s*\n\s*/g, ' ');
}

/** Whether an explanation is about this very mutant. */
function explains(explained: Explained, mutant: Mutant): boolean {
	const fields = ['file', 'line', 'original', 'replacement'] as const;
	return fields.every((field) => explained[field] === mutant[field]);
}

export interface Verdict {
	/** Survivors that are explained. */
	explained: Mutant[];
	/** Survivors that are not. */
	unexplained: Mutant[];
	/** Explanations of a mutant that is killed by now, or gone; only of files that were examined. */
	needless: Explained[];
}

/** Compares what survived with what is known to survive. */
export function judge(mutants: readonly Mutant[], explanations: readonly Explained[]): Verdict {
	const survivors = mutants.filter((mutant) => isPossible(mutant) && !isDetected(mutant));
	const isExplained = (mutant: Mutant) => explanations.some((one) => explains(one, mutant));
	const examined = new Set(mutants.map(({ file }) => file));
	return {
		explained: survivors.filter(isExplained),
		unexplained: survivors.filter((mutant) => !isExplained(mutant)),
		needless: explanations.filter(
			(one) => examined.has(one.file) && !survivors.some((mutant) => explains(one, mutant)),
		),
	};
}
