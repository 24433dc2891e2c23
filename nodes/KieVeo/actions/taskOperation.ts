import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { withSubmission, type Submission } from '../addresses/submission';
import { binaryOf, Downloads } from '../files/download';
import type { Order } from '../kie/api';
import type { CataloguedModel } from '../kie/catalogue';
import type { Connection } from '../kie/connection';
import { asError, KieVeoError } from '../messages/error';
import { inputErrors } from '../messages/input';
import {
	callbackMissedHint,
	executionLimitHint,
	logLine,
	moreHints,
	pickedUpHint,
	unfinishedHint,
} from '../messages/run';
import { balanceUnknownError } from '../messages/task';
import { isCallingBack, isOfAnyModel, type TaskOperation } from '../operations';
import { taskFields } from '../panel';
import { connectRun, logPlace, runItems, secondsLeft, type Reading } from '../run/itemRun';
import { OrderMemory } from '../run/orders';
import { TaskWork, type WaitMode } from '../run/taskWork';
import { resumes, resumeUrlOf, roundOf } from '../suspension/n8n';
import { assertReachable, resumeAddress, suspend } from '../suspension/suspend';
import { toTaskResult } from '../taskResult';
import type { Action } from './itemOperation';
import {
	failedAsGiven,
	Item,
	readBoolean,
	readCallbackAddress,
	readDownloadSettings,
	readTaskOptions,
	readWaitMode,
} from './parameters';

/** Each item can have its own. */
const MOST_HINTS = 5;

/** An operation that orders something, or asks about it, and can wait for the result. */
type OrderOperation = Parameters<typeof taskFields>[0] & {
	/** Asks the catalogue about the models of all items, before they are read. */
	fetchModels?(context: IExecuteFunctions, connection: Connection): Promise<Run['models']>;
	/** @throws KieVeoError for a parameter that cannot be used */
	readOrder(
		item: Item,
		known: {
			/** By ID, where the operation asks for them. */
			models: Run['models'];
			/** Of Kie's API: decides whether private addresses can work. */
			baseUrl: string;
			/** Where Kie should report the end of a submission; `undefined` when nobody wants to know. */
			callbackFor(video?: Pick<Submission, 'taskId' | 'index'>): string | undefined;
		},
	): {
		order: Order;
		/** What the user should know about it. */
		hint?: string;
	} & Pick<TaskWork['options'], 'fallback' | 'images' | 'refusal'>;
};

/** Shared by all items of a run. */
interface Run {
	context: IExecuteFunctions;
	operation: OrderOperation;
	connection: Connection;
	waitMode: WaitMode;
	/** Set when the execution is suspended until Kie has called back. */
	suspension: { resumeUrl: string; round: number } | null;
	memory: OrderMemory;
	models: ReadonlyMap<string, CataloguedModel>;
	/** About the orders, each told once. */
	hints: Set<string>;
}

export function taskOperation(operation: OrderOperation): Action {
	return {
		fields: taskFields(operation),
		execute: async (context) => await executeOrders(context, operation),
	};
}

