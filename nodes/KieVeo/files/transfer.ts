import { asError, type TransferFault } from '../messages/errors';
import { CancelledError, throwIfCancelled, type Clock } from '../kie/http/clock';
import type { FileStream } from '../kie/http/multipart';

/** Milliseconds without a byte after which a transfer counts as broken off. */
const STALL_MS = 60_000;
/** How often that is looked at, in milliseconds. */
const LOOK_MS = 1_000;

export interface TransferLimits {
	/** Bytes the file host announced; `null` when it did not. */
	announced: number | null;
	/** Most bytes allowed; `null` for no limit. */
	maxBytes: number | null;
	clock: Clock;
	signal?: AbortSignal;
}

export type TransferResult<T> =
	| { kind: 'complete'; stored: T; bytes: number }
	| { kind: 'tooLarge' }
	| { kind: 'interrupted'; fault: TransferFault };

/**
 * Hands a file from its host to `store` piece by piece, and makes sure that what was stored is the whole
 * of it: a transfer that ends early or stalls, or whose length is not the one announced, is never complete.
 *
 * @throws CancelledError, and what `store` throws on its own account
 */
export async function transfer<T>(
	body: FileStream,
	store: (content: FileStream) => Promise<T>,
	{ announced, maxBytes, clock, signal }: TransferLimits,
): Promise<TransferResult<T>> {
	const progress = { bytes: 0, at: clock.now(), ended: false };
	let broken: Exclude<TransferResult<T>, { kind: 'complete' }> | undefined;

	body.once('error', () => {
		broken ??= {
			kind: 'interrupted',
			fault: { reason: 'interrupted', bytes: progress.bytes },
		};
	});
	// Counted in passing, which costs nothing: a paused stream tells of each piece it hands to its reader.
	body.pause();
	body.on('data', (chunk: Buffer) => {
		progress.bytes += chunk.length;
		progress.at = clock.now();
		if (maxBytes === null || progress.bytes <= maxBytes) return;
		broken = { kind: 'tooLarge' };
		body.destroy(new Error(broken.kind));
	});
	// Where n8n keeps files in memory it only listens, which does not wake a stream that was paused.
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
		if (broken) return broken;
		throw asError(error);
	} finally {
		progress.ended = true;
		body.destroy();
	}
}

function lengthFault(bytes: number, announced: number | null): TransferFault | undefined {
	if (bytes === 0) return { reason: 'emptyFile' };
	if (announced === null || bytes === announced) return undefined;
	return { reason: 'wrongLength', bytes, announced };
}

/** Ends when the transfer does; ends the transfer when it stalls or the execution is stopped. */
async function destroyWhenStalled(
	body: FileStream,
	progress: { at: number; ended: boolean },
	clock: Clock,
	signal?: AbortSignal,
): Promise<void> {
	while (!progress.ended) {
		try {
			await clock.pause(LOOK_MS, signal);
		} catch {
			body.destroy(new CancelledError());
			return;
		}
		if (!progress.ended && clock.now() - progress.at > STALL_MS) {
			body.destroy(new Error('stalled'));
			return;
		}
	}
}
