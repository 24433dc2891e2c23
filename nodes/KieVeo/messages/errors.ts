import {
	ExpressionError,
	NodeApiError,
	NodeOperationError,
	type INode,
	type JsonObject as NodeJsonObject,
} from 'n8n-workflow';

import { failureAdvice, REFUSALS, repeatAdvice, RETRY_ADVICE } from './advice';
import type { KieAnswer, Rejection } from '../kie/meaning/answer';
import type { RequestedOperation, Subject } from '../kie/meaning/videoResult';

/** A fault as the user reads it: the message says what happened, the description what to do next. */
export class KieVeoError extends Error {
	readonly description: string;
	/** Kie's effective status; `undefined` when the fault is not an answer of Kie's. */
	readonly kieCode?: number | null;
	/** Set when the waiting time ran out: the video is not lost, only not ready. */
	readonly timedOut: boolean;
	/** Whether something may have been paid for that has no task ID here. */
	readonly mayBePaid: boolean;

	constructor(
		message: string,
		details: {
			description: string;
			kieCode?: number | null;
			timedOut?: boolean;
			mayBePaid?: boolean;
		},
	) {
		super(message);
		this.name = 'KieVeoError';
		this.description = details.description;
		this.kieCode = details.kieCode;
		this.timedOut = details.timedOut ?? false;
		this.mayBePaid = details.mayBePaid ?? false;
	}
}

const VIDEO_NAMES: Record<RequestedOperation, string> = {
	get4k: '4K video',
	get1080p: '1080P video',
	get: 'video',
	generate: 'video',
	extend: 'extended video',
};

function describe({ operation, taskId, extendedTaskId, index }: Subject): string {
	if (taskId === null && extendedTaskId !== undefined) return `extension of task ${extendedTaskId}`;
	if (taskId === null) return `new ${VIDEO_NAMES[operation]}`;
	return `${VIDEO_NAMES[operation]} of task ${taskId}${index ? `, index ${index}` : ''}`;
}

