import type { IDataObject } from 'n8n-workflow';

import type { CallingContext } from '../kie/connection';
import type { FileStream } from '../kie/http/multipart';

/** The head of a file host's answer; the file itself has not been read yet. */
export interface FileReply {
	statusCode: number;
	/** Names in lower case. */
	headers: { [name: string]: unknown };
	body: FileStream;
}

/** Requests a file. Follows no redirect. Rejects when there is no answer. */
export type FetchFile = (url: string) => Promise<FileReply>;

/** Milliseconds until a file host must have begun to answer. */
const ANSWER_TIMEOUT = 60_000;

/**
 * Files are fetched without credentials: they lie on hosts that must never see the API key.
 *
 * @param signal ends a request under way
 */
export function fileFetcher(context: CallingContext, signal?: AbortSignal): FetchFile {
	return async (url) => {
		const reply = (await context.helpers.httpRequest({
			method: 'GET',
			url,
			// A compressed answer would not have the length it announces.
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
