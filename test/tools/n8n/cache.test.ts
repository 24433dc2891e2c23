import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { markComplete, markIncomplete } from './cache';
import { ensureEntry } from './install';

describe('the cache', () => {
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-cache-'));
	afterAll(() => rmSync(folder, { recursive: true }));

	const entry = { name: 'some-program', folder, recipe: { version: 1 }, program: 'program' };
	const install = jest.fn(async () => {
		mkdirSync(folder, { recursive: true });
		await Promise.resolve(writeFileSync(join(folder, entry.program), 'works'));
	});

	it.each([
		[0, 'that is whole', () => {}],
		[1, 'whose program is gone', () => rmSync(join(folder, entry.program))],
		[1, 'that was found to be damaged', () => markIncomplete(entry)],
		[1, 'of another recipe', () => markComplete({ ...entry, recipe: { version: 2 } })],
	])('installs %i times an entry %s', async (times, _title, damage) => {
		await ensureEntry(entry, () => {}, install);
		install.mockClear();
		damage();
		await ensureEntry(entry, () => {}, install);
		expect(install).toHaveBeenCalledTimes(times);
	});
});
