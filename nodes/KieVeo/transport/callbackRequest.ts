import type { IWebhookFunctions } from 'n8n-workflow';

import { SUBMISSION_PARAMETER } from '../veo/callbackAddress';
import type { Incoming } from '../veo/callbackCheck';

/** The text as it was sent, where n8n kept it: then a wrong content type does no harm. */
export function readCallbackRequest(context: IWebhookFunctions): Incoming {
	const { rawBody, query } = context.getRequestObject();
	return {
		body: Buffer.isBuffer(rawBody) ? rawBody.toString() : context.getBodyData(),
		size: Buffer.isBuffer(rawBody) ? rawBody.length : 0,
		headers: context.getHeaderData(),
		submission: query[SUBMISSION_PARAMETER],
	};
}