function capitalise(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The file a message is about. */
export interface FileSubject {
	url: string;
	/** `null` when only the URL is known. */
	taskId: string | null;
}

/** A parameter that cannot be used. Raised before any request is sent. */
export function inputError(parameter: string, fault: string, advice: string): KieVeoError {
	return new KieVeoError(`'${parameter}' ${fault}`, { description: advice });
}

/** A value as a message shows it. */
export function show(value: unknown): string {
	return JSON.stringify(value) ?? String(value);
}

function wordsOf({ message, code }: KieAnswer): string {
	return message === '' ? `code ${code}` : message;
}

/** Kie rejected what was asked for a video. */
export function videoRejectedError(
	subject: Subject,
	rejection: Rejection,
	answer: KieAnswer,
): KieVeoError {
	const kieCode = answer.code;
	const said = wordsOf(answer);
	switch (rejection.kind) {
		case 'failed':
			return new KieVeoError(`Could not get the ${describe(subject)}: ${said}`, {
				description: failureAdvice(subject, rejection.reason),
				kieCode,
			});
		case 'refused':
			return new KieVeoError(`${REFUSALS[rejection.reason].what} (${describe(subject)}): ${said}`, {
				description: REFUSALS[rejection.reason].advice,
				kieCode,
			});
		case 'unreached':
			return new KieVeoError(`Kie.ai was not reached for the ${describe(subject)}: ${said}`, {
				description: `${RETRY_ADVICE.unreadable} ${repeatAdvice(subject)}`,
				kieCode,
			});
		case 'retry':
			return new KieVeoError(
				`Kie.ai gave no usable answer for the ${describe(subject)}, even after several attempts: ${said}`,
				{ description: `${RETRY_ADVICE[rejection.reason]} ${repeatAdvice(subject)}`, kieCode },
			);
	}
}

/** The answer to a request that costs money never came, so whether it was accepted is not known. */
export function lostCreationError({ extendedTaskId }: Subject, answer: KieAnswer): KieVeoError {
	const name = extendedTaskId === undefined ? 'Generate' : `Extend of task ${extendedTaskId}`;
	return new KieVeoError(
		`${name} was sent once, but Kie.ai's answer was lost (${wordsOf(answer)}): the video may have been started and paid for`,
		{
			description:
				'It was not sent again, because that could cost the credits twice. Before you run it again, look ' +
				'at https://kie.ai/logs (or compare the credits) whether the task is there. If it is, take its task ' +
				"ID and fetch the video with 'Get'. If not, run the node again.",
			kieCode: answer.code,
			mayBePaid: true,
		},
	);
}

/** An image could not be handed to Kie. Nothing was paid for. */
export function uploadRejectedError(rejection: Rejection, answer: KieAnswer): KieVeoError {
	const advice =
		rejection.kind === 'refused'
			? REFUSALS[rejection.reason].advice
			: "Check the image, and 'Upload Base URL' in the Kie.ai Veo API credential (usually https://kieai.redpandaai.co).";
	return new KieVeoError(`An image could not be uploaded to Kie.ai: ${wordsOf(answer)}`, {
		description: `${advice} No video was started for this item.`,
		kieCode: answer.code,
	});
}

/** A result file could not be downloaded. The video itself is not lost. */
export function downloadError(file: FileSubject, fault: string, advice: string): KieVeoError {
	return new KieVeoError(`The file of ${nameOf(file)} could not be downloaded: ${fault}`, {
		description: advice,
	});
}

/** The waiting time of a suspended execution ran out while the file was on its way. */
export function downloadOutOfTimeError(file: FileSubject): KieVeoError {
	return downloadError(
		file,
		"the waiting time ran out on the way (raise 'Timeout' under Options)",
		'Download it from its URL.',
	);
}

/** The file host refuses the link, also a fresh one. */
export function fileGoneError(file: FileSubject, status: number, said: string): KieVeoError {
	return downloadError(
		file,
		`the file host answered ${status}, and a fresh link was not available or did not help${said}`,
		'Kie.ai keeps files for 14 days. For a younger video get a new URL with its task ID: with Get, of an ' +
			'upgraded video with Get 4K Video or Get 1080P Video. An older one must be generated again.',
	);
}

function nameOf({ taskId, url }: FileSubject): string {
	return taskId === null ? url : `task ${taskId}`;
}

/** Kie rejected a request that is about the account, not about a video. */
export function accountRejectedError(rejection: Rejection, answer: KieAnswer): KieVeoError {
	const said = wordsOf(answer);
	const kieCode = answer.code;
	switch (rejection.kind) {
		case 'refused': {
			const { what, advice } = REFUSALS[rejection.reason];
			return new KieVeoError(`${what}: ${said}`, { description: advice, kieCode });
		}
		case 'unreached':
			return new KieVeoError(`Kie.ai was not reached: ${said}`, {
				description: `${RETRY_ADVICE.unreadable} Then run the node again.`,
				kieCode,
			});
		case 'retry':
			return new KieVeoError(`Kie.ai gave no usable answer, even after several attempts: ${said}`, {
				description: `${RETRY_ADVICE[rejection.reason]} Then run the node again.`,
				kieCode,
			});
		case 'failed':
			return new KieVeoError(`Kie.ai could not answer: ${said}`, {
				description: "Check 'Base URL' in the Kie.ai Veo API credential and run the node again.",
				kieCode,
			});
	}
}

/** The waiting time ran out. The video is not lost: the message carries what is needed to fetch it. */
export function timedOutError(
	subject: Subject,
	timeoutSeconds: number,
	lastAnswer: string,
): KieVeoError {
	// Of a running task Kie says "success": that the question was answered.
	const saysMore = lastAnswer !== '' && lastAnswer.toLowerCase() !== 'success';
	return new KieVeoError(`The ${describe(subject)} was not ready after ${timeoutSeconds} s`, {
		description:
			`Kie.ai goes on working on it${saysMore ? ` (its last answer: ${lastAnswer})` : ''}. ` +
			`${repeatAdvice(subject)} To wait longer, raise 'Timeout' under Options.`,
		timedOut: true,
	});
}

/** 'Wait for Callback' does not work in this place. Raised before any request is sent. */
export function cannotSuspendError(where: string, advice: string): KieVeoError {
	return new KieVeoError(`'Wait for Callback' cannot be used ${where}`, { description: advice });
}

/**
 * The user stopped the execution while videos were being waited for.
 *
 * @param lost number of paid requests whose answers were lost
 */
export function stoppedError(taskIds: string[], lost: number): KieVeoError {
	const submitted =
		taskIds.length > 0
			? `Kie.ai goes on working on what was submitted. Task IDs: ${taskIds.join(', ')}.`
			: '';
	const unknown =
		lost > 0
			? `The answers to ${lost} paid requests were lost: look at https://kie.ai/logs whether the videos are there.`
			: '';
	const description = [submitted, unknown].filter(Boolean).join(' ');
	return new KieVeoError('The execution was stopped', {
		description: description || 'Nothing was submitted.',
	});
}

/** Whatever was thrown, as an error. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

export interface NodeErrorContext {
	itemIndex?: number;
	/** Added to the description, e.g. what else was already submitted. */
	addition?: string;
}

/** The error to raise. n8n's own ones about an expression are left alone: the editor explains those. */
export function toRaisedError(node: INode, error: unknown, where?: NodeErrorContext): Error {
	return error instanceof ExpressionError ? error : toNodeError(node, error, where);
}

/** The error n8n shows, from whatever was thrown. Never carries the request or its headers. */
export function toNodeError(
	node: INode,
	error: unknown,
	{ itemIndex, addition }: NodeErrorContext = {},
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (!(error instanceof KieVeoError)) {
		const message = error instanceof Error ? error.message : String(error);
		return new NodeOperationError(node, message, { itemIndex, description: addition });
	}
	const description = addition ? `${error.description} ${addition}` : error.description;
	if (error.kieCode === undefined) {
		return new NodeOperationError(node, error.message, { itemIndex, description });
	}
	const response: NodeJsonObject = { message: error.message, code: error.kieCode };
	return new NodeApiError(node, response, {
		message: capitalise(error.message),
		description,
		httpCode: error.kieCode === null ? undefined : String(error.kieCode),
		itemIndex,
	});
}
