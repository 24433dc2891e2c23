import { setTimeout as pause } from 'node:timers/promises';

import { isRecord } from './wire';

const TIME_LIMIT_MS = 60_000;
/** What n8n says, and does nothing, when its last check of the database was late, as on a busy machine. */
const NOT_READY = 'Database is not ready!';

/** n8n answered with an error status. */
export class N8nApiError extends Error {
	override readonly name = 'N8nApiError';

	constructor(
		readonly request: string,
		readonly status: number,
		/** The parsed JSON, or the text where it is none. */
		readonly body: unknown,
	) {
		super(`${request}: ${status} ${typeof body === 'string' ? body : JSON.stringify(body)}`);
	}
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** n8n's internal REST API (`/rest`) as the editor uses it: JSON, and a session in a cookie. */
export class N8nApi {
	private cookie: string | undefined;

	constructor(private readonly url: string) {}

	/**
	 * Calls `/rest<path>`, remembers the session cookie and unwraps n8n's `{ data }`, whose shape the
	 * caller knows: both lines are pinned.
	 *
	 * @throws N8nApiError for every status of 400 and above
	 */
	async call<T>(
		method: Method,
		path: string,
		body?: unknown,
		headers: Readonly<Record<string, string>> = {},
	): Promise<T> {
		const response = await this.send(method, `/rest${path}`, body, headers);
		const answer = parseJson(await response.text());
		return (isRecord(answer) && 'data' in answer ? answer.data : answer) as T;
	}

	/** Posts to n8n's public API, as other programs do. */
	async callPublic(path: string, body: unknown, apiKey: string): Promise<void> {
		await this.send('POST', `/api/v1${path}`, body, { 'x-n8n-api-key': apiKey });
	}

	/** Reads `/rest<path>` as bytes. */
	async bytes(path: string): Promise<Buffer> {
		const response = await this.send('GET', `/rest${path}`);
		return Buffer.from(await response.arrayBuffer());
	}

	private async send(
		method: Method,
		path: string,
		body?: unknown,
		headers: Readonly<Record<string, string>> = {},
		until = Date.now() + TIME_LIMIT_MS,
	): Promise<Response> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers: {
				...headers,
				...(body !== undefined && { 'content-type': 'application/json' }),
				...(this.cookie && { cookie: this.cookie }),
				// A kept connection would be dead after n8n was restarted.
				connection: 'close',
			},
			body: body === undefined ? null : JSON.stringify(body),
			signal: AbortSignal.timeout(TIME_LIMIT_MS),
		});
		if (!response.ok) {
			const answer = parseJson(await response.text());
			if (isRecord(answer) && answer.message === NOT_READY && Date.now() < until) {
				await pause(1000);
				return await this.send(method, path, body, headers, until);
			}
			throw new N8nApiError(`${method} ${path}`, response.status, answer);
		}
		const session = response.headers
			.getSetCookie()
			.find((cookie) => cookie.startsWith('n8n-auth='));
		if (session) this.cookie = session.split(';', 1)[0];
		return response;
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
