import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { withSubmission } from '../addresses/submission';
import { binaryOf, Downloads } from '../files/download';
import type { Order } from '../kie/api';
import { connect, type Connection } from '../kie/connection';
import { asError, KieVeoError } from '../messages/error';
import { inputErrors } from '../messages/input';
import {
	callbackMissedHint,
	executionLimitHint,
	logLine,
	takenUpHint,
	unfinishedHint,
} from '../messages/run';
import { isCreation, isUpgrade, traitsOf } from '../operations';
import { secondsLeft } from '../run/executionSettings';
import { Balance } from '../run/balance';
import { runItems, stopSignals, type ItemOperation, type Reading } from '../run/itemRun';
import { logPlace, taskItem } from '../run/items';
import { OrderMemory } from '../run/orders';
import { submitLogged } from '../run/paidLog';
import { TaskWork, type WaitMode } from '../run/taskWork';
import { resumes, resumeUrlOf, roundOf } from '../suspension/n8n';
import { assertReachable, resumeAddress, suspend } from '../suspension/suspend';
import { toTaskResult } from '../taskResult';
import {
	aboutAsGiven,
	readCallbackAddress,
	readDownload,
	readTaskOptions,
	readWaitMode,
} from './parameters';
import type { Known, Models, OrderOperation } from './orderOperation';

/** Shared by all items of a run. */
interface Run {
	context: IExecuteFunctions;
	operation: OrderOperation;
	connection: Connection;
	waitMode: WaitMode;
	/** Set when the execution is suspended until Kie has called back. */
	suspension: { resumeUrl: string; round: number } | null;
	memory: OrderMemory;
	models: Models;
	/** About the orders, each told once. */
	hints: Set<string>;
}

/**
 * Runs an operation for all items: submits every order, then waits for all of them together, by
 * polling or by suspending the execution.
 */
