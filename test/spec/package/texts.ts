import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

const WRITTEN_BY_PEOPLE = /\.(ts|mjs|js|md|yml|json)$|Dockerfile$|Caddyfile$/;
/** The first has no words of ours, the others quote what a test looks for. */
const LEFT_OUT = [/package-lock\.json$/, /texts(\.test)?\.ts$/];

export function textOf(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** Files with words of ours, below a folder of the repository. */
export function filesIn(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.map((path) => join(folder, path))
		.filter((path) => WRITTEN_BY_PEOPLE.test(path) && !LEFT_OUT.some((one) => one.test(path)));
}

/** The Markdown files at the root. */
export function pagesAtRoot(): string[] {
	return readdirSync(ROOT).filter((path) => path.endsWith('.md'));
}
