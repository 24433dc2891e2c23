import { createHash } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { inputErrors } from '../messages/input';
import { addressKey } from '../addresses/submission';
import { BoundedMap, toText } from '../values';
import { givesResult, traitsOf } from '../operations';
import type { ApiName, TaskAnswer } from './api';
import type { CallbackEvent } from './callback/check';
import { Catalogue, CatalogueMemory } from './catalogue';
import { HttpClient, type HttpReply, type SendRequest } from './http/client';
import { CancelledError, systemClock, type Clock } from './http/clock';
import type { Patience } from './http/turns';
import { SubmissionLimiter } from './http/limiter';
import { KieApi } from './kieApi';
import type { ResultFiles } from './meaning/files';

/** Name of the credential type. */
export const CREDENTIAL = 'kieVeoApi';
/** The credential's addresses, as it shows them, and Kie's own. */
const BASE_URLS = {
	baseUrl: { label: 'Base URL', usual: 'https://api.kie.ai' },
	uploadBaseUrl: { label: 'Upload Base URL', usual: 'https://kieai.redpandaai.co' },
};
/** Milliseconds without any data after which a request is considered lost. */
const REQUEST_TIMEOUT = 60_000;
/** The same for an upload, whose answer comes only after Kie has stored the file. */
const UPLOAD_TIMEOUT = 300_000;

/** The one used longest ago is forgotten: its limit no longer counts. */
const MOST_ACCOUNTS = 1_000;
/** At Kie's limit an account creates 180 in the time for which they matter. */
const MOST_RECENT_TASKS = 5_000;

/** The places in n8n from which Kie is called. */
export type CallingContext = IExecuteFunctions | IWebhookFunctions;

/** Everything an execution needs to talk to Kie. */
export interface Connection {
	api: KieApi;
	catalogue: Catalogue;
	/** Without a trailing slash. */
	baseUrl: string;
	/** Proves that a callback address was made with this credential. */
	addressKey: Buffer;
	/** Kie's webhook HMAC key, if the credential has one. */
	webhookSecret: string | null;
	clock: Clock;
	/** Of all free requests and downloads together. */
	patience: Patience;
	signal?: AbortSignal;
}

/**
 * What all executions in this process share, by account and API host. The key is a digest, so that the API key
 * itself is not kept.
 */
const shared = new BoundedMap<string, { limiter: SubmissionLimiter; memory: CatalogueMemory }>(
	MOST_ACCOUNTS,
);

/** Shared by all executions in this process: the node that asks is often not the one that created the task. */
const recentTasks = new BoundedMap<string, number>(MOST_RECENT_TASKS);

function sharedBy(baseUrl: string, apiKey: string) {
	const key = createHash('sha256').update(`${baseUrl}\n${apiKey}`).digest('hex');
	const found = shared.get(key) ?? {
		limiter: new SubmissionLimiter(systemClock),
		memory: new CatalogueMemory(systemClock),
	};
	shared.set(key, found);
	return found;
}

/**
 * @param signal ends waiting when aborted; no request is started after that
 * @param options.abortInFlight whether requests in flight are aborted too: only if none of them is paid for
 * @throws KieVeoError when the credential's API Key, API or Base URL cannot be used
 */
export async function connect(
	context: CallingContext | ILoadOptionsFunctions,
	signal: AbortSignal | undefined,
	{ abortInFlight = false } = {},
): Promise<Connection> {
	const credentials = await context.getCredentials(CREDENTIAL);
	const baseUrl = readBaseUrl(credentials, 'baseUrl');
	const baseUrls = { api: baseUrl, upload: readBaseUrl(credentials, 'uploadBaseUrl') };
	const apiKey = readApiKey(credentials.apiKey);
	const send = requestSender(context, baseUrls, abortInFlight ? signal : undefined);
	const patience: Patience = {};
	const { limiter, memory } = sharedBy(baseUrl, apiKey);
	const account = {
		http: new HttpClient(send, systemClock, signal, apiKey, patience),
		limiter,
		recentTasks,
		clock: systemClock,
		signal,
		addressKey: addressKey(apiKey),
		warn: (line: string) => context.logger.warn(`${context.getNode().name}: ${line}`),
	};
	return {
		api: new KieApi(readApiName(credentials.api), account),
		// Without the stop signal: other executions may wait for the same answer.
		catalogue: new Catalogue(new HttpClient(send, systemClock, undefined, apiKey), memory),
		baseUrl,
		addressKey: account.addressKey,
		webhookSecret: trimmedHmacKey(credentials.webhookSecret),
		clock: systemClock,
		patience,
		signal,
	};
}

/** As n8n sends it: the credential cleans it the same way. */
function readApiKey(value: unknown): string {
	const apiKey = trimmedApiKey(value);
	if (apiKey === '') throw inputErrors.emptyApiKey();
	const unsendable = unsendableIn(apiKey);
	if (unsendable !== undefined) throw inputErrors.apiKey(unsendable);
	return apiKey;
}

/** Credentials from before the field was added have none. */
function readApiName(value: unknown): ApiName {
	const name = (toText(value) ?? 'veo').toLowerCase();
	if (name === 'veo' || name === 'jobs') return name;
	throw inputErrors.api(value);
}

