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

/** A video found unfinished is not asked about again so soon. Later it is: its report may be lost. */
const ASK_PAUSE_MS = 30_000;
/** How many videos a look asks about at the same time. */
const PARALLEL_QUESTIONS = 5;
/** A look asks again about videos of which Kie said nothing, after this pause. */
const RETRY_PAUSE_MS = 10_000;
const MOST_ATTEMPTS = 3;
/** After this many deliveries, accept the new part of an extended video alone: Kie delivers four times at most. */
const ENOUGH_DELIVERIES = 3;

/** How a call is answered. */
export interface Reply {
	status: 200 | 400 | 401 | 409 | 500 | 503;
	/** For n8n's log; what is refused is logged as a warning. */
	reason: string;
	/** Whether the execution stays suspended. */
	waiting: boolean;
	/** Gives the node's output; with it the execution continues. Never throws. */
	resume?: () => Promise<INodeExecutionData[]>;
	/** Whether no other process can resume the same execution once more. */
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

/** n8n 1.x sets a timer for that up to 70 s ahead, and does not clear it when the execution is resumed. */
const TOO_LATE_MS = 75_000;

/** Kie's callback: notes how the video ended, finds out about others where that is called for, and decides. */
export async function settleReport(
	call: Call,
	video: SubmittedVideo,
	event: CallbackEvent,
): Promise<Reply> {
	const { reports, deliveries, resumed } = call.suspension;
	const key = videoKey(video);
	const delivery = (deliveries.get(key) ?? 0) + 1;
	deliveries.set(key, delivery);
	// The first report is final: a terminal state does not change.
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
	return await settle(call, facts, async () => await askWhileFinished(call));
}

/** A look of our own: asks Kie about what is open, and decides. */
export async function settleLook(call: Call, { kind }: WakeUp): Promise<Reply> {
	const facts = () => ({
		call: kind === 'final' ? ('finalLook' as const) : ('look' as const),
		video: null,
	});
	const all = kind !== 'unreported';
	return await settle(call, facts, async () => await askAboutOpen(call, all));
}

async function settle(
	call: Call,
	facts: () => Pick<Facts, 'call' | 'video'>,
	ask: () => Promise<boolean>,
): Promise<Reply> {
	const { connection, stored, suspension, lastResort } = call;
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
 * @param delivery how many times the report has come
 * @returns `null` when it should come again, because not all is known
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
	// Kie reports the new part of an extended video; the whole of it is in the record.
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

/** Whether a callback about a video is still to come to this process. */
function willBeReported(
	video: SubmittedVideo,
	{ possiblyMissed, perhapsReordered }: Suspension,
): boolean {
	const key = videoKey(video);
	return !isUnreported(video) && !possiblyMissed.has(key) && !perhapsReordered.has(key);
}

/**
 * Asks Kie about videos this process has no report of, one after the other, until one is found
 * unfinished: its own report will come, and the rest is asked then. What Kie reports to nobody is asked
 * about every time.
 *
 * @returns whether all that was asked is known now
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
 * @returns whether Kie said about each how it stands
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

/** Asks Kie about a video, and notes how it ended. */
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
			? await api.fetchRecordedOutcome(video)
			: await api.fetchOutcome({ ...video, codes: [...video.codes, ...codes] }),
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
