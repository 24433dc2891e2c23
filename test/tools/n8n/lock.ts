import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Progress } from './progress';

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
	for (let told = false; !succeeds(() => mkdirSync(folder), 'EEXIST'); told = true) {
		if (!told) progress(`Another process is installing; waiting for ${folder} ...`);
		discardStale(folder);
		await pause(RETRY_MS);
	}
	// Where it is gone, someone took it for stale (this machine slept). The install itself continues.
	const renew = () => succeeds(() => utimesSync(folder, new Date(), new Date()), 'ENOENT');
	const heartbeat = setInterval(renew, HEARTBEAT_MS);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Renaming first: of several processes that see the same stale lock, one removes it. */
function discardStale(folder: string): void {
	const { mtimeMs = Infinity } = statSync(folder, { throwIfNoEntry: false }) ?? {};
	if (Date.now() - mtimeMs <= STALE_AFTER_MS) return;
	const grave = `${folder}.stale-${process.pid}`;
	if (succeeds(() => renameSync(folder, grave), 'ENOENT')) rmSync(grave, { recursive: true });
}

/** @param refusal code of the error that is expected where it does not succeed */
function succeeds(action: () => void, refusal: string): boolean {
	try {
		action();
		return true;
	} catch (error) {
		if (Object(error).code === refusal) return false;
		throw error;
	}
}
