import { CHOOSE, inputError, KieVeoError } from './error';
import { show } from './values';

/* Parameters and settings that cannot be used. All of these are raised before any request is sent. */

export function unknownOperationError(operation: string): KieVeoError {
	return new KieVeoError(`The operation ${show(operation)} is not known`, {
		description: 'Choose an operation from the list, or update the package n8n-nodes-kie-veo.',
	});
}

export function textError(parameter: string, value: unknown): KieVeoError {
	return inputError(
		parameter,
		`must be text, not ${show(value)}`,
		'Check the expression: it must return a single text.',
	);
}

export function booleanError(parameter: string, value: unknown): KieVeoError {
	return inputError(
		parameter,
		`must be true or false, not ${show(value)}`,
		'Check the expression, or use the switch.',
	);
}

export function choiceError(
	parameter: string,
	values: readonly string[],
	value: unknown,
): KieVeoError {
	return inputError(parameter, `must be one of ${values.join(', ')}, not ${show(value)}`, CHOOSE);
}

/** @param most seconds */
export function secondsError(parameter: string, most: number, value: unknown): KieVeoError {
	return inputError(
		parameter,
		`must be at least 1 second and at most ${most}, not ${show(value)}`,
		'Enter a number of seconds.',
	);
}

export function waitModeError(value: unknown): KieVeoError {
	return inputError('Wait Mode', `cannot be ${show(value)} for this operation`, CHOOSE);
}

export function emptyTaskIdError(): KieVeoError {
	return inputError(
		'Task ID',
		'is empty',
		'Enter the ID that Kie.ai returned when the video was generated, e.g. {{ $json.taskId }} from an earlier node.',
	);
}

export function indexError(value: unknown): KieVeoError {
	return inputError(
		'Index',
		`must be a whole number, 0 or greater, not ${show(value)}`,
		'0 is the first video of the task. Most tasks have only one.',
	);
}

/** @param fault why Kie cannot call the address */
export function callbackUrlError(fault: string): KieVeoError {
	return inputError(
		'Callback URL',
		`cannot be used: ${fault}`,
		'Use an address that is reachable from the internet, such as the production URL of a webhook. ' +
			"If n8n itself shows a local address there, set n8n's environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to its public address.",
	);
}

/** Two items share an upgrade, but want it reported to different addresses. */
export function differentCallbackError(): KieVeoError {
	return inputError(
		'Callback URL',
		'or its pass-through data differs from that of another item for the same task and index',
		'Kie.ai calls one address per upgrade. Use the same for both items, or upgrade the video in one item only.',
	);
}

/**
 * The execution's own address, as n8n's Wait node listens at, for several paid orders.
 *
 * @param count of the orders
 */
export function sharedResumeUrlError(count: number): KieVeoError {
	return inputError(
		'Callback URL',
		`is the resume URL of this execution for ${count} videos, but n8n resumes it only once`,
		"The reports after the first would be lost. Use 'Wait for Callback' instead, without a Wait node: it waits for all videos. Nothing was sent.",
	);
}

export function passThroughError(): KieVeoError {
	return inputError(
		'Pass Through',
		'is not a JSON object',
		'Enter an object such as {"orderId": 42}, or an expression that returns one.',
	);
}

export function passThroughSizeError(bytes: number, mostBytes: number): KieVeoError {
	return inputError(
		'Pass Through',
		`is too large: ${bytes} bytes as JSON, at most ${mostBytes} fit into a callback address`,
		'Pass an ID and look up the rest in the workflow that receives the callback.',
	);
}

export function minimumCreditsError(value: unknown): KieVeoError {
	return inputError(
		'Keep at Least (Credits)',
		`must be a number of credits, 0 or greater, not ${show(value)}`,
		'0 means that the balance is not checked.',
	);
}

export function toleranceError(value: unknown): KieVeoError {
	return inputError(
		'Tolerance',
		`must be a number of seconds, 0 or greater, not ${show(value)}`,
		'The default is 300.',
	);
}
