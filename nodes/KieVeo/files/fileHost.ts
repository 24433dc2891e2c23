import type { IDataObject } from 'n8n-workflow';

import type { CallingContext } from '../kie/connection';
import type { FileStream } from '../kie/http/multipart';

/** The headers of a file host's answer; the file itself has not been read yet. */
export interface FileReply {
	statusCode: number;
	/** Names in lower case. */
	headers: { [name: string]: unknown };
	body: FileStream;
}

/** Requests a file. Follows no redirect. Rejects when there is no answer. */
export type FetchFile = (url: string) => Promise<FileReply>;

/** Milliseconds within which a file host must start to answer. */
const ANSWER_TIMEOUT = 60_000;

/**
 * Files are fetched without credentials: their hosts must never see the API key.
 *
 * @param signal aborts a request in flight
 */
export function fileFetcher(context: CallingContext, signal?: AbortSignal): FetchFile {
	return async (url) => {
		const reply = (await context.helpers.httpRequest({
			method: 'GET',
			url,
			// A compressed answer would not match its announced length.
			headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'n8n-nodes-kie-veo' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: ANSWER_TIMEOUT,
			...(signal ? { abortSignal: signal } : {}),
		})) as { statusCode: number; headers: IDataObject; body: FileStream };
		return reply;
	};
}
