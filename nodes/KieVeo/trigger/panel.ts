import type { IHookFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';

import { CREDENTIAL, trimmedHmacKey } from '../kie/connection';
import { toNodeError } from '../messages/error';
import { inputErrors } from '../messages/input';
import { EVENTS } from '../operations';
import { moreAt, notice, optionsProperty, simplifyOption } from '../panel';
import { isJsonObject, toBoolean, toNumber } from '../values';

const DEFAULT_TOLERANCE = 300;
const DEFAULT_EVENTS = EVENTS.filter(({ byDefault }) => byDefault).map(({ value }) => value);

/** An expression that returns the labels of the selected events. */
export const subtitle = `={{ $parameter["events"].map((event) => (${JSON.stringify(
	Object.fromEntries(EVENTS.map(({ name, value }) => [value, name])),
)} )[event]).join(", ") }}`;

export const triggerProperties: INodeProperties[] = [
	notice(
		'addressNotice',
		`Enter the production URL above as 'Callback URL' in a Kie.ai node and activate (publish) this workflow. The test URL works for two minutes and one call; a video usually takes longer. ${moreAt('trigger')}`,
	),
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
			'Which callbacks start the workflow. For Generate and Extend select "Video Generated" and "Generation Failed", for other models "Task Finished" and "Task Failed". Kie.ai reports 1080P upgrades with the Unified Jobs API only. Callbacks that do not say what they are about always start it, with operation "unknown".',
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
				description: 'Accept callbacks from anyone who knows the URL',
			},
			{
				name: 'Required',
				value: 'required',
				description: 'Accept only callbacks that Kie.ai has signed',
			},
		],
		description: 'Whether callbacks must be signed by Kie.ai',
	},
	notice(
		'signatureNotice',
		'Copy the webhook HMAC key from <a href="https://kie.ai/settings" target="_blank">kie.ai/settings</a> into the credential above. Use the same credential in the Kie.ai node that submits.',
		{ show: { signatureVerification: ['required'] } },
	),
	notice(
		'unverifiedNotice',
		'Anyone who learns the URL can start this workflow with forged results. Use this only if nothing depends on them.',
		{ show: { signatureVerification: ['off'] } },
	),
	optionsProperty([
		{
			displayName: 'Confirm',
			name: 'confirm',
			type: 'boolean',
			default: false,
			description:
				'Whether to ask Kie.ai for the URLs again before the workflow starts, because its signature does not cover them. A 4K callback is usually refused if no Kie.ai node submitted the upgrade. With the Unified Jobs API this is free and orders nothing. With the Veo Endpoints it is usually free, but asking after a failed 4K upgrade may start another one.',
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
			default: DEFAULT_TOLERANCE,
			description:
				"Seconds by which the signed time may differ from this machine's clock. With less than 300, repeated deliveries may be refused.",
			displayOptions: { show: { '/signatureVerification': ['required'] } },
		},
	]),
];

/**
 * The trigger's parameters, with defaults filled in; `tolerance` in seconds.
 *
 * @throws KieVeoError naming the parameter that cannot be used
 */
export function readSettings(context: IHookFunctions | IWebhookFunctions) {
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
