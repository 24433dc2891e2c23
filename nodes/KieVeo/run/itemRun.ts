import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect, type Connection } from '../kie/connection';
import { CancelledError } from '../kie/http/clock';
import { KieVeoError, toNodeError } from '../messages/error';
import { inputErrors } from '../messages/input';
import { alsoSubmitted, logLine, stoppedError, type LogPlace } from '../messages/run';
import { isJsonObject, toNumber } from '../values';

/** What is done for one item, or once for several that ask for the same. */
export interface Work {
	/** The input items that share it. */
	readonly items: number[];
	/** What ended it early. */
	error?: unknown;
	/** Task ID by which it can be fetched, of what was submitted and may have used credits. */
	readonly submittedTaskId?: string | null;
}

/** An input item: what is done for it, and how that becomes its output. */
export interface Reading<W extends Work> {
	work: W;
	/** Called once all phases are done. */
	toItem(): INodeExecutionData;
	/** What an error item says besides the error that ended the work. */
	errorFields(error: unknown): IDataObject;
	/** Whether the error that ended the work is about something only other items asked for. */
	isUnaffected?(): boolean;
}

interface ItemOperation<W extends Work> {
	/** @throws KieVeoError for a parameter that cannot be used */
	read(itemIndex: number): Reading<W>;
	/** Called when all items have been read, before the first phase. */
	begin?(works: readonly W[]): void;
	/** Run in order, for every work: all finish a phase before the next starts. An exception ends the work. */
	phases: ReadonlyArray<(work: W, works: readonly W[]) => Promise<void>>;
	/** What an error item says besides the error that kept it from being read. */
	asGiven(itemIndex: number): IDataObject;
	/**
	 * Set if one failure must not end the run: the item of a work that failed. An error is raised
	 * only when all works have.
	 */
	failedItem?(reading: Reading<W>, error: unknown): INodeExecutionData;
}

/**
 * A connection that ends waiting when the user stops the execution, or when `failFast` is aborted.
 *
 * @throws KieVeoError where n8n cannot send the key, or the credential cannot be used
 */
export async function connectRun(
	context: IExecuteFunctions,
): Promise<{ connection: Connection; failFast: AbortController }> {
	// With files kept within the items' JSON, n8n 2.41 resolves no expression of a credential: neither this node nor
	// n8n's own HTTP Request can send its key.
	if (settingsOf(context).binaryMode === 'combined') throw inputErrors.combinedBinaries();
	const failFast = new AbortController();
	const userStop = context.getExecutionCancelSignal();
	const signal = AbortSignal.any([failFast.signal, ...(userStop ? [userStop] : [])]);
	return { connection: await connect(context, signal), failFast };
}

/**
 * Seconds after which n8n ends this execution; `null` if it does not, or does not say.
 *
 * A workflow's own limit is in its settings. That of the whole instance, and its upper bound, are only in
 * the deadline n8n has calculated: no public type declares it, so it is used if present.
 *
 * @param now milliseconds since the epoch
 */
export function secondsLeft(context: IExecuteFunctions, now: number): number | null {
	const { additionalData } = context as { additionalData?: unknown };
	const deadline = isJsonObject(additionalData)
		? toNumber(additionalData.executionTimeoutTimestamp)
		: null;
	if (deadline !== null) return Math.round((deadline - now) / 1000);
	const limit = toNumber(settingsOf(context).executionTimeout);
	return limit !== null && limit > 0 ? limit : null;
}

function settingsOf(context: IExecuteFunctions): { [name: string]: unknown } {
	// Some n8n versions have none, and the types of the oldest ones do not know it.
	const settings = (context as { getWorkflowSettings?(): unknown }).getWorkflowSettings?.();
	return isJsonObject(settings) ? settings : {};
}

/** @param items none if all are meant */
export function logPlace(
	context: Pick<IExecuteFunctions, 'getExecutionId' | 'getNode'>,
	items: readonly number[] = [],
): LogPlace {
	return {
		node: context.getNode().name,
		executionId: context.getExecutionId() ?? 'unknown',
		items,
	};
}

/**
 * Runs an operation for all items: reads and checks all of them, does every work once, phase by phase and
 * all of them together, and outputs in input order.
 *
 * Without "Continue on fail" and `failedItem` the first failure ends the run: nothing more is started, and the error
 * names the other videos that were already submitted.
 *
 * @param failFast aborted at the first failure; the phases must respect its signal
 * @returns the items, and the works that did not fail
 */
