import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { readSubmission, type Submission } from '../kie/address';
import type { SubmittedVideo } from '../kie/api';
import { checkCallback, type CallbackEvent, type Incoming } from '../kie/callback/check';
import { parseCallback } from '../kie/callback/parse';
import { readCallbackRequest } from '../kie/callback/request';
import { hasSignature } from '../kie/callback/signature';
import type { Connection } from '../kie/connection';
import { toBoolean, toNumber, toText } from '../kie/meaning/guards';
import { connectForAnswer, inTime } from '../kie/inTime';
import { givesVideo, isUpgrade, traitsOf } from '../operations';
import { toCallbackResult, toFailedResult, toVideoResult } from '../videoResult';
import { decide, type Facts } from './decide';
import { addFiles } from './files';
import { parameterOf } from './resumeParameters';
import { roundOf } from './round';
import { isPending, suspensionOf, videoKey, type Report, type Suspension } from './suspension';

/** Seconds of difference between Kie's clock and ours. */
const TOLERANCE = 300;
/** A video found unfinished is not asked about again so soon. Later it is: its report may be lost. */
const ASK_PAUSE_MS = 30_000;

/** After this many deliveries, accept the new part of an extended video alone: Kie delivers four times at most. */
const ENOUGH_DELIVERIES = 3;

interface Reply {
	status: 200 | 400 | 401 | 409 | 500 | 503;
	/** For n8n's log; what is refused is logged as a warning. */
	reason: string;
	/** Gives the node's output; with it the execution continues. Called once Kie has its answer. */
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
	const connection = await connectForAnswer(context);
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
	const video = item && isPending(item) ? videoOf(item) : null;
	if (video === null || !isAbout(video, submission)) {
		return { status: 409, reason: `this execution does not wait for ${videoNamedIn(incoming)}` };
	}

	const { webhookSecret } = connection;
	const checked = checkCallback(incoming, {
		submission,
		webhookSecret,
		signatureRequired: webhookSecret !== null && hasSignature(incoming.headers),
		taskId: video.taskId,
		alsoKnownAs: video.kieTaskId,
		tolerance: TOLERANCE,
		now: Math.floor(Date.now() / 1000),
	});
	if (checked.kind === 'refused') return checked;

	const suspension = suspensionOf({ execution, node: context.getNode().id, round });
	suspension.waitTill ??= waiting.until;
	const arrival = { stored, suspension, video, event: checked.event };
	const work = suspension.queue.then(async () => await settle(context, connection, arrival));
	suspension.queue = work.catch(() => undefined);
	return await work;
}

/** With its ID in the log a paid video can be fetched, also one whose submission seemed lost. */
function videoNamedIn({ body }: Incoming): string {
	const parsed = parseCallback(body);
	const [taskId] = 'callback' in parsed ? parsed.callback.taskIds : [];
	return taskId === undefined ? 'that video' : `task ${JSON.stringify(taskId.slice(0, 80))}`;
}

function isAbout(video: SubmittedVideo, submission: Submission): boolean {
	if (video.operation !== submission.operation) return false;
	// Kie names a new task only after the address was made: there the body's id is compared.
	return submission.taskId === null || videoKey(video) === videoKey(submission);
}

interface Arrival {
	stored: INodeExecutionData[];
	suspension: Suspension;
	video: SubmittedVideo;
	event: CallbackEvent;
}

/** Notes the report, finds out about other videos where that is called for, and resumes when all are finished. */
async function settle(
	context: IWebhookFunctions,
	connection: Connection,
	arrival: Arrival,
): Promise<Reply> {
	const { stored, suspension, video, event } = arrival;
	const { reports, deliveries } = suspension;
	const key = videoKey(video);
	const delivery = (deliveries.get(key) ?? 0) + 1;
	deliveries.set(key, delivery);
	// The first report is final: a terminal state does not change.
	if (!suspension.resumed && !reports.has(key)) {
		const report = await reportOf(connection, video, event, delivery);
		if (report !== null) reports.set(key, report);
	}

	let asked: Facts['asked'] = 'no';
	for (;;) {
		const open = openVideos(stored, reports);
		const decision = decide({
			resumed: suspension.resumed,
			known: reports.has(key),
			succeeded: event.callback.succeeded,
			isUpgrade: isUpgrade(video.operation),
			delivery,
			open: open.length,
			openPossiblyMissed: open.every((one) => suspension.possiblyMissed.has(videoKey(one))),
			complete: suspension.complete,
			asked,
		});
		if (decision.kind === 'answer') return decision;
		if (decision.kind === 'resume') return resume(context, stored, suspension);
		const all = await askWhileFinished(connection, stored, suspension);
		asked = all ? 'answered' : 'unanswered';
	}
}