/** Submits the orders of all items, then waits for all of them together, by polling or by suspending the execution. */
async function executeOrders(
	context: IExecuteFunctions,
	operation: OrderOperation,
): Promise<INodeExecutionData[]> {
	const { operation: name } = operation;
	const waitMode = readWaitMode(context, isCallingBack(name));
	const { connection, failFast } = await connectRun(context);
	const round = roundOf(context);
	const suspension =
		waitMode === 'callback'
			? { resumeUrl: resumeAddress(context, connection.baseUrl), round }
			: null;
	const memory = new OrderMemory(context, round);
	const models = (await operation.fetchModels?.(context, connection)) ?? new Map();
	const hints = new Set<string>();
	const run: Run = { context, operation, connection, waitMode, suspension, memory, models, hints };
	let reached: Promise<void> | undefined;
	let credits: Promise<number> | undefined;

	const { items, works } = await runItems<TaskWork>(context, failFast, {
		read: itemReader(run),
		begin: (all) => {
			for (const hint of [...hints].slice(0, MOST_HINTS)) addHint(context, hint);
			if (hints.size > MOST_HINTS) addHint(context, moreHints(hints.size - MOST_HINTS));
			if (waitMode === 'none') checkCallbacks(context, all);
			else warnOfExecutionLimit(run, all);
		},
		phases: [
			async (work) => await work.pickUp(),
			async (work) =>
				await work.checkBalance(async () => await (credits ??= fetchBalance(connection))),
			async ({ isPlaced }) => {
				if (suspension === null || isPlaced) return;
				await (reached ??= assertReachable(context, connection, suspension.resumeUrl));
			},
			async (work) => await work.prepare(),
			async (work) => await work.submit(),
			// Nothing slow between submitting and suspending: files are downloaded once all are finished.
			async (work, all) =>
				await work.finish(suspension !== null && all.some((one) => one.isUnfinished)),
		],
		asGiven: (index) => failedAsGiven(new Item(context, index)),
		...(suspension ? { failedItem } : {}),
	});
	const pickedUp = works.filter(({ isPickedUp }) => isPickedUp).length;
	if (pickedUp > 0) addHint(context, pickedUpHint(pickedUp, works.length, name));
	const unfinished = works.filter((one) => one.isUnfinished);
	if (unfinished.length === 0) return items;
	if (suspension) {
		const deadline = connection.clock.now() + longestTimeout(unfinished) * 1000;
		await suspend(context, connection, items, unfinished, { ...suspension, deadline });
		return items.map(withoutError);
	}
	const amount = { unfinished: unfinished.length, all: works.length };
	const areJobs = unfinished.some(({ subject }) => subject.ownTaskId !== undefined);
	const [{ order }] = unfinished as [TaskWork];
	addHint(context, unfinishedHint(amount, order.operation, areJobs));
	return items;
}

/** Seconds. */
function longestTimeout(works: readonly TaskWork[]): number {
	return Math.max(...works.map(({ options }) => options.timeout));
}

/** The credit balance. Without it the user's limit cannot be respected. */
async function fetchBalance({ api }: Connection): Promise<number> {
	const answer = await api.fetchCredits();
	const { meaning } = answer;
	if (meaning.kind !== 'success') throw balanceUnknownError(meaning, answer);
	return meaning.credits;
}

/**
 * Retry On Fail looks for an error in the first item, also with "Continue on fail": n8n would run the node again on
 * the items that it has just stored, and output later.
 */
function withoutError({
	json: { error, ...json },
	...item
}: INodeExecutionData): INodeExecutionData {
	return { ...item, json: error === undefined ? json : { ...json, message: error } };
}

function itemReader(run: Run): (index: number) => Reading<TaskWork> {
	const { context, operation, connection, waitMode, memory, models } = run;
	const { baseUrl } = connection;
	const downloads = new Downloads(context, connection);
	const shared = new Map<string | null, TaskWork>();

	return (index) => {
		const item = new Item(context, index);
		const { simplify, ...options } = readTaskOptions(item, operation.pollInterval);
		const download = readBoolean('Download', item.given('download'), false);
		const settings = download ? readDownloadSettings(item) : null;
		const { order, hint, ...details } = operation.readOrder(item, {
			models,
			baseUrl,
			callbackFor: callbackReader(run, item),
		});
		if (hint !== undefined) run.hints.add(hint);
		const own = new TaskWork(order, context, connection, {
			...options,
			...details,
			waitMode,
			memory,
			item: index,
			download:
				settings && (async ({ result }) => await downloads.result(result, settings.maxBytes)),
		});
		const work = shared.get(own.key)?.join(own) ?? own;
		// What was ordered before a switch of the API is there, whatever the other one offers.
		if (!work.isPlaced) connection.api.assertOffered(order);
		if (own.key !== null) shared.set(own.key, work);
		const toItem = (): INodeExecutionData => {
			const { run: made, files } = work;
			const raw = simplify ? {} : { raw: made?.raw as IDataObject };
			const json = { ...made?.result, ...raw };
			if (settings === null || files.length === 0) return { json };
			return { json, binary: binaryOf(files, settings.binaryPropertyName) };
		};
		return {
			work,
			toItem,
			errorFields: (error) =>
				work.isFinished ? toItem().json : failedFields(operation.operation, work, error),
			// It did not ask for the file that could not be downloaded.
			isUnaffected: () => work.isFinished && settings === null,
		};
	};
}

