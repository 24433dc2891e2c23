import type { IHookFunctions } from 'n8n-workflow';

import { noWebhookKeyError, toNodeError } from '../messages/errors';
import { CREDENTIAL } from '../kie/connection';
import { trimmedHmacKey } from '../kie/credentialValues';
import { readSettings } from './settings';

/**
 * Refuses a trigger that could not tell Kie's callbacks from anyone else's. Applies to the production address
 * and for "Listen for test event".
 *
 * @throws NodeOperationError
 */
export async function assertCanVerify(context: IHookFunctions): Promise<void> {
	try {
		const { signatureRequired } = readSettings(context);
		const { webhookSecret } = await context.getCredentials(CREDENTIAL);
		if (!signatureRequired || trimmedHmacKey(webhookSecret) !== null) return;
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
	throw toNodeError(context.getNode(), noWebhookKeyError());
}
