import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Gate } from '../../completion/concurrency';
import { resumeAddress, suspend } from '../../completion/suspend';
import { KieVeoError, toNodeError } from '../../errors';
import { downloadFile, type StoredFile } from '../../output/download';
import { downloadPorts } from '../../output/binaryStore';
import { fileNameOf } from '../../output/fileNames';
import { videoItem } from '../../output/items';
import { connect, type Connection } from '../../transport/connection';
import { toFailedResult } from '../../veo/videoResult';
import { runItems } from '../itemRun';
import {
	readDownload,
	readVideoOptions,
	type DownloadSettings,
	type WaitMode,
} from '../parameters';
import type { VideoOperation } from './videoOperation';
import { VideoWork, type Result } from './videoWork';

/** How many videos are asked about at the same time while polling. */
const PARALLEL_POLLS = 10;
/** How many files are on their way at the same time, in each direction. */
const PARALLEL_TRANSFERS = 3;

/**
 * Runs an operation on videos for all items: submits every video, then waits for all of them together, by
 * polling or by suspending the execution.
 */
export async function executeVideoOperation(
	context: IExecuteFunctions,
	operation: VideoOperation,
): Promise<INodeExecutionData[]> {
	const failFast = new AbortController();
	const userStop = context.getExecutionCancelSignal();
	const signal = AbortSignal.any([failFast.signal, ...(userStop ? [userStop] : [])]);
	const waitMode = context.getNodeParameter('waitMode', 0) as WaitMode;
	const connection = await connect(context, signal);
	const suspends = waitMode === 'callback';
	const address = suspends ? resumeAddressOf(context, connection) : undefined;
	const gates = {
		uploads: new Gate(PARALLEL_TRANSFERS),
		polls: new Gate(PARALLEL_POLLS),
		downloads: new Gate(PARALLEL_TRANSFERS),
	};

	const { items, works } = await runItems<VideoWork>(context, failFast, {
		read: (item) => {
			const options = readVideoOptions(context, item, operation.defaultPollInterval);
			const settings = operation.downloads && !suspends ? readDownload(context, item) : null;
			const request = operation.readRequest(context, item, waitMode, connection, address);
			const download = settings ? downloader(context, connection, settings) : undefined;
			const work = new VideoWork(request, connection, { ...options, waitMode, download, gates });
			const toItem = suspends
				? storedItemOf(options.simplify)
				: itemOf(options.simplify, settings?.binaryPropertyName);
			return { work, toItem };
		},
		errorFields: (item, work, error): IDataObject => {
			const timedOut = error instanceof KieVeoError && error.timedOut;
			return {
				taskId: work ? work.taskId : parameterAsGiven(context, 'taskId', item),
				index: work ? work.request.subject.index : parameterAsGiven(context, 'index', item),
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
		const timeout = Math.max(...unfinished.map((work) => work.timeout));
		await suspend(context, items, new Date(connection.clock.now() + timeout * 1000));
	} else {
		hintAtUnfinished(context, operation, unfinished.length, works.length);
	}
	return items;
}

/** Checked before anything is read or sent: without it no item can be waited for. */
function resumeAddressOf(context: IExecuteFunctions, { baseUrl }: Connection): string {
	try {
		return resumeAddress(context, baseUrl);
	} catch (fault) {
		throw toNodeError(context.getNode(), fault);
	}
}

/** What is stored while suspended comes out as it is when the time runs out. */
function storedItemOf(simplify: boolean) {
	return ({ result, isUnfinished }: VideoWork, item: number): INodeExecutionData => {
		if (!result) return { json: {}, pairedItem: { item } };
		const stored = isUnfinished ? { ...result.result, timedOut: true as const } : result.result;
		return videoItem(stored, item, { simplify, raw: result.raw });
	};
}

/** The engine raises no error in an execution that was suspended: a failed video is an item there. */
function failedItem(item: number, { request }: VideoWork, error: unknown): INodeExecutionData {
	const { subject } = request;
	const code = error instanceof KieVeoError ? (error.kieCode ?? null) : null;
	const message = error instanceof Error ? error.message : String(error);
	const asked = { ...subject, taskId: subject.taskId ?? '' };
	const failed = toFailedResult(asked, code, message);
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

function downloader(
	context: IExecuteFunctions,
	connection: Connection,
	{ maxBytes }: DownloadSettings,
): (result: Result) => Promise<StoredFile> {
	const ports = downloadPorts(context, connection);
	return async ({ result: { taskId, index, resolution, videoUrl } }) =>
		await downloadFile(
			{
				taskId,
				url: videoUrl ?? '',
				name: fileNameOf(taskId, index, resolution),
				maxBytes,
			},
			ports,
		);
}

function hintAtUnfinished(
	context: IExecuteFunctions,
	{ operation }: VideoOperation,
	unfinished: number,
	all: number,
): void {
	const creates = operation === 'generate' || operation === 'extend';
	const advice = creates
		? 'Use the operation Get with the task IDs to fetch them.'
		: 'Run this operation again with the same task IDs to fetch them.';
	context.addExecutionHints({
		message: `Kie.ai is still working on ${unfinished} of ${all} videos. ${advice}`,
		location: 'outputPane',
	});
}

/** The value of a parameter that could not be used, as far as it can be had. */
function parameterAsGiven(context: IExecuteFunctions, name: string, item: number) {
	try {
		return (context.getNodeParameter(name, item, null) ?? null) as IDataObject[string];
	} catch {
		// An expression that cannot be evaluated has no value to show.
		return null;
	}
}
