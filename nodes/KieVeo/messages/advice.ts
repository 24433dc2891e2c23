import type {
	ApiName,
	FailureReason,
	Refusal,
	Rejection,
	RetryReason,
} from '../kie/meaning/answer';
import {
	isCreation,
	isOfAnyModel,
	isUpgrade,
	OPERATIONS,
	traitsOf,
	type TaskOperation,
} from '../operations';
import type { Subject } from '../taskResult';
import { shortenId } from './error';

/* What a user can do next, by reason. */

/** The APIs, as the credential shows them. */
export const API_LABELS: Record<ApiName, string> = {
	veo: 'Veo Endpoints',
	jobs: 'Unified Jobs API',
};

/** What to do where the chosen API refuses what the other one may do. Nothing is ordered there by itself. */
export function switchAdvice(name: ApiName): string {
	return `If the video was made through the other API, or Kie.ai has switched this one off, choose '${API_LABELS[name]}' under 'Order Through' in the Kie.ai API credential.`;
}

export const REFUSALS: Record<Refusal, { what: string; advice: string }> = {
	unauthorized: {
		what: 'Kie.ai did not accept the API key',
		advice:
			'Check the API key in the Kie.ai API credential (https://kie.ai/api-key). ' +
			"If the key has a list of allowed IP addresses, n8n's address must be on it.",
	},
	credits: {
		what: 'The Kie.ai account does not have enough credits',
		advice: 'Top up the balance at https://kie.ai, then run the node again.',
	},
	keyLimit: {
		what: 'The usage limit of this Kie.ai API key is reached',
		advice:
			'Raise the hourly, daily or total limit of the key at https://kie.ai/api-key, or use another key.',
	},
	featureDisabled: {
		what: 'Kie.ai has switched this feature off',
		advice:
			'Check for an announcement at https://kie.ai, or ask its support. Retrying does not help.',
	},
};

/** Where the address a message asks to check comes from. */
export const ADDRESSES = {
	api: "'Base URL' in the Kie.ai API credential (usually https://api.kie.ai)",
	upload: "'Upload Base URL' in the Kie.ai API credential (usually https://kieai.redpandaai.co)",
	file: 'the URL',
};

export const RETRY_ADVICE: Record<RetryReason, string> = {
	rateLimit:
		'Kie.ai accepts 20 new requests per 10 seconds and account. Wait until other workflows on the same account have finished.',
	maintenance: 'Kie.ai is under maintenance. Try again in a few minutes.',
	server: 'Kie.ai could not handle the request at that moment. Try again in a few minutes.',
	taskOrServer:
		'Kie.ai says this when a task has failed, but also when Kie.ai itself is temporarily unavailable. Look up the task at https://kie.ai/logs.',
	noConnection: `Check this n8n's network, its proxy if HTTPS_PROXY names one, and ${ADDRESSES.api}.`,
	noName: `Check this n8n's DNS, the name of its proxy if HTTPS_PROXY names one, and ${ADDRESSES.api}.`,
	unreadable: `Check this n8n's network and ${ADDRESSES.api}.`,
};

const UNREACHED_ADVICE: Record<
	Extract<Rejection, { kind: 'unreached' }>['reason'],
	(address: string) => string
> = {
	blocked: (address) =>
		`Check ${address}. If it is right, n8n's administrator can allow the host with N8N_SSRF_ALLOWED_HOSTNAMES or ` +
		'N8N_SSRF_ALLOWED_IP_RANGES; N8N_SSRF_BLOCKED_HOSTNAMES and N8N_SSRF_BLOCKED_IP_RANGES block it.',
	invalidKey: () =>
		'Copy the API key again from https://kie.ai/api-key into the Kie.ai API credential.',
	certificate: (address) =>
		'If a proxy or firewall inspects the connections of this n8n, save its root certificate to a file and set ' +
		`n8n's environment variable NODE_EXTRA_CA_CERTS to the path. Otherwise check ${address} and the clock of this machine.`,
	proxyRefused: () =>
		"Check the proxy that n8n's environment variable HTTPS_PROXY names: it must allow this host. NO_PROXY lists hosts that bypass the proxy.",
	proxyLogin: () =>
		"The proxy requires a user name and a password: set n8n's environment variable HTTPS_PROXY to http://user:password@host:port.",
	wrongAddress: (address) =>
		`Check ${address}. If it is right, a proxy or firewall is answering instead.`,
	accessDenied: (address) =>
		`A proxy or firewall between n8n and that host may have answered: ask its administrator. Also check ${address}.`,
};

export function unreachedAdvice(
	reason: keyof typeof UNREACHED_ADVICE,
	address: keyof typeof ADDRESSES = 'api',
): string {
	return UNREACHED_ADVICE[reason](ADDRESSES[address]);
}

function isExtension(operation: TaskOperation): boolean {
	return isCreation(operation) && traitsOf(operation).givesWhole === true;
}

/** What a failure of an order leaves as it was. */
function untouched(operation: TaskOperation): string {
	if (isUpgrade(operation)) return 'The base video is not affected.';
	return isExtension(operation) ? 'The original is still available.' : '';
}

