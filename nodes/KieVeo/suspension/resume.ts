import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { readSubmission, type Submission } from '../kie/address';
import type { SubmittedVideo } from '../kie/api';
import { checkCallback, type Incoming } from '../kie/callback/check';
import { parseCallback } from '../kie/callback/parse';
import { SignatureMemory } from '../kie/callback/replay';
import { readCallbackRequest } from '../kie/callback/request';
import { hasSignature } from '../kie/callback/signature';
import { connectForAnswer, inTime } from '../kie/inTime';
import { connect, type Connection } from '../kie/connection';
import { toText } from '../kie/meaning/guards';
import type { VideoOperationName } from '../operations';
import { callOwnAddress } from './ownAddress';
import { roundOf } from './round';
import { settleCheck, settleReport, type Call, type Reply } from './settle';
import {
	isPending,
	isUnreported,
	openVideos,
	storedDeadline,
	storedItems,
	videoOf,
} from './stored';
import { LAST_RESORT_MS, overdueAfter, withResumePath } from './suspend';
import { nameOf, suspensionOf, videoKey, type SuspensionPlace } from './suspension';
import { readWakeUp, WAKE_UP_PARAMETER, wakeUpKey, withWakeUp } from './wakeUp';
import { watch } from './watch';

const signatures = new SignatureMemory();

/** Tolerated difference between Kie's clock and ours, in seconds. */
const TOLERANCE = 300;
/** Our own check may take longer than an answer to Kie. */
const OWN_CHECK_LIMIT_MS = 90_000;
/** Files downloaded by then are in n8n before Kie has its answer. */
const QUICK_FILES_MS = 8_000;
/** Kie is waiting for its answer meanwhile. */
const CHECK_LIMIT_MS = 4_000;
/** The suspending process checks first, the others after this time, spread over the second one. */
const FIRST_PLACE_MS = 20_000;
const OTHER_PLACES_MS = 40_000;

/**
 * Answers one call to a suspended execution's address, and resumes the execution when the last video is
 * finished, or the waiting time is over. Never throws: n8n would resume the execution into an error and
 * lose its earlier data.
 */
export async function resumeOnCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	let reply: Reply;
	try {
		reply = await handle(context);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		reply = { status: 500, reason, waiting: true };
	}
	const items = reply.resume?.();
	if (items === undefined || (await isSettledWithin(items, QUICK_FILES_MS))) answer(context, reply);
	else answer(context, { ...reply, ...whileFilesAreFetched(reply) });
	return { noWebhookResponse: true, ...(items ? { workflowData: [await items] } : {}) };
}

/**
 * If n8n stops in the middle of a long download, Kie's next delivery still resumes the execution.
 * But not if that may reach another process, which knows nothing of this one: n8n 1.x would resume
 * the execution for both.
 */
function whileFilesAreFetched({ reason, isAlone }: Reply): Pick<Reply, 'status' | 'reason'> {
	return { status: isAlone ? 503 : 200, reason: `${reason}; files are being fetched` };
}

function answer(context: IWebhookFunctions, { status, reason, waiting }: Reply): void {
	const line = `${context.getNode().name}: callback answered with ${status}, ${reason}`;
	if (status === 200) context.logger.debug(line);
	else context.logger.warn(line, { executionId: context.getExecutionId() });
	const msg = status === 200 ? 'success' : status === 503 ? 'Try again later' : 'Refused';
	context.getResponseObject().status(status).json({ code: status, msg, waiting });
}

/** @param work never fails */
async function isSettledWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
	const limit = { signal: AbortSignal.timeout(ms) };
	return (await inTime(limit, async () => await work)) !== null;
}

async function handle(context: IWebhookFunctions): Promise<Reply> {
	const query = context.getQueryData() as { [name: string]: unknown };
	return query[WAKE_UP_PARAMETER] === undefined
		? await handleCallback(context)
		: await handleWakeUp(context, query[WAKE_UP_PARAMETER]);
}

