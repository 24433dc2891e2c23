import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { SCHEMAS } from './schema';

const FOLDER = join(__dirname, '../../../../nodes/KieVeo/__schema__');

rmSync(FOLDER, { recursive: true, force: true });
for (const [path, schema] of SCHEMAS) {
	const file = join(FOLDER, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, JSON.stringify(schema));
}
