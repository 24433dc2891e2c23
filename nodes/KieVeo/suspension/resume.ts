import {
	sleep,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { readSubmission, type Submission } from '../kie/address';
import type { SubmittedVideo } from '../kie/api';
import { checkCallback, type Incoming } from '../kie/callback/check';
import { parseCallback } from '../kie/callback/parse';
import { SignatureMemory } from '../kie/callback/replay';
import { readCallbackRequest } from '../kie/callback/request';
import { hasSignature } from '../kie/callback/signature';
import { connectForAnswer } from '../kie/inTime';
import { connect, type Connection } from '../kie/connection';
import { toText } from '../kie/meaning/guards';
import { roundOf } from './round';
import { settleLook, settleReport, type Call, type Reply } from './settle';
import { isPending, videoOf } from './stored';
import { LAST_RESORT_MS, overdueAfter, withResumePath } from './suspend';
import { nameOf, suspensionOf, videoKey, type SuspensionPlace } from './suspension';
import { readWakeUp, WAKE_UP_PARAMETER, wakeUpKey, withWakeUp, type WakeUp } from './wakeUp';
import { callOwnAddress, isWatched, noteWakeUp, unwatch, watch } from './watch';

const signatures = new SignatureMemory();

/** Seconds of difference between Kie's clock and ours. */
const TOLERANCE = 300;
/** A look of our own may take longer than an answer to Kie. */
const LOOK_LIMIT_MS = 90_000;
/** Files that are there by then are in n8n before Kie has its answer. */
const QUICK_FILES_MS = 8_000;

/**
 * Answers one call of a suspended execution's address, and resumes the execution when the last video is
 * finished, or the waiting time is over. Never throws: n8n would resume the execution into an error and
 * lose its earlier data.
 */
export async function resumeOnCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	let reply: Reply;
	try {
		reply = await handle(context);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		reply = { status: 500, reason };
	}
	const items = reply.resume?.();
	const isQuick = items === undefined || (await isSettledWithin(items, QUICK_FILES_MS));
	// Should n8n stop in the middle of a long download, Kie's next delivery resumes the execution after all.
	answer(
		context,
		isQuick ? reply : { status: 503, reason: `${reply.reason}; files are under way` },
	);
	return { noWebhookResponse: true, ...(items ? { workflowData: [await items] } : {}) };
}

function answer(context: IWebhookFunctions, { status, reason, resume }: Reply): void {
	const line = `${context.getNode().name}: callback answered with ${status}, ${reason}`;
	if (status === 200) context.logger.debug(line);
	else context.logger.warn(line, { executionId: context.getExecutionId() });
	const msg = status === 200 ? 'success' : status === 503 ? 'Try again later' : 'Refused';
	const waiting = status !== 409 && resume === undefined;
	context.getResponseObject().status(status).json({ code: status, msg, waiting });
}

async function isSettledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
	const isSettled = work.then(
		() => true,
		() => true,
	);
	return await Promise.race([isSettled, sleep(ms).then(() => false)]);
}

async function handle(context: IWebhookFunctions): Promise<Reply> {
	const query = context.getQueryData() as { [name: string]: unknown };
	return query[WAKE_UP_PARAMETER] === undefined
		? await handleCallback(context)
		: await handleWakeUp(context, query[WAKE_UP_PARAMETER]);
}

async function handleCallback(context: IWebhookFunctions): Promise<Reply> {
	// Read once: for a webhook n8n makes an expression sandbox each time a credential is read.
	const connection = await connectForAnswer(context);
	const incoming = await readCallbackRequest(context);

	// Our own proof in the address is what authenticates the call; n8n 1.x does not sign it.
	const submission = readSubmission(incoming.submission, connection.addressKey);
	const place = placeOf(context);
	const { waiting } = submission ?? {};
	if (!submission || !waiting || waiting.execution !== place.execution) {
		return { status: 401, reason: 'the address was not made by this node for this execution' };
	}
	if (waiting.round !== place.round) {
		const video = videoNamedIn(incoming);
		return { status: 409, reason: `the address of ${video} is from an earlier round of a loop` };
	}

	const stored = storedItems(context);
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
		now: Math.floor(connection.clock.now() / 1000),
	});
	if (checked.kind === 'refused') return checked;
	if (webhookSecret !== null && signatures.isReplayed(nameOf(place), incoming)) {
		return { status: 401, reason: 'the signature came with another body before' };
	}

	watchSince(context, connection, place, video, waiting.until);
	const call = callOf(context, connection, place, waiting.until);
	return await inTurn(call, place, async () => await settleReport(call, video, checked.event));
}

