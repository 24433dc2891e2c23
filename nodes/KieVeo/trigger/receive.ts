import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { CREDENTIAL } from '../kie/connection';
import { connectForAnswer } from '../kie/inTime';
import { SignatureMemory } from '../kie/callback/replay';
import { readCallbackRequest } from '../kie/callback/request';
import type { ResultFiles } from '../kie/meaning/files';
import { addressKey, readSubmission } from '../kie/address';
import { trimmedApiKey, trimmedHmacKey } from '../kie/credentialValues';
import { tierLine } from '../messages/errors';
import { givesVideo } from '../operations';
import { toCallbackResult } from '../videoResult';
import { checkCallback, type CallbackEvent, type Refusal } from '../kie/callback/check';
import { resolveOutcome, withWholeVideo } from './complete';
import { confirmResult } from './confirm';
import { ownTaskFault } from './ownTask';
import { deliverOnce, forgetDelivery } from './seenEvents';
import { readSettings, type TriggerSettings } from './settings';

/** What Kie receives; the reason is only for the log. */
const ANSWERS: Record<200 | Refusal['status'], string> = {
	200: 'success',
	400: 'Not a callback of Kie.ai',
	401: 'Unauthorized',
	503: 'Try again later',
};

const signatures = new SignatureMemory();

type Verdict = Accepted | { kind: 'ignored'; why: string } | Refusal;

interface Accepted {
	kind: 'accepted';
	json: IDataObject;
	/** Called when n8n does not start an execution with it. */
	takeBack?: () => void;
}

/**
 * Answers one call of the trigger's address: 200 when it is accepted, a duplicate or filtered out;
 * 400, 401 or 503 otherwise, with the reason in n8n's log. Only accepted callbacks start an execution.
 * Never throws: n8n would start an execution to show the error in.
 */
export async function receiveCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const verdict = await judge(context).catch((error: unknown): Refusal => {
		const reason = error instanceof Error ? error.message : String(error);
		return { kind: 'refused', status: 503, reason };
	});
	const about = `Kie.ai Trigger "${context.getNode().name}"`;
	switch (verdict.kind) {
		case 'accepted': {
			// Answered by n8n: 2.x does so after it has created the execution, so none is lost in between.
			const response = context.getResponseObject();
			response.once('finish', () => {
				if (response.statusCode !== 200) verdict.takeBack?.();
			});
			return { webhookResponse: answer(200), workflowData: [[{ json: verdict.json }]] };
		}
		case 'ignored':
			context.logger.debug(`${about}: callback not delivered, ${verdict.why}`);
			return { webhookResponse: answer(200) };
		case 'refused': {
			const { status, reason } = verdict;
			context.logger.warn(`${about}: callback refused with ${status}, ${reason}`, {
				workflowId: context.getWorkflow().id,
			});
			context.getResponseObject().status(status).json(answer(status));
			return { noWebhookResponse: true };
		}
	}
}

function answer(status: keyof typeof ANSWERS) {
	return { code: status, msg: ANSWERS[status] };
}

async function judge(context: IWebhookFunctions): Promise<Verdict> {
	const receivedAt = new Date();
	const now = Math.floor(receivedAt.getTime() / 1000);
	const settings = readSettings(context);
	const { apiKey, webhookSecret } = await context.getCredentials(CREDENTIAL);
	const node = `${context.getWorkflow().id} ${context.getNode().id}`;

	const incoming = await readCallbackRequest(context);
	const checked = checkCallback(incoming, {
		...settings,
		webhookSecret: trimmedHmacKey(webhookSecret),
		submission: readSubmission(incoming.submission, addressKey(trimmedApiKey(apiKey))),
		acceptsOwnTask: true,
		now,
	});
	if (checked.kind === 'refused') return checked;
	if (settings.signatureRequired && signatures.isReplayed(node, incoming)) {
		return refused(401, 'the signature came with another body before');
	}
	const fault = await ownTaskFault(async () => await connectForAnswer(context), checked.event);
	if (fault !== null) return fault;
	const event =
		checked.event.callback.outcome === 'unknown'
			? await resolveOutcome(await connectForAnswer(context), checked.event)
			: checked.event;
	if (event === null) return refused(503, 'it shows no video, and Kie.ai has none to show now');
	if (!isWanted(event, settings)) return { kind: 'ignored', why: `${event.event} is not selected` };

	const deliver = async () => await toVerdict(context, settings, event, receivedAt);
	// While the editor listens for a test event, the same callback may be sent any number of times.
	const deduplicates = settings.deduplicate && context.getMode() !== 'manual';
	if (!deduplicates || event.taskId === null) return await deliver();
	const place = { node, staticData: context.getWorkflowStaticData('node'), now };
	const name = nameOf(event);
	const verdict = await deliverOnce(place, name, deliver);
	if (verdict?.kind === 'accepted') {
		return { ...verdict, takeBack: () => forgetDelivery(place, name) };
	}
	return verdict ?? { kind: 'ignored', why: `${event.event} of ${event.taskId} came before` };
}

/** Asks Kie if needed, and makes the item from what is then known. */
async function toVerdict(
	context: IWebhookFunctions,
	{ confirm, simplify }: TriggerSettings,
	event: CallbackEvent,
	receivedAt: Date,
): Promise<Accepted | Refusal> {
	const { callback, passThrough, tier } = event;
	if (tier) context.logger.warn(tierLine(String(event.taskId), tier.asked, tier.made));
	const connection = async () => await connectForAnswer(context);
	let files: ResultFiles | null;
	if (confirm && callback.succeeded) {
		const confirmation = await confirmResult(await connection(), event);
		if ('reason' in confirmation) return refused(503, confirmation.reason);
		files = confirmation.files;
	} else {
		files = await withWholeVideo(connection, event);
		if (files === null) return refused(503, 'Kie.ai does not show the whole of the video yet');
	}
	const json = {
		...toCallbackResult(event, callback, files),
		event: event.event,
		receivedAt: receivedAt.toISOString(),
		...(passThrough ? { passThrough } : {}),
		...(simplify ? {} : { raw: callback.body }),
	} as unknown as IDataObject;
	return { kind: 'accepted', json };
}

function refused(status: Refusal['status'], reason: string): Refusal {
	return { kind: 'refused', status, reason };
}

/** When unclear, an event is delivered rather than guessed at. */
function isWanted({ event, operation }: CallbackEvent, { events }: TriggerSettings): boolean {
	return !givesVideo(operation) || events.has(event);
}

/**
 * The same event, task and index. A foreign submission does not give the index: its URLs keep the
 * videos of a task apart.
 */
function nameOf({ event, taskId, index, submittedHere, callback }: CallbackEvent): string {
	return JSON.stringify([event, taskId, submittedHere ? index : callback.files.videoUrls]);
}