export async function executeOrders(
	context: IExecuteFunctions,
	operation: OrderOperation,
): Promise<INodeExecutionData[]> {
	const { failFast, signal } = stopSignals(context);
	const waitMode = readWaitMode(context, traitsOf(operation.operation).event !== undefined);
	const connection = await connect(context, signal);
	const suspension =
		waitMode === 'callback'
			? { resumeUrl: resumeAddress(context, connection.baseUrl), round: roundOf(context) }
			: null;
	const memory = new OrderMemory(context, roundOf(context));
	const balance = new Balance(connection.api);
	const models = (await operation.fetchModels?.(context, connection)) ?? new Map();
	const hints = new Set<string>();
	const run: Run = { context, operation, connection, waitMode, suspension, memory, models, hints };
	let reached: Promise<void> | undefined;

	const { items, works } = await runItems<TaskWork>(context, failFast, {
		read: itemReader(run),
		begin: (works) => {
			run.hints.forEach((hint) => addHint(context, hint));
			assertResumedOnce(run, works);
			warnOfMissedCallback(run, works);
			warnOfExecutionLimit(run, works);
		},
		phases: [
			async (work) => await work.takeUp(),
			async (work) => await work.checkBalance(balance),
			async ({ isPlaced }) => {
				if (suspension === null || isPlaced) return;
				await (reached ??= assertReachable(context, connection, suspension.resumeUrl));
			},
			async (work) => await work.prepare(),
			async (work, { items }) => await submitLogged(context, work, items),
			async (work, { works, items }) => {
				// Nothing slow between submitting and suspending: files are downloaded once all are finished.
				const isSuspending = suspension !== null && works.some(isUnfinished);
				if (work.run) await work.finish(isSuspending);
				if (work.run) return;
				// Kie refused the order, at submission or later: its fallback is next. Or an earlier run lost the answer,
				// which is raised now.
				await work.takeUp();
				await submitLogged(context, work, items);
				await work.finish(isSuspending);
			},
		],
		errorFields: errorFieldsOf(run),
		...(suspension ? { failedItem } : {}),
	});
	const takenUp = works.filter(({ isTakenUp }) => isTakenUp).length;
	const name = operation.operation;
	if (takenUp > 0) addHint(context, takenUpHint(takenUp, works.length, name));
	const unfinished = works.filter(isUnfinished);
	if (unfinished.length === 0) return items;
	if (suspension) {
		await suspendUntilReported(run, suspension, items, unfinished);
		return items.map(withoutError);
	}
	const amount = { unfinished: unfinished.length, all: works.length };
	addHint(context, unfinishedHint(amount, name, refetchOf(run)));
	return items;
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

function refetchOf({ operation: { operation }, connection: { api } }: Run) {
	if (isCreation(operation)) return 'taskId';
	return isUpgrade(operation) && api.upgradesAreTasks ? 'kieTaskId' : 'repeat';
}

function itemReader({
	context,
	operation,
	connection,
	waitMode,
	suspension,
	memory,
	models,
	hints: toldHints,
}: Run): ItemOperation<TaskWork>['read'] {
	const downloads = new Downloads(context, connection);

	const callbackFor =
		(item: number, timeout: number): Known['callbackFor'] =>
		(about) => {
			if (suspension === null) {
				return readCallbackAddress(context, item, waitMode, connection, about);
			}
			const { resumeUrl, round } = suspension;
			const until = connection.clock.now() + timeout * 1000;
			const waiting = { execution: String(context.getExecutionId()), round, item, until };
			return withSubmission(resumeUrl, { ...about, waiting }, connection.addressKey);
		};

	return (item) => {
		const options = readTaskOptions(context, item, operation.defaultPollInterval);
		const settings = readDownload(context, item);
		const {
			order,
			fallback,
			images = [],
			hints = [],
			refusal,
		} = operation.readOrder(context, item, {
			models,
			baseUrl: connection.baseUrl,
			callbackFor: callbackFor(item, options.timeout),
		});
		connection.api.assertOffered(order);
		hints.forEach((hint) => toldHints.add(hint));
		const work = new TaskWork(order, connection, {
			...options,
			waitMode,
			fallback,
			images,
			refusal,
			memory,
			item,
			download:
				settings && (async ({ result }) => await downloads.result(result, settings.maxBytes)),
		});
		return {
			work,
			toItem: itemOf(options.simplify, settings?.binaryPropertyName),
			// It did not ask for the file that could not be downloaded.
			isUnaffected: ({ isFinished }) => isFinished && settings === null,
		};
	};
}

function errorFieldsOf({
	context,
	operation: { operation },
}: Run): ItemOperation<TaskWork>['errorFields'] {
	return (item, reading, error): IDataObject => {
		const work = reading?.work;
		if (reading && work?.isFinished) return reading.toItem(work, item).json;
		const timedOut = error instanceof KieVeoError && error.timedOut;
		const named = error instanceof KieVeoError ? error.taskId : null;
		const kieTaskId = work?.run?.result.kieTaskId;
		return {
			...(work ? { taskId: named ?? work.taskId, ...work.about } : aboutAsGiven(context, item)),
			...(kieTaskId === undefined ? {} : { kieTaskId }),
			operation,
			// A task whose waiting time ran out is not lost: Kie is still working on it.
			...(timedOut ? { status: 'processing', timedOut } : { status: 'failed' }),
		};
	};
}

function isUnfinished({ isUnfinished: unfinished }: TaskWork): boolean {
	return unfinished;
}

async function suspendUntilReported(
	{ context, operation, connection }: Run,
	suspension: NonNullable<Run['suspension']>,
	items: INodeExecutionData[],
	unfinished: TaskWork[],
): Promise<void> {
	const timeout = Math.max(...unfinished.map((work) => work.timeout));
	await suspend(context, connection, items, {
		...suspension,
		operation: operation.operation,
		videos: unfinished,
		deadline: connection.clock.now() + timeout * 1000,
	});
}

/**
 * For n8n's own Wait node the resume URL is the 'Callback URL'. n8n resumes an execution once: of several reports
 * all but the first would be lost.
 */
function assertResumedOnce({ context, waitMode }: Run, works: readonly TaskWork[]): void {
	const urls = waitMode === 'none' ? works.flatMap(({ order }) => callbackOf(order) ?? []) : [];
	if (urls.length < 2) return;
	const own = resumeUrlOf(context);
	if (own === null) return;
	const resuming = urls.filter((url) => resumes(url, own)).length;
	if (resuming > 1) throw inputErrors.sharedResumeUrl(resuming);
}

function callbackOf(order: Order): string | undefined {
	return order.kind === 'state' ? undefined : order.callBackUrl;
}

/** In the editor someone may be listening at a test URL. */
function warnOfMissedCallback({ context, waitMode }: Run, works: readonly TaskWork[]): void {
	if (waitMode !== 'none' || context.getMode() === 'manual') return;
	const paths = works
		.flatMap(({ order }) => callbackOf(order) ?? [])
		.map((url) => new URL(url).pathname);
	const isTest = paths.some((path) => path.includes('/webhook-test/'));
	if (!isTest && !paths.some((path) => path.includes('//'))) return;
	const hint = callbackMissedHint(isTest ? 'testUrl' : 'emptyPart');
	context.logger.warn(logLine(logPlace(context), hint));
	addHint(context, hint);
}

/** In a suspended execution the engine cannot raise an error for one item, so the item says what failed. */
function failedItem(
	item: number,
	{ work, toItem }: Reading<TaskWork>,
	error: unknown,
): INodeExecutionData {
	const { message } = asError(error);
	if (work.isFinished) {
		const finished = toItem(work, item);
		return { ...finished, json: { ...finished.json, error: message } };
	}
	const { kieCode = null, taskId: named = null } = error instanceof KieVeoError ? error : {};
	const kieTaskId = work.run?.result.kieTaskId;
	const about = { ...work.subject, taskId: named ?? work.taskId, kieTaskId };
	const failed = toTaskResult(about, 'failed', { code: kieCode, message });
	return taskItem(failed, item, { simplify: true, raw: undefined });
}

/** @param binaryPropertyName set when the item should hold the file */
function itemOf(simplify: boolean, binaryPropertyName: string | undefined) {
	return ({ run, files }: TaskWork, item: number): INodeExecutionData => {
		if (!run) return { json: {}, pairedItem: { item } };
		const output = taskItem(run.result, item, { simplify, raw: run.raw });
		if (binaryPropertyName === undefined || files.length === 0) return output;
		return { ...output, binary: binaryOf(files, binaryPropertyName) };
	};
}

/**
 * n8n's own limit ends an execution without giving the node a chance. Only a hint: the limit is usually longer
 * than a video takes, and 'Timeout' is long by default.
 */
function warnOfExecutionLimit(
	{ context, connection, waitMode }: Run,
	works: readonly TaskWork[],
): void {
	const left = secondsLeft(context, connection.clock.now());
	const timeout = Math.max(...works.map((work) => work.timeout));
	if (waitMode === 'none' || left === null || timeout <= left) return;
	const hint = executionLimitHint(timeout, left);
	context.logger.warn(logLine(logPlace(context), hint));
	addHint(context, hint);
}

function addHint(context: IExecuteFunctions, message: string): void {
	// Older n8n has no hints when an AI agent uses the node.
	(context as Partial<IExecuteFunctions>).addExecutionHints?.({ message, location: 'outputPane' });
}
