import type { IWebhookFunctions } from 'n8n-workflow';

import { connect, type Connection } from './connection';
import { CancelledError } from './http/clock';

/** Kie gives up on a delivery after 15 s. What is still unknown then is asked at its next delivery. */
export const ANSWER_LIMIT_MS = 10_000;

/** A connection that is abandoned in time to answer a callback. */
export async function connectForAnswer(context: IWebhookFunctions): Promise<Connection> {
	return await connect(context, AbortSignal.timeout(ANSWER_LIMIT_MS), { abortInFlight: true });
}

/**
 * Asks Kie something while the caller waits for an answer.
 *
 * @returns `null` when the connection was abandoned before Kie answered
 */
export async function inTime<T>(
	{ signal }: Pick<Connection, 'signal'>,
	question: () => Promise<T>,
): Promise<T | null> {
	let giveUp = () => {};
	const givenUp = new Promise<null>((resolve) => {
		giveUp = () => resolve(null);
		signal?.addEventListener('abort', giveUp, { once: true });
	});
	const answer = question().catch((error: unknown) => {
		if (error instanceof CancelledError) return null;
		return Promise.reject(error);
	});
	try {
		return await Promise.race([answer, givenUp]);
	} finally {
		signal?.removeEventListener('abort', giveUp);
	}
}
