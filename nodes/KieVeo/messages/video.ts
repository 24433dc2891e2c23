import type { Rejection, RetryReason, Said } from '../kie/meaning/answer';
import { isUpgrade, OPERATIONS } from '../operations';
import type { Subject } from '../videoResult';
import { switchAdvice } from './apis';
import {
	ADDRESSES,
	failureAdvice,
	REFUSALS,
	repeatAdvice,
	RETRY_ADVICE,
	unreachedAdvice,
} from './advice';
import { KieVeoError } from './error';
import { failureText, shorten, shortenId, wordsOf } from './values';

/* What can happen to a video between order and result. */

/**
 * Kie rejected a request for a video.
 *
 * @param answer `mayBePaid`: whether the order may still have been accepted
 */
export function videoRejectedError(
	subject: Subject,
	rejection: Rejection,
	answer: Said & { mayBePaid?: true },
): KieVeoError {
	const { taskId } = subject;
	const kieCode = answer.code;
	const said = wordsOf(answer);
	const otherApi = rejection.mayWorkWith ? switchAdvice(rejection.mayWorkWith) : '';
	const { mayBePaid = false } = answer;
	const noun = isUpgrade(subject.operation) ? 'upgrade' : 'video';
	const paid = mayBePaid ? `The ${noun} may have been started and paid for.` : '';
	const again = mayBePaid ? repeatAdvice(subject) : '';
	switch (rejection.kind) {
		case 'failed': {
			const { reason: failure } = rejection;
			return new KieVeoError(
				`Could not get the ${describe(subject)}: ${failureText(failure, said)}`,
				{
					description: sentences(failureAdvice(subject, failure), paid, again, otherApi),
					kieCode,
					taskId,
					failure,
					mayBePaid,
				},
			);
		}
		case 'refused': {
			const { what, advice } = REFUSALS[rejection.reason];
			return new KieVeoError(`${what} (${describe(subject)}): ${said}`, {
				description: sentences(advice, paid, again, otherApi),
				kieCode,
				taskId,
				mayBePaid,
			});
		}
		case 'unreached':
			return new KieVeoError(`Kie.ai was not reached for the ${describe(subject)}: ${said}`, {
				description: sentences(
					unreachedAdvice(rejection.reason),
					paid,
					again || runAgain(subject),
					otherApi,
				),
				kieCode,
				taskId,
				mayBePaid,
			});
		case 'retry': {
			const { reason } = rejection;
			const next = isUnreached(reason) ? runAgain(subject) : repeatAdvice(subject);
			return new KieVeoError(
				`${withoutAnswer(reason)} for the ${describe(subject)}, even after several attempts: ${said}`,
				{ description: sentences(RETRY_ADVICE[reason], paid, next), kieCode, taskId, mayBePaid },
			);
		}
	}
}

