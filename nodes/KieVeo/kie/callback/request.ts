import type { IWebhookFunctions } from 'n8n-workflow';

import { SUBMISSION_PARAMETER } from '../../addresses/submission';
import type { Incoming } from './check';

/**
 * The text as it was sent, if n8n kept it: then a wrong content type does no harm. n8n leaves a body
 * of a type it does not parse unread; one that can no longer be read is treated as empty.
 */
export async function readCallbackRequest(context: IWebhookFunctions): Promise<Incoming> {
	const request: RequestOfN8n = context.getRequestObject();
	await request.readRawBody?.().catch(() => undefined);
	const { rawBody, query } = request;
	return {
		// Without the mark that some senders put before UTF-8; n8n drops it as well.
		body: Buffer.isBuffer(rawBody)
			? rawBody.toString().replace(/^\ufeff/, '')
			: context.getBodyData(),
		size: Buffer.isBuffer(rawBody) ? rawBody.length : 0,
		headers: context.getHeaderData(),
		submission: query[SUBMISSION_PARAMETER],
	};
}

type RequestOfN8n = ReturnType<IWebhookFunctions['getRequestObject']> & {
	/** Reads the body into `rawBody`, unless that has happened. Added by n8n. */
	readRawBody?: () => Promise<void>;
};
