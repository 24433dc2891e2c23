import type { ModelField, Unread } from '../../../../nodes/KieVeo/kie/catalogue';
import { modelErrors } from '../../../../nodes/KieVeo/messages/input';
import type {
	FailureReason,
	Refusal,
	Rejection,
	RetryReason,
	Said,
} from '../../../../nodes/KieVeo/kie/meaning/answer';
import { transferFaults, type fileErrors } from '../../../../nodes/KieVeo/messages/file';
import type { inputErrors } from '../../../../nodes/KieVeo/messages/input';
import type * as runRoom from '../../../../nodes/KieVeo/messages/run';
import { stoppedError } from '../../../../nodes/KieVeo/messages/run';
import type * as videoRoom from '../../../../nodes/KieVeo/messages/task';
import { rejectedError } from '../../../../nodes/KieVeo/messages/task';
import type { Subject } from '../../../../nodes/KieVeo/taskResult';
import { TEXTS as kieTexts } from '../../../tools/simulator/kieTexts';
import { TEXTS } from '../../corpus/texts';

/* Values to show every message with. A message without values does not compile. */

/** What the functions of messages take: one list for each wording and each piece of advice. */
export type Samples<Room> = {
	[Name in keyof Room]: Room[Name] extends ((...values: infer V) => unknown) | undefined
		? V[]
		: never;
};

/** Kie's own words: a text of the corpus, with its code. */
function words(text: string | undefined): Said {
	const row = TEXTS.find((one) => one.text === text);
	if (!row) throw new Error(`Kie.ai is not known to say "${text}"`);
	return { code: row.code, message: row.text };
}
/** The first with that meaning, of a task or else of an answer. */
const kies = (meaning: string) =>
	words(
		TEXTS.find(({ means }) => means.reason === meaning)?.text ??
			TEXTS.find(({ means }) => [means.order, means.service].includes(meaning))?.text,
	);

const TASK = 'veo_task_abc123';
const PRIVATE = '"localhost" is an address of a private network';
const upgrade: Subject = { operation: 'get4k', taskId: TASK, index: 0 };
const newVideo: Subject = { operation: 'generate', taskId: null, index: null };
const extension: Subject = { ...newVideo, operation: 'extend', extendedTaskId: TASK };
const made: Subject = { ...newVideo, taskId: TASK };

export const input: Samples<typeof inputErrors> = {
	unknownOperation: [['remix']],
	text: [['Prompt', ['a', 'list']]],
	boolean: [['Download', 'maybe']],
	choice: [['Aspect Ratio', ['16:9', '9:16', 'Auto'], '4:3']],
	seconds: [['Timeout', 1_209_600, 0]],
	waitMode: [['callback']],
	callbackNotOffered: [['get1080p']],
	parameterNotOffered: [['extend', 'model', 'lite']],
	api: [['v2']],
	emptyTaskId: [[]],
	index: [['first']],
	callbackUrl: [[PRIVATE]],
	differentCallback: [[]],
	sharedResumeUrl: [[2]],
	passThrough: [[]],
	passThroughSize: [[5120, 1024]],
	emptyPrompt: [[]],
	duration: [[5]],
	seed: [[7]],
	imageUrl: [['http://localhost/cat.jpg', PRIVATE]],
	missingBinaryField: [['Image Binary Fields', 'first', ['data']]],
	imageType: [['Image Binary Fields', 'data', 'image/heic']],
	imageList: [['Image URLs', 42]],
	imageCount: [['Image URLs', 2, 3]],
	emptyUrl: [[]],
	fileUrl: [[PRIVATE]],
	fileName: [['frames/first.png']],
	maximumSize: [[-1]],
	minimumCredits: [[-1]],
	balanceBelow: [[120.5, 500]],
	tolerance: [['soon']],
	dataUrl: [[]],
	promptObject: [[[]]],
	promptOfObject: [[]],
	urlList: [[3]],
	urlForm: [[]],
	emptyApiKey: [[]],
	apiKey: [['\u0430']],
	baseUrl: [['Base URL', 'api.kie.ai', 'https://api.kie.ai']],
	suspendedTool: [[]],
	suspendedWithoutAddress: [[]],
	suspendedOnEngine2: [[]],
	suspendedTwice: [[]],
	suspendedUnreachable: [['http://localhost:5678', PRIVATE, true]],
	suspendedBehind: [
		['https://n8n.example.com', 'it is redirected (301) to https://www.example.com'],
		['https://n8n.example.com', 'it asks for a password (401)'],
		['https://n8n.example.com', 'what answers there is not n8n (404)'],
	],
	combinedBinaries: [[]],
	noWebhookKey: [[]],
};