function sentences(...parts: string[]): string {
	return parts.filter((part) => part !== '').join(' ');
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
export function lostCreationError(
	{ operation, taskId, extendedTaskId = taskId ?? undefined }: Subject,
	answer: Said,
) {
	const name = OPERATIONS[operation].label;
	const lostAnswer = wordsOf(answer);
	const request =
		extendedTaskId === undefined ? name : `${name} of task ${shortenId(extendedTaskId)}`;
	return new KieVeoError(
		`${request} was sent once, but Kie.ai's answer was lost (${lostAnswer}): the video may have been started and paid for`,
		{
			description:
				'It was not sent again, because you could be charged twice. Before you run it again, check ' +
				'https://kie.ai/logs (or compare the credits) to see whether the task exists. If it does, take its task ' +
				"ID and fetch the video with 'Get'. If not, start a new execution; a retry of this one does not order it again.",
			kieCode: answer.code,
			taskId,
			mayBePaid: true,
			lostAnswer,
		},
	);
}

/** An image could not be uploaded to Kie. Nothing was paid for. */
export function uploadRejectedError(rejection: Rejection, answer: Said): KieVeoError {
	return new KieVeoError(`An image could not be uploaded to Kie.ai: ${wordsOf(answer)}`, {
		description: `${uploadAdvice(rejection, answer.code)} No video was started for this item.`,
		kieCode: answer.code,
	});
}

/** HTTP, said by Kie's file host or by a proxy before it. */
const TOO_LARGE = 413;

function uploadAdvice(rejection: Rejection, code: number | null): string {
	if (code === TOO_LARGE) return 'The image is too large: use a smaller one.';
	switch (rejection.kind) {
		case 'refused':
			return REFUSALS[rejection.reason].advice;
		case 'unreached':
			return unreachedAdvice(rejection.reason, 'upload');
		default:
			return `Check the image, and ${ADDRESSES.upload}.`;
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
 * @param minutes from the submission
 * @param lastAnswer Kie's words
 */
export function unclearError(subject: Subject, minutes: number, lastAnswer: Said): KieVeoError {
	return new KieVeoError(
		`What became of the ${describe(subject)} is unclear after ${minutes} minutes: ${wordsOf(lastAnswer)}`,
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
	const said = wordsOf(answer);
	const kieCode = answer.code;
	switch (rejection.kind) {
		case 'refused': {
			const { what, advice } = REFUSALS[rejection.reason];
			return new KieVeoError(`${what}: ${said}`, { description: advice, kieCode });
		}
		case 'unreached':
			return new KieVeoError(`Kie.ai was not reached: ${said}`, {
				description: `${unreachedAdvice(rejection.reason)} Then run the node again.`,
				kieCode,
			});
		case 'retry':
			return new KieVeoError(
				`${withoutAnswer(rejection.reason)}, even after several attempts: ${said}`,
				{ description: `${RETRY_ADVICE[rejection.reason]} Then run the node again.`, kieCode },
			);
		case 'failed':
			return new KieVeoError(`Kie.ai could not answer: ${said}`, {
				description: "Check 'Base URL' in the Kie.ai API credential and run the node again.",
				kieCode,
			});
	}
}

const MINIMUM = "'Keep at Least (Credits)'";

/** The balance is below the user's own limit. No paid request was sent. */
export function balanceBelowError(credits: number, least: number): KieVeoError {
	return new KieVeoError(
		`The Kie.ai account has ${credits} credits, fewer than the ${least} of ${MINIMUM}`,
		{
			description: `Nothing was submitted. Top up the balance at https://kie.ai, or lower ${MINIMUM} under Options.`,
		},
	);
}

/** Without the balance the user's limit cannot be respected. No paid request was sent. */
export function balanceUnknownError(rejection: Rejection, answer: Said): KieVeoError {
	const { description, kieCode } = accountRejectedError(rejection, answer);
	return new KieVeoError(
		`The credit balance could not be read for ${MINIMUM}: ${wordsOf(answer)}`,
		{
			description: `Nothing was submitted. ${description}`,
			kieCode,
		},
	);
}

function isUnreached(reason: RetryReason): boolean {
	return reason === 'noConnection' || reason === 'noName';
}

function withoutAnswer(reason: RetryReason): string {
	return isUnreached(reason) ? 'Kie.ai could not be reached' : 'Kie.ai gave no usable answer';
}

/** After a request that did not get through. */
function runAgain({ taskId }: Subject): string {
	return taskId === null
		? 'Nothing was started, so the node can be run again.'
		: 'Then run the node again.';
}

function describe({ operation, taskId, extendedTaskId, index }: Subject): string {
	const name = OPERATIONS[operation].noun;
	if (taskId !== null)
		return `${name} of task ${shortenId(taskId)}${index ? `, index ${index}` : ''}`;
	return extendedTaskId === undefined
		? `new ${name}`
		: `extension of task ${shortenId(extendedTaskId)}`;
}
