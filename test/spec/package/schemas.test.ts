import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

import { SCHEMAS } from './schemas/schema';

const FOLDER = join(__dirname, '../../../nodes/KieVeo/__schema__');

describe('the output schemas', () => {
	it('are what `npm run schemas` makes of the contract', () => {
		const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.json'))
			.map((path): [string, unknown] => [
				posix.join(...path.split(sep)),
				JSON.parse(readFileSync(join(FOLDER, path), 'utf8')),
			]);
		expect(Object.fromEntries(files)).toStrictEqual(Object.fromEntries(SCHEMAS));
	});

	it.each([...SCHEMAS])('%s has fields to map', (_path, { properties = {} }) => {
		expect(Object.keys(properties)).not.toHaveLength(0);
	});
});
