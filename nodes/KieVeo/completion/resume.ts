import type {
	IDataObject,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { readCallbackRequest } from '../transport/callbackRequest';
import { connect, type Connection } from '../transport/connection';
import { readSubmission, type Submission } from '../veo/callbackAddress';
import { checkCallback, type CallbackEvent } from '../veo/callbackCheck';
import { toText } from '../veo/guards';
import { hasSignature } from '../veo/signature';
import { toCallbackResult } from '../veo/videoResult';
import { isPending, suspensionOf, videoKey, type Mark, type Suspension } from './marks';
import { askAboutVideo } from './stateOfUpgrade';

/** Seconds of difference between Kie's clock and ours. */
const TOLERANCE = 300;
/** Kie gives up on a delivery after 15 s: whatever is not known by then is asked at the next one. */
const ASK_LIMIT_MS = 10_000;
/** A flood of duplicates must not become a flood of questions. */
const ASK_PAUSE_MS = 2_000;

interface Reply {
	status: 200 | 400 | 401 | 409 | 500 | 503;
	/** For n8n's log; what is refused is logged as a warning. */
	reason: string;
	/** The node's output; with it the execution goes on. */
	items?: INodeExecutionData[];
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
	const { status, reason, items } = reply;
	const line = `${context.getNode().name}: callback answered with ${status}, ${reason}`;
	if (status === 200) context.logger.debug(line);
	else context.logger.warn(line, { executionId: context.getExecutionId() });

	const msg = status === 200 ? 'success' : status === 503 ? 'Try again later' : 'Refused';
	context.getResponseObject().status(status).json({ code: status, msg });
	return { noWebhookResponse: true, ...(items ? { workflowData: [items] } : {}) };
}

async function handle(context: IWebhookFunctions): Promise<Reply> {
	// Read once: for a webhook n8n makes an expression sandbox each time a credential is read.
	const connection = await connect(context, AbortSignal.timeout(ASK_LIMIT_MS));
	const incoming = readCallbackRequest(context);

	// Our own proof in the address is what authenticates the call; n8n 1.x does not sign it.
	const submission = readSubmission(incoming.submission, connection.addressKey);
	if (submission === null) return { status: 401, reason: 'the address was not made by this node' };

	const stored = context.evaluateExpression('{{ $input.all() }}', 0) as INodeExecutionData[];
	const item = stored.find((one) => videoKey(one.json) === videoKey(submission));
	if (!item) return { status: 409, reason: 'this execution does not wait for that video' };

	const { webhookSecret } = connection;
	const checked = checkCallback(incoming, {
		addressKey: connection.addressKey,
		webhookSecret,
		signatureRequired: webhookSecret !== null && hasSignature(incoming.headers),
		alsoKnownAs: toText(item.json.kieTaskId),
		tolerance: TOLERANCE,
		now: Math.floor(Date.now() / 1000),
	});
	if (checked.kind === 'refused') return checked;

	const { id } = context.getNode();
	const suspension = suspensionOf(String(context.getExecutionId()), id, stored);
	const work = suspension.queue.then(
		async () => await settle(context, connection, { stored, suspension, submission, checked }),
	);
	suspension.queue = work.catch(() => undefined);
	return await work;
}

interface Arrival {
	stored: INodeExecutionData[];
	suspension: Suspension;
	submission: Submission;
	checked: { event: CallbackEvent };
}

/** Marks the video, looks whether others are unfinished, and resumes when none is. */
async function settle(
	context: IWebhookFunctions,
	connection: Connection,
	{ stored, suspension, submission, checked: { event } }: Arrival,
): Promise<Reply> {
	const { marks, deliveries, complete } = suspension;
	if (suspension.resumed) return { status: 200, reason: 'the execution goes on already' };
	const key = videoKey(submission);
	const { callback } = event;
	// The first report counts: a terminal state does not change.
	if (!marks.has(key)) {
		const result = toCallbackResult(event, callback, callback.files);
		marks.set(key, { result, raw: callback.body });
	}

	const delivery = (deliveries.get(key) ?? 0) + 1;
	deliveries.set(key, delivery);

	let left = unfinishedVideos(stored, marks);
	if (left.length > 0 && !complete) {
		// Another process may know more, or need to know this. Declined, the report is delivered again,
		// perhaps to that one. So reports spread for free, those of failures above all: about a failed
		// upgrade Kie cannot safely be asked.
		const reason = `${left.length} videos are not known to be finished here`;
		const askedJustNow = connection.clock.now() - suspension.askedAt < ASK_PAUSE_MS;
		if (delivery === 1 || !callback.succeeded || askedJustNow) return { status: 503, reason };
		suspension.askedAt = connection.clock.now();
		await askWhileFinished(connection, left, marks);
		left = unfinishedVideos(stored, marks);
	}
	if (left.length > 0) return { status: 200, reason: `${left.length} videos are not finished` };

	suspension.resumed = true;
	const simplify = context.getNodeParameter('options.simplify', true) !== false;
	const items = stored.map((item) => toOutput(item, marks.get(videoKey(item.json)), simplify));
	marks.clear();
	return { status: 200, reason: 'all videos are finished', items };
}

function unfinishedVideos(
	stored: INodeExecutionData[],
	marks: Map<string, Mark>,
): INodeExecutionData[] {
	const byVideo = new Map(stored.filter(isPending).map((item) => [videoKey(item.json), item]));
	return [...byVideo].filter(([key]) => !marks.has(key)).map(([, item]) => item);
}

/**
 * Asks Kie about videos this process has no report of, one after the other, until one is found
 * unfinished: its own report will come, and the rest is asked then.
 */
async function askWhileFinished(
	connection: Connection,
	items: INodeExecutionData[],
	marks: Map<string, Mark>,
): Promise<void> {
	// The last submitted first: it is the most likely to be unfinished.
	for (const { json } of [...items].reverse()) {
		const asked = {
			taskId: String(json.taskId),
			kieTaskId: toText(json.kieTaskId),
			index: Number(json.index),
		};
		const mark = await askAboutVideo(connection.client, asked);
		if (mark === null) return;
		marks.set(videoKey(asked), mark);
	}
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
