import type {
	IBinaryKeyData,
	INodeExecutionData,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { readSubmission, type Submission } from '../addresses/submission';
import { binaryOf, checkDownloadSettings, Downloads } from '../files/download';
import { checkCallback, type CallbackEvent } from '../kie/callback/check';
import { parseCallback } from '../kie/callback/parse';
import {
	hasSignature,
	isReplayed,
	readCallbackRequest,
	type Incoming,
} from '../kie/callback/request';
import { connect, connectForCallback, withinAnswerTime } from '../kie/connection';
import { CancelledError } from '../kie/http/clock';
import { at, toBoolean } from '../values';
import { asError } from '../messages/error';
import { fileErrors } from '../messages/file';
import { tierLine } from '../messages/run';
import { isOfAnyModel, isUpgrade } from '../operations';
import { urlsOf, type TaskResult } from '../taskResult';
import { askAboutOpen, askWhileFinished, reportOf, type Call } from './ask';
import { decide, type Facts } from './decide';
import { isSigned, mayQueueExecutions, parameterOf, resumeAddressOf } from './n8n';
import {
	nameOf,
	openVideos,
	placeOf,
	storedItems,
	suspensionOf,
	toOutput,
	videoKey,
	willBeReported,
	type AwaitedVideo,
} from './state';
import { LAST_RESORT_MS } from './suspend';
import {
	callOwnAddress,
	pingUrl,
	readWakeUp,
	stateIn,
	WAKE_UP_PARAMETER,
	watch,
	type Check,
} from './watch';

/** Tolerated difference between Kie's clock and ours, in seconds. */
const TOLERANCE = 300;
/** Our own check may take longer than an answer to Kie. */
const OWN_CHECK_LIMIT_MS = 90_000;
/** Files downloaded by then are in n8n before Kie has its answer. */
const QUICK_FILES_MS = 8_000;
/** Kie is waiting for its answer meanwhile. */
const CHECK_LIMIT_MS = 4_000;
/** By then n8n has stored that the execution no longer waits, unless it failed to, or has no free slot for it. */
const STORED_MS = 30_000;
/** n8n 1.x sets a timer for this up to 70 s ahead, and does not clear it when the execution is resumed. */
const TOO_LATE_MS = 75_000;
/** The final check is repeated each minute; this long before it is too late, it is not. */
const LAST_CHANCE_MS = 75_000;
/** A check must be able to resume before it is too late. */
const TIME_TO_RESUME_MS = 5_000;

/** How a call is answered. */
interface Reply {
	status: 200 | 400 | 401 | 409 | 500 | 503;
	/** For n8n's log; refusals are logged as warnings. */
	reason: string;
	/** Whether the execution stays suspended, until n8n says otherwise. */
	waiting: boolean;
	/** Returns the node's output, with which the execution continues. Never throws. */
	resume?: () => Promise<INodeExecutionData[]>;
	/** Whether no other process can resume the same execution again. */
	isAlone?: boolean;
}

/**
 * Answers one call to a suspended execution's address, and resumes the execution when the last video is
 * finished, or the waiting time is over. Never throws: n8n would resume the execution into an error and
 * lose its earlier data.
 */
export async function resumeOnCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const wakeUp = at(context.getQueryData(), WAKE_UP_PARAMETER);
	const handled = wakeUp === undefined ? handleCallback(context) : handleWakeUp(context, wakeUp);
	const reply = await handled.catch((error: unknown) => stillWaits(500, asError(error).message));
	const items = reply.resume?.();
	if (items) {
		const limit = { signal: AbortSignal.timeout(QUICK_FILES_MS) };
		const output = await withinAnswerTime(limit, async () => await items);
		// If n8n stops in the middle of a long download, Kie's next delivery still resumes the execution.
		// But not if that may reach another process, which knows nothing of this one: n8n 1.x would resume
		// the execution for both.
		if (output === null) {
			reply.status = reply.isAlone ? 503 : 200;
			reply.reason += '; files are being fetched';
		}
	}
	const { status, reason, waiting } = reply;
	const call = wakeUp === undefined ? 'callback' : 'wake-up';
	const line = `${context.getNode().name}: ${call} answered with ${status}, ${reason}`;
	if (status === 200) context.logger.debug(line);
	else context.logger.warn(line, { executionId: context.getExecutionId() });
	const msg = status === 200 ? 'success' : status === 503 ? 'Try again later' : 'Refused';
	context.getResponseObject().status(status).json({ code: status, msg, waiting });
	return { noWebhookResponse: true, ...(items ? { workflowData: [await items] } : {}) };
}

