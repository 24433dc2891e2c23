import type { IExecuteFunctions } from 'n8n-workflow';

import { isJsonObject } from '../kie/meaning/guards';

export type Send = IExecuteFunctions['helpers']['httpRequest'];

/** `over`: the execution was resumed, ended or deleted. */
export type Found = 'waits' | 'over' | 'unreachable';

/** In n8n's own words about an execution that does not wait. */
const NOT_WAITING = /\bexecution "/i;

/**
 * Calls a suspended execution by its own address, from within n8n. Never throws.
 *
 * @param timeout milliseconds until the answer must be there
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
	// Anything else is said by something before n8n.
	return typeof message === 'string' && NOT_WAITING.test(message) ? 'over' : 'unreachable';
}
