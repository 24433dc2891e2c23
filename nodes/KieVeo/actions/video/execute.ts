import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Gate, PARALLEL_TRANSFERS } from '../../run/gate';
import { roundOf } from '../../suspension/round';
import { resumeAddress, suspend } from '../../suspension/suspend';
import { asError, KieVeoError, retryOnFailError, unfinishedHint } from '../../messages/errors';
import { downloadPorts } from '../../files/binaryStore';
import { videoItem } from '../../run/items';
import { downloadVideo } from '../../files/videoFile';
import { connect } from '../../kie/connection';
import { withSubmission } from '../../kie/address';
import { toFailedResult } from '../../kie/meaning/videoResult';
import { runItems, stopSignals, type Reading } from '../../run/itemRun';
import {
	parameterAsGiven,
	readCallbackAddress,
	readDownload,
	readVideoOptions,
	readWaitMode,
	type WaitMode,
} from '../parameters';
import type { Addresses, VideoOperation } from './videoOperation';
import { VideoWork } from '../../run/videoWork';

/** How many videos are asked about at the same time while polling. */
const PARALLEL_POLLS = 10;

/**
 * Runs an operation on videos for all items: submits every video, then waits for all of them together, by
 * polling or by suspending the execution.
 */
export async function executeVideoOperation(
	context: IExecuteFunctions,
	operation: VideoOperation,
): Promise<INodeExecutionData[]> {
	const { failFast, signal } = stopSignals(context);
	const waitMode = readWaitMode(context, operation.callsBack);
	assertNotRepeated(context, operation, waitMode);
	const connection = await connect(context, signal);
	const suspends = waitMode === 'callback';
	const resumeUrl = suspends ? resumeAddress(context, connection.baseUrl) : undefined;
	const gates = {
		uploads: new Gate(PARALLEL_TRANSFERS),
		polls: new Gate(PARALLEL_POLLS),
		downloads: new Gate(PARALLEL_TRANSFERS),
	};
	const all: VideoWork[] = [];
	const ports = downloadPorts(context, connection);

	const round = suspends ? roundOf(context) : 0;
	const callbackFor =
		(item: number, timeout: number): Addresses['callbackFor'] =>
		(about) => {
			if (resumeUrl === undefined) {
				return readCallbackAddress(context, item, waitMode, connection, about);
			}
			const until = connection.clock.now() + timeout * 1000;
			const waiting = { execution: String(context.getExecutionId()), round, item, until };
			return withSubmission(resumeUrl, { ...about, waiting }, connection.addressKey);
		};

	const { items, works } = await runItems<VideoWork>(context, failFast, {
		read: (item) => {
			const options = readVideoOptions(context, item, operation.defaultPollInterval);
			const settings = operation.downloads ? readDownload(context, item) : null;
			const request = operation.readRequest(context, item, {
				baseUrl: connection.baseUrl,
				callbackFor: callbackFor(item, options.timeout),
			});
			const work = new VideoWork(request, connection, {
				...options,
				waitMode,
				gates,
				download: settings
					? async ({ result }) => await downloadVideo(result, settings.maxBytes, ports)
					: undefined,
				// Nothing slow between the submissions and the suspension: files come when all are finished.
				isSuspending: () => suspends && all.some((one) => one.isUnfinished),
			});
			all.push(work);
			const toItem = suspends
				? storedItemOf(options.simplify, settings?.binaryPropertyName)
				: itemOf(options.simplify, settings?.binaryPropertyName);
			return { work, toItem };
		},
		errorFields: (item, reading, error): IDataObject => {
			const work = reading?.work;
			if (reading && work?.isFinished) return reading.toItem(work, item).json;
			const timedOut = error instanceof KieVeoError && error.timedOut;
			return {
				taskId: work ? work.taskId : parameterAsGiven(context, 'taskId', item),
				index: work ? work.index : parameterAsGiven(context, 'index', item),
				operation: operation.operation,
				// A video whose waiting time ran out is not lost: Kie goes on working on it.
				...(timedOut ? { status: 'processing', timedOut } : { status: 'failed' }),
			};
		},
		...(suspends ? { failedItem } : {}),
	});
	const unfinished = works.filter((work) => work.isUnfinished);
	if (unfinished.length === 0) return items;
	if (suspends) {
		const now = connection.clock.now();
		const timeout = Math.max(...unfinished.map((work) => work.timeout));
		await suspend(context, items, {
			operation: operation.operation,
			round,
			videos: unfinished,
			now,
			waitTill: now + timeout * 1000,
		});
	} else {
		hintAtUnfinished(context, operation, unfinished.length, works.length);
	}
	return items;
}

/**
 * After an error n8n's own retry runs the node again with all of its items: that would pay again for
 * videos that were started, and suspend a second time.
 */
function assertNotRepeated(
	context: IExecuteFunctions,
	{ creates }: VideoOperation,
	waitMode: WaitMode,
): void {
	if (context.getNode().retryOnFail !== true || !(creates || waitMode === 'callback')) return;
	throw retryOnFailError(creates);
}

/** What is stored while suspended comes out as it is when the time runs out. */
function storedItemOf(simplify: boolean, binaryPropertyName: string | undefined) {
	const toItem = itemOf(simplify, binaryPropertyName);
	return (work: VideoWork, item: number): INodeExecutionData => {
		const output = toItem(work, item);
		return work.isUnfinished ? { ...output, json: { ...output.json, timedOut: true } } : output;
	};
}

/** Where executions are suspended the engine raises no error for one item: it says itself what failed. */
function failedItem(
	item: number,
	{ work, toItem }: Reading<VideoWork>,
	error: unknown,
): INodeExecutionData {
	const { message } = asError(error);
	if (work.isFinished) {
		const finished = toItem(work, item);
		return { ...finished, json: { ...finished.json, error: message } };
	}
	const code = error instanceof KieVeoError ? (error.kieCode ?? null) : null;
	const failed = toFailedResult({ ...work.request.subject, taskId: work.taskId }, code, message);
	return videoItem(failed, item, { simplify: true, raw: undefined });
}

/** @param binaryPropertyName set when the item is to hold the file */
function itemOf(simplify: boolean, binaryPropertyName: string | undefined) {
	return ({ result, file }: VideoWork, item: number): INodeExecutionData => {
		if (!result) return { json: {}, pairedItem: { item } };
		const output = videoItem(result.result, item, { simplify, raw: result.raw });
		if (binaryPropertyName === undefined || !file) return output;
		return { ...output, binary: { [binaryPropertyName]: file.binary } };
	};
}

function hintAtUnfinished(
	context: IExecuteFunctions,
	{ creates }: VideoOperation,
	unfinished: number,
	all: number,
): void {
	// Older n8n has no hints where an AI agent uses the node.
	(context as Partial<IExecuteFunctions>).addExecutionHints?.({
		message: unfinishedHint(unfinished, all, creates),
		location: 'outputPane',
	});
}
