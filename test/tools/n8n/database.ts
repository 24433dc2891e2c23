import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ensureNode } from './install';

/** Has `node:sqlite`, which the one that runs the tests may not have. */
const NODE_WITH_SQLITE = '24.21.0';
const SCRIPT = `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(process.argv[2])`;

/** Runs statements in the SQLite database of an n8n, also while it runs. */
export async function inDatabase(userFolder: string, sql: string): Promise<void> {
	const program = join(await ensureNode(NODE_WITH_SQLITE), 'bin', 'node');
	const database = join(userFolder, '.n8n', 'database.sqlite');
	const statements = `PRAGMA busy_timeout = 9000; ${sql}`;
	await promisify(execFile)(program, ['-e', SCRIPT, database, statements]);
}

/** Makes n8n's database refuse to store that a suspended execution is resumed, while something is done. */
export async function whileNothingResumes(
	userFolder: string,
	work: () => Promise<void>,
): Promise<void> {
	await inDatabase(
		userFolder,
		`CREATE TRIGGER blip BEFORE UPDATE ON execution_entity
		WHEN OLD.status = 'waiting' AND NEW.status <> 'waiting'
		BEGIN SELECT RAISE(ABORT, 'the database fails'); END`,
	);
	await work().finally(async () => await inDatabase(userFolder, 'DROP TRIGGER blip'));
}
