import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cacheEntry, isComplete, markComplete, markIncomplete, type CacheEntry } from './cache';
import { ensureEntry, mendN8n } from './install';
import { LINES } from './versions';

const PROGRAM = join('bin', 'program');

describe('the cache', () => {
	const before = process.env.KIE_VEO_CACHE;
	let folder: string;
	let entry: CacheEntry;
	const install = jest.fn(async () => {
		mkdirSync(join(entry.folder, 'bin'));
		writeFileSync(join(entry.folder, PROGRAM), 'works');
		await Promise.resolve();
	});

	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'kie-veo-cache-'));
		process.env.KIE_VEO_CACHE = folder;
		entry = cacheEntry('some-program', { version: 1 }, PROGRAM);
		install.mockClear();
		await ensureEntry(entry, () => {}, install);
	});
	afterEach(() => {
		rmSync(folder, { recursive: true, force: true });
		if (before === undefined) delete process.env.KIE_VEO_CACHE;
		else process.env.KIE_VEO_CACHE = before;
	});

	it('uses what is whole', async () => {
		await ensureEntry(entry, () => {}, install);
		expect(install).toHaveBeenCalledTimes(1);
	});

	it.each([
		['whose program is gone', () => rmSync(join(entry.folder, PROGRAM))],
		['that was found to be damaged', () => markIncomplete(entry)],
		['of another recipe', () => markComplete({ ...entry, recipe: { version: 2 } })],
	])('installs an entry anew %s', async (_title, damage) => {
		damage();
		expect(isComplete(entry)).toBe(false);
		await ensureEntry(entry, () => {}, install);
		expect(install).toHaveBeenCalledTimes(2);
		expect(existsSync(join(entry.folder, PROGRAM))).toBe(true);
		expect(isComplete(entry)).toBe(true);
	});

	it.each(['Port 5678 is already in use', 'There was an error initializing DB', ''])(
		'keeps an n8n that ended with "%s"',
		async (log) => {
			const [line] = LINES;
			if (!line) throw new Error('No line to test');
			await expect(mendN8n(line, log, () => {})).resolves.toBe(false);
		},
	);
});
