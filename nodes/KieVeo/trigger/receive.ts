import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { addressKey, readSubmission } from '../addresses/submission';
import {
	checkCallback,
	refused,
	type CallbackEvent,
	type CallbackRefusal,
	type CheckOptions,
} from '../kie/callback/check';
import { isReplayed, readCallbackRequest } from '../kie/callback/request';
import { connectForCallback, CREDENTIAL, trimmedApiKey, trimmedHmacKey } from '../kie/connection';
import { asError } from '../messages/error';
import { reorderedLine, tierLine } from '../messages/run';
import { topicOfModel } from '../kie/meaning/fields';
import { givesResult, isOfAnyModel } from '../operations';
import { toTaskResult } from '../taskResult';
import { confirmResult, ownTaskFault, resolveOutcome, wholeResult, type Ask } from './ask';
import { deliverOnce, forgetDelivery } from './dedup';
import { readSettings } from './panel';

/** What Kie receives; the reason is only for the log. */
const ANSWERS: Record<200 | CallbackRefusal['status'], string> = {
	200: 'success',
	400: 'Not a callback of Kie.ai',
	401: 'Unauthorized',
	503: 'Try again later',
};

/** `takeBack` is called when n8n does not start an execution with what was accepted. */
type Judgement =
	| { kind: 'accepted'; json: IDataObject; takeBack?: () => void }
	| { kind: 'ignored'; why: string }
	| CallbackRefusal;

/**
 * Answers one call of the trigger's address: 200 when it is accepted, a duplicate or filtered out;
 * 400, 401 or 503 otherwise, with the reason in n8n's log. Only accepted callbacks start an execution.
 * Never throws: n8n would start an execution to show the error in.
 */
