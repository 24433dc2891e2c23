import type { UnreachedReason } from './answer';

/** The request was not sent. */
export type UnsentReason =
	| 'connectionRefused'
	| 'noConnectionInTime'
	| 'hostNotFound'
	| 'hostUnreachable'
	| 'networkUnreachable'
	| 'connectionForbidden'
	| 'connectionClosed'
	| 'noConnection'
	| 'proxyClosed'
	| 'proxyNotHttp'
	| 'blockedAddress'
	| 'blockedHost'
	| 'invalidKey'
	| 'invalidAddress'
	| 'unknownIssuer'
	| 'certificateDates'
	| 'certificateHost'
	| 'certificateRefused'
	| 'noTls'
	| 'tlsMismatch';

/** The request may have been received. */
export type LostReason =
	| 'connectionLost'
	| 'noAnswerInTime'
	| 'cutAnswer'
	| 'notHttp'
	| 'stopped'
	| 'other'
	| 'incomplete';

/** Why no complete answer came. */
export interface NetworkFault {
	reason: UnsentReason | LostReason;
	/** Set when the request certainly did not reach anyone who could act on it. */
	unreached?: UnreachedReason;
	/**
	 * The host that could not be connected to (Kie's or a proxy), Node.js's code, or the status of an answer
	 * that had begun. Nothing secret.
	 */
	detail?: string;
}

/** Why an answer is not Kie's envelope. */
export interface EnvelopeFault {
	reason: 'empty' | 'webPage' | 'notJson' | 'unexpectedJson';
	/** HTTP. */
	status: number;
}
