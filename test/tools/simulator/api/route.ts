import type { Account } from '../state/account';
import type { Check } from './check';
import { envelopeReply, told } from './envelope';
import type { Reply } from '../http/reply';
import type { Operation } from '../state/scenario';
import type { World } from '../state/world';

/** A request with a good key whose fields passed the route's check. */
export interface ApiRequest {
	world: World;
	account: Account;
	/** Of the JSON body, for GET of the query. */
	fields: Record<string, unknown>;
}

export interface ApiRoute {
	/** The paid work it starts. */
	operation?: Operation;
	fields: Check;
	answer(request: ApiRequest): Reply;
}

/** Counts a new submission; the refusal when there are too many. Nothing is queued. */
export function limited({ world, account }: ApiRequest): Reply | undefined {
	const wait = account.takePlace(world.rateLimit);
	if (wait === 0) return undefined;
	const reply = envelopeReply(told(world.rateLimit.refusal));
	reply.status = world.rateLimit.httpStatus;
	reply.submission = true;
	if (world.rateLimit.retryAfter) reply.headers['retry-after'] = String(Math.ceil(wait / 1000));
	return reply;
}

/** The refusal of a request that costs more than is left. */
export function unpaid({ account }: ApiRequest): Reply {
	return { ...envelopeReply(told(account.noCredits)), submission: true };
}