/** Where only ordering again can help, what that means. Never a new base video for an upgrade of it. */
function orderAgain(operation: TaskOperation, how = ''): string {
	if (isUpgrade(operation) || isExtension(operation)) {
		const { label } = OPERATIONS[operation];
		return `${untouched(operation)} Running ${label} again is a new order, which may be billed.`;
	}
	if (!isCreation(operation)) return '';
	return isOfAnyModel(operation)
		? 'Then run the model again.'
		: `Then generate the video again${how}.`;
}

/** What is made, in the middle of a sentence. */
export function thingOf(operation: TaskOperation): string {
	return isOfAnyModel(operation) ? 'task' : 'video';
}

/** The free operation that shows what became of a task. */
export function getterOf(operation: TaskOperation): string {
	return isOfAnyModel(operation) ? OPERATIONS.getTask.label : OPERATIONS.get.label;
}

const UNAVAILABLE: { [Name in TaskOperation]?: string } = {
	get4k: 'Kie.ai cannot make a 4K version of this video. Get 1080P Video may work.',
	get1080p: 'Kie.ai cannot make a 1080P version of this video.',
};

const FAILURE_ADVICE: Record<FailureReason, (subject: Subject) => string> = {
	reordered: (subject) =>
		`Check https://kie.ai/logs to see why it failed. The new order may be billed. ${repeatAdvice(subject)}`,
	retention: () => 'Kie.ai keeps videos for 14 days only.',
	baseNotFinished: ({ operation }) =>
		isCreation(operation) || isUpgrade(operation)
			? 'The base video is still being generated, or its generation has failed. Check it with Get, which is free; ' +
				'once it has succeeded, run the node again.'
			: 'The video is still being generated, or its generation has failed. Run Get again later: it is free.',
	englishOnly: ({ operation }) =>
		isCreation(operation) && !isExtension(operation) && !isOfAnyModel(operation)
			? "Switch on 'Enable Translation' under Options, or write the prompt in English."
			: 'Write the prompt in English.',
	imageFetch: ({ operation }) =>
		isOfAnyModel(operation)
			? 'Kie.ai could not load a file of the input. Its URL must open without a login: Upload makes one that does.'
			: "Kie.ai could not load an image. Its URL must open without a login. Otherwise set 'Image Source' to Binary.",
	contentFilter: ({ operation }) =>
		isCreation(operation)
			? `The content filter refused the prompt or an image: change it. ${orderAgain(operation)}`
			: `The content filter refused this ${thingOf(operation)}. ${untouched(operation)}`,
	invalidModel: () => "Kie.ai does not know this model. Check 'Model'.",
	invalidInput: () => 'Check the field that Kie.ai names. Nothing was started.',
	callbackRequired: () =>
		"Kie.ai wants a callback address for this. Use 'Wait for Callback', or 'Return Immediately' with a 'Callback URL'.",
	upgradedBefore: () =>
		'Kie.ai only extends videos that were not upgraded to 1080P. Extend first, then upgrade.',
	unavailable: ({ operation }) =>
		`${UNAVAILABLE[operation] ?? `Kie.ai could not make this ${thingOf(operation)}.`} ${untouched(operation)}`,
	noFile: ({ operation, index }) =>
		index === null
			? `Kie.ai has no file for this task, or none yet. Run ${getterOf(operation)} later: it is free.`
			: "Kie.ai has no file for this task and index. Check 'Task ID' and 'Index'.",
	unknownTask: ({ operation, taskId }) =>
		taskId === null && !isExtension(operation)
			? `Check ${ADDRESSES.api}. Nothing was started.`
			: isOfAnyModel(operation)
				? "Check 'Task ID', and that the credential belongs to the account that started the task. A video of the Veo endpoints is read with Veo Video > Get."
				: "Check 'Task ID', and that the credential belongs to the account that generated the video.",
	timeout: ({ operation }) =>
		`Kie.ai gave up on this ${thingOf(operation)} after its own time limit. ${orderAgain(operation, ', with small JPEG images')}`,
	upstream: ({ operation }) =>
		`The service behind Kie.ai failed on this ${thingOf(operation)}, which need not be about the prompt. ` +
		orderAgain(operation, ' later, with small JPEG images'),
	taskFailed: ({ operation }) => `See https://kie.ai/logs for the reason. ${orderAgain(operation)}`,
	credits: () => REFUSALS.credits.advice,
	noAudio: () =>
		'Describe a sound, music or a spoken line in the prompt: the same prompt usually fails again.',
	other: ({ operation, taskId, ownTaskId }) => {
		if (taskId === null) return 'Check the parameters of the node. Nothing was started.';
		return `Look up task ${shortenId(ownTaskId ?? taskId)} in the logs at https://kie.ai/logs. ${untouched(operation)}`;
	},
};

export function failureAdvice(subject: Subject, reason: FailureReason): string {
	return FAILURE_ADVICE[reason](subject).trim();
}

/** How to get a submitted video without paying again. */
export function repeatAdvice({ operation, taskId, index, ownTaskId }: Subject): string {
	if (taskId === null || ownTaskId === null) {
		return 'Nothing was started, so the node can be run again.';
	}
	if (!isUpgrade(operation) || ownTaskId !== undefined) {
		return `Run ${getterOf(operation)} with task ID ${shortenId(ownTaskId ?? taskId)}: it is free.`;
	}
	return (
		`Run ${OPERATIONS[operation].label} again with task ID ${shortenId(taskId)} and index ${index}, through the Veo Endpoints: ` +
		'Kie.ai answers a repeated request with the state of the running one.'
	);
}
