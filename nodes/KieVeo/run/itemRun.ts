import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { KieVeoError, toNodeError, toRaisedError } from '../messages/error';
import { alsoSubmitted, logLine, stoppedError } from '../messages/run';
import { CancelledError } from '../kie/http/clock';
import { errorItem, logPlace } from './items';

/** What is done for one item, or once for several that ask for the same. */
export interface Work {
	/** Items with the same key share the work. Without one it is never shared. */
	key?: string | null;
	/** Task id by which it can be fetched, of what was submitted and may have used credits. */
	submittedTaskId?: string | null;
	/**
	 * Another item asks for the same, and takes part in this work.
	 *
	 * @throws KieVeoError when it cannot
	 */
	join?(other: this): void;
}

/** How an operation turns an input item into output. */
export interface Reading<W extends Work> {
	work: W;
	/** Called once all phases are done. */
	toItem(work: W, itemIndex: number): INodeExecutionData;
	/** Whether the error that ended the work is about something only other items asked for. */
	isUnaffected?(work: W): boolean;
}

export interface ItemOperation<W extends Work> {
	/** @throws KieVeoError for a parameter that cannot be used */
	read(itemIndex: number): Reading<W>;
	/** Called when all items have been read, before the first phase. */
	begin?(works: readonly W[]): void;
	/**
	 * Run in order, for every work: all finish a phase before the next starts. An exception ends the work. A phase also
	 * gets all works, and the input items that share this one.
	 */
	phases: ReadonlyArray<
		(work: W, run: { works: readonly W[]; items: readonly number[] }) => Promise<void>
	>;
	/** What an error item says besides the error. `reading` is unset when the item could not be read. */
	errorFields(itemIndex: number, reading: Reading<W> | undefined, error: unknown): IDataObject;
	/**
	 * Set if one failure must not end the run: the item of a work that failed. An error is raised
	 * only when all works have.
	 */
	failedItem?(itemIndex: number, reading: Reading<W>, error: unknown): INodeExecutionData;
}

/** A work, the items that share it, and what ended it early. */
interface Progress<W extends Work> {
	work: W;
	items: number[];
	error?: unknown;
}

/** An item, or why its parameters cannot be used. */
type ReadItem<W extends Work> =
	| (Omit<Reading<W>, 'work'> & { progress: Progress<W> })
	| { error: unknown };

/** What keeps an item from its output; `undefined` if nothing does. */
function errorOf<W extends Work>(read: ReadItem<W>): unknown {
	if ('error' in read) return read.error;
	const { progress, isUnaffected } = read;
	return progress.error === undefined || isUnaffected?.(progress.work) ? undefined : progress.error;
}

/** What ends a run early: `signal` is aborted by the user or by `failFast`. */
export function stopSignals(context: IExecuteFunctions): {
	failFast: AbortController;
	signal: AbortSignal;
} {
	const failFast = new AbortController();
	const userStop = context.getExecutionCancelSignal();
	const signal = AbortSignal.any([failFast.signal, ...(userStop ? [userStop] : [])]);
	return { failFast, signal };
}

/**
 * Runs an operation for all items: reads and checks all of them, does every work once, phase by phase and
 * all of them together, and outputs in input order.
 *
 * Without "Continue on fail" and `failedItem` the first failure ends the run: nothing more is started, and the error names the
 * other videos that were already submitted.
 *
 * @param failFast aborted at the first failure; the phases must respect its signal
 * @returns the items, and the works that did not fail
 */
export async function runItems<W extends Work>(
	context: IExecuteFunctions,
	failFast: AbortController,
	operation: ItemOperation<W>,
): Promise<{ items: INodeExecutionData[]; works: W[] }> {
	const { readItems, all } = readAll(context, operation);
	const works = all.map(({ work }) => work);
	const { failedItem } = operation;
	const endsAtFirst = !context.continueOnFail() && !failedItem;
	operation.begin?.(works);

	await runPhases(all, operation.phases, () => {
		if (endsAtFirst) failFast.abort();
	});

	if (context.getExecutionCancelSignal()?.aborted) {
		const submitted = submittedIds(works);
		const lost = withLostAnswer(all).length;
		const error = stoppedError(submitted, lost);
		// n8n stored the execution earlier, so the error itself is not shown.
		if (submitted.length + lost > 0) context.logger.warn(logLine(logPlace(context), error));
		throw toNodeError(context.getNode(), error);
	}
	const failsAltogether = readItems.every((read) => errorOf(read) !== undefined);
	if (endsAtFirst || (!context.continueOnFail() && failsAltogether)) {
		throwFirstFailure(context, all, readItems);
	}
	const items = readItems.map((read, item) => toItem(context, operation, read, item));
	const done = all.filter((progress) => !hasFailed(progress));
	return { items, works: done.map(({ work }) => work) };
}

