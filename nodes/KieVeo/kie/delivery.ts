import type { IWebhookFunctions } from 'n8n-workflow';

import { connect, type Connection } from './connection';
import { CancelledError } from './http/clock';

/* Kie delivers a callback four times at most, and gives up on each delivery after 15 s. */

/** What is unknown after this many milliseconds is asked at the next delivery. */
export const ANSWER_LIMIT_MS = 10_000;

/** After this many deliveries, the new part of an extended video is accepted without the whole. */
export const ENOUGH_DELIVERIES = 3;

/** A connection that is abandoned in time to answer a callback. */
export async function connectForCallback(context: IWebhookFunctions): Promise<Connection> {
	return await connect(context, AbortSignal.timeout(ANSWER_LIMIT_MS), { abortInFlight: true });
}

/**
 * Asks Kie something while the caller waits for an answer.
 *
 * @returns `null` when the connection was abandoned before Kie answered
 */
export async function withinAnswerTime<T>(
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