const byReason: Record<FailureReason, Subject> = {
	unavailable: upgrade,
	baseNotFinished: upgrade,
	noFile: upgrade,
	unknownTask: upgrade,
	retention: upgrade,
	reordered: upgrade,
	upgradedBefore: extension,
	contentFilter: made,
	englishOnly: newVideo,
	imageFetch: newVideo,
	invalidModel: newVideo,
	invalidInput: newVideo,
	callbackRequired: { ...upgrade, operation: 'get1080p' },
	noAudio: made,
	credits: made,
	timeout: made,
	upstream: made,
	taskFailed: made,
	other: upgrade,
};
/** Where the corpus has none, or not first. */
const WORDS: { [reason in FailureReason]?: Said } = {
	reordered: { code: 501, message: '' },
	other: words('Validation Error - The request parameters failed validation checks'),
};
export const failures: Samples<typeof videoRoom>['rejectedError'] = [
	...entries(byReason).map(([reason, subject]) => failure(subject, reason)),
	[
		upgrade,
		{ kind: 'failed', reason: 'unknownTask', mayWorkWith: 'veo' },
		words('recordInfo is null'),
	],
];

function failure(
	subject: Subject,
	reason: FailureReason,
): Samples<typeof videoRoom>['rejectedError'][number] {
	return [subject, { kind: 'failed', reason }, WORDS[reason] ?? kies(reason)];
}

const NOT_FOUND = words('Not Found - The requested resource or endpoint does not exist');
const refusals: Record<Refusal, Said> = {
	unauthorized: kies('unauthorized'),
	credits: kies('credits'),
	keyLimit: kies('keyLimit'),
	featureDisabled: kies('featureDisabled'),
};
const retries: Record<RetryReason, Said> = {
	rateLimit: words('Your call frequency is too high. Please try again later.'),
	maintenance: kies('maintenance'),
	server: kies('server'),
	taskOrServer: words('Timeout'),
	noConnection: { code: null, message: 'connection refused (192.0.2.1:443)' },
	noName: { code: null, message: 'host name not found (api.kie.ai)' },
	unreadable: { code: 502, message: 'a web page instead of JSON (HTTP 502)' },
};
const unreached: Record<Extract<Rejection, { kind: 'unreached' }>['reason'], Said> = {
	blocked: {
		code: null,
		message: 'n8n blocked the request because it resolves to a restricted IP address',
	},
	invalidKey: { code: null, message: 'the API key has a character that cannot be sent' },
	certificate: {
		code: null,
		message: 'n8n does not trust the issuer of the certificate (SELF_SIGNED_CERT_IN_CHAIN)',
	},
	proxyRefused: { code: null, message: 'the proxy closed the connection' },
	proxyLogin: { code: 407, message: 'a web page instead of JSON (HTTP 407)' },
	wrongAddress: { code: 404, message: 'a web page instead of JSON (HTTP 404)' },
	accessDenied: { code: 403, message: 'a web page instead of JSON (HTTP 403)' },
};

function entries<Reason extends string, Value>(record: Record<Reason, Value>) {
	return Object.entries(record) as Array<[Reason, Value]>;
}

export const account: Samples<typeof videoRoom>['accountRejectedError'] = [
	...entries(refusals).map(([reason, said]): [Rejection, Said] => [
		{ kind: 'refused', reason },
		said,
	]),
	...entries(retries).map(([reason, said]): [Rejection, Said] => [{ kind: 'retry', reason }, said]),
	...entries(unreached).map(([reason, said]): [Rejection, Said] => [
		{ kind: 'unreached', reason },
		said,
	]),
	[{ kind: 'failed', reason: 'other' }, NOT_FOUND],
];

