import type { UnreachedReason } from '../meaning/answer';

/**
 * An answer with one of these HTTP statuses that is not Kie's: the request did not reach Kie's API.
 * Kie's answers are JSON with a code, whatever the status.
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
