import { OPERATIONS, type OperationName } from '../operations';
import { API_LABELS } from './apis';
import { inputError, KieVeoError } from './error';
import { show } from './values';

/* What the API that the credential names cannot do. */

/** @param operation whose end Kie does not report through the chosen API */
export function callbackNotOfferedError(operation: OperationName): KieVeoError {
	return new KieVeoError(
		`${OPERATIONS[operation].label} cannot use a callback with the API '${API_LABELS.veo}': Kie.ai does not call back about it`,
		{
			description: `Use 'Wait by Polling', or leave 'Callback URL' empty. With '${API_LABELS.jobs}' under 'Order Through' in the Kie.ai API credential, Kie.ai calls back. Nothing was sent.`,
		},
	);
}

/** Kie would ignore it, and still bill the video. Where no tier can be chosen, it makes Fast. */
export function parameterNotOfferedError(
	operation: OperationName,
	name: string,
	value: unknown,
): KieVeoError {
	const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
	const most = name === 'model' ? ', where only Fast is made' : '';
	return inputError(
		label,
		`cannot be ${show(value)} for ${OPERATIONS[operation].label} with the API '${API_LABELS.jobs}'${most}`,
		`Kie.ai would ignore it there. Remove it, or choose '${API_LABELS.veo}' under 'Order Through' in the Kie.ai API credential. Nothing was sent.`,
	);
}