function toItem<W extends Work>(
	context: IExecuteFunctions,
	{ failedItem, errorFields }: ItemOperation<W>,
	read: ReadItem<W>,
	item: number,
): INodeExecutionData {
	const reading =
		'progress' in read ? { work: read.progress.work, toItem: read.toItem } : undefined;
	const error = errorOf(read);
	if (reading && error === undefined) return reading.toItem(reading.work, item);
	if (reading && failedItem && !context.continueOnFail()) return failedItem(item, reading, error);
	const node = context.getNode();
	const nodeError = toNodeError(node, error, { itemIndex: item });
	const toErrorOutput = node.onError === 'continueErrorOutput';
	return errorItem(nodeError, item, errorFields(item, reading, error), toErrorOutput);
}

function readAll<W extends Work>(
	context: IExecuteFunctions,
	operation: ItemOperation<W>,
): { readItems: Array<ReadItem<W>>; all: Array<Progress<W>> } {
	const all: Array<Progress<W>> = [];
	const shared = new Map<string, Progress<W>>();
	const progressOf = (work: W, item: number): Progress<W> => {
		const { key = null } = work;
		const same = key === null ? undefined : shared.get(key);
		if (same) {
			same.work.join?.(work);
			same.items.push(item);
			return same;
		}
		const progress = { work, items: [item] };
		all.push(progress);
		if (key !== null) shared.set(key, progress);
		return progress;
	};
	const readItems = context.getInputData().map((_, item): ReadItem<W> => {
		try {
			const { work, ...rest } = operation.read(item);
			return { progress: progressOf(work, item), ...rest };
		} catch (error) {
			if (context.continueOnFail()) return { error };
			throw toRaisedError(context.getNode(), error, { itemIndex: item });
		}
	});
	return { readItems, all };
}

async function runPhases<W extends Work>(
	all: Array<Progress<W>>,
	phases: ItemOperation<W>['phases'],
	onFailure: () => void,
): Promise<void> {
	const works = all.map(({ work }) => work);
	for (const phase of phases) {
		await Promise.all(
			all
				.filter((progress) => !hasFailed(progress))
				.map(async (progress) => {
					try {
						await phase(progress.work, { works, items: progress.items });
					} catch (error) {
						// Another item failed, or the user stopped: not a failure of this one.
						if (error instanceof CancelledError) return;
						progress.error = error;
						onFailure();
					}
				}),
		);
	}
}

function hasFailed({ error }: { error?: unknown }): boolean {
	return error !== undefined;
}

/** Those that may have used credits without a task ID to show for it. */
function withLostAnswer<P extends { error?: unknown }>(all: P[]): P[] {
	return all.filter(({ error }) => error instanceof KieVeoError && error.mayBePaid);
}

function throwFirstFailure<W extends Work>(
	context: IExecuteFunctions,
	all: Array<Progress<W>>,
	readItems: Array<ReadItem<W>>,
): void {
	// Only one can be raised: one that may have used credits, since nothing else mentions it.
	const lost = withLostAnswer(all);
	const failed = lost[0] ?? all.find(hasFailed);
	if (!failed) return;
	const itemIndex = readItems.findIndex((read) => errorOf(read) === failed.error);
	const others = submittedIds(all.filter((one) => one !== failed).map(({ work }) => work));
	throw toNodeError(context.getNode(), failed.error, {
		itemIndex,
		addition: alsoSubmitted(others, lost.length),
	});
}

function submittedIds(works: Work[]): string[] {
	return works.flatMap(({ submittedTaskId }) => submittedTaskId ?? []);
}
