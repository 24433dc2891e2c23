import { OPERATIONS, type OperationName } from '../operations';
import { API_LABELS } from './apis';
import { KieVeoError } from './error';
import { shorten, show } from './values';

/* Parameters and settings that cannot be used. All of these are raised before any request is sent. */

function inputError(parameter: string, fault: string, advice: string): KieVeoError {
	return new KieVeoError(`'${parameter}' ${fault}`, { description: advice });
}

const CHOOSE = 'Choose a value from the list.';

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

export function choiceError(parameter: string, values: string[], value: unknown): KieVeoError {
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

const NO_RETRY = {
	newVideos: 'with an operation that makes new videos',
	callback: "with 'Wait for Callback'",
	upgradeTasks: `for upgrades with the API '${API_LABELS.jobs}', where each one ordered is paid for`,
};

/** @param reason what forbids it */
export function retryOnFailError(reason: keyof typeof NO_RETRY): KieVeoError {
	return inputError(
		'Retry On Fail',
		`cannot be used ${NO_RETRY[reason]}`,
		'Switch it off under Settings. n8n would run the node again for all items, including those that succeeded. The node itself retries what is safe to retry.',
	);
}

/** @param operation whose end Kie reports to nobody through the chosen API */
export function callbackNotOfferedError(operation: OperationName): KieVeoError {
	return new KieVeoError(
		`${OPERATIONS[operation].label} cannot report its end with the API '${API_LABELS.veo}'`,
		{
			description: `Use 'Wait by Polling', or no 'Callback URL'. With '${API_LABELS.jobs}' under 'API' in the Kie.ai Veo API credential, Kie.ai calls back. Nothing was sent.`,
		},
	);
}

/** Kie would ignore it, and still bill the video. */
export function seedNotOfferedError(): KieVeoError {
	return inputError(
		'Seed',
		`cannot be used for a new video with the API '${API_LABELS.jobs}'`,
		`Kie.ai would ignore it there. Remove the option, or choose '${API_LABELS.veo}' under 'API' in the Kie.ai Veo API credential. Nothing was sent.`,
	);
}

export function extendTierError(model: string): KieVeoError {
	return inputError(
		'Model',
		`of an extension can only be Fast with the API '${API_LABELS.jobs}', not ${show(model)}`,
		`Kie.ai does not let the tier be chosen there. Choose Fast, or '${API_LABELS.veo}' under 'API' in the Kie.ai Veo API credential. Nothing was sent.`,
	);
}

export function apiError(value: unknown): KieVeoError {
	return inputError(
		'API',
		`of the Kie.ai Veo API credential must be veo or jobs, not ${show(value)}`,
		`${CHOOSE} Nothing was sent.`,
	);
}

export function emptyPromptError(): KieVeoError {
	return inputError('Prompt', 'is empty', 'Describe what the video should show.');
}

export function emptyModelError(): KieVeoError {
	return inputError('Model', 'is empty', 'Choose a model from the list.');
}

export function durationError(value: unknown): KieVeoError {
	return inputError('Duration', `must be 4, 6 or 8 seconds, not ${show(value)}`, CHOOSE);
}

export function seedError(value: unknown): KieVeoError {
	return inputError(
		'Seed',
		`must be a whole number from 10000 to 99999, not ${show(value)}`,
		'Remove the option to let Kie.ai choose a random seed.',
	);
}

/** @param fault why Kie cannot fetch it */
export function imageUrlError(url: string, fault: string): KieVeoError {
	return inputError(
		'Image URLs',
		`contains an address that cannot be used: ${shorten(url)} (${fault})`,
		"Kie.ai fetches the image itself, so its address must be public. Otherwise set 'Image Source' to Binary.",
	);
}

/** @param present the binary fields that the item has */
export function missingImageError(parameter: string, name: string, present: string[]): KieVeoError {
	return inputError(
		parameter,
		`names the field ${show(name)}, which the item does not have`,
		`Binary fields of this item: ${shorten(present.join(', ')) || 'none'}.`,
	);
}

export function imageTypeError(parameter: string, name: string, mimeType: string): KieVeoError {
	const type = shorten(mimeType) || 'a file of unknown type';
	return inputError(
		parameter,
		`names the field ${show(name)}, which holds ${type}, not an image`,
		'Kie.ai accepts JPG, PNG and WebP. If n8n does not know the type of the file, its name must end in .jpg, .png or .webp.',
	);
}

export function imageListError(parameter: string, entry: unknown): KieVeoError {
	return inputError(
		parameter,
		`contains ${show(entry)}, which is not text`,
		'Enter text separated by commas, or an expression that returns a list of texts.',
	);
}

/** @param most images that the generation type takes: 2 for frames, 3 for references */
export function imageCountError(parameter: string, most: number, count: number): KieVeoError {
	return inputError(
		parameter,
		`must name 1 to ${most} images for this generation type, not ${count}`,
		most === 2
			? 'The first image is the first frame, the second is the last.'
			: 'The images show what the video should contain.',
	);
}

const RESULT_URL =
	'Enter a result URL from Kie.ai, e.g. {{ $json.videoUrl }} from an earlier node.';

export function emptyUrlError(): KieVeoError {
	return inputError('URL', 'is empty', RESULT_URL);
}

/** @param fault why it cannot lead to a file from Kie */
export function fileUrlError(fault: string): KieVeoError {
	return inputError('URL', `cannot be used: ${fault}`, RESULT_URL);
}

export function emptyFieldNameError(): KieVeoError {
	return inputError(
		'Put Output File in Field',
		'is empty',
		'Enter the name of the binary field for the file, usually data.',
	);
}

export function maximumSizeError(value: unknown): KieVeoError {
	return inputError(
		'Maximum Size',
		`must be a number of megabytes, 0 or greater, not ${show(value)}`,
		'0 means no limit.',
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

/** @param usual Kie's own address */
export function baseUrlError(field: string, url: string, usual: string): KieVeoError {
	return inputError(
		field,
		`of the Kie.ai Veo API credential is not a web address: ${shorten(url)}`,
		`Set it to ${usual}.`,
	);
}

/** @param fault what the list contains; never the data URL itself, which can be megabytes long */
export function dataUrlError(fault: string): KieVeoError {
	return new KieVeoError(`'Image URLs' contains ${fault}`, {
		description:
			"Set 'Image Source' to Binary and provide the images in binary fields (the Convert to File node creates one from base64).",
	});
}

/** @param fields the object's fields that hold text */
export function promptObjectError(fields: string[]): KieVeoError {
	const [field, ...others] = fields;
	const take =
		field !== undefined && others.length === 0 && /^\w{1,50}$/.test(field)
			? `Use its field '${field}', e.g. {{ $json.${field} }}.`
			: 'Use the field that holds the text, e.g. {{ $json.output }}.';
	return new KieVeoError("'Prompt' must be text, not an object or a list", {
		description: `${take} To send the object itself as JSON, use JSON.stringify in the expression.`,
	});
}

/** An expression returned an object where text was expected. */
export function promptOfObjectError(): KieVeoError {
	return new KieVeoError(
		"'Prompt' contains [object Object]: an expression in it returns an object",
		{
			description:
				'Use the field that holds the text, e.g. {{ $json.output }}, or JSON.stringify in the expression.',
		},
	);
}

/** @param count number of addresses in the list */
export function urlListError(count: number): KieVeoError {
	return new KieVeoError(`'URL' is a list of ${count} addresses, but must be one`, {
		description:
			'Take one of them, e.g. {{ $json.videoUrls[0] }}, or put a Split Out node before this one.',
	});
}

export function urlFormError(): KieVeoError {
	return new KieVeoError("'URL' is not text", {
		description: 'Enter a result URL from Kie.ai, e.g. {{ $json.videoUrl }} from an earlier node.',
	});
}

export function emptyApiKeyError(): KieVeoError {
	return new KieVeoError("'API Key' of the Kie.ai Veo API credential is empty", {
		description: 'Copy the key from https://kie.ai/api-key. Nothing was sent.',
	});
}

/** @param character the first one that an HTTP header cannot hold */
export function apiKeyError(character: string): KieVeoError {
	const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
	return new KieVeoError(
		`'API Key' of the Kie.ai Veo API credential contains a character that keys never contain: U+${code}`,
		{
			description:
				'It may look like an ordinary letter. Copy the key again from https://kie.ai/api-key. Nothing was sent.',
		},
	);
}
