import { connect } from '../../kie/connection';
import { accountRejectedError } from '../../messages/task';
import type { Action } from '../itemOperation';

/** The credit balance, a decimal number: it belongs to the account, so it is read once for all items. */
export const getCredits: Action = {
	fields: [],
	execute: async (context) => {
		const { api } = await connect(context, context.getExecutionCancelSignal());
		const answer = await api.fetchCredits();
		const { meaning } = answer;
		if (meaning.kind !== 'success') throw accountRejectedError(meaning, answer);
		const { credits } = meaning;
		return context.getInputData().map((_, item) => ({ json: { credits }, pairedItem: { item } }));
	},
};
