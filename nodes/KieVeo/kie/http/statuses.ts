import type { UnreachedReason } from '../meaning/answer';

/**
 * An answer with one of these HTTP statuses that is not Kie's: the request did not reach Kie's API,
 * even if only a part of the answer is known. Kie's own answers are JSON with a code, whatever the status.
 */
export const UNREACHED_STATUSES: ReadonlyMap<number, UnreachedReason> = new Map([
	[301, 'wrongAddress'],
	[302, 'wrongAddress'],
	[303, 'wrongAddress'],
	[307, 'wrongAddress'],
	[308, 'wrongAddress'],
	[400, 'wrongAddress'],
	[401, 'accessDenied'],
	[403, 'accessDenied'],
	[404, 'wrongAddress'],
	[405, 'wrongAddress'],
	[407, 'proxyLogin'],
]);

/** These can also be said of a request that was passed on, or has been received before. */
const UNCERTAIN: readonly number[] = [408, 409, 425, 429, 499];

/**
 * Why a whole answer that is not Kie's says that the request did not reach Kie's API; `undefined` if it does not
 * say so. A server that refuses the request itself does not pass it on.
 */
export function refusalOf(status: number): UnreachedReason | undefined {
	const isRefusal = status >= 400 && status <= 499 && !UNCERTAIN.includes(status);
	return UNREACHED_STATUSES.get(status) ?? (isRefusal ? 'wrongAddress' : undefined);
}
