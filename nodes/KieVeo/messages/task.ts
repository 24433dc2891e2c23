import type { Rejection, RetryReason, Said } from '../kie/meaning/answer';
import { isOfAnyModel, isUpgrade, OPERATIONS } from '../operations';
import type { Subject } from '../taskResult';
import {
	ADDRESSES,
	failureAdvice,
	getterOf,
	REFUSALS,
	repeatAdvice,
	RETRY_ADVICE,
	switchAdvice,
	thingOf,
	unreachedAdvice,
} from './advice';
import { failureText, KieVeoError, shorten, shortenId, textOf } from './error';

/* What can happen to a task between order and result. */

/**
 * Kie rejected a request for a task.
 *
 * @param answer `mayBePaid`: whether the order may still have been accepted
 */
export function rejectedError(
	subject: Subject,
	rejection: Rejection,
	answer: Said & { mayBePaid?: true },
): KieVeoError {
	const { kind, mayWorkWith } = rejection;
	const { code: kieCode, mayBePaid = false } = answer;
	const [message, advice] = messageAndAdvice(rejection, answer, subject);
	const noun = isUpgrade(subject.operation) ? 'upgrade' : thingOf(subject.operation);
	const sentences = [
		advice,
		mayBePaid && `The ${noun} may have been started and paid for.`,
		nextStep(subject, rejection, mayBePaid),
		mayWorkWith && switchAdvice(mayWorkWith),
	];
	return new KieVeoError(message, {
		description: sentences.filter(Boolean).join(' '),
		kieCode,
		taskId: subject.taskId,
		failure: kind === 'failed' ? rejection.reason : null,
		mayBePaid,
	});
}

function nextStep(
	subject: Subject,
	{ kind, reason }: Rejection,
	mayBePaid: boolean,
): string | false {
	const isUnsent = kind === 'retry' ? isUnreached(reason) : kind === 'unreached' && !mayBePaid;
	if (!isUnsent) return (kind === 'retry' || mayBePaid) && repeatAdvice(subject);
	return subject.taskId === null
		? 'Nothing was started, so the node can be run again.'
		: 'Then run the node again.';
}

/** @param subject `null`: the account */
function messageAndAdvice(
	rejection: Rejection,
	answer: Said,
	subject: Subject | null,
): [message: string, advice: string] {
	const said = textOf(answer);
	const video = subject && describe(subject);
	const forVideo = video === null ? '' : ` for the ${video}`;
	switch (rejection.kind) {
		case 'failed':
			return subject === null
				? [
						`Kie.ai could not answer: ${said}`,
						"Check 'Base URL' in the Kie.ai API credential and run the node again.",
					]
				: [
						`Could not get the ${video}: ${failureText(rejection.reason, said)}`,
						failureAdvice(subject, rejection.reason),
					];
		case 'refused': {
			const { what, advice } = REFUSALS[rejection.reason];
			return [`${what}${video === null ? '' : ` (${video})`}: ${said}`, advice];
		}
		case 'unreached':
			return [`Kie.ai was not reached${forVideo}: ${said}`, unreachedAdvice(rejection.reason)];
		case 'retry': {
			const fault = isUnreached(rejection.reason)
				? 'could not be reached'
				: 'gave no usable answer';
			return [
				`Kie.ai ${fault}${forVideo}, even after several attempts: ${said}`,
				RETRY_ADVICE[rejection.reason],
			];
		}
	}
}

/** An earlier run has ordered the fallback: Kie had refused the upgrade then. */
export function refusedBeforeError(subject: Subject): KieVeoError {
	return new KieVeoError(`Kie.ai refused the ${describe(subject)} in an earlier run`, {
		description: 'The 1080P version was ordered instead.',
	});
}

/**
 * Both the requested upgrade and its fallback failed.
 *
 * @param refusal of the requested upgrade
 * @param fault of the fallback
 */
export function fallbackError(refusal: KieVeoError, fault: KieVeoError): KieVeoError {
	const { description, kieCode, taskId, timedOut, mayBePaid } = fault;
	const refused = shorten(refusal.message.replace(/\.$/, ''));
	return new KieVeoError(`${refused}. The fallback failed too: ${fault.message}`, {
		description,
		kieCode,
		taskId,
		timedOut,
		mayBePaid,
	});
}

/** The answer to a paid request never came, so it is unknown whether it was accepted. */
export function lostOrderError(subject: Subject, answer: Said) {
	const { operation, taskId, extendedTaskId = taskId ?? undefined, model } = subject;
	const thing = thingOf(operation);
	const { label } = OPERATIONS[operation];
	const name = isOfAnyModel(operation) ? `${label} (${shorten(model ?? '')})` : label;
	const lostAnswer = textOf(answer);
	const request =
		extendedTaskId === undefined ? name : `${name} of task ${shortenId(extendedTaskId)}`;
	return new KieVeoError(
		`${request} was sent once, but Kie.ai's answer was lost (${lostAnswer}): the ${thing} may have been started and paid for`,
		{
			description:
				'It was not sent again, because you could be charged twice. Before you run it again, check ' +
				'https://kie.ai/logs (or compare the credits) to see whether the task exists. If it does, take its task ' +
				`ID and fetch the ${thing} with '${getterOf(operation)}'. If not, start a new execution; a retry of this one does not order it again.`,
			kieCode: answer.code,
			taskId,
			mayBePaid: true,
			lostAnswer,
		},
	);
}