function stillWaits(status: Reply['status'], reason: string): Reply {
	return { status, reason, waiting: true };
}

async function handleCallback(context: IWebhookFunctions): Promise<Reply> {
	// Our own proof in the address authenticates the call, before anything is done for it: n8n 1.x does not sign it.
	const unproved = stillWaits(401, 'the address was not made by this node for this execution');
	const incoming = await readCallbackRequest(context);
	if (incoming.submission === undefined) return unproved;
	// Read once: for a webhook n8n creates an expression sandbox each time a credential is read.
	const connection = await connectForCallback(context);
	const submission = readSubmission(incoming.submission, connection.addressKey);
	const { waiting } = submission ?? {};
	if (!submission || waiting?.execution !== String(context.getExecutionId())) return unproved;
	const place = placeOf(context);
	if (waiting.round !== place.round) {
		const video = videoNamedIn(incoming);
		return stillWaits(409, `the address of ${video} is from an earlier round of a loop`);
	}
	const suspension = suspensionOf(place, context);
	const video = suspension.awaited[waiting.item] ?? null;
	if (video === null || !isAbout(video, submission)) {
		return stillWaits(409, `this execution does not wait for ${videoNamedIn(incoming)}`);
	}

	const { webhookSecret } = connection;
	const checked = checkCallback(incoming, {
		submission,
		webhookSecret,
		signatureRequired: webhookSecret !== null && hasSignature(incoming.headers),
		taskId: video.taskId,
		kieTaskId: video.kieTaskId,
		tolerance: TOLERANCE,
		now: Math.floor(connection.clock.now() / 1000),
	});
	if (checked.kind === 'refused') return stillWaits(checked.status, checked.reason);
	if (webhookSecret !== null && isReplayed(incoming)) {
		return stillWaits(401, 'the signature came with another body before');
	}
	const call = { context, connection, suspension };
	watchSince(call);
	return await inTurn(call, async () => await onCallback(call, video, checked.event));
}

async function handleWakeUp(context: IWebhookFunctions, value: unknown): Promise<Reply> {
	const limit = new AbortController();
	const connection = await connect(context, limit.signal, { abortInFlight: true });
	const { clock, addressKey } = connection;
	const execution = String(context.getExecutionId());
	const wakeUp = readWakeUp(value, { addressKey, execution, now: clock.now() });
	if (wakeUp === 'old') return stillWaits(401, 'the wake-up is an old one, or the clocks differ');
	if (wakeUp === 'foreign') {
		return stillWaits(401, 'the wake-up was not made for this execution with this API key');
	}
	const place = placeOf(context);
	if (nameOf(place) !== nameOf(wakeUp.place)) {
		const reason = 'the wake-up is from an earlier suspension of this execution';
		return { status: 401, reason, waiting: false };
	}
	if (wakeUp.kind === 'ping') return stillWaits(200, 'the execution waits');
	watch.noteWakeUp(wakeUp);
	const call = { context, connection, suspension: suspensionOf(place, context) };
	const left = Math.min(OWN_CHECK_LIMIT_MS, tooLateFor(call) - TIME_TO_RESUME_MS - clock.now());
	AbortSignal.timeout(Math.max(0, left)).addEventListener('abort', () => limit.abort());
	return await inTurn(call, async () => await answerCall(call, wakeUp.kind, null));
}

/** Watches a suspension that this process has not started, or forgot in a restart. */
function watchSince({ context, connection, suspension }: Call): void {
	const url = watch.has(suspension.place) ? null : resumeAddressOf(context);
	if (url !== null) watch.begin(context, suspension, { url, addressKey: connection.addressKey });
}

