import { accountRejectedError } from '../../messages/task';
import { itemOperation } from '../itemOperation';

/** The credit balance, a decimal number: it belongs to the account, so it is read once for all items. */
export const getCredits = itemOperation({
	fields: [],
	begin: async ({ api }) => {
		const answer = await api.fetchCredits();
		const { meaning } = answer;
		if (meaning.kind !== 'success') throw accountRejectedError(meaning, answer);
		const { credits } = meaning;
		return () => ({ run: async () => ({ json: { credits } }) });
	},
});
