import type { CataloguedModel, ModelField, Unread } from '../kie/catalogue';
import { OPERATIONS, type OperationName } from '../operations';
import { API_LABELS } from './advice';
import { errorsFrom, KieVeoError, shorten, show } from './error';
import { accountRejectedError } from './task';

const CHOOSE = 'Choose a value from the list.';
const ORDER_THROUGH = "under 'Order Through' in the Kie.ai API credential";
const OF_CREDENTIAL = 'of the Kie.ai API credential';
const RESULT_URL =
	'Enter a result URL from Kie.ai, e.g. {{ $json.videoUrl }} from an earlier node.';
const MINIMUM_CREDITS = "'Keep at Least (Credits)'";
const NOT_SUSPENDED = "'Wait for Callback' cannot be used";

/** What cannot be used as it is set. Each is raised before any paid request is sent. */
export const inputErrors = errorsFrom({
	/* Any parameter. */
	unknownOperation: (operation: string) => [
		`The operation ${show(operation)} is not known`,
		'Choose an operation from the list, or update the package n8n-nodes-kie-veo.',
	],
	text: (parameter: string, value: unknown) => [
		`'${parameter}' must be text, not ${show(value)}`,
		'Check the expression: it must return a single text.',
	],
	boolean: (parameter: string, value: unknown) => [
		`'${parameter}' must be true or false, not ${show(value)}`,
		'Check the expression, or use the switch.',
	],
	choice: (parameter: string, values: readonly string[], value: unknown) => [
		`'${parameter}' must be one of ${values.join(', ')}, not ${show(value)}`,
		CHOOSE,
	],
	/** @param most seconds */
	seconds: (parameter: string, most: number, value: unknown) => [
		`'${parameter}' must be at least 1 second and at most ${most}, not ${show(value)}`,
		'Enter a number of seconds.',
	],

	/* A new video. */
	emptyPrompt: () => ["'Prompt' is empty", 'Describe what the video should show.'],
	/** @param fields the object's fields that hold text */
	promptObject: ([field, ...others]: string[]) => {
		const isOne = field !== undefined && others.length === 0 && /^\w{1,50}$/.test(field);
		const take = isOne
			? `Use its field '${field}', e.g. {{ $json.${field} }}.`
			: 'Use the field that holds the text, e.g. {{ $json.output }}.';
		return [
			"'Prompt' must be text, not an object or a list",
			`${take} To send the object itself as JSON, use JSON.stringify in the expression.`,
		];
	},
	promptOfObject: () => [
		"'Prompt' contains [object Object]: an expression in it returns an object",
		'Use the field that holds the text, e.g. {{ $json.output }}. To send the object itself as JSON, use JSON.stringify in the expression.',
	],
	duration: (value: unknown) => [
		`'Duration' must be 4, 6 or 8 seconds, not ${show(value)}`,
		CHOOSE,
	],
	seed: (value: unknown) => [
		`'Seed' must be a whole number from 10000 to 99999, not ${show(value)}`,
		'Remove the option to let Kie.ai choose a random seed.',
	],
	/** @param fault why Kie cannot fetch it */
	imageUrl: (url: string, fault: string) => [
		`'Image URLs' contains an address that cannot be used: ${shorten(url)} (${fault})`,
		"Kie.ai fetches the image itself, so its address must be public. Otherwise set 'Image Source' to Binary.",
	],
	/** The data URL itself is not repeated: it can be megabytes long. */
	dataUrl: () => [
		"'Image URLs' contains a data URL, which is not an address",
		"Set 'Image Source' to Binary and provide the images in binary fields (the Convert to File node creates one from base64). Kie.ai accepts JPG, PNG and WebP.",
	],
	/** @param present the binary fields that the item has */
	missingBinaryField: (parameter: string, name: string, present: string[]) => [
		`'${parameter}' names the field ${show(name)}, which the item does not have`,
		`Binary fields of this item: ${shorten(present.join(', ')) || 'none'}.`,
	],
	imageType: (parameter: string, name: string, mimeType: string | undefined) => [
		`'${parameter}' names the field ${show(name)}, which holds ${shorten(mimeType ?? '') || 'a file of unknown type'}, not a JPG, PNG or WebP image`,
		'Kie.ai accepts no other types. If n8n does not know the type of the file, its name must end in .jpg, .jpeg, .png or .webp.',
	],
	imageList: (parameter: string, entry: unknown) => [
		`'${parameter}' contains ${show(entry)}, which is not text`,
		'Enter text separated by commas, or an expression that returns a list of texts.',
	],
	/** @param most images that the generation type takes: 2 for frames, 3 for references */
	imageCount: (parameter: string, most: number, count: number) => [
		`'${parameter}' must name 1 to ${most} images for this generation type, not ${count}`,
		most === 2
			? 'The first image is the first frame, the second is the last.'
			: 'The images show what the video should contain.',
	],

	/* An existing video. */
	emptyTaskId: () => [
		"'Task ID' is empty",
		'Enter the ID that Kie.ai returned with the order, e.g. {{ $json.taskId }} from an earlier node.',
	],
	index: (value: unknown) => [
		`'Index' must be a whole number, 0 or greater, not ${show(value)}`,
		'0 is the first video of the task. Most tasks have only one.',
	],
	minimumCredits: (value: unknown) => [
		`${MINIMUM_CREDITS} must be a number of credits, 0 or greater, not ${show(value)}`,
		'0 means that the balance is not checked.',
	],
	/** The balance is below the user's own limit. */
	balanceBelow: (credits: number, least: number) => [
		`The Kie.ai account has ${credits} credits, fewer than the ${least} of ${MINIMUM_CREDITS}`,
		`Nothing was submitted. Top up the balance at https://kie.ai, or lower ${MINIMUM_CREDITS} under Options.`,
	],

	/* Callbacks. */
	waitMode: (value: unknown) => [`'Wait Mode' cannot be ${show(value)} for this operation`, CHOOSE],
	/** @param fault why Kie cannot call the address */
	callbackUrl: (fault: string) => [
		`'Callback URL' cannot be used: ${fault}`,
		'Use an address that is reachable from the internet, such as the production URL of a webhook. ' +
			"If n8n itself shows a local address there, set n8n's environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to its public address.",
	],
	/** Two items share an upgrade, but want it reported to different addresses. */
	differentCallback: () => [
		"'Callback URL' or its pass-through data differs from that of another item for the same task and index",
		'Kie.ai calls one address per upgrade. Use the same for both items, or upgrade the video in one item only.',
	],
	/** The execution's own address, as n8n's Wait node listens at, for `count` paid orders. */
	sharedResumeUrl: (count: number) => [
		`'Callback URL' is the resume URL of this execution for ${count} videos, but n8n resumes it only once`,
		"The reports after the first would be lost. Use 'Wait for Callback' instead, without a Wait node: it waits for all videos. Nothing was sent.",
	],
	passThrough: () => [
		"'Pass Through' is not a JSON object",
		'Enter an object such as {"orderId": 42}, or an expression that returns one.',
	],
	passThroughSize: (bytes: number, mostBytes: number) => [
		`'Pass Through' is too large: ${bytes} bytes as JSON, at most ${mostBytes} fit into a callback address`,
		'Pass an ID and look up the rest in the workflow that receives the callback.',
	],

	/* What the API that the credential names cannot do. */
	/** @param operation whose end Kie does not report through the chosen API */
	callbackNotOffered: (operation: OperationName) => [
		`${OPERATIONS[operation].label} cannot use a callback with the API '${API_LABELS.veo}': Kie.ai does not call back about it`,
		`Use 'Wait by Polling', or leave 'Callback URL' empty. With '${API_LABELS.jobs}' ${ORDER_THROUGH}, Kie.ai calls back. Nothing was sent.`,
	],
	/** Kie would ignore it, and still bill the video. Where no tier can be chosen, it makes Fast. */
	parameterNotOffered: (operation: OperationName, name: string, value: unknown) => [
		`'${name.charAt(0).toUpperCase()}${name.slice(1)}' cannot be ${show(value)} for ${OPERATIONS[operation].label} ` +
			`with the API '${API_LABELS.jobs}'${name === 'model' ? ', where only Fast is made' : ''}`,
		`Kie.ai would ignore it there. Remove it, or choose '${API_LABELS.veo}' ${ORDER_THROUGH}. Nothing was sent.`,
	],

	/* Why an execution cannot be suspended. */
	suspendedTool: () => [
		`${NOT_SUSPENDED} as a tool of an AI agent`,
		"An agent cannot wait for a suspended execution. Use 'Return Immediately' and a second tool with Get or Get Task, or 'Wait by Polling'.",
	],
	suspendedWithoutAddress: () => [
		`${NOT_SUSPENDED} here`,
		"This execution has no address that could resume it. Use 'Wait by Polling'.",
	],
	suspendedOnEngine2: () => [
		`${NOT_SUSPENDED} on n8n's engine 2.0`,
		"That engine does not suspend executions. Use 'Wait by Polling', or choose the other engine in the workflow's settings.",
	],
	suspendedTwice: () => [
		`${NOT_SUSPENDED} a second time at the same place of an execution`,
		'n8n has started this execution over instead of continuing it, as some versions before 1.100 do. Nothing ' +
			"was ordered again; the task IDs of the first time are in n8n's log.",
	],
	/**
	 * @param fault why Kie cannot call `origin`
	 * @param isWhole whether it has exactly one scheme
	 */
	suspendedUnreachable: (origin: string, fault: string, isWhole: boolean) => [
		`${NOT_SUSPENDED} because Kie.ai could not call ${origin}: ${fault}`,
		`Set n8n's environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to its ${
			isWhole
				? 'public address'
				: 'complete public address, which starts with https:// exactly once, e.g. https://n8n.example.com/'
		}. The process that runs the workflow must have it: in queue mode that is every worker, plus the main and webhook processes. Until then use 'Wait by Polling'.`,
	],
	/** @param obstacle what a call of `origin` meets instead of n8n */
	suspendedBehind: (origin: string, obstacle: string) => [
		`${NOT_SUSPENDED} because a call to ${origin} does not arrive at n8n: ${obstacle}`,
		"Nothing was sent to Kie.ai. Set N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to the address at which n8n itself answers, and let whatever is in front of it pass /webhook-waiting/ unchanged and without a password: each address carries a proof of its own. Until then use 'Wait by Polling'.",
	],
	combinedBinaries: () => [
		"The workflow's setting 'Execution Logic' is v2 (binaryMode: combined), with which n8n cannot authenticate a request",
		"Choose v1 in the workflow's settings. Nothing was sent.",
	],

	/* Files. */
	emptyUrl: () => ["'URL' is empty", RESULT_URL],
	urlForm: () => ["'URL' is not text", RESULT_URL],
	/** @param fault why it cannot lead to a file from Kie */
	fileUrl: (fault: string) => [`'URL' cannot be used: ${fault}`, RESULT_URL],
	/** @param count number of addresses in the list */
	urlList: (count: number) => [
		`'URL' is a list of ${count} addresses, but must be one`,
		'Take one of them, e.g. {{ $json.videoUrls[0] }}, or put a Split Out node before this one.',
	],
	fileName: (name: string) => [
		`'File Name' cannot be ${show(name)}`,
		'Enter a name without folders and quotation marks, of at most 200 characters.',
	],
	maximumSize: (value: unknown) => [
		`'Maximum Size' must be a number of megabytes, 0 or greater, not ${show(value)}`,
		'0 means no limit.',
	],

	/* The trigger. */
	tolerance: (value: unknown) => [
		`'Tolerance' must be a number of seconds, 0 or greater, not ${show(value)}`,
		'The default is 300.',
	],
	/** When a workflow cannot be activated, the editor shows only the message, so it includes the advice. */
	noWebhookKey: () => [
		"The Kie.ai API credential has no 'Webhook HMAC Key', so callbacks cannot be verified. " +
			'Copy the key from https://kie.ai/settings into the credential. ' +
			"To accept callbacks from anyone who knows the address, set 'Signature Verification' to Off.",
		'Without the key this workflow cannot be activated (published).',
	],

	/* The credential. */
	api: (value: unknown) => [
		`'Order Through' ${OF_CREDENTIAL} must be veo or jobs, not ${show(value)}`,
		`${CHOOSE} Nothing was sent.`,
	],
	/**
	 * @param url `null` when it may be a secret
	 * @param usual Kie's own address
	 */
	baseUrl: (field: string, url: string | null, usual: string) => [
		`'${field}' ${OF_CREDENTIAL} is not a web address${url === null ? '' : `: ${shorten(url)}`}`,
		`Set it to ${usual}.`,
	],
	emptyApiKey: () => [
		`'API Key' ${OF_CREDENTIAL} is empty`,
		'Copy the key from https://kie.ai/api-key. Nothing was sent.',
	],
	/** @param character the first one that an HTTP header cannot hold */
	apiKey: (character: string) => {
		const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
		return [
			`'API Key' ${OF_CREDENTIAL} contains a character that keys never contain: U+${code}`,
			'It may look like an ordinary letter. Copy the key again from https://kie.ai/api-key. Nothing was sent.',
		];
	},
});