function resume(
	context: IWebhookFunctions,
	stored: INodeExecutionData[],
	suspension: Suspension,
): Reply {
	const { reports, waitTill } = suspension;
	suspension.resumed = true;
	const simplify = toBoolean(parameterOf(context, 'options.simplify', true)) !== false;
	const items = stored.map((item) => toOutput(item, reports.get(videoKey(item.json)), simplify));
	reports.clear();
	return {
		status: 200,
		reason: 'all videos are finished',
		resume: async () => await addFiles(context, items, waitTill),
	};
}

/**
 * @param delivery how many times the report has come
 * @returns `null` when it should come again, because not all is known
 */
async function reportOf(
	connection: Connection,
	video: SubmittedVideo,
	{ callback, ...event }: CallbackEvent,
	delivery: number,
): Promise<Report | null> {
	// The address of a new task was made before it had an id, so it cannot say which one failed.
	if (callback.taskIds.length === 0 && !isUpgrade(video.operation)) {
		const found = await ask(connection, video);
		return typeof found === 'string' ? null : found;
	}
	const reported = toCallbackResult(event, callback, callback.files);
	const { succeeded, files, body: raw } = callback;
	// Kie reports the new part of an extended video; the whole of it is in the record.
	const { givesWhole } = traitsOf(video.operation);
	if (givesWhole && succeeded && files.fullVideoUrls.length === 0) {
		const found = await ask(connection, video);
		if (typeof found !== 'string' && found.result.status === 'success') {
			const { videoUrl, videoUrls } = found.result;
			return { result: { ...reported, videoUrl, videoUrls }, raw };
		}
		if (delivery < ENOUGH_DELIVERIES) return null;
	}
	return { result: reported, raw };
}

/** The videos without a report, each once. */
function openVideos(stored: INodeExecutionData[], reports: Map<string, Report>): SubmittedVideo[] {
	const pending = stored.filter(isPending).flatMap((item) => videoOf(item) ?? []);
	const byKey = new Map(pending.map((video) => [videoKey(video), video]));
	return [...byKey.values()].filter((video) => !reports.has(videoKey(video)));
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
	const { reports, unfinished } = suspension;
	const now = connection.clock.now();
	const isRecent = unfinished !== null && now - unfinished.since < ASK_PAUSE_MS;
	if (isRecent && !reports.has(unfinished.key)) return true;
	// The last submitted first: it is the most likely to be unfinished.
	for (const video of openVideos(stored, reports).reverse()) {
		const found = await ask(connection, video);
		if (found === 'unknown') return false;
		if (found === 'unfinished') {
			suspension.unfinished = { key: videoKey(video), since: now };
			return true;
		}
		reports.set(videoKey(video), found);
	}
	return true;
}

/** `unknown`: Kie does not say, or could not be asked. */
async function ask(
	connection: Connection,
	video: SubmittedVideo,
): Promise<Report | 'unfinished' | 'unknown'> {
	const answer = await inTime(connection, async () => await connection.api.fetchOutcome(video));
	if (answer === null) return 'unknown';
	const { meaning, raw } = answer;
	switch (meaning.kind) {
		case 'success':
			return { result: toVideoResult(video, answer, meaning.files), raw };
		case 'failed':
			return { result: toFailedResult(video, answer.code, answer.message), raw };
		case 'processing':
			return 'unfinished';
		default:
			return 'unknown';
	}
}

/** What was stored about a video when the execution was suspended. */
function videoOf({ json }: INodeExecutionData): SubmittedVideo | null {
	const { operation, index } = json;
	if (!givesVideo(operation)) return null;
	return {
		operation,
		taskId: String(json.taskId),
		kieTaskId: toText(json.kieTaskId),
		index: typeof index === 'number' ? index : null,
		codes: [toNumber(json.code)],
	};
}

function toOutput(
	item: INodeExecutionData,
	report: Report | undefined,
	simplify: boolean,
): INodeExecutionData {
	if (!report || !isPending(item)) return item;
	const { result, raw } = report;
	return { ...item, json: { ...result, ...(simplify ? {} : { raw }) } as unknown as IDataObject };
}