function callbackReader({ operation: { operation }, ...run }: Run, item: Item) {
	const { context, connection, waitMode, suspension } = run;
	return (video: Pick<Submission, 'taskId' | 'index'> = { taskId: null, index: null }) => {
		if (!isCallingBack(operation)) return undefined;
		const about = { operation, ...video };
		if (waitMode === 'none') return readCallbackAddress(item, connection, about);
		if (suspension === null) return undefined;
		const { resumeUrl, round } = suspension;
		const execution = String(context.getExecutionId());
		const waiting = { execution, round, item: item.index };
		return withSubmission(resumeUrl, { ...about, waiting }, connection.addressKey);
	};
}

function failedFields(operation: TaskOperation, work: TaskWork, error: unknown): IDataObject {
	const { index, model = null } = work.subject;
	const { taskId = null, timedOut = false } = error instanceof KieVeoError ? error : {};
	const { kieTaskId } = work.run?.result ?? {};
	return {
		taskId: taskId ?? work.taskId,
		...(isOfAnyModel(operation) ? { model } : { index }),
		...(kieTaskId === undefined ? {} : { kieTaskId }),
		operation,
		// A task whose waiting time ran out is not lost: Kie is still working on it.
		...(timedOut ? { status: 'processing', timedOut } : { status: 'failed' }),
	};
}

/** In a suspended execution the engine cannot raise an error for one item, so the item says what failed. */
function failedItem({ work, toItem }: Reading<TaskWork>, error: unknown): INodeExecutionData {
	const { message } = asError(error);
	if (work.isFinished) {
		const finished = toItem();
		return { ...finished, json: { ...finished.json, error: message } };
	}
	const { kieCode: code = null, taskId = null } = error instanceof KieVeoError ? error : {};
	const about = { ...work.subject, taskId: taskId ?? work.taskId };
	return { json: { ...toTaskResult(about, 'failed', { code, message }) } };
}

/** Kie reports each end to the address given for it, with Return Immediately. */
function checkCallbacks(context: IExecuteFunctions, works: readonly TaskWork[]): void {
	const urls = works.flatMap(({ callBackUrl }) => callBackUrl ?? []);
	// For n8n's own Wait node it is the resume URL. n8n resumes an execution once: of several reports all but the
	// first would be lost.
	const own = urls.length < 2 ? null : resumeUrlOf(context);
	const resuming = own === null ? 0 : urls.filter((url) => resumes(url, own)).length;
	if (resuming > 1) throw inputErrors.sharedResumeUrl(resuming);
	// In the editor someone may be listening at a test URL.
	if (context.getMode() === 'manual') return;
	const paths = urls.map((url) => new URL(url).pathname);
	const isTest = paths.some((path) => path.includes('/webhook-test/'));
	if (!isTest && !paths.some((path) => path.includes('//'))) return;
	warn(context, callbackMissedHint(isTest ? 'testUrl' : 'emptyPart'));
}

/**
 * n8n's own limit ends an execution without giving the node a chance. Only a hint: the limit is usually longer
 * than a video takes, and 'Timeout' is long by default.
 */
function warnOfExecutionLimit({ context, connection }: Run, works: readonly TaskWork[]): void {
	const left = secondsLeft(context, connection.clock.now());
	const timeout = longestTimeout(works);
	if (left === null || timeout <= left) return;
	warn(context, executionLimitHint(timeout, left));
}

function warn(context: IExecuteFunctions, hint: string): void {
	context.logger.warn(logLine(logPlace(context), hint));
	addHint(context, hint);
}

function addHint(context: IExecuteFunctions, message: string): void {
	// Older n8n has no hints when an AI agent uses the node.
	(context as Partial<IExecuteFunctions>).addExecutionHints?.({ message, location: 'outputPane' });
}
