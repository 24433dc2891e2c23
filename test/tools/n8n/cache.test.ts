import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cacheEntry, isComplete, markComplete, markIncomplete, type CacheEntry } from './cache';
import { ensureEntry, isDamage, mendHelp, type EarlyEnd } from './install';
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
	])('reinstalls an entry %s', async (_title, damage) => {
		damage();
		expect(isComplete(entry)).toBe(false);
		await ensureEntry(entry, () => {}, install);
		expect(install).toHaveBeenCalledTimes(2);
		expect(existsSync(join(entry.folder, PROGRAM))).toBe(true);
		expect(isComplete(entry)).toBe(true);
	});
});

describe('an n8n that ended while it started', () => {
	it.each<[damaged: boolean, end: Partial<EarlyEnd>]>([
		[true, { log: "Error: Cannot find module 'x'" }],
		[true, { log: 'SyntaxError: Unexpected end of input' }],
		[true, { outcome: 'SIGSEGV' }],
		[true, { outcome: 'SIGBUS' }],
		[true, { outcome: 'not started' }],
		[false, { log: 'Port 5678 is already in use' }],
		[false, { log: 'There was an error initializing DB' }],
		[false, { outcome: 'SIGTERM' }],
		[false, { outcome: 'SIGKILL' }],
		[false, {}],
	])('is damaged: %s, for %j', (damaged, end) => {
		expect(isDamage({ log: '', outcome: 'exit code 1', ...end })).toBe(damaged);
	});

	it.each(LINES)('names the folders to delete: $name', (line) => {
		expect(mendHelp(line)).toContain(join(`n8n-${line.n8n} and `));
		expect(mendHelp(line)).toContain(`node-${line.node}`);
	});
});
