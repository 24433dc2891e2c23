import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { API_LABELS } from '../nodes/KieVeo/messages/advice';
import { TRIMMED_API_KEY, TRIMMED_BASE_URL } from '../nodes/KieVeo/kie/connection';

/**
 * A rule that fails the test even though Kie answers HTTP 200: the real status is in the body.
 *
 * @param message the editor adds the period
 */
const fails = (key: 'code' | 'data', value: number | null | undefined, message: string) => ({
	type: 'responseSuccessBody' as const,
	properties: { key, value, message },
});
const failsOn = (code: number | undefined, message: string) => fails('code', code, message);

const NOT_KIE = 'This address does not answer like Kie.ai. Check the Base URL';
const NO_BALANCE = 'Kie.ai did not return the balance of this account. Try again in a few minutes';

export class KieVeoApi implements ICredentialType {
	name = 'kieVeoApi';

	displayName = 'Kie.ai API';

	icon: Icon = { light: 'file:../nodes/KieVeo/kie.svg', dark: 'file:../nodes/KieVeo/kie.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-kie-veo/n8n-nodes-kie-veo#credentials';

	properties: INodeProperties[] = [
		{
			displayName:
				'Create the API key at <a href="https://kie.ai/api-key" target="_blank">kie.ai/api-key</a>. The Kie.ai Trigger also needs the webhook HMAC key: switch it on at <a href="https://kie.ai/settings" target="_blank">kie.ai/settings</a> and copy it from there.',
			name: 'setUpNotice',
			type: 'notice',
			default: '',
		},
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
				'Verifies callbacks from Kie.ai. Required by the Kie.ai Trigger, used by Wait for Callback when set, not needed for polling. Enable it and copy it at <a href="https://kie.ai/settings" target="_blank">kie.ai/settings</a>.',
		},
		{
			displayName: 'Order Through',
			name: 'api',
			type: 'options',
			default: 'veo',
			options: [
				{
					name: API_LABELS.veo,
					value: 'veo',
					description: 'The endpoints that Kie.ai made for Veo',
				},
				{
					name: `${API_LABELS.jobs} (Preview)`,
					value: 'jobs',
					description:
						'The API that Kie.ai documents for all models since September 2026. Neither API has been tried with real orders yet.',
				},
			],
			description:
				'Where new videos and upgrades are ordered. Parameters and outputs are the same, and videos made before a change can still be fetched. With the Unified Jobs API, running an upgrade again is a new paid order. <a href="https://github.com/n8n-nodes-kie-veo/n8n-nodes-kie-veo/blob/main/docs/jobs-api.md" target="_blank">More about the two</a>.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.kie.ai',
			placeholder: 'e.g. https://api.kie.ai',
			description:
				'Leave as is. Address of the Kie.ai API; the API key is sent only to this host and the upload host.',
		},
		{
			displayName: 'Upload Base URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: 'https://kieai.redpandaai.co',
			placeholder: 'e.g. https://kieai.redpandaai.co',
			description:
				"Leave as is. Address of Kie.ai's file upload, used for images in binary fields and by File > Upload.",
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: { Authorization: `=Bearer {{ ${TRIMMED_API_KEY} }}` },
		},
	};

	test: ICredentialTestRequest = {
		request: {
			// As in the node: cleaned, and the default when empty.
			baseURL: `={{ ${TRIMMED_BASE_URL} || "https://api.kie.ai" }}`,
			url: '/api/v1/chat/credit',
			disableFollowRedirect: true,
		},
		rules: [
			failsOn(401, 'Kie.ai did not accept this API key. Copy it again from https://kie.ai/api-key'),
			failsOn(402, 'The key is valid, but the Kie.ai account has no credits'),
			failsOn(403, 'Kie.ai refuses this API key. Check its settings at https://kie.ai/api-key'),
			failsOn(404, NOT_KIE),
			failsOn(429, 'Kie.ai is receiving too many requests. Try again in a few seconds'),
			failsOn(
				433,
				'The usage limit of this API key is reached. Raise it at https://kie.ai/api-key',
			),
			failsOn(455, 'Kie.ai is under maintenance. Try again in a few minutes'),
			failsOn(500, 'Kie.ai could not answer. Try again in a few minutes'),
			failsOn(505, 'Kie.ai has switched this feature off for the account'),
			failsOn(undefined, NOT_KIE),
			// Any other code: an answer with a balance passes.
			fails('data', undefined, NO_BALANCE),
			fails('data', null, NO_BALANCE),
		],
	};
}