async function handleWakeUp(context: IWebhookFunctions, value: unknown): Promise<Reply> {
	const signal = AbortSignal.timeout(LOOK_LIMIT_MS);
	const connection = await connect(context, signal, { abortInFlight: true });
	const place = placeOf(context);
	const { addressKey, clock } = connection;
	const wakeUp = readWakeUp(value, wakeUpKey(addressKey, place), clock.now());
	if (wakeUp === null) {
		return { status: 401, reason: 'it is not a wake-up of this suspension, or an old one' };
	}
	if (wakeUp.scope === 'check') return { status: 200, reason: 'the execution waits' };
	noteWakeUp(place, clock.now());
	const call = callOf(context, connection, place, wakeUp.deadline);
	return await inTurn(call, place, async () => await settleLook(call, wakeUp));
}

/** One call after the other; what resumes the execution is checked once more where others may have done so. */
async function inTurn(
	call: Call,
	place: SuspensionPlace,
	work: () => Promise<Reply>,
): Promise<Reply> {
	const { suspension } = call;
	const turn = suspension.queue.then(work);
	suspension.queue = turn.catch(() => undefined);
	const reply = await turn;
	if (!reply.resume) return reply;
	unwatch(place);
	if (suspension.complete || (await stillWaits(call, place))) return reply;
	return { status: 200, reason: 'another process has resumed the execution' };
}

/**
 * n8n 1.x resumes an execution for two processes that decide at the same moment. It loads the execution
 * anew for each call, so a call of our own tells whether another process was faster. n8n 2.x, which signs
 * the address, sees to that itself.
 */
async function stillWaits(
	{ context, connection, lastResort }: Call,
	place: SuspensionPlace,
): Promise<boolean> {
	const resumeUrl = resumeUrlOf(context);
	if (resumeUrl === null || new URL(resumeUrl).search !== '') return true;
	const check: WakeUp = {
		scope: 'check',
		isFinal: false,
		at: connection.clock.now(),
		deadline: lastResort,
	};
	const url = withWakeUp(resumeUrl, check, wakeUpKey(connection.addressKey, place));
	return (await callOwnAddress(context.helpers.httpRequest, url)) !== 'over';
}

function placeOf(context: IWebhookFunctions): SuspensionPlace {
	return {
		execution: String(context.getExecutionId()),
		node: context.getNode().id,
		round: roundOf(context),
	};
}

function storedItems(context: IWebhookFunctions): INodeExecutionData[] {
	return context.evaluateExpression('{{ $input.all() }}', 0) as INodeExecutionData[];
}

function resumeUrlOf(context: IWebhookFunctions): string | null {
	const url = toText(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
	return url !== null && URL.canParse(url) ? withResumePath(url) : null;
}

function callOf(
	context: IWebhookFunctions,
	connection: Connection,
	place: SuspensionPlace,
	deadline: number,
): Call {
	return {
		context,
		connection,
		stored: storedItems(context),
		suspension: suspensionOf(place),
		lastResort: deadline + LAST_RESORT_MS,
	};
}

/** Looks after a suspension that this process has not begun, or forgot in a restart. */
function watchSince(
	context: IWebhookFunctions,
	{ addressKey, clock }: Connection,
	place: SuspensionPlace,
	{ operation }: SubmittedVideo,
	deadline: number,
): void {
	const url = resumeUrlOf(context);
	if (url === null || isWatched(place) || suspensionOf(place).resumed) return;
	const plan = {
		since: clock.now(),
		overdueAfter: overdueAfter(operation),
		hasUnreported: true,
		deadline,
	};
	watch(context, place, { url, key: wakeUpKey(addressKey, place), plan }, clock);
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