/** From when on n8n may continue the execution by itself, in milliseconds since the epoch. */
function tooLateFor({ suspension: { deadline } }: Call): number {
	return deadline + LAST_RESORT_MS - TOO_LATE_MS;
}

/**
 * One call at a time; a call about to resume checks once more whether another process has: n8n 1.x resumes an execution
 * for both of two processes that decide at the same moment. It loads the execution again for each call, so our own
 * call shows whether another process was faster.
 */
async function inTurn(call: Call, work: () => Promise<Reply>): Promise<Reply> {
	const { context, connection, suspension } = call;
	const turn = suspension.queue.then(work);
	suspension.queue = turn.catch(() => undefined);
	const reply = await turn;
	if (!reply.resume) return reply;
	// Who has received every callback is alone. Otherwise the address tells; reading it costs an expression.
	const url = suspension.complete ? null : resumeAddressOf(context);
	if (url === null || isSigned(url)) return { ...reply, isAlone: true };
	const ping = pingUrl(url, suspension.place, connection);
	const found = stateIn(await callOwnAddress(context, ping, CHECK_LIMIT_MS));
	if (found !== 'over' && found !== 'gone') return reply;
	handedOver(call);
	return stillWaits(200, 'another process has resumed the execution');
}

/** With its ID in the log a paid video can be fetched, even if its submission seemed lost. */
function videoNamedIn({ body }: Incoming): string {
	const parsed = parseCallback(body);
	const [taskId] = 'taskIds' in parsed ? parsed.taskIds : [];
	return taskId === undefined ? 'that video' : `task ${JSON.stringify(taskId.slice(0, 80))}`;
}

function isAbout(video: AwaitedVideo, submission: Submission): boolean {
	if (video.operation !== submission.operation) return false;
	// Kie names a new task only after the address was made: there the body's id is compared.
	return submission.taskId === null || videoKey(video) === videoKey(submission);
}

async function onCallback(call: Call, video: AwaitedVideo, event: CallbackEvent): Promise<Reply> {
	const { place, resumedAt, complete } = call.suspension;
	const delivery = ++video.deliveries;
	// The first callback is final: a terminal state does not change. One that comes while n8n stores the output is
	// noted, in case that fails.
	const isClear = event.callback.outcome !== 'unknown';
	if (video.report === null && (resumedAt === null || isClear)) {
		const { tier } = event;
		if (tier) call.context.logger.warn(tierLine(video.taskId, tier.asked, tier.made));
		video.report = await reportOf(call, video, event);
		const isTask = isOfAnyModel(video.operation);
		if (video.report === null && isTask && event.callback.mayBeStage) {
			return stillWaits(200, 'the task is still running');
		}
	}
	const reported = {
		known: video.report !== null,
		succeeded: event.callback.outcome === 'success',
		isUpgrade: isUpgrade(video.operation),
		delivery,
	};
	const reply = await answerCall(call, 'reported', reported);
	if (!reply.resume && !complete) watch.checkSoon(place);
	return reply;
}

/** @param video the one that was reported; `null` for a check of our own */
async function answerCall(call: Call, kind: Check['kind'], video: Facts['video']): Promise<Reply> {
	const { suspension } = call;
	const { clock } = call.connection;
	let asked: Facts['asked'] = 'no';
	for (;;) {
		const { resumedAt, complete, place } = suspension;
		const left = tooLateFor(call) - clock.now();
		const open = openVideos(suspension);
		const decision = decide({
			video,
			isFinal: kind === 'final',
			resumption: resumedAt === null ? 'none' : wasLost(call, left) ? 'failed' : 'underWay',
			tooLate: left < 0,
			lastChance: left < LAST_CHANCE_MS,
			open: open.length,
			openPossiblyMissed: !open.some(willBeReported),
			complete,
			checkFollows: watch.canCheck(place),
			asked,
		});
		if (decision === 'resume') return resume(call, open);
		if (decision !== 'ask') return stillWaits(decision.status, decision.reason);
		asked =
			kind === 'reported' && left >= LAST_CHANCE_MS
				? await askWhileFinished(call)
				: await askAboutOpen(call, kind !== 'unreported');
	}
}