export async function receiveCallback(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const judgement = await judge(context).catch((error: unknown) =>
		refused(503, asError(error).message),
	);
	const about = `Kie.ai Trigger "${context.getNode().name}"`;
	switch (judgement.kind) {
		case 'accepted': {
			// Answered by n8n: 2.x does so after it has created the execution, so none is lost in between.
			const response = context.getResponseObject();
			response.once('finish', () => {
				if (response.statusCode !== 200) judgement.takeBack?.();
			});
			return { webhookResponse: answer(200), workflowData: [[{ json: judgement.json }]] };
		}
		case 'ignored':
			context.logger.debug(`${about}: callback not delivered, ${judgement.why}`);
			return { webhookResponse: answer(200) };
		case 'refused': {
			const { status, reason } = judgement;
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

async function judge(context: IWebhookFunctions): Promise<Judgement> {
	const receivedAt = new Date();
	const now = Math.floor(receivedAt.getTime() / 1000);
	const settings = readSettings(context);
	const ask = askWith(context);
	const admitted = await admit(context, settings, now);
	if ('reason' in admitted) return admitted;
	const event = await resolve(ask, admitted, settings.confirm);
	if ('kind' in event) return event;
	// When unclear, an event is delivered rather than guessed at.
	const isWanted = event.event.startsWith('unknown.') || settings.events.has(event.event);
	if (!isWanted) return { kind: 'ignored', why: `${event.event} is not selected` };

	const deliver = async () => await toItem(context, settings, event, { ask, receivedAt });
	// While the editor listens for a test event, the same callback may be sent any number of times.
	const deduplicates = settings.deduplicate && context.getMode() !== 'manual';
	if (!deduplicates || event.taskId === null) return await deliver();
	const node = `${context.getWorkflow().id} ${context.getNode().id}`;
	const staticData = context.getWorkflowStaticData('node');
	const name = nameOf(event);
	const delivered = await deliverOnce({ node, staticData, now }, name, deliver);
	if (delivered?.kind === 'accepted') {
		return { ...delivered, takeBack: () => forgetDelivery(node, name) };
	}
	return delivered ?? { kind: 'ignored', why: `${event.event} of ${event.taskId} came before` };
}

/** What a call says, if it is Kie's and meant for a trigger. Before that, nothing in it is interpreted. */
async function admit(
	context: IWebhookFunctions,
	settings: Pick<CheckOptions, 'signatureRequired' | 'tolerance'>,
	now: number,
): Promise<CallbackEvent | CallbackRefusal> {
	const { apiKey, webhookSecret } = await context.getCredentials(CREDENTIAL);
	const incoming = await readCallbackRequest(context);
	const submission = readSubmission(incoming.submission, addressKey(trimmedApiKey(apiKey)));
	if (submission?.waiting) return refused(401, 'the address belongs to a suspended execution');
	const checked = checkCallback(incoming, {
		...settings,
		webhookSecret: trimmedHmacKey(webhookSecret),
		submission,
		acceptsOwnTask: true,
		now,
	});
	if (checked.kind === 'refused') return checked;
	return settings.signatureRequired && isReplayed(incoming)
		? refused(401, 'the signature came with another body before')
		: checked.event;
}

/** The event with its outcome, which Kie is asked for if the callback leaves it open. */
async function resolve(
	ask: Ask,
	event: CallbackEvent,
	confirm: boolean,
): Promise<CallbackEvent | Judgement> {
	const { outcome } = event.callback;
	const isOpen = outcome === 'unknown';
	if (event.taskId === null && (isOpen || (confirm && outcome === 'success'))) {
		return refused(400, 'it names no task that Kie.ai could be asked about');
	}
	const fault = await ownTaskFault(ask, event);
	if (fault !== null || !isOpen) return fault ?? event;
	const resolved = await resolveOutcome(ask, event);
	if (resolved === 'running') return { kind: 'ignored', why: 'the task is still running' };
	return resolved ?? refused(503, 'it shows no result, and Kie.ai has none to show now');
}

/** However many questions there are, they share the time that Kie waits for its answer. */
function askWith(context: IWebhookFunctions): Ask {
	let connection: ReturnType<Ask['connect']> | undefined;
	const { name } = context.getNode();
	return {
		connect: async () => await (connection ??= connectForCallback(context)),
		onReorder: (taskId) => context.logger.warn(reorderedLine(name, taskId, false)),
	};
}

async function toItem(
	context: IWebhookFunctions,
	{ confirm, simplify }: { confirm: boolean; simplify: boolean },
	event: CallbackEvent,
	{ ask, receivedAt }: { ask: Ask; receivedAt: Date },
): Promise<Judgement> {
	const { callback, passThrough, tier } = event;
	if (tier) context.logger.warn(tierLine(String(event.taskId), tier.asked, tier.made));
	const isConfirmed = confirm && callback.outcome === 'success';
	const files = await (isConfirmed ? confirmResult(ask, event) : wholeResult(ask, event));
	if ('reason' in files) return files;
	const status = callback.outcome === 'success' ? 'success' : 'failed';
	const { creditsConsumed } = callback.files;
	const result = toTaskResult(asShown(event), status, callback, { ...files, creditsConsumed });
	const json = {
		...result,
		event: event.event,
		receivedAt: receivedAt.toISOString(),
		...(passThrough ? { passThrough } : {}),
		...(simplify ? {} : { raw: callback.body }),
	};
	return { kind: 'accepted', json };
}

/** A video made by running its model is one like any other. */
function asShown(event: CallbackEvent): CallbackEvent {
	const topic = topicOfModel(event.callback.files.model);
	return isOfAnyModel(event.operation) && givesResult(topic)
		? { ...event, operation: topic }
		: event;
}

/**
 * The same event, task and index. A foreign submission does not give the index: its URLs keep the
 * videos of a task apart.
 */
function nameOf({ event, taskId, index, submittedHere, callback }: CallbackEvent): string {
	const { model, videoUrls } = callback.files;
	const isOne = submittedHere || topicOfModel(model) === 'task';
	return JSON.stringify([event, taskId, isOne ? index : videoUrls]);
}
