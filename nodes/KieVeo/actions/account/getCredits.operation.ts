import type { INodeExecutionData } from 'n8n-workflow';

import { accountRejectedError } from '../../messages/errors';
import type { Connection } from '../../kie/connection';
import { classifyCreditsAnswer } from '../../kie/meaning/answer';

/** The credit balance of the account, a decimal number. */
export async function getCredits({ client }: Connection): Promise<INodeExecutionData['json']> {
	const answer = await client.getCredits();
	const meaning = classifyCreditsAnswer(answer);
	if (meaning.kind !== 'success') throw accountRejectedError(meaning, answer);
	return { credits: meaning.credits };
}