/**
 * Whether n8n has failed to store the output, since the execution still waits. One that waits for a free slot looks the
 * same. n8n 2.x then ignores another output; n8n 1.x would continue once for each, so there it is made again only as
 * long as no limit is known, or shortly before n8n continues by itself.
 *
 * @param left milliseconds until it is too late
 */
function wasLost({ context, connection, suspension }: Call, left: number): boolean {
	const { resumedAt, resumptions } = suspension;
	const passed = connection.clock.elapsed() - (resumedAt ?? Infinity);
	if (passed < storedWithin(resumptions)) return false;
	const url = resumeAddressOf(context);
	const isSafe = url !== null && isSigned(url);
	return isSafe || left < LAST_CHANCE_MS || !mayQueueExecutions(context);
}

/** Milliseconds: longer each time, since n8n may have no free slot. */
function storedWithin(resumptions: number): number {
	return STORED_MS * 2 ** Math.max(0, resumptions - 1);
}

function resume(call: Call, open: AwaitedVideo[]): Reply {
	const { context, suspension } = call;
	const simplify = toBoolean(parameterOf(context, 'options.simplify', true)) !== false;
	const items = toOutput(storedItems(context), suspension, simplify);
	suspension.resumedAt = Infinity;
	const late = open.map(({ taskId }) => taskId).join(', ');
	return {
		status: 200,
		reason:
			open.length === 0
				? 'all videos are finished'
				: `the waiting time is over, unfinished: ${late}`,
		waiting: true,
		resume: async () => {
			const output = await addFiles(context, items, tooLateFor(call));
			handedOver(call);
			return output;
		},
	};
}

/** n8n stores the output only now, and may fail to: a check later shows whether the execution still waits. */
function handedOver(call: Call): void {
	const { suspension } = call;
	suspension.resumedAt = call.connection.clock.elapsed();
	suspension.resumptions++;
	watchSince(call);
	watch.checkSoon(suspension.place, storedWithin(suspension.resumptions));
}

/**
 * Downloads what is finished, where 'Download' is on. The toggle and its fields are read once for all
 * items: their input is no longer available. Items that share a video share its file.
 *
 * Never throws: the engine raises no error in such an execution. An item whose file could not be downloaded
 * keeps its URL, and says why in `error`.
 *
 * @param until milliseconds since the epoch at which downloads are abandoned
 */
async function addFiles(
	context: IWebhookFunctions,
	items: INodeExecutionData[],
	until: number,
): Promise<INodeExecutionData[]> {
	if (toBoolean(parameterOf(context, 'download', false)) !== true) return items;
	const signal = AbortSignal.timeout(Math.max(0, Math.floor(until - Date.now())));
	let downloader: ReturnType<typeof downloaderFor> | undefined;
	const files = new Map<string, Promise<IBinaryKeyData>>();
	return await Promise.all(
		items.map(async (item) => {
			const task = item.json as unknown as TaskResult;
			if (task.status !== 'success') return item;
			try {
				const download = await (downloader ??= downloaderFor(context, signal));
				const key = videoKey(item.json);
				const file = files.get(key) ?? download(task);
				files.set(key, file);
				return { ...item, binary: await file };
			} catch (error) {
				const [url = ''] = urlsOf(task);
				const isLate = error instanceof CancelledError;
				const shown = isLate ? fileErrors.outOfTime({ taskId: task.taskId, url }) : error;
				return { ...item, json: { ...item.json, error: asError(shown).message } };
			}
		}),
	);
}

async function downloaderFor(context: IWebhookFunctions, signal: AbortSignal) {
	const { binaryPropertyName, maxBytes } = checkDownloadSettings(
		parameterOf(context, 'binaryPropertyName', 'data'),
		parameterOf(context, 'options.maxSize', 0),
	);
	const connection = await connect(context, signal, { abortInFlight: true });
	const downloads = new Downloads(context, connection);
	return async (task: TaskResult) =>
		binaryOf(await downloads.result(task, maxBytes), binaryPropertyName);
}
