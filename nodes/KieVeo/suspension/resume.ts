import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { asError } from '../messages/errors';
import { readCallbackRequest } from '../kie/callback/request';
import { connect, type Connection } from '../kie/connection';
import { parseCallback } from '../kie/callback/parse';
import { readSubmission, type Submission } from '../kie/address';
import { checkCallback, type CallbackEvent, type Incoming } from '../kie/callback/check';
import { toBoolean, toText } from '../kie/meaning/guards';
import { hasSignature } from '../kie/callback/signature';
import { toCallbackResult } from '../kie/meaning/videoResult';
import { addFiles } from './files';
import { isPending, suspensionOf, videoKey, type Mark, type Suspension } from './suspension';
import { parameterOf } from './resumeParameters';
import { roundOf } from './round';
import { askAboutVideo, type SubmittedVideo, type VideoState } from '../kie/stateOfVideo';

/** Seconds of difference between Kie's clock and ours. */
const TOLERANCE = 300;
/** Kie gives up on a delivery after 15 s: whatever is not known by then is asked at the next one. */
const ASK_LIMIT_MS = 10_000;
/** A video found unfinished is not asked about again so soon. Later it is: its report may have got lost. */
const ASK_PAUSE_MS = 30_000;

/** After so many deliveries the new part of an extended video has to do: Kie delivers four times at most. */
const ENOUGH_DELIVERIES = 3;

interface Reply {
	status: 200 | 400 | 401 | 409 | 500 | 503;
	/** For n8n's log; what is refused is logged as a warning. */
	reason: string;
	/** Gives the node's output; with it the execution goes on. Called once Kie has its answer. */
	resume?: () => Promise<INodeExecutionData[]>;
}

/**
 * Answers one call of a suspended execution's address, and resumes the execution when the last video is
 * finished. Never throws: n8n would resume the execution into an error and lose its earlier data.
 */
export async function resumeOnCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	let reply: Reply;
	try {
		reply = await handle(context);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		reply = { status: 500, reason };
	}
	const { status, reason, resume } = reply;
	const line = `${context.getNode().name}: callback answered with ${status}, ${reason}`;
	if (status === 200) context.logger.debug(line);
	else context.logger.warn(line, { executionId: context.getExecutionId() });

	const msg = status === 200 ? 'success' : status === 503 ? 'Try again later' : 'Refused';
	context.getResponseObject().status(status).json({ code: status, msg });
	return { noWebhookResponse: true, ...(resume ? { workflowData: [await resume()] } : {}) };
}

async function handle(context: IWebhookFunctions): Promise<Reply> {
	// Read once: for a webhook n8n makes an expression sandbox each time a credential is read.
	const connection = await connect(context, AbortSignal.timeout(ASK_LIMIT_MS), true);
	const incoming = await readCallbackRequest(context);

	// Our own proof in the address is what authenticates the call; n8n 1.x does not sign it.
	const submission = readSubmission(incoming.submission, connection.addressKey);
	const execution = String(context.getExecutionId());
	const { waiting } = submission ?? {};
	if (!submission || !waiting || waiting.execution !== execution) {
		return { status: 401, reason: 'the address was not made by this node for this execution' };
	}
	const round = roundOf(context);
	if (waiting.round !== round) {
		const video = videoNamedIn(incoming);
		return { status: 409, reason: `the address of ${video} is from an earlier round of a loop` };
	}

	const stored = context.evaluateExpression('{{ $input.all() }}', 0) as INodeExecutionData[];
	const item = stored[waiting.item];
	if (!item || !isPending(item) || !isAbout(item, submission)) {
		return { status: 409, reason: `this execution does not wait for ${videoNamedIn(incoming)}` };
	}

	const { webhookSecret } = connection;
	const checked = checkCallback(incoming, {
		addressKey: connection.addressKey,
		webhookSecret,
		signatureRequired: webhookSecret !== null && hasSignature(incoming.headers),
		taskId: toText(item.json.taskId),
		alsoKnownAs: toText(item.json.kieTaskId),
		tolerance: TOLERANCE,
		now: Math.floor(Date.now() / 1000),
	});
	if (checked.kind === 'refused') return checked;

	const suspension = suspensionOf({ execution, node: context.getNode().id, round });
	suspension.waitTill ??= waiting.until;
	const arrival = { stored, suspension, video: videoOf(item), event: checked.event };
	const work = suspension.queue.then(async () => await settle(context, connection, arrival));
	suspension.queue = work.catch(() => undefined);
	return await work;
}

/** With its ID in the log a paid video can be fetched, also one whose submission had seemed lost. */
function videoNamedIn({ body }: Incoming): string {
	const parsed = parseCallback(body);
	const [taskId] = 'callback' in parsed ? parsed.callback.taskIds : [];
	return taskId === undefined ? 'that video' : `task ${JSON.stringify(taskId.slice(0, 80))}`;
}

function isAbout({ json }: INodeExecutionData, submission: Submission): boolean {
	if (json.operation !== submission.operation) return false;
	// Kie names a new task only after the address was made: there the body's id is compared.
	return submission.taskId === null || videoKey(json) === videoKey(submission);
}

interface Arrival {
	stored: INodeExecutionData[];
	suspension: Suspension;
	video: SubmittedVideo;
	event: CallbackEvent;
}

