import type { IExecuteFunctions } from 'n8n-workflow';

import { isJsonObject } from '../kie/meaning/guards';

export type Send = IExecuteFunctions['helpers']['httpRequest'];

/** `over`: the execution was resumed, ended or deleted. */
export type Found = 'waits' | 'over' | 'unreachable';

/** n8n's own answers about an execution that is not waiting. */
const NOT_WAITING = /\bexecution "/i;

/**
 * Calls a suspended execution at its own address, from within n8n. Never throws.
 *
 * @param timeout milliseconds within which the answer must arrive
 */
export async function callOwnAddress(send: Send, url: string, timeout: number): Promise<Found> {
	try {
		const reply: unknown = await send({
			method: 'POST',
			url,
			body: {},
			json: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout,
		});
		return isJsonObject(reply) ? found(reply.body) : 'unreachable';
	} catch {
		return 'unreachable';
	}
}

function found(body: unknown): Found {
	if (!isJsonObject(body)) return 'unreachable';
	const { waiting, message } = body;
	// Our own answer, whatever its status.
	if (typeof waiting === 'boolean') return waiting ? 'waits' : 'over';
	// Anything else comes from something in front of n8n.
	return typeof message === 'string' && NOT_WAITING.test(message) ? 'over' : 'unreachable';
}
