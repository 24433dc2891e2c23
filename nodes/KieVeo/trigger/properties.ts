import type { INodeProperties } from 'n8n-workflow';

import { EVENTS } from '../operations';
import { simplifyOption } from '../simplifyOption';

const DEFAULT_EVENTS = EVENTS.filter(({ byDefault }) => byDefault).map(({ value }) => value);

export const triggerProperties: INodeProperties[] = [
	{
		displayName:
			"Open 'Webhook URLs' above, copy the production URL into 'Callback URL' of a Kie.ai Veo node (Wait Mode: Return Immediately), and activate (publish) this workflow. The test URL works only while this node listens for a test event. If the URLs show a local address, set the environment variable N8N_WEBHOOK_URL of n8n (in older n8n WEBHOOK_URL) to its public one.",
		name: 'addressNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		default: [...DEFAULT_EVENTS],
		options: EVENTS.map(({ name, value, description }) => ({ name, value, description })).sort(
			(a, b) => (a.name < b.name ? -1 : 1),
		),
		description:
			'Which callbacks start the workflow. For Generate and Extend select "Video Generated" and "Generation Failed". Callbacks that do not say what they are about always start it, with operation "unknown".',
	},
	{
		displayName: 'Signature Verification',
		name: 'signatureVerification',
		type: 'options',
		default: 'required',
		options: [
			{
				name: 'Off',
				value: 'off',
				description: 'Accept callbacks from anybody who knows the address',
			},
			{
				name: 'Required',
				value: 'required',
				description: 'Accept only callbacks that Kie.ai has signed',
			},
		],
		description: 'Whether callbacks must be signed by Kie.ai',
	},
	{
		displayName:
			'Switch on the webhook HMAC key at <a href="https://kie.ai/settings" target="_blank">kie.ai/settings</a> and copy it into \'Webhook HMAC Key\' of the credential above. Use the credential of the Kie.ai Veo node that submits.',
		name: 'signatureNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { signatureVerification: ['required'] } },
	},
	{
		displayName:
			'Anybody who learns the address can now start this workflow with made-up results. Use this only where nothing depends on them.',
		name: 'unverifiedNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { signatureVerification: ['off'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Confirm',
				name: 'confirm',
				type: 'boolean',
				default: false,
				description:
					'Whether to ask Kie.ai for the URLs again before the workflow starts, because its signature does not cover them. A 4K callback is refused, as a rule, when no Kie.ai Veo node submitted the upgrade. Costs nothing as a rule; after a 4K upgrade that failed, asking may start another one.',
			},
			{
				displayName: 'Deduplicate',
				name: 'deduplicate',
				type: 'boolean',
				default: true,
				description:
					'Whether to start the workflow only once for the same event, task and index, however often Kie.ai calls. Best effort with several webhook processes.',
			},
			simplifyOption,
			{
				displayName: 'Tolerance',
				name: 'tolerance',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 300,
				description:
					"Seconds by which the signed time may differ from this machine's clock. Less than 300 may refuse repeated deliveries.",
				displayOptions: { show: { '/signatureVerification': ['required'] } },
			},
		],
	},
];