/** A file, or an image of a new video, could not be uploaded to Kie. Nothing was paid for. */
export function uploadRejectedError(
	rejection: Rejection,
	answer: Said,
	noun: 'image' | 'file' = 'image',
): KieVeoError {
	const which = noun === 'image' ? 'An image' : 'The file';
	const left = noun === 'image' ? ' No video was started for this item.' : '';
	return new KieVeoError(`${which} could not be uploaded to Kie.ai: ${textOf(answer)}`, {
		description: `${uploadAdvice(rejection, answer.code, noun)}${left}`,
		kieCode: answer.code,
	});
}

/** HTTP, said by Kie's file host or by a proxy before it. */
const TOO_LARGE = 413;

function uploadAdvice(rejection: Rejection, code: number | null, noun: string): string {
	if (code === TOO_LARGE) return `The ${noun} is too large: use a smaller one.`;
	switch (rejection.kind) {
		case 'refused':
			return REFUSALS[rejection.reason].advice;
		case 'unreached':
			return unreachedAdvice(rejection.reason, 'upload');
		default:
			return `Check the ${noun}, and ${ADDRESSES.upload}.`;
	}
}

/**
 * The waiting time ran out. The video is not lost: the message says how to fetch it.
 *
 * @param lastAnswer Kie's words
 */
export function timedOutError(
	subject: Subject,
	timeoutSeconds: number,
	lastAnswer: string,
): KieVeoError {
	// For a running task Kie says "success", meaning that the request was answered.
	const saysMore = lastAnswer !== '' && lastAnswer.toLowerCase() !== 'success';
	const last = saysMore ? ` (its last answer: ${shorten(lastAnswer)})` : '';
	return new KieVeoError(`The ${describe(subject)} was not ready after ${timeoutSeconds} s`, {
		description:
			`Kie.ai is still working on it${last}. ` +
			`${repeatAdvice(subject)} To wait longer, raise 'Timeout' under Options.`,
		timedOut: true,
	});
}

/**
 * Kie's answers were not understood for longer than a video takes. The video is not lost.
 *
 * @param minutes in which no answer was understood
 * @param lastAnswer Kie's words
 */
export function unclearError(subject: Subject, minutes: number, lastAnswer: Said): KieVeoError {
	return new KieVeoError(
		`What became of the ${describe(subject)} is unclear after ${minutes} minutes: ${textOf(lastAnswer)}`,
		{
			description:
				'Kie.ai answers with something that this node does not know. Look the task up at https://kie.ai/logs. ' +
				repeatAdvice(subject),
			kieCode: lastAnswer.code,
			taskId: subject.taskId,
			timedOut: true,
		},
	);
}

/** Kie rejected a request about the account, not about a video. */
export function accountRejectedError(rejection: Rejection, answer: Said): KieVeoError {
	const [message, advice] = messageAndAdvice(rejection, answer, null);
	const isOver = rejection.kind === 'failed' || rejection.kind === 'refused';
	return new KieVeoError(message, {
		description: isOver ? advice : `${advice} Then run the node again.`,
		kieCode: answer.code,
	});
}

/** Without the balance the user's limit cannot be respected. No paid request was sent. */
export function balanceUnknownError(rejection: Rejection, answer: Said): KieVeoError {
	const { description, kieCode } = accountRejectedError(rejection, answer);
	return new KieVeoError(
		`The credit balance could not be read for 'Keep at Least (Credits)': ${textOf(answer)}`,
		{
			description: `Nothing was submitted. ${description}`,
			kieCode,
		},
	);
}

function isUnreached(reason: RetryReason): boolean {
	return reason === 'noConnection' || reason === 'noName';
}

function describe({ operation, taskId, extendedTaskId, index, model, ownTaskId }: Subject): string {
	const name = OPERATIONS[operation].noun;
	const which = isOfAnyModel(operation) && model !== undefined ? shorten(model) : null;
	if (taskId !== null) {
		const job = ownTaskId ? `, job ${shortenId(ownTaskId)}` : '';
		const place = `${index ? `, index ${index}` : ''}${job}${which === null ? '' : ` (${which})`}`;
		return `${name} of task ${shortenId(taskId)}${place}`;
	}
	if (which !== null) return `${name} of ${which}`;
	return extendedTaskId === undefined
		? `new ${name}`
		: `extension of task ${shortenId(extendedTaskId)}`;
}
