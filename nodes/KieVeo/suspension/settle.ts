import type { INodeExecutionData, IWebhookFunctions } from 'n8n-workflow';

import type { SubmittedVideo } from '../kie/api';
import type { CallbackEvent } from '../kie/callback/check';
import type { Connection } from '../kie/connection';
import { toBoolean } from '../kie/meaning/guards';
import { inTime } from '../kie/inTime';
import { tierLine } from '../messages/errors';
import { failureText } from '../messages/values';
import { isUpgrade, traitsOf } from '../operations';
import { Gate } from '../run/gate';
import { toCallbackResult, toFailedResult, toVideoResult } from '../videoResult';
import { decide, type Facts } from './decide';
import { addFiles } from './files';
import { parameterOf } from './resumeParameters';
import { isUnreported, openVideos, toOutput } from './stored';
import { videoKey, type Report, type Suspension, type SuspensionPlace } from './suspension';
import type { WakeUp } from './wakeUp';
import { watch } from './watch';

/** Kie is not asked again this soon about an unfinished video. Later it is: its callback may be lost. */
const ASK_PAUSE_MS = 30_000;
/** How many videos a check asks about at the same time. */
const PARALLEL_QUESTIONS = 5;
/** After this pause a check asks again about videos Kie said nothing about. */
const RETRY_PAUSE_MS = 10_000;
const MOST_ATTEMPTS = 3;
/** After this many deliveries, accept the new part of an extended video alone: Kie delivers four times at most. */
const ENOUGH_DELIVERIES = 3;

/** How a call is answered. */
export interface Reply {
	status: 200 | 400 | 401 | 409 | 500 | 503;
	/** For n8n's log; refusals are logged as warnings. */
	reason: string;
	/** Whether the execution stays suspended. */
	waiting: boolean;
	/** Returns the node's output, with which the execution continues. Never throws. */
	resume?: () => Promise<INodeExecutionData[]>;
	/** Whether no other process can resume the same execution again. */
	isAlone?: boolean;
}

/** A genuine call of a suspended execution. */
export interface Call {
	context: IWebhookFunctions;
	connection: Connection;
	place: SuspensionPlace;
	stored: INodeExecutionData[];
	suspension: Suspension;
	/** Milliseconds since the epoch at which n8n continues the execution by itself. */
	lastResort: number;
}

/** n8n 1.x sets a timer for this up to 70 s ahead, and does not clear it when the execution is resumed. */
const TOO_LATE_MS = 75_000;

/** Kie's callback: records the outcome of the video, finds out about others if needed, and decides. */
export async function settleReport(
	call: Call,
	video: SubmittedVideo,
	event: CallbackEvent,
): Promise<Reply> {
	const { reports, deliveries, resumed } = call.suspension;
	const key = videoKey(video);
	const delivery = (deliveries.get(key) ?? 0) + 1;
	deliveries.set(key, delivery);
	// The first callback is final: a terminal state does not change.
	if (!resumed && !reports.has(key)) {
		const { tier } = event;
		if (tier) call.context.logger.warn(tierLine(video.taskId, tier.asked, tier.made));
		const report = await reportOf(call, video, event, delivery);
		if (report !== null) reports.set(key, report);
	}
	const { succeeded } = event.callback;
	const facts = () => ({
		call: 'report' as const,
		video: { known: reports.has(key), succeeded, isUpgrade: isUpgrade(video.operation), delivery },
	});
	const reply = await settle(call, facts, async () => await askWhileFinished(call));
	if (reply.waiting && !call.suspension.complete) watch.checkSoon(call.place);
	return reply;
}

/** Our own check: asks Kie about what is open, and decides. */
export async function settleCheck(call: Call, { kind }: WakeUp): Promise<Reply> {
	const facts = () => ({
		call: kind === 'final' ? ('finalCheck' as const) : ('check' as const),
		video: null,
	});
	return await settle(call, facts, async () =>
		kind === 'reported'
			? await askWhileFinished(call)
			: await askAboutOpen(call, kind !== 'unreported'),
	);
}

async function settle(
	call: Call,
	facts: () => Pick<Facts, 'call' | 'video'>,
	ask: () => Promise<boolean>,
): Promise<Reply> {
	const { connection, place, stored, suspension, lastResort } = call;
	let asked: Facts['asked'] = 'no';
	for (;;) {
		const open = openVideos(stored, suspension);
		const decision = decide({
			...facts(),
			resumed: suspension.resumed,
			tooLate: connection.clock.now() > lastResort - TOO_LATE_MS,
			open: open.length,
			openPossiblyMissed: !open.some((one) => willBeReported(one, suspension)),
			complete: suspension.complete,
			checkFollows: watch.canCheck(place),
			asked,
		});
		if (decision.kind === 'over') {
			return { status: 200, reason: decision.reason, waiting: false };
		}
		if (decision.kind === 'answer') {
			return { status: decision.status, reason: decision.reason, waiting: true };
		}
		if (decision.kind === 'resume') return resume(call, open);
		asked = (await ask()) ? 'answered' : 'unanswered';
	}
}

function resume({ context, stored, suspension, lastResort }: Call, open: SubmittedVideo[]): Reply {
	suspension.resumed = true;
	const simplify = toBoolean(parameterOf(context, 'options.simplify', true)) !== false;
	const items = toOutput(stored, suspension, simplify);
	suspension.reports.clear();
	const late = open.map(({ taskId }) => taskId).join(', ');
	return {
		status: 200,
		reason:
			open.length === 0
				? 'all videos are finished'
				: `the waiting time is over, unfinished: ${late}`,
		waiting: false,
		resume: async () => await addFiles(context, items, lastResort - TOO_LATE_MS),
	};
}