export async function runItems<W extends Work>(
	context: IExecuteFunctions,
	failFast: AbortController,
	operation: ItemOperation<W>,
): Promise<{ items: INodeExecutionData[]; works: W[] }> {
	const readings = readAll(context, operation);
	const works = [...new Set(readings.flatMap((one) => ('work' in one ? one.work : [])))];
	const { failedItem } = operation;
	const continues = context.continueOnFail();
	const endsAtFirst = !continues && !failedItem;
	operation.begin?.(works);

	await runPhases(works, operation.phases, () => {
		if (endsAtFirst) failFast.abort();
	});

	if (context.getExecutionCancelSignal()?.aborted) {
		const submitted = submittedIds(works);
		const lost = withLostAnswer(works).length;
		const error = stoppedError(submitted, lost);
		// n8n stored the execution earlier, so the error itself is not shown.
		if (submitted.length + lost > 0) context.logger.warn(logLine(logPlace(context), error));
		throw toNodeError(context.getNode(), error);
	}
	const failsAltogether = readings.every((reading) => errorOf(reading) !== undefined);
	if (endsAtFirst || (!continues && failsAltogether)) throwFirstFailure(context, works, readings);
	const items = readings.map((one, item) => {
		const error = errorOf(one);
		const pairedItem = { item };
		if ('error' in one) return errorItem(context, error, item, operation.asGiven(item));
		if (error === undefined) return { ...one.toItem(), pairedItem };
		if (failedItem && !continues) return { ...failedItem(one, error), pairedItem };
		return errorItem(context, error, item, one.errorFields(error));
	});
	return { items, works: works.filter(({ error }) => error === undefined) };
}

function readAll<W extends Work>(context: IExecuteFunctions, { read }: ItemOperation<W>) {
	return context.getInputData().map((_, item): Reading<W> | { error: unknown } => {
		try {
			const reading = read(item);
			reading.work.items.push(item);
			return reading;
		} catch (error) {
			if (context.continueOnFail()) return { error };
			throw toNodeError(context.getNode(), error, { itemIndex: item });
		}
	});
}

async function runPhases<W extends Work>(
	works: readonly W[],
	phases: ItemOperation<W>['phases'],
	onFailure: () => void,
): Promise<void> {
	for (const phase of phases) {
		await Promise.all(
			works
				.filter(({ error }) => error === undefined)
				.map(async (work) => {
					try {
						await phase(work, works);
					} catch (error) {
						// Another item failed, or the user stopped: not a failure of this one.
						if (error instanceof CancelledError) return;
						work.error = error;
						onFailure();
					}
				}),
		);
	}
}

/** What keeps an item from its output; `undefined` if nothing does. */
function errorOf<W extends Work>(reading: Reading<W> | { error: unknown }): unknown {
	if ('error' in reading) return reading.error;
	const { work, isUnaffected } = reading;
	return isUnaffected?.() ? undefined : work.error;
}

/** Those that may have used credits without a task ID to show for it. */
function withLostAnswer<W extends Work>(works: readonly W[]): W[] {
	return works.filter(({ error }) => error instanceof KieVeoError && error.mayBePaid);
}

function throwFirstFailure<W extends Work>(
	context: IExecuteFunctions,
	works: readonly W[],
	readings: ReadonlyArray<Reading<W> | { error: unknown }>,
): void {
	// Only one can be raised: one that may have used credits, since nothing else mentions it.
	const lost = withLostAnswer(works);
	const failed = lost[0] ?? works.find(({ error }) => error !== undefined);
	if (!failed) return;
	const itemIndex = readings.findIndex((reading) => errorOf(reading) === failed.error);
	const others = submittedIds(works.filter((one) => one !== failed));
	throw toNodeError(context.getNode(), failed.error, {
		itemIndex,
		addition: alsoSubmitted(others, lost.length),
	});
}

function submittedIds(works: readonly Work[]): string[] {
	return works.flatMap(({ submittedTaskId }) => submittedTaskId ?? []);
}

/**
 * The item of a video that failed, for "Continue on fail".
 *
 * @param fields what is known about the video: the task id first of all
 */
export function errorItem(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
	fields: IDataObject,
): INodeExecutionData {
	const node = context.getNode();
	const value = toNodeError(node, error, { itemIndex });
	const item = { json: { error: value.message, ...fields }, pairedItem: { item: itemIndex } };
	// n8n sends an item to the error output when `item.error` is set, but then replaces the `json` of
	// every item that still has it, and with it the task id. Not enumerable: n8n sees it while sorting
	// the items, and its copy for the error output no longer has it. Writable: older n8n clears it there.
	// Where the execution is resumed n8n copies the items first, so none of them gets there.
	return node.onError === 'continueErrorOutput'
		? Object.defineProperty(item, 'error', { value, writable: true })
		: item;
}
