import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Progress } from './progress';
import { isRecord } from './wire';

const HEARTBEAT_MS = 5_000;
const STALE_AFTER_MS = 30_000;
const RETRY_MS = 500;

/**
 * Runs `work` while holding a lock that other processes respect.
 *
 * The lock is a folder whose time stamp is renewed every few seconds. A holder that died stops
 * renewing it, and after half a minute the next one takes over. No process ids: a cache may be
 * shared with a container, where they mean something else.
 */
export async function withLock<T>(
	folder: string,
	progress: Progress,
	work: () => Promise<T>,
): Promise<T> {
	mkdirSync(dirname(folder), { recursive: true });
	let told = false;
	while (!acquire(folder)) {
		if (!told) progress(`Another process is installing; waiting for ${folder} ...`);
		told = true;
		await pause(RETRY_MS);
	}
	const heartbeat = setInterval(() => touch(folder), HEARTBEAT_MS);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		rmSync(folder, { recursive: true, force: true });
	}
}

function acquire(folder: string): boolean {
	try {
		mkdirSync(folder);
		return true;
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) throw error;
	}
	const age = ageOf(folder);
	if (age !== undefined && age > STALE_AFTER_MS) discard(folder);
	return false;
}

/** Renaming first: of several processes that see the same stale lock, one removes it. */
function discard(folder: string): void {
	const grave = `${folder}.stale-${process.pid}`;
	try {
		renameSync(folder, grave);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return;
		throw error;
	}
	rmSync(grave, { recursive: true, force: true });
}

function ageOf(folder: string): number | undefined {
	const stats = statSync(folder, { throwIfNoEntry: false });
	return stats && Date.now() - stats.mtimeMs;
}

function touch(folder: string): void {
	const now = new Date();
	try {
		utimesSync(folder, now, now);
	} catch (error) {
		// Someone took the lock for stale (this machine slept). The install itself continues.
		if (!hasCode(error, 'ENOENT')) throw error;
	}
}

function hasCode(error: unknown, code: string): boolean {
	return isRecord(error) && error.code === code;
}