/**
 * @param delivery how many times the callback has arrived
 * @returns `null` if it should be delivered again, because something is still unknown
 */
async function reportOf(
	call: Call,
	video: SubmittedVideo,
	{ callback, ...event }: CallbackEvent,
	delivery: number,
): Promise<Report | null> {
	// The address of a new task was made before it had an id, so it cannot say which one failed.
	const isNameless = callback.taskIds.length === 0 && !isUpgrade(video.operation);
	if (isNameless || callback.outcome === 'unknown') {
		const found = await fetchReport(call, video);
		return typeof found === 'string' ? null : found;
	}
	const reported = toCallbackResult(event, callback, callback.files);
	const { succeeded, files, body: raw } = callback;
	// Kie reports the new part of an extended video; the whole is in the record.
	const { givesWhole } = traitsOf(video.operation);
	if (givesWhole && succeeded && files.fullVideoUrls.length === 0) {
		const found = await fetchReport(call, video);
		if (typeof found !== 'string' && found.result.status === 'success') {
			const { videoUrl, videoUrls } = found.result;
			return { result: { ...reported, videoUrl, videoUrls }, raw };
		}
		if (delivery < ENOUGH_DELIVERIES) return null;
	}
	return { result: reported, raw };
}

/** Whether this process is still going to receive a callback about a video. */
function willBeReported(
	video: SubmittedVideo,
	{ possiblyMissed, perhapsReordered }: Suspension,
): boolean {
	const key = videoKey(video);
	return !isUnreported(video) && !possiblyMissed.has(key) && !perhapsReordered.has(key);
}

/**
 * Asks Kie about videos without a callback in this process, one by one, until one is found
 * unfinished: its own callback will arrive, and the rest is asked then. Videos Kie does not report here are asked
 * about every time.
 *
 * @returns whether everything that was asked is now known
 */
async function askWhileFinished(call: Call): Promise<boolean> {
	const { connection, stored, suspension } = call;
	const { reports, unfinished, perhapsReordered } = suspension;
	const now = connection.clock.now();
	const isRecent = unfinished !== null && now - unfinished.since < ASK_PAUSE_MS;
	if (isRecent && !reports.has(unfinished.key)) return true;
	// The last submitted first: it is the most likely to be unfinished.
	for (const video of openVideos(stored, suspension).reverse()) {
		const found = await find(call, video);
		if (found === 'unknown') return false;
		const key = videoKey(video);
		if (found === 'finished' || isUnreported(video) || perhapsReordered.has(key)) continue;
		suspension.unfinished = { key, since: now };
		return true;
	}
	return true;
}

/**
 * @param all otherwise only about what may never be reported
 * @returns whether Kie gave the state of each
 */
async function askAboutOpen(call: Call, all: boolean): Promise<boolean> {
	const { connection, stored, suspension } = call;
	const gate = new Gate(PARALLEL_QUESTIONS);
	let asked = openVideos(stored, suspension).filter(
		(video) => all || !willBeReported(video, suspension),
	);
	for (let attempt = 1; ; attempt++) {
		const found = await Promise.all(
			asked.map(async (video) => await gate.run(async () => await find(call, video))),
		);
		asked = asked.filter((_, at) => found[at] === 'unknown');
		if (asked.length === 0 || attempt === MOST_ATTEMPTS) return asked.length === 0;
		await inTime(connection, async () => {
			await connection.clock.pause(RETRY_PAUSE_MS, connection.signal);
		});
	}
}

/** Asks Kie about a video and records its outcome. */
async function find(
	call: Call,
	video: SubmittedVideo,
): Promise<'finished' | 'unfinished' | 'unknown'> {
	const found = await fetchReport(call, video);
	if (typeof found === 'string') return found;
	call.suspension.reports.set(videoKey(video), found);
	return 'finished';
}

/** `unknown`: Kie does not say, or could not be asked. */
async function fetchReport(
	call: Call,
	video: SubmittedVideo,
): Promise<Report | 'unfinished' | 'unknown'> {
	const { connection, suspension } = call;
	const { api } = connection;
	const key = videoKey(video);
	const codes = suspension.codes.get(key) ?? [];
	const answer = await inTime(connection, async () =>
		suspension.perhapsReordered.has(key)
			? await api.fetchVideo(video, 'free')
			: await api.fetchVideo({ ...video, codes: [...video.codes, ...codes] }, 'check'),
	);
	if (answer === null) return 'unknown';
	const { meaning, raw } = answer;
	switch (meaning.kind) {
		case 'success':
			return { result: toVideoResult(video, answer, meaning.files), raw };
		case 'failed':
			if (meaning.reason === 'reordered') logOrder(call, video, 'has');
			return {
				result: toFailedResult(video, answer.code, failureText(meaning.reason, answer.message)),
				raw,
			};
		case 'processing':
			suspension.codes.set(key, [...codes, answer.code]);
			if (meaning.perhapsReordered) {
				suspension.perhapsReordered.add(key);
				logOrder(call, video, 'may have');
			}
			return 'unfinished';
		default:
			return 'unknown';
	}
}

function logOrder({ context }: Call, { taskId }: SubmittedVideo, how: 'has' | 'may have'): void {
	const { name } = context.getNode();
	context.logger.warn(
		`${name}: asking for the state of task ${taskId} ${how} started, and billed, another upgrade`,
		{ executionId: context.getExecutionId() },
	);
}
