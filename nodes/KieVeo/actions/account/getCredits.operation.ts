import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { connect } from '../../kie/connection';
import { accountRejectedError } from '../../messages/task';

/** The credit balance, a decimal number: it belongs to the account, so it is read once for all items. */
export async function executeGetCredits(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const { api } = await connect(context, context.getExecutionCancelSignal());
	const answer = await api.fetchCredits();
	const { meaning } = answer;
	if (meaning.kind !== 'success') throw accountRejectedError(meaning, answer);
	const { credits } = meaning;
	return context.getInputData().map((_, item) => ({ json: { credits }, pairedItem: { item } }));
}
