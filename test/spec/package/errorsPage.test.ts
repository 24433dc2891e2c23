import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { errorsPage, SECTIONS } from './errorsPage/page';

const ROOT = join(__dirname, '../../..');
const MESSAGES = join('nodes', 'KieVeo', 'messages');

function read(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

describe('docs/errors.md', () => {
	it('is what `npm run errors-page` writes', () => {
		expect(read('docs/errors.md')).toBe(errorsPage(SECTIONS));
	});
});

describe('the texts of faults', () => {
	const sources = ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.ts'))
			.map((path) => join(folder, path))
			.filter((path) => !path.startsWith(MESSAGES)),
	);

	it.each(sources)('are not in %s', (path) => {
		expect(read(path)).not.toMatch(/new KieVeoError\(/);
	});
});
