import type { Spread } from './statistics';

/** A Markdown table. Every row must have as many cells as the header. */
export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
	for (const row of rows) {
		if (row.length !== header.length) {
			throw new Error(`${row.length} cells under ${header.length} headings: ${row.join(', ')}`);
		}
	}
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `3.06 (3.05 to 3.10)`: the median, and the range in brackets. */
export function written({ median, min, max }: Spread, digits: number): string {
	// A small negative number is rounded to "-0".
	const [middle, low, high] = [median, min, max].map((value) =>
		value.toFixed(digits).replace(/^-(?=0(\.0*)?$)/, ''),
	);
	return low === high ? `${middle}` : `${middle} (${low} to ${high})`;
}
