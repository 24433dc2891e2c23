import { KieVeoError } from './error';

/** The trigger could not tell Kie's callbacks from anybody else's. */
export function noWebhookKeyError(): KieVeoError {
	// The editor shows the message alone when a workflow cannot be activated: it holds the advice, too.
	return new KieVeoError(
		"The Kie.ai Veo API credential has no 'Webhook HMAC Key', so callbacks cannot be verified. " +
			'Copy the key from https://kie.ai/settings into the credential. ' +
			"To accept callbacks from anyone who knows the address, set 'Signature Verification' to Off.",
		{ description: 'Without the key this workflow cannot be activated (published).' },
	);
}