/** @returns the address without a trailing slash and without the API path */
function readBaseUrl(
	credentials: ICredentialDataDecryptedObject,
	field: keyof typeof BASE_URLS,
): string {
	const { label, usual } = BASE_URLS[field];
	const url = trimmedBaseUrl(credentials[field]) || usual;
	// A query or fragment would swallow the path of a request.
	if (URL.canParse(url) && /^https?:[^?#]*$/i.test(url)) return url;
	// Perhaps a key that was pasted into the wrong field: it must not be in a message.
	const mayBeKey = !url.includes('.') || url.includes(trimmedApiKey(credentials.apiKey));
	throw inputErrors.baseUrl(label, mayBeKey ? null : url, usual);
}

function requestSender(
	context: CallingContext | ILoadOptionsFunctions,
	baseUrls: { api: string; upload: string },
	abortSignal: AbortSignal | undefined,
): SendRequest {
	return async ({ method, host = 'api', path, query, body, headers }) => {
		const reply: unknown = await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL,
			{
				method,
				url: `${baseUrls[host]}${path}`,
				qs: query,
				body: body as IHttpRequestOptions['body'],
				headers: { Accept: 'application/json', 'User-Agent': 'n8n-nodes-kie-veo', ...headers },
				// As text: anything but JSON must be recognized, not silently passed on.
				encoding: 'text',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// The API key must not follow a redirect to another host.
				disableFollowRedirect: true,
				timeout: host === 'upload' ? UPLOAD_TIMEOUT : REQUEST_TIMEOUT,
				// When n8n runs a node it sets its own signal: the user's stop.
				// Each request has its own: for more than ten that listen to one signal Node.js warns of a leak.
				...(abortSignal ? { abortSignal: AbortSignal.any([abortSignal]) } : {}),
			},
		);
		return reply as HttpReply;
	};
}

/* Kie delivers a callback four times at most, and gives up on each delivery after 15 s. */

/** What is unknown after this many milliseconds is asked at the next delivery. */
export const ANSWER_LIMIT_MS = 10_000;

/** A connection that is abandoned in time to answer a callback. */
export async function connectForCallback(context: IWebhookFunctions): Promise<Connection> {
	return await connect(context, AbortSignal.timeout(ANSWER_LIMIT_MS), { abortInFlight: true });
}

/**
 * Asks Kie something while the caller waits for an answer.
 *
 * @returns `null` when the connection was abandoned before Kie answered
 */
export async function withinAnswerTime<T>(
	{ signal }: Pick<Connection, 'signal'>,
	question: () => Promise<T>,
): Promise<T | null> {
	const done = new AbortController();
	const givenUp = new Promise<null>((resolve) => {
		const giveUp = () => resolve(null);
		signal?.addEventListener('abort', giveUp, { once: true, signal: done.signal });
	});
	const answer = question().catch((error: unknown) => {
		if (error instanceof CancelledError) return null;
		return Promise.reject(error);
	});
	return await Promise.race([answer, givenUp]).finally(() => done.abort());
}

/** After this many deliveries, the new part of an extended video is accepted without the whole. */
const ENOUGH_DELIVERIES = 3;
/** How many times such a part came, by task ID. */
const partsDelivered = new BoundedMap<string, number>(1_000);

/**
 * Kie reports the new part of an extended video; the whole is in the record.
 *
 * @param askKie about the video; `null` when there is no answer
 * @returns `null` while the record does not show it, and Kie should call again
 */
export async function withWhole(
	{ operation, taskId, callback: { outcome, files } }: CallbackEvent,
	askKie: () => Promise<TaskAnswer | null>,
): Promise<ResultFiles | null> {
	const hasWhole = givesResult(operation) && traitsOf(operation).givesWhole === true;
	if (!hasWhole || outcome !== 'success' || taskId === null) return files;
	if (files.fullVideoUrls.length > 0) return files;
	const answer = await askKie();
	if (answer?.meaning.kind === 'success') {
		const { fullVideoUrls } = answer.meaning.files;
		if (fullVideoUrls.length > 0) return { ...files, fullVideoUrls };
	}
	const delivery = (partsDelivered.get(taskId) ?? 0) + 1;
	partsDelivered.set(taskId, delivery);
	return delivery < ENOUGH_DELIVERIES ? null : files;
}

/*
 * What people paste into the credential, trimmed. n8n puts the key into requests and tests the credential with
 * expressions, so each rule exists twice: as a function, and as an expression made of the same patterns.
 */

/** White space, characters without a width, and quotes: neither a key nor a base URL contains them. */
const BLANKS_AND_QUOTES = /[\s\p{Cf}"'`]/gu;
/** As documentation shows the key in a header. */
const BEARER = /^bearer/i;
/** The path that other clients have in their base URL, and the last slashes. */
const API_PATH = /(?<!\/)(?:\/api\/v1(?:\/(?:veo|jobs))?)?\/*$/i;

function withoutBlanks(value: unknown): string {
	return String(value ?? '').replace(BLANKS_AND_QUOTES, '');
}

/** @returns `''` when nothing is left */
export function trimmedApiKey(value: unknown): string {
	return withoutBlanks(value).replace(BEARER, '');
}

/** Kie's webhook HMAC key; `null` when nothing is left. A character too much, and no signature is right. */
export function trimmedHmacKey(value: unknown): string | null {
	return withoutBlanks(value) || null;
}

/** @returns `''` when nothing is left */
export function trimmedBaseUrl(value: unknown): string {
	return withoutBlanks(value).replace(API_PATH, '');
}

const blanksRemoved = (field: string) =>
	`String($credentials.${field} ?? "").replace(${BLANKS_AND_QUOTES}, "")`;
/** {@link trimmedApiKey} and {@link trimmedBaseUrl} in an n8n expression. */
export const TRIMMED_API_KEY = `${blanksRemoved('apiKey')}.replace(${BEARER}, "")`;
export const TRIMMED_BASE_URL = `${blanksRemoved('baseUrl')}.replace(${API_PATH}, "")`;

/** The first character of a key that no HTTP header can hold as it is; `undefined` when there is none. */
export function unsendableIn(apiKey: string): string | undefined {
	return /[^\x21-\x7e]/u.exec(apiKey)?.[0];
}
