import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { markComplete, markIncomplete } from './cache';
import { ensureEntry, isDamage, type EarlyEnd } from './install';

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

it.each<[damaged: boolean, end: Partial<EarlyEnd>]>([
	[true, { log: "Error: Cannot find module 'x'" }],
	[true, { log: 'SyntaxError: Unexpected end of input' }],
	[true, { outcome: 'SIGSEGV' }],
	[true, { outcome: 'not started' }],
	[false, { log: 'Port 5678 is already in use' }],
	[false, { outcome: 'SIGTERM' }],
	[false, {}],
])('takes n8n for damaged: %s, when it ends at its start with %j', (damaged, end) => {
	expect(isDamage({ log: '', outcome: 'exit code 1', ...end })).toBe(damaged);
});