const BY_JSON = "With 'Input Mode' JSON, any input is sent.";

/** Shown instead of the fields: the editor cannot resolve every expression. */
export const NO_MODEL_NOTICE =
	'The fields appear once a model is chosen. For a model given by an expression, run the nodes before it first, or set Input Mode to JSON.';

/** @param name of the field at Kie */
const fieldError = (name: string, fault: string) =>
	new KieVeoError(`'${shorten(name)}' ${fault}`, {
		description: `Kie.ai may accept more than its catalogue says. ${BY_JSON} Nothing was sent.`,
	});

const unreadError = (what: string, { rejection, said }: Unread, advice: string) => {
	const { message, description, kieCode } = accountRejectedError(rejection, said);
	// Another way to enter the input does not help with a key that is refused.
	const way = rejection.kind === 'refused' ? '' : advice;
	return new KieVeoError(`${what}. ${message.replace(/\.$/, '')}`, {
		description: `${description} ${way}`.trim(),
		kieCode,
	});
};

/** What cannot be used for a model. Each is raised before anything is ordered. */
export const modelErrors = {
	emptyModel: () =>
		new KieVeoError("'Model' is empty", { description: 'Choose a model, or enter its ID.' }),
	/**
	 * Why the fields of a model are not known.
	 *
	 * @param way to run it nevertheless
	 */
	unusableModel: (
		model: string,
		known: Exclude<CataloguedModel, { kind: 'job' }>,
		way = BY_JSON,
	) => {
		const name = shorten(model);
		const error = (message: string, description: string) =>
			new KieVeoError(message, { description: description.trim() });
		switch (known.kind) {
			case 'unlisted':
				return error(
					`Kie.ai does not list the model ${name}`,
					`Check the ID, or choose a model from the list. ${way}`,
				);
			case 'noSchema':
				return error(`Kie.ai has not published the fields of ${name}`, way);
			case 'otherApi':
				return error(
					known.path === null
						? `${name} is a chat model, which Kie.ai does not run as a task`
						: `Kie.ai does not run ${name} as a task, but at ${shorten(known.path)}`,
					"Use another model, or n8n's HTTP Request node. Nothing was sent.",
				);
			case 'unread':
				return unreadError(`The fields of ${name} could not be read`, known, way);
		}
	},
	modelList: (unread: Unread, way: string) =>
		unreadError("Kie.ai's list of models could not be read", unread, way),
	inputJson: (value: unknown) =>
		new KieVeoError(`'Input (JSON)' must be a JSON object, not ${show(value)}`, {
			description:
				'Enter an object such as {"prompt": "A red fox"}, or an expression that returns one.',
		}),
	missingCallback: (model: string) =>
		new KieVeoError(`'Callback URL' is needed for ${shorten(model)}`, {
			description: `Use 'Wait for Callback', or 'Return Immediately' with a callback URL. ${BY_JSON} Nothing was sent.`,
		}),

	/* The value of a field. */
	emptyInput: () =>
		new KieVeoError("'Fields' is empty", {
			description: `Kie.ai can charge for an order without input. ${BY_JSON} Nothing was sent.`,
		}),
	missingField: ({ name }: ModelField) => fieldError(name, 'is missing'),
	unknownField: (name: string) =>
		fieldError(name, 'is not a field of this model: Kie.ai would ignore it'),
	fieldType: ({ name, type, items }: ModelField, value: unknown) =>
		fieldError(
			name,
			`must be of type ${type}${items?.type ? ` of ${String(items.type)}` : ''}, not ${show(value)}`,
		),
	fieldChoice: ({ name, options }: ModelField, value: unknown) =>
		fieldError(name, `must be one of ${shorten(String(options?.join(', ')))}, not ${show(value)}`),
	fieldLimits: (field: ModelField, size: number) =>
		fieldError(field.name, `must be ${limitsOf(field)}, not ${size}`),

	/* Hints. */
	/** The input is not what Kie's catalogue says, or could not be compared with it. */
	sentUnchecked: (model: string, doubts: readonly KieVeoError[]) =>
		`Input of ${shorten(model)}, left as it is: ${shorten(doubts.map(({ message }) => message).join('; '), 1_000)}`,
	storedFields: ({ message }: KieVeoError) =>
		`${message}. The input was checked against the fields stored in the workflow.`,
};

/** The limits of a field, such as "3-15" and "at most 8 entries"; empty without any. */
export function limitsOf({ type, minimum, maximum }: ModelField): string {
	const isOne = (maximum ?? minimum) === 1;
	const characters = isOne ? ' character' : ' characters';
	const entries = isOne ? ' entry' : ' entries';
	const unit = type === 'string' ? characters : type === 'array' ? entries : '';
	if (minimum !== null && minimum === maximum) return `${minimum}${unit}`;
	if (minimum !== null && maximum !== null) return `${minimum}-${maximum}${unit}`;
	if (minimum !== null) return `at least ${minimum}${unit}`;
	return maximum === null ? '' : `at most ${maximum}${unit}`;
}