/** Marks the video, looks whether others are unfinished, and resumes when none is. */
async function settle(
	context: IWebhookFunctions,
	connection: Connection,
	{ stored, suspension, video, event }: Arrival,
): Promise<Reply> {
	const { marks, deliveries, complete, perhapsMissed } = suspension;
	if (suspension.resumed) return { status: 200, reason: 'the execution goes on already' };
	const key = videoKey(video);
	const delivery = (deliveries.get(key) ?? 0) + 1;
	deliveries.set(key, delivery);
	// The first report counts: a terminal state does not change.
	if (!marks.has(key)) {
		const mark = await markOf(connection, video, event, delivery);
		if (mark === null) return { status: 503, reason: 'it does not tell all, nor does Kie.ai now' };
		marks.set(key, mark);
	}

	const open = unfinishedVideos(stored, marks);
	if (complete && open.length > 0 && open.every((one) => perhapsMissed.has(videoKey(one)))) {
		const known = await askWhileFinished(connection, stored, suspension);
		if (!known) return { status: 503, reason: 'Kie.ai could not be asked about the other videos' };
	}
	if (!complete && open.length > 0) {
		// Another process may know more, or need to know this. Declined, the report is delivered again,
		// perhaps to that one. So reports spread for free, those of failures above all: about a failed
		// upgrade Kie cannot safely be asked. About new tasks it can.
		const spreads = video.operation === 'get4k';
		const reason = 'this process does not know of all videos';
		if (spreads && delivery === 1) return { status: 503, reason };
		const known = await askWhileFinished(connection, stored, suspension);
		const mustSpread = spreads && !event.callback.succeeded;
		if ((!known || mustSpread) && unfinishedVideos(stored, marks).length > 0) {
			return { status: 503, reason };
		}
	}
	const { length: left } = unfinishedVideos(stored, marks);
	if (left > 0) return { status: 200, reason: `${left} videos are not finished` };

	suspension.resumed = true;
	const simplify = toBoolean(parameterOf(context, 'options.simplify', true)) !== false;
	const items = stored.map((item) => toOutput(item, marks.get(videoKey(item.json)), simplify));
	marks.clear();
	return {
		status: 200,
		reason: 'all videos are finished',
		resume: async () => await addFiles(context, items, suspension.waitTill),
	};
}

/**
 * @param delivery how often the report has come
 * @returns `null` when it should come again, because not all is known
 */
async function markOf(
	connection: Connection,
	video: SubmittedVideo,
	{ callback, ...event }: CallbackEvent,
	delivery: number,
): Promise<Mark | null> {
	// The address of a new task was made before it had an id, so it cannot say which one failed.
	if (callback.taskIds.length === 0 && video.operation !== 'get4k') {
		const state = await ask(connection, video);
		return typeof state === 'string' ? null : state;
	}
	const reported = toCallbackResult(event, callback, callback.files);
	const { succeeded, files, body: raw } = callback;
	// Kie reports the new part of an extended video; the whole of it is in the record.
	if (video.operation === 'extend' && succeeded && files.fullVideoUrls.length === 0) {
		const state = await ask(connection, video);
		if (typeof state !== 'string' && state.result.status === 'success') {
			const { videoUrl, videoUrls } = state.result;
			return { result: { ...reported, videoUrl, videoUrls }, raw };
		}
		if (delivery < ENOUGH_DELIVERIES) return null;
	}
	return { result: reported, raw };
}

/** The videos without a mark, each once. */
function unfinishedVideos(
	stored: INodeExecutionData[],
	marks: Map<string, Mark>,
): SubmittedVideo[] {
	const pending = stored.filter(isPending).map(videoOf);
	const byKey = new Map(pending.map((video) => [videoKey(video), video]));
	return [...byKey.values()].filter((video) => !marks.has(videoKey(video)));
}

/**
 * Asks Kie about videos this process has no report of, one after the other, until one is found
 * unfinished: its own report will come, and the rest is asked then.
 *
 * @returns whether all that was asked is known now
 */
async function askWhileFinished(
	connection: Connection,
	stored: INodeExecutionData[],
	suspension: Suspension,
): Promise<boolean> {
	const { marks, unfinished } = suspension;
	const now = connection.clock.now();
	const isRecent = unfinished !== null && now - unfinished.since < ASK_PAUSE_MS;
	if (isRecent && !marks.has(unfinished.key)) return true;
	// The last submitted first: it is the most likely to be unfinished.
	for (const video of unfinishedVideos(stored, marks).reverse()) {
		const state = await ask(connection, video);
		if (state === 'unknown') return false;
		if (state === 'unfinished') {
			suspension.unfinished = { key: videoKey(video), since: now };
			return true;
		}
		marks.set(videoKey(video), state);
	}
	return true;
}

async function ask({ client, signal }: Connection, video: SubmittedVideo): Promise<VideoState> {
	try {
		return await askAboutVideo(client, video);
	} catch (error) {
		// No time left: Kie wants an answer to its own call.
		if (signal?.aborted) return 'unknown';
		throw asError(error);
	}
}

/** What was stored about a video when the execution was suspended. */
function videoOf({ json }: INodeExecutionData): SubmittedVideo {
	return {
		operation: json.operation as SubmittedVideo['operation'],
		taskId: String(json.taskId),
		kieTaskId: toText(json.kieTaskId),
		index: typeof json.index === 'number' ? json.index : null,
	};
}

function toOutput(
	item: INodeExecutionData,
	mark: Mark | undefined,
	simplify: boolean,
): INodeExecutionData {
	if (!mark || !isPending(item)) return item;
	const json = { ...mark.result, ...(simplify ? {} : { raw: mark.raw }) } as unknown as IDataObject;
	return { ...item, json };
}
