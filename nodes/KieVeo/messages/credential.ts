/** What the credential's "Test" shows, by Kie's answer. The editor adds the period. */
export const CREDENTIAL_FAULTS = {
	unauthorized: 'Kie.ai did not accept this API key. Copy it again from https://kie.ai/api-key',
	credits: 'The key is valid, but the Kie.ai account has no credits',
	forbidden: 'Kie.ai refuses this API key. Check its settings at https://kie.ai/api-key',
	notKie: 'This address does not answer like Kie.ai. Check the Base URL',
	rateLimit: 'Kie.ai is receiving too many requests. Try again in a few seconds',
	keyLimit: 'The usage limit of this API key is reached. Raise it at https://kie.ai/api-key',
	maintenance: 'Kie.ai is under maintenance. Try again in a few minutes',
	server: 'Kie.ai could not answer. Try again in a few minutes',
	featureDisabled: 'Kie.ai has switched this feature off for the account',
	noBalance: 'Kie.ai did not return the balance of this account. Try again in a few minutes',
};
