import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { CREDENTIAL } from '../kie/connection';
import { isJsonObject, toBoolean, toNumber } from '../values';
import { trimmedHmacKey } from '../kie/credentialValues';
import { toNodeError } from '../messages/error';
import { inputErrors } from '../messages/input';

const DEFAULT_TOLERANCE = 300;

/** The trigger's parameters, with defaults filled in. */
export interface TriggerSettings {
	events: ReadonlySet<string>;
	signatureRequired: boolean;
	/** Seconds. */
	tolerance: number;
	deduplicate: boolean;
	confirm: boolean;
	simplify: boolean;
}

/** @throws KieVeoError naming the parameter that cannot be used */
export function readSettings(context: IHookFunctions | IWebhookFunctions): TriggerSettings {
	const events: unknown = context.getNodeParameter('events', []);
	const given: unknown = context.getNodeParameter('options', {});
	const options = isJsonObject(given) ? given : {};
	const tolerance = toNumber(options.tolerance ?? DEFAULT_TOLERANCE);
	if (tolerance === null || tolerance < 0) throw inputErrors.tolerance(options.tolerance);
	return {
		events: new Set(Array.isArray(events) ? events.map(String) : []),
		// Anything but an explicit "off" keeps verification on.
		signatureRequired: context.getNodeParameter('signatureVerification', 'required') !== 'off',
		tolerance,
		deduplicate: toBoolean(options.deduplicate) !== false,
		confirm: toBoolean(options.confirm) === true,
		simplify: toBoolean(options.simplify) !== false,
	};
}

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
		if (signatureRequired && trimmedHmacKey(webhookSecret) === null)
			throw inputErrors.noWebhookKey();
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}
