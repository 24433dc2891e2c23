import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { CREDENTIAL } from '../kie/connection';
import { connectForAnswer } from '../kie/inTime';
import { readCallbackRequest } from '../kie/callback/request';
import { addressKey, readSubmission } from '../kie/address';
import { cleanApiKey } from '../kie/pasted';
import { toText } from '../kie/meaning/guards';
import { givesVideo } from '../operations';
import { toCallbackResult } from '../videoResult';
import { checkCallback, type CallbackEvent, type Refusal } from '../kie/callback/check';
import { confirmResult } from './confirm';
import { deliverOnce, forgetDelivery } from './seenEvents';
import { readSettings, type TriggerSettings } from './settings';

/** What Kie reads; the reason is only for the log. */
const ANSWERS: Record<200 | Refusal['status'], string> = {
	200: 'success',
	400: 'Not a callback of Kie.ai',
	401: 'Unauthorized',
	503: 'Try again later',
};

type Verdict = Accepted | { kind: 'ignored'; why: string } | Refusal;

interface Accepted {
	kind: 'accepted';
	json: IDataObject;
	/** Called when n8n does not start an execution with it. */
	takeBack?: () => void;
}

/**
 * Answers one call of the trigger's address: 200 when it is accepted, a duplicate or filtered out;
 * 400, 401 or 503 otherwise, with the reason in n8n's log. Only what is accepted starts an execution.
 * Never throws: n8n would start an execution to show the error in.
 */
export async function receiveCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const verdict = await judge(context).catch((error: unknown): Refusal => {
		const reason = error instanceof Error ? error.message : String(error);
		return { kind: 'refused', status: 503, reason };
	});
	const about = `Kie.ai Veo Trigger "${context.getNode().name}"`;
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

	const incoming = await readCallbackRequest(context);
	const checked = checkCallback(incoming, {
		...settings,
		webhookSecret: toText(webhookSecret),
		submission: readSubmission(incoming.submission, addressKey(cleanApiKey(apiKey))),
		now,
	});
	if (checked.kind === 'refused') return checked;
	const { event } = checked;
	if (!isWanted(event, settings)) return { kind: 'ignored', why: `${event.event} is not selected` };

	const deliver = async (): Promise<Verdict> => {
		let { files } = event.callback;
		if (settings.confirm && event.callback.succeeded) {
			const confirmation = await confirmResult(await connectForAnswer(context), event);
			if ('reason' in confirmation) return { kind: 'refused', status: 503, ...confirmation };
			files = confirmation.files;
		}
		const json = {
			...toCallbackResult(event, event.callback, files),
			event: event.event,
			receivedAt: receivedAt.toISOString(),
			...(event.passThrough ? { passThrough: event.passThrough } : {}),
			...(settings.simplify ? {} : { raw: event.callback.body }),
		} as unknown as IDataObject;
		return { kind: 'accepted', json };
	};

	// While the editor listens for a test event the same callback may be sent as often as it takes.
	const deduplicates = settings.deduplicate && context.getMode() !== 'manual';
	if (!deduplicates || event.taskId === null) return await deliver();
	const place = {
		node: `${context.getWorkflow().id} ${context.getNode().id}`,
		staticData: context.getWorkflowStaticData('node'),
		now,
	};
	const name = nameOf(event);
	const verdict = await deliverOnce(place, name, deliver);
	if (verdict?.kind === 'accepted') {
		return { ...verdict, takeBack: () => forgetDelivery(place, name) };
	}
	return verdict ?? { kind: 'ignored', why: `${event.event} of ${event.taskId} came before` };
}

/** What cannot be told apart is delivered rather than guessed about. */
function isWanted({ event, operation }: CallbackEvent, { events }: TriggerSettings): boolean {
	return !givesVideo(operation) || events.has(event);
}

/**
 * The same event, task and index. A foreign submission does not tell the index: there its URLs keep the
 * videos of a task apart.
 */
function nameOf({ event, taskId, index, submittedHere, callback }: CallbackEvent): string {
	return JSON.stringify([event, taskId, submittedHere ? index : callback.files.videoUrls]);
}
