import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import {
	alsoSubmitted,
	KieVeoError,
	stoppedError,
	toNodeError,
	toRaisedError,
} from '../messages/errors';
import { errorItem } from './items';
import { CancelledError } from '../kie/http/clock';

/** What is done for one item, or once for several that ask for the same. */
export interface Work {
	/** Items with the same key share the work; `null` is never shared. */
	readonly key: string | null;
	/** Done in order. All works have ended a phase before any begins the next; an exception ends the work. */
	readonly phases: ReadonlyArray<() => Promise<void>>;
	/** Task id of what was submitted and may have cost credits. */
	readonly submittedTaskId: string | null;
	/**
	 * Another item asks for the same: this work is to do for both what `other` would have done.
	 *
	 * @throws KieVeoError when it cannot
	 */
	join?(other: this): void;
}

/** What an operation makes of an input item. */
export interface Reading<W extends Work> {
	work: W;
	/** Called once all phases are done. */
	toItem(work: W, itemIndex: number): INodeExecutionData;
}

export interface ItemOperation<W extends Work> {
	/** @throws KieVeoError for a parameter that cannot be used */
	read(itemIndex: number): Reading<W>;
	/** What an error item says besides the error. `reading` is unset when the item could not be read. */
	errorFields(itemIndex: number, reading: Reading<W> | undefined, error: unknown): IDataObject;
	/**
	 * Given where one failure must not end the run: the item of a work that failed. An error is raised
	 * only when all works have.
	 */
	failedItem?(itemIndex: number, reading: Reading<W>, error: unknown): INodeExecutionData;
}

export interface ItemRun<W extends Work> {
	items: INodeExecutionData[];
	works: W[];
}

interface Progress<W extends Work> extends Reading<W> {
	items: number[];
	error?: unknown;
}

/** An item whose parameters cannot be used. */
interface Unreadable {
	error: unknown;
}

/** What ends a run early: `signal` tells of the user and of `failFast`. */
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
 * all of them together, and emits in input order.
 *
 * Without "Continue on fail" and `failedItem` the first failure ends the run: nothing more is begun, and the error names the
 * other videos that were already submitted.
 *
 * @param failFast aborted at the first failure; the phases must heed its signal
 */
export async function runItems<W extends Work>(
	context: IExecuteFunctions,
	failFast: AbortController,
	operation: ItemOperation<W>,
): Promise<ItemRun<W>> {
	const node = context.getNode();
	const userStop = context.getExecutionCancelSignal();
	const { readings, all } = readItems(context, operation);
	const works = all.map(({ work }) => work);

	await runPhases(all, () => {
		if (!context.continueOnFail() && !operation.failedItem) failFast.abort();
	});

	if (userStop?.aborted) {
		throw toNodeError(node, stoppedError(submittedIds(works), withLostAnswer(all).length));
	}
	const { failedItem } = operation;
	if (!context.continueOnFail() && (!failedItem || all.every(hasFailed))) {
		throwFirstFailure(context, all);
	}
	const items = readings.map((reading, item) => {
		const { error } = reading;
		const read = 'work' in reading ? reading : undefined;
		if (read && error === undefined) return read.toItem(read.work, item);
		if (read && failedItem && !context.continueOnFail()) return failedItem(item, read, error);
		const nodeError = toNodeError(node, error, { itemIndex: item });
		const fields = operation.errorFields(item, read, error);
		// An execution that was suspended has no error output.
		const toErrorOutput = node.onError === 'continueErrorOutput' && !failedItem;
		return errorItem(nodeError, item, fields, toErrorOutput);
	});
	return { items, works };
}

/** Reads and checks the parameters of all items before anything is sent. */
function readItems<W extends Work>(
	context: IExecuteFunctions,
	operation: ItemOperation<W>,
): {
	readings: Array<Progress<W> | Unreadable>;
	all: Array<Progress<W>>;
} {
	const all: Array<Progress<W>> = [];
	const shared = new Map<string, Progress<W>>();
	const readings = context.getInputData().map((_, item) => {
		try {
			const reading = operation.read(item);
			const { key } = reading.work;
			const same = key === null ? undefined : shared.get(key);
			if (same) {
				same.work.join?.(reading.work);
				same.items.push(item);
				return sharing(same, reading);
			}
			const progress = { ...reading, items: [item] };
			all.push(progress);
			if (key !== null) shared.set(key, progress);
			return progress;
		} catch (error) {
			if (context.continueOnFail()) return { error };
			throw toRaisedError(context.getNode(), error, { itemIndex: item });
		}
	});
	return { readings, all };
}

/** The item is emitted by its own reading, from another item's work. */
function sharing<W extends Work>(same: Progress<W>, { toItem }: Reading<W>): Progress<W> {
	return {
		items: same.items,
		work: same.work,
		toItem,
		get error() {
			return same.error;
		},
	};
}

async function runPhases<W extends Work>(
	all: Array<Progress<W>>,
	onFailure: () => void,
): Promise<void> {
	const most = Math.max(0, ...all.map(({ work }) => work.phases.length));
	for (let phase = 0; phase < most; phase++) {
		await Promise.all(
			all.map(async (progress) => {
				if (progress.error !== undefined) return;
				try {
					await progress.work.phases[phase]?.();
				} catch (error) {
					// Another item's failure, or the user: no failure of this one.
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

/** Those that may have cost credits without a task ID to show for it. */
function withLostAnswer<P extends { error?: unknown }>(all: P[]): P[] {
	return all.filter(({ error }) => error instanceof KieVeoError && error.mayBePaid);
}

function throwFirstFailure<W extends Work>(
	context: IExecuteFunctions,
	all: Array<Progress<W>>,
): void {
	// Only one can be raised: one that may have cost credits, since nothing else tells of it.
	const lost = withLostAnswer(all);
	const failed = lost[0] ?? all.find(hasFailed);
	if (!failed) return;
	const others = submittedIds(all.filter((one) => one !== failed).map(({ work }) => work));
	throw toNodeError(context.getNode(), failed.error, {
		itemIndex: failed.items[0],
		addition: alsoSubmitted(others, lost.length),
	});
}

function submittedIds(works: Work[]): string[] {
	return works.flatMap(({ submittedTaskId }) => submittedTaskId ?? []);
}