export const video: Samples<Omit<typeof videoRoom, 'rejectedError' | 'accountRejectedError'>> = {
	lostOrderError: [[upgrade, { code: null, message: 'no answer in time' }]],
	uploadRejectedError: [
		[{ kind: 'failed', reason: 'other' }, NOT_FOUND],
		[
			{ kind: 'unreached', reason: 'wrongAddress' },
			{ code: 413, message: 'a web page instead of JSON (HTTP 413)' },
		],
	],
	timedOutError: [[upgrade, 1800, kieTexts.processing4k]],
	unclearError: [
		[
			made,
			16,
			{
				code: 200,
				message: 'Kie.ai calls it finished, but none of its fields has an address: taskId, state',
			},
		],
	],
	refusedBeforeError: [[upgrade]],
	fallbackError: [
		[
			rejectedError(...failure(upgrade, 'unavailable')),
			rejectedError(...failure({ ...upgrade, operation: 'get1080p' }, 'noFile')),
		],
	],
	balanceUnknownError: [[{ kind: 'retry', reason: 'server' }, retries.server]],
};

const file = { url: 'https://example.com/v.mp4', taskId: TASK };

export const files: Samples<typeof fileErrors> = {
	download: [
		transferFaults.status(503),
		transferFaults.textPage(),
		transferFaults.emptyFile(),
		transferFaults.interrupted(4_096),
		transferFaults.wrongLength(4_096, 5_000_000),
		'connection lost before the answer',
	].map((fault) => [file, fault]),
	unreached: [[file, unreached.certificate.message, 'certificate']],
	notStored: [[file, 'ENOSPC']],
	outOfTime: [[file]],
	refused: [[file, 403]],
	gone: [
		[file, 404, null],
		[file, 404, words(kieTexts.wrongUrl)],
	],
	address: [[file, 'http://localhost/v.mp4', PRIVATE]],
	tooManyRedirects: [[file]],
	foreignLink: [[{ url: 'https://bucket.example/video.mp4', taskId: null }, 403]],
	tooLarge: [[file, 100_000_000]],
};

const field: ModelField = {
	name: 'duration',
	type: 'integer',
	required: true,
	options: null,
	default: null,
	minimum: 3,
	maximum: 15,
	description: null,
	items: null,
};
const unreadModel: Unread = {
	kind: 'unread',
	rejection: { kind: 'refused', reason: 'unauthorized' },
	said: { code: 401, message: 'Unauthorized' },
};
const MODEL = 'kling-3.0/motion-control';

export const model: Samples<typeof modelErrors> = {
	emptyModel: [[]],
	unusableModel: [
		[MODEL, { kind: 'unlisted' }],
		[MODEL, { kind: 'noSchema' }],
		['gemini-omni-audio', { kind: 'otherApi', path: '/api/v1/omni/audio/create' }],
		['gpt-6-sol', { kind: 'otherApi', path: null }],
		[MODEL, unreadModel],
	],
	modelList: [[unreadModel, 'A model can also be entered by its ID.']],
	emptyInput: [[]],
	inputJson: [['a fox']],
	missingCallback: [[MODEL]],
	missingField: [[field]],
	unknownField: [['seed']],
	fieldType: [[field, 'long']],
	fieldChoice: [[{ ...field, options: [4, 6, 8] }, 5]],
	fieldLimits: [
		[field, 20],
		[{ ...field, type: 'string', minimum: null, maximum: 5_000 }, 5_001],
		[{ ...field, type: 'array', minimum: null, maximum: 8 }, 9],
	],
	sentUnchecked: [[MODEL, [modelErrors.fieldLimits(field, 20)]]],
	storedFields: [[modelErrors.unusableModel(MODEL, { kind: 'noSchema' })]],
};

const place: runRoom.LogPlace = { node: 'Kie.ai', executionId: '12', items: [0] };

export const run: Samples<typeof runRoom> = {
	executionLimitHint: [[1800, 1200]],
	callbackMissedHint: [['testUrl'], ['emptyPart']],
	moreHints: [[7]],
	pickedUpHint: [[2, 3, 'generate']],
	stoppedError: [[[TASK], 2]],
	unfinishedHint: [[{ unfinished: 2, all: 3 }, 'generate', false]],
	alsoSubmitted: [[[TASK], 2]],
	submittedLine: [
		[{ ...place, items: [0, 3] }, upgrade, undefined],
		[place, made, undefined, 'picked up'],
	],
	logLine: [[{ ...place, items: [] }, stoppedError([TASK], 0)]],
	tierLine: [[TASK, 'veo3_lite', 'veo3_fast']],
	reorderedLine: [['Kie.ai', TASK, false]],
	goneLine: [[{ ...place, items: [] }, [TASK]]],
	unreachedLine: [['https://n8n.example.com']],
};
