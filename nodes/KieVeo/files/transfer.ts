import { asError } from '../messages/error';
import { transferFaults } from '../messages/file';
import { CancelledError, throwIfCancelled, type Clock } from '../kie/http/clock';
import type { FileStream } from '../kie/http/multipart';
import { isJsonObject } from '../values';

/** Milliseconds without a byte after which a transfer is considered stalled. */
const STALL_MS = 60_000;
/** How often that is checked, in milliseconds. */
const CHECK_MS = 1_000;

/** What only a disk says: full, over its quota, a file too large for it, a defect. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

type TransferResult<T> =
	| { kind: 'complete'; stored: T; bytes: number }
	| { kind: 'tooLarge' }
	/** n8n's disk did not take the file: another transfer would not help. */
	| { kind: 'notStored'; code: string }
	| { kind: 'interrupted'; fault: string };

/**
 * Passes a file from its host to `store` chunk by chunk, and makes sure that all of it was stored:
 * a transfer that ends early, stalls, or is shorter than announced is never complete.
 *
 * @param limits.announced bytes the file host announced; `null` when it did not
 * @param limits.maxBytes `null` for no limit
 * @throws CancelledError, and whatever `store` itself throws
 */
export async function transfer<T>(
	body: FileStream,
	store: (content: FileStream) => Promise<T>,
	{
		announced,
		maxBytes,
		clock,
		signal,
	}: { announced: number | null; maxBytes: number | null; clock: Clock; signal?: AbortSignal },
): Promise<TransferResult<T>> {
	const progress = { bytes: 0, at: clock.elapsed(), ended: false };
	let broken: Exclude<TransferResult<T>, { kind: 'complete' }> | undefined;

	body.once('error', () => {
		broken ??= { kind: 'interrupted', fault: transferFaults.interrupted(progress.bytes) };
	});
	// Counting is free here: a paused stream still emits each chunk that its reader takes.
	body.pause();
	body.on('data', (chunk: Buffer) => {
		progress.bytes += chunk.length;
		progress.at = clock.elapsed();
		if (maxBytes === null || progress.bytes <= maxBytes) return;
		broken = { kind: 'tooLarge' };
		body.destroy(new Error(broken.kind));
	});
	// When n8n keeps files in memory it only listens, which does not resume a paused stream.
	body.on('newListener', (event) => {
		if (event === 'data') queueMicrotask(() => body.resume());
	});
	void destroyWhenStalled(body, progress, clock, signal);
	try {
		const stored = await store(body);
		if (broken) return broken;
		const fault = lengthFault(progress.bytes, announced);
		if (fault) return { kind: 'interrupted', fault };
		return { kind: 'complete', stored, bytes: progress.bytes };
	} catch (error) {
		throwIfCancelled(signal);
		// First: a store that cannot write destroys the body, which then reports a lost connection.
		const code = DISK_CODES.find((one) => isJsonObject(error) && error.code === one);
		if (code !== undefined) return { kind: 'notStored', code };
		if (broken) return broken;
		throw asError(error);
	} finally {
		progress.ended = true;
		body.destroy();
	}
}

function lengthFault(bytes: number, announced: number | null): string | undefined {
	if (bytes === 0) return transferFaults.emptyFile();
	if (announced === null || bytes >= announced - packingOf(announced)) return undefined;
	return transferFaults.wrongLength(bytes, announced);
}

/**
 * By how much a file can be shorter than its announced length, in bytes: n8n unpacks what a host has compressed unasked,
 * and a film only grows by that. A connection that breaks is noticed by Node.js.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4 5 bytes for each block
 */
function packingOf(announced: number): number {
	return 100 + announced / 1000;
}

/** Ends with the transfer; ends the transfer when it stalls or the execution is stopped. */
async function destroyWhenStalled(
	body: FileStream,
	progress: { at: number; ended: boolean },
	clock: Clock,
	signal?: AbortSignal,
): Promise<void> {
	while (!progress.ended) {
		try {
			await clock.pause(CHECK_MS, signal);
		} catch {
			body.destroy(new CancelledError());
			return;
		}
		if (!progress.ended && clock.elapsed() - progress.at > STALL_MS) {
			body.destroy(new Error('stalled'));
			return;
		}
	}
}
