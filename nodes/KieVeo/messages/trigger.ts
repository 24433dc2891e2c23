import { KieVeoError } from './error';

/** The trigger could not tell Kie's callbacks from anyone else's. */
export function noWebhookKeyError(): KieVeoError {
	// When a workflow cannot be activated, the editor shows only the message, so it includes the advice.
	return new KieVeoError(
		"The Kie.ai API credential has no 'Webhook HMAC Key', so callbacks cannot be verified. " +
			'Copy the key from https://kie.ai/settings into the credential. ' +
			"To accept callbacks from anyone who knows the address, set 'Signature Verification' to Off.",
		{ description: 'Without the key this workflow cannot be activated (published).' },
	);
}
