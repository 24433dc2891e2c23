import { asError, type KieVeoError } from '../messages/error';
import { fileErrors, transferFaults } from '../messages/file';
import { CancelledError, throwIfCancelled, type Clock } from '../kie/http/clock';
import type { FileStream } from '../kie/http/client';
import { isJsonObject } from '../values';

/** Milliseconds without a byte after which a transfer is considered stalled. */
const STALL_MS = 60_000;
/** How often that is checked, in milliseconds. */
const CHECK_MS = 1_000;

/** What only a disk says: full, over its quota, a file too large for it, a defect. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

/** A file that is wanted. */
export interface FileOrder {
	url: string;
	/** `null` when only the URL is known. */
	taskId: string | null;
	/** Name of the file without its extension. */
	name: string;
	/** `null` for no limit. */
	maxBytes: number | null;
}

/**
 * Passes a file from its host to `store` chunk by chunk, and makes sure that all of it was stored:
 * a transfer that ends early, stalls, or is shorter than announced is never complete.
 *
 * @param announced bytes the file host announced; `null` when it did not
 * @returns what was stored, or why it is not the whole file: another transfer may help
 * @throws KieVeoError for a file that is too large or that n8n's disk did not take, CancelledError, and whatever
 * `store` itself throws
 */
export async function transfer<T>(
	body: FileStream,
	store: (content: FileStream) => Promise<T>,
	order: FileOrder,
	announced: number | null,
	{ clock, signal }: { clock: Clock; signal?: AbortSignal },
): Promise<{ stored: T; bytes: number } | string> {
	const { maxBytes } = order;
	const progress = { bytes: 0, at: clock.elapsed(), ended: false };
	let fault: string | KieVeoError | undefined;

	body.once('error', () => {
		fault ??= transferFaults.interrupted(progress.bytes);
	});
	// Counting is free here: a paused stream still emits each chunk that its reader takes.
	body.pause();
	body.on('data', (chunk: Buffer) => {
		progress.bytes += chunk.length;
		progress.at = clock.elapsed();
		if (maxBytes === null || progress.bytes <= maxBytes) return;
		fault = fileErrors.tooLarge(order, maxBytes);
		body.destroy(fault);
	});
	// When n8n keeps files in memory it only listens, which does not resume a paused stream.
	body.on('newListener', (event) => {
		if (event === 'data') queueMicrotask(() => body.resume());
	});
	void destroyWhenStalled(body, progress, clock, signal);
	try {
		const stored = await store(body);
		fault ??= lengthFault(progress.bytes, announced);
		if (fault === undefined) return { stored, bytes: progress.bytes };
	} catch (error) {
		throwIfCancelled(signal);
		// First: a store that cannot write destroys the body, which then reports a lost connection.
		const code = DISK_CODES.find((one) => isJsonObject(error) && error.code === one);
		if (code !== undefined) throw fileErrors.notStored(order, code);
		if (fault === undefined) throw asError(error);
	} finally {
		progress.ended = true;
		body.destroy();
	}
	if (typeof fault !== 'string') throw fault;
	return fault;
}

function lengthFault(bytes: number, announced: number | null): string | undefined {
	if (bytes === 0) return transferFaults.emptyFile();
	if (announced === null || bytes >= announced - packingOf(announced)) return undefined;
	return transferFaults.wrongLength(bytes, announced);
}

/**
 * By how much a file can be shorter than its announced length, in bytes: n8n unpacks what a host has compressed
 * unasked, and a film only grows by that. A connection that breaks is noticed by Node.js.
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