async function handleCallback(context: IWebhookFunctions): Promise<Reply> {
	// Read once: for a webhook n8n creates an expression sandbox each time a credential is read.
	const connection = await connectForAnswer(context);
	const incoming = await readCallbackRequest(context);

	// Our own proof in the address authenticates the call; n8n 1.x does not sign it.
	const submission = readSubmission(incoming.submission, connection.addressKey);
	const place = placeOf(context);
	const { waiting } = submission ?? {};
	if (!submission || !waiting || waiting.execution !== place.execution) {
		return refused(401, 'the address was not made by this node for this execution');
	}
	if (waiting.round !== place.round) {
		const video = videoNamedIn(incoming);
		return refused(409, `the address of ${video} is from an earlier round of a loop`);
	}

	const stored = storedItems(context);
	const item = stored[waiting.item];
	const video = item && isPending(item) ? videoOf(item) : null;
	if (video === null || !isAbout(video, submission)) {
		return refused(409, `this execution does not wait for ${videoNamedIn(incoming)}`);
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
	if (checked.kind === 'refused') return refused(checked.status, checked.reason);
	if (webhookSecret !== null && signatures.isReplayed(nameOf(place), incoming)) {
		return refused(401, 'the signature came with another body before');
	}

	const deadline = storedDeadline(context) ?? waiting.until;
	const call = callOf(context, connection, place, deadline);
	watchSince(call, video.operation, deadline);
	return await inTurn(call, async () => await settleReport(call, video, checked.event));
}

/** The call is not what the execution waits for. */
function refused(status: Reply['status'], reason: string): Reply {
	return { status, reason, waiting: true };
}

async function handleWakeUp(context: IWebhookFunctions, value: unknown): Promise<Reply> {
	const signal = AbortSignal.timeout(OWN_CHECK_LIMIT_MS);
	const connection = await connect(context, signal, { abortInFlight: true });
	const place = placeOf(context);
	const now = connection.clock.now();
	const wakeUp = readWakeUp(value, wakeUpKey(connection.addressKey, place), now);
	if (wakeUp === 'old') return refused(401, 'the wake-up is an old one, or the clocks differ');
	if (wakeUp === 'foreign') {
		// Possibly from an earlier round of a loop, which is no longer waiting.
		return { status: 401, reason: 'the wake-up is not one of this suspension', waiting: false };
	}
	if (wakeUp.kind === 'ping') {
		return { status: 200, reason: 'the execution waits', waiting: true };
	}
	watch.noteWakeUp(place, wakeUp);
	const call = callOf(context, connection, place, storedDeadline(context) ?? now);
	return await inTurn(call, async () => await settleCheck(call, wakeUp));
}

/** One call at a time; a call about to resume checks once more whether another process has. */
async function inTurn(call: Call, work: () => Promise<Reply>): Promise<Reply> {
	const { context, place, suspension } = call;
	const turn = suspension.queue.then(work);
	suspension.queue = turn.catch(() => undefined);
	const reply = await turn;
	if (!reply.waiting) watch.end(place);
	if (!reply.resume) return reply;
	// Who has received every callback is alone. Otherwise the address tells; reading it costs an expression.
	const resumeUrl = suspension.complete ? null : resumeUrlOf(context);
	const isAlone = resumeUrl === null || isSigned(resumeUrl);
	if (isAlone || (await stillWaits(call, resumeUrl))) return { ...reply, isAlone };
	return { status: 200, reason: 'another process has resumed the execution', waiting: false };
}

/**
 * n8n 1.x resumes an execution for both of two processes that decide at the same moment. It loads the execution
 * again for each call, so our own call shows whether another process was faster.
 */
async function stillWaits(
	{ context, connection, place }: Call,
	resumeUrl: string,
): Promise<boolean> {
	const ping = { kind: 'ping' as const, at: connection.clock.now() };
	const url = withWakeUp(resumeUrl, ping, wakeUpKey(connection.addressKey, place));
	return (await callOwnAddress(context.helpers.httpRequest, url, CHECK_LIMIT_MS)) !== 'over';
}

/** n8n 2.x signs the address, and resumes an execution for one process only. */
function isSigned(resumeUrl: string): boolean {
	return new URL(resumeUrl).search !== '';
}

function placeOf(context: IWebhookFunctions): SuspensionPlace {
	return {
		execution: String(context.getExecutionId()),
		node: context.getNode().id,
		round: roundOf(context),
	};
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
		place,
		stored: storedItems(context),
		suspension: suspensionOf(place),
		lastResort: deadline + LAST_RESORT_MS,
	};
}

/**
 * Watches a suspension that this process has not started, or forgot in a restart. On n8n 1.x, which
 * resumes an execution for each process that decides at the same moment, it checks slightly after the
 * waiting time, and not at the same moment as other processes.
 */
function watchSince(
	{ context, connection, place, stored, suspension }: Call,
	operation: VideoOperationName,
	deadline: number,
): void {
	if (watch.has(place) || suspension.resumed) return;
	const url = resumeUrlOf(context);
	if (url === null) return;
	const { addressKey, clock } = connection;
	const since = clock.now();
	const plan = {
		since,
		overdueAfter: overdueAfter(operation),
		hasUnreported: openVideos(stored, suspension).some(isUnreported),
		deadline: deadline + (isSigned(url) ? 0 : FIRST_PLACE_MS + (since % OTHER_PLACES_MS)),
	};
	watch.begin(context, place, { url, key: wakeUpKey(addressKey, place), plan });
}

/** With its ID in the log a paid video can be fetched, even if its submission seemed lost. */
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
