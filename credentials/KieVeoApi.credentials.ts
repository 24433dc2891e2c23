import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { CLEAN_API_KEY, CLEAN_BASE_URL } from '../nodes/KieVeo/kie/pasted';

/** A rule that makes the test fail although Kie answers HTTP 200: the real status is in the body. */
const fails = (key: 'code' | 'data', value: number | null | undefined, message: string) => ({
	type: 'responseSuccessBody' as const,
	properties: { key, value, message },
});
const failsOn = (code: number | undefined, message: string) => fails('code', code, message);
const NO_BALANCE = 'Kie.ai did not tell the balance of this account. Try again in some minutes';

export class KieVeoApi implements ICredentialType {
	name = 'kieVeoApi';

	displayName = 'Kie.ai Veo API';

	icon: Icon = { light: 'file:../nodes/KieVeo/kie.svg', dark: 'file:../nodes/KieVeo/kie.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-kie-veo/n8n-nodes-kie-veo#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Create a key at <a href="https://kie.ai/api-key" target="_blank">kie.ai/api-key</a>',
		},
		{
			displayName: 'Webhook HMAC Key',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Verifies the callbacks of Kie.ai. The Kie.ai Veo Trigger needs it, Wait for Callback uses it where it is set, polling does not need it. Switch it on and copy it at <a href="https://kie.ai/settings" target="_blank">kie.ai/settings</a>.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.kie.ai',
			placeholder: 'e.g. https://api.kie.ai',
			description:
				'Address of the Kie.ai API. The API key is sent to this host and to the upload host only.',
		},
		{
			displayName: 'Upload Base URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: 'https://kieai.redpandaai.co',
			placeholder: 'e.g. https://kieai.redpandaai.co',
			description:
				'Address of the Kie.ai file upload. Only used to generate videos from images in binary fields.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: { Authorization: `=Bearer {{ ${CLEAN_API_KEY} }}` },
		},
	};

	test: ICredentialTestRequest = {
		request: {
			// Like the node: cleaned, and emptied it is the default.
			baseURL: `={{ ${CLEAN_BASE_URL} || "https://api.kie.ai" }}`,
			url: '/api/v1/chat/credit',
			disableFollowRedirect: true,
		},
		rules: [
			failsOn(401, 'Kie.ai did not accept this API key. Copy it again from https://kie.ai/api-key'),
			failsOn(402, 'The key is valid, but the Kie.ai account has no credits'),
			failsOn(403, 'Kie.ai refuses this API key. Look at its settings at https://kie.ai/api-key'),
			failsOn(404, 'This address does not answer like Kie.ai. Check the Base URL'),
			failsOn(429, 'Kie.ai is receiving too many requests. Try again in some seconds'),
			failsOn(
				433,
				'The usage limit of this API key is reached. Raise it at https://kie.ai/api-key',
			),
			failsOn(455, 'Kie.ai is under maintenance. Try again in some minutes'),
			failsOn(500, 'Kie.ai could not answer. Try again in some minutes'),
			failsOn(505, 'Kie.ai has switched this feature off for the account'),
			failsOn(undefined, 'This address does not answer like Kie.ai. Check the Base URL'),
			// Any other code: an answer with a balance is a good one.
			fails('data', undefined, NO_BALANCE),
			fails('data', null, NO_BALANCE),
		],
	};
}
